"""What a person brings to a story: their voice, pictures, a key; and the films of a batch that they take."""

import re
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Download, Locator, Page, async_playwright, expect
from scripts.chromium import launch
from standins._server import serve_app
from standins.openai_chat import KEY, OpenAiChatStandIn

from rushes.platform.media.film.timeline import SIZES as FULL_SIZES
from tests.e2e.film_room import SIZES, make_story, picture
from tests.e2e.person import Person
from tests.serving import Served
from tests.waiting import until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    for shape, size in SIZES.items():
        monkeypatch.setitem(FULL_SIZES, shape, size)


@pytest_asyncio.fixture(loop_scope="session")
async def api(server: Served) -> AsyncGenerator[httpx.AsyncClient]:
    """The API of the server."""
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        yield client


async def section_of(api: httpx.AsyncClient, story_id: str, section: str) -> dict[str, Any]:
    story = (await api.get(f"/api/stories/{story_id}")).json()
    return next(each for each in story["document"]["sections"] if each["id"] == section)


async def speech_of(api: httpx.AsyncClient, story_id: str) -> dict[str, dict[str, Any]]:
    spoken = (await api.get(f"/api/stories/{story_id}/speech")).json()
    return {each["section_id"]: each for each in spoken}


async def test_a_section_is_read_into_the_microphone_and_replaces_the_voice(
    built_page: None, server: Served, api: httpx.AsyncClient
):
    story_id = await make_story(api, until="voice")
    before = await speech_of(api, story_id)
    async with async_playwright() as playwright:
        browser = await launch(playwright, *MICROPHONE)
        page = await browser.new_page()
        await page.goto(f"{server.url}/stories/{story_id}/voice")
        water = page.get_by_role("article").filter(has=page.get_by_role("heading", name="Water"))
        await water.get_by_text("Voice and recording").click()
        await water.get_by_role("button", name="Record", exact=True).click()
        stop = water.get_by_role("button", name=re.compile(r"Recording, \d+ s. Stop"))
        await expect(stop).to_have_text(re.compile(r"Recording, [2-9]"))
        await stop.click()
        await expect(water.get_by_text("Your recording")).to_be_visible()

        async def recorded() -> bool:
            return bool((await section_of(api, story_id, "water"))["recording"])

        await until(recorded)
        after = await speech_of(api, story_id)
        assert after["water"]["pieces"] != before["water"]["pieces"]
        assert after["water"]["seconds"] >= 1.5
        # Only this section: the others keep the speech they have.
        assert [after[each]["pieces"] for each in ("grass", "field")] == [
            before[each]["pieces"] for each in ("grass", "field")
        ]
        heard = await api.get(after["water"]["pieces"][0]["url"])
        assert heard.status_code == 200
        assert len(heard.content) > 10_000

        await water.get_by_role("button", name="Use the voice again").click()

        async def spoken() -> bool:
            return (await speech_of(api, story_id))["water"]["pieces"] == before["water"]["pieces"]

        await until(spoken)
        await browser.close()


class Editor(Person):
    """A person with the pictures of a story."""

    def section(self, section_id: str) -> Locator:
        """The box of a section."""
        return self.page.locator(f"[data-section={section_id}]")

    def shown(self, section_id: str) -> Locator:
        """The pictures that a section shows."""
        return self.section(section_id).get_by_role("img", name=re.compile(r"^Picture \d+ of section"))


async def test_own_pictures_come_by_file_by_drop_and_by_paste_and_are_dragged_between_sections(
    window: BrowserContext, page: Page, server: Served, api: httpx.AsyncClient, tmp_path: Path
):
    story_id = await make_story(api, until="pictures")
    await window.grant_permissions(["clipboard-read", "clipboard-write"])
    files = [tmp_path / f"own-{number}.jpg" for number in range(2)]
    for number, path in enumerate(files):
        path.write_bytes(picture(number + 5))
    editor = Editor(page, server.url)
    await editor.opens(f"/stories/{story_id}/pictures")
    await expect(editor.shown("grass")).to_have_count(1)

    await editor.section("grass").locator("input[type=file]").set_input_files(files[0])
    await expect(page.get_by_text("own-0.jpg added")).to_be_visible()
    await expect(editor.shown("grass")).to_have_count(2)

    await editor.section("water").drop({"files": [files[1]]})
    await expect(editor.shown("water")).to_have_count(2)

    await page.evaluate(
        """() => new Promise((done) => {
            const canvas = Object.assign(document.createElement("canvas"), {width: 90, height: 160});
            canvas.getContext("2d").fillRect(9, 9, 40, 40);
            canvas.toBlob((blob) => navigator.clipboard.write([new ClipboardItem({[blob.type]: blob})])
                .then(done));
        })"""
    )
    await editor.section("field").get_by_role("button", name=re.compile("Drop or paste")).focus()
    await page.keyboard.press("Control+v")
    await expect(editor.shown("field")).to_have_count(2)
    # The paste was for the section: the page as a whole does not begin a job with it.
    await expect(page).to_have_url(re.compile(f"/stories/{story_id}/pictures"))

    async def uploads(section: str) -> list[str]:
        return [each["upload"]["key"] for each in (await section_of(api, story_id, section))["pictures"]]

    (_, dragged) = await uploads("grass")
    await editor.shown("grass").nth(1).drag_to(editor.section("field").get_by_role("heading"))

    async def moved() -> bool:
        return dragged in await uploads("field") and dragged not in await uploads("grass")

    await until(moved)
    await expect(editor.shown("grass")).to_have_count(1)
    await expect(editor.shown("field")).to_have_count(3)


@pytest.fixture(scope="module")
def chat() -> Iterator[str]:
    """The address of a server that writes, and speaks OpenAI's protocol."""
    with serve_app(OpenAiChatStandIn().app) as url:
        yield f"{url}/v1"


async def test_a_script_is_translated_with_a_key(
    page: Page, server: Served, api: httpx.AsyncClient, chat: str
):
    sections = [{"heading": "Rice", "narration": "Rice grows. It takes 120 days."}]
    story = (await api.post("/api/stories", json={"sections": sections})).json()
    await page.goto(f"{server.url}/stories/{story['story_id']}/script")
    translate = page.get_by_role("button", name=re.compile("^Translate"))
    await expect(translate).to_be_disabled()
    await expect(page.get_by_text("Needs the key of a provider that writes.").first).to_be_visible()

    body = {"provider": "openai_script", "secret": KEY, "fields": {"base_url": chat}}
    assert (await api.post("/api/keys", json=body)).status_code == 201
    await page.reload()
    await page.get_by_label("Language", exact=True).select_option("de")
    await translate.click()
    await expect(page).not_to_have_url(re.compile(story["story_id"]))
    copy = page.url.split("/stories/")[1].split("/")[0]

    async def translated() -> bool:
        document = (await api.get(f"/api/stories/{copy}")).json()["document"]
        return (
            document["language"] == "de" and document["sections"][0]["narration"] != sections[0]["narration"]
        )

    await until(translated)
    written = (await section_of_first(api, copy))["narration"]
    await expect(page.get_by_label("Narration, Section 1", exact=True)).to_have_value(written)
    assert (await section_of_first(api, story["story_id"]))["narration"] == sections[0]["narration"]


async def section_of_first(api: httpx.AsyncClient, story_id: str) -> dict[str, Any]:
    return (await api.get(f"/api/stories/{story_id}")).json()["document"]["sections"][0]


async def test_the_films_of_a_batch_of_five_are_made_downloaded_and_open(
    page: Page, server: Served, api: httpx.AsyncClient, tmp_path: Path
):
    await page.goto(f"{server.url}/stories/batch")
    topics = "\n".join(f"{each} grows." for each in ("Rice", "Wheat", "Maize", "Oats", "Rye"))
    await page.get_by_label("Topics", exact=True).fill(topics)
    await page.get_by_label("Review", exact=True).select_option("none")
    await page.get_by_role("button", name=re.compile("Start 5 stories")).click()
    await expect(page.get_by_text("5 of 5")).to_be_visible()
    downloads = list[Download]()

    def keep(each: Download) -> None:  # Playwright takes no method of a list
        downloads.append(each)

    page.on("download", keep)
    await page.get_by_role("button", name="Download 5 films").click()

    async def all_there() -> bool:
        return len(downloads) == 5

    await until(all_there)
    films, names = list[Path](), {each.suggested_filename for each in downloads}
    for number, each in enumerate(downloads):
        films.append(tmp_path / f"{number}.mp4")
        await each.save_as(films[-1])
    assert len(names) == 5
    for each in films:
        with av.open(str(each)) as container:
            assert container.streams.audio
            video = container.streams.video[0]
            assert (video.width, video.height) in SIZES.values()
            assert sum(1 for _ in container.decode(video)) == video.frames > 30
