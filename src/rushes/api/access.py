"""Decides who asks and whether they may, before anything of a request is read.

One place for every route: it finds the need of the route (`needs`), the person or token that asks, and the
space; it refuses with 401, 403, 404 or 429. What it found is in the request's scope, where `deps` takes it
from: a route that was not decided about has no owner.
"""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rushes.accounts.audit import Origin, write_audit
from rushes.accounts.principal import LOCAL, Principal, of_session, of_token
from rushes.accounts.roles import Need, scope_of
from rushes.accounts.throttle import Allowance, RequestCounter, network_of
from rushes.api.cookies import cookie_name, cookie_of
from rushes.api.guard import SAFE, own_site
from rushes.api.needs import need_of
from rushes.api.network import is_encrypted, networks, origin_of
from rushes.api.page import OURS
from rushes.api.problems import DATABASE_GONE, answer, problem_of
from rushes.engine.runtime import Runtime
from rushes.errors import (
    ErrorType,
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    RushesError,
    SignInNeeded,
    SystemFault,
    TooManyRequests,
)
from rushes.platform.db.acting import ACTING_USER
from rushes.settings import Settings

ASKED = "rushes.asked"
OPEN = ("docs", "help", "redoc", "openapi.json", "healthz", ".well-known")
"""First parts of paths that tell nothing of anybody: descriptions of the API, the guide, and probes."""
SPACE_HEADER = "rushes-space"
SPACE_PARAMETER = "space"
PRIVATE = ("auth", "me", "users", "spaces", "invitations", "audit", "setup", "shares")
"""Parts of the API whose answers no cache keeps."""
BEARER = "bearer "
SHARED = "/api/shared/"


@dataclass(frozen=True)
class AskedFor:
    """Who asks, what for, and from where. `principal` is None where nobody is signed in."""

    principal: Principal | None
    need: Need
    origin: Origin
    encrypted: bool
    cookie: str
    """The name of the session's cookie here."""
    secret: str | None = None
    """Of the session whose cookie the request has, valid or not."""


class Access:
    """ASGI middleware; see the module docstring."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.on = settings.accounts == "on"
        self.settings = settings
        self.trusted = networks(settings.trusted_proxies)
        self.counter = RequestCounter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with what is known of who asks."""
        if scope["type"] != "http" or str(scope["path"]).split("/")[1:2] in ([], [""]):
            await self.app(scope, receive, send)
            return
        first = str(scope["path"]).split("/")[1]
        if first not in OURS or first in OPEN:
            await self.app(scope, receive, send)
            return
        try:
            asked, allowance = await self._decide(scope)
        except RushesError as error:
            await answer(scope, problem_of(error), _headers_of(error, scope))(scope, receive, send)
            return
        except DATABASE_GONE:
            gone = SystemFault("The database does not answer.", error_type=ErrorType.DATABASE)
            await answer(scope, problem_of(gone), {"Retry-After": "5"})(scope, receive, send)
            return
        token = ACTING_USER.set(asked.principal.user_id if self.on and asked.principal else None)
        try:
            scope[ASKED] = asked  # not in a copy: what measures requests reads the route from this one
            await self.app(scope, receive, _marked(send, scope, allowance, on=self.on))
        finally:
            ACTING_USER.reset(token)

    async def _decide(self, scope: Scope) -> tuple[AskedFor, Allowance | None]:
        need = self._need(scope)
        origin = origin_of(scope, self.trusted)
        encrypted = (self.settings.public_url or "").startswith("https:") or is_encrypted(scope, self.trusted)
        if not self.on:
            return AskedFor(LOCAL, need, origin, encrypted, ""), None
        run: Runtime = scope["app"].state.run
        name = cookie_name(scope["app"].state.installation, encrypted=encrypted)
        secret = cookie_of(scope, name)
        space = _space_of(scope)
        network = f"network {network_of(origin.ip)}"
        principal, invalid = await self._principal(scope, run, secret, space)
        caller = network if principal is None else str(principal.token_id or principal.session_id)
        quota = self.settings.strangers_per_minute if principal is None else self.settings.requests_per_minute
        if principal is None and str(scope["path"]).startswith(SHARED):
            # A gallery has a hundred takes, and a network several guests; there is nothing to guess.
            caller, quota = f"guests {network}", self.settings.requests_per_minute
        allowance = self.counter.count(caller, quota)
        if allowance.exceeded:
            raise _Exceeded(allowance)
        asked = AskedFor(principal, need, origin, encrypted, name, secret)
        if need is Need.PUBLIC:
            return asked, allowance
        if principal is None:
            raise SignInNeeded(invalid or "Sign in, or send a token.", hint="Authorization: Bearer rsh_…")
        if space is not None and principal.space_id != space:
            raise NotFound("There is no such space.", hint="GET /api/spaces lists yours.")
        if lack := principal.missing(need):
            await _note_refusal(run, principal, scope, origin, lack)
            raise Forbidden(f"This needs {lack}.", hint="Ask who looks after the space, or the installation.")
        return asked, allowance

    def _need(self, scope: Scope) -> Need:
        method, path = str(scope["method"]), str(scope["path"])
        need = need_of(method, path)
        if need is None:
            # Where there is no route either, the router says so; a route that nobody declared is for admins.
            asked = {**scope, "method": "GET"} if method == "HEAD" else scope
            routes = scope["app"].router.routes
            there = any(route.matches(asked)[0] is Match.FULL for route in routes)
            need = Need.ADMIN if there else Need.SIGNED_IN
        return need

    async def _principal(
        self, scope: Scope, run: Runtime, secret: str | None, space: UUID | None
    ) -> tuple[Principal | None, str | None]:
        """Return who asks, and what is wrong with what they showed. A token goes before a cookie."""
        headers = Headers(scope=scope)
        given = headers.get("authorization", "")
        if given.lower().startswith(BEARER):
            found = await of_token(run, given[len(BEARER) :].strip())
            return found, None if found else "This token is not valid (any more)."
        if secret is None:
            return None, None
        if scope["method"] not in SAFE and not own_site(headers.get("host", ""), headers, proven=True):
            # A cookie comes along with what other sites ask for.
            raise Forbidden(
                "A change that a cookie vouches for must come from a page of this server.",
                hint="Programs use a token: Authorization: Bearer rsh_…",
            )
        found = await of_session(run, secret, space)
        return found, None if found else "This session has ended."


class _Exceeded(TooManyRequests):
    """With what the caller may ask for."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__("Too many requests in a minute.", after=max(1.0, allowance.reset))
        self.allowance = allowance


def _space_of(scope: Scope) -> UUID | None:
    """Return the space that is asked about, and take it out of the query: routes know no such parameter."""
    query = parse_qsl(bytes(scope["query_string"]).decode("latin-1"), keep_blank_values=True)
    named = [value for key, value in query if key == SPACE_PARAMETER]
    if named:
        rest = [(key, value) for key, value in query if key != SPACE_PARAMETER]
        scope["query_string"] = urlencode(rest).encode("latin-1")
    given = Headers(scope=scope).get(SPACE_HEADER) or (named[-1] if named else None)
    if not given:
        return None
    try:
        return UUID(given)
    except ValueError:
        message = "This is not the id of a space."
        raise Invalid(message, [Fault(SPACE_PARAMETER, message, "not_an_id")]) from None


async def _note_refusal(run: Runtime, asked: Principal, scope: Scope, origin: Origin, lack: str) -> None:
    async with run.db.statement() as session:
        await write_audit(
            session,
            "refused",
            user=asked.user_id,
            token=asked.token_id,
            space=asked.space_id,
            ip=origin.ip,
            target=f"{scope['method']} {scope['path']}",
            needed=lack,
        )


def _headers_of(error: RushesError, scope: Scope) -> dict[str, str]:
    headers: dict[str, str] = {"Cache-Control": "no-store"}
    if isinstance(error, SignInNeeded):
        headers["WWW-Authenticate"] = 'Bearer realm="rushes"'
    elif isinstance(error, Forbidden):
        need = need_of(str(scope["method"]), str(scope["path"]))
        scope_needed = None if need is None else scope_of(need)
        if scope_needed is not None:
            headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{scope_needed}"'
    elif isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(math.ceil(error.after))
        if isinstance(error, _Exceeded):
            headers |= _rate_limit(error.allowance)
    return headers


def _rate_limit(allowance: Allowance) -> dict[str, str]:
    left, reset = max(0, allowance.left), math.ceil(allowance.reset)
    return {
        "RateLimit-Policy": f'"default";q={allowance.quota};w=60',
        "RateLimit": f'"default";r={left};t={reset}',
    }


def _marked(
    send: Send, scope: Scope, allowance: Allowance | None, *, on: bool
) -> Callable[[Message], Awaitable[None]]:
    private = on and (*str(scope["path"]).split("/"), "", "")[2] in PRIVATE

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if private:
                headers["Cache-Control"] = "no-store"
            if on:
                headers.add_vary_header("Cookie")
                headers.add_vary_header("Authorization")
                headers.add_vary_header("Rushes-Space")
            if allowance is not None:
                for key, value in _rate_limit(allowance).items():
                    headers[key] = value
        await send(message)

    return marked


def asked_of(scope: Scope) -> AskedFor:
    """Return what was decided about a request. Raises `KeyError` for one that nobody decided about."""
    return cast("AskedFor", scope[ASKED])
