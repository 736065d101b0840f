"""Finds what was submitted in the job's Flow project: after a crash, and where only the tiles tell.

What belongs to a submission is told by the unique name of its upload, for a shot without an image by its
prompt, and never by what another submission has taken already. What cannot be told stays unknown: a person
is asked sooner than anything is made and paid twice.
"""

import asyncio

from rushes.errors import ErrorType, RetryLater
from rushes.providers.video.flow.browser.pages.project import ProjectPage
from rushes.providers.video.flow.browser.session import Session
from rushes.providers.video.flow.ids import Remote, failure_of
from rushes.providers.video.flow.watch import (
    Sighting,
    Watch,
    Whose,
    heard_of,
    known_as_anothers,
    seen_on_page,
    strangers_of,
)
from rushes.providers.video_contract import Candidates, JobRef, Unknown, VideoCandidate

LOOK_SECONDS = 0.5
COME_BACK_SECONDS = 30.0
SURE_AFTER = 3
"""Looks after which one failed tile is believed to be all there will be."""


async def find(
    session: Session, watch: Watch, job: JobRef, whose: Whose, takes: int, *, seconds: float
) -> Remote | Unknown | Candidates | None:
    """Its remote id; None when it certainly was not made; what may be it, where only its person can tell.

    Waits so long for what may still come up.

    Raises what stands in the way of looking, and `RetryLater` while something is still being made.
    """
    clock = asyncio.get_running_loop().time
    async with session.lock:
        # None is made here: a new, empty one would say "certainly not made" for certain.
        projects = await session.projects_of(job)
        if not projects:
            return None
        page = await session.project(job, projects[0])
        began = clock()
        await page.reload()
        while True:
            slots, sighting = await _look(watch, page, whose, since=began, whole=True)
            if len(slots) == takes:
                return Remote(page.id, tuple(slots))
            if clock() >= began + seconds:
                break
            await asyncio.sleep(LOOK_SECONDS)
        if not slots:  # nobody's word alone is enough for what is paid
            slots, sighting = await _look(watch, page, whose, since=None, whole=True)
        told = watch.listed_since(page.id, began)
    maybe = sighting.maybe
    if len(slots) > takes or len(projects) > 1:
        return _to_be_told(page, slots, maybe)
    if len(slots) == takes or (_only_failed(slots) and not sighting.pending and not sighting.strangers):
        return Remote(page.id, tuple((slots * takes)[:takes]))
    if sighting.pending and (slots or not told or sighting.strangers):
        raise RetryLater(
            "Flow is still making something that may be this.",
            error_type=ErrorType.NETWORK,
            after=COME_BACK_SECONDS,
        )
    return _to_be_told(page, slots, maybe) if slots or sighting.strangers else None


def _to_be_told(
    page: ProjectPage, slots: list[str], maybe: dict[str, VideoCandidate]
) -> Candidates | Unknown:
    """What a person is shown: the videos that are this one, too many or too few, and those that may be."""
    certain = [each for each in slots if failure_of(each) is None]
    found = {each: VideoCandidate(f"{page.id}/{each}") for each in certain} | maybe
    return Candidates(tuple(found.values())) if found else Unknown.CANNOT_TELL


async def wait_for_tiles(
    session: Session,
    watch: Watch,
    job: JobRef,
    whose: Whose,
    key: str,
    takes: int,
    *,
    seconds: float,
    settle: float,
) -> Remote | None:
    """What was accepted, where the server's word was not understood: its tiles, once they have ended.

    None: they did not end in this time, or nothing was in the making for `settle` seconds and none was ours.
    """
    clock = asyncio.get_running_loop().time
    deadline, alive_at = clock() + seconds, clock()
    refused = 0
    while clock() < min(deadline, alive_at + settle):
        watch.keep_room(key, takes)
        async with session.lock:
            page = await session.project(job)
            slots, sighting = await _look(watch, page, whose, since=None)
        if len(slots) >= takes:
            return Remote(page.id, tuple(slots[:takes]))
        if slots or sighting.pending:
            alive_at = clock()
        refused = refused + 1 if _only_failed(slots) and not sighting.pending else 0
        if refused >= SURE_AFTER:
            return Remote(page.id, tuple((slots * takes)[:takes]))
        await asyncio.sleep(2 * LOOK_SECONDS)
    return None


def _only_failed(slots: list[str]) -> bool:
    """A refusal shows itself as one failed tile for all takes."""
    return bool(slots) and all(failure_of(each) is not None for each in slots)


async def _look(
    watch: Watch, page: ProjectPage, whose: Whose, *, since: float | None, whole: bool = False
) -> tuple[list[str], Sighting]:
    """Its slots. The tiles are looked at where the server has not told it all since that moment."""
    heard = heard_of(watch, whose)
    unknown = strangers_of(watch, page.id, whose)
    if since is not None and not unknown and watch.listed_since(page.id, since):
        return heard, Sighting()
    sighting = await seen_on_page(watch, page, whose, frozenset(heard), whole=whole)
    # Of whom the server speaks and no tile says whose it is: it may be ours.
    left = {each for each in unknown - sighting.looked_at if not known_as_anothers(watch, each, whose)}
    sighting.strangers += len(left)
    return list(dict.fromkeys([*heard, *sighting.slots])), sighting
