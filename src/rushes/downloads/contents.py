"""What is taken home of each video: which copy, under which name, and what is written down about it."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from rushes.downloads.file_names import Named, check_names, path_of, unique_paths
from rushes.engine.states import VideoStatus
from rushes.errors import Conflict, NotFound
from rushes.library.rows import video_rows
from rushes.platform.db.engine import Executor
from rushes.platform.media.upscaling import Resolution
from rushes.platform.names import no_formula, slug
from rushes.settings import Settings
from rushes.upscale.actions import these

MANIFEST = "manifest.csv"
COLUMNS = (
    "number", "take", "file", "prompt", "provider", "model", "seed", "cost", "resolution", "note", "sha256",
)  # fmt: skip
NO_4K = "no 4K copy: as made"


@dataclass(frozen=True)
class Taken:
    """One video as it is taken home. `path` is relative, sizes are bytes and pixels."""

    row: Row[Any]
    path: str
    key: str
    size: int
    sha256: str
    resolution: str
    note: str

    @property
    def video_id(self) -> UUID:
        """The video whose file this is."""
        return self.row.id

    @property
    def made_at(self) -> datetime:
        """When the take was made, UTC."""
        return self.row.generation_completed_at.astimezone(UTC)


async def finished_rows(session: Executor, owner: UUID, video_ids: Sequence[UUID]) -> list[Row[Any]]:
    """The rows of videos, in this order. Raises `NotFound`, and `Conflict` for unfinished ones."""
    rows = await video_rows(session, owner, video_ids)
    there = {row.id for row in rows}
    if missing := [each for each in video_ids if each not in there]:
        raise NotFound(f"{these(missing)} not there. Leave out what was deleted.")
    if unfinished := [row.id for row in rows if row.status != VideoStatus.COMPLETED]:
        raise Conflict(f"{these(unfinished)} not finished.", hint="Leave them out, or wait for them.")
    return rows


def names_template(settings: Settings, given: str | None) -> str:
    """The template that holds. Raises `Invalid` for one that is none."""
    if given:
        return check_names(given, "names")
    return check_names(settings.download_names, "RUSHES_DOWNLOAD_NAMES")


def choose(
    rows: Sequence[Row[Any]], resolution: Resolution, template: str, folder_name: str | None = None
) -> list[Taken]:
    """The copy and the path of each video; `{job}` is the folder's name, if one is given."""
    chosen = [_copy(row, resolution) for row in rows]
    paths = unique_paths(
        [
            path_of(template, _named(row, copy.resolution, folder_name))
            for row, copy in zip(rows, chosen, strict=True)
        ]
    )
    return [
        Taken(row, path, copy.key, copy.size, copy.sha256, copy.resolution, copy.note)
        for row, copy, path in zip(rows, chosen, paths, strict=True)
    ]


@dataclass(frozen=True)
class _Copy:
    key: str
    size: int
    sha256: str
    resolution: str
    note: str


def _copy(row: Row[Any], resolution: Resolution) -> _Copy:
    if resolution is Resolution.UHD and row.upscaled_key is not None:
        size = f"{row.upscaled_width}x{row.upscaled_height}"
        return _Copy(row.upscaled_key, row.upscaled_size, row.upscaled_sha256, size, "")
    note = NO_4K if resolution is Resolution.UHD else ""
    size = f"{row.width}x{row.height}" if row.width else ""
    return _Copy(row.video_key, row.size_bytes, row.sha256, size, note)


def _named(row: Row[Any], resolution: str, folder_name: str | None) -> Named:
    return Named(
        job=folder_name or row.job_name,
        number=row.prompt_number,
        take=row.video_index,
        slug=slug(row.prompt_text),
        provider=row.provider,
        model=row.model,
        seed=row.seed,
        resolution=resolution,
        date=row.generation_completed_at.astimezone(UTC).date().isoformat(),
        id=str(row.id)[:8],
        image=PurePath(row.image_filename or "").stem or slug(row.prompt_text),
    )


def take_filename(number: int, take: int, prompt: str) -> str:
    """The file name of a take by itself: `007_2_a-fox-in-the-snow.mp4`."""
    return f"{number:03d}_{take}_{slug(prompt)}.mp4"


def common_folder(taken: Sequence[Taken]) -> str:
    """The folder that holds all of them, with a `/` behind it; empty when there is none."""
    firsts = {each.path.partition("/")[0] if "/" in each.path else "" for each in taken}
    first = firsts.pop() if len(firsts) == 1 else ""
    return f"{first}/" if first else ""


def manifest(taken: Sequence[Taken], folder: str = "") -> bytes:
    """The list of what is there, as CSV; `file` is relative to `folder`, where the list lies."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for each in taken:
        row = each.row
        cells = (
            row.prompt_number, row.video_index, each.path.removeprefix(folder), row.prompt_text,
            row.provider, row.model, row.seed, row.cost, each.resolution, each.note, each.sha256,
        )  # fmt: skip
        writer.writerow([no_formula(cell) for cell in cells])
    # Without the mark, spreadsheets take it for another encoding.
    return table.getvalue().encode("utf-8-sig")


def sidecar(taken: Taken) -> bytes:
    """What is known of a take, as JSON: `<name>.json` beside its video."""
    row = taken.row
    cost: Decimal | None = row.cost
    facts = {
        "video_id": str(row.id),
        "job": row.job_name,
        "number": row.prompt_number,
        "take": row.video_index,
        "prompt": row.prompt_text,
        "negative_prompt": row.negative_prompt,
        "image": row.image_filename,
        "provider": row.provider,
        "model": row.model,
        "seed": row.seed,
        "cost": None if cost is None else str(cost),
        "duration_seconds": row.duration_seconds,
        "resolution": taken.resolution,
        "note": taken.note,
        "made_at": taken.made_at.isoformat(),
        "sha256": taken.sha256,
    }
    return (json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode()


def sidecar_path(taken: Taken) -> str:
    """Where the JSON of a take lies."""
    return taken.path.removesuffix(".mp4") + ".json"
