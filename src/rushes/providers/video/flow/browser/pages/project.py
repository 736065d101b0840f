"""A project of Flow: the composer and the grid on one page, as the provider uses them.

Each method is one step (`Steps.step`): limited in time, and its failures are told by name.
"""

import re
from pathlib import Path

from playwright.async_api import Page

from rushes.errors import ProviderChanged
from rushes.providers.video.flow.browser.finder import until
from rushes.providers.video.flow.browser.guide import Obstacle
from rushes.providers.video.flow.browser.obstacles import ObstacleMet
from rushes.providers.video.flow.browser.pages import composer, downloads, frames, grid, tiles, uploads
from rushes.providers.video.flow.browser.pages.clean_up import clean_up
from rushes.providers.video.flow.browser.pages.settings import Chosen, SettingsPane, Wanted
from rushes.providers.video.flow.browser.pages.sign_in import SignIn
from rushes.providers.video.flow.browser.pages.tab import Tab
from rushes.providers.video.flow.browser.pages.tiles import Tile
from rushes.providers.video.flow.browser.steps import Steps


class ProjectPage:
    """One project, open in a tab. `id` is Flow's own."""

    def __init__(self, tab: Tab, steps: Steps, project: str) -> None:
        self.tab = tab
        self.steps = steps
        self.id = project
        self._asked = False
        """Whether it was asked for as it is wanted: a project that was just made opens by itself."""

    @property
    def page(self) -> Page:
        """The page as Playwright sees it."""
        return self.tab.page

    async def arrive(self) -> None:
        """Be on the project's own page, with nothing in front of it and the newest tiles in view."""
        async with self.steps.step("project.open", self.tab, seconds=self.tab.config.open_seconds * 2):
            # Twice, because which generation it is shows itself only when something has been opened.
            for _ in range(2):
                if not self._here() or not (self._asked or self.tab.is_as_asked):
                    await self.tab.go(self.tab.guide.urls.project_path.format(project=self.id))
                self._asked = True
                if not await until(self._shown, self.tab.config.open_seconds):
                    await self.tab.finder.find("composer.prompt", seconds=0)
                if self._here():
                    break
            await clean_up(self.tab, self.steps.account)
            if not self._here():
                raise ProviderChanged(f"The project {self.id} does not open.", step="project.open")
            await grid.to_newest(self.tab)

    async def _shown(self) -> bool:
        """Either the wanted thing or a known obstacle, which is raised."""
        if (obstacle := await SignIn(self.tab).obstacle()) is not None:
            raise ObstacleMet(obstacle, self.steps.account)
        # Generations share icons: read by the wrong guide, a home page looks right at a wrong address.
        recognised = await self.tab.recognise()
        return recognised and await self.tab.finder.any(["composer.prompt", "dialog", "home.new_project"])

    def _here(self) -> bool:
        url, urls = self.page.url, self.tab.guide.urls
        found = re.search(urls.project, url)
        return found is not None and found.group("project") == self.id and not re.search(urls.viewer, url)

    async def reload(self) -> None:
        """Load it anew: signed addresses are fresh then, and a session that has ended shows itself."""
        async with self.steps.step("project.open", self.tab):
            await self.page.reload(wait_until="domcontentloaded", timeout=self.tab.config.open_seconds * 1000)
        await self.arrive()

    async def obstacle(self) -> Obstacle | None:
        """What a person would have to deal with right now."""
        async with self.steps.step("obstacle", self.tab):
            return await SignIn(self.tab).obstacle()

    async def clean_up(self) -> None:
        """Put aside what lies over the page."""
        async with self.steps.step("clean_up", self.tab):
            await clean_up(self.tab, self.steps.account)

    async def settings(self, wanted: Wanted) -> Chosen:
        """Set everything and read it back. What the page does not offer for the model is None."""
        async with self.steps.step("settings", self.tab):
            return await SettingsPane(self.tab).set(wanted)

    async def upload(self, file: Path, name: str) -> str | None:
        """Upload an image under a name that is its own; Flow's media id of it, where its reply tells."""
        async with self.steps.step("upload", self.tab):
            return await uploads.upload(self.tab, file, name, self.steps.account)

    async def clear_composer(self) -> None:
        """Take off what the page remembers of the shot before: frames and text."""
        async with self.steps.step("composer.clear", self.tab):
            await composer.clear(self.tab)

    async def bind_start_frame(self, name: str) -> None:
        """Put the uploaded image into the start slot, and see that it is there."""
        await self.bind("frames.first", name, chips=1)

    async def bind(self, slot: str, name: str, chips: int) -> None:
        """Put the uploaded image into a slot (`frames.first`, `frames.last`, `ingredients.add`).

        It is the last of so many `chips` then.
        """
        async with self.steps.step(slot, self.tab):
            await frames.bind(self.tab, slot, name, chips=chips)

    async def frames_bound(self) -> int:
        """How many frames are bound and loaded."""
        async with self.steps.step("frames.chip", self.tab):
            return len(await frames.chips_of(self.tab))

    async def write_prompt(self, text: str) -> None:
        """Write the prompt in place of what is there, and read it back."""
        async with self.steps.step("composer.prompt", self.tab):
            await composer.write(self.tab, text)

    async def credits(self) -> composer.Credits:
        """The account's balance as the page tells it, and whether it warns."""
        async with self.steps.step("credits", self.tab):
            return await composer.read_credits(self.tab)

    async def submit(self) -> None:
        """One real click on the button.

        Whatever is raised says that nothing was accepted, but for `TimeoutError`: perhaps it was.
        """
        async with self.steps.step("composer.submit", self.tab):
            button = await composer.ready_to_submit(self.tab, self.steps.account)
        self.steps.shots += 1
        await composer.click(button)

    async def tiles(self) -> list[Tile]:
        """What the grid shows, newest first; tiles far down are not there."""
        async with self.steps.step("tiles", self.tab):
            return await tiles.read(self.tab)

    async def to_newest(self) -> None:
        """Have the newest tiles in view."""
        async with self.steps.step("tiles", self.tab):
            await grid.to_newest(self.tab)

    async def scroll(self, pixels: int) -> bool:
        """Move down the grid. False: it is at its end."""
        async with self.steps.step("tiles", self.tab):
            return await grid.scroll(self.tab, pixels)

    async def picture(self, tile: Tile) -> bytes:
        """What a tile shows, as a small JPEG."""
        async with self.steps.step("tile.picture", self.tab):
            return await tiles.picture(self.tab, tile)

    async def hover_source(self, tile: Tile) -> str | None:
        """The address of the tile's video, which is there only while a pointer is over it."""
        async with self.steps.step("tile.hover_video", self.tab):
            return await tiles.hover_source(self.tab, tile)

    async def download_from_menu(
        self, tile: Tile, resolution: str, into: Path, seconds: float = 600.0
    ) -> None:
        """Download a tile by its menu (`720p`, `1080p`, `4k`); an upscale is made first and takes minutes."""
        async with self.steps.step("menu.download", self.tab, seconds=seconds + 60):
            await downloads.download(self.tab, tile, resolution, into, seconds)

    async def offers(self, resolution: str) -> bool | None:
        """Whether the account is offered a size; None: neither a finished tile nor its plan tells."""
        async with self.steps.step("menu.sizes", self.tab):
            shown = await tiles.read(self.tab)
            done = next((each for each in shown if each.kind == "done"), None)
            return await downloads.offered(self.tab, done, resolution)

    async def choose_frames(self) -> None:
        """Have the slots of start and end frame shown: what a tile was made from is seen in them."""
        async with self.steps.step("settings", self.tab):
            await SettingsPane(self.tab).choose_frames()

    async def reuse_prompt(self, tile: Tile) -> tuple[str, str | None]:
        """The prompt a tile was made from and the name of its image, as “Reuse prompt” puts them back."""
        async with self.steps.step("tile.reuse", self.tab):
            # What is left of another shot must not be taken for this one's.
            await composer.clear(self.tab)
            await composer.write(self.tab, "")
            await tiles.reuse(self.tab, tile)
            return await composer.appears(self.tab), await frames.name_of_chip(self.tab)
