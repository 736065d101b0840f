"""Walks through the live page as a shot would, up to the click that costs something, and says what it knew.

Each step tells which way of finding each element still holds. The bundle is made to be attached to a bug
report: screenshots, HTML and logs, without secrets.
"""

import asyncio
import time
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from playwright.async_api import Error as PlaywrightError

from rushes.errors import ActionNeeded, RushesError
from rushes.providers.video.flow.browser.doctor_picture import write_picture
from rushes.providers.video.flow.browser.doctor_report import Entry, Report, StepReport
from rushes.providers.video.flow.browser.incidents import photograph, trim
from rushes.providers.video.flow.browser.logs import FILES
from rushes.providers.video.flow.browser.pages import composer, tiles
from rushes.providers.video.flow.browser.pages.clean_up import close_overlays
from rushes.providers.video.flow.browser.pages.cover import over_the_page
from rushes.providers.video.flow.browser.pages.project import ProjectPage
from rushes.providers.video.flow.browser.pages.settings import SettingsPane, Wanted
from rushes.providers.video.flow.browser.pages.tab import Tab
from rushes.providers.video.flow.browser.redact import redact, secrets_of
from rushes.providers.video.flow.browser.session import Session

LOG_TAIL = 200_000
TITLE = "Rushes doctor"
BLANK = "about:blank"


@dataclass(frozen=True)
class _DoctorsJob:
    """Its own project in the account; nothing is ever generated in it."""

    id: UUID
    name: str = TITLE


@dataclass(frozen=True)
class _Step:
    name: str
    act: Callable[[], Awaitable[str]]
    elements: Sequence[str] = ()
    needed: bool = False
    """Whether the steps after it make no sense without it."""


class _Walk:
    """One walk. `left` is picture and HTML of a page that is left before its step is over; `over`, what lay
    over it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.job = _DoctorsJob(session.id)
        self.page: ProjectPage | None = None
        self.upload = f"rushes-doctor-{session.id.hex[:6]}{int(time.time()):x}.png"
        self.left: tuple[bytes | None, str | None] | None = None
        self.over: str | None = None

    async def look_back(self, tab: Tab) -> None:
        """Keep what a page showed that is left now."""
        self.left, self.over = await photograph(tab.page), await over_the_page(tab)

    @property
    def _page(self) -> ProjectPage:
        assert self.page is not None
        return self.page

    @property
    def tab(self) -> Tab | None:
        return self.page.tab if self.page else None

    def steps(self) -> list[_Step]:
        return [
            _Step("sign_in", self.sign_in, needed=True),
            _Step("project", self.open_project, ("composer.prompt", "project.title"), needed=True),
            _Step(
                "composer",
                self.look_at_composer,
                ("composer", "composer.prompt", "composer.settings", "composer.submit", "media.add"),
            ),
            _Step("settings", self.open_settings, ("settings.pane", "settings.model")),
            _Step("settings read back", self.set_settings),
            _Step("upload", self.upload_image),
            _Step("start frame", self.bind, ("frames.chip",)),
            _Step("prompt", self.write, ("composer.prompt", "composer.clear")),
            _Step("ready to submit", self.ready, ("composer.submit",)),
            _Step("credits", self.credits, ("account",)),
            _Step("composer cleared", self.clear, ("frames.first", "frames.last")),
            _Step("tiles", self.look_at_tiles, ("tiles.grid", "tile")),
        ]

    async def sign_in(self) -> str:
        seen = await self.session.signed_in()
        return "Signed in." if seen.email is None else f"Signed in as {seen.email}."

    async def open_project(self) -> str:
        self.page = await self.session.project(self.job)
        return f"Opened “{TITLE}”, a project of its own."

    async def look_at_composer(self) -> str:
        for name in ("composer.prompt", "composer.settings", "composer.submit"):
            await self._page.tab.finder.find(name)
        return "The composer is there."

    async def open_settings(self) -> str:
        await SettingsPane(self._page.tab).open()
        return "The settings open."

    async def set_settings(self) -> str:
        models = list(self._page.tab.guide.models)
        chosen = await self._page.settings(Wanted(model=models[0], aspect="9:16", count=1, kind="frames"))
        return ", ".join(f"{name} {value}" for name, value in vars(chosen).items() if value is not None)

    async def upload_image(self) -> str:
        file = self.session.config.profiles_dir / self.upload
        await asyncio.to_thread(write_picture, file)
        try:
            media = await self._page.upload(file, self.upload)
        finally:
            await asyncio.to_thread(file.unlink)
        return f"Uploaded as {self.upload}." if media else "Uploaded; the reply told no id."

    async def bind(self) -> str:
        await self._page.clear_composer()
        await self._page.bind_start_frame(self.upload)
        return "The start frame is bound."

    async def write(self) -> str:
        await self._page.write_prompt("A calm sea at dawn.\nNothing is generated: this is a check.")
        return "Written and read back."

    async def ready(self) -> str:
        async with self.session.steps.step("composer.submit", self.tab):
            await composer.ready_to_submit(self._page.tab, self.session.name)
        return "The button could be clicked. It was not."

    async def credits(self) -> str:
        balance = (await self._page.credits()).balance
        return "The page shows no balance." if balance is None else f"{balance} credits."

    async def clear(self) -> str:
        await self._page.clear_composer()
        return "Frames are off again."

    async def look_at_tiles(self) -> str:
        shown = await self._page.tiles()
        kinds = sorted({each.kind for each in shown})
        video = next((each for each in shown if each.kind == "done"), None)
        if video is not None:
            async with self.session.steps.step("tile.hover_video", self.tab):
                await tiles.hover_source(self._page.tab, video)
                await close_overlays(self._page.tab)
        return f"{len(shown)} tiles ({', '.join(kinds) or 'none'})."


async def examine(session: Session, into: Path, told: Callable[[StepReport], None] | None = None) -> Report:
    """Walk through the page of a session's account; the report, and a bundle, in the folder `into`.

    Spends no credits: a project of its own is made, an image uploaded, and nothing submitted. `told` is
    called after each step. The caller ends the session.
    """
    at = datetime.now(UTC)
    folder = into / f"doctor-{at:%Y%m%d-%H%M%S}"
    await asyncio.to_thread(folder.mkdir, parents=True, mode=0o700)
    walk = _Walk(session)
    done: list[StepReport] = []
    lost = False
    session.before_leaving = walk.look_back
    async with session.lock:
        for number, step in enumerate(walk.steps(), start=1):
            report = StepReport(name=step.name, verdict="skipped") if lost else await _take(walk, step)
            if not lost:
                await _photograph(walk, report, folder / f"{number:02d}-{step.name.replace(' ', '-')}")
            lost = lost or (step.needed and report.verdict in ("failed", "needs_you"))
            done.append(report)
            if told is not None:
                told(report)
    session.before_leaving = None
    guide = walk.tab.guide if walk.tab else session.guides[0]
    whole = Report(
        at=at, account=session.name, url=session.config.url, generation=guide.generation, steps=done
    )
    whole.bundle = folder.with_suffix(".zip")
    await asyncio.to_thread(_bundle, whole, folder, session)
    await asyncio.to_thread(trim, into, session.config.incident_bytes)
    return whole


async def _take(walk: _Walk, step: _Step) -> StepReport:
    start, walk.over = time.monotonic(), None
    report = StepReport(name=step.name, verdict="ok")
    try:
        report.message = await step.act()
    except ActionNeeded as error:
        report.verdict, report.message = "needs_you", error.message
    except RushesError as error:
        report.verdict, report.message = "failed", error.message
    except PlaywrightError as error:
        report.verdict, report.message = "failed", error.message.splitlines()[0]
    if report.verdict in ("failed", "needs_you") and (over := await _over(walk)) is not None:
        report.message += f" Over the page lies {over}."
    if walk.tab is not None and not walk.tab.page.is_closed():
        report.entries = [
            await _entry(walk.tab, name) for name in step.elements if name in walk.tab.guide.elements
        ]
    if report.verdict == "ok" and any(each.matches[0] == 0 and each.found_by for each in report.entries):
        report.verdict = "fallback"
    report.seconds = round(time.monotonic() - start, 2)
    return report


async def _over(walk: _Walk) -> str | None:
    if walk.over is not None or walk.tab is None or walk.tab.page.is_closed():
        return walk.over
    try:
        return await over_the_page(walk.tab)
    except PlaywrightError:
        return None


async def _entry(tab: Tab, name: str) -> Entry:
    matches = await tab.finder.survey(name)
    ways = tab.guide.elements[name].alternatives
    found_by = next((str(way) for way, count in zip(ways, matches, strict=True) if count), None)
    return Entry(element=name, matches=matches, found_by=found_by)


async def _photograph(walk: _Walk, report: StepReport, path: Path) -> None:
    if walk.left is not None:
        (picture, html), walk.left = walk.left, None
    else:
        pages = walk.session.context.pages if walk.session.is_open else []
        page = walk.tab.page if walk.tab else next((each for each in pages if each.url != BLANK), None)
        if page is None or page.is_closed():
            return
        picture, html = await photograph(page)
    if picture is not None:
        report.screenshot = path.with_suffix(".png")
        await asyncio.to_thread(report.screenshot.write_bytes, picture)
    if html is not None and report.verdict != "ok":
        clean = redact(html, secrets_of(walk.session.steps.state))
        await asyncio.to_thread(path.with_suffix(".html").write_text, clean, encoding="utf-8")


def _bundle(report: Report, folder: Path, session: Session) -> None:
    assert report.bundle is not None
    secrets = secrets_of(session.steps.state)
    with zipfile.ZipFile(report.bundle, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("report.json", redact(report.model_dump_json(indent=2), secrets))
        bundle.writestr("calls.txt", "\n".join(session.rpcs))
        for guide in session.guides:
            bundle.writestr(f"guide-{guide.generation}.json", guide.model_dump_json(indent=2))
        for file in sorted(folder.iterdir()):
            bundle.write(file, file.name)
        for _, name in FILES:
            log = session.config.log_dir / name
            if log.is_file():
                bundle.writestr(name, redact(log.read_text(encoding="utf-8")[-LOG_TAIL:], secrets))
