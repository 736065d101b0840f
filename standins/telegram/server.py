"""The Bot API: sendDocument, getFile, deleteMessage and the download of files (Bot API 10).

Facts it keeps: bots fetch 20 MiB at most and send 50 MB; too many messages are answered with
`retry_after`; a `file_path` works for a time; a `file_id` belongs to one bot; the token is in every address,
with its colon encoded or not.
"""

import asyncio
import itertools
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from standins._server import cut_short, reset, serve_app

TOKEN = "8114563:AAF-a-token-of-the-stand-in"
CHAT = "-1001999"
MOST_DOWNLOAD = 20 << 20
MOST_UPLOAD = 50_000_000


class Fault(StrEnum):
    """How a call breaks."""

    INTERNAL = "internal"
    RESET = "reset"
    SILENT = "silent"
    CUT = "cut"
    WRONG_BYTES = "wrong_bytes"
    EXPIRED = "expired"
    CHANGED = "changed"


@dataclass
class Posted:
    """A document in the chat."""

    message_id: int
    name: str
    data: bytes
    fields: dict[str, str]


@dataclass
class Telegram:
    """A chat and a bot. `calls` has every call in order; `times` when each document was posted."""

    url: str = ""
    messages: dict[int, Posted] = field(default_factory=dict[int, Posted])
    calls: list[str] = field(default_factory=list[str])
    times: list[float] = field(default_factory=list[float])
    floods: list[int] = field(default_factory=list[int])
    """`retry_after` of refusals to come, seconds."""
    waits_ignored: int = 0
    """Calls that came before the wait was over."""
    faults: list[tuple[Fault, str]] = field(default_factory=list[tuple[Fault, str]])
    """What breaks, and on which method (`file` is the download)."""
    path_seconds: float = 3600.0
    _paths: dict[str, tuple[int, float]] = field(default_factory=dict[str, tuple[int, float]])
    _count: Any = field(default_factory=lambda: itertools.count(1))
    _blocked_until: float = 0.0

    def take_fault(self, method: str) -> Fault | None:
        """The fault that this call meets."""
        for each in self.faults:
            if each[1] in (method, "*"):
                self.faults.remove(each)
                return each[0]
        return None

    def down(self, times: int = 1000) -> None:
        """Answer nothing for so many calls."""
        self.faults = [(Fault.INTERNAL, "*")] * times

    @property
    def names(self) -> list[str]:
        """The names of what is in the chat."""
        return [each.name for each in self.messages.values()]

    def next_id(self) -> int:
        """A number that was not used before."""
        return next(self._count)

    def flooded(self) -> int | None:
        """The wait that this message is refused with."""
        now = time.monotonic()
        if now < self._blocked_until:
            self.waits_ignored += 1
            return max(1, round(self._blocked_until - now))
        if self.floods:
            wait = self.floods.pop(0)
            self._blocked_until = now + wait * 0.95
            return wait
        return None

    def new_path(self, message_id: int) -> str:
        """An address for the bytes of a message, for a time."""
        path = f"documents/file_{self.next_id()}.bin"
        self._paths[path] = (message_id, time.monotonic() + self.path_seconds)
        return path

    def data_at(self, path: str) -> bytes | None:
        """The bytes at an address, while it works."""
        message_id, until = self._paths.get(path, (0, 0.0))
        posted = self.messages.get(message_id)
        return posted.data if posted and time.monotonic() < until else None


@contextmanager
def serve_telegram() -> Generator[Telegram]:
    """Serve on a free port."""
    telegram = Telegram()
    with serve_app(make_app(telegram)) as url:
        telegram.url = url
        yield telegram


def make_app(telegram: Telegram) -> FastAPI:
    """The API and the files."""
    app = FastAPI(openapi_url=None)

    @app.post("/bot{token}/{method}")
    async def call(token: str, method: str, request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        telegram.calls.append(method)
        if token != TOKEN:  # Starlette has decoded %3A
            return _no(401, "Unauthorized")
        fault = telegram.take_fault(method)
        broken = await _break(request, fault)
        if broken is not None:
            return broken
        form = await request.form(max_part_size=60_000_000)
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        if method == "sendDocument":
            answer = await _send(telegram, form, fields)
        elif method == "getFile":
            answer = _get_file(telegram, fields)
        elif method == "deleteMessage":
            answer = _delete(telegram, fields)
        else:
            answer = _no(404, "Not Found")
        if fault is Fault.CHANGED:
            return JSONResponse({"ok": True, "result": {"surprise": 1}})
        return answer

    @app.get("/file/bot{token}/{path:path}")
    async def download(token: str, path: str, request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        telegram.calls.append("file")
        if token != TOKEN:
            return _no(401, "Unauthorized")
        fault = telegram.take_fault("file")
        broken = await _break(request, fault)
        if broken is not None:
            return broken
        data = telegram.data_at(path)
        if data is None or fault is Fault.EXPIRED:
            return _no(404, "Not Found")
        if fault is Fault.CUT:
            return cut_short(request, data, "application/octet-stream")
        if fault is Fault.WRONG_BYTES:
            data = data[:-1] + bytes([data[-1] ^ 0xFF])
        return Response(data, media_type="application/octet-stream")

    return app


async def _break(request: Request, fault: Fault | None) -> Response | None:
    if fault is Fault.INTERNAL:
        return _no(502, "Bad Gateway")
    if fault is Fault.RESET:
        return await reset(request)
    if fault is Fault.SILENT:
        await asyncio.sleep(60)
    return None


async def _send(telegram: Telegram, form: Any, fields: dict[str, str]) -> Response:
    wait = telegram.flooded()
    if wait is not None:
        return _no(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
    if fields.get("chat_id") != CHAT:
        return _no(400, "Bad Request: chat not found")
    document = form["document"]
    data: bytes = await document.read()
    if len(data) > MOST_UPLOAD:
        return _no(413, "Request Entity Too Large")
    number = telegram.next_id()
    telegram.messages[number] = Posted(number, document.filename, data, fields)
    telegram.times.append(time.monotonic())
    about = {"file_id": f"BQAC{number}", "file_unique_id": f"AgAD{number}", "file_size": len(data)}
    return _yes({"message_id": number, "date": 1, "chat": {"id": int(CHAT)}, "document": about})


def _get_file(telegram: Telegram, fields: dict[str, str]) -> Response:
    file_id = fields["file_id"]
    number = int(file_id.removeprefix("BQAC"))
    if number not in telegram.messages:
        return _no(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    size = len(telegram.messages[number].data)
    if size > MOST_DOWNLOAD:
        return _no(400, "Bad Request: file is too big")
    return _yes(
        {
            "file_id": file_id,
            "file_unique_id": f"AgAD{number}",
            "file_size": size,
            "file_path": telegram.new_path(number),
        }
    )


def _delete(telegram: Telegram, fields: dict[str, str]) -> Response:
    if telegram.messages.pop(int(fields["message_id"]), None) is None:
        return _no(400, "Bad Request: message to delete not found")
    return _yes(True)


def _yes(result: object) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _no(status: int, description: str, parameters: dict[str, int] | None = None) -> Response:
    said: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return JSONResponse(said | ({"parameters": parameters} if parameters else {}), status)
