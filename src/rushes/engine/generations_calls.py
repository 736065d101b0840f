"""Asks a provider for a generation, and checks that what it gave is what it should be.

Files are written into a folder of the call's own; nothing here knows the rows or the storage.
"""

import asyncio
import logging
import math
import wave
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rushes.engine.answers import checked_cost
from rushes.engine.generations_shapes import (
    FetchParams,
    MadePicture,
    Params,
    PictureParams,
    PictureResult,
    Result,
    ScriptParams,
    ScriptResult,
    SpeechParams,
    SpeechResult,
    SpokenWord,
)
from rushes.engine.runtime import Runtime
from rushes.errors import Damaged, Invalid
from rushes.platform.media.still import size_of_still
from rushes.providers.base import Credential
from rushes.providers.picture_contract import PictureCall, PictureFile, PictureProvider
from rushes.providers.registry import AnyPicture, AnyScript, AnyVoice
from rushes.providers.script_contract import ScriptCall, ScriptProvider
from rushes.providers.voice_contract import SpeechCall, Spoken, VoiceProvider

log = logging.getLogger(__name__)

SPEECH_FILE = "speech.wav"
STILLS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "video/mp4": ".mp4"}
MOST_PICTURES = 100
LEAST_SECONDS = 0.01
SLACK_SECONDS = 0.5
"""By so much a voice may misjudge its own end."""


@dataclass(frozen=True)
class MadeFile:
    """A file that was made, by its name in the call's folder."""

    name: str
    media_type: str


@dataclass(frozen=True)
class ProviderAnswer:
    """What a provider gave, checked. `cost` in US dollars, where it said so."""

    result: Result
    files: tuple[MadeFile, ...] = ()
    cost: Decimal | None = None


class BrokenAnswer(Exception):
    """An answer that came whole and cannot be used; it may have been billed (`cost`, where that is known).

    Not one of the tree: it never leaves the engine.
    """

    def __init__(self, error: Damaged, cost: Decimal | None) -> None:
        super().__init__(str(error))
        self.error = error
        self.cost = cost


def speech_call(
    provider: AnyVoice, key: str, model: str, params: SpeechParams, credential: Credential | None = None
) -> SpeechCall[Any]:
    """The call of a voice provider. Raises `ValidationError` for options it does not have."""
    options = provider.Options.model_validate(params.options)
    return SpeechCall(key, params.text, params.voice, model, options, credential, params.language)


def picture_call(
    provider: AnyPicture, key: str, model: str, params: PictureParams, credential: Credential | None = None
) -> PictureCall[Any]:
    """The call of a provider that makes pictures. Raises as `speech_call`."""
    options = provider.Options.model_validate(params.options)
    return PictureCall(key, params.prompt, params.width, params.height, model, options, credential)


def script_call(
    provider: AnyScript,
    key: str,
    model: str,
    params: ScriptParams,
    credential: Credential | None = None,
    progress: Callable[[float], None] | None = None,
) -> ScriptCall[Any]:
    """The call of a script provider. Raises as `speech_call`."""
    return ScriptCall(
        key,
        params.task,
        params.brief,
        model,
        provider.Options.model_validate(params.options),
        params.draft,
        params.instruction,
        params.locked,
        params.language,
        credential,
        progress,
    )


async def ask(
    run: Runtime,
    provider_id: str,
    key: str,
    model: str,
    params: Params,
    credential: Credential | None,
    folder: Path,
    progress: Callable[[float], None],
) -> ProviderAnswer:
    """Make the call, which may cost money, with its files in `folder`, which is empty.

    Raises what the provider raises, `Invalid` for options that it does not have, `BrokenAnswer`.
    """
    provider = run.providers.of_any_kind(provider_id)
    match params:
        case SpeechParams() if isinstance(provider, VoiceProvider):
            with _known_options(provider.title):
                speech = speech_call(provider, key, model, params, credential)
            return await _speech(await provider.speak(speech, folder / SPEECH_FILE), folder)
        case PictureParams() if isinstance(provider, PictureProvider):
            with _known_options(provider.title):
                picture = picture_call(provider, key, model, params, credential)
            made = await provider.generate(picture, folder)
            return await _pictures(run, made.files, folder, made.cost)
        case FetchParams() if isinstance(provider, PictureProvider):
            file = await provider.fetch(params.candidate, folder / "fetched", credential)
            return await _pictures(run, (file,), folder, None)
        case ScriptParams() if isinstance(provider, ScriptProvider):
            with _known_options(provider.title):
                script = script_call(provider, key, model, params, credential, progress)
            written = await provider.write(script)
            result = ScriptResult(draft=written.draft, repairs=written.repairs)
            return ProviderAnswer(result, cost=checked_cost(written.cost))
        case _:
            raise Invalid(f"{provider.title} cannot be asked for this.")


@contextmanager
def _known_options(title: str) -> Generator[None]:
    """Turn options that do not hold into `Invalid`: nothing was asked for. What an answer holds is another
    matter."""
    try:
        yield
    except ValidationError as error:
        raise Invalid(f"{title} does not know these options any more: {error}") from error


async def _speech(spoken: Spoken, folder: Path) -> ProviderAnswer:
    cost = checked_cost(spoken.cost)
    try:
        seconds = await asyncio.to_thread(_seconds_of, folder / SPEECH_FILE)
    except Damaged as error:
        raise BrokenAnswer(error, cost) from error
    words = [SpokenWord(text=each.text, start=each.start, end=each.end) for each in spoken.words]
    if not _are_times([time for word in words for time in (word.start, word.end)], seconds):
        log.warning(
            "%s times of words are no times of %.1f s of speech; they are left out", len(words), seconds
        )
        words = []
    result = SpeechResult(seconds=seconds, words=words, times=spoken.times)
    return ProviderAnswer(result, (MadeFile(SPEECH_FILE, "audio/wav"),), cost)


def _are_times(times: list[float], seconds: float) -> bool:
    """Whether they are inside the speech and in their order."""
    inside = all(math.isfinite(each) and 0 <= each <= seconds + SLACK_SECONDS for each in times)
    return inside and times == sorted(times)


def _seconds_of(file: Path) -> float:
    """Return how long a WAV is. Raises `Damaged` for one that is cut off, or has no sound."""
    try:
        with wave.open(str(file), "rb") as sound:
            if (sound.getnchannels(), sound.getsampwidth()) != (1, 2):
                raise Damaged("The speech is not 16-bit sound of one channel.")
            frames, rate = sound.getnframes(), sound.getframerate()
            if len(sound.readframes(frames)) < frames * 2:
                raise Damaged("The speech is cut off.")
    except (wave.Error, EOFError, FileNotFoundError) as error:
        raise Damaged(f"The speech is not a whole WAV file ({error or 'it is cut off'}).") from error
    if frames < LEAST_SECONDS * rate:
        raise Damaged("There is no sound in the speech.")
    return frames / rate


async def _pictures(
    run: Runtime, files: tuple[PictureFile, ...], folder: Path, cost: Decimal | None
) -> ProviderAnswer:
    """Give each file a name of its own in the folder, and measure it."""
    cost = checked_cost(cost)
    pictures: list[MadePicture] = []
    try:
        if not 0 < len(files) <= MOST_PICTURES:
            raise Damaged(f"The provider gave {len(files)} pictures.")
        for number, given in enumerate(files):
            if given.media_type not in SUFFIXES:
                raise Damaged(f"The provider gave a file of type {given.media_type!r}.")
            file = folder / f"picture-{number}{SUFFIXES[given.media_type]}"
            await asyncio.to_thread(given.path.replace, file)
            pictures.append(await _picture(run, file, given))
    except Damaged as error:
        raise BrokenAnswer(error, cost) from error
    made = tuple(MadeFile(each.file, each.media_type) for each in pictures)
    return ProviderAnswer(PictureResult(pictures=pictures), made, cost)


async def _picture(run: Runtime, file: Path, given: PictureFile) -> MadePicture:
    seconds = None
    if given.media_type in STILLS:
        width, height = await size_of_still(file, STILLS[given.media_type])
    else:
        facts, shape = await run.reception.look_into(file)
        width, height, seconds = shape.width, shape.height, facts.duration_seconds
    return MadePicture(
        file=file.name,
        media_type=given.media_type,
        width=width,
        height=height,
        seconds=seconds,
        attribution=given.attribution,
    )
