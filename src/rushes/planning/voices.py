"""Who speaks: the voices that can be asked, and the one for a language where none is named."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from rushes.engine.ready_credentials import ready_credential
from rushes.engine.runtime import Runtime
from rushes.errors import ActionNeeded, Fault, Invalid, RushesError
from rushes.providers.kinds import Kind
from rushes.providers.registry import AnyVoice
from rushes.providers.voice_contract import Voice, VoiceProvider

ENGLISH_VOICE = "hibari"
ANY_VOICE = "espeak"
LIST_SECONDS = 20.0
"""For so long a provider's list is waited for."""


@dataclass(frozen=True)
class VoiceList:
    """The voices of one provider, or why there are none."""

    provider: AnyVoice
    voices: tuple[Voice, ...] = ()
    trouble: str = ""


def voice_provider(run: Runtime, named: str | None, language: str) -> AnyVoice:
    """Return the named provider, for None the one that speaks a language without a key.

    Raises `Invalid` for one that is not there or has no voices.
    """
    there = run.providers.of_kind(Kind.VOICE)
    if named is not None and named not in there:
        message = f"There is no voice provider {named!r}."
        raise Invalid(message, [Fault("provider", f"There are: {', '.join(there)}.", "unknown_provider")])
    english = language.split("-")[0].lower() == "en"
    preferred = (ENGLISH_VOICE, ANY_VOICE) if english else (ANY_VOICE,)
    found = named or next((each for each in preferred if each in there), None)
    if found is None:
        raise Invalid("There is no voice here.", [Fault("provider", "Name one.", "missing")])
    provider = run.providers.of_any_kind(found)
    assert isinstance(provider, VoiceProvider)
    return provider


async def voice_for(run: Runtime, owner: UUID, provider: AnyVoice, language: str) -> str:
    """Return the first voice of a provider that speaks a language. Raises `Invalid` when none does."""
    for each in await provider.voices(await ready_credential(run, owner, provider.id)):
        if each.speaks(language):
            return each.id
    message = f"{provider.title} has no voice that speaks {language}."
    raise Invalid(message, [Fault("voice", message, "no_voice")], hint="`rushes voices` lists them.")


async def list_voices(
    run: Runtime, owner: UUID, *, provider: str | None = None, language: str | None = None
) -> list[VoiceList]:
    """Return the voices of all providers, or of one, in the order of the catalogue; only those of a language.

    A provider that cannot be asked (no key, no answer in time) says why. Raises `Invalid` for an unknown one.
    """
    if provider is not None:
        asked = [voice_provider(run, provider, "en")]
    else:
        every = [run.providers.of_any_kind(each) for each in run.providers.preferred(Kind.VOICE)]
        asked = [each for each in every if isinstance(each, VoiceProvider) and each.offered]
    return list(await asyncio.gather(*(_listed(run, owner, each, language) for each in asked)))


async def _listed(run: Runtime, owner: UUID, provider: AnyVoice, language: str | None) -> VoiceList:
    try:
        credential = await ready_credential(run, owner, provider.id)
        if provider.credential is not None and credential is None:
            raise ActionNeeded(f"{provider.title} needs a key.", hint="Add one.")
        async with asyncio.timeout(LIST_SECONDS):
            found = await provider.voices(credential)
    except RushesError as error:
        return VoiceList(provider, trouble=error.message)
    except TimeoutError:
        return VoiceList(provider, trouble=f"{provider.title} did not answer in time.")
    return VoiceList(provider, tuple(each for each in found if language is None or each.speaks(language)))
