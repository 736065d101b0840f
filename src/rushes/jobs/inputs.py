"""What a shot starts from besides its image; and which takes can be a source, and to whom."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from rushes.errors import Conflict, Fault, Invalid
from rushes.platform.db.engine import Executor


@dataclass(frozen=True)
class Source:
    """An accepted submission whose take is changed, or made longer with `extend`."""

    submission_id: UUID
    credential_id: UUID | None
    remote_id: str
    extend: bool = False


@dataclass(frozen=True)
class Inputs:
    """Keys of images, and the source."""

    last_image_key: str | None = None
    reference_keys: tuple[str, ...] = ()
    source: Source | None = None


INSTEAD = "Make a new video that starts from its last frame (`start_frame_video_id`)."
"""What can be done with every take."""

_INPUTS = text(
    """
    SELECT i.shot_id, i.last_image_key, i.reference_keys, i.credential_id, i.extend,
           s.id AS source_id, s.remote_id
    FROM shot_inputs i JOIN shots ON shots.id = i.shot_id
    LEFT JOIN submissions s ON s.id = i.source_submission_id
    WHERE shots.job_id = :job
    """
)
_ADD = text(
    """
    INSERT INTO shot_inputs (shot_id, owner_id, last_image_key, reference_keys, source_submission_id,
                             credential_id, extend)
    SELECT id, owner_id, :last, :references, :source, :credential, :extend FROM shots WHERE id = :shot
    """
)
_SOURCE = text(
    """
    SELECT v.status, s.id, s.remote_id, s.credential_id, cardinality(s.subject_ids) AS takes,
           s.credential_id IS NULL OR c.state <> 'deleted' AS reachable
    FROM videos v LEFT JOIN submissions s ON s.id = v.submission_id LEFT JOIN credentials c
         ON c.id = s.credential_id
    WHERE v.id = :id AND v.owner_id = :owner
    """
)


async def inputs_of_job(session: Executor, job_id: UUID) -> dict[UUID, Inputs]:
    """By shot; most shots have none."""
    rows = await session.execute(_INPUTS, {"job": job_id})
    return {
        row.shot_id: Inputs(
            row.last_image_key,
            tuple(row.reference_keys),
            Source(row.source_id, row.credential_id, row.remote_id, row.extend) if row.source_id else None,
        )
        for row in rows
    }


async def add_inputs(session: Executor, shot_id: UUID, inputs: Inputs) -> None:
    """Write them down, if there are any."""
    if inputs == Inputs():
        return
    source = inputs.source
    await session.execute(
        _ADD,
        {
            "shot": shot_id,
            "last": inputs.last_image_key,
            "references": list(inputs.reference_keys),
            "source": source and source.submission_id,
            "credential": source and source.credential_id,
            "extend": source is not None and source.extend,
        },
    )


async def source_of(session: Executor, owner: UUID, video_id: UUID, *, extend: bool) -> Source:
    """The take as its provider knows it. Raises `Conflict` while it is not there, else `Invalid`."""
    row = (await session.execute(_SOURCE, {"id": video_id, "owner": owner})).one()
    if row.status != "completed":
        raise Conflict(f"The video is {row.status}; only a finished one can be gone on from.")
    if row.remote_id is None:
        why = "No provider is known that made it."
    elif row.takes > 1:
        why = "It was made together with other takes, and its provider cannot tell them apart."
    elif not row.reachable:
        why = "It was made with a key that has been deleted, and its provider shows it to no other."
    else:
        return Source(row.id, row.credential_id, row.remote_id, extend)
    raise Invalid(f"This take cannot be gone on from. {why}", [Fault("video_id", why)], hint=INSTEAD)
