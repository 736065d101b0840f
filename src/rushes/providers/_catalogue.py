"""Models, prices and times as data: `catalogue.toml`, validated, so that a price is never code."""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from rushes.providers._modes import Mode

CATALOGUE = Path(__file__).with_name("catalogue.toml")


class Model(BaseModel):
    """One model of a provider.

    `price_per_second`: US dollars for a second of video, by what it is priced as: a resolution, or
    `"720p silent"` where a take without sound has a price of its own (`"*"` for all).
    `durations`: seconds a take can have, by resolution (`"*"` for all); empty: as the options allow.
    `earliest_shutdown`: "this day or later", as some makers put it: a reason to warn, none to refuse.
    `modes`: what it can start from; unset: all its provider can.
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

    def has_price(self, resolution: str) -> bool:
        """Whether this can be made at all."""
        return resolution in self.price_per_second or "*" in self.price_per_second

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


class Catalogue(BaseModel):
    """The whole file: provider id to entry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    providers: dict[str, CatalogueEntry]


@cache
def load_catalogue(path: Path = CATALOGUE) -> Catalogue:
    """Read and validate the catalogue. Raises `pydantic.ValidationError` naming the entry at fault."""
    return Catalogue.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
