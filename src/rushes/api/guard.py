"""What every request goes through first: is it meant for us, and may this site ask.

A server on a laptop is within reach of every web page its user opens. A page of another site may send
requests here (so those that change something must come from our own pages), and may point a name of its
own at this address to be taken for us (so the name asked for must be one we know).
"""

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rushes.api.problems import Problem, answer, problem
from rushes.settings import Settings

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Rushes-Space, Range, Last-Event-ID",
    "Access-Control-Max-Age": "600",
}
EXPOSED = "Content-Disposition, Content-Length, Content-Range, ETag, RateLimit, RateLimit-Policy, Retry-After"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
DOCS_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",  # the one script in the page of FastAPI that starts it
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
"""What the pages of the API's documentation may load; the page has a stricter policy of its own."""


class Guard:
    """ASGI middleware; see the module docstring."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.hosts = {each.lower() for each in (*settings.allowed_hosts, settings.host)}
        if settings.public_url:
            self.hosts.add(urlsplit(settings.public_url).hostname or "")
        # Without accounts a token proves nothing: no other site is let in.
        self.origins = frozenset(settings.cors_origins if settings.accounts == "on" else ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on and answer with headers that keep browsers careful."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "").lower()
        friend = origin if origin in self.origins else None
        if refusal := self._refusal(str(scope["method"]), headers, friend):
            await answer(scope, refusal)(scope, receive, send)
        elif friend and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=204, headers=_cors(friend) | PREFLIGHT)(scope, receive, send)
        else:
            await self.app(scope, receive, _careful(send, str(scope["path"]), friend))

    def _refusal(self, method: str, headers: Headers, friend: str | None) -> Problem | None:
        host = headers.get("host", "")
        if not self._known(host):
            return problem(
                421,
                "unknown_host",
                "Not served here",
                f"This server is not known as {host!r}.",
                hint="Ask for it by its address, or add the name to RUSHES_ALLOWED_HOSTS.",
            )
        has_token = headers.get("authorization", "").lower().startswith("bearer ")
        if method not in SAFE and not (friend and has_token) and not own_site(host, headers):
            return problem(
                403,
                "other_site",
                "Refused to another site",
                "A page of another site asked for a change here; only pages of this server may.",
                hint=_why_other(host, headers),
            )
        return None

    def _known(self, host: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        if "*" in self.hosts or name in self.hosts or name == "localhost" or name.endswith(".localhost"):
            return True
        try:
            # An address cannot be pointed elsewhere, as a name can.
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def own_site(host: str, headers: Headers, *, proven: bool = False) -> bool:
    """Return whether a request comes from a page of this server, or from no page; `proven`: not from none."""
    if proven and not {"origin", "sec-fetch-site"} & set(headers.keys()):
        return False
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return False
    origin = headers.get("origin")
    try:
        # Not the scheme: a proxy may speak TLS for us.
        return origin is None or urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:  # no address at all: `http://[`
        return False


def _why_other(host: str, headers: Headers) -> str:
    """Return which header made it another site's, and what a reverse proxy has to be told."""
    site = headers.get("sec-fetch-site", "none")
    if site not in ("none", "same-origin"):
        return f"The browser says so (Sec-Fetch-Site: {site}). Programs send no such header, and may."
    return (
        f"The header Origin names {headers.get('origin', '')!r}, the header Host {host!r}. Behind a reverse"
        " proxy: have it pass on Host as the browser sent it (nginx: proxy_set_header Host $http_host;)."
    )


def _cors(origin: str) -> dict[str, str]:
    """What lets a page of another site see an answer: never with cookies, so only what a token may."""
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


def _careful(send: Send, path: str, friend: str | None) -> Callable[[Message], Awaitable[None]]:
    async def careful(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Cross-Origin-Resource-Policy"] = "cross-origin" if friend else "same-origin"
            if friend:
                headers["Access-Control-Allow-Origin"] = friend
                headers["Access-Control-Expose-Headers"] = EXPOSED
                headers.add_vary_header("Origin")
            if path.split("/")[1] == "docs":
                headers["Content-Security-Policy"] = DOCS_POLICY
        await send(message)

    return careful
