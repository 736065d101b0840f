"""Copies takes, or a ZIP of them, into a folder: each once, checked, and continued after an interruption."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from rushes.cli._output import stderr
from rushes.cli._own_files import free_path, is_sidecar, is_zip
from rushes.cli._session import acting_user
from rushes.downloads.actions import DownloadSelection, prepare_download
from rushes.downloads.contents import (
    Taken,
    sidecar,
)
from rushes.engine.runtime import Runtime
from rushes.errors import ErrorType, NotFound, SystemFault
from rushes.platform.storage.zip_stream import Source

PARTIAL = ".part"


class DownloadedFile(BaseModel):
    """One file. `copied` is false when it was there already; `note` says when it is not what was wanted."""

    video_id: UUID
    file: Path
    size_bytes: int
    sha256: str
    resolution: str
    note: str
    copied: bool


async def copy_all(
    run: Runtime, taken: Sequence[Taken], folder: Path, *, sidecars: bool
) -> list[DownloadedFile]:
    """Copy each take that is not there yet, with a bar of the bytes. Returns where all of them are."""
    files: list[DownloadedFile] = []
    with _bar("copying") as progress:
        bar = progress.add_task("", total=sum(each.size for each in taken))
        before = 0
        for each in taken:
            done = before  # bound now, not when the callback runs

            def report_bytes(size: int, done: int = done) -> None:
                progress.update(bar, completed=done + size)

            file, copied = await _copy_if_missing(run, each, folder, report_bytes)
            before += each.size
            report_bytes(each.size)
            if sidecars:
                await asyncio.to_thread(_write_sidecar, file.with_suffix(".json"), each)
            files.append(
                DownloadedFile(
                    video_id=each.video_id,
                    file=file,
                    size_bytes=each.size,
                    sha256=each.sha256,
                    resolution=each.resolution,
                    note=each.note,
                    copied=copied,
                )
            )
    return files


async def _copy_if_missing(
    run: Runtime, taken: Taken, folder: Path, report_bytes: Callable[[int], None]
) -> tuple[Path, bool]:
    """Where the take is now, and whether it was copied.

    Another file of that name (the take of another job, or one somebody has edited) is never replaced:
    the take gets a number.
    """
    file = await asyncio.to_thread(free_path, folder / taken.path, lambda there: _is(there, taken))
    if await asyncio.to_thread(file.exists):
        return file, False
    await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
    await _copy(run, taken, file, report_bytes)
    return file, True


def _is(file: Path, taken: Taken) -> bool:
    if file.stat().st_size != taken.size:
        return False
    with file.open("rb") as there:
        return hashlib.file_digest(there, "sha256").hexdigest() == taken.sha256


async def _copy(run: Runtime, taken: Taken, file: Path, report_bytes: Callable[[int], None]) -> None:
    """Copy, check, then give it its name. Raises `SystemFault` when the stored bytes are not right."""

    def source(at: int, most: int) -> AsyncGenerator[bytes]:
        return run.bucket.stream(taken.key, at, most)

    try:
        partial = await _fetch(source, taken.size, taken.sha256, file, report_bytes)
    except NotFound:
        raise _lost(taken, "missing") from None
    if not await asyncio.to_thread(_is, partial, taken):
        partial.unlink()
        raise _lost(taken, "damaged")
    partial.replace(file)


async def _fetch(
    source: Source, size: int, etag: str, target: Path, report_bytes: Callable[[int], None]
) -> Path:
    """All the bytes in a file beside the target: what an earlier run got of the same ones is kept.

    Blocking calls here are single writes of a MiB; a copy that breaks off leaves its file for the next run.
    """
    partial = target.with_name(f"{target.name}.{etag[:12]}{PARTIAL}")
    with partial.open("ab") as file:
        if file.tell() > size:
            file.truncate(0)
        at = file.tell()
        async with aclosing(source(at, size - at)) as pieces:
            async for piece in pieces:
                await asyncio.to_thread(file.write, piece)
                at += len(piece)
                report_bytes(at)
    return partial


def _lost(taken: Taken, how: str) -> SystemFault:
    row = taken.row
    return SystemFault(
        f"The bytes of video {row.id} (shot {row.prompt_number}, take {row.video_index}) are {how} in the"
        " storage.",
        error_type=ErrorType.STORAGE,
        hint="Restore the data folder from a backup, or make the video again.",
    )


def cannot_write(folder: Path, error: OSError) -> SystemFault:
    """Return the fault to raise when the folder cannot be written."""
    return SystemFault(
        f"{folder} cannot be written: {error.strerror or error}.",
        error_type=ErrorType.STORAGE,
        hint="Free some space or give another folder, and run it again: what is there already is kept.",
    )


def _write_sidecar(name: Path, taken: Taken) -> None:
    free_path(name, lambda there: is_sidecar(there, taken.video_id)).write_bytes(sidecar(taken))


async def write_zip(run: Runtime, wanted: DownloadSelection, folder: Path, sums: frozenset[str]) -> Path:
    """The ZIP beside the files; one that broke off continues where it stopped."""
    prepared = await prepare_download(run, acting_user(), wanted, always_zip=True)
    target = await asyncio.to_thread(free_path, folder / prepared.filename, lambda there: is_zip(there, sums))
    with _bar("zipping") as progress:
        bar = progress.add_task("", total=prepared.length)

        def report_bytes(size: int) -> None:
            progress.update(bar, completed=size)

        partial = await _fetch(prepared.read, prepared.length, prepared.etag, target, report_bytes)
    partial.replace(target)
    return target


def _bar(what: str) -> Progress:
    console = stderr()
    return Progress(
        TextColumn(what), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console,
        transient=True, disable=not console.is_terminal,
    )  # fmt: skip
