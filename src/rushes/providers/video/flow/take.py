"""From accepted to a file: whether the takes of a submission are done, and their bytes.

Done is what the server says, or what the tiles show once the server has been silent. The bytes come from the
signed address, else from what the page's player plays, else by the page's own download menu.
"""

import asyncio
from pathlib import Path

from rushes.errors import Damaged, ErrorType, ProviderChanged, Rejected, RetryLater, RushesError
from rushes.providers.http import Client
from rushes.providers.video.flow import errors
from rushes.providers.video.flow.browser.guide import FailureClass, Guide
from rushes.providers.video.flow.browser.logs import AUTOMATION
from rushes.providers.video.flow.browser.observer import Seen
from rushes.providers.video.flow.browser.pages.project import ProjectPage
from rushes.providers.video.flow.browser.pages.tiles import Tile
from rushes.providers.video.flow.browser.session import Session
from rushes.providers.video.flow.browser.wire import COMPLAINT, DONE
from rushes.providers.video.flow.fetch import ExpiredError, check, read_address, read_source
from rushes.providers.video.flow.ids import Remote, failure_of
from rushes.providers.video.flow.watch import Watch, Whose, medium_of, seen_on_page
from rushes.providers.video_contract import Finished, JobRef, Output, ProgressCallback, Running

ADDRESS_SECONDS = 10.0
"""An address comes up to 8 s after the word that a video is done."""
PAGE_SECONDS = 2.0
"""For so long a page that was just opened may take to hear of its videos."""
MOST_SCROLLS, SCROLL_PIXELS = 100, 500
LARGER_TRIES = 2
"""Tries to have a larger size before what was generated is fetched instead."""
ORIGINAL = frozenset({"360p", "720p"})
"""Resolutions that are downloaded as they were generated."""


class Looking:
    """One look at a submission. `quiet` and `patience` are the settings' seconds."""

    def __init__(
        self,
        session: Session,
        watch: Watch,
        job: JobRef,
        remote: Remote,
        whose: Whose,
        *,
        quiet: float,
        patience: float,
        throttle: float,
    ) -> None:
        self.session, self.watch, self.job, self.remote, self.whose = session, watch, job, remote, whose
        self.quiet, self.patience, self.throttle = quiet, patience, throttle
        self.done: set[str] = set()
        self.failed: dict[str, RushesError] = {}

    @property
    def guide(self) -> Guide:
        """What texts are read by."""
        return self.session.guides[0]

    async def look(self) -> Running | Finished:
        """Raises `ActionNeeded` when nobody is signed in any more."""
        if self.watch.observer.signed_out:
            raise errors.signed_out()
        self._hear()
        if (waiting := self._open()) and any(self._silent(each) for each in waiting):
            async with self.session.lock:
                page = await self.session.project(self.job, self.remote.project)
                await self.watch.observer.until(
                    lambda: not any(map(self._silent, waiting)), min(PAGE_SECONDS, self.quiet)
                )
                self._hear()
                if any(self._silent(each) for each in self._open()):
                    await self._see(page)
        return Running() if self._open() else self._finished()

    def _open(self) -> list[str]:
        return [each for each in self.remote.media if each not in self.done and each not in self.failed]

    def _silent(self, medium: str) -> bool:
        seen = self.watch.observer.media.get(medium)
        return seen is None or self._now - seen.heard_at > self.quiet

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _hear(self) -> None:
        for medium in self._open():
            seen = self.watch.observer.media.get(medium)
            if seen is None:
                continue
            if self.whose.upload is not None and seen.model is not None and "_t2v" in seen.model:
                self.failed[medium] = ProviderChanged(
                    "Flow made this without its first frame", step="frames.first"
                )
            elif seen.status == DONE:
                self.done.add(medium)
            elif seen.status == COMPLAINT and (error := self._failure(seen)) is not None:
                self.failed[medium] = error

    def _failure(self, seen: Seen) -> RushesError | None:
        """A complaint as an error; None while it may still turn out well."""
        kind = errors.class_of(seen.reason, seen.text, self.guide)
        if kind is FailureClass.WAITING:
            return None
        patient = self._now - (seen.complained_at or self._now) < self.patience
        if kind in {None, FailureClass.FAILED} and patient:
            return None  # "Media not found." comes to nothing, and so may others
        return errors.error_of(seen.text, self.guide, throttle_seconds=self.throttle, reason=seen.reason)

    async def _see(self, page: ProjectPage) -> None:
        """By the tiles: what is done, and, when nothing is in the making any more, what has failed."""
        waiting = self._open()
        sighting = await seen_on_page(self.watch, page, self.whose, frozenset(waiting))
        self.done |= sighting.looked_at & set(waiting)
        texts = [text for each in sighting.slots if (text := failure_of(each)) is not None]
        left = self._open()
        # A failed tile does not say which medium it was; there must be one for each that is missing.
        if left and len(texts) >= len(left) and not sighting.pending:
            for medium, text in zip(left, texts, strict=False):
                self.failed[medium] = errors.error_of(text, self.guide, throttle_seconds=self.throttle)

    def _finished(self) -> Finished:
        outputs: list[Output] = []
        failures: dict[int, RushesError] = {}
        for index, slot in enumerate(self.remote.slots):
            if (text := failure_of(slot)) is not None:
                failures[index] = errors.error_of(text, self.guide, throttle_seconds=self.throttle)
            elif slot in self.failed:
                failures[index] = self.failed[slot]
            else:
                outputs.append(Output(index, f"{self.remote.project}/{slot}"))
        return Finished(tuple(outputs), failures)


class Fetching:
    """The bytes of one finished take. `ref` is its project and medium."""

    def __init__(
        self, session: Session, watch: Watch, client: Client, home: str, job: JobRef, ref: str
    ) -> None:
        self.session, self.watch, self.job = session, watch, job
        self.client, self.home = client, home
        self.project, _, self.medium = ref.partition("/")

    async def fetch(self, resolution: str, into: Path, progress: ProgressCallback) -> None:
        """Write the file. Raises `Damaged`, `RetryLater`, `ProviderChanged`."""
        try:
            if resolution in ORIGINAL or not await self._larger(resolution, into):
                await self._original(into, progress)
        except Damaged as error:
            await self.session.keep_incident(self.job, "download", error.message)
            raise
        progress(1.0)

    async def _larger(self, resolution: str, into: Path) -> bool:
        """Save what Flow makes larger of it. False: it is not to be had; what is paid for is, as it is."""
        for attempt in range(1, LARGER_TRIES + 1):
            try:
                async with self.session.lock:
                    await self._by_menu(await self._page(), resolution, into)
            except Rejected as error:
                self.watch.sizes[resolution] = False
                AUTOMATION.warning("%s: %s It is fetched as it was generated.", self.medium, error.message)
                return False
            except (ProviderChanged, Damaged) as error:
                AUTOMATION.warning(
                    "%s: %s not saved (%d): %s", self.medium, resolution, attempt, error.message
                )
            else:
                return True
        return False

    async def _original(self, into: Path, progress: ProgressCallback) -> None:
        for fresh in (False, True):
            try:
                address = await self._address(fresh=fresh)
                if address is None and not self.watch.told(self.medium):
                    break  # the network says nothing that is understood
                if address is not None:
                    await read_address(self.client, address, self.home, into, progress)
                    await check(into, self._size)
                    return
            except ExpiredError:
                continue
            except (RetryLater, Damaged, ProviderChanged):
                break  # the page itself may still play it, or save it
        async with self.session.lock:
            await self._by_page(await self._page(), into)

    async def _by_page(self, page: ProjectPage, into: Path) -> None:
        tile = await self._tile(page)
        source = await page.hover_source(tile)
        if source is not None:
            try:
                await read_source(self.session.context, source, into)
                await check(into, self._size)
            except (ExpiredError, RetryLater, Damaged):
                pass  # one way is left
            else:
                return
        await self._by_menu(page, "720p", into)

    async def _by_menu(self, page: ProjectPage, resolution: str, into: Path) -> None:
        await page.download_from_menu(await self._tile(page), resolution, into)
        await check(into, None)

    async def _page(self) -> ProjectPage:
        return await self.session.project(self.job, self.project)

    @property
    def _size(self) -> int | None:
        seen = self.watch.observer.media.get(self.medium)
        return seen.size if seen else None

    async def _address(self, *, fresh: bool) -> str | None:
        """Where its bytes are by the server's word; `fresh` asks for a newer one by loading the page anew."""
        if fresh and (seen := self.watch.observer.media.get(self.medium)) is not None:
            seen.urls = ()
        if fresh or not self.watch.told(self.medium):
            async with self.session.lock:
                page = await self._page()
                if fresh:
                    await page.reload()
        if await self.watch.observer.until(lambda: self.watch.told(self.medium), PAGE_SECONDS):
            await self.watch.observer.until(lambda: self._heard() is not None, ADDRESS_SECONDS)
        return self._heard()

    def _heard(self) -> str | None:
        seen = self.watch.observer.media.get(self.medium)
        return next((each for each in (seen.urls if seen else ()) if "/video/" in each), None)

    async def _tile(self, page: ProjectPage) -> Tile:
        seen: set[str] = set()
        for _ in range(MOST_SCROLLS):
            for tile in await page.tiles():
                known, seen = tile.key in seen, seen | {tile.key}
                if known or tile.kind != "done":
                    continue
                if await medium_of(self.watch, page, tile) == self.medium:
                    return tile
            # Tiles far down are not in the page.
            if not await page.scroll(SCROLL_PIXELS):
                break
        raise RetryLater(
            "The finished video is not to be seen in Flow's project.", error_type=ErrorType.NETWORK
        )
