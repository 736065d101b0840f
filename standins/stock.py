"""Stands in for Pexels, Pixabay, Unsplash, Openverse and Wikimedia Commons, each below a path of its own.

`python -m standins.stock 9107` serves them: the address of a source is `http://127.0.0.1:9107/pexels` and
so on. What they give out lies below `/files`. Tags of a search: [none] nothing is found; [429] and [429:n]
with a hint, [busy] without; [last] says that this was the last request of the window; [401]; [500]; [page]
answers with HTML. Tags that the pictures found carry: [html] HTML in authors and titles; [nc] licences that
forbid sale or change among them; [odd] results of odd shapes among good ones; [gone] [forbidden] links that
are over; [login] a link that leads to a page of a login; [wrong] a page under the name of a picture; [huge]
a file without end.
"""

import itertools
import sys
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
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
from standins._server import serve_forever

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


class StockStandIn:
    """All of them; `app` is what is served."""

    def __init__(self) -> None:
        self.book = Book()
        self.reported: list[str] = []
        """Photos whose use was reported to Unsplash."""
        self._times = itertools.count()
        self.app = FastAPI()
        self.app.get("/pexels/v1/search")(self.pexels_photos)
        self.app.get("/pexels/videos/search")(self.pexels_clips)
        self.app.get("/pixabay/api/")(self.pixabay_photos)
        self.app.get("/pixabay/api/videos/")(self.pixabay_clips)
        self.app.get("/unsplash/search/photos")(self.unsplash)
        self.app.get("/unsplash/photos/{photo}/download")(self.unsplash_download)
        self.app.get("/openverse/v1/images/")(self.openverse)
        self.app.get("/commons/w/api.php")(self.commons)
        self.app.get("/files/{tag}/{number}.{ending}")(self.file)
        self.app.get("/login")(self.login)

    # Searches

    async def pexels_photos(self, request: Request, query: str) -> Response:
        """Photos, as Pexels shows them."""
        if (refused := self._refused(request, "pexels", query)) is not None:
            return refused
        photos = [
            {
                "id": number,
                "width": width,
                "height": height,
                "url": f"https://www.pexels.com/photo/rice-field-{number}/",
                "photographer": self._author(query),
                "photographer_url": "https://www.pexels.com/@ann",
                "alt": f"Rice field number {number}",
                "src": {
                    "original": self._link(request, query, number),
                    "medium": self._link(request, query, number),
                },
            }
            for number, (width, height) in self._numbered(request, query)
        ]
        if "odd" in tags(query):
            photos[1:1] = [
                {"id": "x"},
                {"id": 7, "width": -1, "height": 5, "src": {"original": "javascript:1"}},
            ]
        return self._answer(
            query, {"photos": photos, "page": 1, "total_results": len(photos)}, remaining="199"
        )

    async def pexels_clips(self, request: Request, query: str) -> Response:
        """Clips, as Pexels shows them."""
        if (refused := self._refused(request, "pexels", query)) is not None:
            return refused
        videos = [
            {
                "id": number,
                "width": 3840,
                "height": 2160,
                "duration": 12,
                "url": f"https://www.pexels.com/video/a-green-rice-field-{number}/",
                "image": self._link(request, query, number),
                "user": {"name": self._author(query), "url": "https://www.pexels.com/@ann"},
                "video_files": [
                    {"link": "https://x.example/a.m3u8", "file_type": "application/x-mpegURL"},
                    *(
                        {
                            "link": self._link(request, query, width, "mp4"),
                            "file_type": "video/mp4",
                            "width": width,
                            "height": width * 9 // 16,
                        }
                        for width in (960, 1920, 3840)
                    ),
                ],
            }
            for number, _ in self._numbered(request, query)
        ]
        return self._answer(query, {"videos": videos}, remaining="198")

    async def pixabay_photos(self, request: Request, q: str) -> Response:
        """Photos, as Pixabay shows them."""
        if (refused := self._refused(request, "pixabay", q)) is not None:
            return refused
        hits = [
            {
                "id": number,
                "pageURL": f"https://pixabay.com/photos/rice-{number}/",
                "tags": "rice, field, green",
                "user": self._author(q),
                "user_id": 42,
                "imageWidth": width,
                "imageHeight": height,
                "previewURL": self._link(request, q, number),
                "largeImageURL": self._link(request, q, number),
            }
            for number, (width, height) in self._numbered(request, q, "per_page")
        ]
        if "odd" in tags(q):
            hits[1:1] = [
                {"id": None},
                {"id": 9, "imageWidth": "wide", "imageHeight": 3, "largeImageURL": "x"},
            ]
        return self._answer(q, {"total": 6, "totalHits": 6, "hits": hits}, remaining="99", reset="60")

    async def pixabay_clips(self, request: Request, q: str) -> Response:
        """Clips, as Pixabay shows them."""
        if (refused := self._refused(request, "pixabay", q)) is not None:
            return refused
        hits = [
            {
                "id": number,
                "pageURL": f"https://pixabay.com/videos/rice-{number}/",
                "tags": "rice, wind",
                "user": self._author(q),
                "user_id": 42,
                "duration": 9,
                "videos": {
                    name: {
                        "url": self._link(request, q, width, "mp4"),
                        "width": width,
                        "height": width * 9 // 16,
                        "thumbnail": self._link(request, q, number),
                    }
                    for name, width in (("large", 3840), ("medium", 1920), ("small", 1280), ("tiny", 960))
                },
            }
            for number, _ in self._numbered(request, q, "per_page")
        ]
        return self._answer(q, {"hits": hits}, remaining="98", reset="60")

    async def unsplash(self, request: Request, query: str) -> Response:
        """Photos, as Unsplash shows them."""
        if (refused := self._refused(request, "unsplash", query)) is not None:
            return refused
        base = str(request.base_url)
        results = [
            {
                "id": f"ph{number}",
                "width": width,
                "height": height,
                "alt_description": "a rice field",
                "urls": {
                    "raw": self._link(request, query, number) + "?ixid=a",
                    "small": f"{base}small/{number}",
                },
                "links": {
                    "html": f"https://unsplash.com/photos/ph{number}",
                    "download_location": f"{base}unsplash/photos/ph{number}/download?ixid=b",
                },
                "user": {"name": self._author(query), "links": {"html": "https://unsplash.com/@ann"}},
                "tags": [{"title": "rice"}, {"title": "field"}],
            }
            for number, (width, height) in self._numbered(request, query)
        ]
        if "odd" in tags(query):
            results[1:1] = [
                {"id": ""},
                {"id": "q", "width": 3, "height": 3, "urls": {"raw": None}, "links": {}},
            ]
        if "stolen" in tags(query):
            results[0]["links"]["download_location"] = "https://elsewhere.example/report"
        return self._answer(query, {"total": 6, "results": results}, remaining="49")

    async def unsplash_download(self, request: Request, photo: str, ixid: str) -> Response:
        """The report of a use."""
        if (refused := self._refused(request, "unsplash", "")) is not None:
            return refused
        self.reported.append(photo)
        return JSONResponse({"url": f"https://images.example/{photo}"})

    async def openverse(self, request: Request, q: str) -> Response:
        """Pictures, as Openverse shows them."""
        if (refused := self._refused(request, "openverse", q)) is not None:
            return refused
        licences = (
            ["by-nc", "by-nd", "by-nc-sa", "by", "cc0", "pdm"]
            if "nc" in tags(q)
            else ["by", "by-sa", "cc0"] * 2
        )
        results: list[dict[str, Any]] = [
            {
                "id": f"0000-{number}",
                "title": f"Rice field {number}",
                "url": self._link(request, q, number),
                "thumbnail": f"{request.base_url}openverse/v1/images/0000-{number}/thumb/",
                "foreign_landing_url": f"https://photos.example/{number}",
                "creator": self._author(q),
                "creator_url": "https://photos.example/ann",
                "license": licence,
                "license_version": "2.0",
                "license_url": f"https://creativecommons.org/licenses/{licence}/2.0/",
                "attribution": f'"Rice field {number}" by {self._author(q)} is licensed under'
                f" CC {licence.upper()} 2.0.",
                "width": width,
                "height": height,
                "mature": False,
                "tags": [{"name": "rice"}, {"name": "paddy"}],
            }
            for (number, (width, height)), licence in zip(
                self._numbered(request, q, "page_size"), licences, strict=False
            )
        ]
        if "odd" in tags(q):
            results[1:1] = [
                {**results[0], "id": "null-size", "width": None},
                {**results[0], "id": "mature", "mature": True},
                {**results[0], "id": "file", "url": "file:///etc/passwd"},
                {"nothing": True},
            ]
        headers = {"x-ratelimit-limit-anon_burst": "20/min", "x-ratelimit-available-anon_burst": "19"}
        if "last" in tags(q):
            headers["x-ratelimit-available-anon_burst"] = "0"
        return JSONResponse(
            {"result_count": len(results), "page_size": 20, "results": results}, headers=headers
        )

    async def commons(self, request: Request, gsrsearch: str, iiurlwidth: int, gsrlimit: int) -> Response:
        """Pictures, as the wiki's API shows them."""
        agent = request.headers.get("user-agent", "")
        if (refused := self._refused(request, "commons", gsrsearch)) is not None:
            return refused
        if not agent.startswith("Rushes/") or "(" not in agent:
            return PlainTextResponse("Please set a user-agent, and respect our robot policy.", 403)
        wanted = tags(gsrsearch)
        licences = ["CC BY-NC 2.0", "Copyrighted", "CC BY-ND 4.0", "CC BY-SA 4.0", "Public domain", "CC0"]
        pages: list[dict[str, Any]] = []
        for number, (width, height) in self._numbered(request, gsrsearch, "gsrlimit"):
            scaled = min(iiurlwidth, width)
            link = self._link(request, gsrsearch, number)
            info = {
                "url": link,
                "descriptionurl": f"https://commons.wikimedia.org/wiki/File:Rice_{number}.jpg",
                "thumburl": link,
                "thumbwidth": scaled,
                "thumbheight": height * scaled // width,
                "width": width,
                "height": height,
                "mime": "image/jpeg",
                "extmetadata": {
                    "ObjectName": {"value": f"Rice {number}", "source": "commons-desc-page"},
                    "Artist": {"value": AUTHOR_HTML if "html" in wanted else "Ann Example"},
                    "LicenseShortName": {"value": licences[number - 1] if "nc" in wanted else "CC BY-SA 4.0"},
                    "LicenseUrl": {"value": "https://creativecommons.org/licenses/by-sa/4.0"},
                    "Categories": {"value": "Rice fields|Agriculture in Vietnam"},
                },
            }
            pages.append(
                {
                    "pageid": number,
                    "ns": 6,
                    "title": f"File:Rice {number}.jpg",
                    "index": number,
                    "imageinfo": [info],
                }
            )
        if "odd" in wanted:
            first = pages[0]["imageinfo"][0]
            pages[1:1] = [
                {"pageid": 90, "title": "File:Sound.ogg", "imageinfo": [{**first, "mime": "audio/ogg"}]},
                {"pageid": 91, "title": "File:No info.jpg"},
                {"pageid": 92, "title": "File:No size.jpg", "imageinfo": [{**first, "thumbwidth": "x"}]},
            ]
        pages.reverse()  # the order is in `index`, not in the list
        return JSONResponse({"batchcomplete": True, **({"query": {"pages": pages}} if pages else {})})

    # Files

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
                while True:
                    yield b"\0" * CHUNK

            return StreamingResponse(endless(), media_type="image/jpeg")
        if ending == "mp4":
            return Response(clip(f"clip {number}", (64, 36), 1, fps=4), media_type="video/mp4")
        width, height = SIZES[(number - 1) % len(SIZES)]
        return Response(picture(f"photo {number}", width, height), media_type="application/octet-stream")

    async def login(self, request: Request) -> Response:
        """What a link that needs an account leads to."""
        self.book.note(request)
        return HTMLResponse("<html><form>Sign in</form></html>")

    def _author(self, query: str) -> str:
        return AUTHOR if "html" in tags(query) else "Ann Example"

    def _numbered(
        self, request: Request, query: str, name: str = "per_page"
    ) -> list[tuple[int, tuple[int, int]]]:
        if "none" in tags(query):
            return []
        most = int(request.query_params.get(name, "10"))
        return list(enumerate(SIZES, 1))[:most]

    def _link(self, request: Request, query: str, number: int, ending: str = "jpg") -> str:
        wanted = tags(query)
        named = ("gone", "forbidden", "login", "wrong", "huge")
        tag = next((each for each in named if each in wanted), "plain")
        return f"{request.base_url}files/{tag}/{number}.{ending}"

    def _answer(self, query: str, body: dict[str, Any], remaining: str, reset: str | None = None) -> Response:
        if "last" in tags(query):
            remaining = "0"
        headers = {"x-ratelimit-limit": "200", "x-ratelimit-remaining": remaining}
        if reset is not None:
            headers["x-ratelimit-reset"] = reset
        return JSONResponse(body, headers=headers)

    def _refused(self, request: Request, source: str, query: str) -> Response | None:
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


if __name__ == "__main__":
    serve_forever(StockStandIn().app, int(sys.argv[1]))
