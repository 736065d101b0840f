"""Piper: voices of one's own from a folder, two files each, spoken on this machine by a separate program.

Piper is GPL and no part of Rushes: `python -m piper` of an environment that the operator names. A voice is
`NAME.onnx` and `NAME.onnx.json`. Without noise (both scales 0) it speaks the same each time. It says nothing
of words: they are found by alignment.
"""

import asyncio
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import ActionNeeded, ErrorType, SystemFault
from rushes.platform.media.child import run_child
from rushes.platform.media.speech import wav
from rushes.providers.base import BaseLimits, Credential, ProviderSettings
from rushes.providers.voice_contract import SpeechCall, Spoken, Voice, VoiceOptions, VoiceProvider
from rushes.providers.voices import _speech

MOST_VOICES = 500
MOST_CONFIG_BYTES = 1_000_000
MISSING = "No module named"


class PiperOptions(VoiceOptions, frozen=True):
    """How it is spoken."""

    lively: bool = Field(default=False, description="Vary the melody: livelier, and different each time.")


class PiperSettings(ProviderSettings):
    """Where the voices and the program are."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_PIPER_", env_file=".env", extra="ignore")

    voices_dir: Path | None = Field(
        default=None, description="Folder with Piper voices: NAME.onnx and NAME.onnx.json of each."
    )
    python: str = Field(
        default="", description="Python that has piper-tts installed; empty: the one that runs Rushes."
    )


class Piper(VoiceProvider[PiperOptions, PiperSettings]):
    """See the module docstring."""

    id = "piper"
    title = "Piper"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=5000, concurrency=1)
    Options = PiperOptions
    Settings = PiperSettings

    @property
    def offered(self) -> bool:
        """Once a folder is named."""
        return self.settings.voices_dir is not None

    async def voices(self, credential: Credential | None) -> tuple[Voice, ...]:
        """Return those of the folder."""
        return await asyncio.to_thread(_found, self.settings.voices_dir)

    async def speak(self, call: SpeechCall[PiperOptions], into: Path) -> Spoken:
        """Speak in Piper's own program. Raises `ActionNeeded` that says what to install."""
        faults = _speech.text_faults(self, call)
        folder = self.settings.voices_dir
        if folder is None:
            raise ActionNeeded(
                "There is no folder of Piper voices.",
                error_type=ErrorType.INTERNAL,
                hint="Set RUSHES_PIPER_VOICES_DIR to a folder with NAME.onnx and NAME.onnx.json.",
            )
        if _speech.by_id(await self.voices(None), call.voice) is None:
            faults.append(_speech.voice_fault(self, call.voice))
        _speech.refuse(faults)
        python = self.settings.python or sys.executable
        if shutil.which(python) is None:
            raise _failed(f"{MISSING} piper: there is no {python}")
        made = into.with_name(into.name + ".piper")
        command = [python, "-m", "piper"]
        command += [
            "-m",
            str(folder / f"{call.voice}.onnx"),
            "-f",
            str(made),
            "--length-scale",
            f"{1 / call.options.speed:.4f}",
        ]
        if not call.options.lively:
            command += ["--noise-scale", "0", "--noise-w-scale", "0"]
        try:
            ended = await run_child(command, stdin=_text(call.text))
            if ended.code != 0:
                raise _failed(ended.last_line)
            sound = await asyncio.to_thread(wav.read_wav, made)
        except ValueError as error:
            raise SystemFault(f"Piper wrote no sound: {error}.", error_type=ErrorType.INTERNAL) from None
        finally:
            await asyncio.to_thread(made.unlink, missing_ok=True)
        if (reason := wav.silent_reason(sound, _speech.letters(call.text))) is not None:
            raise _speech.unheard(reason)
        await asyncio.to_thread(wav.write_wav, sound, into)
        return Spoken(sound.seconds)


def _text(text: str) -> Iterator[bytes]:
    """Give the text as one line: Piper speaks line by line, into one file each."""
    yield " ".join(text.split()).encode() + b"\n"


def _found(folder: Path | None) -> tuple[Voice, ...]:
    """Return the voices of a folder by name. A file without its description is none."""
    if folder is None or not folder.is_dir():
        return ()
    found: list[Voice] = []
    for model in sorted(folder.glob("*.onnx"))[:MOST_VOICES]:
        described = model.with_name(model.name + ".json")
        try:
            if described.stat().st_size > MOST_CONFIG_BYTES:
                continue
            config: dict[str, Any] = json.loads(described.read_text(encoding="utf-8"))
            tag = config.get("language", {}).get("code") or config["espeak"]["voice"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        found.append(Voice(model.stem, model.stem.replace("_", " "), (str(tag).replace("_", "-"),)))
    return tuple(found)


def _failed(line: str) -> ActionNeeded | SystemFault:
    if MISSING in line:
        return ActionNeeded(
            "Piper is not installed.",
            error_type=ErrorType.INTERNAL,
            hint="Make an environment for it (python -m venv piper; piper/bin/pip install piper-tts) and set"
            " RUSHES_PIPER_PYTHON to its python. Piper is GPL and no part of Rushes.",
        )
    return SystemFault(f"Piper failed: {line}.", error_type=ErrorType.INTERNAL)
