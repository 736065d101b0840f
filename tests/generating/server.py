"""The stand-in server: it speaks and writes, keeps books of what it would bill, and breaks as it is told.

Words in the text say how it answers:

    [slow:S]       after S seconds
    [late:S]       accepts at once, answers after S seconds
    [429:S]        the first call is told to come again in S seconds (also [429] of every call)
    [503]          "overloaded", which is documented as not accepted; the first time only
    [500]          accepted, and the answer is a 500
    [refuse]       will not make this
    [403]          "You may not do this.", without a reason
    [hangup]       accepted, and the connection is broken instead of an answer
    [truncated]    accepted, and half of the answer is sent
    [broken]       a whole answer with half a WAV in it
    [words:S E]    of speech: one word, from S to E
    [nothing]      of a script: an answer that the provider does not expect
    [odd]          of a script: a title with characters that no row takes
    [useless] [declined] [limited] [failed]    of a script: billed and of no use; the last not billed
    [401]          the key is not taken
"""

import asyncio
import io
import json
import re
import struct
import threading
import wave
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from standins._server import cut_short, reset, serve_app

RATE = 8000
SCRIPT_COST = "0.25"


def sound(seconds: float = 1.0) -> bytes:
    """A WAV of a tone that is no tone: it only has to be heard."""
    into = io.BytesIO()
    with wave.open(into, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        samples = [(n * 37) % 2000 - 1000 for n in range(round(seconds * RATE))]
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return into.getvalue()


@dataclass
class Books:
    """What the server has accepted and would bill: idempotency keys and texts, in their order."""

    keys: list[str] = field(default_factory=list[str])
    texts: list[str] = field(default_factory=list[str])
    answered: set[str] = field(default_factory=set[str])
    asked: Counter[str] = field(default_factory=Counter[str])
    secrets: list[str] = field(default_factory=list[str])
    most_at_once: int = 0
    at_once: int = 0

    @property
    def unanswered(self) -> set[str]:
        """Accepted, and no whole answer has gone out."""
        return set(self.keys) - self.answered


@dataclass
class Server:
    """The stand-in, where it is, and its books."""

    url: str = ""
    books: Books = field(default_factory=Books)
    gate: threading.Event = field(default_factory=threading.Event)
    """[gated] answers wait for it."""


def _refusal(text: str, asked: int, secret: str) -> Response | None:
    """What it answers instead of accepting."""
    if "[401]" in text or secret.startswith("bad"):
        return JSONResponse({"message": "The key is not taken."}, 401)
    limited = re.search(r"\[429(?::([\d.]+))?\]", text)
    if limited and (limited[1] is None or asked == 1):
        return JSONResponse({"message": "Too many."}, 429, {"retry-after": limited[1] or "0.2"})
    if "[503]" in text and asked == 1:
        return JSONResponse({"message": "Overloaded.", "reason": "overloaded"}, 503)
    if "[403]" in text:
        return JSONResponse({"message": "You may not do this."}, 403)
    if "[refuse]" in text:
        return JSONResponse({"message": "It will not say this.", "reason": "refused"}, 400)
    return None


def make_app(server: Server) -> FastAPI:
    """The application."""
    app = FastAPI()
    books = server.books

    async def accepted(request: Request, body: dict[str, str], whole: bytes, media_type: str) -> Response:
        key, text = body["key"], body["text"]
        books.asked[text] += 1
        secret = request.headers["authorization"].removeprefix("Bearer ")
        if match := re.search(r"\[slow:([\d.]+)\]", text):
            await asyncio.sleep(float(match[1]))
        if (refusal := _refusal(text, books.asked[text], secret)) is not None:
            return refusal
        books.keys.append(key)
        books.texts.append(text)
        books.secrets.append(secret)
        books.at_once += 1
        books.most_at_once = max(books.most_at_once, books.at_once)
        try:
            if match := re.search(r"\[late:([\d.]+)\]", text):
                await asyncio.sleep(float(match[1]))
            while "[gated]" in text and not server.gate.is_set():
                await asyncio.sleep(0.02)
        finally:
            books.at_once -= 1
        once = books.asked[text] == 1
        if "[500]" in text and once:
            return JSONResponse({"message": "Something broke."}, 500)
        if "[hangup]" in text and once:
            return await reset(request)
        if "[truncated]" in text and once:
            return cut_short(request, whole, media_type)
        books.answered.add(key)
        if "[broken]" in text:
            whole = whole[: len(whole) // 2]
        return Response(whole, media_type=media_type, headers=_told(text))

    @app.post("/speech")
    async def speech(request: Request, body: dict[str, str]) -> Response:
        return await accepted(request, body, sound(), "audio/wav")

    @app.post("/script")
    async def script(request: Request, body: dict[str, str]) -> Response:
        title = "A\x00film\x1b \u200fשלום" if "[odd]" in body["text"] else "A film"
        answer = {"cost": SCRIPT_COST, "draft": {"title": title, "sections": [{"narration": "Words."}]}}
        if "[nothing]" in body["text"]:
            answer["draft"] = {"title": "A film", "sections": []}
        for word in ("useless", "declined", "limited", "failed"):
            if f"[{word}]" in body["text"]:
                answer[word] = "yes"
        return await accepted(request, body, json.dumps(answer).encode(), "application/json")

    return app


def _told(text: str) -> dict[str, str]:
    match = re.search(r"\[cost:([\d.]+)\]", text)
    return {"x-cost": match[1]} if match else {}


@contextmanager
def serving() -> Generator[Server]:
    """A server on loopback."""
    server = Server()
    with serve_app(make_app(server)) as url:
        server.url = url
        yield server
