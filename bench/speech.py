"""How fast words become a script and speech without a key: the outline writer, and the embedded voices.

Exits 1 when a goal is missed: the outline of a text of 400 words under a second, embedded speech at least 20
times as fast as it is heard (the process that speaks is up already). Run it with `python -m bench.speech`.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from rushes.providers.script_contract import Brief, ScriptCall, ScriptTask
from rushes.providers.scripts.outline import Outline, OutlineOptions, OutlineSettings
from rushes.providers.voice_contract import SpeechCall, VoiceOptionsT, VoiceProvider, VoiceSettingsT
from rushes.providers.voices.espeak import AUTO, Espeak, EspeakOptions, EspeakSettings
from rushes.providers.voices.hibari import Hibari, HibariOptions, HibariSettings

TEXT = (Path(__file__).parents[1] / "examples" / "story" / "rice.md").read_text(encoding="utf-8")
SENTENCE = (
    "Rice is a grass that grows in water, and it takes about four months from seed to harvest. "
    "Farmers plant it in spring, keep the fields under water, and drain them before the ears are cut. "
)
WORDS = 400
OUTLINE_SECONDS = 1.0
TIMES_REAL = 20.0


async def outline() -> float:
    """Return the seconds an outline of a text takes."""
    words = TEXT.split()
    said = " ".join((words * (WORDS // len(words) + 1))[:WORDS])
    writer = Outline(OutlineSettings())
    brief = Brief(text=said, language="en", seconds=150)
    call = ScriptCall("bench", ScriptTask.GENERATE, brief, writer.models.models[0].id, OutlineOptions())
    begin = time.perf_counter()
    await writer.write(call)
    return time.perf_counter() - begin


async def speech(folder: Path) -> dict[str, float]:
    """Return by voice how many times as fast as it is heard a paragraph is spoken."""
    hibari, espeak = Hibari(HibariSettings()), Espeak(EspeakSettings())
    return {
        "hibari": await rate(hibari, HibariOptions(), "heart", folder),
        "espeak": await rate(espeak, EspeakOptions(), AUTO, folder),
    }


async def rate(
    provider: VoiceProvider[VoiceOptionsT, VoiceSettingsT], options: VoiceOptionsT, voice: str, folder: Path
) -> float:
    """Return how many times as fast as it is heard one provider speaks."""
    model = provider.models.models[0].id
    warm = SpeechCall("warm", "Hello.", voice, model, options, None, "en")
    call = SpeechCall("bench", SENTENCE * 4, voice, model, options, None, "en")
    try:
        await provider.speak(warm, folder / f"{provider.id}-warm.wav")
        begin = time.perf_counter()
        spoken = await provider.speak(call, folder / f"{provider.id}.wav")
        return spoken.seconds / (time.perf_counter() - begin)
    finally:
        await provider.close()


async def measure() -> int:
    """Measure both; return 1 when a goal is missed."""
    with tempfile.TemporaryDirectory() as name:
        written, spoken = await outline(), await speech(Path(name))
    voices = ", ".join(f"{name} {times:.0f} x real time" for name, times in spoken.items())
    print(f"outline of {WORDS} words {written:.2f} s | {voices}")
    missed = [name for name, times in spoken.items() if times < TIMES_REAL]
    missed += ["outline"] if written > OUTLINE_SECONDS else []
    if missed:
        print(f"Goals missed: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(measure()))
