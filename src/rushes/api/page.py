"""Serves the built web page at `/`: its files, and the page itself for every other address.

A checkout without a built page serves the API alone, as before.
"""

import asyncio
from pathlib import Path
from stat import S_ISREG

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

BUILT = Path(__file__).parent / "static"
SHARED = "share.html"
"""The page behind share links (`/s/…`): apart, small, and without anything of the rest."""
PACKED = ".gz"
"""What the build packs beside a file, under its name with this ending."""
_NOT_FOUND = 404
OURS = ("api", "v1", "docs", "help", "redoc", "openapi.json", "healthz", "metrics", "mcp", ".well-known")
"""First parts of paths that the page has no part in: programs look there, and a page would mislead them."""
_PREVIEWS = (
    "https://upload.wikimedia.org",
    "https://api.openverse.org",
    "https://images.pexels.com",
    "https://images.unsplash.com",
)
"""Where the previews of found pictures come from that their libraries allow to be shown in place."""
_POLICY = "; ".join(
    (
        "default-src 'self'",
        f"img-src 'self' blob: data: {' '.join(_PREVIEWS)}",
        "media-src 'self' blob:{media}",
        "style-src 'self' 'unsafe-inline'",  # styles that are computed: places in a scrolled list, progress
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)


def mount_page(app: FastAPI, built: Path = BUILT, *, media: str = "") -> None:
    """Serve the page from the folder `built`, if it has been built. Call it after the API's routes.

    `media` is where else videos may come from: the bucket, when it is asked for them directly.
    """
    if (built / "index.html").is_file():
        files = _Files(directory=built, html=True)
        files.policy = _POLICY.format(media=f" {media}" if media else "")
        app.router.routes.append(_Elsewhere("/", app=files, name="page"))


class _Elsewhere(Mount):
    """Everything that is not the API's. A plain mount would also answer the API's wrong methods."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match every path but those of the API."""
        path = str(scope["path"])
        if path.split("/")[1] in OURS:
            return Match.NONE, {}
        return super().matches(scope)


class _Files(StaticFiles):
    """Built files; a path that is none of them is a place within the page."""

    policy: str

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file; for a path of the page's own router, the page."""
        shared = path.startswith("s/") and (Path(self.directory or "") / SHARED).is_file()
        if shared:
            path = SHARED
        try:
            response = await self._packed(path, scope) or await super().get_response(path, scope)
        except HTTPException as error:
            missing_file = "." in path.rsplit("/", 1)[-1]
            if error.status_code != _NOT_FOUND or missing_file:
                raise
            response = await super().get_response("index.html", scope)
        if path.startswith("assets/"):  # named by their content
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "no-cache"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Content-Security-Policy"] = self.policy
        response.headers["Referrer-Policy"] = "same-origin"
        if shared:  # its address has a secret
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    async def _packed(self, path: str, scope: Scope) -> Response | None:
        """Return what the build has packed beside the file, for a client that takes it packed."""
        if "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return None
        found, stat = await asyncio.to_thread(self.lookup_path, f"{path}{PACKED}")
        if stat is None or not S_ISREG(stat.st_mode):
            return None
        response = self.file_response(found, stat, scope)  # its media type is that of the unpacked file
        response.headers["Content-Encoding"] = "gzip"
        return response
