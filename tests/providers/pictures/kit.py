"""What every picture provider must do, as tests to inherit: a provider's own test file is mostly data.

    class TestAcme(SearchKit):    # one that is searched; DrawKit for one that draws
        provider_id = "acme"

One that speaks to a server overrides the fixtures `provider` and `credential`, and points them at a stand-in.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from PIL import Image

from rushes.errors import Invalid
from rushes.providers.base import Credential
from rushes.providers.catalogue import load_catalogue
from rushes.providers.kinds import Kind
from rushes.providers.picture_contract import (
    Candidate,
    PictureCall,
    PictureFile,
    PictureForm,
    PictureProvider,
    PictureQuery,
)
from rushes.providers.registry import AnyPicture, class_of, ids_of, kind_of

FRAME = (1920, 1080)


class PictureKit:
    """What both kinds must do."""

    provider_id: ClassVar[str]

    @property
    def provider_class(self) -> type[AnyPicture]:
        """Its class, found by its file."""
        cls = class_of(self.provider_id)
        assert issubclass(cls, PictureProvider)
        return cls

    @pytest.fixture
    async def provider(self) -> AsyncIterator[AnyPicture]:
        """The provider, as it is for everybody."""
        provider = self.provider_class(self.provider_class.Settings())
        yield provider
        await provider.close()

    @pytest.fixture
    def credential(self) -> Credential | None:
        """A key, where one is needed."""
        return (
            Credential(UUID(int=1), "test", "key-for-tests-0000") if self.provider_class.credential else None
        )

    def test_it_is_found_by_its_file_and_in_the_catalogue(self):
        """By its id, among its kind."""
        assert self.provider_id in ids_of(Kind.PICTURE)
        assert (kind_of(self.provider_id), self.provider_class.id) == (Kind.PICTURE, self.provider_id)
        assert load_catalogue().pictures[self.provider_id].models

    def test_its_options_have_defaults_and_descriptions(self):
        """So that form and flags can be made of them."""
        schema = self.provider_class.Options.model_json_schema().get("properties", {})
        assert all(each.get("description") for each in schema.values())
        self.provider_class.Options.model_validate({})

    def test_it_searches_or_draws(self):
        """One that does neither is of no use."""
        assert self.provider_class.searched or self.provider_class.generates


class SearchKit(PictureKit):
    """Inherit it as `Test…` for a source that is searched."""

    words: ClassVar[str] = "rice field"

    def query(self, credential: Credential | None, text: str | None = None, **given: Any) -> PictureQuery:
        """A query for a wide frame."""
        width, height = given.pop("frame", FRAME)
        return PictureQuery(
            self.words if text is None else text, width, height, credential=credential, **given
        )

    async def test_what_is_found_has_sizes_authors_and_licences(
        self, provider: AnyPicture, credential: Credential | None
    ):
        """From the first byte, as plain text."""
        found = await provider.search(self.query(credential))
        assert found
        assert len({each.id for each in found}) == len(found)
        for each in found:
            assert each.provider == self.provider_id and each.width and each.height and each.title
            told = each.attribution
            assert told.author and told.licence and told.licence_url and told.page_url and told.text
            assert not any("<" in text for text in (told.author, told.text, each.title))

    async def test_what_is_found_can_be_fetched_and_seen(
        self, provider: AnyPicture, credential: Credential | None, tmp_path: Path
    ):
        """A file that decodes, and its author with it."""
        [first, *_] = await provider.search(self.query(credential))
        file = await self.fetched(provider, first, tmp_path, credential)
        assert file.media_type in {"image/jpeg", "image/png", "image/webp"}
        assert file.attribution == first.attribution
        with Image.open(file.path) as picture:
            picture.load()
            assert picture.width / picture.height == pytest.approx(first.width / first.height, rel=0.05)

    async def fetched(
        self, provider: AnyPicture, candidate: Candidate, folder: Path, credential: Credential | None
    ) -> PictureFile:
        """The file of a candidate, which went through JSON as it does in a row."""
        kept = Candidate.model_validate_json(candidate.model_dump_json())
        return await provider.fetch(kept, folder / "picture", credential)

    async def test_no_more_are_found_than_were_asked_for(
        self, provider: AnyPicture, credential: Credential | None
    ):
        """However many the service would give."""
        assert len(await provider.search(self.query(credential, count=2))) == 2

    async def test_words_are_needed_and_a_form_that_it_has(
        self, provider: AnyPicture, credential: Credential | None
    ):
        """Before anything is asked."""
        with pytest.raises(Invalid):
            await provider.search(self.query(credential, " \n"))
        for form in set(PictureForm) - self.provider_class.searched:
            with pytest.raises(Invalid):
                await provider.search(self.query(credential, form=form))

    async def test_it_draws_nothing(
        self, provider: AnyPicture, credential: Credential | None, tmp_path: Path
    ):
        """It says so."""
        call = PictureCall("key", "a field", 64, 64, "search", provider.Options(), credential)
        with pytest.raises(Invalid):
            await provider.generate(call, tmp_path)


class DrawKit(PictureKit):
    """Inherit it as `Test…` for a provider that makes pictures."""

    prompt: ClassVar[str] = "A rice field at dawn"

    def call(
        self, provider: AnyPicture, credential: Credential | None, prompt: str | None = None, **options: Any
    ) -> PictureCall[Any]:
        """A call for the first model and a tall frame."""
        chosen = self.provider_class.Options.model_validate(options)
        words = self.prompt if prompt is None else prompt
        model = provider.models.models[0].id
        return PictureCall("call-key-0001", words, 1080, 1920, model, chosen, credential)

    async def test_what_is_drawn_decodes_and_has_about_the_shape_of_the_frame(
        self, provider: AnyPicture, credential: Credential | None, tmp_path: Path
    ):
        """In the folder, and of the type it says."""
        made = await provider.generate(self.call(provider, credential), tmp_path)
        [file] = made.files
        assert file.path.parent == tmp_path
        with Image.open(file.path) as picture:
            picture.load()
            assert Image.MIME[picture.format or ""] == file.media_type
            assert picture.width / picture.height == pytest.approx(1080 / 1920, rel=0.05)

    async def test_the_cost_is_that_of_the_catalogue(
        self, provider: AnyPicture, credential: Credential | None, tmp_path: Path
    ):
        """Free for one without a key."""
        call = self.call(provider, credential)
        made = await provider.generate(call, tmp_path)
        assert made.cost == provider.models.models[0].price(call.options.priced_as)
        assert bool(made.cost) == (credential is not None)

    async def test_words_are_needed(
        self, provider: AnyPicture, credential: Credential | None, tmp_path: Path
    ):
        """Before anything is paid."""
        with pytest.raises(Invalid):
            await provider.generate(self.call(provider, credential, " \n"), tmp_path)
        assert not list(tmp_path.iterdir())

    async def test_it_cannot_be_searched(self, provider: AnyPicture, credential: Credential | None):
        """It says so."""
        with pytest.raises(Invalid):
            await provider.search(PictureQuery("rice", 64, 64, credential=credential))
