"""Replies to calls for generations, on disk before anybody is told: no kill loses what was paid for.

A call writes into `<submission id>.part`. When its answer is whole, a JSON of it is added, all is synced, and
the folder is renamed to `<submission id>.ready`. What is ready is taken in by whoever finds it, as often as
it takes; it is deleted once the rows have it.
"""

import json
import logging
import os
import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from rushes.engine.generations_calls import MadeFile
from rushes.errors import ErrorType
from rushes.platform.private import FILE_MODE, FOLDER_MODE
from rushes.platform.storage.policy import sha256_of

log = logging.getLogger(__name__)

PART, READY = ".part", ".ready"
REPLY_FILE = "reply.json"


class ReplyFile(BaseModel):
    """A file beside the reply. Size in bytes, sha256 in hex."""

    name: str
    media_type: str
    bytes: int
    sha256: str


class GenerationReply(BaseModel):
    """What a provider answered. `result` is None for an answer that cannot be used, with the reason."""

    submission_id: UUID
    result: dict[str, Any] | None
    files: list[ReplyFile] = []
    cost: Decimal | None = None
    error_type: ErrorType | None = None
    error_message: str | None = None


def begin(folder: Path, submission_id: UUID) -> Path:
    """Return the empty folder of a call. Blocking."""
    part = folder / f"{submission_id}{PART}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=FOLDER_MODE)
    return part


def drop(folder: Path, submission_id: UUID) -> None:
    """Delete what a call without an answer has written. Blocking."""
    shutil.rmtree(folder / f"{submission_id}{PART}", ignore_errors=True)


def measure(part: Path, made: Sequence[MadeFile]) -> list[ReplyFile]:
    """Size and sha256 of what was made. Blocking."""
    return [
        ReplyFile(
            name=each.name,
            media_type=each.media_type,
            bytes=(part / each.name).stat().st_size,
            sha256=sha256_of(part / each.name),
        )
        for each in made
    ]


def finish(folder: Path, reply: GenerationReply) -> None:
    """Keep a whole reply: when this returns no power cut takes it back. Blocking."""
    part = folder / f"{reply.submission_id}{PART}"
    wanted = {each.name for each in reply.files}
    for left in part.iterdir():
        if left.name not in wanted:
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    with open(part / REPLY_FILE, "wb", opener=_private) as file:
        file.write(reply.model_dump_json().encode())
        file.flush()
        os.fsync(file.fileno())
    for name in wanted:
        _sync(part / name)
    _sync(part)
    part.rename(ready_folder(folder, reply.submission_id))
    _sync(folder)


def ready_folder(folder: Path, submission_id: UUID) -> Path:
    """Where a whole reply is."""
    return folder / f"{submission_id}{READY}"


def read_reply(folder: Path, submission_id: UUID) -> GenerationReply | None:
    """Return the whole reply of a call; None when there is none. Blocking."""
    try:
        text = (ready_folder(folder, submission_id) / REPLY_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return GenerationReply.model_validate(json.loads(text))


def ready_ids(folder: Path) -> list[UUID]:
    """Return the calls whose whole reply is here. Blocking."""
    found: list[UUID] = []
    for each in sorted(folder.glob(f"*{READY}")):
        try:
            found.append(UUID(each.name.removesuffix(READY)))
        except ValueError:
            log.warning("%s is no reply to a call; it is left alone", each)
    return found


def forget(folder: Path, submission_id: UUID) -> None:
    """Delete a reply that the rows have. Blocking."""
    shutil.rmtree(ready_folder(folder, submission_id), ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, FILE_MODE)
