"""Links to downloads, and the sums that parts of a ZIP need."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from rushes.errors import NotFound
from rushes.platform.db.engine import Executor


async def add_link(
    session: Executor, owner: UUID, wanted: dict[str, Any], seconds: float
) -> tuple[UUID, datetime]:
    """A new link. Returns its id and when it ends."""
    link_id = uuid4()
    row = await session.execute(
        text(
            "INSERT INTO download_links (id, owner_id, wanted, expires_at)"
            " VALUES (:id, :owner, CAST(:wanted AS jsonb), now() + make_interval(secs => :seconds))"
            " RETURNING expires_at"
        ),
        {"id": link_id, "owner": owner, "wanted": json.dumps(wanted), "seconds": seconds},
    )
    return link_id, row.scalar_one()


async def link_of(session: Executor, owner: UUID, link_id: UUID) -> dict[str, Any]:
    """What a link is for. Raises `NotFound`, also when it has ended."""
    row = await session.execute(
        text("SELECT wanted FROM download_links WHERE id = :id AND owner_id = :owner AND expires_at > now()"),
        {"id": link_id, "owner": owner},
    )
    wanted = row.scalar_one_or_none()
    if wanted is None:
        raise NotFound(f"There is no download {link_id}, or its time is over.", hint="Ask for a new link.")
    return wanted


async def sums_of(session: Executor, keys: Sequence[str]) -> dict[str, int]:
    """The known CRC-32 of assets by key."""
    rows = await session.execute(
        text(
            "SELECT s.key, s.crc32 FROM asset_sums s JOIN assets a ON a.key = s.key AND a.sha256 = s.sha256"
            " WHERE s.key = ANY(:keys)"
        ),
        {"keys": list(keys)},
    )
    return {row.key: row.crc32 for row in rows}


async def keep_sum(session: Executor, key: str, crc: int) -> None:
    """Remember a CRC-32, if the asset is still there."""
    await session.execute(
        text(
            "INSERT INTO asset_sums (key, owner_id, sha256, crc32)"
            " SELECT key, owner_id, sha256, :crc FROM assets WHERE key = :key"
            " ON CONFLICT (key) DO UPDATE SET sha256 = EXCLUDED.sha256, crc32 = EXCLUDED.crc32"
        ),
        {"key": key, "crc": crc},
    )
