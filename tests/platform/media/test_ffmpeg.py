"""The runner, on the real FFmpeg."""

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rushes.errors import ErrorType, GenerationFailed, SystemFault
from rushes.platform.media.ffmpeg import escape_filter_value, ffmpeg_exe, run_ffmpeg
from rushes.platform.media.probe import probe

RAW = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "64x36", "-r", "24", "-i", "pipe:0"]
FRAME = bytes(64 * 36 * 3 // 2)
MP4 = ["-c:v", "libx264", "-preset", "ultrafast", "-f", "mp4"]
ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2=s=64x36:r=24", *MP4]


def encoders_of(folder: Path) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # gone meanwhile, or dead and not buried yet
            if any(str(folder) in word for word in child.cmdline()):
                found.append(child)
    return found


async def test_a_result_has_its_name_only_when_it_is_whole(tmp_path: Path):
    into = tmp_path / "out.mp4"
    seen: list[list[str]] = []

    def frames() -> Iterator[bytes]:
        for _ in range(48):
            seen.append([path.name for path in tmp_path.iterdir()])
            yield FRAME

    await run_ffmpeg([*RAW, *MP4], into=into, stdin=frames())
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert probe(into).frames == 48
    assert seen
    assert not any("out.mp4" in names for names in seen)


async def test_progress_only_rises_and_ends_at_one(tmp_path: Path):
    told: list[float] = []
    args = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=24:d=30", *MP4]
    await run_ffmpeg(args, into=tmp_path / "out.mp4", duration_seconds=30, progress=told.append)
    assert told == sorted(set(told))
    assert told[-1] == 1.0


async def test_without_a_duration_the_end_is_still_told(tmp_path: Path):
    told: list[float] = []
    args = ["-f", "lavfi", "-i", "testsrc2=s=64x36:d=1", *MP4]
    await run_ffmpeg(args, into=tmp_path / "out.mp4", progress=told.append)
    assert told == [1.0]


async def test_a_failure_carries_the_last_line_ffmpeg_said_and_leaves_nothing(tmp_path: Path):
    missing = tmp_path / "nowhere.mp4"
    with pytest.raises(GenerationFailed, match="No such file or directory"):
        await run_ffmpeg(["-i", str(missing), *MP4], into=tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


async def test_a_full_disk_is_the_operators_to_mend(tmp_path: Path):
    # A second output of the same command meets a device that is always full.
    raw = ["-c:v", "rawvideo", "-f", "rawvideo"]
    args = ["-f", "lavfi", "-i", "testsrc2=s=640x360:d=2", *raw, "-y", "/dev/full", *raw]
    with pytest.raises(SystemFault, match="disk is full") as caught:
        await run_ffmpeg(args, into=tmp_path / "out.yuv")
    assert caught.value.error_type == ErrorType.DISK_FULL
    assert list(tmp_path.iterdir()) == []


async def test_a_fault_in_what_feeds_ffmpeg_is_that_fault_and_leaves_nothing(tmp_path: Path):
    def frames() -> Iterator[bytes]:
        yield FRAME
        raise ZeroDivisionError("a bug in drawing")

    with pytest.raises(ZeroDivisionError, match="a bug in drawing"):
        await run_ffmpeg([*RAW, *MP4], into=tmp_path / "out.mp4", stdin=frames())
    assert list(tmp_path.iterdir()) == []


async def test_ffmpeg_leaving_early_ends_what_feeds_it(tmp_path: Path):
    drawn: list[int] = []

    def frames() -> Iterator[bytes]:
        for number in range(10**9):
            drawn.append(number)
            yield FRAME

    await run_ffmpeg([*RAW, "-frames:v", "5", *MP4], into=tmp_path / "out.mp4", stdin=frames())
    assert probe(tmp_path / "out.mp4").frames == 5
    assert 5 <= len(drawn) < 10**6


@pytest.mark.parametrize("fed", [False, True], ids=["by itself", "fed by us"])
async def test_cancelling_leaves_no_process_no_thread_and_no_file(fed: bool, tmp_path: Path):
    under_way = asyncio.Event()

    def progress(fraction: float) -> None:
        under_way.set()

    drawn: list[int] = []

    def frames() -> Iterator[bytes]:
        while True:
            drawn.append(1)
            yield FRAME

    task = asyncio.create_task(
        run_ffmpeg(
            [*RAW, *MP4] if fed else ENDLESS,
            into=tmp_path / "out.mp4",
            duration_seconds=10**6,
            progress=progress,
            stdin=frames() if fed else None,
        )
    )
    await under_way.wait()
    (encoder,) = encoders_of(tmp_path)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not encoder.is_running()
    assert list(tmp_path.iterdir()) == []
    assert bool(drawn) == fed
    so_far = len(drawn)
    for _ in range(20):
        await asyncio.to_thread(bytes)
    assert len(drawn) == so_far  # nothing draws on


async def test_a_process_that_ignores_terminate_is_killed(tmp_path: Path):
    under_way = asyncio.Event()

    def progress(fraction: float) -> None:
        under_way.set()

    task = asyncio.create_task(
        run_ffmpeg(ENDLESS, into=tmp_path / "out.mp4", duration_seconds=10**6, progress=progress)
    )
    await under_way.wait()
    (encoder,) = encoders_of(tmp_path)
    encoder.suspend()  # a stopped process obeys nothing but a kill
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not encoder.is_running()
    assert list(tmp_path.iterdir()) == []


async def test_what_an_earlier_crash_left_is_written_over(tmp_path: Path):
    (tmp_path / "out.mp4.part").write_bytes(b"half a video" * 1000)
    (tmp_path / "out.mp4").write_bytes(b"old")
    await run_ffmpeg([*RAW, *MP4], into=tmp_path / "out.mp4", stdin=iter([FRAME] * 3))
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert probe(tmp_path / "out.mp4").frames == 3


def read_back(value: str) -> str:
    """What FFmpeg makes of an escaped value: it is put into a frame's metadata and printed."""
    add = f"metadata=add:key=k:value={escape_filter_value(value)}"
    graph = f"color=s=16x16:d=0.04:r=25,{add},metadata=print:file=-"
    command = [ffmpeg_exe(), "-v", "error", "-nostdin", "-f", "lavfi", "-i", graph, "-f", "null", "-"]
    result = subprocess.run(command, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode(errors="replace")
    _, _, printed = result.stdout.decode().partition("\nk=")
    return printed.removesuffix("\n")


AWKWARD = st.text(
    st.sampled_from("\\':[],;=|%{} \t\"#@aé中"),
    min_size=1,
    max_size=12,
)


@given(AWKWARD)
@example("C:\\films\\it's [a], b; c.ass")
@example("  spaces at both ends  ")
@example("\\\\'")
def test_a_filter_value_comes_back_as_it_was(value: str):
    assert read_back(value) == value
