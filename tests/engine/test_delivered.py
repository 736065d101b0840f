"""A file that is not as it was asked for is kept, told on its take, and counted; one that is, is not."""

from pathlib import Path
from typing import Any

import pytest
from tests.jobs import make_job, until_status, videos

from rushes.engine.delivered import differences
from rushes.engine.runtime import Runtime
from rushes.platform.media.facts import Probe
from rushes.providers.video.echo import EchoOptions, EchoProvider, clip
from rushes.providers.video_contract import Call, Output, ProgressCallback, ShotInput, VideoOptions

SHOT = ShotInput("A sea", None, None, "any", (1,))


def found(size: tuple[int, int], seconds: float, *, shot: ShotInput = SHOT, **asked: Any) -> list[str]:
    """In what a file of this size and length differs."""
    usual: dict[str, Any] = {"aspect_ratio": "16:9", "resolution": "720p", "duration_seconds": 8}
    options = VideoOptions(**{**usual, **asked})
    facts = Probe(seconds, *size, 24.0, 1, "h264", None, 1)
    return [each.what for each in differences(options, shot, facts)]


@pytest.mark.parametrize(
    ("size", "seconds", "asked", "differs"),
    [
        ((1280, 720), 8.0, {}, []),
        ((1280, 720), 4.0, {}, ["length"]),
        ((1280, 720), 8.0, {"duration_seconds": 4}, ["length"]),
        ((1280, 704), 8.04, {}, []),  # sizes in steps of 16, a frame more
        ((704, 1280), 8.0, {"aspect_ratio": "9:16"}, []),
        ((720, 1280), 8.0, {}, ["shape"]),
        ((1280, 720), 8.0, {"aspect_ratio": "9:16"}, ["shape"]),
        ((1280, 720), 8.0, {"aspect_ratio": "4:3"}, ["shape"]),
        ((1280, 720), 8.0, {"resolution": "4k"}, ["resolution"]),
        ((1280, 720), 8.0, {"resolution": "1080p"}, ["resolution"]),
        ((640, 360), 8.0, {}, ["resolution"]),
        ((3840, 2160), 8.0, {"resolution": "4k"}, []),
        ((960, 960), 8.0, {"aspect_ratio": "1:1"}, []),  # the area of 720p
        ((720, 720), 8.0, {"aspect_ratio": "1:1"}, []),
        ((1792, 1024), 8.0, {"resolution": "1024p"}, []),
        ((360, 640), 10.0, {}, ["length", "shape", "resolution"]),
        ((500, 500), 3.0, {"aspect_ratio": "auto", "resolution": "auto", "duration_seconds": 0}, []),
    ],
)
def test_length_shape_and_resolution_are_compared(
    size: tuple[int, int], seconds: float, asked: dict[str, Any], differs: list[str]
):
    assert found(size, seconds, **asked) == differs


def test_what_is_made_from_another_take_is_as_that_one_is():
    edit = ShotInput("A sea", None, None, "any", (1,), source="remote")
    assert found((360, 640), 30.0, shot=edit) == []


@pytest.mark.usefixtures("worker")
async def test_a_take_that_differs_is_kept_and_counted_and_the_others_are_not(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    fetch = EchoProvider.fetch

    async def wrong(
        self: EchoProvider,
        call: Call[EchoOptions],
        output: Output,
        into: Path,
        progress: ProgressCallback,
    ) -> None:
        await fetch(self, call, output, into, progress)
        if call.shot.prompt == "long":
            into.write_bytes(clip("9:16", 4, call.shot.seeds[output.index]))

    monkeypatch.setattr(EchoProvider, "fetch", wrong)
    job_id = await make_job(run, ["right", "long"])
    job = await until_status(run, job_id, "completed")
    right, long = await videos(run, job_id)
    assert (job.completed_videos, job.differing_videos) == (2, 1)
    assert right.delivered_differs == []
    assert [(each.what, each.asked, each.delivered) for each in long.delivered_differs] == [
        ("length", "1 s", "4 s"),
        ("shape", "16:9", "36x64"),
    ]
    assert (long.status, long.duration_seconds) == ("completed", 4.0)
