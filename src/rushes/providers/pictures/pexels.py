"""Pexels: photos and clips, with a free key.

Wire: pexels.com/api/documentation, as of November 2026. 200 requests an hour and 20,000 a month, counted in
its headers; answers are to be cached for 24 hours. A link to Pexels is shown where its pictures are, and
the author is credited.
"""

from collections.abc import Mapping

import httpx2
from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import SettingsConfigDict

from rushes.errors import ActionNeeded
from rushes.providers.base import Credential, CredentialKind
from rushes.providers.http import needed
from rushes.providers.links import LinkSettings
from rushes.providers.picture_contract import Attribution, Candidate, PictureForm, PictureQuery
from rushes.providers.pictures._plain import link, plain
from rushes.providers.pictures._search_cache import shape_of
from rushes.providers.pictures._stock import Stock, parsed, usable

LICENCE = "Pexels License"
LICENCE_URL = "https://www.pexels.com/license/"
LOCALES = {
    "en": "en-US", "de": "de-DE", "fr": "fr-FR", "es": "es-ES", "it": "it-IT", "pt": "pt-BR", "nl": "nl-NL",
    "pl": "pl-PL", "ru": "ru-RU", "tr": "tr-TR", "ja": "ja-JP", "ko": "ko-KR", "zh": "zh-CN", "el": "el-GR",
    "sv": "sv-SE", "da": "da-DK", "fi": "fi-FI", "nb": "nb-NO", "hu": "hu-HU", "cs": "cs-CZ", "ro": "ro-RO",
    "uk": "uk-UA", "id": "id-ID", "vi": "vi-VN", "th": "th-TH", "ca": "ca-ES", "sk": "sk-SK",
}  # fmt: skip


class PexelsSettings(LinkSettings):
    """Its address."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_PEXELS_", env_file=".env", extra="ignore")

    base_url: str = Field(
        default="https://api.pexels.com", pattern="^https?://", description="Address of Pexels' API."
    )


class _Photo(BaseModel):
    id: int
    width: object = None
    height: object = None
    url: str = ""
    alt: str | None = None
    photographer: str = ""
    photographer_url: str = ""
    src: dict[str, str] = {}


class _File(BaseModel):
    link: str = ""
    file_type: str = ""
    width: object = None
    height: object = None


class _User(BaseModel):
    name: str = ""
    url: str = ""


class _Clip(BaseModel):
    id: int
    width: object = None
    height: object = None
    url: str = ""
    image: str = ""
    duration: float = Field(default=0, ge=0, le=86_400)
    user: _User = _User()
    video_files: list[_File] = []


class _Found(BaseModel):
    photos: list[object] = []
    videos: list[object] = []


class Pexels(Stock[PexelsSettings]):
    """See the module docstring."""

    id = "pexels"
    title = "Pexels"
    Settings = PexelsSettings
    credential = CredentialKind.KEY
    environment = ("PEXELS_API_KEY",)
    searched = frozenset({PictureForm.PHOTO, PictureForm.CLIP})
    most_count = 80

    @property
    def home(self) -> str:
        """As the settings say."""
        return self.settings.base_url.rstrip("/")

    def _headers(self, credential: Credential | None) -> Mapping[str, str]:
        return {"authorization": needed(credential).secret}

    async def test(self, credential: Credential) -> None:
        """Search for one photo, which costs one of 200 requests of the hour."""
        await self.look("/v1/search", credential, {"query": "sky", "per_page": "1"})

    def _ask(self, query: PictureQuery) -> tuple[str, Mapping[str, str]]:
        if query.credential is None:
            raise ActionNeeded("Pexels needs a key.", hint="Add one, then retry.")
        params = {
            "query": query.text,
            "orientation": shape_of(query.width, query.height),
            "per_page": str(query.count),
            "page": str(query.page),
        }
        if (locale := LOCALES.get(query.language.partition("-")[0].lower())) is not None:
            params["locale"] = locale
        return ("/videos/search" if query.form is PictureForm.CLIP else "/v1/search"), params

    def _candidates(self, response: httpx2.Response, query: PictureQuery) -> list[Candidate]:
        found = parsed(response, _Found)
        if query.form is PictureForm.CLIP:
            return [each for clip in found.videos if (each := _clip(clip, query)) is not None]
        return [each for photo in found.photos if (each := _photo(photo)) is not None]


def _photo(given: object) -> Candidate | None:
    try:
        photo = _Photo.model_validate(given)
    except ValidationError:
        return None
    url, width, height = link(photo.src.get("original")), usable(photo.width), usable(photo.height)
    if not url or not width or not height:
        return None
    title = plain(photo.alt, 500)
    return Candidate(
        id=str(photo.id),
        provider=Pexels.id,
        title=title,
        tags=title.lower().split()[:50],
        width=width,
        height=height,
        preview_url=link(photo.src.get("medium")),
        hotlink=True,
        attribution=_attribution("Photo", photo.photographer, photo.photographer_url, photo.url),
        data={"url": url},
    )


def _clip(given: object, query: PictureQuery) -> Candidate | None:
    try:
        clip = _Clip.model_validate(given)
    except ValidationError:
        return None
    files = [
        (width, height, url)
        for each in clip.video_files
        if each.file_type == "video/mp4"
        and (url := link(each.link))
        and (width := usable(each.width))
        and (height := usable(each.height))
    ]
    if not files:
        return None
    width, height, url = best_file(files, query)
    # The name of a clip is in its address: /video/a-green-field-1234/
    slug = link(clip.url).rstrip("/").rpartition("/")[2].rpartition("-")[0].replace("-", " ")
    return Candidate(
        id=str(clip.id),
        provider=Pexels.id,
        form=PictureForm.CLIP,
        title=plain(slug, 500),
        tags=plain(slug, 500).lower().split()[:50],
        width=width,
        height=height,
        seconds=clip.duration,
        preview_url=link(clip.image),
        hotlink=True,
        attribution=_attribution("Video", clip.user.name, clip.user.url, clip.url),
        data={"url": url},
    )


def best_file(files: list[tuple[int, int, str]], query: PictureQuery) -> tuple[int, int, str]:
    """Return the smallest file that fills the frame, else the largest."""
    filling = [each for each in files if each[0] >= query.width and each[1] >= query.height]
    if filling:
        return min(filling, key=lambda each: each[0] * each[1])
    return max(files, key=lambda each: each[0] * each[1])


def _attribution(what: str, author: str, author_url: str, page: str) -> Attribution:
    name = plain(author)
    return Attribution(
        author=name,
        author_url=link(author_url),
        licence=LICENCE,
        licence_url=LICENCE_URL,
        page_url=link(page),
        text=f"{what} by {name or 'an unknown author'} on Pexels",
    )
