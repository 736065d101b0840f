"""Taking videos home: one ZIP of the chosen takes, with a list of what is in it."""

import csv
import io
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from rushes.actions.upscale import these
from rushes.core.names import safe_filename, slug
from rushes.core.states import VideoStatus
from rushes.db.queries.videos import mark_downloaded, video_rows
from rushes.errors import Conflict, Fault, Invalid, NotFound
from rushes.runtime import Runtime
from rushes.storage.zip_stream import Entry, Source, zip_length, zip_stream

MANIFEST = "manifest.csv"
COLUMNS = ("number", "take", "file", "prompt", "provider", "model", "seed", "cost", "sha256")


class Resolution(StrEnum):
    """Which copy of a video is wanted: as it was made (`original`, `720p`), or upscaled."""

    ORIGINAL = "original"
    P720 = "720p"
    UHD = "4k"


@dataclass(frozen=True)
class Download:
    """A ZIP that is ready to be sent: its file name, its length in bytes, and what goes into it."""

    run: Runtime
    owner: UUID
    filename: str
    length: int
    video_ids: Sequence[UUID]
    files: Sequence[tuple[Entry, Source]]

    async def stream(self) -> AsyncGenerator[bytes]:
        """The bytes of the ZIP; the videos count as downloaded when the last has been taken."""
        async with aclosing(zip_stream(self.files)) as pieces:
            async for piece in pieces:
                yield piece
        async with self.run.db.statement() as session:
            await mark_downloaded(session, self.owner, self.video_ids)


def take_filename(number: int, take: int, prompt: str) -> str:
    """The file name of a take: `007_2_a-fox-in-the-snow.mp4`."""
    return f"{number:03d}_{take}_{slug(prompt)}.mp4"


async def prepare_download(
    run: Runtime,
    owner: UUID,
    video_ids: Sequence[UUID],
    *,
    folder_name: str | None = None,
    resolution: Resolution = Resolution.ORIGINAL,
) -> Download:
    """Look everything up that the ZIP needs, so that nothing is missing once it is being sent.

    `resolution` has no effect yet: 720p is what providers deliver. The folder is named after the job
    unless told otherwise. Raises `NotFound` for videos that are not there, `Conflict` for unfinished ones.
    """
    wanted = list(dict.fromkeys(video_ids))
    if not wanted:
        raise Invalid("There is nothing to download.", [Fault("video_ids", "Name at least one video.")])
    async with run.db.statement() as session:
        rows = await video_rows(session, owner, wanted)
    if missing := [each for each in wanted if each not in {row.id for row in rows}]:
        raise NotFound(f"{these(missing)} not there. Leave out what was deleted.")
    if unfinished := [row.id for row in rows if row.status != VideoStatus.COMPLETED]:
        raise Conflict(f"{these(unfinished)} not finished.", hint="Leave them out, or wait for them.")
    await _check_bytes(run, rows)
    jobs = {row.job_name for row in rows}
    folder = safe_filename(folder_name or (jobs.pop() if len(jobs) == 1 else "rushes"))
    names = _unique([take_filename(r.prompt_number, r.video_index, r.prompt_text) for r in rows])
    manifest = _manifest(rows, names)
    last = max(_time(row) for row in rows)
    files: list[tuple[Entry, Source]] = [
        (Entry(f"{folder}/{name}", row.size_bytes, _time(row)), _source(run, row.video_key))
        for row, name in zip(rows, names, strict=True)
    ]
    files.append((Entry(f"{folder}/{MANIFEST}", len(manifest), last), lambda: _once(manifest)))
    length = zip_length(entry for entry, _ in files)
    return Download(run, owner, f"{folder}.zip", length, wanted, files)


async def _check_bytes(run: Runtime, rows: Sequence[Row[Any]]) -> None:
    # Before the first byte is sent a missing file is a clear answer; afterwards only a broken ZIP.
    sizes = await run.bucket.sizes([row.video_key for row in rows])
    for row in rows:
        size = sizes[row.video_key]
        if size != row.size_bytes:
            found = "missing" if size is None else f"damaged ({size:,} instead of {row.size_bytes:,})"
            raise NotFound(
                f"The bytes of video {row.id} are {found} in the storage.",
                hint="Delete it and make it again.",
            )


def _unique(names: Sequence[str]) -> list[str]:
    """Takes of several jobs may have the same name; later ones get a number."""
    seen: set[str] = set()
    unique: list[str] = []
    for name in names:
        stem, number, free = name.removesuffix(".mp4"), 1, name
        while free.casefold() in seen:
            number += 1
            free = f"{stem}_{number}.mp4"
        seen.add(free.casefold())
        unique.append(free)
    return unique


def _manifest(rows: Sequence[Row[Any]], names: Sequence[str]) -> bytes:
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for row, name in zip(rows, names, strict=True):
        made = (row.provider, row.model, row.seed, row.cost, row.sha256)
        writer.writerow((row.prompt_number, row.video_index, name, row.prompt_text, *made))
    return table.getvalue().encode()


def _time(row: Row[Any]) -> datetime:
    return row.generation_completed_at.astimezone(UTC)


def _source(run: Runtime, key: str) -> Source:
    return lambda: run.bucket.stream(key)


async def _once(piece: bytes) -> AsyncGenerator[bytes]:
    yield piece
