"""`rushes download`: finished takes in a folder of a person's, with a sheet and a list of them."""

import asyncio
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer
from pydantic import BaseModel
from sqlalchemy import Row

from rushes.cli._copy import DownloadedFile, cannot_write, copy_all, write_zip
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JobArg, JsonOption
from rushes.cli._output import count, print_json, print_note, print_result, short
from rushes.cli._own_files import list_and_sheet_paths
from rushes.cli._session import acting_user, find_job, with_runtime
from rushes.downloads.actions import DownloadSelection, make_sheet
from rushes.downloads.contents import (
    Taken,
    choose,
    finished_rows,
    manifest,
    names_template,
)
from rushes.downloads.file_names import check_names, last_part
from rushes.engine.runtime import Runtime
from rushes.engine.states import VideoStatus
from rushes.errors import Conflict, Fault, Invalid
from rushes.jobs.rows import get_job
from rushes.library.rows import list_videos, mark_downloaded
from rushes.platform.media.upscaling import Resolution
from rushes.platform.names import safe_filename

if TYPE_CHECKING:
    from rushes.cli._remote import RemoteServer


class Downloaded(BaseModel):
    """What `rushes download --json` prints."""

    job_id: UUID
    folder: Path
    files: list[DownloadedFile]
    contact_sheet: Path
    manifest: Path
    zip: Path | None


def download(
    job: JobArg,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The folder to write to, created if needed. Left out: one with the job's name, here.",
            show_default=False,
        ),
    ] = None,
    only_selected: Annotated[
        bool, typer.Option("--picks", "--only-selected", help="Only the videos you picked.")
    ] = False,
    resolution: Annotated[
        Resolution,
        typer.Option(help="`4k` takes the upscaled copy of each video that has one."),
    ] = Resolution.ORIGINAL,
    names: Annotated[
        str | None,
        typer.Option(
            metavar="TEMPLATE",
            help="A template of the file names, see above.",
            show_default=False,
        ),
    ] = None,
    sidecars: Annotated[
        bool, typer.Option("--sidecars", help="Also a JSON file beside each video, with all that is known.")
    ] = False,
    zip_: Annotated[bool, typer.Option("--zip", help="Also write one ZIP of all of them.")] = False,
    json: JsonOption = False,
) -> None:
    """Copy the finished videos of a job into a folder, with a contact sheet and a list.

    Files are named {number:03d}_{take}_{slug}.mp4 (shot, take, first words of
    the prompt), or by --names, which may also have {job}, {image}, {provider},
    {model}, {seed}, {resolution}, {date} and {id}, and folders.
    Run it again at any time: what is there already is not copied again, what
    broke off continues, and no other file is replaced: what would be gets a
    number. `manifest.csv` lists the files, and says where there is no 4K copy.

    [bold]Examples[/bold]
    $ rushes download last
    $ rushes download 3f2a --to videos --picks --zip
    $ rushes download last --to videos --resolution 4k
    $ rushes download last --names '{date}/{image}_{take}.mp4'
    """
    asked = DownloadSelection(video_ids=[], resolution=resolution, names=names, sidecars=sidecars)

    async def command(run: Runtime) -> int:
        template = check_names(asked.names or last_part(names_template(run.settings, None)), "--names")
        job_id, name, rows = await _rows(run, job, only_selected)
        folder = await asyncio.to_thread(_make_folder, to or Path(safe_filename(name)))
        taken = choose(rows, asked.resolution, template)
        wanted = asked.model_copy(
            update={"video_ids": [each.video_id for each in taken], "folder_name": name}
        )
        try:
            files = await copy_all(run, taken, folder, sidecars=asked.sidecars)
            sums = frozenset(each for row in rows for each in (row.sha256, row.upscaled_sha256) if each)
            listed, sheet = await asyncio.to_thread(list_and_sheet_paths, folder, sums)
            await make_sheet(run, rows, sheet)
            await asyncio.to_thread(_write_list, listed, taken, files)
            zipped = await write_zip(run, wanted, folder, sums) if zip_ else None
        except OSError as error:
            raise cannot_write(folder, error) from error
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
            print_json(done)
        else:
            _print_summary(done)
        return Code.DONE

    def remote(server: "RemoteServer") -> int:
        from rushes.cli._remote_download import (  # noqa: PLC0415  # an HTTP client, for who is signed in
            download_from,
        )

        return download_from(server, job, to, asked, only_picks=only_selected, keep_zip=zip_, json=json)

    exit_with(with_runtime(command, remote))


def _print_summary(done: Downloaded) -> None:
    copied = sum(each.copied for each in done.files)
    there = len(done.files) - copied
    print_result(f"{count(len(done.files), 'video')} in {done.folder}")
    if there:
        print_note(f"{count(copied, 'file')} copied; {there} were there already.")
    if noted := [each for each in done.files if each.note]:
        print_note(
            f"{count(len(noted), 'video')} without a 4K copy, downloaded as made: see {done.manifest}",
            "yellow",
        )
    print_result(f"Contact sheet: {done.contact_sheet}")
    if done.zip:
        print_result(f"ZIP: {done.zip}")


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
            raise Conflict(f"No finished video of job {one} is picked.", hint="Leave out --picks.")
        raise Conflict(f"Job {one} has no finished video yet.", hint=f"Look at it: rushes show {one}")
    return job_id, job.job_name, rows


def _write_list(listed: Path, taken: Sequence[Taken], files: Sequence[DownloadedFile]) -> None:
    named = [
        dataclasses.replace(each, path=home.file.relative_to(listed.parent).as_posix())
        for each, home in zip(taken, files, strict=True)
    ]
    listed.write_bytes(manifest(named))
