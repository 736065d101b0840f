"""Uploads are read in processes with limits: what takes too much is refused, and nobody else waits."""

import asyncio
import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image
from tests.waiting import until

from rushes.errors import Invalid, SystemFault, TooLarge
from rushes.intake.apart import dry_run_apart, normalise_image_apart, read_batch_apart
from rushes.intake.images import normalise_image
from rushes.platform import bounded
from rushes.platform.bounded import Bounds, ChildBugError, run_bounded
from rushes.settings import Settings

NOTHING = Settings.model_validate({})
HOW = {"allow_text_only": False, "max_prompt_chars": 100}


def image(folder: Path, name: str = "1.png") -> Path:
    Image.new("RGB", (64, 48), "teal").save(folder / name)
    return folder / name


def take_memory(size: int) -> int:
    """In the process: as a decoder that is given a bomb."""
    return len(bytearray(size))


def take_time() -> None:
    """In the process: as a parser that is given one."""
    while True:
        pass


def sleep(seconds: float) -> int:
    """In the process: say who it is, when it is done."""
    time.sleep(seconds)
    return os.getpid()


def fail() -> None:
    """In the process: in a way nobody foresaw."""
    raise ZeroDivisionError("by nothing")


def full() -> None:
    """In the process: as a disk that is full."""
    raise SystemFault("Full.", error_type="disk_full", hint="Free some space.")  # type: ignore[arg-type]


def known(name: str) -> str | None:
    """In the process: a variable of its environment."""
    return os.environ.get(name)


async def test_an_image_and_a_batch_are_read_as_they_are_here(tmp_path: Path):
    source = image(tmp_path)
    (tmp_path / "apart").mkdir()
    apart = await normalise_image_apart(source, "1.png", tmp_path / "apart", NOTHING)
    here = normalise_image(source, "1.png", tmp_path, NOTHING)
    assert (apart.sha256, apart.width) == (here.sha256, here.width)
    assert apart.path.read_bytes() == here.path.read_bytes()
    (tmp_path / "p.txt").write_text("1. a fox\n")
    prompts = ("p.txt", tmp_path / "p.txt")
    batch = await read_batch_apart([("1.png", source)], prompts, tmp_path, NOTHING, **HOW)
    [shot] = batch.shots
    assert shot.prompt == "a fox" and shot.image is not None and shot.image.path.is_file()
    tried = await dry_run_apart(prompts, NOTHING, ["1.png"], None, **HOW)
    assert tried.faults == () and len(tried.paired.shots) == 1


async def test_faults_come_back_as_they_are_and_leave_no_file(tmp_path: Path):
    (tmp_path / "1.png").write_bytes(b"no image")
    (tmp_path / "work").mkdir()
    with pytest.raises(Invalid) as caught:
        await read_batch_apart([("1.png", tmp_path / "1.png")], None, tmp_path / "work", NOTHING, **HOW)
    assert {fault.code for fault in caught.value.faults} == {"no_prompts", "not_an_image"}
    assert list((tmp_path / "work").iterdir()) == []
    with pytest.raises(SystemFault) as fault:
        await run_bounded(full, bounds=Bounds())
    assert (fault.value.message, fault.value.hint) == ("Full.", "Free some space.")


async def test_what_takes_too_much_memory_is_refused_and_the_next_is_read(tmp_path: Path):
    with pytest.raises(TooLarge):
        await run_bounded(take_memory, 4 * 2**30, bounds=Bounds(memory_bytes=2**30))
    assert await run_bounded(take_memory, 2**20, bounds=Bounds()) == 2**20


async def test_what_takes_too_much_time_is_refused():
    with pytest.raises(TooLarge):
        await run_bounded(take_time, bounds=Bounds(cpu_seconds=1))


async def test_a_png_that_unpacks_to_gigabytes_takes_none_here(tmp_path: Path):
    """100 megapixels are taken; their memory is another process's, and bounded."""
    before = psutil.Process().memory_info().rss
    Image.new("L", (9000, 9000)).save(tmp_path / "bomb.png", optimize=True)
    settings = Settings.model_validate({"image_long_side": 256})
    del_before = psutil.Process().memory_info().rss
    await asyncio.gather(
        *(normalise_image_apart(tmp_path / "bomb.png", "bomb.png", tmp_path, settings) for _ in range(3))
    )
    assert psutil.Process().memory_info().rss - del_before < 60_000_000
    assert before > 0


async def test_no_more_are_at_work_than_there_are_slots():
    began = time.monotonic()
    pids = await asyncio.gather(*(run_bounded(sleep, 0.2, bounds=Bounds()) for _ in range(6)))
    assert len(set(pids)) == 6
    assert time.monotonic() - began >= 0.2 * 6 / bounded.SLOTS


async def test_the_process_of_a_call_that_was_cancelled_is_killed():
    task = asyncio.create_task(run_bounded(sleep, 600.0, bounds=Bounds()))

    async def asleep() -> bool:
        return bool(children())

    await until(asleep)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async def gone() -> bool:
        return not children()

    await until(gone)


def children() -> list[psutil.Process]:
    """The processes that the program has forked and that are at work."""
    process = bounded._program._process  # pyright: ignore[reportPrivateUsage]  # whose life is tested
    return psutil.Process(process.pid).children() if process else []


async def test_the_program_is_started_again_when_it_was_killed():
    await run_bounded(sleep, 0.0, bounds=Bounds())
    process = bounded._program._process  # pyright: ignore[reportPrivateUsage]  # whose life is tested
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert await run_bounded(sleep, 0.0, bounds=Bounds())


async def test_a_bug_is_raised_here_with_its_traceback():
    with pytest.raises(ChildBugError, match="ZeroDivisionError: by nothing"):
        await run_bounded(fail, bounds=Bounds())


async def test_nothing_secret_goes_along(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RUSHES_TELEGRAM_TOKEN", "secret-token-0001")
    bounded._program.close()  # pyright: ignore[reportPrivateUsage]  # so that it is started with it
    assert await run_bounded(known, "RUSHES_TELEGRAM_TOKEN", bounds=Bounds()) is None
    settings = Settings.model_validate({"telegram_token": "secret-token-0001", "s3_secret_key": "x" * 20})
    bare = settings.without_secrets()
    assert bare.telegram_token is None and bare.s3_secret_key is None
    assert "secret-token-0001" not in repr(vars(bare))
