"""The stories that `scripts.screens` photographs: one with a finished film, and two drafts.

The finished one has the pictures of examples/ in it, is spoken, has captions and music, and is rendered.
"""

import asyncio
from pathlib import Path
from typing import Any

import httpx

EXAMPLES = sorted((Path(__file__).parents[1] / "examples/images").glob("*.jpg"))
SECTIONS = (
    ("First light", "A day begins long before the sun is seen. Light bends over the edge of the Earth."),
    (
        "Over the sea",
        "At sea the horizon is only five kilometres away. The sun rises out of the water.",
    ),
    ("The city", "A city never gets quite dark. Its lamps hide all but the brightest stars."),
    ("Sand", "Sand gives its warmth back at once. A desert night can be forty degrees colder than its day."),
    ("Under the trees", "Of a hundred parts of sunlight, two reach the floor of a dense forest."),
    (
        "Night",
        "On a clear night you see about three thousand stars. Some of their light is ancient.",
    ),
)
TABS = ("script", "voice", "pictures", "timeline", "look", "film")


async def make_stories(client: httpx.AsyncClient) -> str:
    """Fill an installation with stories; return the id of the finished one."""
    sections = [{"heading": heading, "narration": said} for heading, said in SECTIONS]
    sections[0]["on_screen"] = "A day of light"
    settings = {"title": "A day of light", "music": {"kind": "bed"}}
    made = await _post(client, "/api/stories", {"sections": sections, "settings": settings})
    url = f"/api/stories/{made['story_id']}"
    document = made["document"]["sections"]
    for number, section in enumerate(document):
        path = EXAMPLES[number % len(EXAMPLES)]
        content = await asyncio.to_thread(path.read_bytes)
        file = {"file": (path.name, content, "image/jpeg")}
        stored = (await client.post(f"{url}/uploads", files=file, data={"use": "picture"})).json()
        upload = {name: stored[name] for name in ("key", "media_type", "width", "height")}
        section["pictures"] = [{"upload": upload}]
    (await client.patch(url, json={"change": {"sections": document}})).raise_for_status()
    await _post(client, f"{url}/run", {"until": "film"})
    notes = "Farmers soak rice for a day. Then they sow it in a wet bed. It takes 120 days to harvest."
    for title, text in (("How rice grows", notes), ("Why the sky is blue", "Blue light is scattered most.")):
        body = {"sections": [{"heading": title, "narration": text}], "settings": {"title": title}}
        await _post(client, "/api/stories", body)
    async with asyncio.timeout(900):
        while (story := (await client.get(url)).json())["status"] != "completed":
            if story["status"] == "failed":
                raise RuntimeError(story["reason"])
            await asyncio.sleep(1)
    return str(made["story_id"])


def story_pages(story_id: str) -> dict[str, str]:
    """Every page of stories: the name of its picture and its address."""
    return {"stories": "/stories"} | {f"story-{tab}": f"/stories/{story_id}/{tab}" for tab in TABS}


async def _post(client: httpx.AsyncClient, path: str, body: object) -> dict[str, Any]:
    return (await client.post(path, json=body)).raise_for_status().json()
