"""Stands in for Pexels, Pixabay, Unsplash, Openverse and Wikimedia Commons, each below a path of its own.

`python -m standins.stock 9107` serves them: the address of a source is `http://127.0.0.1:9107/pexels` and
so on. What they give out lies below `/files`. Tags of a search: [none] nothing is found; [429] and [429:n]
with a hint, [busy] without; [last] says that this was the last request of the window; [401]; [500]; [page]
answers with HTML. Tags that the pictures found carry: [html] HTML in authors and titles; [nc] licences that
forbid sale or change among them; [odd] results of odd shapes among good ones; [gone] [forbidden] links that
are over; [login] a link that leads to a page of a login; [wrong] a page under the name of a picture; [huge]
a file without end.
"""

import sys
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from standins._book import tags
from standins._server import serve_forever
from standins._stock_files import KEYS as KEYS
from standins._stock_open import OpenStock


class StockStandIn(OpenStock):
    """All of them; `app` is what is served."""

    def __init__(self) -> None:
        super().__init__()
        self.reported: list[str] = []
        """Photos whose use was reported to Unsplash."""
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

    async def pexels_photos(self, request: Request, query: str) -> Response:
        """Photos, as Pexels shows them."""
        if (refused := self.refused(request, "pexels", query)) is not None:
            return refused
        photos: list[dict[str, Any]] = [
            {
                "id": number,
                "width": width,
                "height": height,
                "url": f"https://www.pexels.com/photo/rice-field-{number}/",
                "photographer": self.author(query),
                "photographer_url": "https://www.pexels.com/@ann",
                "alt": f"Rice field number {number}",
                "src": {
                    "original": self.link(request, query, number),
                    "medium": self.link(request, query, number),
                },
            }
            for number, (width, height) in self.numbered(request, query)
        ]
        if "odd" in tags(query):
            photos[1:1] = [
                {"id": "x"},
                {"id": 7, "width": -1, "height": 5, "src": {"original": "javascript:1"}},
            ]
        return self.answer(
            query, {"photos": photos, "page": 1, "total_results": len(photos)}, remaining="199"
        )

    async def pexels_clips(self, request: Request, query: str) -> Response:
        """Clips, as Pexels shows them."""
        if (refused := self.refused(request, "pexels", query)) is not None:
            return refused
        videos: list[dict[str, Any]] = [
            {
                "id": number,
                "width": 3840,
                "height": 2160,
                "duration": 12,
                "url": f"https://www.pexels.com/video/a-green-rice-field-{number}/",
                "image": self.link(request, query, number),
                "user": {"name": self.author(query), "url": "https://www.pexels.com/@ann"},
                "video_files": [
                    {"link": "https://x.example/a.m3u8", "file_type": "application/x-mpegURL"},
                    *(
                        {
                            "link": self.link(request, query, width, "mp4"),
                            "file_type": "video/mp4",
                            "width": width,
                            "height": width * 9 // 16,
                        }
                        for width in (960, 1920, 3840)
                    ),
                ],
            }
            for number, _ in self.numbered(request, query)
        ]
        return self.answer(query, {"videos": videos}, remaining="198")

    async def pixabay_photos(self, request: Request, q: str) -> Response:
        """Photos, as Pixabay shows them."""
        if (refused := self.refused(request, "pixabay", q)) is not None:
            return refused
        hits: list[dict[str, Any]] = [
            {
                "id": number,
                "pageURL": f"https://pixabay.com/photos/rice-{number}/",
                "tags": "rice, field, green",
                "user": self.author(q),
                "user_id": 42,
                "imageWidth": width,
                "imageHeight": height,
                "previewURL": self.link(request, q, number),
                "largeImageURL": self.link(request, q, number),
            }
            for number, (width, height) in self.numbered(request, q, "per_page")
        ]
        if "odd" in tags(q):
            hits[1:1] = [
                {"id": None},
                {"id": 9, "imageWidth": "wide", "imageHeight": 3, "largeImageURL": "x"},
            ]
        return self.answer(q, {"total": 6, "totalHits": 6, "hits": hits}, remaining="99", reset="60")

    async def pixabay_clips(self, request: Request, q: str) -> Response:
        """Clips, as Pixabay shows them."""
        if (refused := self.refused(request, "pixabay", q)) is not None:
            return refused
        hits: list[dict[str, Any]] = [
            {
                "id": number,
                "pageURL": f"https://pixabay.com/videos/rice-{number}/",
                "tags": "rice, wind",
                "user": self.author(q),
                "user_id": 42,
                "duration": 9,
                "videos": {
                    name: {
                        "url": self.link(request, q, width, "mp4"),
                        "width": width,
                        "height": width * 9 // 16,
                        "thumbnail": self.link(request, q, number),
                    }
                    for name, width in (("large", 3840), ("medium", 1920), ("small", 1280), ("tiny", 960))
                },
            }
            for number, _ in self.numbered(request, q, "per_page")
        ]
        return self.answer(q, {"hits": hits}, remaining="98", reset="60")

    async def unsplash(self, request: Request, query: str) -> Response:
        """Photos, as Unsplash shows them."""
        if (refused := self.refused(request, "unsplash", query)) is not None:
            return refused
        base = str(request.base_url)
        results: list[dict[str, Any]] = [
            {
                "id": f"ph{number}",
                "width": width,
                "height": height,
                "alt_description": "a rice field",
                "urls": {
                    "raw": self.link(request, query, number) + "?ixid=a",
                    "small": f"{base}small/{number}",
                },
                "links": {
                    "html": f"https://unsplash.com/photos/ph{number}",
                    "download_location": f"{base}unsplash/photos/ph{number}/download?ixid=b",
                },
                "user": {"name": self.author(query), "links": {"html": "https://unsplash.com/@ann"}},
                "tags": [{"title": "rice"}, {"title": "field"}],
            }
            for number, (width, height) in self.numbered(request, query)
        ]
        if "odd" in tags(query):
            results[1:1] = [
                {"id": ""},
                {"id": "q", "width": 3, "height": 3, "urls": {"raw": None}, "links": {}},
            ]
        if "stolen" in tags(query):
            results[0]["links"]["download_location"] = "https://elsewhere.example/report"
        return self.answer(query, {"total": 6, "results": results}, remaining="49")

    async def unsplash_download(self, request: Request, photo: str, ixid: str) -> Response:
        """The report of a use."""
        if (refused := self.refused(request, "unsplash", "")) is not None:
            return refused
        self.reported.append(photo)
        return JSONResponse({"url": f"https://images.example/{photo}"})


if __name__ == "__main__":
    serve_forever(StockStandIn().app, int(sys.argv[1]))
