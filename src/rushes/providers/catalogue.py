"""Models, prices and times as data: `catalogue.toml`, validated, so that a price is never code."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rushes.errors import Fault, Invalid
from rushes.providers.modes import Mode

CATALOGUE = Path(__file__).with_name("catalogue.toml")
NEAR = timedelta(days=60)
"""From so long before a model's end on, people are warned."""


Price = Annotated[Decimal, Field(ge=0, le=10_000)]
"""US dollars for a second, or for a million of something: what is beyond is a slip of the pen."""


class TokenPrices(BaseModel):
    """US dollars for a million tokens, for models that bill by them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: Price
    text: Price
    video: Price


class AnyModel(BaseModel):
    """What every model says, whatever it makes.

    `typical_seconds`: usual time from a call to its result, until this installation has a history of its own.
    `earliest_shutdown`: "this day or later", as some makers put it: a reason to warn, none to refuse.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    typical_seconds: float = Field(gt=0, le=7 * 86_400)
    shutdown_date: date | None = None
    earliest_shutdown: date | None = None

    def gone(self, today: date) -> bool:
        """Return whether the service has shut it down by that day."""
        return self.shutdown_date is not None and self.shutdown_date <= today

    def warning(self, today: date) -> str | None:
        """What a person should know of its end: that it is near, or past."""
        if self.earliest_shutdown is not None and self.earliest_shutdown <= today + NEAR:
            return f"{self.title} may end from {self.earliest_shutdown} on; have another model ready."
        if self.shutdown_date is None or self.shutdown_date > today + NEAR:
            return None
        if self.gone(today):
            return f"{self.title} was shut down on {self.shutdown_date}; choose another model."
        return f"{self.title} is shut down on {self.shutdown_date}; choose another model before."


class VoiceModel(AnyModel):
    """One model of a voice provider. `price_per_million_characters`: US dollars."""

    price_per_million_characters: Price


class PictureModel(AnyModel):
    """One model of a picture provider.

    `price_per_picture`: US dollars, by what it is priced as (a size or a quality; `"*"` for all others);
    empty for a source that is searched and costs nothing.
    """

    price_per_picture: dict[str, Price] = {}

    def price(self, priced_as: str = "*") -> Decimal:
        """Return the price of one picture, US dollars; 0 where it has none."""
        return self.price_per_picture.get(priced_as, self.price_per_picture.get("*", Decimal(0)))


class ScriptModel(AnyModel):
    """One model of a script provider. Prices: US dollars for a million tokens read and written."""

    price_per_million_input: Price = Decimal(0)
    price_per_million_output: Price = Decimal(0)


class Model(AnyModel):
    """One model of a video provider.

    `price_per_second`: US dollars for a second of video, by what it is priced as: a resolution, or
    `"720p silent"` where a take without sound has a price of its own (`"*"` for all).
    `durations`: seconds a take can have, by mode or resolution (`"*"` for all others); empty: as the options
    allow.
    `modes`: what it can start from; unset: all its provider can.
    `credits`: what one take costs in credits of a plan: `"360p 8s"`, `"8s"` for the other resolutions, `"*"`.
    """

    price_per_second: dict[str, Price] = Field(min_length=1)
    durations: dict[str, list[Annotated[int, Field(ge=1, le=3600)]]] = {}
    modes: frozenset[Mode] | None = None
    max_references: int | None = Field(default=None, ge=0, le=1000)
    token_prices: TokenPrices | None = None
    credits: dict[str, Annotated[int, Field(ge=0, le=1_000_000)]] = {}

    def credits_for(self, resolution: str, duration_seconds: int) -> int:
        """What one take costs in the maker's own credits; 0 where it has none."""
        length = f"{duration_seconds}s"
        named = (f"{resolution} {length}", length, "*")
        return next((self.credits[each] for each in named if each in self.credits), 0)

    def has_price(self, resolution: str) -> bool:
        """Whether this can be made at all."""
        return resolution in self.price_per_second or "*" in self.price_per_second

    def price(self, *, resolution: str, duration_seconds: float) -> Decimal:
        """Return the price of one take, US dollars. Raises `KeyError` without one."""
        rate = self.price_per_second.get(resolution, self.price_per_second.get("*"))
        if rate is None:
            raise KeyError(f"{self.id} has no price for {resolution}")
        return rate * Decimal(str(duration_seconds))


class AnyEntry(BaseModel):
    """What the catalogue says of one provider of any kind. The first of its models is the default.

    `service`: whose credentials it uses, where that is not a service of its own.
    `usage_url`: where a person sees what was used and billed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: str | None = None
    usage_url: str | None = Field(default=None, pattern="^https://")


class CatalogueEntry(AnyEntry):
    """What the catalogue says of one video provider.

    `kept_hours`: for how long it keeps what it made, and so is looked at.
    """

    models: list[Model] = Field(min_length=1)
    kept_hours: float = Field(default=24.0, gt=0)

    def model(self, model_id: str | None) -> Model | None:
        """The named model, the default for None, or None when there is no such model."""
        if model_id is None:
            return self.models[0]
        return next((model for model in self.models if model.id == model_id), None)

    def living_model(
        self, model_id: str | None, today: date, modes: frozenset[Mode] = frozenset()
    ) -> Model | None:
        """The same, but none that is shut down: the default is the first that is not and that can start from
        `modes`; where none can, the first."""
        wanted = self.models if model_id is None else [each for each in self.models if each.id == model_id]
        living = [each for each in wanted if not each.gone(today)]
        able = (each for each in living if each.modes is None or modes <= each.modes)
        return next(able, living[0] if living else None)


class VoiceEntry(AnyEntry):
    """What the catalogue says of one voice provider."""

    models: list[VoiceModel] = Field(min_length=1)


class PictureEntry(AnyEntry):
    """What the catalogue says of one picture provider."""

    models: list[PictureModel] = Field(min_length=1)


class ScriptEntry(AnyEntry):
    """What the catalogue says of one script provider."""

    models: list[ScriptModel] = Field(min_length=1)


class Service(BaseModel):
    """Who gives out credentials that several providers use: one Google key serves all of Google's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str


class Catalogue(BaseModel):
    """The whole file: provider id to entry, by kind, and the services that several providers share.

    `providers` are those of videos.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    services: dict[str, Service] = {}
    providers: dict[str, CatalogueEntry]
    voices: dict[str, VoiceEntry] = {}
    pictures: dict[str, PictureEntry] = {}
    scripts: dict[str, ScriptEntry] = {}

    @model_validator(mode="after")
    def _services_are_there(self) -> Self:
        named = {each.service for each in self.entries.values() if each.service}
        if missing := named - set(self.services):
            raise ValueError(f"no [services.…] for {', '.join(sorted(missing))}")
        return self

    @property
    def entries(self) -> dict[str, CatalogueEntry | VoiceEntry | PictureEntry | ScriptEntry]:
        """Provider id to entry, of all kinds, in order."""
        return {**self.providers, **self.voices, **self.pictures, **self.scripts}

    def service_of(self, provider_id: str) -> str:
        """The service whose credentials a provider uses."""
        return self.entries[provider_id].service or provider_id

    def providers_of(self, service: str) -> tuple[str, ...]:
        """The providers that use the credentials of a service, in the order of the catalogue."""
        return tuple(each for each in self.entries if self.service_of(each) == service)


@cache
def load_catalogue(mine: Path | None = None) -> Catalogue:
    """Read and validate the catalogue, with the operator's own file before it. Raises `Invalid` that says
    where that one is wrong."""
    shipped = _read(CATALOGUE)
    if mine is None:
        return Catalogue.model_validate(shipped)
    try:
        return Catalogue.model_validate(_merged(shipped, _read(mine)))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(mine, [Fault(str(mine), f"{error}.", "unreadable")]) from error
    except ValidationError as error:
        faults = [
            Fault(".".join(map(str, each["loc"])), f"{each['msg']}.", str(each["type"]))
            for each in error.errors(include_url=False, include_context=False)
        ]
        raise _wrong(mine, faults) from error


def _wrong(mine: Path, faults: list[Fault]) -> Invalid:
    hint = "Correct it, or unset RUSHES_CATALOGUE_FILE."
    return Invalid(f"The catalogue {mine} does not hold.", faults, hint=hint)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _merged(shipped: dict[str, Any], mine: dict[str, Any]) -> dict[str, Any]:
    """By provider and model: what the operator says of a model replaces that, new models come first."""
    own = Mine.model_validate(mine)
    rooms = {name: getattr(own, name) for name in Mine.model_fields}
    return {**shipped, **{each: _merged_kind(each, shipped.get(each, {}), of) for each, of in rooms.items()}}


def _merged_kind(room: str, shipped: dict[str, Any], mine: "dict[str, MineEntry]") -> dict[str, Any]:
    merged = dict(shipped)
    for provider_id, entry in mine.items():
        if provider_id not in shipped:
            raise Invalid(
                "The catalogue names a provider that is not there.",
                [Fault(f"{room}.{provider_id}", f"There are: {', '.join(shipped)}.", "unknown_provider")],
            )
        models = {each["id"]: each for each in shipped[provider_id]["models"]}
        new = [each for each in entry.models if each.get("id") not in models]
        for each in entry.models:
            if each.get("id") in models:
                models[each["id"]] = {**models[each["id"]], **each}
        merged[provider_id] = {**shipped[provider_id], "models": [*new, *models.values()]}
    return merged


class MineEntry(BaseModel):
    """An operator's entry: parts of models, by id."""

    model_config = ConfigDict(extra="forbid")

    models: list[dict[str, Any]]


class Mine(BaseModel):
    """An operator's own additions to the catalogue."""

    model_config = ConfigDict(extra="forbid")

    providers: dict[str, MineEntry] = {}
    voices: dict[str, MineEntry] = {}
    pictures: dict[str, MineEntry] = {}
    scripts: dict[str, MineEntry] = {}
