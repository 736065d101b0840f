"""Backups of the database: where they are kept, how often one is made, how many are kept."""

from pathlib import Path

from pydantic import BaseModel, Field


class BackupSettings(BaseModel):
    """Where backups are kept, and when they are made without being asked for."""

    backup_to: str | None = Field(
        default=None,
        description="Where backups are kept: a folder, or a bucket like s3://bucket/folder, reached with the"
        " `S3_…` settings. Unset: the folder `backups` of the data folder. Another disk is safer.",
    )
    backup_hours: float | None = Field(
        default=None,
        ge=0,
        le=24 * 365,
        description="Hours between two backups made by the worker; 0 makes none. Unset: 24 with the embedded"
        " database, none with a database of your own.",
    )
    backup_keep: int = Field(
        default=14,
        ge=1,
        description="How many of the backups that the worker made are kept; those you ask for are never"
        " deleted without you.",
    )
    pg_bin: Path | None = Field(
        default=None,
        description="Folder of `pg_dump` and `pg_restore`. Unset: those that come with Rushes (of PostgreSQL"
        " 18), or for a newer server the ones on the PATH.",
    )
