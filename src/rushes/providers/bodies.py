"""Answers that are videos, written to files as they come."""

import asyncio
from pathlib import Path

import httpx2

from rushes.providers.video_contract import ProgressCallback

PIECE = 1024 * 1024


async def write_body(response: httpx2.Response, into: Path, progress: ProgressCallback) -> None:
    """Write an answer to a file; nothing is left of one that does not come whole.

    One that is cut short raises `httpx2.TransportError`.
    """
    try:
        await _copy(response, into, progress)
    except BaseException:
        await asyncio.to_thread(into.unlink, missing_ok=True)
        raise
    progress(1.0)


async def _copy(response: httpx2.Response, into: Path, progress: ProgressCallback) -> None:
    size = int(response.headers.get("content-length", 0))
    done = 0
    file = await asyncio.to_thread(into.open, "wb")
    try:
        async for piece in response.aiter_bytes(PIECE):
            await asyncio.to_thread(file.write, piece)
            done += len(piece)
            if size:
                progress(min(1.0, done / size))
    finally:
        await asyncio.to_thread(file.close)
