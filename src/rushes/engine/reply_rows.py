"""The statements that write what became of a paid request: when it was sent, its id, or that it was declined.

Sending is fenced: only the worker that holds a submission sends it. What the provider answered is a fact, and
is written whoever holds the submission now, as long as nothing else is known of that request.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from rushes.engine import outages
from rushes.engine.events import GENERATION_EVENT, VIDEO_EVENT
from rushes.engine.states import (
    GenerationChanges,
    SubmissionChanges,
    SubmissionState,
    TakeChanges,
    VideoStatus,
    WaitingFor,
    sql_list,
)
from rushes.platform.db.engine import Executor

_SENT = text(
    f"""
    UPDATE submissions s
    SET state = '{SubmissionChanges.SEND.target}', sent_at = now(), sent_by = :worker
    WHERE s.id = ANY(:ids) AND s.worker = :worker
      AND s.state IN ('{SubmissionState.CLAIMED}', '{SubmissionState.SUBMITTING}')
      AND (EXISTS (SELECT 1 FROM videos v WHERE v.id = ANY(s.subject_ids)
                   AND v.status = 'generating' AND v.deleted_at IS NULL)
           OR EXISTS (SELECT 1 FROM generations g WHERE g.submission_id = s.id AND g.status = 'generating'))
      AND {outages.ALLOWED}
    RETURNING s.id
    """  # noqa: S608  # only our own constants are put in
)

_REOPENED = f"""
    UPDATE videos SET status = '{TakeChanges.LOOK_AGAIN.target}', waiting_for = NULL, error_type = NULL,
           error_message = NULL
    FROM written
    WHERE videos.submission_id = written.id AND written.was = '{SubmissionState.UNCERTAIN}'
      AND written.state <> '{SubmissionState.UNCERTAIN}'
      AND videos.status IN {sql_list(TakeChanges.LOOK_AGAIN.sources)}
      AND videos.waiting_for = '{WaitingFor.UNCERTAIN}'
    RETURNING videos.*
"""  # noqa: S608  # only our own constants are put in
"""The takes of what was uncertain, and is not any more."""

_CONTINUED = f"""
    UPDATE generations SET status = '{GenerationChanges.LOOK_AGAIN.target}', waiting_for = NULL,
           error_type = NULL, error_message = NULL
    FROM written
    WHERE generations.submission_id = written.id AND written.was = '{SubmissionState.UNCERTAIN}'
      AND generations.status = '{VideoStatus.WAITING}'
      AND generations.waiting_for = '{WaitingFor.UNCERTAIN}'
    RETURNING generations.*
"""  # noqa: S608  # only our own constants are put in
"""The generations of what was uncertain, and was not accepted."""

_ACCEPTED = text(
    f"""
    WITH given AS MATERIALIZED (
        SELECT r.id, r.remote_id, s.state AS was
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (id uuid, remote_id text)
        JOIN submissions s ON s.id = r.id
        WHERE s.remote_id IS NULL OR s.remote_id = r.remote_id
        ORDER BY s.id FOR UPDATE OF s
    ), written AS (
        UPDATE submissions s SET remote_id = given.remote_id, submitted_at = COALESCE(submitted_at, now()),
               state = CASE WHEN opens.yes THEN '{SubmissionChanges.ACCEPT.target}' ELSE s.state END,
               ended_at = CASE WHEN opens.yes THEN NULL ELSE ended_at END,
               error = CASE WHEN opens.yes THEN NULL ELSE error END
        FROM given, LATERAL (SELECT given.was IN {sql_list(SubmissionChanges.ACCEPT.sources)} AS yes) opens
        WHERE s.id = given.id
        RETURNING s.*, given.was
    ), changed AS ({_REOPENED}), told AS ({VIDEO_EVENT}), ended AS (
        DELETE FROM provider_outages o USING written s WHERE {outages.OF_SUBMISSION}
        RETURNING s.id
    )
    SELECT id, state, worker = :worker AS ours, id IN (SELECT id FROM ended) AS ended_outage FROM written
    """  # noqa: S608  # only our own constants are put in
)

_DECLINED = text(
    f"""
    WITH given AS MATERIALIZED (
        SELECT s.id, s.state AS was
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (id uuid, sent_by text)
        JOIN submissions s ON s.id = r.id
        WHERE s.sent_by = r.sent_by AND s.remote_id IS NULL
          AND s.state IN {sql_list(SubmissionChanges.DECLINE.sources)}
        ORDER BY s.id FOR UPDATE OF s
    ), written AS (
        UPDATE submissions s
        SET state = '{SubmissionChanges.DECLINE.target}', ended_at = NULL, sent_at = NULL, sent_by = NULL
        FROM given WHERE s.id = given.id
        RETURNING s.*, given.was
    ), changed AS ({_REOPENED}), told AS ({VIDEO_EVENT}), continued AS ({_CONTINUED}),
    reported AS ({GENERATION_EVENT.replace("FROM changed", "FROM continued")})
    SELECT id, state, worker = :worker AS ours, false AS ended_outage FROM written
    """  # noqa: S608  # only our own constants are put in
)


@dataclass(frozen=True)
class Reply:
    """What a provider answered to the request of a submission: its id, or (None) that it takes it not.

    `sent_by` is the worker that sent the request.
    """

    submission_id: UUID
    sent_by: str
    remote_id: str | None


@dataclass(frozen=True)
class WrittenReply:
    """A submission after its reply was written. `ours`: this worker holds it. `ended_outage`: its provider
    had not answered properly before."""

    state: SubmissionState
    ours: bool
    ended_outage: bool = False


async def mark_sent(session: Executor, submission_ids: Sequence[UUID], worker: str) -> list[bool]:
    """claimed → submitting, to be committed before the first byte.

    False for one that is not ours any more, has ended, for which nobody waits, or whose provider does not
    answer properly.
    """
    rows = await session.execute(_SENT, {"ids": list(submission_ids), "worker": worker})
    sent = set(rows.scalars())
    return [each in sent for each in submission_ids]


async def write_replies(
    session: Executor, replies: Sequence[Reply], worker: str
) -> list[WrittenReply | None]:
    """Write what is known. All are of one kind: ids, or refusals. None for one that changes nothing."""
    accepted = [each for each in replies if each.remote_id is not None]
    statement = _ACCEPTED if accepted else _DECLINED
    given = [
        {"id": str(each.submission_id), "remote_id": each.remote_id, "sent_by": each.sent_by}
        for each in replies
    ]
    rows = await session.execute(statement, {"rows": json.dumps(given), "worker": worker})
    written = {
        row.id: WrittenReply(SubmissionState(row.state), bool(row.ours), row.ended_outage) for row in rows
    }
    return [written.get(each.submission_id) for each in replies]
