"""One prompt, one video, on the page: asked for, watched, looked at, gone on from, deleted."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import faults
from tests.e2e.person import Person
from tests.serving import Served

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Maker(Person):
    """A person in the studio."""

    async def comes_in(self) -> None:
        """Open it, and have echo make what is asked for."""
        await self.opens("/studio")
        await self.page.get_by_label("Provider", exact=True).select_option("echo")

    async def asks_for(self, prompt: str) -> None:
        """Write a prompt and have it made."""
        await self.words.fill(prompt)
        await self.page.keyboard.press("Control+Enter")

    @property
    def words(self) -> Locator:
        """Where it is written."""
        return self.page.get_by_label("Prompt", exact=True)

    def card(self, prompt: str) -> Locator:
        """What has come of a prompt."""
        return self.page.get_by_role("article", name=f"Video: {prompt}", exact=True)

    async def sees(self, prompt: str) -> None:
        """Wait until its video is there, without a reload."""
        await expect(self.card(prompt).get_by_role("button", name="Play:")).to_be_visible()


async def test_a_prompt_becomes_a_video_that_is_played_kept_varied_and_deleted(page: Page, server: Served):
    maker = Maker(page, server.url)
    await maker.comes_in()
    await expect(page.get_by_text("No videos yet")).to_be_visible()
    await maker.asks_for("A fox in the snow [slow:2]")
    card = maker.card("A fox in the snow [slow:2]")
    await expect(card).to_contain_text("Generating")
    await expect(card).to_contain_text("since")
    await maker.sees("A fox in the snow [slow:2]")
    await expect(card).to_contain_text(re.compile(r"in \d+ s"))

    await card.get_by_role("button", name="Pick").click()
    await expect(card.get_by_role("button", name="Picked")).to_have_attribute("aria-pressed", "true")
    await expect(card.get_by_text("Expires")).to_have_count(0)
    async with page.expect_download() as download:
        await card.get_by_role("button", name="Download").click()
    clip = Path(await (await download.value).path())
    assert clip.read_bytes()[4:8] == b"ftyp"

    await maker.words.fill("something else")
    await card.get_by_role("button", name="Reuse prompt").click()
    await expect(maker.words).to_have_value("A fox in the snow [slow:2]")
    await expect(maker.words).to_be_focused()

    await card.get_by_role("button", name="Play:").click()
    viewer = page.get_by_role("dialog")
    await expect(viewer).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(card.get_by_role("button", name="Play:")).to_be_focused()
    await page.keyboard.press("Enter")
    await viewer.get_by_role("button", name="Reuse prompt").click()
    await expect(viewer).to_have_count(0)
    await expect(maker.words).to_be_focused()

    await card.get_by_role("button", name="Play:").click()
    await expect(viewer.locator("video")).to_have_js_property("videoWidth", 64)
    await viewer.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No videos yet")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await maker.sees("A fox in the snow [slow:2]")


async def test_a_video_starts_from_an_image_and_another_from_its_last_frame(
    page: Page, server: Served, tmp_path: Path
):
    picture = tmp_path / "fox.png"
    Image.new("RGB", (160, 90), (200, 90, 30)).save(picture)
    maker = Maker(page, server.url)
    await maker.comes_in()
    await page.get_by_text("Image", exact=True).click()
    await (
        page.get_by_text("Drop an image, or choose one").locator("..").locator("..").drop({"files": picture})
    )
    await expect(page.get_by_role("img", name="fox.png")).to_have_js_property("naturalWidth", 160)
    await maker.asks_for("The fox turns its head")
    await maker.sees("The fox turns its head")

    await page.set_viewport_size({"width": 360, "height": 640})  # where the form is far above
    await maker.card("The fox turns its head").get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Use as start frame").click()
    await expect(page.get_by_role("img", name="Last frame of the video")).to_have_js_property(
        "naturalWidth", 64
    )
    await expect(maker.words).to_be_focused()
    await expect(maker.words).to_be_in_viewport()
    await maker.asks_for("The fox walks away")
    await maker.sees("The fox walks away")
    made = (await page.request.get(f"{server.url}/api/video_chat/operations")).json
    later, first = (await made())["items"]
    assert later["source_video_id"] == first["operation_id"]
    assert {later["mode"], first["mode"]} == {"image_to_video"}

    await page.reload()  # prompts that were used are there again
    await page.get_by_role("button", name="Earlier prompts").click()
    await page.get_by_role("menuitem", name="The fox turns its head").click()
    await expect(maker.words).to_have_value("The fox turns its head")


async def test_a_refusal_says_what_kind_it_is_and_what_to_change(page: Page, server: Served):
    maker = Maker(page, server.url)
    await maker.comes_in()
    await maker.asks_for("A singer everybody knows [refuse:people]")
    card = maker.card("A singer everybody knows [refuse:people]")
    await expect(card).to_contain_text("Refused for a well-known person")
    await expect(card).to_contain_text("describe somebody invented")
    await expect(card.get_by_role("button", name="Reuse prompt")).to_be_visible()


async def test_what_is_missing_or_too_much_is_said_at_its_field(page: Page, server: Served):
    maker = Maker(page, server.url)
    await maker.comes_in()
    await page.get_by_text("Image", exact=True).click()
    await page.get_by_role("button", name="Generate").click()
    await expect(page.get_by_text("Enter a prompt.")).to_be_visible()
    await expect(page.get_by_text("Choose a start image.")).to_be_visible()
    await page.get_by_text("Text", exact=True).click()
    await maker.asks_for("word " * 500)
    await expect(maker.words).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_text("takes 2000")).to_be_visible()
    assert await faults(page) == []


async def test_an_image_that_is_none_is_told_where_it_is(page: Page, server: Served, tmp_path: Path):
    fake = tmp_path / "fake.jpg"
    fake.write_bytes(b"not an image")
    maker = Maker(page, server.url)
    await maker.comes_in()
    await page.get_by_text("Image", exact=True).click()
    await page.get_by_text("Drop an image, or choose one").locator("..").locator("..").drop({"files": fake})
    await maker.asks_for("The fox turns its head")
    image = page.get_by_role("region", name="First frame")
    await expect(image.get_by_role("alert").or_(image.locator(".text-bad"))).to_contain_text("image")


async def test_a_take_that_waits_says_so(page: Page, server: Served):
    maker = Maker(page, server.url)
    await maker.comes_in()
    await maker.asks_for("A fox [auth]")
    await expect(maker.card("A fox [auth]")).to_contain_text("Needs you")


async def test_only_what_a_program_asked_for_expires_and_it_is_kept_where_it_says_so(
    page: Page, server: Served
):
    for prompt in ("A fox", "An owl", "A hare"):
        wanted = {"prompt": prompt, "provider": "echo"}
        begun = await page.request.post(f"{server.url}/api/video_chat/generate", data=wanted)
        assert begun.ok
    maker = Maker(page, server.url)
    await maker.comes_in()
    fox = maker.card("A fox")
    await expect(fox).to_contain_text("Expires in 2 days")
    await fox.get_by_role("button", name="Keep").click()
    await expect(fox.get_by_text("Expires")).to_have_count(0)
    await maker.card("An owl").get_by_role("button", name="Play:").click()
    viewer = page.get_by_role("dialog")
    await viewer.get_by_role("button", name="Keep").click()
    await expect(viewer.get_by_text("Expires")).to_have_count(0)
    await page.keyboard.press("Escape")
    assert await faults(page) == []
    await page.get_by_role("button", name="Keep all (1)").click()
    await expect(page.get_by_text("Expires")).to_have_count(0)
    await maker.asks_for("A wolf")
    await maker.sees("A wolf")
    await expect(page.get_by_text("Expires")).to_have_count(0)


async def test_what_was_deleted_is_found_restored_or_deleted_for_good(page: Page, server: Served):
    maker = Maker(page, server.url)
    await maker.comes_in()
    for prompt in ("A fox", "An owl"):
        await maker.asks_for(prompt)
        await maker.sees(prompt)
        await page.get_by_role("checkbox", name=f"Select: {prompt}").click()
    await page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No videos yet")).to_be_visible()
    await maker.opens("/deleted")
    await expect(page.get_by_text("2 videos use")).to_be_visible()
    assert await faults(page) == []
    fox = page.get_by_role("listitem").filter(has_text="A fox")
    await fox.get_by_role("button", name="Restore").click()
    await expect(fox).to_have_count(0)
    owl = page.get_by_role("listitem").filter(has_text="An owl")
    await owl.get_by_role("button", name="Delete forever").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete forever").click()
    await expect(page.get_by_text("Nothing was deleted")).to_be_visible()
    await maker.opens("/studio")
    await maker.sees("A fox")


async def test_the_button_says_what_it_costs_and_a_missing_key_is_added_in_place(page: Page, server: Served):
    maker = Maker(page, server.url)
    await maker.opens("/studio")
    make = page.get_by_role("button", name="Generate")
    await expect(make).to_have_text("Generate · free")
    await expect(page.get_by_text("Made by Animatic")).to_be_visible()
    await expect(page.get_by_text("no AI")).to_be_visible()
    await page.get_by_label("Provider", exact=True).select_option("omni")
    await expect(page.get_by_text("Gemini Omni has no key yet.")).to_be_visible()
    await expect(make).to_have_text(re.compile(r"\$\d"))
    await expect(make).to_be_disabled()
    await page.get_by_role("button", name="Add key").click()
    await expect(page.get_by_role("dialog").get_by_label("Key", exact=True)).to_be_visible()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await maker.words.fill("A fox")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("No videos yet")).to_be_visible()


async def test_several_videos_are_asked_for_at_once_with_a_seed(page: Page, server: Served):
    maker = Maker(page, server.url)
    await maker.comes_in()
    await page.get_by_role("group", name="Videos").get_by_text("2", exact=True).click()
    await page.get_by_text("More settings").click()
    await page.get_by_label("Seed").fill("41")
    await maker.asks_for("A fox")
    await expect(maker.card("A fox")).to_have_count(2)
    listed = (await (await page.request.get(f"{server.url}/api/video_chat/operations")).json())["items"]
    assert [each["seed"] for each in listed] == [41, 41]
