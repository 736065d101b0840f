"""eSpeak NG at arm's length: its library speaks, or spells words phonetically, in a program of its own.

It is GPL-3 and comes as an optional package that is data to us: only `espeak_child.py`, another process,
loads it. Its word events lead the sound by 0 to 80 ms, measured where words follow a pause: half of that is
added here. Thai is given to it with spaces between words, which it does not find for itself.
"""

import asyncio
import importlib.util
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rushes.errors import ActionNeeded, ErrorType, SystemFault
from rushes.platform.media.child import run_child
from rushes.platform.media.speech import wav
from rushes.platform.media.speech.words import Word, is_spoken, is_thai, shared

PROGRAM = Path(__file__).with_name("espeak_child.py")
EVENTS_LEAD_SECONDS = 0.04
ALIASES = {"zh": "cmn", "zh-hk": "yue", "no": "nb", "iw": "he", "in": "id", "tl": "fil", "pt-pt": "pt"}
"""Tags that eSpeak NG knows by another name."""


@dataclass(frozen=True)
class Language:
    """One of its languages: its own tag, name, voice, and all its tags, each with a rank (low is best)."""

    tag: str
    title: str
    voice: str
    tags: tuple[tuple[str, int], ...]


def _folder() -> Path:
    """Return where the package is. Raises `ActionNeeded` when it is not installed."""
    spec = importlib.util.find_spec("espeakng_loader")
    folders = [] if spec is None else list(spec.submodule_search_locations or [])
    if not folders:
        raise ActionNeeded(
            "eSpeak NG is not installed.",
            error_type=ErrorType.INTERNAL,
            hint="Install the embedded voices: pip install 'rushes[voices]'.",
        )
    return Path(folders[0])


def _library(folder: Path) -> Path:
    suffix = {"darwin": ".dylib", "win32": ".dll"}.get(sys.platform, ".so")
    return folder / ("espeak-ng.dll" if sys.platform == "win32" else f"libespeak-ng{suffix}")


@cache
def languages() -> tuple[Language, ...]:
    """Return every language it speaks, by tag. Raises `ActionNeeded` when it is not installed."""
    found: dict[str, Language] = {}
    folder = _folder() / "espeak-ng-data" / "lang"
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            title = re.search(r"^name\s+(.+)$", text, re.MULTILINE)
            lines = re.findall(r"^language\s+(\S+)(?:[ \t]+(\d+))?", text, re.MULTILINE)
            if title and lines:
                voice = str(file.relative_to(folder))
                tags = tuple((str(tag).lower(), int(rank or 5)) for tag, rank in lines)
                found.setdefault(tags[0][0], Language(tags[0][0], title[1].strip(), voice, tags))
    return tuple(found[each] for each in sorted(found))


@cache
def language_for(tag: str) -> Language | None:
    """Return the language that speaks a BCP 47 tag best, or None when none does."""
    best: dict[str, tuple[int, Language]] = {}
    for each in languages():
        for known, rank in each.tags:
            if known not in best or (rank, known != each.tag) < (best[known][0], False):
                best[known] = rank, each
    wanted = tag.strip().lower().replace("_", "-")
    while wanted:
        for name in (ALIASES.get(wanted), wanted):
            if name in best:
                return best[name][1]
        wanted = wanted.rpartition("-")[0]
    return None


async def speak(
    text: str, voice: str, speed: float, words: Sequence[str], into: Path
) -> tuple[wav.Sound, tuple[Word, ...]]:
    """Speak into a WAV file. Returns the sound, and the words as written with their times.

    `voice` is that of one of `languages()`, with a variant after `+` (`gmw/de+f3`). An empty or silent result
    is returned as it is, and not written.
    """
    raw = into.with_name(into.name + ".raw")
    if any(map(is_thai, text)):
        text = _spaced(text, words)
    try:
        answer = await _ask(function="speak", voice=voice, text=text, speed=speed, into=str(raw))
        sound = wav.from_pcm(await asyncio.to_thread(raw.read_bytes), answer["rate"])
    finally:
        raw.unlink(missing_ok=True)
    if wav.silent_reason(sound, 0) is None:
        await asyncio.to_thread(wav.write_wav, sound, into)
    return sound, _timed(text, words, answer["words"], sound)


async def phonemes(words: Sequence[str], voice: str) -> list[str]:
    """Return each word in the International Phonetic Alphabet, as a language's voice says it."""
    return (await _ask(function="phonemes", voice=voice, words=list(words)))["phonemes"]


async def _ask(**call: Any) -> dict[str, Any]:
    folder = _folder()
    command = (
        sys.executable,
        "-I",
        "-S",
        str(PROGRAM),
        str(_library(folder)),
        str(folder / "espeak-ng-data"),
    )
    lines: list[str] = []
    ended = await run_child(command, on_line=lines.append, stdin=iter([json.dumps(call).encode() + b"\n"]))
    if ended.code != 0 or not lines:
        raise SystemFault(f"eSpeak NG failed: {ended.last_line}.", error_type=ErrorType.INTERNAL)
    answer: dict[str, Any] = json.loads(lines[-1])
    if "error" in answer:
        raise SystemFault(f"eSpeak NG failed: {answer['error']}.", error_type=ErrorType.INTERNAL)
    return answer


def _spaced(text: str, words: Sequence[str]) -> str:
    """Return a text with a space between any two of its words that have none."""
    parts: list[str] = []
    at = 0
    for word in words:
        start = text.index(word, at)
        parts += [text[at:start] or " ", word]
        at = start + len(word)
    return "".join([*parts, text[at:]]).lstrip(" ")


def _timed(
    text: str, words: Sequence[str], events: Sequence[tuple[int, int, float]], sound: wav.Sound
) -> tuple[Word, ...]:
    """Return the written words with times: an event begins the word that its place in the text is in.

    Words that it merged with the one before ("of the") share that one's time by their letters, and those
    before the first event what is heard until then.
    """
    places: list[tuple[int, int]] = []
    at = 0
    for word in words:
        start = text.index(word, at)
        at = start + len(word)
        places.append((start, at))
    first, last = sound.heard()
    heard = [
        (place, min(last, moment + EVENTS_LEAD_SECONDS) if length else moment, length)
        for place, length, moment in events
    ]
    begins: dict[int, float] = {}
    ends: dict[int, float] = {}
    index = -1
    for place, moment, length in heard:
        if index >= 0:
            ends[index] = moment
        if not length:  # a sentence begins: what was spoken before has ended
            index = -1
            continue
        found = next((each for each, (start, end) in enumerate(places) if start <= place < end), None)
        if found is None:
            continue
        begins.setdefault(found, moment)
        index = found
    if index >= 0:
        ends[index] = last
    leading = next((each for each, word in enumerate(words) if any(map(is_spoken, word))), 0)
    if begins:
        ends.setdefault(leading, min(begins.values()))
        begins[leading] = first
    return _filled(words, begins, ends)


def _filled(words: Sequence[str], begins: dict[int, float], ends: dict[int, float]) -> tuple[Word, ...]:
    """Share the time of a word among those after it that have none of their own."""
    if not begins:
        return ()
    known = sorted(begins)
    found: list[Word] = shared(words[: known[0]], begins[known[0]], begins[known[0]])
    for at, index in enumerate(known):
        upto = known[at + 1] if at + 1 < len(known) else len(words)
        limit = begins[upto] if upto < len(words) else ends[index]
        found += shared(words[index:upto], begins[index], max(begins[index], min(ends[index], limit)))
    return tuple(found)
