"""Making a job and starting it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.credentials import places
from rushes.engine.request_ids import once
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobChanges, JobStatus
from rushes.engine.transitions import NOW, change_jobs
from rushes.engine.views import Expected, JobSettings, Started
from rushes.errors import Conflict, Fault, Invalid
from rushes.intake.pairing import place
from rushes.jobs.inputs import Inputs, inputs_of_job
from rushes.jobs.rows import locked_job, median_seconds
from rushes.planning.routing import BATCH, plan_for
from rushes.planning.settings import Plan, check_shots, plan, plans_of_shots
from rushes.platform.db.models import Job, Shot, Video
from rushes.platform.db.queue import defer, dispatch_task
from rushes.projects.rows import check_project
from rushes.providers.video_contract import ShotInput
from rushes.sanitize import clean_line

NAME_LENGTH = 200


async def create_job(
    run: Runtime, owner: UUID, name: str, settings: JobSettings, request_id: str | None = None
) -> UUID:
    """A new, empty job; its provider is chosen when none is named. The same `request_id` is the same job.

    Raises `Invalid` when no provider fits.
    """
    checked = await plan_for(run, owner, settings, BATCH)
    return await create_planned(run, owner, name, checked, request_id)


def clean_name(name: str) -> str:
    """The name of a job as it is kept. Raises `Invalid` for none, and for one that is too long."""
    name = " ".join(clean_line(name, most=10 * NAME_LENGTH).split())
    if name and len(name) <= NAME_LENGTH:
        return name
    most = f"{NAME_LENGTH} characters"
    if not name:
        raise Invalid("The job needs a name.", [Fault("job_name", f"Give it 1 to {most}.", "bad_name")])
    fault = Fault("job_name", f"It has {len(name)} characters; shorten it to {most}.", "bad_name")
    raise Invalid("The name of the job is too long.", [fault])


async def create_planned(
    run: Runtime, owner: UUID, name: str, checked: Plan, request_id: str | None = None
) -> UUID:
    """A new, empty job of settings that hold. Raises `Invalid` for the request id of something else."""
    name = clean_name(name)

    async def make(session: AsyncSession) -> UUID:
        job_id = uuid4()
        await add_job(session, owner, job_id, name, checked)
        return job_id

    return await once(run.db, owner, request_id, "job", make)


async def add_job(
    session: AsyncSession, owner: UUID, job_id: UUID, name: str, checked: Plan, **columns: object
) -> None:
    """The row of a new job; `columns` are those that a batch does not fill.

    Raises `NotFound` or `Conflict` for a project that it cannot be put into.
    """
    settings = checked.settings
    if settings.project_id is not None:
        await check_project(session, owner, settings.project_id)
    await session.execute(
        insert(Job).values(
            id=job_id,
            owner_id=owner,
            project_id=settings.project_id,
            name=name,
            provider=checked.provider.id,
            model=checked.model.id,
            outputs=settings.outputs,
            settings=checked.stored(),
            budget=settings.budget,
            route_reason=checked.reason,
            **columns,
        )
    )


def plan_of(run: Runtime, job: Job) -> Plan:
    """The plan of a stored job. Raises `Invalid` when its provider does not take its settings any more."""
    stored = dict(job.settings)
    return plan(run, JobSettings.model_validate({**stored.pop("options"), **stored}))


def plan_of_take(run: Runtime, job: Job, take: Row[Any]) -> Plan:
    """Return the plan of one take: who makes it, with which model, and its own options.

    Raises `Invalid` when its provider does not take them any more.
    """
    stored = {name: value for name, value in job.settings.items() if name != "options"}
    own = {**stored, **take.options, "provider": take.provider, "model": take.model}
    return plan(run, JobSettings.model_validate(own))


async def start_job(run: Runtime, owner: UUID, job_id: UUID) -> Started:
    """pending → processing, with a video row for every take. Raises `Conflict` on a second start."""
    async with run.db.begin() as session:
        return await start_in(run, session, owner, job_id)


async def start_in(run: Runtime, session: AsyncSession, owner: UUID, job_id: UUID) -> Started:
    """`start_job` as a part of a transaction."""
    job = await locked_job(session, owner, job_id)
    if job.status != JobStatus.PENDING:
        raise Conflict(
            f"The job is {job.status} already; it can be started once.",
            hint="`rushes retry` makes its failed videos again.",
        )
    checked = plan_of(run, job)
    shots = list(await session.scalars(select(Shot).where(Shot.job_id == job_id).order_by(Shot.number)))
    if not shots:
        raise Conflict("The job has no shots yet.", hint="Upload images and a prompts file first.")
    plans = plans_of_shots(checked, [(place(shot.number), shot.options) for shot in shots])
    _check_shots(plans, shots, await inputs_of_job(session, job_id))
    await session.execute(insert(Video), _takes(job, plans, shots))
    await change_jobs(session, [job_id], JobChanges.START, started_at=NOW)
    estimate = await _estimate(run, session, owner, plans)
    await defer(session, [dispatch_task(job.provider)])
    return estimate


def _check_shots(plans: Sequence[Plan], shots: list[Shot], inputs: Mapping[UUID, Inputs]) -> None:
    given = [
        (place(shot.number), checked, _shot_input(checked, shot, inputs.get(shot.id, Inputs())))
        for checked, shot in zip(plans, shots, strict=True)
    ]
    if faults := check_shots(given):
        raise Invalid(f"{plans[0].provider.title} would refuse some of these shots.", faults)


def _shot_input(checked: Plan, shot: Shot, inputs: Inputs) -> ShotInput:
    """What would be submitted for a shot."""
    plain = ShotInput(
        prompt=shot.prompt,
        negative_prompt=shot.negative_prompt,
        image=Path(shot.image_key) if shot.image_key else None,
        model=checked.model.id,
        seeds=(shot.seed,),
    )
    return with_inputs(plain, inputs)


def with_inputs(shot: ShotInput, inputs: Inputs) -> ShotInput:
    """The same with what else it starts from, for a check: the files are named by their keys."""
    return replace(
        shot,
        last_image=Path(inputs.last_image_key) if inputs.last_image_key else None,
        references=tuple(map(Path, inputs.reference_keys)),
        source=inputs.source.remote_id if inputs.source else None,
        extend=inputs.source is not None and inputs.source.extend,
    )


def asked_with(checked: Plan) -> dict[str, Any]:
    """What a take keeps of its plan: who makes it, how, and for how much."""
    return {
        "provider": checked.provider.id,
        "model": checked.model.id,
        "options": checked.options.model_dump(mode="json"),
        "price": checked.take_price,
    }


def _takes(job: Job, plans: Sequence[Plan], shots: list[Shot]) -> list[dict[str, object]]:
    return [
        {
            "owner_id": job.owner_id,
            "job_id": job.id,
            "shot_id": shot.id,
            "position": nth * job.outputs + index,
            "prompt_number": shot.number,
            "video_index": index + 1,
            "prompt_text": shot.prompt,
            "negative_prompt": shot.negative_prompt,
            "image_filename": shot.image_filename,
            "image_key": shot.image_key,
            "seed": (shot.seed + index) % 2**31,
            **asked_with(checked),
        }
        for nth, (checked, shot) in enumerate(zip(plans, shots, strict=True))
        for index in range(job.outputs)
    ]


async def _estimate(run: Runtime, session: AsyncSession, owner: UUID, plans: Sequence[Plan]) -> Started:
    expected = await estimate(run, session, owner, plans)
    first = plans[0]
    takes = len(plans) * first.settings.outputs
    prices = {each.take_price for each in plans}
    return Started(
        **vars(expected),
        started=True,
        price_per_video=prices.pop() if len(prices) == 1 else round(expected.estimated_cost / takes, 6),
        message=f"{takes} videos of {len(plans)} shots by {first.provider.title}.",
    )


async def estimate(run: Runtime, session: AsyncSession, owner: UUID, plans: Sequence[Plan]) -> Expected:
    """What a job of shots with these plans (of one provider and model) is expected to take.

    From this installation's own history, else the catalogue's figures; over all keys that can be used (over
    one, while there is none).
    """
    if not plans:
        return Expected(
            estimated_time_minutes=0.0, estimated_cost=Decimal(0), estimated_credits=0, price_known=True
        )
    first = plans[0]
    outputs, limits = first.settings.outputs, first.provider.limits
    seconds = await median_seconds(session, first.provider.id, first.model.id)
    calls = len(plans) * ceil(outputs / limits.outputs_per_call)
    concurrency = run.settings.provider_concurrency.get(first.provider.id, limits.concurrency)
    if first.provider.credential is not None:
        concurrency = await places(session, owner, first.provider.id, concurrency) or concurrency
    rounds = ceil(calls / concurrency)
    minutes = rounds * (seconds or first.model.typical_seconds) / 60
    return Expected(
        estimated_time_minutes=round(minutes, 2),
        estimated_cost=sum((each.take_price for each in plans), start=Decimal(0)) * outputs,
        estimated_credits=sum(each.take_credits for each in plans) * outputs,
        price_known=all(each.price_known for each in plans),
    )
