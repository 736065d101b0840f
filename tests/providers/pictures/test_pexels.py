"""Pexels: photos, and clips in the smallest size that fills the frame."""

from pathlib import Path

import pytest
from standins.stock import StockStandIn

from rushes.providers.base import Credential
from rushes.providers.picture_contract import PictureForm
from rushes.providers.registry import AnyPicture
from tests.providers.pictures.sources import SourceKit


class TestPexels(SourceKit):
    provider_id = "pexels"

    @pytest.mark.parametrize(
        ("frame", "width"), [((1280, 720), 1920), ((900, 500), 960), ((7680, 4320), 3840)]
    )
    async def test_a_clip_is_the_smallest_file_that_fills_the_frame(
        self,
        provider: AnyPicture,
        credential: Credential | None,
        tmp_path: Path,
        frame: tuple[int, int],
        width: int,
    ):
        query = self.query(credential, "wind [html]", frame=frame, form=PictureForm.CLIP)
        [first, *_] = await provider.search(query)
        assert (first.form, first.width, first.seconds) == (PictureForm.CLIP, width, 12)
        assert first.title == "a green rice field" and first.attribution.author == "Ann Example"
        file = await self.fetched(provider, first, tmp_path, credential)
        assert file.media_type == "video/mp4"

    async def test_language_and_shape_are_asked_for(
        self, provider: AnyPicture, credential: Credential | None, standin: StockStandIn
    ):
        await provider.search(self.query(credential, language="pt-PT", frame=(1080, 1350)))
        asked = standin.book.asked[-1].body
        assert (asked["locale"], asked["orientation"]) == ("pt-BR", "portrait")
        await provider.search(self.query(credential, language="xx"))
        assert "locale" not in standin.book.asked[-1].body

    async def test_previews_may_be_shown(self, provider: AnyPicture, credential: Credential | None):
        [first, *_] = await provider.search(self.query(credential))
        assert first.hotlink and first.preview_url
