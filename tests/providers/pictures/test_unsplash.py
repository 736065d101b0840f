"""Unsplash: off until it is switched on, uses reported, links that say where they come from."""

from pathlib import Path

import pytest
from standins.stock import StockStandIn

from rushes.errors import Expired
from rushes.providers.base import Credential
from rushes.providers.pictures.unsplash import Unsplash, UnsplashSettings
from rushes.providers.registry import AnyPicture
from tests.providers.pictures.sources import SourceKit


class TestUnsplash(SourceKit):
    provider_id = "unsplash"

    def test_it_is_offered_only_where_the_operator_says_so(self):
        assert not Unsplash(UnsplashSettings()).offered
        assert Unsplash(UnsplashSettings(enabled=True)).offered

    async def test_a_use_is_reported_once_a_search_is_not(
        self, provider: AnyPicture, credential: Credential | None, standin: StockStandIn, tmp_path: Path
    ):
        [first, *_] = await provider.search(self.query(credential, "report"))
        before = len(standin.reported)
        await self.fetched(provider, first, tmp_path, credential)
        assert standin.reported[before:] == [first.id]

    async def test_the_report_goes_to_unsplash_alone(
        self, provider: AnyPicture, credential: Credential | None, standin: StockStandIn, tmp_path: Path
    ):
        """It carries the key."""
        [first, *_] = await provider.search(self.query(credential, "report [stolen]"))
        before = len(standin.book.asked)
        with pytest.raises(Expired):
            await self.fetched(provider, first, tmp_path, credential)
        assert len(standin.book.asked) == before

    async def test_links_say_where_they_come_from(self, provider: AnyPicture, credential: Credential | None):
        [first, *_] = await provider.search(self.query(credential))
        told = first.attribution
        assert told.author_url == "https://unsplash.com/@ann?utm_source=rushes&utm_medium=referral"
        assert "utm_source=rushes" in told.page_url and told.required
        assert first.hotlink and "/small/" in first.preview_url
        assert "ixid=a" in first.data["url"] and "w=1920" in first.data["url"]
