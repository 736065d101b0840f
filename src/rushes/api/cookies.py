"""The cookie of a session: which it is, and how it is set.

Cookies do not tell ports apart: with one name for all, two servers on one machine would sign each other
out. So a part of the installation's id is in the name.
"""

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from rushes.accounts.sessions import ABSOLUTE_DAYS

DAY_SECONDS = 24 * 3600


def cookie_name(installation: str, *, encrypted: bool) -> str:
    """Return the cookie's name: over TLS, one that only this host can set, and never without TLS."""
    return f"{'__Host-' if encrypted else ''}rushes-{installation[:8]}"


def cookie_of(scope: Scope, name: str) -> str | None:
    """Return the secret that a request's cookie has; None when there is none, or several that differ."""
    found = {
        value
        for header in Headers(scope=scope).getlist("cookie")
        for part in header.split(";")
        for key, _, value in [part.strip().partition("=")]
        if key == name
    }
    return found.pop() if len(found) == 1 else None


def set_session(response: Response, name: str, secret: str, *, encrypted: bool) -> None:
    """Give the browser a session."""
    response.set_cookie(
        name,
        secret,
        max_age=ABSOLUTE_DAYS * DAY_SECONDS,
        path="/",
        secure=encrypted,
        httponly=True,
        samesite="lax",
    )


def drop_session(response: Response, name: str, *, encrypted: bool) -> None:
    """Have the browser forget it."""
    response.delete_cookie(name, path="/", secure=encrypted, httponly=True, samesite="lax")
