"""One stand-in and one browser serve all these tests; each has an account, a scenario and a job of its
own.
"""

import json
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import async_playwright
from scripts.chromium import playwright_program, system_program
from standins.flow import Scenario, Site, serve_flow

from rushes.providers.video.flow.browser.config import BrowserConfig
from rushes.providers.video.flow.browser.pages.project import ProjectPage
from rushes.providers.video.flow.browser.session import Session

SHORT = 6.0
"""How long these pages may take: the stand-in's are there at once, but the machine may be busy."""

QUICK = {"generation_seconds": 0.2, "queue_seconds": 0.05, "blank_seconds": 0.05, "poll_seconds": 0.15}


@dataclass(frozen=True)
class Account:
    """Whose browser it is."""

    secret: str
    name: str = "ada"
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Job:
    """What a project is for."""

    name: str = "Summer film"
    id: UUID = field(default_factory=uuid4)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def program() -> str:
    """The browser of this machine."""
    async with async_playwright() as playwright:
        found = system_program() or playwright_program(playwright)
    assert found, "no browser: python -m scripts.chromium"
    return found


@pytest.fixture(scope="session")
def one_site() -> Iterator[Site]:
    """The stand-in."""
    with serve_flow() as site:
        yield site


@pytest.fixture
def site(one_site: Site) -> Iterator[Callable[..., Site]]:
    """Call it with what is special about the scenario."""

    def become(**special: object) -> Site:
        quick = {
            "generation_seconds": 0.2,
            "queue_seconds": 0.05,
            "blank_seconds": 0.05,
            "poll_seconds": 0.15,
        }
        wanted = Scenario(**{**quick, **special})  # pyright: ignore[reportArgumentType]
        for each in fields(Scenario):
            setattr(one_site.scenario, each.name, getattr(wanted, each.name))
        return one_site

    yield become
    become()


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upright image."""
    file = tmp_path_factory.mktemp("pictures") / "red.png"
    Image.new("RGB", (90, 160), "red").save(file)
    return file


@pytest.fixture
def config(program: str, one_site: Site, tmp_path: Path) -> BrowserConfig:
    """For a browser of the test's own."""
    return quick_config(one_site, program, tmp_path)


def quick_config(site: Site, program: str, folder: Path) -> BrowserConfig:
    """Without a window, and less patient than outside."""
    return BrowserConfig(
        url=site.url,
        data_dir=folder,
        browser=program,
        headless=True,
        find_seconds=SHORT,
        open_seconds=20,
        recycle_after=1000,
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_session(
    program: str, one_site: Site, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Session]:
    """The browser that most tests share."""
    config = quick_config(one_site, program, tmp_path_factory.mktemp("browser"))
    session = Session(config, Account(one_site.sign_in_state("nobody@example.com")))
    yield session
    await session.close()


@pytest_asyncio.fixture(loop_scope="session")
async def session(one_session: Session) -> AsyncGenerator[Session]:
    """The browser, with no tab left of the test before."""
    yield one_session
    if one_session.is_open:
        kept = await one_session.context.new_page()
        for page in one_session.context.pages:
            if page is not kept:
                await page.close()


async def sign_in(session: Session, site: Site) -> str:
    """Be somebody new in the browser; who that is. The scenario of the site is theirs from then on."""
    email = f"{uuid4().hex[:8]}@example.com"
    await session.tab()
    session._projects.clear()  # pyright: ignore[reportPrivateUsage]  # they were somebody else's
    await session.context.set_storage_state(json.loads(site.sign_in_state(email)))
    return email


async def open_project(session: Session, site: Site) -> ProjectPage:
    """Somebody new, in a new project."""
    email = await sign_in(session, site)
    project = site.world.new_project(site.account(email), "Summer film")
    return await session.project(Job(), known=project.id)
