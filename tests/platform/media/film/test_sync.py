"""Picture and sound of a finished file, held against each other: flashes and clicks that belong together."""

from pathlib import Path

import pytest
from tests.platform.media.film.making import (
    FPS,
    clicks,
    fade,
    lumas,
    onsets,
    plain,
    sound_of,
    still,
    timeline,
    voice,
)

from rushes.platform.media.film.render import render
from rushes.platform.media.film.timeline import Scene, Transition
from rushes.platform.media.moves import CameraMove


async def drifts(folder: Path, *, scenes: int, frames: int, transition: Transition) -> list[float]:
    """By how many frames each click is after its flash: scenes are dark and light in turn."""
    dark, light = plain(folder / "dark.png", "#202020"), plain(folder / "light.png", "#e0e0e0")
    made_scenes: list[Scene] = []
    starts: list[int] = []
    at = 0
    for number in range(scenes):
        length = frames + (number * 7) % 5
        source = still(light if number % 2 else dark, CameraMove.STATIC)
        made_scenes.append(Scene(str(number), length, source, transition if number else Transition()))
        starts.append(at)
        at += length
    # One recording of all clicks of a half, and single ones: both ways a voice may come.
    half = len(starts) // 2
    first = clicks(folder / "first.wav", [start / FPS for start in starts[1:half]], starts[half] / FPS)
    single = clicks(folder / "one.wav", [0.0], 0.25)
    pieces = [voice(first), *(voice(single, start) for start in starts[half:])]
    film = timeline(made_scenes, width=48, height=48, voice=pieces)
    made = await render(film, folder / "film.mp4", pieces=folder / "pieces")
    read = lumas(made.path)
    assert len(read) == film.frames
    middle = (min(read) + max(read)) / 2
    flashes = [
        number for number in range(1, len(read)) if (read[number] > middle) != (read[number - 1] > middle)
    ]
    heard = onsets(sound_of(made.path), threshold=3000, apart=12_000)
    assert len(flashes) == len(heard) == scenes - 1
    return [sample * FPS / 48_000 - flash for sample, flash in zip(heard, flashes, strict=True)]


async def test_forty_seconds_stay_within_a_frame(tmp_path: Path):
    off = await drifts(tmp_path, scenes=12, frames=98, transition=Transition())
    assert max(map(abs, off)) <= 0.5, off


async def test_transitions_do_not_move_the_clock(tmp_path: Path):
    off = await drifts(tmp_path, scenes=10, frames=30, transition=fade(10))
    assert max(map(abs, off)) <= 1.0, off


@pytest.mark.soak
async def test_five_minutes_and_sixty_scenes_stay_within_a_frame(tmp_path: Path):
    off = await drifts(tmp_path, scenes=60, frames=149, transition=fade(10))
    assert max(map(abs, off)) <= 1.0, off
    assert abs(off[-1] - off[0]) <= 0.5, off
