"""One tab: its page, the guide of the generation it shows, and how it is opened."""

from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from playwright.async_api import Page

from rushes.providers.video.flow.browser.config import BrowserConfig
from rushes.providers.video.flow.browser.finder import Finder
from rushes.providers.video.flow.browser.guide import Guide


class Tab:
    """A page with a finder for the generation that it shows; `recognise` finds out which that is.

    `name` is what the sign-in is called. `asks_english`: the page is opened in English where it honours that.
    """

    def __init__(
        self,
        page: Page,
        config: BrowserConfig,
        guides: Sequence[Guide],
        guide: Guide | None = None,
        *,
        name: str = "",
        asks_english: bool = True,
    ) -> None:
        self.page = page
        self.name = name
        self.asks_english = asks_english
        self.config = config
        self.guides = guides
        self.finder = Finder(page, guide or guides[0], config.find_seconds)

    @property
    def guide(self) -> Guide:
        """What the page is read by."""
        return self.finder.guide

    async def recognise(self) -> bool:
        """Take the guide of the generation on show. False: it shows none that we know (yet)."""
        marks = [list(each.marks) for each in self.guides]
        place: int = await self.page.evaluate(
            "marks => marks.findIndex(each => each.some(css => document.querySelector(css)))", marks
        )
        if place >= 0:
            self.finder.guide = self.guides[place]
        return place >= 0

    async def go(self, path: str = "") -> None:
        """Open a path of Flow, or its start."""
        await self.page.goto(
            self._in_english(self._origin() + path if path else self.config.url),
            wait_until="domcontentloaded",
            timeout=self.config.open_seconds * 1000,
        )

    @property
    def is_as_asked(self) -> bool:
        """Whether the address asks for what `go` asks for; the page may have dropped it since."""
        return not (self.asks_english and self.guide.urls.english) or self.guide.urls.english in self.page.url

    def _in_english(self, url: str) -> str:
        asked = self.guide.urls.english
        if not asked or not self.asks_english:
            return url
        parts = urlsplit(url)
        query = "&".join(each for each in (parts.query, asked) if each)
        return urlunsplit(parts._replace(path=parts.path or "/", query=query))

    def _origin(self) -> str:
        # An older address redirects to another host; from then on that one is asked.
        here = urlsplit(self.page.url)
        if here.hostname not in self.guide.urls.hosts:
            here = urlsplit(self.config.url)
        return f"{here.scheme}://{here.netloc}"
