"""What axe (the accessibility checker) finds on a page."""

from functools import cache
from typing import Any

from playwright.async_api import Page
from scripts import build_web

RUN = "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"


@cache
def _source() -> str:
    build_web.install()
    return (build_web.WEB / "node_modules/axe-core/axe.min.js").read_text()


async def faults(page: Page) -> list[str]:
    """A line for each: the rule, what is wrong, and where."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(_source())  # not a script tag: the page's policy would refuse it
    found: dict[str, list[dict[str, Any]]] = await page.evaluate(RUN)
    assert found["passes"], "axe has looked at nothing"
    return [
        f"{each['id']}: {each['help']}: {', '.join(str(node['target']) for node in each['nodes'][:5])}"
        for each in found["violations"]
    ]
