"""Signs a person in for one command: what no token may do (tokens, members) takes their password."""

import contextlib
import sys
from collections.abc import Generator
from uuid import UUID

import typer

from rushes.accounts.views import SpaceView
from rushes.cli._login import load_login
from rushes.cli._remote import RemoteServer, find_by_start
from rushes.errors import Fault, Invalid

LONGEST_LINE = 1024


def ask_secret(what: str) -> str:
    """Return a secret: typed unseen, or the first line that is piped; never an argument."""
    if sys.stdin.isatty():
        return typer.prompt(what, hide_input=True, default="", show_default=False, err=True)
    return sys.stdin.readline(LONGEST_LINE).strip()


def ask_line(what: str) -> str:
    """Return what is typed. Raises `Invalid` where there is nobody to ask."""
    if sys.stdin.isatty():
        return typer.prompt(what, err=True)
    raise Invalid("Nobody is here to ask.", [Fault("--email", f"Give it: {what.lower()}.", "missing")])


@contextlib.contextmanager
def session_of(url: str, email: str) -> Generator[RemoteServer]:
    """The server with a session of this person, which ends with the block. Raises `SignInNeeded`."""
    server = RemoteServer(url)
    password = ask_secret(f"Password of {email}")
    server.ask("POST", "/api/auth/login", json={"email": email, "password": password})
    try:
        yield server
    finally:
        server.ask("POST", "/api/auth/logout")


@contextlib.contextmanager
def person_of(email: str | None) -> Generator[RemoteServer]:
    """A session at the server of the login, of its person or the one named."""
    login = load_login()
    if login is None:
        raise Invalid("You are not signed in to a server.", hint="rushes login URL")
    with session_of(login.url, email or login.email or ask_line("Mail address")) as server:
        yield server


def space_named(server: RemoteServer, given: str) -> UUID:
    """Return one of one's spaces, by name or id. Raises `NotFound`, or `Invalid` when several fit."""
    known = [(each.id, each.name) for each in server.get("/api/spaces", list[SpaceView])]
    return find_by_start(given, known, "space", "`rushes spaces list` lists yours.")
