"""Photographs what docs/guide/flow.md shows, into docs/screens: `python -m scripts.flow_screens`.

The pages are those of the stand-in, worked by the real driver; nobody's account is in a picture.
"""

import asyncio
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from PIL import Image
from playwright.async_api import Browser, async_playwright
from rich.console import Console
from standins.flow import Scenario, Site, serve_flow

from rushes.cli.flow_doctor import step_lines
from rushes.providers.video.flow.browser.config import BrowserConfig
from rushes.providers.video.flow.browser.doctor import examine
from rushes.providers.video.flow.browser.session import Session
from scripts.chromium import launch, playwright_program, system_program

INTO = Path(__file__).parents[1] / "docs/screens"
READY = "ready"
"""The doctor's step in which a shot is ready to be sent."""
QUALITY = 82


@dataclass(frozen=True)
class Ada:
    """Whose account it is."""

    secret: str
    name: str = "ada"
    id: UUID = field(default_factory=uuid4)


async def main() -> int:
    """All pictures."""
    folder = Path(tempfile.mkdtemp(prefix="rushes-screens-"))
    try:
        with serve_flow(Scenario()) as site:
            async with async_playwright() as playwright:
                browser = await launch(playwright)
                program = system_program() or playwright_program(playwright) or ""
                await _sign_in(browser, site)
                await _doctor(browser, site, program, folder)
                await browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


async def _sign_in(browser: Browser, site: Site) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 720})
    await page.goto(f"{site.url}/signin/continue")
    await page.wait_for_selector("#identifierId")
    await page.screenshot(path=INTO / "flow-sign-in.jpg", type="jpeg", quality=QUALITY)
    await page.close()


async def _doctor(browser: Browser, site: Site, program: str, folder: Path) -> None:
    config = BrowserConfig(url=site.url, data_dir=folder, browser=program, headless=True)
    session = Session(config, Ada(site.sign_in_state("ada@example.com")))
    console = Console(record=True, width=110, file=sys.stderr)
    try:
        report = await examine(session, folder, lambda step: step_lines(console, step))
    finally:
        await session.close()
    for step in report.steps:
        if READY in step.name and step.screenshot:
            with Image.open(step.screenshot) as picture:
                picture.convert("RGB").save(INTO / "flow-project.jpg", quality=QUALITY)
    page = await browser.new_page(viewport={"width": 1100, "height": 420})
    await page.set_content(console.export_html(inline_styles=True))
    await page.add_style_tag(content="body { margin: 20px; background: #fff; font-size: 14px }")
    await page.screenshot(path=INTO / "flow-doctor.jpg", type="jpeg", quality=QUALITY, full_page=True)
    await page.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
