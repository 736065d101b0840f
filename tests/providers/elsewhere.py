"""Another host, to which a download may lead: it notes what it is shown."""

from collections.abc import Generator
from contextlib import contextmanager

from fastapi import FastAPI, Request
from standins._server import serve_app


@contextmanager
def another_host() -> Generator[tuple[str, list[dict[str, str]]]]:
    """Its port, for a tag, and the headers of everything that was asked of it."""
    seen: list[dict[str, str]] = []
    app = FastAPI()

    @app.get("/clip/{name:path}")
    async def clip(request: Request, name: str) -> str:
        seen.append(dict(request.headers))
        return name

    assert clip
    with serve_app(app) as url:
        yield url.rpartition(":")[2], seen
