"""Models, prices and times as data: `catalogue.toml`, validated, so that a price is never code."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rushes.errors import Fault, Invalid
from rushes.providers.modes import Mode

CATALOGUE = Path(__file__).with_name("catalogue.toml")
NEAR = timedelta(days=60)
"""From so long before a model's end on, people are warned."""


class TokenPrices(BaseModel):
    """US dollars for a million tokens, for models that bill by them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: Decimal
    text: Decimal
    video: Decimal


class Model(BaseModel):
    """One model of a provider.

    `price_per_second`: US dollars for a second of video, by what it is priced as: a resolution, or
    `"720p silent"` where a take without sound has a price of its own (`"*"` for all).
    `durations`: seconds a take can have, by mode or resolution (`"*"` for all others); empty: as the options
    allow.
    `earliest_shutdown`: "this day or later", as some makers put it: a reason to warn, none to refuse.
    `modes`: what it can start from; unset: all its provider can.
    `credits`: what one take costs in credits of a plan: `"360p 8s"`, `"8s"` for the other resolutions, `"*"`.
    `typical_seconds`: usual time from submit to finished for one take, until this installation
    has a history of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    typical_seconds: float = Field(gt=0)
    price_per_second: dict[str, Decimal] = Field(min_length=1)
    shutdown_date: date | None = None
    earliest_shutdown: date | None = None
    durations: dict[str, list[int]] = {}
    modes: frozenset[Mode] | None = None
    max_references: int | None = None
    token_prices: TokenPrices | None = None
    credits: dict[str, int] = {}

    def credits_for(self, resolution: str, duration_seconds: int) -> int:
        """What one take costs in the maker's own credits; 0 where it has none."""
        length = f"{duration_seconds}s"
        named = (f"{resolution} {length}", length, "*")
        return next((self.credits[each] for each in named if each in self.credits), 0)

    def has_price(self, resolution: str) -> bool:
        """Whether this can be made at all."""
        return resolution in self.price_per_second or "*" in self.price_per_second

    def gone(self, today: date) -> bool:
        """Whether it was shut down."""
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

    def price(self, *, resolution: str, duration_seconds: float) -> Decimal:
        """Dollars for one take."""
        rate = self.price_per_second.get(resolution, self.price_per_second.get("*"))
        if rate is None:
            raise KeyError(f"{self.id} has no price for {resolution}")
        return rate * Decimal(str(duration_seconds))


class CatalogueEntry(BaseModel):
    """What the catalogue says of one provider. The first model is the default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: list[Model] = Field(min_length=1)

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


class Catalogue(BaseModel):
    """The whole file: provider id to entry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    providers: dict[str, CatalogueEntry]


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
    merged = {**shipped, **mine, "providers": dict(shipped["providers"])}
    for provider_id, entry in Mine.model_validate(mine).providers.items():
        if provider_id not in shipped["providers"]:
            there = ", ".join(shipped["providers"])
            raise Invalid(
                "The catalogue names a provider that is not there.",
                [Fault(f"providers.{provider_id}", f"There are: {there}.", "unknown_provider")],
            )
        models = {each["id"]: each for each in shipped["providers"][provider_id]["models"]}
        new = [each for each in entry.models if each.get("id") not in models]
        for each in entry.models:
            if each.get("id") in models:
                models[each["id"]] = {**models[each["id"]], **each}
        merged["providers"][provider_id] = {"models": [*new, *models.values()]}
    return merged


class MineEntry(BaseModel):
    """An operator's entry: parts of models, by id."""

    model_config = ConfigDict(extra="forbid")

    models: list[dict[str, Any]]


class Mine(BaseModel):
    """An operator's file."""

    model_config = ConfigDict(extra="forbid")

    providers: dict[str, MineEntry]
