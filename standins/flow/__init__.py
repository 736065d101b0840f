"""A stand-in of Google Flow's page: a local site that behaves like it, to try and test the automation on.

with serve_flow(Scenario(cookie_bar="choice")) as site:
    state = site.sign_in_state("ada@example.com")   # for a browser context
    ...                                             # site.url, site.bill, site.expire(...), site.scenario
"""

from collections.abc import Generator
from contextlib import contextmanager

from standins._server import serve_app
from standins.flow.media import clip_text
from standins.flow.scenario import NAMED, Scenario
from standins.flow.site import Site
from standins.flow.world import Charge

__all__ = ["NAMED", "Charge", "Scenario", "Site", "clip_text", "serve_flow"]


@contextmanager
def serve_flow(scenario: Scenario | None = None) -> Generator[Site]:
    """Serve it on a free port in a thread of its own."""
    site = Site(scenario)
    with serve_app(site.app) as url:
        site.url = url
        try:
            yield site
        finally:
            site.closing.set()
