"""Openverse and Wikimedia Commons: what the stand-in of sources shows for them."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from standins._book import tags
from standins._stock_files import AUTHOR_HTML, StockFiles


class OpenStock(StockFiles):
    """The two that need no key."""

    async def openverse(self, request: Request, q: str) -> Response:
        """Pictures, as Openverse shows them."""
        if (refused := self.refused(request, "openverse", q)) is not None:
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
                "url": self.link(request, q, number),
                "thumbnail": f"{request.base_url}openverse/v1/images/0000-{number}/thumb/",
                "foreign_landing_url": f"https://photos.example/{number}",
                "creator": self.author(q),
                "creator_url": "https://photos.example/ann",
                "license": licence,
                "license_version": "2.0",
                "license_url": f"https://creativecommons.org/licenses/{licence}/2.0/",
                "attribution": f'"Rice field {number}" by {self.author(q)} is licensed under'
                f" CC {licence.upper()} 2.0.",
                "width": width,
                "height": height,
                "mature": False,
                "tags": [{"name": "rice"}, {"name": "paddy"}],
            }
            for (number, (width, height)), licence in zip(
                self.numbered(request, q, "page_size"), licences, strict=False
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
        if (refused := self.refused(request, "commons", gsrsearch)) is not None:
            return refused
        if not agent.startswith("Rushes/") or "(" not in agent:
            return PlainTextResponse("Please set a user-agent, and respect our robot policy.", 403)
        wanted = tags(gsrsearch)
        licences = ["CC BY-NC 2.0", "Copyrighted", "CC BY-ND 4.0", "CC BY-SA 4.0", "Public domain", "CC0"]
        pages: list[dict[str, Any]] = []
        for number, (width, height) in self.numbered(request, gsrsearch, "gsrlimit"):
            scaled = min(iiurlwidth, width)
            link = self.link(request, gsrsearch, number)
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
        headers = {"x-ratelimit-remaining": "0"} if "last" in wanted else {}
        found = {"query": {"pages": pages}} if pages else {}
        return JSONResponse({"batchcomplete": True, **found}, headers=headers)
