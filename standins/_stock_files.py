"""What the stand-ins of sources share: their files, the odd links to them, limits, keys."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import Request, Response
from fastapi.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    StreamingResponse,
)

from standins._book import Book, tags
from standins._clips import clip
from standins._images import picture

KEYS = {
    "pexels": "pexels-key-of-56-letters-0001",
    "pixabay": "1234567-pixabay-key-0001",
    "unsplash": "unsplash-0001",
}
SIZES = ((1920, 1280), (1080, 1920), (4000, 3000), (640, 480), (2400, 2400), (5000, 2000))
AUTHOR = "Ann <b>Example</b>"
AUTHOR_HTML = (
    '<a href="//commons.example/wiki/User:Ann" title="x"><b>Ann</b> Example</a><script>alert(1)</script>'
)
CHUNK = 1024 * 1024
HUGE_CHUNKS = 200


class StockFiles:
    """The files, and what all searches have in common."""

    def __init__(self) -> None:
        self.book = Book()

    async def file(self, request: Request, tag: str, number: int, ending: str) -> Response:
        """A picture or a clip, or what comes in its place."""
        self.book.note(request)
        if tag == "gone":
            return PlainTextResponse("Not found", 404)
        if tag == "forbidden":
            return PlainTextResponse("<Error><Code>AccessDenied</Code></Error>", 403)
        if tag == "login":
            return RedirectResponse(f"{request.base_url}login", 301)
        if tag == "wrong":
            return Response("<!doctype html><title>Gone</title>", media_type="image/jpeg")
        if tag == "huge":

            async def endless() -> AsyncIterator[bytes]:
                yield picture("huge", 10, 10)
                for _ in range(HUGE_CHUNKS):
                    yield b"\0" * CHUNK
                    await asyncio.sleep(0.001)  # or nobody would notice that the client has left

            return StreamingResponse(endless(), media_type="image/jpeg")
        if ending == "mp4":
            return Response(clip(f"clip {number}", (64, 36), 1, fps=4), media_type="video/mp4")
        width, height = SIZES[(number - 1) % len(SIZES)]
        return Response(picture(f"photo {number}", width, height), media_type="application/octet-stream")

    async def login(self, request: Request) -> Response:
        """What a link that needs an account leads to."""
        self.book.note(request)
        return HTMLResponse("<html><form>Sign in</form></html>")

    def author(self, query: str) -> str:
        """Return the name of an author, with HTML where that is asked for."""
        return AUTHOR if "html" in tags(query) else "Ann Example"

    def numbered(
        self, request: Request, query: str, name: str = "per_page"
    ) -> list[tuple[int, tuple[int, int]]]:
        """Return the numbers and the sizes of what is found."""
        if "none" in tags(query):
            return []
        most = int(request.query_params.get(name, "10"))
        return list(enumerate(SIZES, 1))[:most]

    def link(self, request: Request, query: str, number: int, ending: str = "jpg") -> str:
        """Return the link to a file, or to what comes in its place."""
        wanted = tags(query)
        named = ("gone", "forbidden", "login", "wrong", "huge")
        tag = next((each for each in named if each in wanted), "plain")
        return f"{request.base_url}files/{tag}/{number}.{ending}"

    def answer(self, query: str, body: dict[str, Any], remaining: str, reset: str | None = None) -> Response:
        """Return an answer with what it says of the limit."""
        if "last" in tags(query):
            remaining = "0"
        headers = {"x-ratelimit-limit": "200", "x-ratelimit-remaining": remaining}
        if reset is not None:
            headers["x-ratelimit-reset"] = reset
        return JSONResponse(body, headers=headers)

    def refused(self, request: Request, source: str, query: str) -> Response | None:
        """Return the refusal of a request, if it is refused."""
        self.book.note(request, dict(request.query_params))
        wanted = tags(query)
        checks: dict[str, Callable[[], bool]] = {
            "pexels": lambda: request.headers.get("authorization") == KEYS["pexels"],
            "pixabay": lambda: request.query_params.get("key") == KEYS["pixabay"],
            "unsplash": lambda: request.headers.get("authorization") == f"Client-ID {KEYS['unsplash']}",
        }
        if source in checks and (not checks[source]() or "401" in wanted):
            if source == "pixabay":
                return PlainTextResponse(
                    "[ERROR 400] Invalid or missing API key (https://pixabay.com/api/docs/).", 400
                )
            return JSONResponse({"error": "Unauthorized"}, 401)
        if source == "pixabay" and len(query) > 100:
            return PlainTextResponse('[ERROR 400] "q" is out of valid range.', 400)
        if self.book.still(query, "429"):
            return JSONResponse({"detail": "Slow down."}, 429, {"retry-after": "7"})
        if self.book.still(query, "later"):
            return JSONResponse(
                {"code": "Too Many Requests"}, 429, {"x-ratelimit-reset": str(int(time.time()) + 90)}
            )
        if self.book.still(query, "busy"):
            return PlainTextResponse("Rate Limit Exceeded", 429)
        if "500" in wanted:
            return PlainTextResponse("Internal Server Error", 500)
        if "page" in wanted:
            return HTMLResponse("<html>We will be back soon</html>")
        return None
