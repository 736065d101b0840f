"""Which file of a person's folder a download may write: one that is not there, or that is this job's own.

Everything else gets a number. What is ours is known by what is in it: no marks are left in the folder.
"""

import csv
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from rushes.downloads.actions import SHEET
from rushes.downloads.contents import MANIFEST


def free_path(name: Path, is_own: Callable[[Path], bool]) -> Path:
    """The file to write, or the one that is ours already: `name`, or `name_2` and so on. Blocking."""
    return next(file for file in _numbered(name) if not file.exists() or is_own(file))


def list_and_sheet_paths(folder: Path, sums: frozenset[str]) -> tuple[Path, Path]:
    """Where the list and the sheet of a job go: they have one number, since a picture does not say whose
    it is. `sums` are the sha256 of its takes. Blocking."""
    for listed, sheet in zip(_numbered(folder / MANIFEST), _numbered(folder / SHEET), strict=False):
        if is_list(listed, sums) if listed.exists() else not sheet.exists():
            return listed, sheet
    raise AssertionError("counting has no end")


def is_list(file: Path, sums: frozenset[str]) -> bool:
    """Whether it is a list of takes of ours."""
    try:
        return _lists(file.read_bytes(), sums)
    except OSError:
        return False


def is_sidecar(file: Path, video_id: UUID) -> bool:
    """Whether it is the JSON of this take."""
    try:
        content: Any = json.loads(file.read_bytes())
        return bool(content["video_id"] == str(video_id))
    except (OSError, ValueError, TypeError, KeyError):
        return False


def is_zip(file: Path, sums: frozenset[str]) -> bool:
    """Whether it is a ZIP with takes of ours."""
    try:
        with zipfile.ZipFile(file) as bundle:
            lists = [name for name in bundle.namelist() if name.rpartition("/")[2] == MANIFEST]
            return any(_lists(bundle.read(name), sums) for name in lists)
    except (OSError, zipfile.BadZipFile):
        return False


def _lists(data: bytes, sums: frozenset[str]) -> bool:
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""))
    try:
        return any(row.get("sha256") in sums for row in rows)
    except csv.Error:
        return False


def _numbered(name: Path) -> Iterator[Path]:
    yield name
    for number in itertools.count(2):
        yield name.with_name(f"{name.stem}_{number}{name.suffix}")
