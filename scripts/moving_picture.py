"""Makes docs/images/first-minute.gif, the top of the README: `python -m scripts.moving_picture`.

A throw-away installation, the examples, and the page as a person uses it: files are dropped, pairs appear,
takes arrive. What is photographed really happens.
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

import imageio_ffmpeg
from bench._home import Home, free_port, home, stop, until_answers
from playwright.async_api import Page, async_playwright

from scripts.build_web import build
from scripts.chromium import launch

ROOT = Path(__file__).parents[1]
INTO = ROOT / "docs/images/first-minute.gif"
EXAMPLES = ROOT / "examples"
SIZE = {"width": 1000, "height": 640}
WIDTH = 720
MOST_BYTES = 1_000_000


class Film:
    """Pictures of a page, each with the seconds for which it is shown."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.shown: list[tuple[Path, float]] = []

    async def show(self, seconds: float) -> None:
        """Photograph what is there."""
        file = self.folder / f"{len(self.shown):03d}.png"
        await self.page.screenshot(path=file)
        self.shown.append((file, seconds))

    def write(self, into: Path) -> None:
        """Write all of it as one GIF that repeats."""
        listed = self.folder / "list.txt"
        lines = [f"file '{file}'\nduration {seconds}\n" for file, seconds in self.shown]
        listed.write_text("".join(lines) + f"file '{self.shown[-1][0]}'\n")
        colours = "palettegen=max_colors=160:stats_mode=diff[p];[b][p]paletteuse=diff_mode=rectangle"
        command = [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-f", "concat", "-safe", "0"),
            *("-i", str(listed), "-filter_complex"),
            f"[0:v]fps=10,scale={WIDTH}:-1:flags=lanczos,split[a][b];[a]{colours}",
            *("-loop", "0", str(into)),
        ]
        subprocess.run(command, check=True)  # noqa: S603  # FFmpeg, on files of our own


async def shoot(place: Home) -> None:
    """Drop the examples, start, and watch the takes arrive."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = place.start("up", "--port", str(port))
    try:
        await asyncio.to_thread(until_answers, url)
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            context = await browser.new_context(viewport=SIZE, color_scheme="dark", reduced_motion="reduce")  # pyright: ignore[reportArgumentType]  # a plain dict is what it takes
            page = await context.new_page()
            with tempfile.TemporaryDirectory() as folder:
                film = Film(page, Path(folder))
                await act(film, url)
                await asyncio.to_thread(film.write, INTO)
            await browser.close()
    finally:
        stop(process)


async def act(film: Film, url: str) -> None:
    """What a person does."""
    page = film.page
    await page.goto(f"{url}/new")
    await page.get_by_label("Choose files", exact=True).wait_for(state="attached")
    await film.show(1.2)
    files = [*sorted((EXAMPLES / "images").glob("*.jpg")), EXAMPLES / "prompts.txt"]
    await page.get_by_label("Choose files", exact=True).set_input_files(files)
    first = page.get_by_label("Prompt of shot 1", exact=True)
    await first.wait_for()
    await film.show(0.8)
    start = page.get_by_role("button", name="Start 12 video").or_(
        page.get_by_role("button", name="Start 6 video")
    )
    await start.first.wait_for()
    await first.scroll_into_view_if_needed()
    await page.wait_for_timeout(800)
    await film.show(2.2)
    await start.first.click()
    await page.wait_for_url("**/jobs/*")
    takes = page.get_by_role("button", name="Open Shot")
    for _ in range(12):
        await page.wait_for_timeout(2500)
        await film.show(0.5)
        if await takes.count() >= 6:
            break
    await film.show(1.0)
    pick = page.get_by_role("button", name="Pick Shot 1, take 1")
    await page.get_by_role("article", name="Shot 1, take 1", exact=True).hover()
    await pick.click()
    await page.wait_for_timeout(600)
    await film.show(2.5)


def main() -> int:
    """Make it, and say how large it is."""
    build()
    with home() as place:
        asyncio.run(shoot(place))
    size = INTO.stat().st_size
    print(f"{INTO.relative_to(ROOT)}: {size / 1000:.0f} kB")
    return 0 if size < MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
