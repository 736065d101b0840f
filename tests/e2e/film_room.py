"""A story for the tests of timeline, preview, look and film, and a person who edits it."""

import asyncio
from io import BytesIO
from typing import Any

import httpx
from PIL import Image, ImageDraw, ImageFilter
from playwright.async_api import Locator, expect

from rushes.platform.media.film.timeline import Shape
from tests.e2e.person import Person
from tests.waiting import PATIENCE_SECONDS

SIZE = (540, 960)
SIZES = {Shape.PORTRAIT: SIZE, Shape.LANDSCAPE: (960, 540), Shape.SQUARE: (540, 540), Shape.TALL: (540, 676)}
"""Half of what films have: rendered four times as fast, and enough to compare pictures."""
SECTIONS = [
    {
        "id": "grass",
        "heading": "A grass",
        "narration": "Rice is a grass. It grows in water.",
        "on_screen": "Rice",
    },
    {
        "id": "water",
        "heading": "Water",
        "narration": "Most people eat it.",
        "transition": {"kind": "wipe", "seconds": 0.6},
    },
    {
        "id": "field",
        "heading": "The field",
        "narration": "The field is dry, and the straw is yellow.",
        "transition": {"kind": "dip_black", "seconds": 0.6},
    },
]
COLOURS = ("#2f6f9f", "#8f5f2f", "#3f7f4f")


def picture(number: int) -> bytes:
    """A picture of soft shapes, which a small copy shows as the large one does."""
    image = Image.new("RGB", (900, 1600), COLOURS[number % 3])
    pen = ImageDraw.Draw(image)
    for at in range(12):
        x, y = (at * 331 + number * 77) % 900, (at * 547 + number * 191) % 1600
        pen.ellipse((x - 190, y - 190, x + 190, y + 190), fill=COLOURS[(at + number) % 3])
        pen.rectangle((y % 800, x, y % 800 + 130, x + 320), fill=f"#{40 + at * 15:02x}{200 - at * 9:02x}90")
    image.filter(ImageFilter.GaussianBlur(6)).save(out := BytesIO(), "JPEG", quality=92)
    return out.getvalue()


async def make_story(api: httpx.AsyncClient, *, until: str = "scenes", **settings: Any) -> str:
    """A story of three sections with pictures of their own, made up to a step; its id."""
    given = {"title": "Rice", "music": {"kind": "bed"}, **settings}
    made = (await api.post("/api/stories", json={"sections": SECTIONS, "settings": given})).json()
    url = f"/api/stories/{made['story_id']}"
    for number, section in enumerate(SECTIONS):
        file = {"file": (f"{number}.jpg", picture(number), "image/jpeg")}
        stored = (await api.post(f"{url}/uploads", files=file, data={"use": "picture"})).json()
        upload = {name: stored[name] for name in ("key", "media_type", "width", "height")}
        change = {"pictures": [{"upload": upload}]}
        changed = await api.patch(f"{url}/sections/{section['id']}", json={"change": change})
        assert changed.status_code == 200, changed.text
    await api.post(f"{url}/run", json={"until": until})
    await until_still(api, made["story_id"])
    return made["story_id"]


async def until_still(api: httpx.AsyncClient, story_id: str) -> dict[str, Any]:
    """Wait until nothing more happens to a story; return it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            story = (await api.get(f"/api/stories/{story_id}")).json()
            if story["status"] not in ("running", "waiting"):
                assert story["status"] != "failed", story["reason"]
                return story
            await asyncio.sleep(0.3)


class Editor(Person):
    """A person in the story room."""

    async def opens_tab(self, story_id: str, tab: str) -> None:
        """Open a tab of a story, and wait for what it is about."""
        await self.opens(f"/stories/{story_id}/{tab}")
        if tab != "film":
            await expect(self.canvas).to_have_attribute("data-ready", "true")

    @property
    def canvas(self) -> Locator:
        """What the preview is drawn on."""
        return self.page.locator("canvas[data-frame]")

    def scene(self, scene_id: str) -> Locator:
        """A scene on the timeline."""
        return self.page.locator(f"[data-scene='{scene_id}']")

    async def frame(self) -> int:
        """The frame that the preview shows."""
        return int(await self.canvas.get_attribute("data-frame") or -1)

    async def sees_saved(self) -> None:
        """Wait until every edit has arrived."""
        await expect(self.page.get_by_role("banner").or_(self.page.locator("header")).last).to_be_visible()
        await expect(self.page.get_by_text("Saving", exact=False)).to_have_count(0)
