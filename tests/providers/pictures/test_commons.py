"""Wikimedia Commons: who asks, what may be used, HTML made text."""

from standins.stock import StockStandIn

from rushes.providers.base import Credential
from rushes.providers.pictures.commons import Commons, CommonsSettings
from rushes.providers.registry import AnyPicture
from tests.providers.pictures.sources import SourceKit


class TestCommons(SourceKit):
    provider_id = "commons"

    async def test_licences_that_forbid_sale_or_change_are_left_out(
        self, provider: AnyPicture, credential: Credential | None
    ):
        found = await provider.search(self.query(credential, "free [nc]"))
        assert [each.attribution.licence for each in found] == ["CC BY-SA 4.0", "Public domain", "CC0"]
        assert [each.attribution.required for each in found] == [True, False, False]

    async def test_the_author_is_text_and_its_link_is_kept(
        self, provider: AnyPicture, credential: Credential | None
    ):
        [first, *_] = await provider.search(self.query(credential, "names again [html]"))
        assert first.attribution.author_url == "https://commons.example/wiki/User:Ann"
        assert first.attribution.text == "Rice 1 by Ann Example, CC BY-SA 4.0, via Wikimedia Commons"
        assert first.tags == ["Rice fields", "Agriculture in Vietnam"]

    async def test_a_scaled_copy_is_taken_of_a_width_that_is_kept_there(
        self, provider: AnyPicture, credential: Credential | None, standin: StockStandIn
    ):
        """One that fills the frame, and not the hundred megapixels it was made from."""
        for width, asked in ((1080, 1280), (1920, 1920), (3840, 3840), (7680, 3840)):
            found = await provider.search(self.query(credential, frame=(width, 1080)))
            assert standin.book.asked[-1].body["iiurlwidth"] == str(asked)
            assert max(each.width for each in found) <= asked

    async def test_the_operator_is_named(self):
        provider = Commons(CommonsSettings(contact="ops@example.org"))
        assert "(ops@example.org)" in provider.user_agent
        await provider.close()
