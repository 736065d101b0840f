"""Scripts asked for one by one: written, improved, translated, and changed by a person."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from rushes.engine.generations import (
    NewGeneration,
    add_generations,
    find_by_hash,
    input_hash,
    read_generation,
    retry_generation,
)
from rushes.engine.generations_scripts import read_edited_script, store_edited_script
from rushes.engine.generations_shapes import GenerationView, ScriptParams
from rushes.engine.runtime import Runtime
from rushes.engine.states import VideoStatus
from rushes.errors import Conflict, Fault, Invalid, NotFound
from rushes.material.choice import model_of, script_provider
from rushes.material.views import ScriptJob, script_job, typical_seconds
from rushes.providers.kinds import Kind
from rushes.providers.script_contract import Brief, Draft, ScriptTask

ENDED_BADLY = (VideoStatus.FAILED, VideoStatus.CANCELLED)


@dataclass(frozen=True)
class ScriptOrder:
    """What is asked for. `script_id` names a script of before that is to be changed, instead of `draft`."""

    task: ScriptTask
    brief: Brief
    provider: str | None = None
    model: str | None = None
    options: dict[str, Any] | None = None
    draft: Draft | None = None
    script_id: UUID | None = None
    instruction: str = ""
    locked: frozenset[int] = frozenset()
    language: str | None = None
    variant: int = 0


async def order_script(run: Runtime, owner: UUID, order: ScriptOrder) -> ScriptJob:
    """Ask for a script. What was asked for before, in the same words of the same model, is not paid again.

    Raises `Invalid` for what cannot be done, `NotFound` for a script that is not there.
    """
    provider = await script_provider(run, owner, order.provider, order.task)
    model = model_of(provider.models.models, order.model)
    draft = order.draft
    if order.script_id is not None:
        draft = (await read_script(run, owner, order.script_id)).required_draft()
    if order.task is not ScriptTask.GENERATE and draft is None:
        raise Invalid("There is no script to change.", [Fault("script", "Give one, or its id.", "missing")])
    if draft is not None and (wrong := [each for each in order.locked if each >= len(draft.sections)]):
        count = len(draft.sections)
        raise Invalid(
            "A locked section is not there.",
            [
                Fault(
                    "locked",
                    f"There are {count} sections, 0 to {count - 1}; not {max(wrong)}.",
                    "out_of_range",
                )
            ],
        )
    params = ScriptParams(
        task=order.task,
        brief=order.brief,
        draft=draft,
        instruction=order.instruction,
        locked=order.locked,
        language=order.language,
        options=order.options or {},
    )
    made = input_hash(Kind.SCRIPT, provider.id, model.id, params, order.variant)
    new = NewGeneration(uuid4(), Kind.SCRIPT, provider.id, model.id, params, variant=order.variant)
    job_id = await ask_once(run, owner, new, made)
    return await read_script(run, owner, job_id)


async def ask_once(run: Runtime, owner: UUID, new: NewGeneration, made: str) -> UUID:
    """Queue a generation, unless there is one of the same inputs; return its id. A failed one is retried."""
    async with run.db.begin() as session:
        known = await find_by_hash(session, owner, new.kind, made)
        if known is not None and known.status in ENDED_BADLY:
            await retry_generation(session, owner, known.id)
            return known.id
        (standing,) = await add_generations(session, owner, [new])
    return standing


async def read_script(run: Runtime, owner: UUID, script_id: UUID) -> ScriptJob:
    """Return a script that was asked for, with a person's version of it. Raises `NotFound`."""
    view, edited = await _read(run, owner, script_id)
    return script_job(view, typical_seconds(run, view), edited)


async def store_script(run: Runtime, owner: UUID, script_id: UUID, draft: Draft) -> ScriptJob:
    """Store a person's version of a script; what was written stays below it.

    Raises `NotFound`, and `Conflict` while there is nothing to change.
    """
    async with run.db.begin() as session:
        stored = await store_edited_script(session, owner, script_id, draft)
    job = await read_script(run, owner, script_id)
    if not stored:
        raise Conflict(f"This script is {job.status.lower()}.", hint="Wait until it is written.")
    return job


async def _read(run: Runtime, owner: UUID, script_id: UUID) -> tuple[GenerationView, Draft | None]:
    async with run.db.statement() as session:
        view = await read_generation(session, owner, script_id)
        if view.kind is not Kind.SCRIPT:
            raise NotFound(f"There is no script {script_id}.")
    async with run.db.statement() as session:
        edited = await read_edited_script(session, owner, script_id)
    return view, edited
