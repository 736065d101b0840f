"""A film is edited on its timeline, rendered, redone in part and exported; also by keyboard alone."""

import io
import json
import signal
import zipfile
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from playwright.async_api import Page, expect

from rushes.platform.media.film.timeline import SIZES as FULL_SIZES
from rushes.settings import Settings
from tests.cli.installation import COMMAND, environment, free_port, staying, until_up
from tests.e2e.axe import CONTRAST, faults
from tests.e2e.film_room import SIZES, Editor, make_story, until_still
from tests.serving import Served
from tests.waiting import until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    for shape, size in SIZES.items():
        monkeypatch.setitem(FULL_SIZES, shape, size)


async def story_of(server: Served, story_id: str) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        return (await api.get(f"/api/stories/{story_id}")).json()


async def made(server: Served, **settings: Any) -> str:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        return await make_story(api, **settings)


async def test_a_film_is_edited_rendered_and_exported(page: Page, server: Served, tmp_path: Path):
    story_id = await made(server)
    editor = Editor(page, server.url)
    await editor.opens_tab(story_id, "timeline")

    # Another transition, another move, a picture split in two, and a step back.
    await editor.scene("water").click()
    await page.get_by_label("Transition before this scene").select_option("slide")
    await page.get_by_label("Camera move").select_option("tilt_up")
    await page.get_by_role("slider", name="Playhead").fill(str(await editor.frame() + 20))
    await page.keyboard.press("b")
    await expect(editor.scene("water-2")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(editor.scene("water-2")).to_have_count(0)
    await page.get_by_role("button", name="Redo").click()
    await expect(editor.scene("water-2")).to_be_visible()

    async def saved() -> bool:
        (_, water, _) = (await story_of(server, story_id))["document"]["sections"]
        return water["transition"]["kind"] == "slide" and [each["move"] for each in water["pictures"]] == [
            "tilt_up",
            "tilt_up",
        ]

    await until(saved)

    # The film has what was edited; the export opens.
    await page.get_by_role("link", name="Film").click()
    await page.get_by_role("button", name="Render film").click()
    await expect(page.get_by_text("The film is up to date")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download").first.click()
    film = Path(await (await download.value).path())
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        timeline = (await api.get(f"/api/stories/{story_id}/timeline")).json()
    with av.open(str(film)) as container:
        assert container.streams.video[0].frames == timeline["frames"]
        assert (container.streams.video[0].width, container.streams.video[0].height) == SIZES_OF_PORTRAIT
        assert container.streams.audio
    kinds = [each["transition"]["kind"] for each in timeline["timeline"]["scenes"]]
    assert kinds == ["cut", "slide", "cross_fade", "dip_black"]

    await page.get_by_role("button", name="Export…").click()
    dialog = page.get_by_role("dialog")
    assert await faults(page) == []
    await dialog.get_by_role("button", name="Pack ZIP").click()
    async with page.expect_download() as download:
        await dialog.get_by_role("link", name="Download ZIP").click()
    packed = Path(await (await download.value).path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        (otio,) = [name for name in names if name.endswith(".otio")]
        tracks = json.loads(archive.read(otio))["tracks"]["children"]
        clips = [each for each in tracks[0]["children"] if each["OTIO_SCHEMA"].startswith("Clip")]
        assert len(clips) == len(kinds)
        assert any(name.endswith(".fcpxml") for name in names)


SIZES_OF_PORTRAIT = (540, 960)


async def test_a_cut_is_dragged_and_what_follows_moves_along(page: Page, server: Served):
    story_id = await made(server)
    editor = Editor(page, server.url)
    await editor.opens_tab(story_id, "timeline")
    before = (await story_of(server, story_id))["document"]["sections"][0]["pause_after"]
    cut = page.get_by_role("slider", name="End of A grass")
    end = int(await cut.get_attribute("aria-valuenow") or 0)
    await cut.scroll_into_view_if_needed()
    box = await cut.bounding_box()
    assert box
    await page.mouse.move(box["x"] + 6, box["y"] + 30)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 86, box["y"] + 30, steps=6)
    await expect(cut).not_to_have_attribute("aria-valuenow", str(end))
    moved = int(await cut.get_attribute("aria-valuenow") or 0)
    assert moved > end
    await page.mouse.up()

    async def longer() -> bool:
        section = (await story_of(server, story_id))["document"]["sections"][0]
        return section["pause_after"] == pytest.approx(before + (moved - end) / 30, abs=0.05)

    await until(longer)
    # One step back, however long the drag was.
    await page.get_by_role("button", name="Undo").click()
    await expect(cut).to_have_attribute("aria-valuenow", str(end))
    await expect(page.get_by_role("button", name="Undo")).to_be_disabled()


async def test_only_a_changed_scene_is_rendered_again(page: Page, server: Served):
    story_id = await made(server, until="film")
    editor = Editor(page, server.url)
    await editor.opens_tab(story_id, "film")
    await expect(page.get_by_text("The film is up to date")).to_be_visible()
    redo = page.get_by_role("region", name="Redo a scene")
    await redo.get_by_label("Scene").select_option("water")
    await redo.get_by_label("Made by").select_option("card")
    await expect(redo.get_by_role("button", name="Redo · free")).to_be_enabled()
    await redo.get_by_role("button", name="Redo · free").click()
    versions = page.get_by_role("region", name="Versions").get_by_role("article")
    await expect(versions).to_have_count(2)
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        newest, oldest = (await api.get(f"/api/stories/{story_id}/films")).json()
    assert newest["current"] and not oldest["current"]
    # Its own body and the two transitions beside it, of five pieces.
    assert (newest["pieces"], newest["rendered"]) == (5, 3)
    await expect(versions.first).to_contain_text("2 of 5 pieces reused")
    await page.get_by_role("button", name="Compare").click()
    await expect(page.get_by_role("dialog").locator("video")).to_have_count(2)
    assert await faults(page) == []


async def test_a_look_is_seen_at_once_and_kept(page: Page, server: Served):
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        project = (await api.post("/api/projects", json={"name": "Rice"})).json()
        given = {"text": "Rice grows.", "project_id": project["id"]}
        given["sections"] = [{"heading": "Rice", "narration": "Rice grows."}]
        story_id = (await api.post("/api/stories", json=given)).json()["story_id"]
        await api.post(f"/api/stories/{story_id}/run", json={"until": "scenes"})
        await until_still(api, story_id)
    editor = Editor(page, server.url)
    await editor.opens_tab(story_id, "look")
    before = await editor.canvas.evaluate("(canvas) => canvas.toDataURL()")
    await page.get_by_role("slider", name="Playhead").fill("12")
    await page.get_by_role("radio", name="Boxed").check()
    await page.get_by_label("Safe areas of").select_option("tiktok")
    await page.get_by_role("checkbox", name="Opening card").check()
    await page.get_by_role("button", name="Save as the project's brand").click()
    await expect(page.get_by_text("Brand saved")).to_be_visible()
    await expect(editor.canvas).to_have_attribute("data-ready", "true")
    assert await editor.canvas.evaluate("(canvas) => canvas.toDataURL()") != before

    async def saved() -> bool:
        document = (await story_of(server, story_id))["document"]
        return document["look"]["captions"]["style"] == "boxed" and document["intro"] is not None

    await until(saved)
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as api:
        kept = (await api.get(f"/api/projects/{project['id']}")).json()["brand"]
    assert kept["captions"]["style"] == "boxed"


@pytest.mark.parametrize("tab", ["timeline", "look", "film"])
async def test_every_tab_is_accessible_in_both_themes_and_on_a_phone(page: Page, server: Served, tab: str):
    story_id = await made(server)
    editor = Editor(page, server.url)
    await editor.opens_tab(story_id, tab)
    assert await faults(page) == []
    if tab == "timeline":
        await editor.scene("grass").click()
        await page.get_by_role("button", name="Keyboard shortcuts").click()
        assert await faults(page) == []
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Replace picture").click()
        assert await faults(page) == []
        await page.keyboard.press("Escape")
    await page.emulate_media(color_scheme="light")
    assert await faults(page, CONTRAST) == []
    await page.set_viewport_size({"width": 360, "height": 740})
    if tab == "timeline":
        await expect(page.get_by_role("list", name="Scenes")).to_be_visible()
    assert await faults(page) == []
    across = await page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert across <= 0


async def test_a_film_is_edited_by_keyboard_alone(page: Page, server: Served):
    story_id = await made(server)
    editor = Editor(page, server.url)
    await editor.opens_tab(story_id, "timeline")
    press = page.keyboard.press
    await press("ArrowDown")
    await expect(editor.scene("water")).to_have_attribute("aria-pressed", "true")
    await press("m")
    await expect(page.get_by_role("button", name="Unmute narration")).to_be_visible()
    await press("Control+z")
    await expect(page.get_by_role("button", name="Mute narration")).to_be_visible()
    await press("Control+Shift+z")
    await expect(page.get_by_role("button", name="Unmute narration")).to_be_visible()
    await press("Control+z")
    await press("Alt+ArrowRight")

    async def order() -> list[str]:
        return [each["id"] for each in (await story_of(server, story_id))["document"]["sections"]]

    async def moved() -> bool:
        return await order() == ["grass", "field", "water"]

    await until(moved)
    await press("Control+z")
    await press("Shift+ArrowRight")
    assert await editor.frame() > 0
    await press("Delete")

    async def removed() -> bool:
        return await order() == ["grass", "field"]

    await until(removed)
    await press("Control+z")

    async def back() -> bool:
        return await order() == ["grass", "water", "field"]

    await until(back)
    # A cut by its own keys.
    cut = page.get_by_role("slider", name="End of A grass")
    end = int(await cut.get_attribute("aria-valuenow") or 0)
    await cut.focus()
    await press("Shift+ArrowRight")
    await expect(cut).to_have_attribute("aria-valuenow", str(end + 10))


async def test_a_render_survives_a_killed_server(
    page: Page, built_page: None, settings: Settings, tmp_path: Path
):
    assert settings.database_url is not None
    env = environment(
        tmp_path,
        RUSHES_DATA_DIR=str(tmp_path / "data"),
        RUSHES_DATABASE_URL=settings.database_url.get_secret_value(),
        RUSHES_MIN_FREE_BYTES="0",
    )
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [*COMMAND, "up", "--port", str(port)]
    editor = Editor(page, url)
    async with httpx.AsyncClient(base_url=url, timeout=60) as api:
        with staying(command, env, tmp_path) as process:
            until_up(url, process)
            story_id = await make_story(api)
            await editor.opens_tab(story_id, "film")
            await page.get_by_role("button", name="Render film").click()

            async def under_way() -> bool:
                films = (await api.get(f"/api/stories/{story_id}/films")).json()
                return any(each["progress"] > 10 for each in films)

            await until(under_way)
            process.send_signal(signal.SIGKILL)
            process.wait()
        with staying(command, env, tmp_path) as process:
            until_up(url, process)
            # The page that was open all the while shows the film, without a reload.
            await expect(page.get_by_text("The film is up to date")).to_be_visible()
            (film,) = (await api.get(f"/api/stories/{story_id}/films")).json()
            assert (film["status"], film["current"]) == ("COMPLETED", True)
            assert film["rendered"] <= film["pieces"]
            process.send_signal(signal.SIGTERM)
            process.wait()
