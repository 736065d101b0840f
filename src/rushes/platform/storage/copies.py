"""Copies of assets: which have to be made, where a reader finds one, what may leave the storage.

Only videos are archived. `place` is the name of an archive, `hot` that of the storage.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.platform.db.copies import Asset, AssetCopy
from rushes.platform.db.engine import Executor

STORING, VERIFIED, HOT, GONE = "storing", "verified", "hot", "gone"

_MISSING = """
    FROM assets a LEFT JOIN copies c ON c.key = a.key AND c.place = :place
    WHERE a.media_type LIKE 'video/%' AND (c.state IS DISTINCT FROM 'verified' OR c.sha256 <> a.sha256)
"""
_DUE = text(
    f"SELECT a.key, a.owner_id, a.sha256, a.size_bytes {_MISSING}"  # only our own constant
    " AND (c.retry_at IS NULL OR c.retry_at <= now()) AND a.key <> ALL(:but)"
    " ORDER BY a.created_at LIMIT :most"
)
_WANTED = text(
    f"""
    SELECT EXISTS (SELECT 1 {_MISSING} AND (c.retry_at IS NULL OR c.retry_at <= now()))
       AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs
                       WHERE lock = 'archive' AND status IN ('todo', 'doing'))
    """  # noqa: S608  # only our own constant
)
_BEGIN = text(
    """
    INSERT INTO copies (key, place, owner_id, state, sha256, size_bytes)
    VALUES (:key, :place, :owner_id, 'storing', :sha256, :size_bytes)
    ON CONFLICT (key, place) DO UPDATE SET state = 'storing', verified_at = NULL,
        ids = CASE WHEN copies.sha256 = EXCLUDED.sha256 THEN copies.ids ELSE '{}' END,
        sha256 = EXCLUDED.sha256, size_bytes = EXCLUDED.size_bytes
    RETURNING ids
    """
)
# What follows may find no row: the asset was deleted meanwhile, and the sweeper has forgotten the copy. What
# came into the archive since is written down all the same, so that the sweeper deletes that too.
_KEEP_IDS = text(
    """
    INSERT INTO copies (key, place, owner_id, state, sha256, size_bytes, ids)
    VALUES (:key, :place, :owner_id, 'storing', :sha256, :size_bytes, CAST(:ids AS jsonb))
    ON CONFLICT (key, place) DO UPDATE SET ids = EXCLUDED.ids
    """
)
_PUT_OFF = text(
    """
    INSERT INTO copies (key, place, owner_id, state, sha256, size_bytes, faults, error, retry_at)
    VALUES (:key, :place, :owner_id, 'storing', :sha256, :size_bytes, 1, :error,
            now() + make_interval(secs => :seconds))
    ON CONFLICT (key, place) DO UPDATE SET state = 'storing', faults = copies.faults + 1,
        error = EXCLUDED.error, retry_at = EXCLUDED.retry_at
    """
)
_VERIFIED = text(
    """
    WITH archived AS (
        INSERT INTO copies (key, place, owner_id, state, sha256, size_bytes, ids, verified_at)
        VALUES (:key, :place, :owner_id, 'verified', :sha256, :size_bytes, CAST(:ids AS jsonb), now())
        ON CONFLICT (key, place) DO UPDATE SET state = 'verified', verified_at = now(), ids = EXCLUDED.ids,
            faults = 0, retry_at = NULL, error = NULL
    )
    INSERT INTO copies (key, place, owner_id, state, sha256, size_bytes, since)
    SELECT key, :hot, owner_id, 'hot', sha256, size_bytes, created_at FROM assets WHERE key = :key
    ON CONFLICT (key, place) DO NOTHING
    """
)
_MAY_GO = text(
    """
    SELECT h.key, h.size_bytes, c.ids FROM copies h JOIN copies c
        ON c.key = h.key AND c.place = :place AND c.state = 'verified' AND c.sha256 = h.sha256
    WHERE h.place = :hot AND h.state = 'hot' AND h.since < now() - make_interval(secs => :ttl)
      AND COALESCE(h.held_until < now(), true)
    ORDER BY h.since LIMIT :most
    """
)
_HOLD = text(
    """
    INSERT INTO copies (key, place, owner_id, state, sha256, size_bytes, since, held_until)
    SELECT key, :hot, owner_id, 'hot', sha256, size_bytes, created_at, now() + make_interval(secs => :seconds)
    FROM assets WHERE key = :key
    ON CONFLICT (key, place) DO UPDATE SET held_until = GREATEST(copies.held_until, EXCLUDED.held_until)
    """
)
_ONE_MAY_GO = text(_MAY_GO.text.replace("ORDER BY h.since LIMIT :most", "AND h.key = :key"))
_FORGET = text(
    "DELETE FROM copies WHERE key = :key AND place = :place"
    " AND state = :state AND faults = :faults AND ids = CAST(:ids AS jsonb)"
)
_USAGE = text(
    """
    SELECT count(*) FILTER (WHERE here) AS hot_files,
           COALESCE(sum(size_bytes) FILTER (WHERE here), 0)::bigint AS hot_bytes,
           count(*) FILTER (WHERE video) AS videos, count(*) FILTER (WHERE kept) AS archived,
           COALESCE(sum(size_bytes) FILTER (WHERE kept), 0)::bigint AS archived_bytes,
           COALESCE(sum(size_bytes) FILTER (WHERE kept AND here), 0)::bigint AS both_bytes,
           (array_agg(error ORDER BY retry_at DESC) FILTER (WHERE error IS NOT NULL))[1] AS trouble
    FROM (
        SELECT a.size_bytes, a.media_type LIKE 'video/%' AS video, c.error, c.retry_at,
               COALESCE(h.state, 'hot') = 'hot' AS here, c.state IS NOT DISTINCT FROM 'verified' AS kept
        FROM assets a LEFT JOIN copies h ON h.key = a.key AND h.place = :hot
                      LEFT JOIN copies c ON c.key = a.key AND c.place = :place
        WHERE a.owner_id = :owner
    ) each_one
    """
)


@dataclass(frozen=True)
class StorageUsage:
    """Counts and bytes of one owner: in the storage, in the archive, in both."""

    hot_files: int
    hot_bytes: int
    videos: int
    archived: int
    archived_bytes: int
    both_bytes: int
    trouble: str | None


async def usage(session: Executor, owner: UUID, hot: str, place: str) -> StorageUsage:
    """Return files and bytes of an owner in the storage and in the archive."""
    return StorageUsage(*(await session.execute(_USAGE, {"owner": owner, "hot": hot, "place": place})).one())


@dataclass(frozen=True)
class ToCopy:
    """An asset that an archive should have. Size in bytes."""

    key: str
    owner_id: UUID
    sha256: str
    size_bytes: int


async def to_copy(session: Executor, place: str, but: Sequence[str], most: int) -> list[ToCopy]:
    """Videos that the archive has no verified copy of and whose time has come, oldest first."""
    rows = await session.execute(_DUE, {"place": place, "but": list(but), "most": most})
    return [ToCopy(row.key, row.owner_id, row.sha256, row.size_bytes) for row in rows]


async def to_archive(session: Executor, place: str) -> bool:
    """Whether there is something to copy, and no task that will."""
    row = await session.execute(_WANTED, {"place": place})
    return bool(row.scalar())


async def begin_copy(session: Executor, place: str, asset: ToCopy) -> dict[str, Any]:
    """The row of a copy that is being made. Returns what an earlier try has already stored there."""
    return (await session.execute(_BEGIN, {**vars(asset), "place": place})).scalar_one()


async def keep_ids(session: Executor, place: str, asset: ToCopy, ids: dict[str, Any]) -> None:
    """Keep what is stored so far: another try goes on behind it."""
    await session.execute(_KEEP_IDS, {**vars(asset), "place": place, "ids": json.dumps(ids)})


async def verified(session: Executor, place: str, asset: ToCopy, hot: str, ids: dict[str, Any]) -> None:
    """The archive's bytes were read back and are right: from now on the storage's may leave."""
    await session.execute(_VERIFIED, {**vars(asset), "place": place, "hot": hot, "ids": json.dumps(ids)})


async def put_off(session: Executor, place: str, asset: ToCopy, seconds: float, error: str) -> None:
    """Postpone the copy of an asset, with the error that it failed of."""
    await session.execute(_PUT_OFF, {**vars(asset), "place": place, "seconds": seconds, "error": error})


async def faults_of(session: Executor, key: str, place: str) -> int:
    """How often in a row it could not be archived."""
    row = await session.execute(
        text("SELECT faults FROM copies WHERE key = :key AND place = :place"), {"key": key, "place": place}
    )
    return row.scalar() or 0


async def archived(session: AsyncSession, place: str, keys: Sequence[str]) -> dict[str, AssetCopy]:
    """Those of the keys that the archive has for certain."""
    found = await session.scalars(
        select(AssetCopy).where(
            AssetCopy.place == place, AssetCopy.key.in_(keys), AssetCopy.state == VERIFIED
        )
    )
    return {copy.key: copy for copy in found}


async def may_go(session: Executor, hot: str, place: str, ttl: float, most: int) -> list[str]:
    """Keys whose time in the storage is over and which the archive has for certain."""
    rows = await session.execute(_MAY_GO, {"hot": hot, "place": place, "ttl": ttl, "most": most})
    return [row.key for row in rows]


async def still_may_go(
    session: Executor, hot: str, place: str, ttl: float, key: str
) -> tuple[int, dict[str, Any]] | None:
    """The same of one key, at this moment: its size and what the archive calls it. None: it may not."""
    row = await session.execute(_ONE_MAY_GO, {"hot": hot, "place": place, "ttl": ttl, "key": key})
    found = row.one_or_none()
    return found and (found.size_bytes, found.ids)


async def set_hot(session: Executor, key: str, hot: str, *, gone: bool) -> None:
    """The storage has it again, from now on; or has it no more (`gone`)."""
    await session.execute(
        text("UPDATE copies SET state = :state, since = now() WHERE key = :key AND place = :hot"),
        {"key": key, "hot": hot, "state": GONE if gone else HOT},
    )


async def hold(session: Executor, key: str, hot: str, seconds: float) -> None:
    """A link to it works for so long: until then it stays, whether it is archived already or not."""
    await session.execute(_HOLD, {"key": key, "hot": hot, "seconds": seconds})


async def kept_in(session: AsyncSession, key: str) -> str | None:
    """An archive that has the key for certain, whichever is set."""
    return await session.scalar(
        select(AssetCopy.place).where(AssetCopy.key == key, AssetCopy.state == VERIFIED).limit(1)
    )


async def lost(session: Executor, key: str, place: str, error: str) -> None:
    """The archive's copy is not there or not right: it has to be made again."""
    await session.execute(
        text(
            "UPDATE copies SET state = 'storing', ids = '{}', verified_at = NULL, retry_at = NULL,"
            " error = :error WHERE key = :key AND place = :place"
        ),
        {"key": key, "place": place, "error": error},
    )


async def of_deleted_assets(session: AsyncSession, places: Sequence[str], most: int) -> list[AssetCopy]:
    """Copies whose asset is gone, in these places."""
    gone = ~select(Asset.key).where(Asset.key == AssetCopy.key).exists()
    return list(await session.scalars(select(AssetCopy).where(AssetCopy.place.in_(places), gone).limit(most)))


async def forget(session: Executor, copy: AssetCopy) -> None:
    """There is no such copy any more; unless something more was stored there since it was looked up."""
    known = {"key": copy.key, "place": copy.place, "state": copy.state, "faults": copy.faults}
    await session.execute(_FORGET, {**known, "ids": json.dumps(copy.ids)})


async def try_lock(session: AsyncSession, key: str) -> bool:
    """Be the only one who brings this key into the storage or takes it out, until the transaction ends."""
    return bool(
        await session.scalar(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended('copy:' || :key, 0))"), {"key": key}
        )
    )
