"""Every state of the story room is accessible in both themes; a topic becomes a film by keyboard alone."""

import re
from pathlib import Path
from typing import Literal

import av
import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from rushes.platform.media.film.timeline import SIZES as FULL_SIZES
from tests.e2e.axe import CONTRAST, faults
from tests.e2e.film_room import SIZES, Editor, make_story
from tests.serving import Served
from tests.waiting import until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    for shape, size in SIZES.items():
        monkeypatch.setitem(FULL_SIZES, shape, size)


async def made(server: Served, until_step: str) -> str:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        return await make_story(api, until=until_step)


async def check(page: Page, state: str) -> None:
    """Look for faults in the dark, and for those of colours in the light too."""
    themes: list[tuple[Literal["dark", "light"], tuple[str, ...] | None]]
    themes = [("dark", None), ("light", CONTRAST)]
    for theme, rules in themes:
        await page.emulate_media(color_scheme=theme)
        found = await (faults(page) if rules is None else faults(page, rules))
        assert found == [], (state, theme)


async def check_dialog(page: Page, opener: Locator, state: str) -> None:
    """Open a dialog or a menu, look, and close it by Escape."""
    await opener.click()
    opened = page.get_by_role("dialog").or_(page.get_by_role("menu")).or_(page.get_by_role("alertdialog"))
    await expect(opened.first).to_be_visible()
    await check(page, state)
    await page.keyboard.press("Escape")
    await expect(opened).to_have_count(0)


async def test_every_state_before_the_timeline_is_accessible_in_both_themes(page: Page, server: Served):
    story_id = await made(server, "pictures")
    editor = Editor(page, server.url)
    await editor.opens("/stories")
    await expect(page.get_by_role("article", name="Rice")).to_be_visible()
    await check(page, "list")
    await page.get_by_role("article", name="Rice").hover()
    await page.get_by_role("button", name="Rename “Rice”").click()
    await check(page, "list, renaming")

    await editor.opens("/stories/new")
    await expect(page.get_by_text("What works without a key")).to_be_visible()
    await check(page, "new story")
    await editor.opens("/stories/batch")
    await page.get_by_label("Topics", exact=True).fill("Rice grows.\nWheat grows.")
    await check(page, "new batch")

    await editor.opens(f"/stories/{story_id}/script")
    await expect(page.get_by_text("Length at this voice's pace")).to_be_visible()
    await check(page, "script")
    await check_dialog(page, page.get_by_role("button", name="More for section 1"), "menu of a section")
    await check_dialog(page, page.get_by_role("button", name="More", exact=True), "menu of the story")
    await page.get_by_role("button", name="More", exact=True).click()
    await check_dialog(page, page.get_by_role("menuitem", name="Delete story"), "delete")
    await page.get_by_role("button", name="Rename “Rice”").click()
    await check(page, "renaming")

    await editor.opens(f"/stories/{story_id}/voice")
    await expect(page.get_by_role("slider", name="Waveform of section 1")).to_be_visible()
    await page.get_by_text("Voice and recording").first.click()
    await check(page, "voice")

    await editor.opens(f"/stories/{story_id}/pictures")
    await expect(page.get_by_role("img", name="Picture 1 of section 1")).to_have_js_property("complete", True)
    await check(page, "pictures")
    box = page.locator("[data-section=grass]")
    await check_dialog(page, box.get_by_role("button", name="Search", exact=True), "search")
    await check_dialog(page, box.get_by_role("button", name="Generate", exact=True), "generate")
    await check_dialog(page, box.get_by_role("button", name="Picture 1 of section 1"), "menu of a picture")


async def test_every_state_of_a_film_is_accessible_in_both_themes(page: Page, server: Served):
    story_id = await made(server, "film")
    editor = Editor(page, server.url)
    await editor.opens_tab(story_id, "timeline")
    await editor.scene("grass").click()
    await check(page, "timeline")
    await check_dialog(page, page.get_by_role("button", name="Keyboard shortcuts"), "keys")
    await check_dialog(page, page.get_by_role("button", name="Replace picture"), "replace")
    await editor.opens_tab(story_id, "look")
    await page.get_by_label("Safe areas of").select_option("tiktok")
    await check(page, "look")
    await editor.opens_tab(story_id, "film")
    await expect(page.get_by_text("The film is up to date")).to_be_visible()
    await check(page, "film")
    await check_dialog(page, page.get_by_role("button", name="Export…"), "export")


async def tabs_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(150):
        if await wanted.evaluate_all("(found) => found.includes(document.activeElement)"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {wanted}")


async def test_a_topic_becomes_a_film_by_keyboard_alone(page: Page, server: Served, tmp_path: Path):
    editor = Editor(page, server.url)
    await editor.opens("/stories")
    await tabs_to(page, page.get_by_role("link", name="New story"))
    await page.keyboard.press("Enter")
    field = page.get_by_label("Topic, notes or script")
    await expect(field).to_be_visible()
    await tabs_to(page, field)
    await page.keyboard.type("Rice is a grass. It grows in water.")
    await tabs_to(page, page.get_by_role("button", name=re.compile("Write script")))
    await page.keyboard.press("Enter")
    narration = page.get_by_label("Narration, Section 1", exact=True)
    await expect(narration).to_be_visible()
    await tabs_to(page, narration)
    await page.keyboard.press("Control+a")
    await page.keyboard.type("Rice is a grass. Most people eat it.")
    await tabs_to(page, page.get_by_role("button", name=re.compile("Make the film")))
    await page.keyboard.press("Enter")
    story_id = page.url.split("/stories/")[1].split("/")[0]

    async def completed() -> bool:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
            story = (await api.get(f"/api/stories/{story_id}")).json()
        assert story["status"] != "failed", story["reason"]
        return story["status"] == "completed"

    await until(completed)
    for tab in ("Voice", "Pictures", "Timeline", "Film"):
        link = page.get_by_role("navigation", name="Story").get_by_role("link", name=tab)
        await tabs_to(page, link)
        await page.keyboard.press("Enter")
        await expect(link).to_have_attribute("aria-current", "page")
        if tab == "Timeline":
            await expect(editor.canvas).to_have_attribute("data-ready", "true")
            await page.keyboard.press("ArrowRight")
            assert await editor.frame() == 1
    download = page.get_by_role("link", name="Download").first
    await tabs_to(page, download)
    async with page.expect_download() as taken:
        await page.keyboard.press("Enter")
    film = tmp_path / "film.mp4"
    await (await taken.value).save_as(film)
    with av.open(str(film)) as container:
        assert container.streams.audio
        assert container.streams.video[0].frames > 30
