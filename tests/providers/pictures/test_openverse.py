"""Openverse: what may be used and what has to be said of it."""

from standins.stock import StockStandIn

from rushes.providers.base import Credential
from rushes.providers.registry import AnyPicture
from tests.providers.pictures.sources import SourceKit


class TestOpenverse(SourceKit):
    provider_id = "openverse"

    async def test_licences_that_forbid_sale_or_change_are_left_out(
        self, provider: AnyPicture, credential: Credential | None, standin: StockStandIn
    ):
        """They are not asked for, and dropped all the same."""
        found = await provider.search(self.query(credential, "free [nc]"))
        assert [each.attribution.licence for each in found] == [
            "CC BY 2.0",
            "CC0 2.0",
            "Public Domain Mark 2.0",
        ]
        assert [each.attribution.required for each in found] == [True, False, False]
        asked = standin.book.asked[-1].body
        assert (asked["license"], asked["license_type"]) == ("by,by-sa,cc0,pdm", "commercial,modification")

    async def test_the_line_of_credit_is_the_one_that_openverse_gives(
        self, provider: AnyPicture, credential: Credential | None
    ):
        [first, *_] = await provider.search(self.query(credential))
        assert first.attribution.text == '"Rice field 1" by Ann Example is licensed under CC BY 2.0.'
        assert first.attribution.required and first.tags == ["rice", "paddy"]

    async def test_the_shape_is_asked_for(
        self, provider: AnyPicture, credential: Credential | None, standin: StockStandIn
    ):
        for frame, shape in (((1080, 1920), "tall"), ((1920, 1080), "wide"), ((1000, 1000), "square")):
            await provider.search(self.query(credential, frame=frame))
            assert standin.book.asked[-1].body["aspect_ratio"] == shape
