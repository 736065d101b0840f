"""What an uncertain submission may be: kept for its owner to see, who may pick from it."""

import base64
import json
from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import text

from rushes.platform.db.engine import Executor
from rushes.providers.video_contract import VideoCandidate
from rushes.sanitize import clean_line

MOST = 24
LARGEST_PICTURE = 100_000
"""Bytes."""
LONGEST_WORDS = 200


class CandidateView(BaseModel):
    """A video at the provider that may be the uncertain one."""

    ref: str = Field(description="What to pick it by.")
    said: str = Field(description="What the provider calls it.")
    picture: str = Field(description="A small JPEG as a `data:` address; empty where there is none.")


async def keep_candidates(session: Executor, submission_id: UUID, found: Sequence[VideoCandidate]) -> None:
    """Keep what may be it with a submission."""
    rows: list[dict[str, str]] = []
    for each in found[:MOST]:
        words = " ".join(clean_line(each.said, LONGEST_WORDS).split())
        picture = each.picture if len(each.picture) <= LARGEST_PICTURE else b""
        rows.append({"ref": each.ref, "said": words, "picture": base64.b64encode(picture).decode()})
    await session.execute(
        text("UPDATE submissions SET candidates = CAST(:found AS jsonb) WHERE id = :id"),
        {"id": submission_id, "found": json.dumps(rows)},
    )


async def candidates_of(session: Executor, submission_id: UUID) -> list[CandidateView]:
    """What may be it, in the order in which it was found."""
    row = await session.execute(
        text("SELECT candidates FROM submissions WHERE id = :id"), {"id": submission_id}
    )
    return [
        CandidateView(
            ref=each["ref"],
            said=each["said"],
            picture=f"data:image/jpeg;base64,{each['picture']}" if each["picture"] else "",
        )
        for each in row.scalar() or ()
    ]
