"""How takes are received: by a program that a bad file may break without breaking anything else."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from fractions import Fraction
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from PIL import Image

from rushes.errors import Damaged
from rushes.platform.media.receive import Reception
from rushes.providers.video.echo import clip

BREAKS = """
import sys
from rushes.platform.media import look
seen = look._look
def breaks(video, *more):
    if "bad" in video.name:
        {what}
    return seen(video, *more)
look._look = breaks
look.main()
"""


def looking_program(what: str) -> tuple[str, ...]:
    """The real one, which does something else when it meets a file named bad."""
    return (sys.executable, "-c", BREAKS.format(what=what))


@pytest_asyncio.fixture
async def reception() -> AsyncGenerator[Reception]:
    receives = Reception()
    yield receives
    await receives.close()


def take(path: Path, seed: int = 1) -> Path:
    path.write_bytes(clip("16:9", 1, seed))
    return path


def looker_of(reception: Reception) -> int:
    assert reception._looker is not None  # pyright: ignore[reportPrivateUsage]  # whose life is tested
    return reception._looker.pid  # pyright: ignore[reportPrivateUsage]  # as above


async def test_a_take_is_described_and_pictured(reception: Reception, tmp_path: Path):
    facts = await reception.receive(take(tmp_path / "a.mp4"), tmp_path / "a.jpg")
    assert (facts.width, facts.height, facts.fps, facts.duration_seconds) == (64, 36, 8.0, 1.0)
    with Image.open(tmp_path / "a.jpg") as picture:
        assert picture.size == (64, 36)


async def test_many_takes_are_each_given_their_own_answer(reception: Reception, tmp_path: Path):
    whole = [take(tmp_path / f"{n}.mp4", n) for n in range(20)]
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[0].read_bytes()[:900])
    asked = [*whole[:10], cut, tmp_path / "nothing.mp4", *whole[10:]]
    answers = await asyncio.gather(
        *(reception.receive(video, video.with_suffix(".jpg")) for video in asked), return_exceptions=True
    )
    wrong = {
        video.name: str(each) for video, each in zip(asked, answers, strict=True) if isinstance(each, Damaged)
    }
    assert set(wrong) == {"cut.mp4", "nothing.mp4"}
    assert all(video.with_suffix(".jpg").exists() for video in whole)


async def test_how_a_video_is_shown_can_be_asked_for(reception: Reception, tmp_path: Path):
    facts, shape = await reception.look_into(take(tmp_path / "a.mp4"))
    assert (shape.width, shape.height, shape.pixel_aspect) == (64, 36, Fraction(1))
    assert facts.video_codec == "h264"


async def test_a_picture_that_cannot_be_written_is_the_disks_fault(reception: Reception, tmp_path: Path):
    with pytest.raises(OSError) as caught:
        await reception.receive(take(tmp_path / "a.mp4"), tmp_path / "no such folder" / "a.jpg")
    assert caught.value.errno == 2


@pytest.mark.parametrize("what", ["import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "sys.exit(0)"])
async def test_a_file_that_breaks_the_decoder_is_damaged_and_spoils_nothing_for_the_others(
    what: str, tmp_path: Path
):
    reception = Reception(looking_program(what))
    names = ["a.mp4", "bad.mp4", "b.mp4"]
    try:
        answers = await asyncio.gather(
            *(reception.receive(take(tmp_path / name), tmp_path / f"{name}.jpg") for name in names),
            return_exceptions=True,
        )
    finally:
        await reception.close()
    assert [isinstance(each, Damaged) for each in answers] == [False, True, False]
    assert "cannot be decoded" in str(answers[1])


async def test_a_file_that_never_ends_is_given_up(tmp_path: Path):
    reception = Reception(looking_program("import time; time.sleep(600)"), longest=5.0)
    try:
        with pytest.raises(Damaged):
            await reception.receive(take(tmp_path / "bad.mp4"), tmp_path / "bad.jpg")
        assert (await reception.receive(take(tmp_path / "a.mp4"), tmp_path / "a.jpg")).frames == 8
    finally:
        await reception.close()


async def test_one_that_was_killed_is_started_again(reception: Reception, tmp_path: Path):
    await reception.receive(take(tmp_path / "a.mp4"), tmp_path / "a.jpg")
    first = looker_of(reception)
    os.kill(first, signal.SIGKILL)
    assert (await reception.receive(take(tmp_path / "b.mp4"), tmp_path / "b.jpg")).frames == 8
    assert looker_of(reception) != first


async def test_who_stops_waiting_leaves_no_answer_behind_for_the_next(reception: Reception, tmp_path: Path):
    tall = tmp_path / "tall.mp4"
    tall.write_bytes(clip("9:16", 1, 1))
    await reception.get_ready()
    given_up = asyncio.create_task(reception.receive(take(tmp_path / "a.mp4"), tmp_path / "a.jpg"))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    facts = await reception.receive(tall, tmp_path / "tall.jpg")
    assert (facts.width, facts.height) == (36, 64)


async def test_it_is_gone_when_the_reception_closes(tmp_path: Path):
    reception = Reception()
    await reception.get_ready()
    looker = looker_of(reception)
    await reception.close()
    assert not psutil.pid_exists(looker)
