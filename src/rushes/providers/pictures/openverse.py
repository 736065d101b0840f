"""Openverse: openly licensed pictures of many collections, searched without a key.

Wire: api.openverse.org/v1 (image search), as of November 2026. Only licences that allow change and sale;
each picture but those in the public domain has a line of credit that has to be printed. How often it may be
asked is read from the answers: about 20 times a minute and 200 a day.
"""

from collections.abc import Mapping

import httpx2
from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import SettingsConfigDict

from rushes.providers.links import LinkSettings
from rushes.providers.picture_contract import Attribution, Candidate, PictureForm, PictureQuery
from rushes.providers.pictures._licences import display_name, is_free, is_usable
from rushes.providers.pictures._plain import link, plain
from rushes.providers.pictures._search_cache import shape_of
from rushes.providers.pictures._stock import Stock, parsed, usable

SHAPES = {"landscape": "wide", "portrait": "tall", "square": "square"}
LICENCES = "by,by-sa,cc0,pdm"


class OpenverseSettings(LinkSettings):
    """Its address."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_OPENVERSE_", env_file=".env", extra="ignore")

    base_url: str = Field(
        default="https://api.openverse.org", pattern="^https?://", description="Address of Openverse's API."
    )


class _Tag(BaseModel):
    name: str = ""


class _Picture(BaseModel):
    id: str = Field(min_length=1, max_length=100)
    title: str | None = None
    url: str | None = None
    thumbnail: str | None = None
    foreign_landing_url: str | None = None
    creator: str | None = None
    creator_url: str | None = None
    license: str = ""
    license_version: str | None = None
    license_url: str | None = None
    attribution: str | None = None
    width: object = None
    height: object = None
    mature: bool | None = None
    tags: list[_Tag] | None = None


class _Found(BaseModel):
    results: list[object] = []


class Openverse(Stock[OpenverseSettings]):
    """See the module docstring."""

    id = "openverse"
    title = "Openverse"
    Settings = OpenverseSettings
    searched = frozenset({PictureForm.PHOTO})
    window_seconds = 60.0
    most_count = 20

    @property
    def home(self) -> str:
        """As the settings say."""
        return self.settings.base_url.rstrip("/")

    def _ask(self, query: PictureQuery) -> tuple[str, Mapping[str, str]]:
        return "/v1/images/", {
            "q": query.text,
            "license": LICENCES,
            "license_type": "commercial,modification",
            "aspect_ratio": SHAPES[shape_of(query.width, query.height)],
            "size": "large",
            "page": str(query.page),
            "page_size": str(query.count),
        }

    def _candidates(self, response: httpx2.Response, query: PictureQuery) -> list[Candidate]:
        found = [_candidate(each) for each in parsed(response, _Found).results]
        return [each for each in found if each is not None]


def _candidate(result: object) -> Candidate | None:
    try:
        picture = _Picture.model_validate(result)
    except ValidationError:
        return None
    url, width, height = link(picture.url), usable(picture.width), usable(picture.height)
    licence = picture.license if picture.license.lower() in {"cc0", "pdm"} else f"cc {picture.license}"
    if not url or not width or not height or picture.mature or not is_usable(licence):
        return None
    name = display_name(plain(picture.license, 30), plain(picture.license_version, 20))
    title, author = plain(picture.title, 300), plain(picture.creator)
    told = plain(picture.attribution, 1000) or f'"{title}" by {author or "an unknown author"}, {name}'
    thumbnail = link(picture.thumbnail)
    return Candidate(
        id=picture.id,
        provider=Openverse.id,
        title=title,
        tags=[tag for each in (picture.tags or [])[:50] if (tag := plain(each.name, 100))],
        width=width,
        height=height,
        preview_url=thumbnail,
        hotlink=bool(thumbnail),
        attribution=Attribution(
            author=author,
            author_url=link(picture.creator_url),
            licence=name,
            licence_url=link(picture.license_url),
            page_url=link(picture.foreign_landing_url),
            text=told,
            required=not is_free(licence),
        ),
        data={"url": url},
    )
