"""4K copies, from the action bar to the end, and stopped on the way."""

import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from rushes.platform.media.probe import probe
from tests.e2e.axe import faults
from tests.e2e.person import Person
from tests.jobs import make_job, until, until_status, videos
from tests.serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Upscaler(Person):
    """A person who wants 4K."""

    async def asks_for_4k(self, quality: str) -> None:
        """Select everything and ask for copies."""
        await self.page.get_by_role("button", name="Select all").click()
        await self.page.get_by_role("toolbar").get_by_role("button", name="4K").click()
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_role("group", name="Quality").get_by_text(quality, exact=True).click()
        await dialog.get_by_role("button", name="Upscale").click()

    @property
    def corner(self) -> Locator:
        """The line that tells how far it is."""
        return self.page.get_by_role("region", name="4K copies")


async def test_4k_copies_are_made_seen_in_progress_and_taken_home(page: Page, server: Served, tmp_path: Path):
    job_id = await make_job(server.run, ["A fox", "A harbour"])
    await until_status(server.run, job_id, "completed")
    person = Upscaler(page, server.url)
    await person.opens_job(job_id)
    await person.asks_for_4k("Fast")
    await expect(page.get_by_text("2 4K copies ready")).to_be_visible()
    await expect(person.corner).to_have_count(0)
    assert all(each.upscaled for each in await videos(server.run, job_id))
    bar = page.get_by_role("toolbar")
    await expect(bar.get_by_role("button", name="4K")).to_be_disabled()  # there is nothing left to make

    await bar.get_by_role("button", name="Download").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("group", name="Resolution").get_by_text("4K", exact=True).click()
    async with page.expect_download() as download:
        await dialog.get_by_role("button", name="Download ZIP").click()
    with zipfile.ZipFile(await (await download.value).path()) as home:
        clips = [name for name in home.namelist() if name.endswith(".mp4")]
        home.extractall(tmp_path, clips)
    assert [(seen.width, seen.height) for seen in (probe(tmp_path / name) for name in clips)] == [
        (3840, 2160),
        (3840, 2160),
    ]


async def test_4k_copies_are_stopped_on_the_way(page: Page, server: Served):
    job_id = await make_job(server.run, [f"A shot {n}" for n in range(12)], duration_seconds=4)
    await until_status(server.run, job_id, "completed")
    person = Upscaler(page, server.url)
    await person.opens_job(job_id)
    await person.asks_for_4k("High")
    dialog = page.get_by_role("dialog", name="4K copies")
    await expect(dialog).to_contain_text("of 12")
    await expect(dialog.get_by_role("progressbar").first).to_be_visible()
    assert await faults(page) == []
    await dialog.get_by_role("button", name="Stop").click()
    await expect(page.get_by_text("Stopped. Finished copies stay.")).to_be_visible()
    await expect(person.corner).to_have_count(0)

    async def nothing_is_left() -> bool:
        answer = await page.request.get(f"{server.url}/api/videos/upscale")
        return await answer.json() == []

    await until(nothing_is_left)
    assert not all(each.upscaled for each in await videos(server.run, job_id))
