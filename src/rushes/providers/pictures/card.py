"""Card: a title set on a calm gradient, in any script. Free, without a network, the same each time."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import Fault, Invalid
from rushes.platform.media.title_card import Palette, TitleCard, draw_card
from rushes.providers.base import BaseLimits, ProviderSettings
from rushes.providers.picture_contract import (
    Attribution,
    Generated,
    PictureCall,
    PictureFile,
    PictureOptions,
    PictureProvider,
)

LEAST_SIDE, MOST_SIDE = 64, 7680
MOST_TITLE = 300


class CardOptions(PictureOptions, frozen=True):
    """What stands on it, and how it looks."""

    title: str = Field(default="", max_length=300, description="The words on it; empty: the prompt.")
    below: str = Field(default="", max_length=300, description="A smaller line below the title.")
    language: str = Field(
        default="",
        max_length=35,
        description="Language of the words: it decides between Chinese, Japanese and Korean forms.",
    )
    palette: Palette = Field(default="auto", description="Dark or light ground; auto: chosen by the words.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Another seed, other colours.")


class CardSettings(ProviderSettings):
    """It has none."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_CARD_", env_file=".env", extra="ignore")


class Card(PictureProvider[CardOptions, CardSettings]):
    """See the module docstring."""

    id = "card"
    title = "Card"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=4000, concurrency=2)
    Options = CardOptions
    Settings = CardSettings
    generates = True

    async def generate(self, call: PictureCall[CardOptions], folder: Path) -> Generated:
        """Draw the card in a thread. Raises `Invalid` without words, or for a size that no film has."""
        words = (call.options.title or call.prompt).strip()
        faults: list[Fault] = []
        if not words:
            faults.append(Fault("prompt", "There are no words for the card.", "empty"))
        if not all(LEAST_SIDE <= side <= MOST_SIDE for side in (call.width, call.height)):
            faults.append(Fault("width", f"A side has {LEAST_SIDE} to {MOST_SIDE} pixels.", "out_of_range"))
        if faults:
            raise Invalid(" ".join(each.message for each in faults), faults)
        options = call.options
        card = TitleCard(words[:MOST_TITLE], options.below, options.language, options.palette, options.seed)
        path = folder / "card.png"
        await asyncio.to_thread(_draw, card, (call.width, call.height), path)
        return Generated((PictureFile(path, "image/png", Attribution()),), cost=Decimal(0))


def _draw(card: TitleCard, size: tuple[int, int], path: Path) -> None:
    draw_card(card, size).save(path, compress_level=3)
