"""The intake for a server: uploads are read in processes of their own, with limits on memory and seconds.

The command line, which reads its own user's files, calls the same functions without.
"""

import asyncio
import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

from rushes.intake.archive import NamedFile
from rushes.intake.batch import Batch, read_batch
from rushes.intake.dry_run import DryRun, dry_run
from rushes.intake.images import NormalisedImage, normalise_image
from rushes.intake.order import Images
from rushes.platform.bounded import GIB, SLOTS, Bounds, run_bounded
from rushes.settings import Settings

ONE_IMAGE = Bounds(slots=1, memory_bytes=2 * GIB, cpu_seconds=60)
BATCH_MEMORY_BYTES = 3 * GIB
LEAST_CPU_SECONDS = 60
MOST_CPU_SECONDS = 1800
BYTES_A_SECOND = 500_000
"""Read and encoded anew on a slow machine."""


async def read_batch_apart(
    images: Images | None, prompts: NamedFile | None, work: Path, settings: Settings, **how: Any
) -> Batch:
    """Return what `read_batch` does, with its files under `work`. Raises as it does.

    `TooLarge` also for an upload that takes too much memory or time to read. Nothing is then left.
    """
    # A process that is killed leaves what it has written.
    here = work / f"batch-{uuid4().hex}"
    size = await asyncio.to_thread(_bytes, images, prompts)
    seconds = min(MOST_CPU_SECONDS, LEAST_CPU_SECONDS + size // BYTES_A_SECOND)
    bounds = Bounds(SLOTS, BATCH_MEMORY_BYTES, seconds)
    try:
        return await run_bounded(
            read_batch_here, images, prompts, here, settings.without_secrets(), how, bounds=bounds
        )
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, here, ignore_errors=True)
        raise


async def dry_run_apart(prompts: NamedFile | None, settings: Settings, *names: object, **how: Any) -> DryRun:
    """Return what `dry_run` does. Raises `TooLarge` for prompts that take too much memory or time to read."""
    given = (prompts, settings.without_secrets(), names, how)
    return await run_bounded(dry_run_here, *given, bounds=ONE_IMAGE)


async def normalise_image_apart(source: Path, name: str, into: Path, settings: Settings) -> NormalisedImage:
    """Return what `normalise_image` does. Raises as it does; `TooLarge` as above."""
    given = (source, name, into, settings.without_secrets())
    return await run_bounded(normalise_image, *given, bounds=ONE_IMAGE)


def read_batch_here(
    images: Images | None, prompts: NamedFile | None, work: Path, settings: Settings, how: dict[str, Any]
) -> Batch:
    """Read a batch in this process, which has no event loop yet."""
    return asyncio.run(read_batch(images, prompts, work, settings, **how))


def dry_run_here(
    prompts: NamedFile | None, settings: Settings, names: tuple[Any, Any], how: dict[str, Any]
) -> DryRun:
    """Check names and prompts in this process."""
    return dry_run(names[0], prompts, names[1], settings, **how)


def _bytes(images: Images | None, prompts: NamedFile | None) -> int:
    files = [images] if isinstance(images, Path) else [path for _, path in images or ()]
    files += [prompts[1]] if prompts else []
    return sum(path.stat().st_size for path in files if path.is_file())
