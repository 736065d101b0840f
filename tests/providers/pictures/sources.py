"""What every source on the web must make of odd answers, as tests to inherit."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from standins.stock import KEYS, StockStandIn

from rushes.errors import ActionNeeded, ErrorType, Expired, ProviderChanged, RetryLater
from rushes.providers.base import Credential
from rushes.providers.pictures import _stock
from rushes.providers.registry import AnyPicture
from tests.providers.pictures.kit import SearchKit


class SourceKit(SearchKit):
    """Inherit it as `Test…`; the stand-in is the fixture `stock` of `conftest.py`."""

    @pytest.fixture
    async def provider(self, stock: tuple[StockStandIn, str]) -> AsyncIterator[AnyPicture]:
        """The provider, at the stand-in; each test has one of its own, since it remembers limits."""
        given = {"base_url": f"{stock[1]}/{self.provider_id}"}
        settings = self.provider_class.Settings.model_validate(given)
        provider = self.provider_class(settings)
        yield provider
        await provider.close()

    @pytest.fixture
    def credential(self) -> Credential | None:
        """The key that the stand-in takes."""
        key = KEYS.get(self.provider_id)
        return Credential(UUID(int=1), "mine", key) if key else None

    @pytest.fixture
    def standin(self, stock: tuple[StockStandIn, str]) -> StockStandIn:
        """What was asked of it."""
        return stock[0]

    async def test_the_same_search_is_asked_once(
        self, provider: AnyPicture, credential: Credential | None, standin: StockStandIn
    ):
        """In other blanks and letters too; another shape, page or count is another search."""
        before = len(standin.book.asked)
        first = await provider.search(self.query(credential, "same Search"))
        assert await provider.search(self.query(credential, " Same  search ")) == first
        assert len(standin.book.asked) == before + 1
        await provider.search(self.query(credential, "same search", page=2))
        await provider.search(self.query(credential, "same search", frame=(1080, 1920)))
        assert len(standin.book.asked) == before + 3

    @pytest.mark.parametrize(("tag", "after"), [("429:1", 7.0), ("later:1", 90.0), ("busy:1", None)])
    async def test_a_limit_is_waited_for_without_asking_again(
        self,
        provider: AnyPicture,
        credential: Credential | None,
        standin: StockStandIn,
        tag: str,
        after: float | None,
    ):
        """As long as the answer says, else for the window of the limit."""
        window = getattr(self.provider_class, "window_seconds", None)
        for words in ("one", "two"):
            before = len(standin.book.asked)
            with pytest.raises(RetryLater) as caught:
                await provider.search(self.query(credential, f"{words} [{tag}]"))
            assert caught.value.error_type is ErrorType.RATE_LIMITED
            assert caught.value.after == pytest.approx(after or window, abs=5)
            assert len(standin.book.asked) - before == (1 if words == "one" else 0)

    async def test_the_last_request_of_a_window_is_the_last(
        self, provider: AnyPicture, credential: Credential | None, standin: StockStandIn
    ):
        """The headers said so: the next is not made."""
        assert await provider.search(self.query(credential, "near the end [last]"))
        before = len(standin.book.asked)
        with pytest.raises(RetryLater):
            await provider.search(self.query(credential, "after the end"))
        assert len(standin.book.asked) == before

    async def test_html_in_names_is_made_text(self, provider: AnyPicture, credential: Credential | None):
        """And nothing of it is left that a page would run."""
        found = await provider.search(self.query(credential, "names [html]"))
        for each in found:
            told = each.attribution
            assert told.author == "Ann Example"
            assert "Ann Example" in told.text and "<" not in told.text and "alert" not in told.text

    async def test_odd_results_among_good_ones_are_left_out(
        self, provider: AnyPicture, credential: Credential | None
    ):
        """Links that are none, sizes that are none, shapes that nobody knows."""
        plain = await provider.search(self.query(credential, "good"))
        found = await provider.search(self.query(credential, "good [odd]"))
        assert [each.id for each in found] == [each.id for each in plain]

    async def test_nothing_found_is_no_error(self, provider: AnyPicture, credential: Credential | None):
        """Nor kept as one."""
        assert await provider.search(self.query(credential, "nothing [none]")) == ()

    async def test_a_server_in_trouble_is_tried_later_and_a_page_is_not_understood(
        self, provider: AnyPicture, credential: Credential | None
    ):
        """By who acts next."""
        with pytest.raises(RetryLater) as caught:
            await provider.search(self.query(credential, "trouble [500]"))
        assert caught.value.error_type is ErrorType.NETWORK
        with pytest.raises(ProviderChanged):
            await provider.search(self.query(credential, "a [page]"))

    @pytest.mark.parametrize("tag", ["gone", "forbidden", "login", "wrong"])
    async def test_a_link_that_is_over_leaves_no_file(
        self, provider: AnyPicture, credential: Credential | None, tmp_path: Path, tag: str
    ):
        """Also where a page comes in its place, under whatever name."""
        [first, *_] = await provider.search(self.query(credential, f"over [{tag}]"))
        with pytest.raises(Expired):
            await self.fetched(provider, first, tmp_path, credential)
        assert not list(tmp_path.iterdir())

    async def test_a_file_without_end_is_cut_off(
        self,
        provider: AnyPicture,
        credential: Credential | None,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ):
        """No picture is that large; the disk is not filled to find out."""
        monkeypatch.setattr(_stock, "PHOTO_BYTES", 3 * 1024 * 1024)
        [first, *_] = await provider.search(self.query(credential, "large [huge]"))
        with pytest.raises(ProviderChanged, match="larger than 3 MiB"):
            await self.fetched(provider, first, tmp_path, credential)
        assert not list(tmp_path.iterdir())

    async def test_links_into_the_network_are_not_followed(
        self, provider: AnyPicture, credential: Credential | None, tmp_path: Path
    ):
        """A result must not make the server look around at home."""
        [first, *_] = await provider.search(self.query(credential, "links"))
        bad = first.model_copy(update={"data": {**first.data, "url": "http://10.0.0.5/picture.jpg"}})
        with pytest.raises(ProviderChanged):
            await provider.fetch(bad, tmp_path / "x", credential)

    async def test_every_request_says_who_asks(
        self, provider: AnyPicture, credential: Credential | None, standin: StockStandIn, tmp_path: Path
    ):
        """Searches and downloads."""
        [first, *_] = await provider.search(self.query(credential, "who"))
        await self.fetched(provider, first, tmp_path, credential)
        agents = {each.headers["user-agent"] for each in standin.book.asked[-2:]}
        assert all(each.startswith("Rushes/") and "(" in each and "httpx2/" in each for each in agents)

    async def test_a_key_is_tried_and_shown_nowhere(
        self,
        provider: AnyPicture,
        credential: Credential | None,
        standin: StockStandIn,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
    ):
        """Not in errors, candidates or logs, and not to the host of the files."""
        if credential is None:
            return
        caplog.set_level(logging.DEBUG, logger="rushes")
        await provider.test(credential)
        wrong = Credential(UUID(int=2), "wrong", "wrong-key-of-somebody")
        with pytest.raises(ActionNeeded) as caught:
            await provider.test(wrong)
        assert wrong.secret not in f"{caught.value} {caught.value.hint}"
        [first, *_] = await provider.search(self.query(credential, "keys"))
        assert credential.secret not in first.model_dump_json()
        await self.fetched(provider, first, tmp_path, credential)
        assert standin.book.asked[-1].path.startswith("/files/")
        assert credential.secret not in caplog.text
        with pytest.raises(ActionNeeded):
            await provider.search(self.query(None, "without a key"))
