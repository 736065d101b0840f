"""Sends stored bytes the way players and browsers ask for them: in ranges, and not twice (RFC 9110)."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from starlette.types import Send

from rushes.api.problems import answer, documented, problem
from rushes.core.names import content_disposition
from rushes.db.queries.files import StoredFile
from rushes.runtime import Runtime

NO_SUCH_RANGE = {
    416: documented(
        problem(
            416, "range_not_satisfiable", "Not such a range", "The file has none of the bytes asked for."
        ),
        "The file has none of the bytes asked for.",
    )
}
_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)-(\d*)\s*", re.ASCII | re.IGNORECASE)
_MOST_DIGITS = 19


class Stream(StreamingResponse):
    """A streaming answer that closes what it reads from at once, also when the client leaves."""

    def __init__(
        self, pieces: AsyncGenerator[bytes], status: int = 200, *, headers: dict[str, str], media_type: str
    ) -> None:
        super().__init__(pieces, status, headers, media_type)
        self.pieces = pieces

    async def stream_response(self, send: Send) -> None:
        """Send it all, then close."""
        async with aclosing(self.pieces):
            await super().stream_response(send)


async def send_file(
    request: Request, run: Runtime, file: StoredFile, filename: str, *, attachment: bool = False
) -> Response:
    """The bytes of a file, or the one range of it that is asked for, or the word that it is known already.

    A player is sent on to the bucket where that can sign links (307): videos need not pass through here.
    Several ranges at once are answered with the whole, as the RFC allows. Raises `NotFound`.
    """
    size = await run.bucket.size(file.key)
    disposition = content_disposition(filename)
    headers = {
        "ETag": f'"{file.sha256}"',
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition
        if attachment
        else "inline" + disposition.removeprefix("attachment"),
    }
    if _known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(size)
    if request.method == "HEAD":
        return Response(headers=headers, media_type=file.media_type)
    if file.media_type.startswith("video/") and not attachment and run.settings.direct_links:
        # A link cannot say under which name to save; such a request is answered here.
        link = await run.bucket.link(file.key, run.settings.link_seconds)
        if link is not None:
            return RedirectResponse(link, headers={"Cache-Control": "private, no-store"})
    asked = request.headers.get("range")
    if asked is None or request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        return Stream(run.bucket.stream(file.key), headers=headers, media_type=file.media_type)
    part = parse_range(asked, size)
    if part is None:
        return Stream(run.bucket.stream(file.key), headers=headers, media_type=file.media_type)
    if not part:
        detail = f"The file has {size:,} bytes; the range {asked!r} has none of them."
        said = problem(416, "range_not_satisfiable", "Not such a range", detail)
        return answer(request.scope, said, {"Content-Range": f"bytes */{size}"})
    headers["Content-Length"] = str(len(part))
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    body = run.bucket.stream(file.key, part.start, len(part))
    return Stream(body, 206, headers=headers, media_type=file.media_type)


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
