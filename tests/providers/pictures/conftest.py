"""The stand-in of all sources, once for each file of tests."""

from collections.abc import Iterator

import pytest
from standins._server import serve_app
from standins.stock import StockStandIn


@pytest.fixture(scope="module")
def stock() -> Iterator[tuple[StockStandIn, str]]:
    """The stand-in and its address."""
    standin = StockStandIn()
    with serve_app(standin.app) as url:
        yield standin, url
