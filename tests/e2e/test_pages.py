"""Every page: whole for those who use a screen reader, in both themes, on a phone and on a wall."""

import asyncio
import re
from collections.abc import Sequence
from typing import Literal

import httpx
import pytest
from playwright.async_api import Page, Route, expect

from tests.e2e.axe import CONTRAST, EVERYTHING, faults
from tests.e2e.person import Person
from tests.jobs import make_job, until_status, videos
from tests.serving import Served
from tests.waiting import result_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

WIDTHS = (360, 768, 2560)
CUT_OFF = """
() => [...document.querySelectorAll(':is([role=dialog], [role=toolbar], main li) button')]
    .map((each) => [each, each.getBoundingClientRect()])
    .filter(([, { left, right }]) => left < 0 || right > innerWidth)
    .map(([each]) => each.getAttribute('aria-label') ?? each.textContent)
"""
"""What lies over the page, or is clipped, makes it no wider: its buttons are looked at one by one."""
LONG_NAME = "Winter_campaign_" * 12
THEMES: tuple[tuple[Literal["light", "dark"], Sequence[str]], ...] = (
    ("light", EVERYTHING),
    ("dark", CONTRAST),
)
EVERY_STATE = (
    "A fox in the snow",
    "A singer everybody knows [refuse:people]",
    "A harbour at night [lost]",
    "A wheat field [slow:600]",
    "A prompt with a great deal of words in it. " * 12,
)


async def every_page(server: Served) -> dict[str, str]:
    """The addresses of all pages, each with something on it, and a word that is there when it is drawn."""
    run = server.run
    mixed = await make_job(run, EVERY_STATE, name=LONG_NAME, outputs=2, findable=False, delay_seconds=0.1)
    draft = await make_job(run, ["A fox"], start=False)
    done = await make_job(run, ["A fox", "A harbour"])
    await until_status(run, done, "completed")
    take = (await videos(run, done))[0].video_id
    async with httpx.AsyncClient(base_url=server.url) as client:
        one, _ = [
            (
                await client.post("/api/video_chat/generate", json={"prompt": prompt, "provider": "echo"})
            ).json()
            for prompt in ("A fox", "A singer [refuse:people]")
        ]
    return {
        "/": "All jobs",
        "/?q=nothing-has-this-name": "No job matches",
        "/new": "New job",
        f"/jobs/{mixed}": "Refused: real person",
        f"/jobs/{draft}": "Not started",
        f"/jobs/{done}": "2 of 2 videos",
        f"/jobs/{done}?video={take}": "1 of 2",
        "/studio": "Refused for a well-known person",
        f"/studio?video={one['operation_id']}": "Settings",
        "/settings": "About this server",
        "/jobs/00000000-0000-7000-8000-000000000000": "Job not found",
        "/nowhere": "Page not found",
    }


async def test_axe_finds_nothing_on_any_page_light_or_dark(page: Page, server: Served):
    person = Person(page, server.url)
    found: list[str] = []
    for path, words in (await every_page(server)).items():
        await person.opens(path)
        await expect(page.get_by_text(words).first).to_be_visible()
        for theme, rules in THEMES:
            await page.emulate_media(color_scheme=theme)
            await expect(page.locator("html")).to_have_attribute("data-theme", theme)
            found += [f"{words} ({path}), {theme}: {each}" for each in await faults(page, rules)]
    assert found == [], "\n".join(found)


async def test_axe_finds_nothing_in_dialogs(page: Page, server: Served):
    job_id = await make_job(server.run, ["A fox", "A singer [refuse:people]", "Lost [lost]"], findable=False)
    person = Person(page, server.url)
    await person.opens_job(job_id)
    found: list[str] = []

    async def look(name: str) -> None:
        await expect(page.get_by_role("dialog").or_(page.get_by_role("menu"))).to_be_visible()
        found.extend(f"{name}: {each}" for each in await faults(page))
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog").or_(page.get_by_role("menu"))).to_have_count(0)

    await person.take(2).get_by_role("button", name="Edit prompt").click()
    await look("other words")
    await person.take(3).get_by_role("button", name="Decide").click()
    await look("decide")
    await page.get_by_role("button", name="More", exact=True).click()
    await look("menu")
    await page.get_by_role("button", name="Select all").click()
    await page.get_by_role("toolbar").get_by_role("button", name="Download").click()
    await look("download")
    assert found == [], "\n".join(found)


async def test_the_player_stays_while_another_part_of_the_page_is_on_its_way(page: Page, server: Served):
    job_id = await make_job(server.run, ["A fox"])
    await until_status(server.run, job_id, "completed")
    take = (await videos(server.run, job_id))[0].video_id
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await go_on.wait()
        await route.continue_()

    await page.route(re.compile(r"/assets/upscales-"), hold)
    await Person(page, server.url).opens(f"/jobs/{job_id}?video={take}")
    player = page.get_by_role("dialog", name="Player")
    await expect(player).to_be_visible()
    await result_of(asked.wait())
    await page.evaluate(
        "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
    )
    await expect(player).to_be_visible()
    assert not go_on.is_set()
    go_on.set()
    await page.unroute_all(behavior="wait")


async def test_no_page_is_wider_than_its_window(page: Page, server: Served):
    person = Person(page, server.url)
    wider: list[str] = []
    for path, words in (await every_page(server)).items():
        await person.opens(path)
        await expect(page.get_by_text(words).first).to_be_attached()
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 800})
            over = await page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            if over > 0:
                wider.append(f"{words} ({path}) at {width}: {over} pixels")
            wider += [f"{name} ({path}) at {width}" for name in await page.evaluate(CUT_OFF)]
    assert wider == []


async def test_every_button_is_inside_the_window_of_a_phone(page: Page, server: Served):
    prompts = ["A fox", "A harbour", "A singer [refuse:people]", "A wheat field [slow:600]"]
    job_id = await make_job(server.run, prompts, name=LONG_NAME, delay_seconds=0.1)
    person = Person(page, server.url)
    await page.set_viewport_size({"width": 360, "height": 800})
    await person.opens_job(job_id)
    await person.sees_finished(2)
    await expect(page.get_by_role("list", name="Missing videos")).to_be_visible()
    await page.get_by_role("button", name="Select all").click()
    bar = page.get_by_role("toolbar", name="Selected videos")
    await expect(bar.get_by_role("button", name="Compare")).to_be_visible()
    await expect(bar.get_by_role("button", name="Edit 3 prompts")).to_be_visible()
    assert await page.evaluate(CUT_OFF) == []
    await bar.get_by_role("button", name="Clear selection").click()
    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("menuitem", name="Delete").click()
    await expect(page.get_by_role("dialog")).to_contain_text(LONG_NAME)
    assert await page.evaluate(CUT_OFF) == []
    await page.keyboard.press("Escape")
    await person.opens(f"/jobs/{job_id}?show=failed")
    pressed = page.get_by_role("group", name="Show").get_by_role("button", pressed=True)
    await expect(pressed).to_contain_text("Failed")
    await expect(pressed).to_be_in_viewport(ratio=1)


async def test_the_keyboard_is_where_it_was_when_a_dialog_has_closed(page: Page, server: Served):
    job_id = await make_job(server.run, ["A singer [refuse:people]", "A field [slow:600]"], delay_seconds=0.1)
    person = Person(page, server.url)
    await person.opens_job(job_id)
    dialog = page.get_by_role("dialog")

    rewrite = person.take(1).get_by_role("button", name="Edit prompt")
    await rewrite.focus()
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_label("Prompt", exact=True)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(rewrite).to_be_focused()

    more = page.get_by_role("button", name="More", exact=True)
    await more.focus()
    for _ in range(2):  # the second time, nothing has to be fetched first
        await page.keyboard.press("Enter")
        await page.get_by_role("menuitem", name="Delete").press("Enter")
        await expect(dialog).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(more).to_be_focused()

    await page.get_by_role("button", name="Pause", exact=True).press("Enter")
    resume = page.get_by_role("button", name="Resume", exact=True)
    await expect(resume).to_be_focused()
    await resume.press("Enter")
    await expect(page.get_by_role("button", name="Pause", exact=True)).to_be_focused()


async def test_what_was_deleted_comes_back_with_a_key(page: Page, server: Served):
    job_id = await make_job(server.run, ["A fox", "A harbour"])
    await until_status(server.run, job_id, "completed")
    person = Person(page, server.url)
    await person.opens_job(job_id)
    await page.get_by_role("button", name="Select all").click()
    await page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    deleted = page.get_by_text("2 videos deleted")
    await expect(deleted).to_be_visible()
    await page.keyboard.press("Control+z")
    await expect(person.takes).to_have_count(2)
    await expect(deleted).to_have_count(0, timeout=5_000)  # by itself it goes after ten seconds


async def test_a_job_can_be_reviewed_with_the_keyboard_alone(page: Page, server: Served):
    job_id = await make_job(server.run, ["A fox", "A harbour"])
    await until_status(server.run, job_id, "completed")
    person = Person(page, server.url)
    await person.opens_job(job_id)
    opener = person.finished(1)
    await opener.focus()
    await page.keyboard.press("Enter")
    player = page.get_by_role("dialog", name="Player")
    await expect(player).to_contain_text("Shot 1, take 1")
    await page.keyboard.press("ArrowRight")
    await expect(player).to_contain_text("Shot 2, take 1")
    await page.keyboard.press("s")
    await expect(player.get_by_role("button", name="Picked")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("Escape")
    await expect(player).to_have_count(0)
    await expect(person.finished(2)).to_be_focused()
    await person.sees_selected(2)
    assert [each.selected for each in await videos(server.run, job_id)] == [False, True]
