"""What `rushes download` does: finished takes into a folder, each once, and a sheet of all of them."""

import asyncio
import hashlib
import itertools
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import Row

from rushes.actions.download import prepare_download, take_filename
from rushes.cli._words import Code
from rushes.cli.work.output import count, err, say, short, tell, tell_json
from rushes.cli.work.session import find_job, with_runtime
from rushes.core.states import VideoStatus
from rushes.db.models import LOCAL_OWNER
from rushes.db.queries.jobs import get_job
from rushes.db.queries.videos import list_videos, mark_downloaded, video_rows
from rushes.errors import Conflict, ErrorType, Fault, Invalid, NotFound, SystemFault
from rushes.media.pictures import Tile, contact_sheet
from rushes.runtime import Runtime
from rushes.storage.bucket import CHUNK_BYTES

SHEET = "contact-sheet.png"
PARTIAL = ".part"


class TakenHome(BaseModel):
    """One file. `copied` is false when it was there already."""

    video_id: UUID
    file: Path
    size_bytes: int
    sha256: str
    copied: bool


class Downloaded(BaseModel):
    """What `rushes download --json` prints."""

    job_id: UUID
    folder: Path
    files: list[TakenHome]
    contact_sheet: Path
    zip: Path | None


def download(given: str, to: Path, *, only_selected: bool, as_zip: bool, json: bool) -> int:
    """Run the command. Returns its exit code."""

    async def command(run: Runtime) -> int:
        folder = await asyncio.to_thread(_make_folder, to)
        job_id, name, rows = await _rows(run, given, only_selected)
        files = await _copy_all(run, rows, folder)
        try:
            sheet = await _contact_sheet(run, rows, name, folder)
            zipped = await _zip(run, name, rows, folder) if as_zip else None
        except OSError as error:
            raise _cannot_write(folder, error) from error
        async with run.db.begin() as session:
            await mark_downloaded(session, LOCAL_OWNER, [row.id for row in rows])
        done = Downloaded(job_id=job_id, folder=folder, files=files, contact_sheet=sheet, zip=zipped)
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
        job = await get_job(session, LOCAL_OWNER, job_id)
        videos = await list_videos(session, LOCAL_OWNER, job_id, selected_only=only_selected)
        wanted = [video.video_id for video in videos if video.status is VideoStatus.COMPLETED]
        rows = await video_rows(session, LOCAL_OWNER, wanted)
    if not rows:
        one = short(job_id)
        if only_selected:
            raise Conflict(f"No finished video of job {one} is selected.", hint="Leave out --only-selected.")
        raise Conflict(f"Job {one} has no finished video yet.", hint=f"Look at it: rushes show {one}")
    return job_id, job.job_name, rows


async def _copy_all(run: Runtime, rows: Sequence[Row[Any]], folder: Path) -> list[TakenHome]:
    files: list[TakenHome] = []
    console = err()
    with Progress(
        TextColumn("copying"), BarColumn(), MofNCompleteColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        bar = progress.add_task("", total=len(rows))
        for row in rows:
            try:
                async with run.bucket.local(row.video_key, hold=True) as source:
                    file, copied = await asyncio.to_thread(_take_home, source, folder, row)
            except NotFound:
                raise _lost(row, "missing") from None
            except OSError as error:
                raise _cannot_write(folder, error) from error
            files.append(
                TakenHome(
                    video_id=row.id,
                    file=file,
                    size_bytes=row.size_bytes,
                    sha256=row.sha256,
                    copied=copied,
                )
            )
            progress.advance(bar)
    return files


def _take_home(source: Path, folder: Path, row: Row[Any]) -> tuple[Path, bool]:
    """Where the take is now, and whether it was copied. Blocking.

    Another file of that name (the take of another job, or one somebody has edited) is never replaced:
    the take gets a number.
    """
    name = Path(take_filename(row.prompt_number, row.video_index, row.prompt_text))
    for number in itertools.count(1):
        file = folder / (name.name if number == 1 else f"{name.stem}_{number}{name.suffix}")
        if not file.exists():
            _copy(source, file, row)
            return file, True
        if _is_there(file, row):
            return file, False
    raise AssertionError("counting has no end")


def _is_there(file: Path, row: Row[Any]) -> bool:
    if file.stat().st_size != row.size_bytes:
        return False
    with file.open("rb") as there:
        return hashlib.file_digest(there, "sha256").hexdigest() == row.sha256


def _copy(source: Path, file: Path, row: Row[Any]) -> None:
    """Copy, check, then give it its name. Raises `SystemFault` when the stored bytes are not right."""
    partial = file.with_name(file.name + PARTIAL)
    digest = hashlib.sha256()
    try:
        with source.open("rb") as stored, partial.open("wb") as target:
            while piece := stored.read(CHUNK_BYTES):
                digest.update(piece)
                target.write(piece)
        if digest.hexdigest() != row.sha256:
            raise _lost(row, "damaged")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _lost(row: Row[Any], how: str) -> SystemFault:
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


async def _contact_sheet(run: Runtime, rows: Sequence[Row[Any]], name: str, folder: Path) -> Path:
    sheet = folder / SHEET
    async with AsyncExitStack() as stack:
        tiles = [
            Tile(
                await stack.enter_async_context(run.bucket.local(row.thumbnail_key)),
                f"{row.prompt_number:03d} take {row.video_index}: {' '.join(row.prompt_text.split())}",
            )
            for row in rows
        ]
        await asyncio.to_thread(contact_sheet, tiles, sheet, title=name)
    return sheet


async def _zip(run: Runtime, name: str, rows: Sequence[Row[Any]], folder: Path) -> Path:
    prepared = await prepare_download(run, LOCAL_OWNER, [row.id for row in rows], folder_name=name)
    target = folder / prepared.filename
    partial = target.with_name(target.name + PARTIAL)
    try:
        with partial.open("wb") as file:  # opened once; the writing is off the loop
            async with aclosing(prepared.stream()) as pieces:
                async for piece in pieces:
                    await asyncio.to_thread(file.write, piece)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target
