"""Sends stored bytes the way players and browsers ask for them: in ranges, and not twice (RFC 9110)."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from starlette.types import Send

from rushes.api.head import is_head
from rushes.api.problems import answer, documented, problem
from rushes.engine.runtime import Runtime
from rushes.library.files import StoredFile
from rushes.platform.media.small import nearest_width, small_file, write_small
from rushes.platform.names import content_disposition

NO_SUCH_RANGE: dict[int | str, dict[str, Any]] = {
    416: documented(
        problem(
            416, "range_not_satisfiable", "Not such a range", "The file has none of the bytes asked for."
        ),
        "The file has none of the bytes asked for.",
    )
}
UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The client has these bytes already (`If-None-Match`)."}
}
_RANGE = re.compile(r"\s{0,9}bytes\s{0,9}=\s{0,9}(\d{0,40})-(\d{0,40})\s{0,9}", re.ASCII | re.IGNORECASE)
_MOST_DIGITS = 19


class Stream(StreamingResponse):
    """A streaming answer that closes what it reads from at once, also when the client leaves."""

    def __init__(
        self, pieces: AsyncGenerator[bytes], status: int = 200, *, headers: dict[str, str], media_type: str
    ) -> None:
        super().__init__(pieces, status, headers, media_type)
        self.pieces = pieces

    async def stream_response(self, send: Send) -> None:
        """Send every piece, then close their source."""
        async with aclosing(self.pieces):
            await super().stream_response(send)


@dataclass(frozen=True)
class Sendable:
    """Bytes that can be read from any place on. `etag` names them; `read` takes a start and a length."""

    size: int
    etag: str
    media_type: str
    filename: str
    read: Callable[[int, int], AsyncGenerator[bytes]]


async def send_file(
    request: Request, run: Runtime, file: StoredFile, filename: str, *, attachment: bool = False
) -> Response:
    """A stored file: see `send`. Raises `NotFound`.

    A player is sent on to the bucket where that can sign links (307): videos need not pass through here.
    A link cannot say under which name to save; what is to be saved is answered here.
    """

    def read(at: int, length: int) -> AsyncGenerator[bytes]:
        return run.bucket.stream(file.key, at, length)

    size = await run.bucket.size(file.key)
    plays = file.media_type.startswith("video/") and not attachment and not is_head(request)
    if plays and run.settings.direct_links and not _known(request, f'"{file.sha256}"'):
        link = await run.bucket.link(file.key, run.settings.link_seconds)
        if link is not None:
            return RedirectResponse(link, headers={"Cache-Control": "private, no-store"})
    return send(request, Sendable(size, file.sha256, file.media_type, filename, read), attachment=attachment)


def send(request: Request, file: Sendable, *, attachment: bool) -> Response:
    """The bytes, or the one range of them that is asked for, or the word that they are known already.

    Several ranges at once are answered with the whole, as the RFC allows.
    """
    disposition = content_disposition(file.filename)
    headers = {
        "ETag": f'"{file.etag}"',
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition
        if attachment
        else "inline" + disposition.removeprefix("attachment"),
    }
    if _known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(file.size)
    if is_head(request):
        return Response(headers=headers, media_type=file.media_type)
    asked = request.headers.get("range")
    same = request.headers.get("if-range", headers["ETag"]) == headers["ETag"]
    part = parse_range(asked, file.size) if asked is not None and same else None
    if part is None:
        return Stream(file.read(0, file.size), headers=headers, media_type=file.media_type)
    if not part:
        detail = f"The file has {file.size:,} bytes; the range {asked!r} has none of them."
        said = problem(416, "range_not_satisfiable", "Not such a range", detail)
        return answer(request.scope, said, {"Content-Range": f"bytes */{file.size}"})
    headers["Content-Length"] = str(len(part))
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{file.size}"
    return Stream(file.read(part.start, len(part)), 206, headers=headers, media_type=file.media_type)


async def send_picture(
    request: Request, run: Runtime, file: StoredFile, filename: str, width: int | None
) -> Response:
    """A picture as it is stored, or (with `width`) a JPEG of about that width, made when first asked for."""
    if width is None:
        return await send_file(request, run, file, filename)
    width = nearest_width(width)
    headers = {"ETag": f'"{file.sha256}-{width}"', "Cache-Control": "private, no-cache"}
    if _known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    small = small_file(run.settings.cache_dir, file.sha256, width)
    try:
        data = await asyncio.to_thread(small.read_bytes)
    except FileNotFoundError:
        original = b"".join([piece async for piece in run.bucket.stream(file.key)])
        await asyncio.to_thread(write_small, original, small, width)
        data = await asyncio.to_thread(small.read_bytes)
    return Response(data, headers=headers, media_type="image/jpeg")


def _known(request: Request, etag: str) -> bool:
    """Whether the client has these very bytes (`If-None-Match`)."""
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or etag in [each.strip().removeprefix("W/") for each in given.split(",")]


def parse_range(asked: str, size: int) -> range | None:
    """The bytes that a `Range` header asks for: none of them is an empty range.

    None when the header is to be ignored: malformed, another unit, several ranges.
    """
    match = _RANGE.fullmatch(asked)
    if match is None or any(len(digits) > _MOST_DIGITS for digits in match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size) if last else None
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)
