"""What a service sends, bounded: an answer in memory, a video in a file. Bytes are counted when unpacked.

A megabyte of gzip may unpack to a gigabyte, a stream may never end, and a byte a minute is no silence. Only
gzip and deflate are taken, in one layer: the library unpacks others in pieces that nothing bounds.
"""

import asyncio
import errno
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from rushes.errors import ProviderChanged
from rushes.providers.video_contract import ProgressCallback

PIECE = 1024 * 1024
MIB = 1024 * 1024
ANSWER_BYTES = 8 * MIB
"""Of an answer that says how something stands."""
INLINE_BYTES = 192 * MIB
"""Of one that may hold the video itself, as base64."""
ERROR_BYTES = 256 * 1024
"""Of an error answer; what is longer is cut, since its status says most."""
VIDEO_BYTES = 4 * 1024 * MIB
ANSWER_SECONDS = 600.0
SLOW_SECONDS = 300.0
"""For so long a download may be slow."""
LEAST_BYTES_A_SECOND = 4096
RESERVE_BYTES = 64 * MIB
"""Left free on the disk, whatever is downloaded: the database may be on it."""
ENCODINGS = ("", "identity", "gzip", "deflate")


class UnboundedAnswerError(httpx2.TransportError):
    """An answer too large, too slow, or packed as nobody asked for. A create may have been accepted."""


async def read_answer(
    response: httpx2.Response, most: int, heard: Callable[[bytes], None] | None = None
) -> httpx2.Response:
    """Return the answer, read whole into memory. Raises `UnboundedAnswerError` beyond `most` bytes.

    An error answer is cut instead. `heard` is given each piece of a good one as it arrives.
    """
    _check_encoding(response)
    most = ERROR_BYTES if response.is_error else most
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            async for piece in response.aiter_bytes():
                pieces.append(piece[: most - size] if response.is_error else piece)
                size += len(piece)
                if heard is not None and not response.is_error:
                    heard(piece)
                if size > most:
                    if response.is_error:
                        break
                    raise UnboundedAnswerError(f"an answer of more than {most // MIB} MiB")
    except httpx2.DecodingError:
        raise UnboundedAnswerError("an answer that cannot be unpacked") from None
    except TimeoutError:
        raise UnboundedAnswerError(f"an answer that took more than {ANSWER_SECONDS:.0f} seconds") from None
    finally:
        await response.aclose()
    packed = ("content-encoding", "content-length", "transfer-encoding")
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in packed]
    return httpx2.Response(
        response.status_code,
        headers=headers,
        content=b"".join(pieces),
        request=response.request,
        extensions=response.extensions,
    )


async def write_body(
    response: httpx2.Response, into: Path, progress: ProgressCallback, most: int = VIDEO_BYTES
) -> None:
    """Write an answer to a file of at most `most` bytes; nothing is left of one that does not come whole.

    One that is cut short raises `httpx2.TransportError`, one that is too large `ProviderChanged`.
    """
    _check_encoding(response)
    try:
        await _copy(response, into, progress, most)
    except BaseException as error:
        await asyncio.to_thread(into.unlink, missing_ok=True)
        if isinstance(error, httpx2.DecodingError):
            raise UnboundedAnswerError("a file that cannot be unpacked") from None
        raise
    progress(1.0)


async def _copy(response: httpx2.Response, into: Path, progress: ProgressCallback, most: int) -> None:
    named = response.headers.get("content-length", "")
    size = int(named) if named.isascii() and named.isdigit() and len(named) < 20 else 0
    if size > most:
        raise _too_large(most)
    done, checked = 0, 0
    began = time.monotonic()
    file = await asyncio.to_thread(into.open, "wb")
    try:
        async for piece in response.aiter_bytes(PIECE):
            done += len(piece)
            if done > most:
                raise _too_large(most)
            if done >= checked:
                await asyncio.to_thread(_check_room, into.parent)
                checked = done + RESERVE_BYTES // 2
            await asyncio.to_thread(file.write, piece)
            took = time.monotonic() - began
            if took > SLOW_SECONDS and done < took * LEAST_BYTES_A_SECOND:
                raise UnboundedAnswerError("a download slower than 4 KiB a second")
            if size:
                progress(min(1.0, done / size))
    finally:
        await asyncio.to_thread(file.close)


def _check_encoding(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "").strip().lower() not in ENCODINGS:
        raise UnboundedAnswerError("an answer that is packed in an unusual way")


def _check_room(folder: Path) -> None:
    if shutil.disk_usage(folder).free < RESERVE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def _too_large(most: int) -> ProviderChanged:
    return ProviderChanged(
        f"the file is larger than {most // MIB} MiB",
        step="download",
        hint="No take is that large; look at it at the provider.",
    )
