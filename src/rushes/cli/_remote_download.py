"""`rushes download` from a server that one is signed in to: a ZIP that continues after a break."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from uuid import UUID

from pydantic import BaseModel
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from rushes.cli._copy import cannot_write
from rushes.cli._exit import Code
from rushes.cli._output import count, print_json, print_note, print_result, short, stderr
from rushes.cli._own_files import free_path
from rushes.cli._remote import CHUNK, RemoteServer
from rushes.cli._remote_jobs import find_job, job_of, videos_of
from rushes.downloads.actions import DownloadSelection, PreparedDownload
from rushes.engine.states import VideoStatus
from rushes.errors import Conflict, ErrorType, SystemFault
from rushes.platform.names import safe_filename


class UnpackedFile(BaseModel):
    """One file. `copied` is false when it was there already."""

    file: Path
    size_bytes: int
    copied: bool


class RemoteDownload(BaseModel):
    """What `rushes download --json` prints of another server's job."""

    job_id: UUID
    folder: Path
    files: list[UnpackedFile]
    zip: Path | None


def download_from(
    server: RemoteServer,
    job: str,
    to: Path | None,
    asked: DownloadSelection,
    *,
    only_picks: bool,
    keep_zip: bool,
    json: bool,
) -> int:
    """Write the finished takes of a job into a folder. Returns the exit code. Raises `Conflict` for none."""
    job_id = find_job(server, job)
    name = job_of(server, job_id).job_name
    videos = videos_of(server, job_id, selected_only=only_picks)
    wanted = [str(video.video_id) for video in videos if video.status is VideoStatus.COMPLETED]
    if not wanted:
        if only_picks:
            raise Conflict(f"No finished video of job {short(job_id)} is picked.", hint="Leave out --picks.")
        raise Conflict(
            f"Job {short(job_id)} has no finished video yet.", hint=f"Look at it: rushes show {short(job_id)}"
        )
    body = {
        **asked.model_dump(mode="json", exclude={"folder_name", "video_ids"}),
        "video_ids": wanted,
        "contact_sheets": True,
        "prepare": True,
    }
    prepared = server.ask("POST", "/api/videos/download", PreparedDownload, json=body)
    folder = to or Path(safe_filename(name))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder = folder.resolve()
        target = folder / f".rushes-{short(job_id)}-{prepared.size_bytes}.zip"
        _fetch(server, prepared, target)
        files = _unpack(target, folder)
        kept = None
        if keep_zip:
            kept = free_path(folder / safe_filename(prepared.filename), lambda there: _equal(there, target))
            target.replace(kept)
        else:
            target.unlink()
    except OSError as error:
        raise cannot_write(folder, error) from error
    done = RemoteDownload(job_id=job_id, folder=folder, files=files, zip=kept)
    if json:
        print_json(done)
        return Code.DONE
    print_result(f"{count(len(wanted), 'video')} in {done.folder}")
    if there := sum(not each.copied for each in files):
        print_note(f"{count(len(files) - there, 'file')} copied; {there} were there already.")
    if done.zip:
        print_result(f"ZIP: {done.zip}")
    return Code.DONE


def _fetch(server: RemoteServer, prepared: PreparedDownload, target: Path) -> None:
    """Write the ZIP; the bytes of an earlier attempt at the same one are not sent again."""
    part = target.with_name(target.name + ".part")
    there = part.stat().st_size if part.exists() else 0
    if there > prepared.size_bytes:
        part.unlink()
        there = 0
    console = stderr()
    bar = Progress(
        *(TextColumn("downloading"), BarColumn(), DownloadColumn(), TimeRemainingColumn()),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar as progress:
        task = progress.add_task("", total=prepared.size_bytes, completed=there)
        if there < prepared.size_bytes:
            headers = {"range": f"bytes={there}-", "accept-encoding": "identity"}
            with (
                server.opened("GET", prepared.url, headers=headers) as answer,
                part.open("ab" if answer.status_code == 206 else "wb") as stream,
            ):
                for chunk in answer.iter_raw(CHUNK):
                    stream.write(chunk)
                    progress.update(task, advance=len(chunk))
    part.replace(target)


def _unpack(bundle: Path, folder: Path) -> list[UnpackedFile]:
    """Write what is in the ZIP below the folder; another file of a name is never replaced.

    Raises `SystemFault` for a ZIP that is damaged, which is deleted: the next run fetches it anew.
    """
    files: list[UnpackedFile] = []
    try:
        with zipfile.ZipFile(bundle) as opened:
            members = [each for each in opened.infolist() if not each.is_dir()]
            top = {PurePosixPath(each.filename).parts[:1] for each in members}
            depth = 1 if len(top) == 1 and all("/" in each.filename for each in members) else 0
            for each in members:
                parts = [safe_filename(part) for part in PurePosixPath(each.filename).parts[depth:]]
                file = free_path(folder.joinpath(*parts), lambda there, each=each: _has(there, each))
                copied = not file.exists()
                if copied:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    part = file.with_name(file.name + ".part")
                    with opened.open(each) as source, part.open("wb") as stream:
                        while chunk := source.read(CHUNK):
                            stream.write(chunk)
                    part.replace(file)
                files.append(UnpackedFile(file=file, size_bytes=each.file_size, copied=copied))
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        bundle.unlink(missing_ok=True)
        raise SystemFault(
            "What was downloaded is damaged.", error_type=ErrorType.NETWORK, hint="Run it again."
        ) from error
    return files


def _has(file: Path, member: zipfile.ZipInfo) -> bool:
    """Whether a file is what the ZIP has under this name."""
    return file.is_file() and file.stat().st_size == member.file_size and _crc(file) == member.CRC


def _equal(file: Path, other: Path) -> bool:
    return file.stat().st_size == other.stat().st_size and _crc(file) == _crc(other)


def _crc(file: Path) -> int:
    crc = 0
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            crc = zlib.crc32(chunk, crc)
    return crc
