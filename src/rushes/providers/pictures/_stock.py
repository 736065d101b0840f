"""What sources of pictures on the web share: searched politely, answers kept, files bounded and looked at.

A source says how a search is asked and what an answer means; here are its limits (read from headers, waited
for without asking again), the cache, the User-Agent, and the download: a picture that is a page (a login, an
error) is none, whatever its header says.
"""

import asyncio
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import ClassVar, TypeVar
from uuid import UUID

import httpx2
from pydantic import BaseModel, ValidationError

from rushes import __version__
from rushes.errors import ActionNeeded, ErrorType, Expired, Fault, Invalid, RetryLater
from rushes.providers.base import BaseLimits, Credential
from rushes.providers.bodies import ANSWER_BYTES
from rushes.providers.http import Api, Client, Trouble, parse
from rushes.providers.links import LinkSettings
from rushes.providers.picture_contract import (
    Candidate,
    PictureFile,
    PictureForm,
    PictureOptions,
    PictureProvider,
    PictureQuery,
)
from rushes.providers.pictures._plain import plain
from rushes.providers.pictures._search_cache import DAY, SearchCache
from rushes.providers.reading import number_in, retry_after

MIB = 1024 * 1024
PHOTO_BYTES = 60 * MIB
CLIP_BYTES = 1024 * MIB
MOST_PAGES = 50
HEAD_BYTES = 16
ShapeT = TypeVar("ShapeT", bound=BaseModel)
SettingsT = TypeVar("SettingsT", bound=LinkSettings)


class StockOptions(PictureOptions, frozen=True):
    """It has none: a source is searched."""


class SourcePace:
    """When a source may be asked again, by its own headers; for each key. Times are monotonic seconds."""

    def __init__(self, window: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._window = window
        self._clock = clock
        self._until: dict[UUID | None, float] = {}

    def wait(self, key: UUID | None) -> float:
        """Return the seconds until the next request may be made; 0 for now."""
        return max(0.0, self._until.get(key, 0.0) - self._clock())

    def note(self, key: UUID | None, response: httpx2.Response) -> None:
        """Read what an answer says of the limit: nothing is left, or not so fast."""
        left = [
            number
            for name, value in response.headers.items()
            if name.lower().startswith(("x-ratelimit-remaining", "x-ratelimit-available"))
            and (number := number_in(value)) is not None
        ]
        if response.status_code != 429 and not any(each < 1 for each in left):
            return
        self._until[key] = self._clock() + self.named_wait(response)

    def named_wait(self, response: httpx2.Response) -> float:
        """Return how long to wait: as the answer says, else the window of the limit."""
        if (after := retry_after(response)) is not None:
            return min(after, DAY)
        reset = number_in(response.headers.get("x-ratelimit-reset", ""))
        if reset is None:
            return self._window
        if reset > 1e9:  # a time, not a wait
            reset -= time.time()
        return min(max(1.0, reset), DAY)


class Stock(PictureProvider[StockOptions, SettingsT]):
    """Base of the sources. A subclass has `home`, `_ask`, `_candidates` and what differs from the usual."""

    limits: ClassVar[BaseLimits] = BaseLimits(concurrency=2)
    Options = StockOptions
    reports_first_byte: ClassVar[bool] = True
    window_seconds: ClassVar[float] = 3600.0
    """Of its rate limit, where an answer does not say when it ends."""
    most_count: ClassVar[int] = 50
    most_query: ClassVar[int] = 200
    cache_seconds: ClassVar[float] = DAY

    def __init__(self, settings: SettingsT) -> None:
        super().__init__(settings)
        self.cache = SearchCache(self.cache_seconds)
        self.pace = SourcePace(self.window_seconds)

    @property
    @abstractmethod
    def home(self) -> str:
        """Its address, without a slash at the end."""

    @property
    def user_agent(self) -> str:
        """Who asks."""
        return f"Rushes/{__version__} (self-hosted video studio) httpx2/{httpx2.__version__}"

    @cached_property
    def client(self) -> Client:
        """The connections; made when first used."""
        client = Client(self.settings, ANSWER_BYTES)
        client.headers["user-agent"] = self.user_agent
        return client

    async def close(self) -> None:
        """Close them, if any were made."""
        if "client" in vars(self):
            await self.client.aclose()

    def _headers(self, credential: Credential | None) -> Mapping[str, str]:
        return {}

    def _api(self, credential: Credential | None) -> Api:
        secret = credential.secret if credential else ""
        headers = self._headers(credential)
        return Api(
            self.client, self.title, self.home, headers, secret=secret, read=_read, refine=self._refine
        )

    def _refine(self, trouble: Trouble) -> ActionNeeded | None:
        """The error where the source has words of its own for it."""
        return None

    async def search(self, query: PictureQuery) -> tuple[Candidate, ...]:
        """Search, or give what the same search gave before. Raises `RetryLater` while its limit holds."""
        if query.form not in self.searched:
            raise Invalid(
                f"{self.title} has no {query.form}s.", [Fault("form", "Choose the other.", "not_supported")]
            )
        text = " ".join(query.text.lower().split())[: self.most_query].strip()
        if not text:
            raise Invalid("There is nothing to search for.", [Fault("text", "Write some words.", "empty")])
        if not 1 <= query.page <= MOST_PAGES:
            raise Invalid(
                f"There are {MOST_PAGES} pages.", [Fault("page", "Choose another.", "out_of_range")]
            )
        count = max(1, min(query.count, self.most_count))
        query = PictureQuery(
            text, query.width, query.height, query.form, query.language, count, query.page, query.credential
        )
        path, params = self._ask(query)
        response = self.cache.get(path, params)
        if response is not None:
            return tuple(self._candidates(response, query))[:count]
        response = await self.look(path, query.credential, params)
        found = tuple(self._candidates(response, query))[:count]
        self.cache.put(path, params, response)  # an answer that is not understood is not kept
        return found

    async def look(
        self, path: str, credential: Credential | None, params: Mapping[str, str]
    ) -> httpx2.Response:
        """One request that costs nothing but is counted. Raises `RetryLater` with the wait."""
        key = credential.id if credential else None
        if (wait := self.pace.wait(key)) > 0:
            raise self._limit(wait)
        api = self._api(credential)
        response = await api.look(
            "GET", path, step="search", expect=lambda trouble: trouble.status == 429, params=dict(params)
        )
        self.pace.note(key, response)
        if response.status_code == 429:
            raise self._limit(self.pace.wait(key))
        return response

    def _limit(self, wait: float) -> RetryLater:
        return RetryLater(
            f"{self.title} may be searched again in {wait:.0f} seconds.",
            error_type=ErrorType.RATE_LIMITED,
            after=wait,
        )

    @abstractmethod
    def _ask(self, query: PictureQuery) -> tuple[str, Mapping[str, str]]:
        """The path and the parameters of a search."""

    @abstractmethod
    def _candidates(self, response: httpx2.Response, query: PictureQuery) -> list[Candidate]:
        """What an answer holds; what cannot be used is left out."""

    async def fetch(self, candidate: Candidate, into: Path, credential: Credential | None) -> PictureFile:
        """Download the file. A page in its place (a login, an error) or a link that is over is `Expired`."""
        url = candidate.data.get("url", "")
        if not url:
            raise Expired(f"{self.title} gave no link to this picture", step="download", hint=AGAIN)
        media_type = await self.download(url, into, candidate.form, credential)
        return PictureFile(into, media_type, candidate.attribution)

    async def download(self, url: str, into: Path, form: PictureForm, credential: Credential | None) -> str:
        """Write what is at a link to a file. Returns its media type, by its first bytes."""
        most = CLIP_BYTES if form is PictureForm.CLIP else PHOTO_BYTES
        try:
            await self._api(credential).download(url, into, lambda done: None, most)
        except ActionNeeded as error:  # a link has no account: one that is refused is over
            raise Expired(f"the link is over: {error.message}", step="download", hint=AGAIN) from None
        head = await asyncio.to_thread(_head, into)
        media_type = media_type_of(head)
        if media_type is None or (media_type == "video/mp4") != (form is PictureForm.CLIP):
            await asyncio.to_thread(into.unlink, missing_ok=True)
            raise Expired("what came is no picture", step="download", hint=AGAIN)
        return media_type


AGAIN = "Search again, or choose another picture."


def media_type_of(head: bytes) -> str | None:
    """Return what a file is by its first bytes: JPEG, PNG, WebP or MP4; None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "video/mp4" if head[4:8] == b"ftyp" else None


def usable(value: object) -> int | None:
    """Return a side of a picture, in pixels; None for what cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    number = number_in(str(value))
    return int(number) if number is not None and 1 <= number <= 100_000 else None


def parsed(response: httpx2.Response, shape: type[ShapeT]) -> ShapeT:
    """Return the answer of a search."""
    return parse(response, shape, step="search")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


class _Words(BaseModel):
    info: object = None
    message: object = None


class _Envelope(BaseModel):
    """What these services say with an error, each in a field of its own."""

    detail: str | None = None
    error: str | _Words | None = None
    errors: list[str] | None = None
    message: str | None = None


def _read(response: httpx2.Response) -> Trouble:
    """What an error answer says: in an envelope, or as text or a page of somebody in between."""
    try:
        said = _Envelope.model_validate_json(response.content)
    except ValidationError:
        message: object = response.text[:2000]
    else:
        error = said.error
        inner = (error.info or error.message) if isinstance(error, _Words) else error
        message = said.detail or inner or " ".join(said.errors or []) or said.message
    words = plain(message, 300) or response.reason_phrase
    return Trouble(response.status_code, words, "", retry_after(response))
