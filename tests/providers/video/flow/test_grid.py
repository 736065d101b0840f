"""The grid of a project, which has only the rows near those in view."""

import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from standins.flow import Site
from standins.flow.world import Media
from tests.providers.video.flow.conftest import open_project

from rushes.providers.video.flow.browser.pages import grid
from rushes.providers.video.flow.browser.session import Session

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("flow browser"),
    pytest.mark.slow,
]
Become = Callable[..., Site]
LATE = "window.requestAnimationFrame = draw => setTimeout(() => draw(performance.now()), 700)"
"""A page that draws as late as on a machine that is busy."""


async def test_every_row_is_seen_however_late_it_is_drawn(
    session: Session, site: Become, picture: object, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(grid, "MORE_SECONDS", 0.1)
    here = site()
    page = await open_project(session, here)
    accounts = here.world.accounts.values()
    project = next(each.projects[page.id] for each in accounts if page.id in each.projects)
    names = [f"{number}.png" for number in range(40)]
    for name in names:
        here.world.add(project, Media(str(uuid4()), project.id, "image", name, False, time.monotonic(), b""))
    await page.reload()
    await page.page.evaluate(LATE)
    seen = {each.title for each in await page.tiles()}
    assert len(seen) < len(names), "not all of them are in the page"
    while await page.scroll(450):
        seen |= {each.title for each in await page.tiles()}
    assert seen == set(names)
