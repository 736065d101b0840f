"""Takes that were fetched and checked while the storage could not have them: kept for the next try.

Their names in the work folder say whose they are and what their bytes are. The sweeper takes those whose
submission has ended.
"""

import asyncio
import logging
from pathlib import Path

from rushes.platform.storage.policy import sha256_of

log = logging.getLogger(__name__)

KEPT = ".kept"


async def keep(file: Path) -> None:
    """Keep a whole take that could not be stored. It may have been moved into the storage after all."""
    await asyncio.to_thread(_keep, file)


async def take_up(file: Path) -> bool:
    """Put what was kept of this take back in its place. False: nothing was, or other bytes are there now."""
    return await asyncio.to_thread(_take_up, file)


def _keep(file: Path) -> None:
    try:
        file.replace(file.with_suffix(f".{sha256_of(file)}{KEPT}"))
    except OSError as error:
        log.info("%s is not kept: %s", file.name, error.strerror)


def _take_up(file: Path) -> bool:
    for kept in file.parent.glob(f"{file.stem}.*{KEPT}"):
        if sha256_of(kept) == kept.suffixes[-2].removeprefix("."):
            kept.replace(file)
            return True
        kept.unlink()
    return False
