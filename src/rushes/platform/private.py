"""Folders and files that only the user who runs Rushes may read: videos, images, keys, locks, logs."""

import os
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600
_UMASK = 0o077


def is_root() -> bool:
    """Return whether this process may read everything, and runs PostgreSQL as a user of its own."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def keep_files_private() -> None:
    """Create every file from here on for its owner alone. For processes that write only the data folder."""
    os.umask(_UMASK)


def private_folder(folder: Path) -> None:
    """Create a folder for its owner alone, or close one that is there to everybody else."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    if folder.stat().st_mode & _UMASK:
        folder.chmod(FOLDER_MODE)


def data_folder(folder: Path, *, embedded: bool) -> None:
    """Create the data folder. As root with the embedded PostgreSQL, that one's user has to pass through."""
    if not embedded or not is_root():
        private_folder(folder)
        return
    before = os.umask(0o022)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    finally:
        os.umask(before)
