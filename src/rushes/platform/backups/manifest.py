"""What a backup says of itself: the first file in its archive."""

import json
import re
import zipfile
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, ValidationError

from rushes.errors import Invalid

MANIFEST = "manifest.json"
DUMP = "database.dump"
FILES = "files/"
_NAME = re.compile(r"rushes-(\d{8}T\d{6}Z)-(asked|daily|update|restore)(?:-(\d{1,3}))?\.zip")
_STAMP = "%Y%m%dT%H%M%SZ"
MOST_BYTES = 1024 * 1024
"""Of a manifest: one that is larger is none of ours."""


class BackupReason(StrEnum):
    """Why a backup was made; its name says so."""

    ASKED = "asked"
    DAILY = "daily"
    UPDATE = "update"
    """Before a newer version changed the tables."""
    RESTORE = "restore"
    """Before another backup replaced the database."""


class Manifest(BaseModel):
    """What a backup holds, and what to check it against."""

    format: Literal[1] = 1
    created_at: datetime
    reason: BackupReason
    version: str = Field(description="Of Rushes.")
    schema_revision: str = Field(description="Of the tables: the last migration.")
    postgres: int = Field(description="Major version of the server.")
    installation: UUID | None
    incarnation: UUID | None
    counts: dict[str, int] = Field(description="Rows of each table, in the same snapshot as the dump.")
    dump_bytes: int
    dump_sha256: str
    keys: list[str] = Field(
        description="Keys and sign-ins whose secrets the dump holds encrypted: without `secret.key`, which is"
        " in no backup, they have to be entered again."
    )
    files: int | None = Field(description="Stored files in the archive; null where it has the database only.")
    file_bytes: int = 0


def backup_name(manifest: Manifest, attempt: int = 0) -> str:
    """Return the file name of a backup: when it was made and why; `attempt` tells two of one second apart."""
    stamp = manifest.created_at.astimezone(UTC).strftime(_STAMP)
    return f"rushes-{stamp}-{manifest.reason}{f'-{attempt}' if attempt else ''}.zip"


def read_name(name: str) -> tuple[datetime, BackupReason] | None:
    """Return when and why a backup of that name was made; None for another file."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC), BackupReason(found[2])


def read_manifest(file: Path) -> Manifest:
    """Return what an archive says of itself. Blocking. Raises `Invalid` for a file that is no backup."""
    try:
        with zipfile.ZipFile(file) as archive:
            entry = archive.getinfo(MANIFEST)
            if entry.file_size > MOST_BYTES:
                raise ValueError("its description is too large")
            said: object = json.loads(archive.read(entry))
        if isinstance(said, dict) and said.get("format") != 1:  # pyright: ignore[reportUnknownMemberType]
            raise Invalid(
                f"{file.name} was made by a newer version of Rushes.", hint="Restore it with that version."
            )
        return Manifest.model_validate(said)
    except (zipfile.BadZipFile, KeyError, ValueError, ValidationError, OSError, NotImplementedError) as error:
        raise Invalid(
            f"{file.name} is no backup of Rushes, or is damaged.",
            hint="`rushes backup list` lists the backups there are.",
        ) from error
