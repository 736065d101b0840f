"""A batch from the first drop to the ZIP at home, as a person goes through it."""

import csv
import io
import re
import zipfile
from pathlib import Path

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.cli.installation import make_batch
from tests.e2e.person import Person
from tests.jobs import make_job, videos
from tests.serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_files_are_dropped_watched_selected_and_taken_home(page: Page, server: Served, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox in the snow", "A harbour at night", "A wheat field"])
    person = Person(page, server.url)
    await person.opens("/new")
    await person.names_it("Winter")
    await person.drops(*sorted(batch.iterdir()))
    await person.chooses_echo(delay=1.5)
    await person.starts(3)
    await expect(person.takes).to_have_count(3)
    await expect(person.take(1)).to_contain_text("Generating")
    for shot in (1, 2, 3):
        await person.sees_finished(shot)
    await person.sees_state("Done")
    await person.selects(1)
    await person.selects(3)
    await person.shows_only("Picks")
    await expect(person.takes).to_have_count(2)

    download = await person.downloads_marked("To the client")
    assert download.suggested_filename == "To the client.zip"
    with zipfile.ZipFile(await download.path()) as home:
        assert home.testzip() is None
        clips = sorted(name for name in home.namelist() if name.endswith(".mp4"))
        manifest = next(name for name in home.namelist() if name.endswith("manifest.csv"))
        rows = list(csv.DictReader(io.StringIO(home.read(manifest).decode("utf-8-sig"))))
        taken = {home.read(name) for name in clips}
    assert all(name.startswith("To the client/") for name in clips)
    assert len(rows) == 2
    job_id = page.url.split("/jobs/")[1].split("?")[0]
    async with httpx.AsyncClient(base_url=server.url) as client:
        there = (await client.get(f"/api/jobs/{job_id}/videos?selected_only=true")).json()
        assert taken == {(await client.get(each["video_url"])).content for each in there}
    assert len(taken) == 2


async def test_a_mismatch_is_shown_mended_in_place_and_not_lost_with_the_page(
    page: Page, server: Served, tmp_path: Path
):
    batch = make_batch(tmp_path / "in", ["A fox", "A harbour", "A field"], images=[1, 2, 4])
    person = Person(page, server.url)
    await person.opens("/new")
    await person.drops(*sorted(batch.iterdir()))
    await person.chooses_echo()
    await expect(person.prompt(3)).to_have_value("A field")
    await expect(page.get_by_text("No image — won't be made.")).to_be_visible()
    await expect(page.get_by_text("No prompt — won't be made.")).to_be_visible()  # 4.png
    await page.get_by_role("button", name="Shot 3 has no image. Choose one").click()
    await page.get_by_role("dialog").get_by_role("button", name="4.png").click()
    await page.get_by_role("button", name="More for shot 4").click()
    await page.get_by_role("menuitem", name="Remove shot").click()
    await expect(page.get_by_text("left out")).to_have_count(0)
    await person.prompt(3).fill("A wheat field")  # and leaves at once

    await person.opens("/")
    await person.opens("/new")
    await expect(page.get_by_text("Draft restored")).to_be_visible()
    await expect(person.prompt(3)).to_have_value("A wheat field")
    await person.starts(3)
    await person.sees_finished(3)
    await expect(page.get_by_role("region", name="Shot 3").get_by_role("img", name="4.png")).to_be_visible()


async def test_a_refused_shot_is_made_with_other_words(page: Page, server: Served):
    job_id = await make_job(server.run, ["A fox", "A singer everybody knows [refuse:people]"])
    person = Person(page, server.url)
    await person.opens_job(job_id)
    await expect(person.take(2)).to_contain_text("Refused: real person")
    await person.rewrites(2, "A singer nobody knows")
    await person.sees_finished(2)  # in the place of the refused one
    await expect(person.takes).to_have_count(2)
    made = {each.prompt_text: each.status for each in await videos(server.run, job_id)}
    assert made == {"A fox": "completed", "A singer nobody knows": "completed"}


async def test_a_second_tab_agrees(window: BrowserContext, server: Served):
    job_id = await make_job(server.run, ["A fox", "A harbour [slow:30]"], delay_seconds=0.1)
    one, other = [Person(await window.new_page(), server.url) for _ in range(2)]
    for person in (one, other):
        await person.opens_job(job_id)
        await person.sees_finished(1)
    await one.selects(1)
    await other.sees_selected(1)
    await other.pauses()
    await one.sees_state("Paused")


async def test_what_does_not_fit_is_named_and_the_pairs_stay(page: Page, server: Served, tmp_path: Path):
    batch = make_batch(tmp_path / "in", ["A fox", "A harbour"])
    person = Person(page, server.url)
    await person.opens("/new")
    await person.drops(*sorted(batch.iterdir()))
    await person.chooses_echo()
    start = page.get_by_role("button", name=re.compile("Start 2 video"))
    await expect(start).to_be_enabled()
    await page.get_by_label("Delay").fill("-3")
    await expect(page.get_by_text("delay_seconds:")).to_be_visible()
    await expect(start).to_be_disabled()
    await expect(person.prompt(2)).to_have_value("A harbour")
    await page.get_by_label("Delay").fill("0")
    await expect(start).to_be_enabled()


async def test_a_zip_with_nothing_in_it_is_told(page: Page, server: Served, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "nothing.zip", "w") as archive:
        archive.writestr("notes.bin", b"")
    person = Person(page, server.url)
    await person.opens("/new")
    await person.drops(tmp_path / "nothing.zip")
    await expect(page.get_by_text("This ZIP has no images or prompts")).to_be_visible()
