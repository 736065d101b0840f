"""The library, the palette, keys and drops that work on every page, presets, and the first steps."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.e2e.axe import CONTRAST, faults
from tests.e2e.person import Person
from tests.jobs import make_job, until_status, videos
from tests.serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def in_both_themes(page: Page) -> None:
    """Fail on anything that axe finds, dark or light."""
    assert await faults(page) == []
    for theme in ("light", "dark"):
        await page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
        assert await faults(page, CONTRAST) == [], theme


async def test_takes_of_jobs_and_the_studio_are_found_picked_and_played_in_one_place(
    page: Page, server: Served
):
    job_id = await make_job(server.run, ["A fox in the snow", "An owl at night"], name="Winter")
    await until_status(server.run, job_id, "completed")
    wanted = {"prompt": "A hare from the Studio", "provider": "echo", "keep": True}
    await page.request.post(f"{server.url}/api/video_chat/generate", data=wanted)
    person = Person(page, server.url)
    await person.opens("/library")
    takes = page.get_by_role("button", name="Take:")
    for _ in range(60):
        if await takes.count() == 3:
            break
        await page.reload()
        await page.wait_for_timeout(500)
    await expect(takes).to_have_count(3)
    await in_both_themes(page)

    await page.get_by_label("Made by").select_option("studio")
    await expect(takes).to_have_count(1)
    await page.get_by_label("Made by").select_option("")
    await expect(takes).to_have_count(3)
    await page.get_by_role("button", name="Take: A fox in the snow").click()
    player = page.get_by_role("dialog", name="Player")
    await expect(player).to_contain_text("Winter")
    await page.keyboard.press("p")
    await expect(player.get_by_role("button", name="Picked")).to_be_visible()
    await page.keyboard.press("4")
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await expect(player).to_have_count(0)
    await page.get_by_label("Show").select_option("picks")
    await expect(takes).to_have_count(1)
    await page.reload()  # filters are in the address
    await expect(takes).to_have_count(1)
    await expect(page.get_by_role("img", name="4 stars of 5")).to_be_visible()
    await page.get_by_text("List", exact=True).click()
    await page.get_by_role("checkbox", name="Select: A fox in the snow").click()
    bar = page.get_by_role("toolbar", name="Selected videos")
    await bar.get_by_role("button", name="Unpick 1").click()
    await expect(page.get_by_text("No take matches")).to_be_visible()
    await page.get_by_role("button", name="Clear filters").click()
    await expect(takes).to_have_count(3)


async def test_the_gallery_is_one_tab_stop_and_takes_are_judged_by_keys(page: Page, server: Served):
    job_id = await make_job(server.run, ["A fox", "An owl"], outputs=2)
    await until_status(server.run, job_id, "completed")
    person = Person(page, server.url)
    await person.opens_job(job_id)
    await expect(person.takes).to_have_count(4)
    assert await page.locator("[data-take] button[tabindex='0']:visible").count() <= 4
    await person.finished(1, 1).focus()
    await page.keyboard.press("ArrowRight")
    await expect(person.finished(1, 2)).to_be_focused()
    await page.keyboard.press("x")
    await expect(person.take(1, 2).get_by_label("Rejected")).to_be_attached()
    await page.keyboard.press("ArrowDown")
    await expect(person.finished(2, 2)).to_be_focused()
    await page.keyboard.press("p")
    await person.sees_selected(2, 2)
    await page.keyboard.press("5")
    await expect(person.take(2, 2).get_by_role("img", name="5 stars of 5")).to_be_visible()
    await page.keyboard.press("Space")
    await expect(page.get_by_role("toolbar", name="Selected videos")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("1 of 2 shots decided")).to_be_visible()
    await person.shows_only("Undecided")
    await expect(person.takes).to_have_count(2)
    await in_both_themes(page)
    chosen = [(each.selected, each.rejected, each.rating) for each in await videos(server.run, job_id)]
    assert chosen == [(False, False, 0), (False, True, 0), (False, False, 0), (True, False, 5)]


async def test_compare_walks_wipes_scrubs_and_rejects(page: Page, server: Served):
    job_id = await make_job(server.run, ["A fox", "An owl"], outputs=2)
    await until_status(server.run, job_id, "completed")
    person = Person(page, server.url)
    await person.opens_job(job_id)
    await page.get_by_role("button", name="Compare the takes of shot 2").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("An owl")
    await expect(dialog.locator("video")).to_have_count(2)
    await in_both_themes(page)
    await page.keyboard.press("2")
    await page.keyboard.press("x")
    await expect(dialog.get_by_role("button", name="Reject Shot 2, take 2")).to_have_attribute(
        "aria-pressed", "true"
    )
    await page.keyboard.press("w")
    await expect(dialog.get_by_label("Edge between the two takes")).to_be_visible()
    assert await faults(page) == []
    await page.keyboard.press("w")
    await page.keyboard.press("ArrowUp")
    await expect(dialog).to_contain_text("A fox")
    await page.keyboard.press(".")
    await expect(dialog.locator("video").first).to_have_js_property("paused", True)
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("An owl")
    await expect(dialog).to_contain_text("1 of 2 shots decided")
    await page.keyboard.press("Escape")
    await person.sees_selected(1, 1)


async def test_a_command_is_found_and_keys_are_explained(page: Page, server: Served):
    job_id = await make_job(server.run, ["A fox [slow:600]"], name="Winter")
    person = Person(page, server.url)
    await person.opens_job(job_id)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    box = page.get_by_role("combobox")
    await expect(box).to_be_focused()
    await in_both_themes(page)
    await box.fill("pause")
    await page.keyboard.press("Enter")
    await person.sees_state("Paused")
    await page.keyboard.press("g")
    await page.keyboard.press("s")
    await expect(page).to_have_url(re.compile("/studio$"))
    await page.keyboard.press("n")
    await expect(page).to_have_url(re.compile("/new$"))


async def test_files_may_be_dropped_anywhere(page: Page, server: Served, tmp_path: Path):
    picture = tmp_path / "fox.png"
    Image.new("RGB", (64, 36), (200, 90, 30)).save(picture)
    person = Person(page, server.url)
    await person.opens("/settings")
    await page.get_by_role("heading", name="Settings", level=1).drop({"files": picture})
    await expect(page).to_have_url(re.compile("/new$"))
    await expect(page.get_by_role("region", name="Images")).to_contain_text("1 image")
    await person.opens("/studio")
    await page.get_by_role("heading", name="Studio", level=1).drop({"files": picture})
    await expect(page.get_by_role("img", name="fox.png")).to_be_visible()
    await expect(page).to_have_url(re.compile("/studio$"))


async def test_settings_are_saved_as_a_preset_and_used_again(page: Page, server: Served):
    person = Person(page, server.url)
    await person.opens("/new")
    await person.chooses_echo(takes=3)
    await page.get_by_role("button", name="Presets").click()
    await page.get_by_role("menuitem", name="Save as a preset").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name of the preset").fill("Three of each")
    await dialog.get_by_role("button", name="Save", exact=True).click()
    await expect(dialog).to_have_count(0)
    await page.get_by_label("Provider", exact=True).select_option("animatic")
    await page.get_by_role("button", name="Presets").click()
    await page.get_by_role("menuitem", name="Three of each", exact=True).click()
    await expect(page.get_by_label("Provider", exact=True)).to_have_value("echo")
    await expect(page.get_by_role("radio", name="3", exact=True)).to_be_checked()


async def test_a_job_is_renamed_and_duplicated(page: Page, server: Served):
    settings = {"provider": "echo", "allow_text_only": True}
    made = await page.request.post(
        f"{server.url}/api/jobs/create", data={"job_name": "Winter", "settings": settings}
    )
    job_id = UUID((await made.json())["job_id"])
    at = f"{server.url}/api/jobs/{job_id}"
    await page.request.post(f"{at}/upload", multipart={"prompts_text": "1. A fox"})
    await page.request.post(f"{at}/start")
    await until_status(server.run, job_id, "completed")
    person = Person(page, server.url)
    await person.opens_job(job_id)
    await page.get_by_role("button", name="Rename").click()
    await page.get_by_label("Name of the job").fill("Spring")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Spring", level=1)).to_be_visible()
    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("menuitem", name="Duplicate").click()
    await expect(page.get_by_role("heading", name="Spring (copy)", level=1)).to_be_visible()
    await page.get_by_role("button", name=re.compile("Start 1 video")).click()
    await person.sees_finished(1)


async def test_a_reason_shows_its_takes_alone_and_what_was_refused_is_not_retried(page: Page, server: Served):
    prompts = ["A singer [refuse:people]", "A child [refuse:minors]", "A fox"]
    job_id = await make_job(server.run, prompts)
    person = Person(page, server.url)
    await person.opens_job(job_id)
    await expect(person.take(2)).to_contain_text("minor")
    reasons = page.get_by_role("list", name="Missing videos")
    minors = reasons.get_by_role("listitem").filter(has_text="minor")
    await expect(minors.get_by_role("button", name="Retry")).to_have_count(0)
    await minors.get_by_role("button", name="Show").click()
    await expect(person.takes).to_have_count(1)
    await expect(person.take(2)).to_be_visible()
    await page.get_by_role("button", name="Edit 2 prompts").click()
    await expect(page.get_by_role("dialog").get_by_label("Prompt of shot")).to_have_count(2)
    await in_both_themes(page)


async def test_a_newcomer_makes_the_sample_without_leaving_the_page(page: Page, server: Served):
    person = Person(page, server.url)
    await person.opens("/")
    steps = page.get_by_role("region", name="First steps")
    await in_both_themes(page)
    await steps.get_by_role("button", name="Make the sample").click()
    await expect(steps.get_by_role("button", name="Open it")).to_be_visible()
    await expect(steps.get_by_label("Done")).to_have_count(1)
    await steps.get_by_role("button", name="Hide").click()
    await expect(steps).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("heading", name="All jobs")).to_be_visible()
    await expect(steps).to_have_count(0)
