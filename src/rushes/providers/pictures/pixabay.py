"""Pixabay: photos and clips, with a free key.

Wire: pixabay.com/api/docs, as of November 2026. Its rules: the same search at most once in 24 hours (the
cache), a file is downloaded and not linked, 100 requests a minute. The key is part of the address of a
search: such addresses are never logged, stored or shown.
"""

from collections.abc import Mapping

import httpx2
from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import SettingsConfigDict

from rushes.errors import ActionNeeded
from rushes.providers.base import Credential, CredentialKind
from rushes.providers.http import Trouble, needed
from rushes.providers.links import LinkSettings
from rushes.providers.picture_contract import Attribution, Candidate, PictureForm, PictureQuery
from rushes.providers.pictures._plain import link, plain
from rushes.providers.pictures._search_cache import shape_of
from rushes.providers.pictures._stock import Stock, parsed, usable
from rushes.providers.pictures.pexels import best_file

LICENCE = "Pixabay Content License"
LICENCE_URL = "https://pixabay.com/service/license-summary/"
LEAST_COUNT = 3
LANGUAGES = frozenset(
    {
        "cs", "da", "de", "en", "es", "fr", "id", "it", "hu", "nl", "no", "pl", "pt", "ro", "sk", "fi", "sv",
        "tr", "vi", "th", "bg", "ru", "el", "ja", "ko", "zh",
    }
)  # fmt: skip
SIZES = ("large", "medium", "small", "tiny")


class PixabaySettings(LinkSettings):
    """Its address."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_PIXABAY_", env_file=".env", extra="ignore")

    base_url: str = Field(
        default="https://pixabay.com", pattern="^https?://", description="Address of Pixabay."
    )


class _File(BaseModel):
    url: str = ""
    width: object = None
    height: object = None
    thumbnail: str = ""


class _Hit(BaseModel):
    id: int
    pageURL: str = ""  # noqa: N815  # its own name
    tags: str = ""
    user: str = ""
    user_id: int = 0
    imageWidth: object = None  # noqa: N815
    imageHeight: object = None  # noqa: N815
    largeImageURL: str = ""  # noqa: N815
    fullHDURL: str = ""  # noqa: N815
    imageURL: str = ""  # noqa: N815
    previewURL: str = ""  # noqa: N815
    duration: float = Field(default=0, ge=0, le=86_400)
    videos: dict[str, _File] = {}


class _Found(BaseModel):
    hits: list[object] = []


class Pixabay(Stock[PixabaySettings]):
    """See the module docstring."""

    id = "pixabay"
    title = "Pixabay"
    Settings = PixabaySettings
    credential = CredentialKind.KEY
    environment = ("PIXABAY_API_KEY",)
    searched = frozenset({PictureForm.PHOTO, PictureForm.CLIP})
    window_seconds = 60.0
    most_count = 200
    most_query = 100

    @property
    def home(self) -> str:
        """As the settings say."""
        return self.settings.base_url.rstrip("/")

    def _refine(self, trouble: Trouble) -> ActionNeeded | None:
        # It answers 400 to a key that it does not know.
        if trouble.status == 400 and "key" in trouble.message.lower():
            return ActionNeeded("Pixabay does not take the key.", hint="Look at the key, or enter another.")
        return None

    async def test(self, credential: Credential) -> None:
        """Search for three photos, which costs one of 100 requests of the minute."""
        params = {"key": needed(credential).secret, "q": "sky", "per_page": str(LEAST_COUNT)}
        await self.look("/api/", credential, params)

    def _ask(self, query: PictureQuery) -> tuple[str, Mapping[str, str]]:
        shape = shape_of(query.width, query.height)
        params = {
            "key": needed(query.credential).secret,
            "q": query.text,
            "per_page": str(max(LEAST_COUNT, query.count)),
            "page": str(query.page),
            "safesearch": "true",
        }
        if (language := query.language.partition("-")[0].lower()) in LANGUAGES:
            params["lang"] = language
        if query.form is PictureForm.CLIP:
            return "/api/videos/", params
        orientation = {"landscape": "horizontal", "portrait": "vertical", "square": "all"}[shape]
        return "/api/", {**params, "image_type": "photo", "orientation": orientation}

    def _candidates(self, response: httpx2.Response, query: PictureQuery) -> list[Candidate]:
        hits: list[_Hit] = []
        for each in parsed(response, _Found).hits:
            try:
                hits.append(_Hit.model_validate(each))
            except ValidationError:
                continue
        made = (_clip(each, query) if query.form is PictureForm.CLIP else _photo(each) for each in hits)
        return [each for each in made if each is not None]


def _photo(hit: _Hit) -> Candidate | None:
    width, height = usable(hit.imageWidth), usable(hit.imageHeight)
    # Full size only for approved accounts; `largeImageURL` has 1280 pixels on its longer side.
    whole, full_hd, large = link(hit.imageURL), link(hit.fullHDURL), link(hit.largeImageURL)
    if not width or not height or not (whole or full_hd or large):
        return None
    if not whole:
        most = 1920 if full_hd else 1280
        factor = min(1.0, most / max(width, height))
        width, height = max(1, round(width * factor)), max(1, round(height * factor))
    return _candidate(hit, PictureForm.PHOTO, width, height, whole or full_hd or large, link(hit.previewURL))


def _clip(hit: _Hit, query: PictureQuery) -> Candidate | None:
    files = [
        (width, height, url)
        for name in SIZES
        if (file := hit.videos.get(name)) is not None
        and (url := link(file.url))
        and (width := usable(file.width))
        and (height := usable(file.height))
    ]
    if not files:
        return None
    width, height, url = best_file(files, query)
    thumbnails = (link(each.thumbnail) for each in hit.videos.values())
    preview = next((each for each in thumbnails if each), "")
    return _candidate(hit, PictureForm.CLIP, width, height, url, preview)


def _candidate(hit: _Hit, form: PictureForm, width: int, height: int, url: str, preview: str) -> Candidate:
    tags = [plain(each, 100) for each in hit.tags[:5000].split(",")]
    author = plain(hit.user)
    what = "Video" if form is PictureForm.CLIP else "Image"
    profile = f"https://pixabay.com/users/{hit.user_id}/" if hit.user_id > 0 else ""
    return Candidate(
        id=str(hit.id),
        provider=Pixabay.id,
        form=form,
        title=", ".join(tags)[:500],
        tags=[each for each in tags if each][:50],
        width=width,
        height=height,
        seconds=hit.duration if form is PictureForm.CLIP else None,
        preview_url=preview,
        hotlink=False,
        attribution=Attribution(
            author=author,
            author_url=profile,
            licence=LICENCE,
            licence_url=LICENCE_URL,
            page_url=link(hit.pageURL),
            text=f"{what} by {author or 'an unknown author'} on Pixabay",
        ),
        data={"url": url},
    )
