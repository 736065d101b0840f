"""Photographs every page into docs/screens/: `python -m scripts.screens`, in light, in dark and on a phone.

The pages are those of a throw-away installation with a batch and a film of the examples in it, really made.
`python -m scripts.screens story-timeline stories` photographs those two.
"""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from bench._home import Home, free_port, home, stop, until_answers
from playwright.async_api import Browser, Page, async_playwright

from scripts.build_web import build
from scripts.chromium import launch
from scripts.screens_stories import make_stories, story_pages

ROOT = Path(__file__).parents[1]
INTO = ROOT / "docs/screens"
EXAMPLES = ROOT / "examples"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "dark",
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
}


@dataclass(frozen=True)
class Shown:
    """What there is to photograph."""

    url: str
    made: str
    mixed: str
    take: str
    one: str


class Studio:
    """The installation, by its API."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def job(self, name: str, prompts: str, images: list[Path], **settings: Any) -> str:
        """A job, made, filled and started."""
        body = {"job_name": name, "settings": settings}
        job_id = (await self._post("/api/jobs/create", json=body))["job_id"]
        files = [("images", (path.name, path.read_bytes(), "image/jpeg")) for path in images]
        await self._post(f"/api/jobs/{job_id}/upload", files=files, data={"prompts_text": prompts})
        await self._post(f"/api/jobs/{job_id}/start")
        return str(job_id)

    async def until(self, job_id: str, *, videos: int) -> list[dict[str, Any]]:
        """Wait until so many videos are there; all videos of the job."""
        async with asyncio.timeout(300):
            while True:
                all_videos = (await self.client.get(f"/api/jobs/{job_id}/videos")).json()
                if sum(each["status"] == "completed" for each in all_videos) >= videos:
                    return all_videos
                await asyncio.sleep(0.5)

    async def select(self, video_id: str) -> None:
        """Choose a take."""
        answer = await self.client.put(f"/api/videos/{video_id}/select", json={"selected": True})
        answer.raise_for_status()

    async def make_one(self, prompt: str, image: Path | None = None, **wanted: str) -> None:
        """Ask for one video in the studio."""
        if image is None:
            await self._post("/api/video_chat/generate", json={"prompt": prompt, **wanted})
        else:
            files = {"image": (image.name, await asyncio.to_thread(image.read_bytes), "image/jpeg")}
            await self._post(
                "/api/video_chat/generate_with_image", data={"prompt": prompt, **wanted}, files=files
            )

    async def until_made(self, videos: int) -> str:
        """Wait until so many of those are there; the id of one."""
        async with asyncio.timeout(300):
            while True:
                page = (await self.client.get("/api/video_chat/operations")).json()
                done = [each for each in page["items"] if each["status"] == "completed"]
                if len(done) >= videos:
                    return str(done[-1]["operation_id"])
                await asyncio.sleep(0.5)

    async def _post(self, path: str, **given: Any) -> dict[str, Any]:
        return (await self.client.post(path, **given)).raise_for_status().json()


async def fill(url: str) -> Shown:
    """A finished batch, and one in which things go on and go wrong."""
    images = sorted((EXAMPLES / "images").glob("*.jpg"))
    prompts = (EXAMPLES / "prompts.txt").read_text()
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        studio = Studio(client)
        made = await studio.job("Northern coast", prompts, images, aspect_ratio="9:16", outputs=2)
        # Echo's tags stand where the pages cut long prompts off: a picture shows none of them.
        long = (
            "The light is low and warm, the colours are muted, the grain of old film is over everything. " * 2
        )
        troubled = "\n".join(
            f"{number}. {shot} {long}{tag}"
            for number, (shot, tag) in enumerate(
                (
                    ("A lighthouse in a storm, slow push in.", ""),
                    ("A singer everybody knows, on stage.", "[refuse:people]"),
                    ("The harbour at night, pan left.", "[slow:900]"),
                    ("Wheat in the wind, static camera.", "[lost]"),
                    ("Snow over the fields.", "[busy:9]"),
                    ("Mountains at dawn, crane up.", ""),
                ),
                start=1,
            )
        )
        mixed = await studio.job(
            "Spring campaign",
            troubled,
            images,
            provider="echo",
            aspect_ratio="9:16",
            findable=False,
            delay_seconds=0.1,
        )
        takes = await studio.until(made, videos=12)
        for each in takes[0], takes[3], takes[6]:
            await studio.select(each["video_id"])
        await studio.until(mixed, videos=2)
        tall = {"aspect_ratio": "9:16", "duration": "4"}
        await studio.make_one("Fog rolls over the mountains at dawn, crane up", images[5], **tall)
        await studio.make_one("The lighthouse beam sweeps over the bay, push in", images[0], **tall)
        await studio.make_one("Wheat bends in the wind, static camera", duration="4")
        await studio.make_one(
            f"A singer everybody knows, on stage. {long}[refuse:people]", provider="echo", duration="4"
        )
        await studio.make_one(
            f"Snow over the fields, pan left. {long}[slow:900]", provider="echo", duration="4"
        )
        one = await studio.until_made(3)
    return Shown(url, made, mixed, takes[3]["video_id"], one)


def pages(shown: Shown) -> dict[str, str]:
    """Every page: the name of its picture and its address."""
    return {
        "dashboard": "/",
        "new-job": "/new",
        "job": f"/jobs/{shown.made}",
        "trouble": f"/jobs/{shown.mixed}",
        "player": f"/jobs/{shown.made}?video={shown.take}",
        "studio": "/studio",
        "studio-video": f"/studio?video={shown.one}",
        "library": "/library",
        "settings": "/settings",
    }


async def photograph(browser: Browser, url: str, found: dict[str, str]) -> None:
    """Every page in every look."""
    INTO.mkdir(parents=True, exist_ok=True)
    for look, how in LOOKS.items():
        context = await browser.new_context(reduced_motion="reduce", **how)
        page = await context.new_page()
        for name, path in found.items():
            await settle(page, url + path)
            if name == "story-voice":
                await page.get_by_role("slider", name="Waveform of section 1").wait_for()
            if name == "story-pictures":
                await page.wait_for_function("() => document.querySelector('article img')?.naturalWidth > 0")
            if name == "story-timeline":
                await page.locator("[data-scene]").nth(1).click()
                await page.evaluate("scrollTo(0, 0)")
                await page.wait_for_selector("canvas[data-ready=true]")
            await page.screenshot(path=INTO / f"{name}-{look}.jpg", type="jpeg", quality=88)
        await context.close()


async def settle(page: Page, url: str) -> None:
    """Open it and wait until it is drawn: no placeholder, every picture in sight there."""
    await page.goto(url)
    await page.locator("h1").first.wait_for(state="attached")
    await page.wait_for_function(
        """() => document.querySelector('.shimmer') === null &&
            !document.querySelector('canvas[data-frame]:not([data-ready=true])') &&
            [...document.images].every((each) =>
                each.complete || each.getBoundingClientRect().top > innerHeight)"""
    )
    await page.wait_for_timeout(400)


async def shoot(place: Home, names: list[str]) -> None:
    """Start, fill, photograph."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = place.start("up", "--port", str(port))
    try:
        await asyncio.to_thread(until_answers, url)
        found = dict[str, str]()
        if not names or any(not name.startswith("stor") for name in names):
            found |= pages(await fill(url))
        if not names or any(name.startswith("stor") for name in names):
            async with httpx.AsyncClient(base_url=url, timeout=120) as client:
                found |= story_pages(await make_stories(client))
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            await photograph(browser, url, {name: found[name] for name in names or found})
            await browser.close()
    finally:
        stop(process)


def main() -> int:
    """Take all pictures, or those of the pages named on the command line."""
    build()
    with home() as place:
        asyncio.run(shoot(place, sys.argv[1:]))
    print(f"{len(list(INTO.glob('*.jpg')))} pictures are in {INTO.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
