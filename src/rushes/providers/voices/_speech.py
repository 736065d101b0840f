"""What voice providers share: what is wrong with a call, and what became of a sound, found by its samples."""

import asyncio
import base64
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from rushes.errors import ActionNeeded, ErrorType, Fault, Invalid, ProviderChanged, RushesError
from rushes.platform.media.speech import wav
from rushes.platform.media.speech.words import is_spoken
from rushes.providers.voice_contract import SpeechCall, Voice, VoiceProvider

INSTALL = "Install the embedded voices: pip install 'rushes[voices]'."


def letters(text: str) -> int:
    """Return how many characters of a text are heard."""
    return sum(map(is_spoken, text))


def text_faults(
    provider: VoiceProvider[Any, Any], call: SpeechCall[Any], *, measure: int | None = None
) -> list[Fault]:
    """Return what is wrong with a call for any voice: nothing to say, too much of it, an unknown model.

    `measure` is the length where a service counts another thing than characters.
    """
    faults: list[Fault] = []
    if not letters(call.text):
        faults.append(Fault("text", "There is nothing to say: write some words.", "missing"))
    size, most = len(call.text) if measure is None else measure, provider.limits.max_prompt_chars
    if size > most:
        unit = "characters" if measure is None else "bytes"
        faults.append(Fault("text", f"The text has {size} {unit}; shorten it to {most}.", "too_long"))
    if all(model.id != call.model for model in provider.models.models):
        faults.append(Fault("model", f"{provider.title} has no model {call.model!r}.", "unknown_model"))
    return faults


def refuse(faults: Sequence[Fault]) -> None:
    """Raise `Invalid` if there are any."""
    if faults:
        raise Invalid(" ".join(fault.message for fault in faults), faults)


def voice_fault(provider: VoiceProvider[Any, Any], voice: str) -> Fault:
    """Return that a voice is not there."""
    return Fault("voice", f"{provider.title} has no voice {voice!r}.", "unknown_voice")


def unheard(reason: str) -> Invalid:
    """Return what is raised when an embedded voice, which costs nothing, made no sound of a text."""
    message = f"This voice cannot say this text: {reason}."
    return Invalid(message, [Fault("text", message, "unspeakable")], hint="Choose a voice of its language.")


def not_installed(message: str) -> ActionNeeded:
    """Return that the embedded voices are missing."""
    return ActionNeeded(message, error_type=ErrorType.INTERNAL, hint=INSTALL)


async def keep(title: str, sound: wav.Sound, text: str, into: Path) -> None:
    """Write what a service has sent. Raises `ProviderChanged` for what cannot be speech of the text."""
    if (reason := wav.silent_reason(sound, letters(text))) is not None:
        raise _odd(title, reason)
    await asyncio.to_thread(wav.write_wav, sound, into)


async def sound_of(title: str, data: bytes, *, pcm_rate: int | None = None) -> wav.Sound:
    """Return the sound in an answer: a WAV file, or, where `pcm_rate` is given, raw samples at that rate.

    Raises `ProviderChanged` for anything else.
    """
    if pcm_rate is not None and data[:4] not in {b"RIFF", b"RF64"}:
        return await asyncio.to_thread(wav.from_pcm, data, pcm_rate)
    try:
        return await asyncio.to_thread(wav.read_wav, data)
    except ValueError as error:
        raise _odd(title, str(error)) from None


async def decoded(title: str, text: str) -> bytes:
    """Return the bytes of base64 in an answer. Raises `ProviderChanged` for what is none, or is cut off."""
    try:
        return await asyncio.to_thread(base64.b64decode, text, validate=True)
    except ValueError:
        raise _odd(title, "its bytes are not base64") from None


def price(provider: VoiceProvider[Any, Any], model: str, text: str) -> Decimal | None:
    """Return what a text costs by the catalogue, US dollars; None when the model has gone from it."""
    found = next((each for each in provider.models.models if each.id == model), None)
    return None if found is None else found.price_per_million_characters * len(text) / 1_000_000


def by_id(voices: Sequence[Voice], voice: str) -> Voice | None:
    """Return the named voice, if it is there."""
    return next((each for each in voices if each.id == voice), None)


def _odd(title: str, reason: str) -> RushesError:
    return ProviderChanged(f"{title} answered with speech that is none: {reason}", step="speak")
