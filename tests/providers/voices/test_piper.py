"""Piper against a program that stands in for it: voices of a folder, its arguments, and what to install."""

import json
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from rushes.errors import ActionNeeded, SystemFault
from rushes.providers.registry import AnyVoice
from rushes.providers.voices.piper import Piper, PiperSettings
from tests.providers.voices.kit import VoiceKit

PROGRAM = """\
import argparse, json, sys
sys.path.insert(0, {root!r})
from standins._speech import tones, wav_file
parser = argparse.ArgumentParser()
parser.add_argument("-m", required=True)
parser.add_argument("-f", required=True)
for name in ("length", "noise", "noise-w"):
    parser.add_argument("--" + name + "-scale", type=float, default=1.0)
given = parser.parse_args()
text = sys.stdin.read()
assert open(given.m).read() == "model" and text.count("\\n") == 1
with open({log!r}, "w") as file:
    json.dump(vars(given), file)
if "die" in text:
    sys.exit("the model is broken")
level = 0 if "hush" in text else 9000
sound = wav_file(tones(text, 1 / given.length_scale, level=level))
open(given.f, "wb").write(b"nothing" if "garble" in text else sound)
"""
ROOT = str(Path(__file__).parents[3])


class TestPiper(VoiceKit):
    provider_id = "piper"

    @pytest.fixture
    async def provider(self, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AnyVoice]:
        """With a folder of voices, and a `python` whose Piper is a program of the test's."""
        folder = tmp_path_factory.mktemp("piper")
        for name, config in (
            ("en_US-joe-medium", '{"language": {"code": "en_US"}, "espeak": {"voice": "en-us"}}'),
            ("thorsten", '{"espeak": {"voice": "de"}}'),
            ("nonsense", "[]"),
        ):
            (folder / f"{name}.onnx").write_text("model")
            (folder / f"{name}.onnx.json").write_text(config)
        (folder / "alone.onnx").write_text("model")
        self.log = folder / "asked.json"
        (folder / "piper_program.py").write_text(PROGRAM.format(root=ROOT, log=str(self.log)))
        python = folder / "python"
        python.write_text(f'#!/bin/sh\nshift 2\nexec {sys.executable} {folder}/piper_program.py "$@"\n')
        python.chmod(0o755)
        self.settings = PiperSettings(voices_dir=folder, python=str(python))
        provider = Piper(self.settings)
        yield provider
        await provider.close()

    async def test_its_voices_are_the_files_with_a_description(self, provider: AnyVoice):
        voices = await provider.voices(None)
        assert [(each.id, each.languages) for each in voices] == [
            ("en_US-joe-medium", ("en-US",)),
            ("thorsten", ("de",)),
        ]
        assert provider.offered and not Piper(PiperSettings()).offered

    async def test_it_speaks_the_same_each_time_unless_asked_for_life(
        self, provider: AnyVoice, tmp_path: Path
    ):
        await provider.speak(await self.call(provider, "Two\nlines.", speed=2.0), tmp_path / "a.wav")
        asked = json.loads(self.log.read_text())
        assert (asked["length_scale"], asked["noise_scale"], asked["noise_w_scale"]) == (0.5, 0.0, 0.0)
        await provider.speak(await self.call(provider, "Two.", lively=True), tmp_path / "b.wav")
        assert json.loads(self.log.read_text())["noise_scale"] == 1.0

    @pytest.mark.parametrize("word", ["die", "garble"])
    async def test_a_program_that_fails_is_a_fault_of_the_machine(
        self, provider: AnyVoice, tmp_path: Path, word: str
    ):
        with pytest.raises(SystemFault):
            await provider.speak(await self.call(provider, f"Please {word}."), tmp_path / "a.wav")
        assert not list(tmp_path.iterdir())

    async def test_silence_is_a_failure(self, provider: AnyVoice, tmp_path: Path):
        with pytest.raises(Exception, match="silent"):
            await provider.speak(await self.call(provider, "Please hush."), tmp_path / "a.wav")
        assert not list(tmp_path.iterdir())

    async def test_what_is_missing_is_said(self, provider: AnyVoice, tmp_path: Path):
        """A folder, a program, a package."""
        call = await self.call(provider, self.text)
        for settings, hint in (
            (PiperSettings(), "RUSHES_PIPER_VOICES_DIR"),
            (self.settings.model_copy(update={"python": "/nonexistent/python"}), "piper-tts"),
            (self.settings.model_copy(update={"python": ""}), "piper-tts"),
        ):
            with pytest.raises(ActionNeeded) as refused:
                await Piper(settings).speak(call, tmp_path / "a.wav")
            assert hint in (refused.value.hint or "")

    async def test_a_voice_is_no_path(self, provider: AnyVoice, tmp_path: Path):
        call = await self.call(provider, self.text)
        with pytest.raises(Exception, match="no voice"):
            await provider.speak(replace(call, voice="../piper/thorsten"), tmp_path / "a.wav")
