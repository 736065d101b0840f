"""What comes to lie over the page: closed where it only tells something, a person's where it asks."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from standins.flow import Site
from tests.providers.video.flow.conftest import Job, open_project, sign_in

from rushes.errors import ErrorType, ProviderChanged
from rushes.providers.video.flow.browser.guide import Obstacle, load_guides
from rushes.providers.video.flow.browser.obstacles import ObstacleMet
from rushes.providers.video.flow.browser.pages.clean_up import Inside
from rushes.providers.video.flow.browser.pages.press import press
from rushes.providers.video.flow.browser.pages.settings import Wanted
from rushes.providers.video.flow.browser.pages.tab import Tab
from rushes.providers.video.flow.browser.session import Session

pytestmark = pytest.mark.asyncio(loop_scope="session")

Become = Callable[..., Site]
FRAMES = Wanted(model="veo-3.1-fast", aspect="9:16", count=2, kind="frames")


@pytest.mark.parametrize("language", ["es", "vi", "ja"])
async def test_a_dialog_with_one_button_is_closed_in_any_language(
    language: str, session: Session, site: Become
):
    here = site(language=language, honours_hl=False, first_run=True, cookie_bar="choice")
    page = await open_project(session, here)
    await page.settings(FRAMES)
    (account,) = [each for each in here.world.accounts.values() if page.id in each.projects]
    assert account.seen_first_run
    assert account.prefs["count"] == 2


async def test_a_dialog_whose_button_nobody_knows_is_closed_by_its_place(session: Session, site: Become):
    here = site(first_run=True, renames={"label:Get started": "Zqxv", "label:Welcome": "Zq"})
    page = await open_project(session, here)
    (account,) = [each for each in here.world.accounts.values() if page.id in each.projects]
    assert account.seen_first_run


@pytest.mark.parametrize("kind", ["terms", "price", "checkbox"])
async def test_a_dialog_that_asks_for_something_is_its_persons_and_is_not_touched(
    kind: str, session: Session, site: Become
):
    here = site(odd_dialog=kind)
    with pytest.raises(ObstacleMet) as met:
        await open_project(session, here)
    assert met.value.obstacle is Obstacle.FIRST_RUN
    assert met.value.error_type is ErrorType.CONSENT
    assert not any(account.consented for account in here.world.accounts.values())


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("New models, and a calmer grid.", False),
        ("A new image model, for every page and every age.", False),
        ("Hemos actualizado los términos del servicio.", True),
        ("我们更新了服务条款", True),
        ("Chúng tôi đã cập nhật điều khoản dịch vụ", True),
        ("Upgrade for €21.99 a month", True),
        ("This will use 20 credits", True),
    ],
)
async def test_what_a_dialog_asks_for_is_known_by_its_words(text: str, asks: bool, session: Session):
    tab = Tab(await session.context.new_page(), session.config, load_guides()) if session.is_open else None
    tab = tab or await session.tab()
    assert Inside(buttons=["Zqxv"], fields=0, links=0, text=text).asks(tab) is asks


@pytest.mark.parametrize("seconds", [0.65, 1.5])
async def test_a_dialog_that_comes_late_costs_no_time_and_is_no_incident(
    seconds: float, session: Session, site: Become, picture: Path
):
    here = site(dialog_after=seconds, first_run=True)
    page = await open_project(session, here)
    incidents = session.config.incidents_dir
    before = set(incidents.glob("*"))
    name = f"rushes-{uuid4().hex[:12]}.png"
    await page.settings(FRAMES)
    await page.clear_composer()
    await page.upload(picture, name)
    await page.bind_start_frame(name)
    await page.write_prompt("A sea")
    (account,) = [each for each in here.world.accounts.values() if page.id in each.projects]
    assert account.seen_first_run, "it has come, and was closed on the way"
    assert set(incidents.glob("*")) == before


async def test_what_stays_in_the_way_of_a_click_is_named(session: Session, site: Become):
    page = await open_project(session, site())
    page.tab.config = replace(page.tab.config, find_seconds=0.5)
    page.tab.finder.seconds = 0.5
    await page.page.evaluate(
        "() => { const over = document.createElement('aside'); over.className = 'promo';"
        " over.textContent = 'Try our newest thing';"
        " over.style.cssText = 'position:fixed;inset:0;z-index:9999'; document.body.append(over); }"
    )
    began = time.monotonic()
    with pytest.raises(ProviderChanged, match=r"aside\.promo “Try our newest thing”") as changed:
        await press(page.tab, "composer.settings")
    assert changed.value.step == "composer.settings"
    assert time.monotonic() - began < session.config.act_seconds


async def test_the_page_is_asked_for_in_english_and_may_not_care(session: Session, site: Become):
    here = site(language="ja")
    await sign_in(session, here)
    page = await session.project(Job())
    assert await page.page.evaluate("document.documentElement.lang") == "en"
    deaf = site(language="ja", honours_hl=False)
    await sign_in(session, deaf)
    page = await session.project(Job())
    assert await page.page.evaluate("document.documentElement.lang") == "ja"
