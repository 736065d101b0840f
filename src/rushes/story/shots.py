"""Scene videos as shots: the job that a story has for each video provider, and what `auto` pays for.

A shot is added once for the hash of its inputs. Everything that holds for takes of a batch holds for these.
"""

import asyncio
import shutil
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.again import reopen
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobKind, JobStatus
from rushes.errors import Fault, Invalid
from rushes.intake.apart import normalise_image_apart
from rushes.jobs.start import add_job, asked_with, start_in
from rushes.jobs.upload import asset_row, new_work_folder
from rushes.planning.settings import Plan, check_shot, job_settings, plan
from rushes.platform.db.copies import Asset
from rushes.platform.db.models import Job, Shot, Video
from rushes.platform.storage.bucket import Stored
from rushes.providers.video_contract import ShotInput
from rushes.story.products import Products, StoryPicture
from rushes.story.rows import StoryRow, update_story
from rushes.story.scenes import SceneShot
from rushes.story.steps import Undecided


@dataclass(frozen=True)
class ReadyShot:
    """A shot that can be added: its plan, and the stored image that it starts from."""

    shot: SceneShot
    plan: Plan
    image: Stored | None


def plan_of_shot(run: Runtime, story: StoryRow, shot: SceneShot) -> Plan:
    """Return the plan of a scene's shot. Raises `Invalid` when its provider does not take its options."""
    given: dict[str, Any] = {
        **shot.options,
        "provider": shot.provider,
        "model": shot.model or None,
        "duration_seconds": shot.seconds,
        "allow_text_only": True,
        "outputs": 1,
        "project_id": story.project_id,
    }
    return plan(run, job_settings(given))


def decide(run: Runtime, story: StoryRow, undecided: Sequence[Undecided], spent: Decimal) -> dict[str, bool]:
    """Return for each scene that is `auto` whether a video is paid for: in order, while the budget lasts.

    Without a budget nothing is paid for automatically; what is free is made.
    """
    left = Decimal(0) if story.budget is None else story.budget - spent
    found: dict[str, bool] = {}
    for each in undecided:
        try:
            price = sum((plan_of_shot(run, story, shot).take_price for shot in each.shots), Decimal(0))
        except Invalid:
            found[each.group] = False
            continue
        found[each.group] = price <= left
        left -= price if found[each.group] else 0
    return found


async def ready_shots(
    run: Runtime, story: StoryRow, products: Products, shots: Sequence[SceneShot]
) -> list[ReadyShot]:
    """Check shots with their provider and store the images that they start from. Raises `Invalid`."""
    found: list[ReadyShot] = []
    for shot in shots:
        checked = plan_of_shot(run, story, shot)
        image = await _start_image(run, story, products, shot) if shot.image else None
        asked = ShotInput(shot.prompt, None, None, checked.model.id, (_seed(shot),))
        faults = [] if image else check_shot(checked, asked, "prompt")
        if faults:
            raise Invalid(f"{checked.provider.title} would refuse a scene.", _named(faults, shot))
        found.append(ReadyShot(shot, checked, image))
    return found


def _named(faults: Sequence[Fault], shot: SceneShot) -> list[Fault]:
    return [Fault(f"section {shot.section_id}", each.message, each.code) for each in faults]


def _seed(shot: SceneShot) -> int:
    """The same inputs, the same seed: a shot that is asked for again after a loss gives the same."""
    return zlib.crc32(shot.hash.encode()) % 2**31


async def _start_image(run: Runtime, story: StoryRow, products: Products, shot: SceneShot) -> Stored | None:
    """The section's picture as providers take it, stored under a name of the shot's inputs."""
    picture = products.pictures.get(shot.image) or products.uploads.get(shot.image)
    if not isinstance(picture, StoryPicture) or picture.is_clip:
        return None
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        async with run.bucket.local(picture.key) as source:
            made = await normalise_image_apart(source, "picture", work, run.settings)
        return await run.bucket.put(f"stories/{story.id}/shots/{shot.hash}.jpg", made.path)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)


async def add_shots(
    run: Runtime, session: AsyncSession, story: StoryRow, ready: Sequence[ReadyShot], spent: Decimal
) -> None:
    """Add shots to the story's jobs and have them made, with this transaction. The story is locked."""
    by_provider: dict[str, list[ReadyShot]] = {}
    for each in ready:
        by_provider.setdefault(each.plan.provider.id, []).append(each)
    for provider, shots in sorted(by_provider.items()):
        known = await _known(session, story, [each.shot.hash for each in shots])
        fresh = [each for each in shots if each.shot.hash not in known]
        if fresh:
            await _add(run, session, story, provider, fresh, spent)


async def _known(session: AsyncSession, story: StoryRow, hashes: Sequence[str]) -> set[str]:
    rows = await session.execute(
        text("SELECT input_hash FROM story_shots WHERE owner_id = :owner AND input_hash = ANY(:hashes)"),
        {"owner": story.owner_id, "hashes": list(hashes)},
    )
    return set(rows.scalars())


async def _add(
    run: Runtime,
    session: AsyncSession,
    story: StoryRow,
    provider: str,
    shots: Sequence[ReadyShot],
    spent: Decimal,
) -> None:
    job = await session.scalar(
        select(Job)
        .where(
            Job.owner_id == story.owner_id,
            Job.kind == JobKind.STORY,
            Job.session_id == str(story.id),
            Job.provider == provider,
        )
        .with_for_update(key_share=True)
    )
    first = job is None
    if job is None:
        job_id = uuid4()
        await add_job(
            session,
            story.owner_id,
            job_id,
            story.name or "Story",
            shots[0].plan,
            kind=str(JobKind.STORY),
            session_id=str(story.id),
        )
        job = await session.get_one(Job, job_id)
        await update_story(session, story.id, job_id=job_id)
    job.budget = None if story.budget is None else max(Decimal(0), story.budget - spent)
    ids = await _insert_shots(session, story, job, shots)
    if first or job.status == JobStatus.PENDING:
        await start_in(run, session, story.owner_id, job.id)
        return
    await _insert_takes(session, job, shots, ids)
    await reopen(session, job, also_paused=job.paused_by != "user")


async def _insert_shots(
    session: AsyncSession, story: StoryRow, job: Job, shots: Sequence[ReadyShot]
) -> dict[str, tuple[UUID, int]]:
    """Insert the shots; return the id and number of each by its hash."""
    numbers = select(func.max(Shot.number)).where(Shot.job_id == job.id)
    begin = ((await session.scalar(numbers)) or 0) + 1
    of_job: Mapping[str, Any] = job.settings["options"]
    ids: dict[str, tuple[UUID, int]] = {}
    images = {each.image.key: each.image for each in shots if each.image}
    if images:
        known = await session.scalars(select(Asset.key).where(Asset.key.in_(images)))
        missing = images.keys() - set(known)
        rows = [asset_row(job.owner_id, job.id, images[each]) for each in sorted(missing)]
        if rows:
            await session.execute(insert(Asset), rows)
    for number, each in enumerate(shots, start=begin):
        options = each.plan.options.model_dump(mode="json")
        own = {name: value for name, value in options.items() if of_job.get(name) != value}
        ids[each.shot.hash] = (uuid4(), number)
        await session.execute(
            insert(Shot).values(
                id=ids[each.shot.hash][0],
                owner_id=job.owner_id,
                job_id=job.id,
                number=number,
                prompt=each.shot.prompt,
                image_filename=f"section-{each.shot.section_id}.jpg" if each.image else None,
                image_key=each.image.key if each.image else None,
                seed=_seed(each.shot),
                options=own,
            )
        )
        await session.execute(
            text(
                "INSERT INTO story_shots (story_id, input_hash, owner_id, shot_id)"
                " VALUES (:story, :hash, :owner, :shot)"
            ),
            {
                "story": story.id,
                "hash": each.shot.hash,
                "owner": story.owner_id,
                "shot": ids[each.shot.hash][0],
            },
        )
    return ids


async def _insert_takes(
    session: AsyncSession, job: Job, shots: Sequence[ReadyShot], ids: Mapping[str, tuple[UUID, int]]
) -> None:
    last = await session.scalar(select(func.max(Video.position)).where(Video.job_id == job.id))
    begin = 0 if last is None else last + 1
    rows = [
        {
            "owner_id": job.owner_id,
            "job_id": job.id,
            "shot_id": ids[each.shot.hash][0],
            "position": position,
            "prompt_number": ids[each.shot.hash][1],
            "video_index": 1,
            "prompt_text": each.shot.prompt,
            "negative_prompt": None,
            "image_filename": f"section-{each.shot.section_id}.jpg" if each.image else None,
            "image_key": each.image.key if each.image else None,
            "seed": _seed(each.shot),
            **asked_with(each.plan),
        }
        for position, each in enumerate(shots, start=begin)
    ]
    await session.execute(insert(Video), rows)


async def story_jobs(session: AsyncSession, story: StoryRow) -> list[UUID]:
    """Return the jobs of a story's scenes."""
    rows = await session.execute(
        text(
            "SELECT id FROM jobs WHERE owner_id = :owner AND kind = 'story' AND session_id = :session"
            " ORDER BY id"
        ),
        {"owner": story.owner_id, "session": str(story.id)},
    )
    return list(rows.scalars())
