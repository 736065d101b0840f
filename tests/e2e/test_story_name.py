"""A story is renamed in place, in its room and in the list, by keys."""

import re

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.e2e.film_room import Editor, make_story
from tests.serving import Served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


async def made(server: Served, until_step: str) -> str:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        return await make_story(api, until=until_step)


async def test_a_story_is_renamed_by_keys_in_its_room_and_in_the_list(page: Page, server: Served):
    story_id = await made(server, "script")
    editor = Editor(page, server.url)
    await editor.opens(f"/stories/{story_id}/script")
    rename = page.get_by_role("button", name="Rename “Rice”")
    await rename.press("Enter")
    await page.keyboard.type("Not this")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("heading", name="Rice", exact=True)).to_be_visible()
    await expect(rename).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.type("A grass for half of us")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="A grass for half of us")).to_be_visible()
    await expect(page.get_by_role("button", name="Rename “A grass for half of us”")).to_be_focused()

    await editor.opens("/stories")
    card = page.get_by_role("article", name="A grass for half of us")
    await card.get_by_role("button", name="Rename").press("Enter")
    await page.keyboard.type("Rice again")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article", name="Rice again")).to_be_visible()
    await expect(page).to_have_url(re.compile("/stories$"))
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        story = (await api.get(f"/api/stories/{story_id}")).json()
    assert (story["name"], story["document"]["title"]) == ("Rice again", "Rice again")
