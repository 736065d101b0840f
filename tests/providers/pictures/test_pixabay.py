"""Pixabay: the key that is in the address, no links to its pictures, sizes as they really come."""

from pathlib import Path

from standins.stock import StockStandIn

from rushes.providers.base import Credential
from rushes.providers.picture_contract import PictureForm
from rushes.providers.registry import AnyPicture
from tests.providers.pictures.sources import SourceKit


class TestPixabay(SourceKit):
    provider_id = "pixabay"

    async def test_pictures_are_not_linked_to_and_have_the_size_of_the_file(
        self, provider: AnyPicture, credential: Credential | None
    ):
        """1280 pixels on the longer side, whatever the original has."""
        found = await provider.search(self.query(credential))
        assert not any(each.hotlink for each in found)
        assert [(each.width, each.height) for each in found[:4]] == [
            (1280, 853),
            (720, 1280),
            (1280, 960),
            (640, 480),
        ]
        assert found[0].attribution.author_url == "https://pixabay.com/users/42/"

    async def test_clips_are_found_and_fetched(
        self, provider: AnyPicture, credential: Credential | None, tmp_path: Path
    ):
        query = self.query(credential, "wind", frame=(1080, 600), form=PictureForm.CLIP)
        [first, *_] = await provider.search(query)
        assert (first.width, first.seconds, first.tags) == (1280, 9, ["rice", "wind"])
        assert (await self.fetched(provider, first, tmp_path, credential)).media_type == "video/mp4"

    async def test_long_queries_are_cut_to_a_hundred_characters_and_counts_raised_to_three(
        self, provider: AnyPicture, credential: Credential | None, standin: StockStandIn
    ):
        found = await provider.search(self.query(credential, "rice " * 60, count=1, language="de-AT"))
        asked = standin.book.asked[-1].body
        assert (len(asked["q"]), asked["per_page"], asked["lang"], len(found)) == (99, "3", "de", 1)
