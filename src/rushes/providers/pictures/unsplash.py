"""Unsplash: photos, with a key; offered only where the operator switches it on.

Wire: unsplash.com/documentation and its API guidelines, as of November 2026. Its rules: previews are
linked, not copied; a photo that is used is reported (`links.download_location`); photographer and Unsplash
are credited with links that say where they come from. Its guidelines also ask that apps do not make their
users register for a key, which a self-hosted studio cannot do without: hence the switch.
"""

from collections.abc import Mapping
from pathlib import Path

import httpx2
from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import SettingsConfigDict

from rushes.errors import Expired
from rushes.providers.base import Credential, CredentialKind
from rushes.providers.http import needed
from rushes.providers.links import LinkSettings
from rushes.providers.picture_contract import (
    Attribution,
    Candidate,
    PictureFile,
    PictureForm,
    PictureQuery,
)
from rushes.providers.pictures._plain import link, plain
from rushes.providers.pictures._search_cache import shape_of
from rushes.providers.pictures._stock import AGAIN, Stock, parsed, usable

LICENCE = "Unsplash License"
LICENCE_URL = "https://unsplash.com/license"


class UnsplashSettings(LinkSettings):
    """Whether it is offered, and how it names itself there."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_UNSPLASH_", env_file=".env", extra="ignore")

    enabled: bool = Field(
        default=False,
        description="Whether people are offered Unsplash. Read its API guidelines first: they ask that apps"
        " do not require their users to register for a key.",
    )
    app_name: str = Field(
        default="rushes",
        pattern=r"^[\w-]{1,60}$",
        description="Name of your application at Unsplash (utm_source of the links to it).",
    )
    base_url: str = Field(
        default="https://api.unsplash.com", pattern="^https?://", description="Address of Unsplash's API."
    )


class _Links(BaseModel):
    html: str = ""
    download_location: str = ""


class _User(BaseModel):
    name: str = ""
    links: _Links = _Links()


class _Tag(BaseModel):
    title: str = ""


class _Photo(BaseModel):
    id: str = Field(min_length=1, max_length=100)
    width: object = None
    height: object = None
    alt_description: str | None = None
    description: str | None = None
    urls: dict[str, str | None] = {}
    links: _Links = _Links()
    user: _User = _User()
    tags: list[_Tag] = []


class _Found(BaseModel):
    results: list[object] = []


class Unsplash(Stock[UnsplashSettings]):
    """See the module docstring."""

    id = "unsplash"
    title = "Unsplash"
    Settings = UnsplashSettings
    credential = CredentialKind.KEY
    environment = ("UNSPLASH_ACCESS_KEY",)
    searched = frozenset({PictureForm.PHOTO})
    most_count = 30

    @property
    def offered(self) -> bool:
        """Only where the operator has switched it on."""
        return self.settings.enabled

    @property
    def home(self) -> str:
        """As the settings say."""
        return self.settings.base_url.rstrip("/")

    def _headers(self, credential: Credential | None) -> Mapping[str, str]:
        return {"authorization": f"Client-ID {needed(credential).secret}", "accept-version": "v1"}

    async def test(self, credential: Credential) -> None:
        """Search for one photo, which costs one request of the hour."""
        await self.look("/search/photos", credential, {"query": "sky", "per_page": "1"})

    def _ask(self, query: PictureQuery) -> tuple[str, Mapping[str, str]]:
        needed(query.credential)
        shape = shape_of(query.width, query.height)
        return "/search/photos", {
            "query": query.text,
            "orientation": "squarish" if shape == "square" else shape,
            "per_page": str(query.count),
            "page": str(query.page),
            "content_filter": "high",
        }

    def _candidates(self, response: httpx2.Response, query: PictureQuery) -> list[Candidate]:
        made = (self._candidate(each, query) for each in parsed(response, _Found).results)
        return [each for each in made if each is not None]

    def _candidate(self, given: object, query: PictureQuery) -> Candidate | None:
        try:
            photo = _Photo.model_validate(given)
        except ValidationError:
            return None
        raw, width, height = link(photo.urls.get("raw")), usable(photo.width), usable(photo.height)
        report = link(photo.links.download_location)
        if not raw or not report or not width or not height:
            return None
        side = max(query.width, query.height)
        title, author = plain(photo.alt_description or photo.description, 500), plain(photo.user.name)
        return Candidate(
            id=photo.id,
            provider=self.id,
            title=title,
            tags=[tag for each in photo.tags[:50] if (tag := plain(each.title, 100))],
            width=width,
            height=height,
            preview_url=link(photo.urls.get("small")),
            hotlink=True,
            attribution=Attribution(
                author=author,
                author_url=self._referred(link(photo.user.links.html)),
                licence=LICENCE,
                licence_url=LICENCE_URL,
                page_url=self._referred(link(photo.links.html)),
                text=f"Photo by {author or 'an unknown author'} on Unsplash",
                required=True,
            ),
            data={"url": _sized(raw, side), "report": report},
        )

    def _referred(self, url: str) -> str:
        if not url:
            return ""
        params = {"utm_source": self.settings.app_name, "utm_medium": "referral"}
        return str(httpx2.URL(url).copy_merge_params(params))

    async def fetch(self, candidate: Candidate, into: Path, credential: Credential | None) -> PictureFile:
        """Report the use, as its guidelines ask, then download the photo."""
        report = httpx2.URL(candidate.data.get("report", ""))
        # The report carries the key: it goes to Unsplash's own API, or nowhere.
        if not self._api(credential).is_home(report):
            raise Expired("the link that reports the use is none of Unsplash's", step="download", hint=AGAIN)
        path = report.path.removeprefix(httpx2.URL(self.home).path.rstrip("/"))
        await self.look(path, credential, dict(report.params.multi_items()))
        return await super().fetch(candidate, into, credential)


def _sized(raw: str, side: int) -> str:
    """The address of the photo, scaled so that it fills the frame (its image service does that)."""
    return str(httpx2.URL(raw).copy_merge_params({"w": str(side), "q": "85", "fm": "jpg", "fit": "max"}))
