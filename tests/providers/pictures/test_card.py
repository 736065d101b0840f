"""Cards: the same words and seed, the same picture."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from rushes.errors import Invalid
from rushes.providers.base import Credential
from rushes.providers.registry import AnyPicture
from tests.providers.pictures.kit import DrawKit


class TestCard(DrawKit):
    provider_id = "card"

    async def drawn(self, provider: AnyPicture, folder: Path, prompt: str, **options: object) -> bytes:
        """The bytes of a card."""
        folder.mkdir()
        [file] = (await provider.generate(self.call(provider, None, prompt, **options), folder)).files
        return file.path.read_bytes()

    async def test_the_same_words_and_seed_make_the_same_card(self, provider: AnyPicture, tmp_path: Path):
        """Another seed, language, palette or title makes another."""
        first = await self.drawn(provider, tmp_path / "a", "Rice 米")
        assert await self.drawn(provider, tmp_path / "b", "Rice 米") == first
        others = ({"seed": 1}, {"title": "Water"}, {"below": "in spring"}, {"language": "ja"})
        for number, options in enumerate(others):
            assert await self.drawn(provider, tmp_path / str(number), "Rice 米", **options) != first
        dark = await self.drawn(provider, tmp_path / "d", "Rice 米", palette="dark")
        assert await self.drawn(provider, tmp_path / "l", "Rice 米", palette="light") != dark

    async def test_it_has_exactly_the_size_of_the_frame(
        self, provider: AnyPicture, credential: Credential | None, tmp_path: Path
    ):
        call = replace(self.call(provider, credential), width=1001, height=333)
        [file] = (await provider.generate(call, tmp_path)).files
        with Image.open(file.path) as picture:
            assert picture.size == (1001, 333)
        with pytest.raises(Invalid):
            await provider.generate(replace(call, width=20), tmp_path)
        with pytest.raises(Invalid):
            await provider.generate(replace(call, height=100_000), tmp_path)
