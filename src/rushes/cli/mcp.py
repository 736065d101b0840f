"""`rushes mcp`: the tools for agents, over standard input and output."""

import asyncio
import os
import sys
from importlib import import_module
from typing import Annotated

import typer

from rushes.cli._environment import load_settings
from rushes.cli._exit import Code, exit_with
from rushes.cli._listen import address, answers_as_rushes
from rushes.cli._login import load_login
from rushes.cli._output import print_note

TOKEN = "RUSHES_TOKEN"  # noqa: S105  # the name of the variable, not a token


def mcp(
    url: Annotated[
        str | None,
        typer.Option(
            help="The server that does the work; left out: where you are signed in (`rushes login`), else"
            " the one of this installation.",
            envvar="RUSHES_URL",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Serve the tools for agents on standard input and output (Model Context Protocol).

    A program such as an editor or an assistant starts this and speaks to it. The work is done by a server
    that runs: `rushes up`. Where it has accounts, sign in first (`rushes login URL`), or let RUSHES_TOKEN
    hold a token.

    [bold]Examples[/bold]
    $ rushes mcp
    $ RUSHES_TOKEN=rsh_… rushes mcp --url https://rushes.example.com
    """
    token, login = os.environ.get(TOKEN), load_login()
    if url is None and login is not None:
        url, token = login.url, token or login.token
    if url is None:
        settings = load_settings()
        url = address(settings.host, settings.port)
        if not answers_as_rushes(url):
            print_note(f"Rushes does not answer at {url} yet. Start it: rushes up", "yellow")
    if sys.stdin.isatty():
        print_note("A program has to start this: docs/guide/agents.md. Ctrl + C ends it.")
    asyncio.run(import_module("rushes.mcp.stdio").serve(url.rstrip("/"), token))
    exit_with(Code.DONE)
