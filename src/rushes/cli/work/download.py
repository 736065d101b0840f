"""What `rushes download` does: finished takes into a folder, each once, and a sheet and a list of them."""

import asyncio
import dataclasses
import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Row

from rushes.cli._words import Code
from rushes.cli.work.output import count, err, say, short, tell, tell_json
from rushes.cli.work.own_files import is_sidecar, is_zip, list_and_sheet, place
from rushes.cli.work.session import acting_user, find_job, with_runtime
from rushes.downloads.actions import Wanted, make_sheet, prepare_download
from rushes.downloads.contents import (
    Taken,
    choose,
    finished_rows,
    manifest,
    names_template,
    sidecar,
)
from rushes.downloads.file_names import check_names, last_part
from rushes.engine.runtime import Runtime
from rushes.engine.states import VideoStatus
from rushes.errors import Conflict, ErrorType, Fault, Invalid, NotFound, SystemFault
from rushes.jobs.rows import get_job
from rushes.library.rows import list_videos, mark_downloaded
from rushes.platform.storage.zip_stream import Source

PARTIAL = ".part"


class TakenHome(BaseModel):
    """One file. `copied` is false when it was there already; `note` says when it is not what was wanted."""

    video_id: UUID
    file: Path
    size_bytes: int
    sha256: str
    resolution: str
    note: str
    copied: bool


class Downloaded(BaseModel):
    """What `rushes download --json` prints."""

    job_id: UUID
    folder: Path
    files: list[TakenHome]
    contact_sheet: Path
    manifest: Path
    zip: Path | None


def download(given: str, to: Path, asked: Wanted, *, only_selected: bool, as_zip: bool, json: bool) -> int:
    """Run the command; what `asked` says of the videos is filled in. Returns its exit code."""

    async def command(run: Runtime) -> int:
        template = check_names(asked.names or last_part(names_template(run.settings, None)), "--names")
        folder = await asyncio.to_thread(_make_folder, to)
        job_id, name, rows = await _rows(run, given, only_selected)
        taken = choose(rows, asked.resolution, template)
        wanted = asked.model_copy(
            update={"video_ids": [each.video_id for each in taken], "folder_name": name}
        )
        try:
            files = await _copy_all(run, taken, folder, sidecars=asked.sidecars)
            sums = frozenset(each for row in rows for each in (row.sha256, row.upscaled_sha256) if each)
            listed, sheet = await asyncio.to_thread(list_and_sheet, folder, sums)
            await make_sheet(run, rows, sheet)
            await asyncio.to_thread(_write_list, listed, taken, files)
            zipped = await _zip(run, wanted, folder, sums) if as_zip else None
        except OSError as error:
            raise _cannot_write(folder, error) from error
        async with run.db.begin() as session:
            await mark_downloaded(session, acting_user(), wanted.video_ids)
        done = Downloaded(
            job_id=job_id,
            folder=folder,
            files=files,
            contact_sheet=sheet,
            manifest=listed,
            zip=zipped,
        )
        if json:
            tell_json(done)
        else:
            _say(done)
        return Code.DONE

    return with_runtime(command)


def _say(done: Downloaded) -> None:
    copied = sum(each.copied for each in done.files)
    there = len(done.files) - copied
    tell(f"{count(len(done.files), 'video')} in {done.folder}")
    if there:
        say(f"{count(copied, 'file')} copied; {there} were there already.")
    if noted := [each for each in done.files if each.note]:
        say(f"{count(len(noted), 'video')} without a 4K copy, taken as made: see {done.manifest}", "yellow")
    tell(f"Contact sheet: {done.contact_sheet}")
    if done.zip:
        tell(f"ZIP: {done.zip}")


def _make_folder(to: Path) -> Path:
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fault = Fault(f"--to {to}", f"This folder cannot be made: {error.strerror}.", "bad_folder")
        raise Invalid("There is nowhere to write to.", [fault]) from error
    return to.resolve()


async def _rows(run: Runtime, given: str, only_selected: bool) -> tuple[UUID, str, list[Row[Any]]]:
    """The finished takes that are wanted, with their keys. Raises `Conflict` when there is none."""
    async with run.db.begin() as session:
        job_id = await find_job(session, given)
        job = await get_job(session, acting_user(), job_id)
        videos = await list_videos(session, acting_user(), job_id, selected_only=only_selected)
        wanted = [video.video_id for video in videos if video.status is VideoStatus.COMPLETED]
        rows = await finished_rows(session, acting_user(), wanted)
    if not rows:
        one = short(job_id)
        if only_selected:
            raise Conflict(f"No finished video of job {one} is selected.", hint="Leave out --only-selected.")
        raise Conflict(f"Job {one} has no finished video yet.", hint=f"Look at it: rushes show {one}")
    return job_id, job.job_name, rows


def _bar(what: str) -> Progress:
    console = err()
    return Progress(
        TextColumn(what), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console,
        transient=True, disable=not console.is_terminal,
    )  # fmt: skip


async def _copy_all(run: Runtime, taken: Sequence[Taken], folder: Path, *, sidecars: bool) -> list[TakenHome]:
    files: list[TakenHome] = []
    with _bar("copying") as progress:
        bar = progress.add_task("", total=sum(each.size for each in taken))
        before = 0
        for each in taken:
            done = before  # bound now, not when the callback runs

            def tell_bytes(size: int, done: int = done) -> None:
                progress.update(bar, completed=done + size)

            file, copied = await _take_home(run, each, folder, tell_bytes)
            before += each.size
            tell_bytes(each.size)
            if sidecars:
                await asyncio.to_thread(_write_sidecar, file.with_suffix(".json"), each)
            files.append(
                TakenHome(
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


async def _take_home(
    run: Runtime, taken: Taken, folder: Path, tell_bytes: Callable[[int], None]
) -> tuple[Path, bool]:
    """Where the take is now, and whether it was copied.

    Another file of that name (the take of another job, or one somebody has edited) is never replaced:
    the take gets a number.
    """
    file = await asyncio.to_thread(place, folder / taken.path, lambda there: _is(there, taken))
    if await asyncio.to_thread(file.exists):
        return file, False
    await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
    await _copy(run, taken, file, tell_bytes)
    return file, True


def _is(file: Path, taken: Taken) -> bool:
    if file.stat().st_size != taken.size:
        return False
    with file.open("rb") as there:
        return hashlib.file_digest(there, "sha256").hexdigest() == taken.sha256


async def _copy(run: Runtime, taken: Taken, file: Path, tell_bytes: Callable[[int], None]) -> None:
    """Copy, check, then give it its name. Raises `SystemFault` when the stored bytes are not right."""

    def source(at: int, most: int) -> AsyncGenerator[bytes]:
        return run.bucket.stream(taken.key, at, most)

    try:
        partial = await _fetch(source, taken.size, taken.sha256, file, tell_bytes)
    except NotFound:
        raise _lost(taken, "missing") from None
    if not await asyncio.to_thread(_is, partial, taken):
        partial.unlink()
        raise _lost(taken, "damaged")
    partial.replace(file)


async def _fetch(
    source: Source, size: int, etag: str, target: Path, tell_bytes: Callable[[int], None]
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
                tell_bytes(at)
    return partial


def _lost(taken: Taken, how: str) -> SystemFault:
    row = taken.row
    return SystemFault(
        f"The bytes of video {row.id} (shot {row.prompt_number}, take {row.video_index}) are {how} in the"
        " storage.",
        error_type=ErrorType.STORAGE,
        hint="Restore the data folder from a backup, or make the video again.",
    )


def _cannot_write(folder: Path, error: OSError) -> SystemFault:
    return SystemFault(
        f"{folder} cannot be written: {error.strerror or error}.",
        error_type=ErrorType.STORAGE,
        hint="Free some space or give another folder, and run it again: what is there already is kept.",
    )


def _write_sidecar(name: Path, taken: Taken) -> None:
    place(name, lambda there: is_sidecar(there, taken.video_id)).write_bytes(sidecar(taken))


def _write_list(listed: Path, taken: Sequence[Taken], files: Sequence[TakenHome]) -> None:
    named = [
        dataclasses.replace(each, path=home.file.relative_to(listed.parent).as_posix())
        for each, home in zip(taken, files, strict=True)
    ]
    listed.write_bytes(manifest(named))


async def _zip(run: Runtime, wanted: Wanted, folder: Path, sums: frozenset[str]) -> Path:
    """The ZIP beside the files; one that broke off goes on where it was."""
    prepared = await prepare_download(run, acting_user(), wanted, always_zip=True)
    target = await asyncio.to_thread(place, folder / prepared.filename, lambda there: is_zip(there, sums))
    with _bar("zipping") as progress:
        bar = progress.add_task("", total=prepared.length)

        def tell_bytes(size: int) -> None:
            progress.update(bar, completed=size)

        partial = await _fetch(prepared.read, prepared.length, prepared.etag, target, tell_bytes)
    partial.replace(target)
    return target
