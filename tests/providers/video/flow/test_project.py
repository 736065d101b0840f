"""The pages as a person goes through them, in real Chromium, against the stand-in."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from standins.flow import Site
from standins.flow.envelope import envelope
from tests.providers.video.flow.conftest import Job, open_project, sign_in
from tests.waiting import PATIENCE_SECONDS

from rushes.errors import ErrorType, Invalid, ProviderChanged, Rejected, RetryLater
from rushes.providers.video.flow.browser.guide import FailureClass, Obstacle
from rushes.providers.video.flow.browser.obstacles import ObstacleMet
from rushes.providers.video.flow.browser.pages.home import Home
from rushes.providers.video.flow.browser.pages.options import Option
from rushes.providers.video.flow.browser.pages.project import ProjectPage
from rushes.providers.video.flow.browser.pages.settings import SettingsPane, Wanted
from rushes.providers.video.flow.browser.pages.tab import Tab
from rushes.providers.video.flow.browser.pages.tiles import Tile
from rushes.providers.video.flow.browser.session import Session

pytestmark = pytest.mark.asyncio(loop_scope="session")

Become = Callable[..., Site]
FRAMES = Wanted(model="veo-3.1-fast", aspect="9:16", count=2, kind="frames")
PROMPT = "A cat @home looks up –\nthen walks: “Đẹp quá”, 100%"


def unique() -> str:
    return f"rushes-{uuid4().hex[:12]}.png"


async def prepare(page: ProjectPage, picture: Path, wanted: Wanted = FRAMES, prompt: str = PROMPT) -> str:
    """Everything up to the click; the name of the upload."""
    await page.settings(wanted)
    await page.clear_composer()
    name = unique()
    await page.upload(picture, name)
    await page.bind_start_frame(name)
    await page.write_prompt(prompt)
    return name


async def tiles_of(page: ProjectPage, kind: str, count: int) -> list[Tile]:
    """Wait until so many tiles are of a kind."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            shown = [each for each in await page.tiles() if each.kind == kind]
            if len(shown) >= count:
                return shown
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("generation", ["C", "B"])
async def test_a_shot_is_made_as_a_person_makes_it(
    session: Session, site: Become, picture: Path, tmp_path: Path, generation: str
):
    here = site(generation=generation)
    page = await open_project(session, here)
    assert page.tab.guide.generation == generation.lower()
    chosen = await page.settings(FRAMES)
    assert (chosen.mode, chosen.kind, chosen.model) == ("video", "frames", "veo-3.1-fast")
    assert (chosen.aspect, chosen.count) == ("9:16", "2")
    await page.clear_composer()
    name = unique()
    await page.upload(picture, name)
    await page.bind_start_frame(name)
    await page.write_prompt(PROMPT)
    bills = len(here.bill)
    await page.submit()
    first, second = await tiles_of(page, "done", 2)
    assert len(here.bill) == bills + 1
    made = here.bill[-1]
    assert (made.prompt, made.image_name, made.outputs) == (PROMPT, name, 2)
    assert (made.model, made.aspect, made.mode) == ("Veo 3.1 - Fast", "9:16", "frames")
    assert first.key != second.key
    source = await page.hover_source(first)
    assert source is not None
    assert any(each in source for each in made.media_ids)
    await page.download_from_menu(second, "720p", tmp_path / "take.mp4")
    assert (tmp_path / "take.mp4").read_bytes()[4:8] == b"ftyp"
    assert await page.reuse_prompt(first) == (PROMPT, name)


async def test_a_page_that_comes_up_between_two_looks_is_read_by_its_own_guide(
    session: Session, site: Become, monkeypatch: pytest.MonkeyPatch
):
    recognise, blind = Tab.recognise, 2

    async def late(tab: Tab) -> bool:
        nonlocal blind
        if blind == 0:
            return await recognise(tab)
        blind -= 1
        tab.finder.guide = tab.guides[0]
        await tab.page.locator(".b-new").wait_for()
        return False

    monkeypatch.setattr(session, "_guide", session.guides[0])
    monkeypatch.setattr(Tab, "recognise", late)
    page = await open_project(session, site(generation="B"))
    assert page.tab.guide.generation == "b"


async def test_what_lies_over_the_page_is_put_aside(session: Session, site: Become, picture: Path):
    here = site(
        cookie_bar="choice", first_run=True, changelog=True, leftover_overlay=True, high_demand_banner=True,
        remembered={"count": 4, "aspect": "16:9"},
    )  # fmt: skip
    page = await open_project(session, here)
    await prepare(page, picture)
    stored = await page.page.evaluate("localStorage.getItem('glue.CookieNotificationBar')")
    assert '"value":false' in stored, "cookies are declined, not accepted, for a person"
    await page.submit()
    await tiles_of(page, "done", 2)


@pytest.mark.parametrize(
    ("page_shown", "obstacle"),
    [
        ("identifier", Obstacle.SIGNED_OUT),
        ("confirm", Obstacle.CONFIRM),
        ("chooser", Obstacle.CHOOSER),
        ("rejected", Obstacle.REJECTED),
        ("two_factor", Obstacle.TWO_FACTOR),
        ("captcha", Obstacle.CAPTCHA),
    ],
)
async def test_what_only_a_person_can_do_is_named(
    session: Session, site: Become, page_shown: str, obstacle: Obstacle
):
    here = site(signed_out_lands="sign_in", sign_in=page_shown)
    email = await sign_in(session, here)
    here.expire(email)
    with pytest.raises(ObstacleMet, match="ada") as met:
        await session.signed_in()
    assert met.value.obstacle is obstacle
    assert met.value.error_type is ErrorType.AUTH


async def test_a_session_that_ended_is_told_where_it_is_noticed(session: Session, site: Become):
    here = site(expired_page="leaves")
    page = await open_project(session, here)
    here.world.sessions.clear()
    with pytest.raises(ObstacleMet) as met:
        await page.reload()
    assert met.value.obstacle is Obstacle.SIGNED_OUT


async def test_consent_is_never_given_for_a_person(session: Session, site: Become, picture: Path):
    here = site(upload_consent=True)
    page = await open_project(session, here)
    with pytest.raises(ObstacleMet) as met:
        await page.upload(picture, unique())
    assert met.value.obstacle is Obstacle.UPLOAD_CONSENT
    assert met.value.error_type is ErrorType.CONSENT
    assert not any(account.consented for account in here.world.accounts.values())


@pytest.mark.parametrize("trouble", ["error", "reload"])
async def test_an_upload_that_fails_is_done_again(
    session: Session, site: Become, picture: Path, trouble: str
):
    page = await open_project(session, site(upload_trouble=trouble, upload_failures=1))
    await page.settings(FRAMES)
    name = unique()
    assert await page.upload(picture, name)
    await page.bind_start_frame(name)
    assert await page.frames_bound() == 1


async def test_an_image_that_flow_refuses_is_told_with_its_words(
    session: Session, site: Become, picture: Path
):
    page = await open_project(session, site(failing="[minor_upload]"))
    with pytest.raises(Rejected, match="it might show a minor") as refused:
        await page.upload(picture, unique())
    assert refused.value.error_type is ErrorType.MINORS


async def test_a_fresh_upload_is_looked_for_until_the_picker_knows_it(
    session: Session, site: Become, picture: Path
):
    page = await open_project(session, site(index_misses=2, add_to_prompt=True))
    await prepare(page, picture)
    assert await page.frames_bound() == 1


async def test_without_credits_nothing_is_clicked(session: Session, site: Become, picture: Path):
    here = site(credits=3)
    page = await open_project(session, here)
    bills = len(here.bill)
    await prepare(page, picture)
    told_balance = await page.credits()
    assert (told_balance.balance, told_balance.warns) == (3, True)
    with pytest.raises(RetryLater, match="too few credits") as told:
        await page.submit()
    assert told.value.error_type is ErrorType.CREDITS
    assert len(here.bill) == bills


async def test_a_captcha_at_the_click_is_left_to_the_person(session: Session, site: Become, picture: Path):
    here = site(captcha_at_submit=True)
    page = await open_project(session, here)
    bills = len(here.bill)
    await prepare(page, picture)
    await page.submit()
    assert await page.obstacle() is Obstacle.CAPTCHA
    with pytest.raises(ObstacleMet):
        await page.submit()
    assert len(here.bill) == bills


async def test_an_account_with_nothing_but_the_agent_is_told_by_step(session: Session, site: Become):
    page = await open_project(session, site(agent_only=True))
    with pytest.raises(ProviderChanged) as changed:
        await page.settings(FRAMES)
    assert changed.value.step == "composer.settings"


async def test_an_option_whose_row_was_made_anew_under_the_pointer_is_looked_for_again(
    session: Session, site: Become, monkeypatch: pytest.MonkeyPatch
):
    click, rows_fewer = SettingsPane._click, 2  # pyright: ignore[reportPrivateUsage]

    async def stale(pane: SettingsPane, option: Option) -> None:
        nonlocal rows_fewer
        if pane.value_of("count", option) is not None and rows_fewer:
            rows_fewer -= 1
            option = option.model_copy(update={"index": option.index + 20})
        await click(pane, option)

    monkeypatch.setattr(SettingsPane, "_click", stale)
    page = await open_project(session, site(remembered={"count": 4}))
    assert (await page.settings(FRAMES)).count == "2"


@pytest.mark.parametrize("language", ["vi", "ja"])
async def test_other_languages_are_read_by_icons_and_numbers(session: Session, site: Become, language: str):
    page = await open_project(session, site(language=language, honours_hl=False))
    wanted = Wanted(
        model="omni-1.1-flash", aspect="9:16", count=3, kind="frames", duration=6, resolution="720p"
    )
    chosen = await page.settings(wanted)
    assert (chosen.duration, chosen.resolution, chosen.count) == ("6", "720p", "3")
    assert chosen.price == 30


async def test_what_a_model_does_not_offer_is_said_before_anything_is_sent(session: Session, site: Become):
    page = await open_project(session, site(veo_durations=True))
    with pytest.raises(Invalid, match="there are: 4, 6, 8"):
        await page.settings(replace(FRAMES, duration=10))


@pytest.mark.parametrize(
    ("renamed", "step"),
    [("label:720p", "settings.resolution"), ("label:Omni 1.1 Flash", "settings.models")],
)
async def test_what_may_only_have_been_renamed_is_not_said_to_be_missing(
    session: Session, site: Become, renamed: str, step: str
):
    page = await open_project(session, site(renames={renamed: "Another"}))
    omni = Wanted(model="omni-1.1-flash", aspect="9:16", count=1, kind="frames", resolution="720p")
    with pytest.raises(ProviderChanged) as changed:
        await page.settings(omni)
    assert changed.value.step == step


async def test_a_failed_tile_says_why(session: Session, site: Become, picture: Path):
    page = await open_project(session, site(failing="[people]"))
    await prepare(page, picture)
    await page.submit()
    failed, _ = await tiles_of(page, "failed", 2)
    assert page.tab.guide.failure_of(failed.text) is FailureClass.PROMINENT_PEOPLE


async def test_the_job_finds_its_project_again(session: Session, site: Become):
    here = site()
    await sign_in(session, here)
    job = Job(name="Một phim  ngắn / 1")
    assert await session.projects_of(job) == []
    page = await session.project(job)
    assert await session.projects_of(job) == [page.id]
    assert await session.projects_of(Job(name=job.name)) == [], "the name alone is not enough"


async def test_a_list_of_projects_that_failed_is_not_one_without_the_project(session: Session, site: Become):
    here = site()
    await sign_in(session, here)
    asked = re.compile(r"rpcids=UpteDb")
    failed = envelope([["wrb.fr", "UpteDb", None, None, None, [13], "generic"]])
    await session.context.route(asked, lambda route: route.fulfill(body=failed))
    try:
        with pytest.raises(RetryLater, match="which projects") as told:
            await session.projects_of(Job())
        assert told.value.error_type is ErrorType.NETWORK
    finally:
        await session.context.unroute(asked)


async def test_a_project_that_the_server_lists_is_waited_for_until_it_shows_itself(
    session: Session, site: Become, monkeypatch: pytest.MonkeyPatch
):
    await sign_in(session, site())
    job, cards = Job(), Home._cards  # pyright: ignore[reportPrivateUsage]
    made = await session.project(job)
    looks = 0

    async def late(home: Home) -> list[tuple[str, str]]:
        nonlocal looks
        looks += 1
        return await cards(home) if looks > 12 else []

    monkeypatch.setattr(Home, "_cards", late)
    assert await session.projects_of(job) == [made.id]
    assert looks > 12
