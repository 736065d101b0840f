"""Preview and film agree: the same scene, the same caption word, pictures that are alike, at random times."""

import base64
import re
import subprocess
from io import BytesIO
from pathlib import Path
from random import Random

import av
import httpx
import pytest
from PIL import Image
from playwright.async_api import Page, expect

from rushes.platform.media.ffmpeg import ffmpeg_exe
from rushes.platform.media.film.timeline import SIZES as FULL_SIZES
from tests.e2e.film_room import SIZES, Editor, make_story
from tests.serving import Served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

ALIKE = 0.9
"""Least SSIM of a frame of the preview and of the film, captions left out of both.

What may differ: the preview shows a JPEG of half the size through the browser's scaler, the film is H.264. A
neighbouring scene, or the wrong side of a transition, differs by much more than that: the end of the test
shows it, so that 0.9 is known to tell the one from the other."""
TIMES = 20
CAPTIONS = (0.56, 0.76)
"""Rows, as shares of the height, in which captions of one or two lines stand: browser and libass draw the
same letters with other edges."""


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    for shape, size in SIZES.items():
        monkeypatch.setitem(FULL_SIZES, shape, size)


def frames_of(film: Path, wanted: set[int]) -> dict[int, Image.Image]:
    """Frames of a film by their numbers."""
    found: dict[int, Image.Image] = {}
    with av.open(str(film)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in wanted:
                found[number] = frame.to_image()  # pyright: ignore[reportUnknownMemberType]  # PyAV
    return found


def words_of(captions: str, fps: int) -> list[tuple[int, int, str]]:
    """The word that the film's ASS document highlights, with the frames it does so at."""
    events = re.findall(
        r"Dialogue: 0,(\d+):(\d+):(\d+\.\d+),(\d+):(\d+):(\d+\.\d+),.*?\{\\1c.*?\}(.*?)\{\\1c", captions
    )
    return [
        (
            round((int(a) * 3600 + int(b) * 60 + float(c)) * fps + 0.2),
            round((int(d) * 3600 + int(e) * 60 + float(f)) * fps + 0.2),
            word,
        )
        for a, b, c, d, e, f, word in events
    ]


def without_captions(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    shown = picture.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    top, bottom = (round(share * size[1]) for share in CAPTIONS)
    shown.paste((0, 0, 0), (0, top, size[0], bottom))
    return shown


def likeness(one: Image.Image, other: Image.Image, folder: Path) -> float:
    """SSIM of two pictures of one size."""
    for name, picture in (("one", one), ("other", other)):
        picture.save(folder / f"{name}.png")
    inputs = ["-i", str(folder / "one.png"), "-i", str(folder / "other.png")]
    args = [ffmpeg_exe(), "-v", "info", *inputs, "-lavfi", "ssim", "-f", "null", "-"]
    told = subprocess.run(args, capture_output=True, text=True, check=True).stderr
    return float(told.rpartition("All:")[2].split()[0])


async def test_preview_and_film_agree_at_random_times(page: Page, server: Served, tmp_path: Path):
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        story_id = await make_story(api, until="film")
        (film,) = (await api.get(f"/api/stories/{story_id}/films")).json()
        path = tmp_path / "film.mp4"
        path.write_bytes((await api.get(film["files"]["film.mp4"])).content)
        captions = (await api.get(film["files"]["captions.ass"])).text
        timeline = (await api.get(f"/api/stories/{story_id}/timeline")).json()
    fps, scenes = timeline["timeline"]["fps"], timeline["timeline"]["scenes"]
    chance = Random("preview and film")
    times = sorted(chance.sample(range(timeline["frames"]), TIMES))
    pictures, words = frames_of(path, set(times)), words_of(captions, fps)
    assert words
    editor = Editor(page, server.url)
    await editor.opens_tab(story_id, "timeline")
    bounds, at = list[tuple[int, str]](), 0
    for scene in scenes:
        bounds.append((at, scene["id"]))
        at += scene["frames"]
    heard, size = 0, (0, 0)
    for time in times:
        await page.get_by_role("slider", name="Playhead").fill(str(time))
        await expect(editor.canvas).to_have_attribute("data-frame", str(time))
        await expect(editor.canvas).to_have_attribute("data-ready", "true")
        seen = [each for first, each in bounds if first <= time][-1]
        assert await editor.canvas.get_attribute("data-scene-shown") == seen, time
        said = next((word for start, end, word in words if start <= time < end), "")
        heard += bool(said)
        assert await editor.canvas.get_attribute("data-word") == said, time
        url: str = await page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>"
            " done(document.querySelector('canvas[data-frame]').toDataURL('image/png')))))"
        )
        drawn = Image.open(BytesIO(base64.b64decode(url.partition(",")[2])))
        size = drawn.size
        alike = likeness(without_captions(drawn, size), without_captions(pictures[time], size), tmp_path)
        assert alike >= ALIKE, (time, alike)
    assert heard > TIMES / 3
    # What the threshold tells apart: pictures of two scenes.
    one, other = (
        without_captions(each, size) for each in frames_of(path, {20, timeline["frames"] - 20}).values()
    )
    assert likeness(one, other, tmp_path) < ALIKE


async def test_an_exact_frame_is_the_films_own(page: Page, server: Served):
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        story_id = await make_story(api)
    editor = Editor(page, server.url)
    await editor.opens_tab(story_id, "timeline")
    await page.keyboard.press("ArrowRight")
    assert await editor.frame() == 1
    await page.get_by_role("button", name="Exact frame").click()
    exact = page.get_by_role("img", name="The film's own frame")
    await expect(exact).to_have_js_property("complete", True)
    await expect(exact).to_have_js_property("naturalHeight", 960)
    await page.keyboard.press("ArrowRight")
    await expect(exact).to_have_count(0)


async def test_the_preview_plays_by_the_voice_and_stops_where_it_is(page: Page, server: Served):
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        story_id = await make_story(api)
    editor = Editor(page, server.url)
    await editor.opens_tab(story_id, "timeline")
    await page.get_by_role("button", name="Play", exact=True).click()
    await expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    await expect(editor.canvas).not_to_have_attribute("data-frame", "0")
    await page.keyboard.press("k")
    await expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    there = await editor.frame()
    assert there > 0
    await page.keyboard.press("Home")
    assert await editor.frame() == 0
