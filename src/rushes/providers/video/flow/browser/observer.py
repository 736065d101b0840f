"""Watches what a page and its server say to each other. It only looks: nothing is changed, held or sent.

One of the two independent signs of how a generation goes; the tiles on the page are the other. A reply is
recognised by its procedure's id, and where that was renamed by what was asked (the prompt) and by its shape.
"""

import asyncio
import json
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, Response
from playwright.async_api import Error as PlaywrightError

from rushes.providers.video.flow.browser.wire import (
    COMPLAINT,
    DONE,
    NOT_FOUND,
    PREFIX,
    UNAUTHENTICATED,
    Asked,
    Record,
    Told,
    read_reply,
    read_request,
    records,
    strings,
)

LARGEST_REPLY = 8 * 1024 * 1024
PROJECT = re.compile(r"/project/([\w-]+)")
REMEMBERED = 40
"""Procedure ids kept for who looks into a failure."""


@dataclass
class Seen:
    """What was heard of one medium so far. Times are the loop's own seconds."""

    id: str
    status: int | None = None
    text: str = ""
    reason: str = ""
    urls: tuple[str, ...] = ()
    size: int | None = None
    model: str | None = None
    strings: frozenset[str] = frozenset()
    complained_at: float | None = None
    heard_at: float = 0.0
    is_video: bool = False
    heard_in: frozenset[str] = frozenset()
    """The projects on whose pages it was spoken of."""

    def take_in(self, record: Record, now: float, project: str | None) -> None:
        """Keep what is new; one reply may know less than another before it."""
        self.heard_at = now
        if project is not None:
            self.heard_in |= {project}
        if record.status is not None and self.status != DONE:  # done stays done: an older poll may come later
            if record.status != self.status:
                self.complained_at = now if record.status == COMPLAINT else None
            self.status, self.text, self.reason = record.status, record.text, record.reason
        self.urls = record.urls or self.urls
        self.size = record.size or self.size
        self.model = record.model or self.model
        self.strings |= record.strings
        self.is_video = self.is_video or record.is_video


@dataclass
class Answer:
    """What came back after a click that asks for videos: ids in the order of the takes, or why not."""

    ids: tuple[str, ...] = ()
    code: int | None = None
    text: str = ""
    reason: str = ""


@dataclass
class _Expected:
    prompt: str
    image: str | None
    known: frozenset[str]
    answer: Answer | None = None


@dataclass
class Observer:
    """What one browser session was told. `rpc` is the ids of procedures, by what they do."""

    rpc: Mapping[str, Sequence[str]]
    media: dict[str, Seen] = field(default_factory=dict[str, Seen])
    listed: dict[str, float] = field(default_factory=dict[str, float])
    """When the media of a project were last listed, by its id; the loop's own seconds."""
    gone: set[str] = field(default_factory=set[str])
    """Projects of which the server has said that there are none such."""
    images: set[str] = field(default_factory=set[str])
    """Uploads that shots are made from: a call that asks for another one's is not ours."""
    credits: int | None = None
    signed_out: bool = False
    """Whether the server has said, since somebody last signed in, that nobody is."""
    recent: deque[str] = field(default_factory=lambda: deque[str](maxlen=REMEMBERED))
    _expected: _Expected | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def attach(self, context: BrowserContext) -> None:
        """Look at every reply to the pages of a context."""
        context.on("response", self._on_response)

    def _on_response(self, response: Response) -> None:
        if response.request.resource_type in {"xhr", "fetch"}:
            task = asyncio.create_task(self._read(response))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)

    async def _read(self, response: Response) -> None:
        request = response.request
        try:
            if int(response.headers.get("content-length", 0)) > LARGEST_REPLY:
                return
            project = PROJECT.search(request.frame.url)
            text = await response.text()
            asked = read_request(request.url, request.post_data)
        except (PlaywrightError, UnicodeDecodeError, ValueError):
            return  # the page was closed or left meanwhile; the tiles tell the same
        if asked or text.lstrip().startswith(PREFIX):
            self.hear(asked, read_reply(text), project[1] if project else None)

    def hear(self, asked: Sequence[Asked], told: Iterable[Told], project: str | None = None) -> None:
        """Take in one reply to one request, made by the page of a project."""
        now = asyncio.get_running_loop().time()
        for each in told:
            self.recent.append(each.rpc if each.code is None else f"{each.rpc}={each.code}")
            if each.code == UNAUTHENTICATED:
                self.signed_out = True
            asks_for_it = any(self._is(role, each.rpc) for role in ("list", "upload", "submit"))
            if each.code == NOT_FOUND and project is not None and asks_for_it:
                self.gone.add(project)
            found = records(each.data) if each.code is None else []
            if each.code is None and project is not None and self._is("list", each.rpc):
                self.listed[project] = now
            self._hear_credits(each)
            self._hear_answer(each, found, asked)
            for record in found:
                self.media.setdefault(record.id, Seen(record.id)).take_in(record, now, project)
        self._news.set()

    def _is(self, role: str, rpc: str) -> bool:
        return rpc in self.rpc.get(role, ())

    def _hear_credits(self, told: Told) -> None:
        match told.data:
            case [int(credits), *_] if self._is("credits", told.rpc):
                self.credits = credits
            case [_, int(credits), list(), *_] if self._is("submit", told.rpc):
                self.credits = credits
            case [_, int(credits), list(), *_] if self._is("status", told.rpc):
                self.credits = credits
            case _:
                pass

    def _hear_answer(self, told: Told, found: Sequence[Record], asked: Sequence[Asked]) -> None:
        """Whether this is the reply to the click: by the procedure, or by what was asked for."""
        expected = self._expected
        if expected is None or expected.answer is not None:
            return
        named = self._is("submit", told.rpc)
        arguments = [each.argument for each in asked if each.rpc == told.rpc]
        meant = any(self._means(expected, argument) for argument in arguments)
        # Known by its name it still has to ask for this prompt, where what it asks can be read at all.
        if not meant and (arguments or not named):
            return
        if told.code is not None:
            # Only of the click itself an error says "not accepted": other calls may carry the prompt too.
            if named:
                expected.answer = Answer(code=told.code, text=told.words, reason=told.reason)
            return
        fresh = tuple(each.id for each in found if each.id not in expected.known and not each.is_bare)
        if fresh:
            expected.answer = Answer(ids=fresh)

    def _means(self, expected: "_Expected", argument: str) -> bool:
        """Whether a call asks for it. The late answer to another shot of the same prompt names its image."""
        others = self.images - {expected.image}
        return holds(argument, expected.prompt) and not any(each in argument for each in others)

    def expect(self, prompt: str, image: str | None = None) -> None:
        """From now on, watch for the reply to a click that asks for this prompt, from this upload."""
        if image is not None:
            self.images.add(image)
        self._expected = _Expected(prompt, image, frozenset(self.media))

    async def answer(self, seconds: float) -> Answer | None:
        """The reply to that click; None when none was understood so far. May be asked again."""
        expected = self._expected
        if expected is not None:
            await self.until(lambda: expected.answer is not None, seconds)
        return expected.answer if expected else None

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until it holds; False when it did not in this time."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return condition()
        return True


def holds(argument: str, prompt: str) -> bool:
    """Whether what was asked for has this prompt in it, however it is wrapped and spaced."""
    try:
        texts = tuple(strings(json.loads(argument)))
    except ValueError:
        texts = (argument,)
    wanted = normal(prompt)
    return bool(wanted) and any(wanted in normal(each) for each in texts)


def normal(text: str) -> str:
    """A text as it is compared: an editor may change its spaces, and how its accents are composed."""
    return " ".join(unicodedata.normalize("NFC", text).split())
