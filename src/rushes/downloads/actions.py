"""Taking videos home: one file as itself, several as one ZIP; now, or by a link that can be read in parts."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Row

from rushes.downloads import rows as downloads
from rushes.downloads.contents import (
    MANIFEST,
    Taken,
    choose,
    common_folder,
    finished_rows,
    manifest,
    names_template,
    sidecar,
    sidecar_path,
)
from rushes.engine.runtime import Runtime
from rushes.errors import Fault, Invalid, NotFound
from rushes.library.rows import mark_downloaded
from rushes.platform.media.sheet import SheetTile, contact_sheet
from rushes.platform.media.upscaling import Resolution
from rushes.platform.names import safe_filename
from rushes.platform.storage.zip_stream import Member, Source, ZipEntry, zip_length, zip_stream

SHEET = "contact-sheet.png"


class DownloadSelection(BaseModel):
    """What is to be taken home, and how: a link keeps it."""

    video_ids: list[UUID]
    folder_name: str | None = None
    resolution: Resolution = Resolution.ORIGINAL
    names: str | None = None
    sidecars: bool = False
    contact_sheets: bool = False


@dataclass(frozen=True)
class Download:
    """What is ready to be sent. `etag` names these very bytes: the same things make the same ones again."""

    filename: str
    media_type: str
    length: int
    etag: str
    video_ids: Sequence[UUID]
    read: Source
    """The bytes from a place on, so many of them. At the last one the videos count as downloaded."""


class PreparedDownload(BaseModel):
    """A link that a download can be read from, in parts and more than once."""

    download_id: UUID
    url: str = Field(description="Answers ranges, so that a download that broke off continues.")
    filename: str
    size_bytes: int
    video_count: int
    expires_at: datetime


async def prepare_download(
    run: Runtime, owner: UUID, wanted: DownloadSelection, *, always_zip: bool = False
) -> Download:
    """Look everything up that is needed, so that nothing is missing once it is being sent.

    Raises `NotFound` for videos that are not there, `Conflict` for unfinished ones, `Invalid`.
    """
    video_ids = list(dict.fromkeys(wanted.video_ids))
    if not video_ids:
        raise Invalid("There is nothing to download.", [Fault("video_ids", "Name at least one video.")])
    template = names_template(run.settings, wanted.names)
    async with run.db.statement() as session:
        rows = await finished_rows(session, owner, video_ids)
    taken = choose(rows, wanted.resolution, template, wanted.folder_name)
    await _check_bytes(run, taken)
    if len(taken) == 1 and not (always_zip or wanted.sidecars or wanted.contact_sheets):
        (one,) = taken
        name = one.path.rpartition("/")[2]
        read = _marking(
            run, owner, video_ids, one.size, lambda at, most: run.bucket.stream(one.key, at, most)
        )
        return Download(name, "video/mp4", one.size, one.sha256, video_ids, read)
    members = await _members(run, owner, taken, wanted)
    length = zip_length(member.entry for member in members)

    def some(at: int, most: int) -> AsyncGenerator[bytes]:
        return zip_stream(members, at, at + most)

    read = _marking(run, owner, video_ids, length, some)
    jobs = {row.job_name for row in rows}
    folder = safe_filename(wanted.folder_name or (jobs.pop() if len(jobs) == 1 else "rushes"))
    return Download(f"{folder}.zip", "application/zip", length, _etag(members, taken), video_ids, read)


async def prepare_link(run: Runtime, owner: UUID, wanted: DownloadSelection) -> PreparedDownload:
    """A link to what would be downloaded. Nothing is made for it: the bytes are laid out at every read."""
    download = await prepare_download(run, owner, wanted)
    async with run.db.statement() as session:
        link_id, expires_at = await downloads.add_link(
            session, owner, wanted.model_dump(mode="json"), run.settings.download_link_seconds
        )
    return PreparedDownload(
        download_id=link_id,
        url=f"/api/downloads/{link_id}",
        filename=download.filename,
        size_bytes=download.length,
        video_count=len(download.video_ids),
        expires_at=expires_at,
    )


async def open_link(run: Runtime, owner: UUID, link_id: UUID) -> Download:
    """What a link leads to now. Raises `NotFound` when it has ended, or a video of it was deleted."""
    async with run.db.statement() as session:
        wanted = await downloads.link_of(session, owner, link_id)
    return await prepare_download(run, owner, DownloadSelection.model_validate(wanted))


async def _check_bytes(run: Runtime, taken: Sequence[Taken]) -> None:
    # Before the first byte is sent a missing file is a clear answer; afterwards only a broken ZIP.
    sizes = await run.bucket.sizes([each.key for each in taken])
    for each in taken:
        size = sizes[each.key]
        if size != each.size:
            found = "missing" if size is None else f"damaged ({size:,} instead of {each.size:,})"
            raise NotFound(
                f"The bytes of video {each.video_id} are {found} in the storage.",
                hint="Delete it and make it again.",
            )


def _marking(
    run: Runtime,
    owner: UUID,
    video_ids: Sequence[UUID],
    length: int,
    read: Source,
) -> Source:
    async def marked(at: int, most: int) -> AsyncGenerator[bytes]:
        async with aclosing(read(at, most)) as pieces:
            async for piece in pieces:
                yield piece
        if at + most == length:
            async with run.db.statement() as session:
                await mark_downloaded(session, owner, video_ids)

    return marked


async def _members(
    run: Runtime, owner: UUID, taken: Sequence[Taken], wanted: DownloadSelection
) -> list[Member]:
    async with run.db.statement() as session:
        sums = await downloads.sums_of(session, [each.key for each in taken])
    folder = common_folder(taken)
    last = max(each.made_at for each in taken)
    members = [_stored(run, each, sums.get(each.key)) for each in taken]
    if wanted.sidecars:
        members += [_written(sidecar_path(each), sidecar(each), each.made_at) for each in taken]
    if wanted.contact_sheets:
        for name, sheet in await _sheets(run, taken, folder):
            members.append(_written(name, sheet, last))
    members.append(_written(f"{folder}{MANIFEST}", manifest(taken, folder), last))
    return members


def _stored(run: Runtime, taken: Taken, crc: int | None) -> Member:
    async def learn(crc: int) -> None:
        async with run.db.statement() as session:
            await downloads.keep_sum(session, taken.key, crc)

    return Member(ZipEntry(taken.path, taken.size, taken.made_at), _source(run, taken.key), crc, learn)


def _source(run: Runtime, key: str) -> Source:
    return lambda at, most: run.bucket.stream(key, at, most)


def _written(name: str, data: bytes, modified: datetime) -> Member:
    async def source(at: int, most: int) -> AsyncGenerator[bytes]:
        yield data[at : at + most]

    return Member(ZipEntry(name, len(data), modified), source)


async def _sheets(run: Runtime, taken: Sequence[Taken], folder: str) -> list[tuple[str, bytes]]:
    """A contact sheet of each job, in the order of the takes."""
    by_job = sorted(taken, key=lambda each: str(each.row.job_id))
    groups = [list(group) for _, group in groupby(by_job, key=lambda each: each.row.job_id)]
    sheets: list[tuple[str, bytes]] = []
    for number, group in enumerate(groups, start=1):
        name = f"{folder}{SHEET}" if len(groups) == 1 else f"{folder}contact-sheet-{number}.png"
        sheets.append((name, await _sheet(run, [each.row for each in group])))
    return sheets


async def _sheet(run: Runtime, rows: Sequence[Row[Any]]) -> bytes:
    """The sheet's bytes. Kept for a while beside work in progress: every part of a ZIP needs it again."""
    told = [(row.thumbnail_key, row.job_name, *_label(row)) for row in rows]
    kept = run.settings.work_dir / f"sheet-{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}.png"
    if not await asyncio.to_thread(kept.exists):
        await make_sheet(run, rows, kept)
    return await asyncio.to_thread(kept.read_bytes)


def _label(row: Row[Any]) -> tuple[int, int, str]:
    return row.prompt_number, row.video_index, " ".join(row.prompt_text.split())


async def make_sheet(run: Runtime, rows: Sequence[Row[Any]], into: Path) -> None:
    """Write a picture of all the takes of a job, with their numbers and prompts."""
    async with AsyncExitStack() as stack:
        tiles: list[SheetTile] = []
        for row in rows:
            number, take, prompt = _label(row)
            picture = await stack.enter_async_context(run.bucket.local(row.thumbnail_key))
            tiles.append(SheetTile(picture, f"{number:03d} take {take}: {prompt}"))
        await asyncio.to_thread(contact_sheet, tiles, into, title=rows[0].job_name)


def _etag(members: Sequence[Member], taken: Sequence[Taken]) -> str:
    """Names the bytes of a ZIP without making them: its entries, and what is known of their bytes."""
    digest = hashlib.sha256(repr([member.entry for member in members]).encode())
    for each in taken:
        digest.update(f"{each.sha256}{sidecar(each)!r}{each.row.thumbnail_key}".encode())
    digest.update(manifest(taken))
    return digest.hexdigest()
