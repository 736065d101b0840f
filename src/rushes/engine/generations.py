"""Generations: speech, pictures and scripts, each one thing asked of a provider that makes no video.

Whoever needs one adds it and is woken when it has ended (the task of its story). Its call is a submission of
the ledger, so budgets, costs, keys and uncertain calls are those of takes. What it has made is found by the
hash of its inputs: nothing is made or paid for twice unless a person asks for another one.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine.again import make_generations_anew
from rushes.engine.events import GENERATION_EVENT
from rushes.engine.generations_shapes import (
    PARAMS,
    NewGeneration,
    input_hash,
)
from rushes.engine.generations_standing import standing
from rushes.engine.generations_views import (
    find_by_hash,
    generations_of_story,
    read_generation,
    read_generations,
)
from rushes.engine.states import (
    GenerationChanges,
    SubmissionChanges,
    SubmissionState,
    WaitingFor,
)
from rushes.engine.transitions import NOW, change_generations
from rushes.errors import Fault, Invalid
from rushes.platform.db.queue import abort_tasks, defer, dispatch_task, submission_lock
from rushes.providers.registry import class_of, every_id, kind_of

__all__ = [
    "NewGeneration",
    "add_generations",
    "cancel_generations",
    "delete_expired_generations",
    "delete_generations",
    "find_by_hash",
    "generations_of_story",
    "input_hash",
    "pause_generations",
    "read_generation",
    "read_generations",
    "retry_generation",
    "retry_generations",
    "set_story_budget",
]

_ADD = text(
    f"""
    WITH changed AS (
        INSERT INTO generations (id, owner_id, story_id, kind, provider, model, params, input_hash, status,
                                 priority, budget, expires_at, created_at)
        SELECT n.id, :owner, n.story_id, n.kind, n.provider, n.model, n.params, n.input_hash,
               '{GenerationChanges.CREATE.target}', n.priority, n.budget, n.expires_at,
               now() + n.place * interval '1 microsecond'
        FROM jsonb_to_recordset(CAST(:new AS jsonb)) AS n (
            id uuid, story_id uuid, kind text, provider text, model text, params jsonb, input_hash text,
            priority int, budget numeric, expires_at timestamptz, place int)
        RETURNING *
    )
    {GENERATION_EVENT}
    """  # noqa: S608  # only our own constants are put in
)
_LOCK_SUBMISSIONS = text(
    "SELECT id FROM submissions WHERE id IN (SELECT submission_id FROM generations WHERE id = ANY(:ids))"
    " ORDER BY id FOR UPDATE"
)
_CANCEL_UNPAID = text(
    f"""
    UPDATE submissions SET state = '{SubmissionChanges.CANCEL.target}', error = 'cancelled by its owner',
           ended_at = now()
    WHERE id IN (SELECT submission_id FROM generations WHERE id = ANY(:ids))
      AND (state = '{SubmissionState.CLAIMED}'
           OR state = '{SubmissionState.SUBMITTING}' AND cost_estimate = 0)
    RETURNING id
    """  # noqa: S608  # only our own constants are put in
)


async def add_generations(session: AsyncSession, owner: UUID, new: Sequence[NewGeneration]) -> list[UUID]:
    """Queue generations with this transaction, in this order; return the ids by which they are found.

    One of the same inputs that is there, or is being made, for whatever story, stands for the new one: two
    who ask at once pay once. The dispatcher estimates their price. Raises `Invalid` for a provider that is
    not there or makes something else, and for options it does not have.
    """
    for each in new:
        _check(each)
    hashes = [input_hash(each.kind, each.provider, each.model, each.params, each.variant) for each in new]
    known = await _join(session, owner, dict(zip(hashes, new, strict=True)))
    added: dict[str, NewGeneration] = {}
    for made, each in zip(hashes, new, strict=True):
        if made not in known:
            added.setdefault(made, each)
    await _insert(session, owner, added)
    found = known | {made: each.id for made, each in added.items()}
    return [found[each] for each in hashes]


async def _join(session: AsyncSession, owner: UUID, new: Mapping[str, NewGeneration]) -> dict[str, UUID]:
    """Return those of the same inputs that stand for new ones, by their hash."""
    rows = await standing(session, owner, new)
    await retry_generations(session, [each.id for each in rows if each.ended_badly])
    return {each.input_hash: each.id for each in rows}


async def _insert(session: AsyncSession, owner: UUID, new: Mapping[str, NewGeneration]) -> None:
    rows = [
        {
            "id": str(each.id),
            "story_id": each.story_id and str(each.story_id),
            "kind": str(each.kind),
            "provider": each.provider,
            "model": each.model,
            "params": each.params.model_dump(mode="json"),
            "input_hash": made,
            "priority": each.priority,
            "budget": None if each.budget is None else str(each.budget),
            "expires_at": each.expires_at and each.expires_at.isoformat(),
            "place": place,
        }
        for place, (made, each) in enumerate(new.items())
    ]
    await session.execute(_ADD, {"owner": owner, "new": json.dumps(rows)})
    await _dispatch(session, [each.provider for each in new.values()])


def _check(new: NewGeneration) -> None:
    if new.provider not in every_id() or kind_of(new.provider) is not new.kind:
        message = f"There is no {new.kind} provider {new.provider!r}."
        raise Invalid(message, [Fault("provider", message, "unknown_provider")])
    if not isinstance(new.params, PARAMS[new.kind]):
        raise Invalid(f"This is nothing to ask a {new.kind} provider for.")
    options = getattr(new.params, "options", None)
    if options is None:
        return
    try:
        class_of(new.provider).Options.model_validate(options)
    except ValidationError as error:
        faults = [
            Fault(".".join(map(str, ("options", *each["loc"]))), f"{each['msg']}.", str(each["type"]))
            for each in error.errors(include_url=False, include_context=False)
        ]
        raise Invalid(f"{class_of(new.provider).title} has no such options.", faults) from error


async def cancel_generations(session: AsyncSession, ids: Sequence[UUID]) -> list[UUID]:
    """Cancel those that have not ended; return them. A paid call that is on its way is waited for: what it
    brings is kept, and its cost counts."""
    await session.execute(_LOCK_SUBMISSIONS, {"ids": list(ids)})
    cancelled = await change_generations(
        session,
        ids,
        GenerationChanges.CANCEL,
        waiting_for=None,
        error_type=None,
        error_message=None,
        progress=None,
        retry_at=None,
        ended_at=NOW,
    )
    await _stop_unpaid(session, cancelled)
    return cancelled


async def _stop_unpaid(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """End the calls of generations that were not sent yet, or cost nothing."""
    ended = list((await session.execute(_CANCEL_UNPAID, {"ids": list(ids)})).scalars())
    await abort_tasks(session, [submission_lock(each) for each in ended])


async def retry_generations(session: AsyncSession, ids: Sequence[UUID]) -> list[UUID]:
    """Queue again those that failed, were cancelled, or wait (for a person, not for a decision); return them.

    One whose call is still on its way waits for that call: it is not asked for twice.
    """
    on_its_way = f"""EXISTS (
        SELECT 1 FROM submissions s WHERE s.id = generations.submission_id
          AND s.state IN ('{SubmissionState.SUBMITTING}', '{SubmissionState.SUBMITTED}'))"""  # noqa: S608  # our own constants
    undecided = f"waiting_for IS DISTINCT FROM '{WaitingFor.UNCERTAIN}'"
    await session.execute(_LOCK_SUBMISSIONS, {"ids": list(ids)})
    resumed = await change_generations(
        session,
        ids,
        GenerationChanges.LOOK_AGAIN,
        where=on_its_way,
        error_type=None,
        error_message=None,
        ended_at=None,
    )
    rows = await session.execute(
        text(f"SELECT id FROM generations WHERE id = ANY(:ids) AND {undecided} AND NOT {on_its_way}"),  # noqa: S608  # ours
        {"ids": list(ids)},
    )
    queued = await make_generations_anew(session, list(rows.scalars()))
    return [*resumed, *queued]


async def retry_generation(session: AsyncSession, owner: UUID, generation_id: UUID) -> None:
    """Queue one again that failed, was cancelled or waits. Raises `NotFound`."""
    await read_generation(session, owner, generation_id)
    await retry_generations(session, [generation_id])


async def pause_generations(session: AsyncSession, ids: Sequence[UUID]) -> list[UUID]:
    """Do not start those that are queued until they are retried; return them."""
    return await change_generations(
        session,
        ids,
        GenerationChanges.BLOCK,
        waiting_for=str(WaitingFor.PERSON),
        error_type=None,
        error_message="Paused.",
        retry_at=None,
    )


async def set_story_budget(session: AsyncSession, story_id: UUID, budget: Any) -> None:
    """Cap what all calls of a story may cost, US dollars (None: no cap), for those that have not ended."""
    rows = await session.execute(
        text(
            "UPDATE generations SET budget = :budget WHERE story_id = :story AND ended_at IS NULL"
            " RETURNING provider"
        ),
        {"story": story_id, "budget": budget},
    )
    await _dispatch(session, list(rows.scalars()))


async def delete_generations(session: AsyncSession, story_id: UUID) -> list[str]:
    """Delete those of a story with their files; return the storage keys to delete once this is committed.

    The ledger stays. A paid call that is on its way is waited for, and its cost counts.
    """
    ids = list(
        (
            await session.execute(
                text("SELECT id FROM generations WHERE story_id = :story ORDER BY id"), {"story": story_id}
            )
        ).scalars()
    )
    return await _delete(session, ids)


async def delete_expired_generations(session: AsyncSession) -> list[str]:
    """Delete those that have ended and whose time is over; return the storage keys, as above."""
    rows = await session.execute(
        text("SELECT id FROM generations WHERE expires_at < now() AND ended_at IS NOT NULL ORDER BY id")
    )
    return await _delete(session, list(rows.scalars()))


async def _delete(session: AsyncSession, ids: Sequence[UUID]) -> list[str]:
    await session.execute(_LOCK_SUBMISSIONS, {"ids": list(ids)})
    await _stop_unpaid(session, ids)
    keys = list(
        (
            await session.execute(
                text(
                    "DELETE FROM assets WHERE key IN (SELECT file.value ->> 'key' FROM generations g,"
                    " jsonb_each(g.files) AS file WHERE g.id = ANY(:ids)) RETURNING key"
                ),
                {"ids": list(ids)},
            )
        ).scalars()
    )
    await session.execute(text("DELETE FROM generations WHERE id = ANY(:ids)"), {"ids": list(ids)})
    return keys


async def _dispatch(session: AsyncSession, providers: Sequence[str]) -> None:
    await defer(session, [dispatch_task(each) for each in dict.fromkeys(providers)])
