"""What axe (the accessibility checker) finds on a page."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from playwright.async_api import Page
from scripts import build_web

EVERYTHING = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
CONTRAST = ("color-contrast",)
"""All that a theme changes."""
OPEN_MENU = "data-radix-popper-content-wrapper"
"""In no landmark, which axe's rule `region` asks of all but dialogs: it belongs to its button."""


@cache
def _source() -> str:
    build_web.install()
    return (build_web.WEB / "node_modules/axe-core/axe.min.js").read_text()


async def faults(page: Page, rules: Sequence[str] = EVERYTHING) -> list[str]:
    """A line for each: the rule, what is wrong, and where."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(_source())  # not a script tag: the page's policy would refuse it
    found: dict[str, list[dict[str, Any]]] = await page.evaluate(
        "(runOnly) => axe.run({runOnly})", list(rules)
    )
    assert found["passes"], "axe has looked at nothing"
    return [
        f"{rule['id']}: {rule['help']}: {node['target']}"
        for rule in found["violations"]
        for node in rule["nodes"]
        if not (rule["id"] == "region" and OPEN_MENU in str(node["target"]))
    ]
