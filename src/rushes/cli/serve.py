"""`rushes up` and `rushes api`: stay until told to stop, then stop cleanly."""

import asyncio
import signal
from types import FrameType
from typing import Annotated

import typer
from fastapi import FastAPI

from rushes.api.app import create_app
from rushes.api.server import make_server
from rushes.cli._environment import load_settings
from rushes.cli._exit import Code, exit_with
from rushes.cli._listen import address, listen, refuse_public_address
from rushes.cli._logs import log_to_stderr
from rushes.cli._output import print_note
from rushes.platform.private import keep_files_private

HostOption = Annotated[
    str | None, typer.Option(help="Address to listen on. Left out: RUSHES_HOST.", show_default=False)
]
PortOption = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Port to listen on. Left out: RUSHES_PORT.", show_default=False),
]
InsecureOption = Annotated[
    bool,
    typer.Option(
        "--insecure",
        help="Listen beyond this machine, although whoever reaches Rushes there may do everything.",
    ),
]
STOP = (signal.SIGTERM, signal.SIGINT)


def up(host: HostOption = None, port: PortOption = None, insecure: InsecureOption = False) -> None:
    """Run everything in one process: the API and a worker.

    Ctrl-C stops it; jobs continue next time.

    [bold]Examples[/bold]
    $ rushes up
    $ rushes up --port 9000
    """
    exit_with(_serve(host, port, insecure, with_worker=True))


def api(host: HostOption = None, port: PortOption = None, insecure: InsecureOption = False) -> None:
    """Run only the API. Run `rushes worker` too.

    [bold]Example[/bold]
    $ rushes api --port 9000
    """
    exit_with(_serve(host, port, insecure, with_worker=False))


def _serve(host: str | None, port: int | None, insecure: bool, *, with_worker: bool) -> int:
    """Run the API, with a worker beside it if asked, until SIGTERM or Ctrl-C."""
    given = {"host": host, "port": port, "insecure": insecure or None}
    settings = load_settings().model_copy(update={k: v for k, v in given.items() if v is not None})
    refuse_public_address(settings)
    log_to_stderr(settings.log_level)
    keep_files_private()
    # The server raises the signal that stopped it again when it is done; by then it has done its work.
    for each in STOP:
        signal.signal(each, _already_stopping)
    with listen(settings) as listener:
        app = create_app(settings, with_worker=with_worker)
        server = make_server(app, settings)
        url = address(settings.host, settings.port)
        server.on_started = lambda: print_note(f"Rushes is running. Open {url}  (Ctrl-C stops it)")
        asyncio.run(server.serve(sockets=[listener]))
    return Code.DONE if server.started else Code.FAILED


def _already_stopping(_number: int, _frame: FrameType | None) -> None:
    """For the moment after the server has stopped by this signal."""


def dev_app() -> FastAPI:
    """The API and a worker, for a server that reloads them at every change (`make dev`)."""
    settings = load_settings()
    log_to_stderr(settings.log_level)
    return create_app(settings, with_worker=True)
