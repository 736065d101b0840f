"""The page in real Chromium: a cold load of a job of 200 videos, and scrolling through 1,000.

The load is over the loopback, with the processor slowed down 4 times, into an empty cache each time; what
counts is the median of the rounds. The jobs are real ones of a throw-away installation: photographs as
start images, echo's takes, and pictures of the size that real takes have as their thumbnails.
Exits 1 when a goal is missed.

    python -m bench.page [--rounds 5]
"""

import argparse
import asyncio
import gzip
import statistics
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright
from scripts.build_web import build
from scripts.chromium import launch

from bench._home import Home, free_port, home, percentile, stop, until_answers

EXAMPLES = sorted((Path(__file__).parents[1] / "examples/images").glob("*.jpg"))
SLOW_DOWN = 4
LOADED, SCROLLED = 200, 1000
TAKES = 2
THUMBNAIL_SIDE = 480
FIRST_PAINT_MS, LCP_MS, CLS, JS_BYTES = 1000.0, 1500.0, 0.05, 250_000
FRAME_MS = 1000 / 60
DROPPED_SHARE = 0.05
SCROLL_STEP = 60
LOOK_MS = 500
DESKTOP: Any = {"width": 1440, "height": 900}

WATCH = """
    window.seen = {lcp: 0, cls: 0, long: []};
    const watch = (type, hear) => new PerformanceObserver((list) => list.getEntries().forEach(hear))
        .observe({type, buffered: true});
    watch("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; });
    watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.cls += entry.value; });
    watch("longtask", (entry) => seen.long.push(entry.duration));
"""
READ = """() => ({
    ...seen,
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    scripts: performance.getEntriesByType("resource").map((each) => each.name)
        .filter((name) => name.endsWith(".js")),
})"""
SCROLL = """(step) => new Promise((done) => {
    const frames = [];
    seen.long = [];
    let last = performance.now();
    const move = (now) => {
        frames.push(now - last);
        last = now;
        window.scrollBy(0, step);
        const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
        if (end || frames.length > 3000) done({frames: frames.slice(2), long: seen.long, end});
        else requestAnimationFrame(move);
    };
    requestAnimationFrame(move);
})"""


def make_job(client: httpx.Client, videos: int, takes: int) -> str:
    """A job of so many videos, uploaded and made."""
    shots = videos // takes
    settings = {"provider": "echo", "aspect_ratio": "9:16", "outputs": takes}
    made = client.post("/api/jobs/create", json={"job_name": f"{videos} videos", "settings": settings})
    job_id = made.raise_for_status().json()["job_id"]
    photographs = [path.read_bytes() for path in EXAMPLES]
    files = [
        ("images", (f"{n}.jpg", photographs[n % len(photographs)], "image/jpeg")) for n in range(1, shots + 1)
    ]
    prompts = "\n".join(
        f"{n}. A shot of the harbour at night, slow push in, {n}" for n in range(1, shots + 1)
    )
    client.post(f"/api/jobs/{job_id}/upload", files=files, data={"prompts_text": prompts}).raise_for_status()
    client.post(f"/api/jobs/{job_id}/start").raise_for_status()
    return job_id


async def until_made(client: httpx.AsyncClient, job_id: str) -> None:
    """Wait for its end. Raises `TimeoutError`."""
    async with asyncio.timeout(600):
        while (await client.get(f"/api/jobs/{job_id}")).json()["status"] != "completed":
            await asyncio.sleep(0.5)


def enlarge_thumbnails(place: Home) -> None:
    """Put pictures of a real size in place of those of echo's tiny clips."""
    pictures: list[bytes] = []
    for path in EXAMPLES:
        with Image.open(path) as picture:
            picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
            picture.save(out := BytesIO(), "JPEG", quality=85)
            pictures.append(out.getvalue())
    found = sorted(place.settings.storage_dir.rglob("thumbnails/*.jpg"))
    if len(found) != LOADED + SCROLLED:
        raise RuntimeError(f"{len(found)} thumbnails were found, not {LOADED + SCROLLED}")
    for number, path in enumerate(found):
        path.write_bytes(pictures[number % len(pictures)])


async def open_cold(browser: Browser, url: str, slow_down: int) -> Page:
    """Load it with an empty cache and wait until nothing more comes."""
    context = await browser.new_context(viewport=DESKTOP)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    slower = {"rate": slow_down}
    await session.send("Emulation.setCPUThrottlingRate", slower)  # pyright: ignore[reportUnknownMemberType]
    await page.add_init_script(WATCH)
    await page.goto(url)
    # Live events keep a connection open for ever, so the network is never idle: look at the pictures, and
    # seldom: whoever looks runs on the page's own thread, slowed down as it is.
    await page.wait_for_function(
        "() => [...document.querySelectorAll('article img')].filter((each) => each.complete).length > 5",
        polling=LOOK_MS,
    )
    await page.wait_for_timeout(1500)
    return page


def hold(what: str, value: float, goal: float, unit: str) -> bool:
    """Print a figure beside its goal."""
    held = value <= goal
    print(f"{what:34} {value:9.3f} {unit:4} goal {goal:g}: {'held' if held else 'MISSED'}", flush=True)
    return held


async def measure_load(browser: Browser, url: str, server: str, rounds: int) -> bool:
    """Cold loads."""
    figures: list[dict[str, Any]] = []
    for number in range(1, rounds + 1):
        page = await open_cold(browser, url, SLOW_DOWN)
        seen = await page.evaluate(READ)
        await page.context.close()
        figures.append(seen)
        print(
            f"  round {number}: first paint {seen['paint']:.0f} ms, LCP {seen['lcp']:.0f} ms,"
            f" CLS {seen['cls']:.3f}, {len(seen['long'])} long tasks"
            f" (longest {max(seen['long'], default=0):.0f} ms)",
            flush=True,
        )
    async with httpx.AsyncClient(base_url=server) as client:
        scripts = [(await client.get(each)).content for each in figures[0]["scripts"]]
    packed = sum(len(gzip.compress(each)) for each in scripts)

    def middle(name: str) -> float:
        return statistics.median(each[name] for each in figures)

    return all(
        [
            hold("first paint", middle("paint"), FIRST_PAINT_MS, "ms"),
            hold("largest contentful paint", middle("lcp"), LCP_MS, "ms"),
            hold("cumulative layout shift", middle("cls"), CLS, ""),
            hold("initial JavaScript, gzipped", packed / 1000, JS_BYTES / 1000, "kB"),
        ]
    )


async def scroll(page: Page, what: str) -> float:
    """From the top to the end, a step a frame. Returns the share of frames that were dropped."""
    seen = await page.evaluate(SCROLL, SCROLL_STEP)
    await page.context.close()
    if not seen["end"]:
        raise RuntimeError("the end of the page was not reached")
    frames: list[float] = seen["frames"]
    dropped = sum(max(0, round(each / FRAME_MS) - 1) for each in frames)
    share = dropped / (len(frames) + dropped)
    print(
        f"  {what}: {len(frames)} frames, half within {percentile(frames, 0.5):.1f} ms,"
        f" 99 of 100 within {percentile(frames, 0.99):.1f} ms, {share:.3f} dropped;"
        f" {len(seen['long'])} long tasks (longest {max(seen['long'], default=0):.0f} ms)",
        flush=True,
    )
    return share


async def measure_scroll(browser: Browser, url: str) -> bool:
    """A page with nothing on it first: what that drops, this machine drops."""
    empty = await browser.new_page(viewport=DESKTOP)
    await empty.set_content(f"<script>{WATCH}</script><div style='height: 30000px'></div>")
    await scroll(empty, "an empty page")
    share = await scroll(await open_cold(browser, url, 1), "the job")
    return hold("frames dropped", share, DROPPED_SHARE, "")


async def measure(place: Home, rounds: int) -> bool:
    """All of it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = place.start("up", "--port", str(port))
    try:
        await asyncio.to_thread(until_answers, url)
        with httpx.Client(base_url=url, timeout=600) as client:
            few, many = [
                await asyncio.to_thread(make_job, client, *each)
                for each in ((LOADED, TAKES), (SCROLLED, 2 * TAKES))
            ]
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            await until_made(client, few)
            await until_made(client, many)
        enlarge_thumbnails(place)
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            print(f"{LOADED} videos, cold, processor slowed down {SLOW_DOWN} times")
            loads = await measure_load(browser, f"{url}/jobs/{few}", url, rounds)
            print(f"{SCROLLED} videos, scrolled through")
            scrolls = await measure_scroll(browser, f"{url}/jobs/{many}")
            await browser.close()
    finally:
        stop(process)
    return loads and scrolls


def main() -> int:
    """Run it. Returns 1 when a goal was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    build()
    with home() as place:
        return 0 if asyncio.run(measure(place, rounds)) else 1


if __name__ == "__main__":
    sys.exit(main())
