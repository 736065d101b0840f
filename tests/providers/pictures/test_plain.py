"""HTML and odd links that come with pictures; searches that are kept."""

import time

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.providers.pictures import _search_cache
from rushes.providers.pictures._licences import is_free, is_usable
from rushes.providers.pictures._plain import first_link, link, plain
from rushes.providers.pictures._search_cache import SearchCache, shape_of


@pytest.mark.parametrize(
    ("given_text", "told"),
    [
        ('<a href="x">Ann</a>, <i>Bo</i>', "Ann, Bo"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "‹script›alert(1)‹/script›"),
        ("A<style>b{}</style><!-- c --> D &amp; E", "A D & E"),
        ("one\n\u202etwo\x00", "one �two�"),
        (None, ""),
        (["x"], ""),
    ],
)
def test_html_becomes_text(given_text: object, told: str):
    assert plain(given_text) == told


@given(st.text(alphabet="<>&;/abscript!-= \"'\n", max_size=300))
def test_nothing_that_is_made_plain_is_a_tag(text: str):
    assert "<" not in plain(text)


@pytest.mark.parametrize("unit", ["<a ", "<script>", "<!--", "&lt;", "<"])
def test_no_markup_takes_long(unit: str):
    began = time.process_time()
    plain(unit * 100_000)
    first_link(unit * 100_000)
    assert time.process_time() - began < 20


def test_links_are_http_or_none():
    assert link("//x.example/a") == "https://x.example/a"
    assert [link(each) for each in ("javascript:alert(1)", "data:x", "/a", "https://x y", "", None, 5)] == [
        ""
    ] * 7
    assert first_link("<p><a class=b href='https://x.example/?a=1&amp;b=2'>") == "https://x.example/?a=1&b=2"
    assert first_link("<a href='javascript:x'>") == ""


def test_licences():
    usable = ("CC BY 4.0", "CC BY-SA 3.0", "cc0", "CC0 1.0", "Public domain", "PD-US", "pdm")
    assert all(map(is_usable, usable))
    unusable = (
        "CC BY-NC 2.0",
        "cc by-nc-sa",
        "CC BY-ND 4.0",
        "GFDL",
        "Copyrighted",
        "",
        "All rights reserved",
    )
    assert not any(map(is_usable, unusable))
    assert [is_free(each) for each in usable] == [False, False, True, True, True, True, True]


def test_searches_are_kept_for_a_time_and_in_a_number(monkeypatch: pytest.MonkeyPatch):
    now = [0.0]
    cache = SearchCache(10, clock=lambda: now[0])
    answer = httpx2.Response(200, content=b"{}")
    cache.put("/a", {"q": "rice", "key": "mine"}, answer)
    now[0] = 10
    known = cache.get("/a", {"key": "yours", "q": "rice"})
    assert known is not None and known.content == b"{}"
    assert cache.get("/a", {"q": "rice", "page": "2"}) is None
    now[0] = 10.1
    assert cache.get("/a", {"q": "rice"}) is None
    monkeypatch.setattr(_search_cache, "MOST_SEARCHES", 2)
    for text in "abc":
        cache.put(text, {}, answer)
    assert [cache.get(text, {}) is None for text in "abc"] == [True, False, False]
    cache.put("large", {}, httpx2.Response(200, content=b"x" * 600_000))
    assert cache.get("large", {}) is None


def test_shapes():
    assert [shape_of(*each) for each in ((1920, 1080), (1080, 1350), (1000, 1080))] == [
        "landscape",
        "portrait",
        "square",
    ]
