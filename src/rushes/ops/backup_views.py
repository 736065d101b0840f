"""The shapes of what is told of backups."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from rushes.platform.backups.manifest import BackupReason, Manifest
from rushes.platform.backups.places import KeptBackup


class BackupView(BaseModel):
    """A backup."""

    name: str
    created_at: datetime
    reason: BackupReason
    size_bytes: int
    rows: int | None = Field(default=None, description="Null where the archive was not opened.")
    files: int | None = None

    @classmethod
    def of_kept(cls, kept: KeptBackup) -> Self:
        """The view of one in its place."""
        return cls(name=kept.name, created_at=kept.created_at, reason=kept.reason, size_bytes=kept.size)

    @classmethod
    def of_manifest(cls, name: str, size: int, manifest: Manifest) -> Self:
        """The view of one that was made."""
        return cls(
            name=name,
            created_at=manifest.created_at,
            reason=manifest.reason,
            size_bytes=size,
            rows=sum(manifest.counts.values()),
            files=manifest.files,
        )


class VerifyView(BaseModel):
    """What verifying a backup found."""

    name: str
    good: bool
    rows: int
    files: int
    wrong: list[str]


class RestoreView(BaseModel):
    """What was restored."""

    name: str
    created_at: datetime
    files: int = Field(description="Stored files that were put back.")
    before: str | None = Field(description="Where the database that was there is now.")
