"""Uploads through the page's own file chooser, under a name that no other upload has."""

import asyncio
import contextlib
import mimetypes
import re
from pathlib import Path

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import FileChooser, FilePayload, Page, Response

from rushes.errors import ErrorType, Rejected, RetryLater
from rushes.providers.video.flow.browser.finder import plain, until
from rushes.providers.video.flow.browser.guide import FailureClass, Obstacle
from rushes.providers.video.flow.browser.obstacles import ObstacleMet
from rushes.providers.video.flow.browser.pages import tiles
from rushes.providers.video.flow.browser.pages.clean_up import clean_up, close_overlays
from rushes.providers.video.flow.browser.pages.press import press
from rushes.providers.video.flow.browser.pages.tab import Tab
from rushes.providers.video.flow.browser.wire import INVALID_ARGUMENT, read_reply

MOST_TRIES = 3
ARRIVAL_SECONDS = 20.0
BAD_REQUEST = 400
CHOOSER_SECONDS = 8.0
_REFUSALS = {
    FailureClass.POLICY: ErrorType.POLICY_VIOLATION,
    FailureClass.PROMINENT_PEOPLE: ErrorType.PROMINENT_PEOPLE,
    FailureClass.MINORS: ErrorType.MINORS,
    FailureClass.COPYRIGHT: ErrorType.COPYRIGHT,
}
_MEDIA = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


async def upload(tab: Tab, file: Path, name: str, account: str) -> str | None:
    """Upload `file` as `name`; its media id where the reply tells. Raises `RetryLater` when it never arrives.

    Uploading twice does no harm: the name is the same, and so is the image.
    """
    content = await asyncio.to_thread(file.read_bytes)
    mime = mimetypes.guess_type(name)[0] or "image/png"
    payload: FilePayload = {"name": name, "mimeType": mime, "buffer": content}
    for _ in range(MOST_TRIES):
        # What was said of the try before must not be taken for the answer to this one.
        await tab.finder.gone("toast")
        arrival = _Arrival(tab, name)
        try:
            chooser = await _chooser(tab, account)
            if chooser is not None:
                await chooser.set_files(payload)
                if await until(arrival.decided, ARRIVAL_SECONDS) and not arrival.lost:
                    await close_overlays(tab)
                    return arrival.media
                if (refused := arrival.refused()) is not None:
                    raise refused
        finally:
            arrival.stop()
        # The page may have started anew in the middle of it, with everything in front of it again.
        await tab.finder.find("composer.prompt", seconds=tab.config.open_seconds)
        await clean_up(tab, account)
    raise RetryLater(
        "Flow does not take the image.", error_type=ErrorType.NETWORK, hint="It is uploaded again later."
    )


async def _chooser(tab: Tab, account: str) -> FileChooser | None:
    """The page's file chooser, or None when it does not come. What asks for consent is raised."""
    coming: asyncio.Future[FileChooser] = asyncio.get_running_loop().create_future()

    def came(chooser: FileChooser) -> None:
        if not coming.done():
            coming.set_result(chooser)

    async def either() -> bool:
        return coming.done() or await tab.finder.look("obstacle.upload_consent") is not None

    tab.page.on("filechooser", came)
    try:
        await _open_menu(tab)
        await press(tab, "media.upload")
        await until(either, CHOOSER_SECONDS)
    finally:
        tab.page.remove_listener("filechooser", came)
    if coming.done():
        return coming.result()
    if await tab.finder.look("obstacle.upload_consent") is not None:
        raise ObstacleMet(Obstacle.UPLOAD_CONSENT, account)
    await close_overlays(tab)
    return None


async def _open_menu(tab: Tab) -> None:
    if tab.guide.flow.upload == "menu":
        await press(tab, "media.add")
        return
    slot = await tab.finder.first(["frames.first", "frames.last"])
    await press(tab, slot.locator if slot else "frames.first", step="frames.first")
    await tab.finder.find("picker")


class _Arrival:
    """Two signals of an upload that is there: the reply to it, and a tile of its name."""

    def __init__(self, tab: Tab, name: str) -> None:
        self._tab = tab
        self._name = plain(name)
        self._ids = tab.guide.rpc.get("upload", ())
        self._replies: set[asyncio.Task[None]] = set()
        self.media: str | None = None
        self.refusal: str | None = None
        self.code: int | None = None
        self.reason = ""
        self._began_anew = False
        tab.page.on("response", self._hear)
        tab.page.on("domcontentloaded", self._loaded)

    @property
    def lost(self) -> bool:
        """Whether it is certain not to come."""
        return self.refusal is not None or self.code is not None or self._began_anew

    def refused(self) -> Rejected | None:
        """The error of an image that Flow will not take the next time either: its person has to act."""
        guide = self._tab.guide
        by_reason = guide.failure_of(self.reason) if self.reason else None
        means = by_reason or guide.failure_of(self.refusal or "")
        kind = _REFUSALS.get(means) if means is not None else None
        if kind is None and self.code != INVALID_ARGUMENT:
            return None
        said = "Flow does not take the image" + (f": {self.refusal}" if self.refusal else ".")
        hint = "Use another image (PNG or JPEG, smaller), then retry; nothing was charged."
        return Rejected(said, error_type=kind or ErrorType.BAD_INPUT, hint=hint)

    def _loaded(self, _: Page) -> None:
        self._began_anew = True

    def _hear(self, response: Response) -> None:
        if any(each in response.url for each in self._ids):
            task = asyncio.create_task(self._read(response))
            self._replies.add(task)
            task.add_done_callback(self._replies.discard)

    async def _read(self, response: Response) -> None:
        with contextlib.suppress(PlaywrightError, UnicodeDecodeError):
            text = await response.text()
            failed = next((each for each in read_reply(text) if each.code is not None), None)
            if failed is not None:
                self.code, self.reason = failed.code, failed.reason
                self.refusal = failed.words or self.refusal
            elif response.ok:
                found = _MEDIA.search(text)
                self.media = found.group() if found else None
            elif response.status == BAD_REQUEST:
                self.code = INVALID_ARGUMENT

    async def decided(self) -> bool:
        """Whether either has come, or a message that says why not."""
        if self.media or self._began_anew or self.code is not None:
            return True
        toast = await self._tab.finder.look("toast")
        if toast is not None:
            self.refusal = (await toast.locator.inner_text()).strip() or None
            return self.refusal is not None
        shown = next((t for t in await tiles.read(self._tab) if plain(t.title).startswith(self._name)), None)
        self.media = self.media or (shown.media if shown else None)
        return shown is not None

    def stop(self) -> None:
        """Listen no more."""
        self._tab.page.remove_listener("response", self._hear)
        self._tab.page.remove_listener("domcontentloaded", self._loaded)
        for task in self._replies:
            task.cancel()
