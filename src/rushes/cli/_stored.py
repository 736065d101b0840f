"""Copies a stored file out of the storage, whole or not at all."""

from pathlib import Path

from rushes.engine.runtime import Runtime
from rushes.library.files import StoredFile


async def save_stored(run: Runtime, file: StoredFile, into: Path) -> None:
    """Write the bytes of a stored file to `into`, replacing what is there."""
    part = into.with_name(f"{into.name}.part")
    with part.open("wb") as stream:
        async for piece in run.bucket.stream(file.key):
            stream.write(piece)
    part.replace(into)
