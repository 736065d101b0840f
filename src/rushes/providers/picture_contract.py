"""What a picture provider is: a source that is searched, a model that makes pictures, or both.

    search(query)          -> candidates, with author and licence      free
    fetch(candidate, into) -> its file                                 free
    generate(call, folder) -> new pictures                             the one call that may cost money

What may be raised is in the docstring of `base.py`. A source keeps its service's rules itself: rate limits,
how long answers may be cached, what may be linked and what must be downloaded, whom a use is reported to.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from rushes.errors import Invalid
from rushes.providers.base import BaseLimits, Credential, Options, Provider, ProviderSettings
from rushes.providers.catalogue import Catalogue, PictureEntry, load_catalogue
from rushes.providers.kinds import Kind


class PictureForm(StrEnum):
    """What a picture is: a still, or a clip that moves."""

    PHOTO = "photo"
    CLIP = "clip"


class Attribution(BaseModel):
    """Whose it is and under what: kept from the first moment, shown in the credits. Plain text, no HTML."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    author: str = Field(default="", max_length=500)
    author_url: str = Field(default="", max_length=2000)
    licence: str = Field(default="", max_length=200)
    licence_url: str = Field(default="", max_length=2000)
    page_url: str = Field(default="", max_length=2000)
    text: str = Field(default="", max_length=2000, description="The line to print where it is required.")
    required: bool = Field(default=False, description="Whether the licence asks for the line.")


class Candidate(BaseModel):
    """A picture that was found, and is not fetched yet. Sizes in pixels, `seconds` of a clip.

    `preview_url` may be shown to a person where `hotlink` says so; else only a fetched copy is shown.
    `data` is what the provider needs to fetch it, its own business.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = Field(max_length=300)
    provider: str = Field(max_length=100)
    form: PictureForm = PictureForm.PHOTO
    title: str = Field(default="", max_length=1000)
    tags: list[str] = Field(default_factory=list[str], max_length=100)
    width: int = Field(ge=1, le=100_000)
    height: int = Field(ge=1, le=100_000)
    seconds: float | None = Field(default=None, ge=0, le=86_400)
    preview_url: str = Field(default="", max_length=4000)
    hotlink: bool = False
    attribution: Attribution = Attribution()
    data: dict[str, str] = {}


@dataclass(frozen=True)
class PictureQuery:
    """What is searched. `width` and `height` are of the frame to fill, pixels; `language` a BCP 47 tag."""

    text: str
    width: int
    height: int
    form: PictureForm = PictureForm.PHOTO
    language: str = "en"
    count: int = 12
    page: int = 1
    credential: Credential | None = None


class PictureOptions(Options, frozen=True):
    """Base of a picture provider's options."""

    @property
    def priced_as(self) -> str:
        """What a generated picture is priced as in the catalogue (a size or a quality)."""
        return "*"


PictureOptionsT = TypeVar("PictureOptionsT", bound=PictureOptions)
PictureSettingsT = TypeVar("PictureSettingsT", bound=ProviderSettings)


@dataclass(frozen=True)
class PictureCall(Generic[PictureOptionsT]):
    """One paid call as the ledger has it. `key` is its idempotency key, unique for ever.

    `width` and `height` are of the frame to fill; the provider makes the nearest shape that it has.
    """

    key: str
    prompt: str
    width: int
    height: int
    model: str
    options: PictureOptionsT
    credential: Credential | None = None


@dataclass(frozen=True)
class PictureFile:
    """A file that was fetched or made: JPEG, PNG or WebP, or MP4 of a clip; checked by whoever asked."""

    path: Path
    media_type: str
    attribution: Attribution = field(default_factory=Attribution)


@dataclass(frozen=True)
class Generated:
    """What was made, and what it cost in US dollars, when the provider says."""

    files: tuple[PictureFile, ...]
    cost: Decimal | None = None


class PictureProvider(Provider[PictureSettingsT], Generic[PictureOptionsT, PictureSettingsT]):
    """Base of every picture provider. Class attributes are its description; see the module docstring."""

    kind: ClassVar[Kind] = Kind.PICTURE
    limits: ClassVar[BaseLimits] = BaseLimits()
    Options: ClassVar[type[PictureOptions]] = PictureOptions
    searched: ClassVar[frozenset[PictureForm]] = frozenset()
    """What can be searched here; empty for one that only generates."""
    generates: ClassVar[bool] = False

    def __init__(self, settings: PictureSettingsT) -> None:
        super().__init__(settings)
        self.models: PictureEntry = load_catalogue().pictures[self.id]
        """Its models, as data. Whoever builds it puts the operator's own catalogue here."""

    def read_models(self, catalogue: Catalogue) -> None:
        """Take the models from a catalogue."""
        self.models = catalogue.pictures[self.id]

    def estimate(self, call: PictureCall[PictureOptionsT]) -> Decimal:
        """Return what the call is expected to cost, US dollars: one picture."""
        model = next((each for each in self.models.models if each.id == call.model), self.models.models[0])
        return model.price(call.options.priced_as)

    async def search(self, query: PictureQuery) -> tuple[Candidate, ...]:
        """Return what was found, the best first. Raises `Invalid` where nothing can be searched."""
        raise Invalid(f"{self.title} cannot be searched.")

    async def fetch(self, candidate: Candidate, into: Path, credential: Credential | None) -> PictureFile:
        """Download what was found into the file `into`, which does not exist, and report the use where the
        service asks for that. Raises `Expired` when it is gone."""
        raise Invalid(f"{self.title} cannot be searched.")

    async def generate(self, call: PictureCall[PictureOptionsT], folder: Path) -> Generated:
        """Make a picture of `call.prompt` into files in `folder`, which exists and is empty. The call that
        may cost money. Raises `Rejected` for a refusal."""
        raise Invalid(f"{self.title} does not generate pictures.")
