"""What a person does with the page. The words and places of the page are here, so that tests stay stories."""

import re
from pathlib import Path
from uuid import UUID

from playwright.async_api import Download, Locator, Page, expect


class Person:
    """Somebody in front of one tab."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    # Going places

    async def opens(self, path: str) -> None:
        """Type an address."""
        await self.page.goto(self.url + path)
        await expect(self.page.locator("h1").first).to_be_attached()

    async def opens_job(self, job_id: UUID) -> None:
        """Look at a job."""
        await self.opens(f"/jobs/{job_id}")
        await expect(self.takes).not_to_have_count(0)

    # Making a job

    async def drops(self, *files: Path) -> None:
        """Drag files from the desktop onto the page for new jobs."""
        await self.page.get_by_text("Drop images, a folder or a ZIP").locator("..").drop({"files": files})

    async def chooses(self, *files: Path) -> None:
        """Choose files with the system's dialog, which tells their dates too."""
        await self.page.get_by_label("Choose files", exact=True).set_input_files(files)

    async def names_it(self, name: str) -> None:
        """Give the job its name."""
        await self.page.get_by_label("Name", exact=True).fill(name)

    async def chooses_echo(self, *, takes: int = 1, delay: float = 0) -> None:
        """Have echo make it."""
        await self.page.get_by_label("Provider", exact=True).select_option("echo")
        await (
            self.page.get_by_role("group", name="Takes per shot").get_by_text(str(takes), exact=True).click()
        )
        await self.page.get_by_label("Delay").fill(str(delay))

    def prompt(self, shot: int) -> Locator:
        """The prompt of a shot to be, in the table of matches."""
        return self.page.get_by_label(f"Prompt of shot {shot}", exact=True)

    async def starts(self, videos: int) -> None:
        """Start, once it has been checked. Ends on the job's page."""
        await self.page.get_by_role("button", name=f"Start {videos} video").click()
        await expect(self.page).to_have_url(re.compile("/jobs/"))

    # A job

    @property
    def takes(self) -> Locator:
        """Every take that is shown."""
        return self.page.get_by_role("article", name=re.compile(r"Shot \d+, take \d+"))

    def take(self, shot: int, take: int = 1) -> Locator:
        """One of them."""
        return self.page.get_by_role("article", name=f"Shot {shot}, take {take}", exact=True)

    def finished(self, shot: int, take: int = 1) -> Locator:
        """The picture of a take that is there."""
        return self.take(shot, take).get_by_role("button", name="Open Shot")

    async def sees_finished(self, shot: int, take: int = 1) -> None:
        """Wait until it is there, without a reload."""
        await expect(self.finished(shot, take)).to_be_visible()

    async def selects(self, shot: int, take: int = 1) -> None:
        """Pick a take."""
        one = self.take(shot, take)
        await one.hover()
        await one.get_by_role("button", name="Pick Shot").click()

    async def sees_selected(self, shot: int, take: int = 1) -> None:
        """Wait until a take is shown as chosen."""
        await expect(self.take(shot, take).get_by_label("Picked", exact=True)).to_be_attached()

    async def shows_only(self, filter_name: str) -> None:
        """Filter the takes."""
        await self.page.get_by_role("group", name="Show").get_by_role("button", name=filter_name).click()

    async def downloads_marked(self, folder: str) -> Download:
        """Select all that is shown and download it as a ZIP."""
        await self.page.get_by_role("button", name="Select all").click()
        bar = self.page.get_by_role("toolbar", name="Selected videos")
        await bar.get_by_role("button", name="Download").click()
        await self.page.get_by_label("Folder name").fill(folder)
        async with self.page.expect_download() as download:
            await self.page.get_by_role("button", name="Download ZIP").click()
        return await download.value

    async def rewrites(self, shot: int, prompt: str) -> None:
        """Give a refused shot another prompt."""
        await self.take(shot).get_by_role("button", name="Edit prompt").click()
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_label("Prompt", exact=True).fill(prompt)
        await dialog.get_by_role("button", name="Generate ·").click()
        await expect(dialog).to_have_count(0)

    async def pauses(self) -> None:
        """Pause the job."""
        await self.page.get_by_role("button", name="Pause", exact=True).click()
        await self.sees_state("Paused")

    async def resumes(self) -> None:
        """Let it go on."""
        await self.page.get_by_role("button", name="Resume", exact=True).click()

    async def sees_state(self, word: str) -> None:
        """Wait until the job is in this state."""
        badge = self.page.locator("h1 + *").get_by_text(word, exact=True)
        await expect(badge.or_(self.page.locator("h1 ~ span", has_text=word)).first).to_be_visible()

    # The connection

    async def sees_connection(self, words: str) -> None:
        """Wait until the mark in the corner says so."""
        await expect(self.page.get_by_role("banner").get_by_role("status")).to_have_text(words)
