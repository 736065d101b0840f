"""Wikimedia Commons: freely licensed pictures, searched without a key.

Wire: the Action API (`generator=search`, `prop=imageinfo`), as of November 2026. Wikimedia blocks clients
that do not say who they are and whom to write to: set the contact. Authors and licences come as HTML and
are kept as text.
"""

import re
from collections.abc import Mapping

import httpx2
from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import SettingsConfigDict

from rushes import __version__
from rushes.providers.links import LinkSettings
from rushes.providers.picture_contract import Attribution, Candidate, PictureForm, PictureQuery
from rushes.providers.pictures._licences import is_free, is_usable
from rushes.providers.pictures._plain import first_link, link, plain
from rushes.providers.pictures._stock import Stock, parsed, usable

WIDTHS = (1280, 1920, 3840)
"""Of the scaled copies that Wikimedia keeps; any other would be made for us alone."""
PREVIEW_WIDTH = 330
RASTER = frozenset({"image/jpeg", "image/png", "image/webp"})
DRAWN = frozenset({"image/svg+xml", "image/tiff"})
"""Of these only the scaled copy, which is a PNG or a JPEG, is of use."""
_TITLE = re.compile(r"^File:|\.[a-zA-Z0-9]{2,5}$")
_STEP = re.compile(r"/(?:lossy-page1-|page1-)?\d+px-")


class CommonsSettings(LinkSettings):
    """Its address, and whom Wikimedia may write to."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_COMMONS_", env_file=".env", extra="ignore")

    base_url: str = Field(
        default="https://commons.wikimedia.org",
        pattern="^https?://",
        description="Address of Wikimedia Commons, or of another wiki with its API.",
    )
    contact: str = Field(
        default="",
        max_length=200,
        pattern=r"^[\x21-\x7e]*$",
        description="An address of yours (mail or page) that Wikimedia may write to when searches cause"
        " trouble; its rules ask for one.",
    )


class _Value(BaseModel):
    value: object = ""


class _Info(BaseModel):
    url: str = ""
    descriptionurl: str = ""
    thumburl: str = ""
    thumbwidth: object = None
    thumbheight: object = None
    width: object = None
    height: object = None
    mime: str = ""
    extmetadata: dict[str, _Value] = {}


class _Page(BaseModel):
    pageid: int
    title: str = ""
    index: int = 0
    imageinfo: list[_Info] = Field(min_length=1)


class _Query(BaseModel):
    pages: list[object] = []


class _Found(BaseModel):
    query: _Query = _Query()


class Commons(Stock[CommonsSettings]):
    """See the module docstring."""

    id = "commons"
    title = "Wikimedia Commons"
    Settings = CommonsSettings
    searched = frozenset({PictureForm.PHOTO})
    window_seconds = 60.0

    @property
    def home(self) -> str:
        """As the settings say."""
        return self.settings.base_url.rstrip("/")

    @property
    def user_agent(self) -> str:
        """`client/version (contact) library/version`, as Wikimedia asks for."""
        contact = self.settings.contact or "self-hosted video studio"
        return f"Rushes/{__version__} ({contact}) httpx2/{httpx2.__version__}"

    def _ask(self, query: PictureQuery) -> tuple[str, Mapping[str, str]]:
        width = next((each for each in WIDTHS if each >= query.width), WIDTHS[-1])
        return "/w/api.php", {
            "action": "query",
            "format": "json",
            "formatversion": "2",
            "generator": "search",
            "gsrsearch": f"{query.text} filetype:bitmap|drawing",
            "gsrnamespace": "6",
            "gsrlimit": str(query.count),
            "gsroffset": str((query.page - 1) * query.count),
            "prop": "imageinfo",
            "iiprop": "url|size|mime|extmetadata",
            "iiurlwidth": str(width),
            "maxlag": "5",
        }

    def _candidates(self, response: httpx2.Response, query: PictureQuery) -> list[Candidate]:
        pages: list[_Page] = []
        for each in parsed(response, _Found).query.pages:
            try:
                pages.append(_Page.model_validate(each))
            except ValidationError:
                continue
        found = [_candidate(each) for each in sorted(pages, key=lambda page: page.index)]
        return [each for each in found if each is not None]


def _candidate(page: _Page) -> Candidate | None:
    info = page.imageinfo[0]
    facts = {name: each.value for name, each in info.extmetadata.items()}
    licence = plain(facts.get("LicenseShortName"), 100)
    scaled, original = link(info.thumburl), link(info.url)
    url = scaled if info.mime in DRAWN or scaled else original
    if info.mime not in RASTER | DRAWN or not url or not is_usable(licence):
        return None
    if plain(facts.get("NonFree"), 10).lower() in {"true", "1", "yes"}:
        return None
    sides = (info.thumbwidth, info.thumbheight) if url == scaled else (info.width, info.height)
    width, height = map(usable, sides)
    if not width or not height:
        return None
    title = plain(facts.get("ObjectName"), 300) or plain(_TITLE.sub("", page.title), 300)
    author = plain(facts.get("Artist")) or plain(facts.get("Credit"))
    told = f"{title} by {author or 'an unknown author'}, {licence}, via Wikimedia Commons"
    # Its categories serve as tags.
    tags = [plain(each, 100) for each in plain(facts.get("Categories"), 2000).split("|")]
    return Candidate(
        id=str(page.pageid),
        provider=Commons.id,
        title=title,
        tags=[each for each in tags if each][:50],
        width=width,
        height=height,
        preview_url=_STEP.sub(f"/{PREVIEW_WIDTH}px-", scaled) if scaled else "",
        hotlink=bool(scaled),
        attribution=Attribution(
            author=author,
            author_url=first_link(facts.get("Artist")),
            licence=licence,
            licence_url=link(facts.get("LicenseUrl")),
            page_url=link(info.descriptionurl),
            text=told,
            required=not is_free(licence),
        ),
        data={"url": url},
    )
