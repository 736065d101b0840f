"""A paid video whose answer was lost: its owner sees what may be it, picks it, and it is fetched."""

import pytest
from sqlalchemy import text
from tests.jobs import ledger, make_job, until, until_status, videos

from rushes.engine.candidates import LARGEST_PICTURE, MOST
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.errors import Conflict, Invalid
from rushes.library.actions import candidates, resolve
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.video.echo import EchoOptions, EchoProvider
from rushes.providers.video_contract import Call, Candidates, VideoCandidate

pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture(autouse=True)
def finds_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider has two videos, and cannot tell which of them it is."""

    async def find(_: EchoProvider, call: Call[EchoOptions]) -> Candidates:
        stranger = VideoCandidate("of somebody else", "A sea\0 at dawn", b"\xff" * (LARGEST_PICTURE + 1))
        more = [VideoCandidate(f"more {number}") for number in range(MOST)]
        return Candidates((VideoCandidate(call.key, "Slow Morning", b"jpeg"), stranger, *more))

    monkeypatch.setattr(EchoProvider, "find", find)


async def test_what_may_be_it_is_shown_picked_fetched_and_counted_as_paid(run: Runtime):
    job_id = await make_job(run, ["[lost]"])

    async def uncertain() -> bool:
        return [each.waiting_for for each in await videos(run, job_id)] == ["uncertain"]

    await until(uncertain)
    (video,) = await videos(run, job_id)
    assert "may be this one" in (video.error_message or "")
    own, stranger, *more = await candidates(run, LOCAL_OWNER, video.video_id)
    assert (own.said, own.picture) == ("Slow Morning", "data:image/jpeg;base64,anBlZw==")
    assert (stranger.said, stranger.picture) == ("A sea\ufffd at dawn", ""), "too large a picture is left out"
    assert len(more) == MOST - 2
    for wrong in (["another"], [own.ref, own.ref], [own.ref, stranger.ref]):
        with pytest.raises(Invalid):
            await resolve(run, LOCAL_OWNER, video.video_id, Decision.MADE, wrong)
    with pytest.raises(Invalid):
        await resolve(run, LOCAL_OWNER, video.video_id, Decision.RETRY, [own.ref])
    await resolve(run, LOCAL_OWNER, video.video_id, Decision.MADE, [own.ref])
    job = await until_status(run, job_id, "completed")
    assert job.completed_videos == 1
    (row,) = await ledger(run, job_id)
    assert (row.state, row.remote_id) == ("completed", own.ref)
    assert row.cost == row.cost_estimate
    assert await candidates(run, LOCAL_OWNER, video.video_id) == []


async def test_what_another_video_is_already_cannot_be_picked_again(run: Runtime):
    job_id = await make_job(run, ["[lost]", "fine"])

    async def uncertain() -> bool:
        return sorted(each.status for each in await videos(run, job_id)) == ["completed", "waiting"]

    await until(uncertain)
    video = next(each for each in await videos(run, job_id) if each.waiting_for)
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE submissions SET remote_id = 'p/of somebody else' WHERE state = 'completed'")
        )
    with pytest.raises(Conflict):
        await resolve(run, LOCAL_OWNER, video.video_id, Decision.MADE, ["of somebody else"])
