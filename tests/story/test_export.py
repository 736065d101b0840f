"""An export is one ZIP with relative paths that other programs open; a preview and one frame are quick."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from rushes.engine.runtime import Runtime
from rushes.errors import Invalid
from rushes.platform.db.models import LOCAL_OWNER
from rushes.story.films import film_file, get_film
from rushes.story.making import exact_frame, export_story, render_story
from rushes.story.stale import StoryStep
from rushes.story.states import JobWord, StoryStatus
from rushes.story.views import FilmView
from tests.story.making import new_story, run_until, small_frames
from tests.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with small_frames(monkeypatch):
        yield


async def until_made(run: Runtime, film_id: UUID) -> FilmView:
    async def ended() -> bool:
        async with run.db.statement() as session:
            film = await get_film(session, LOCAL_OWNER, film_id)
        return film.status in (JobWord.COMPLETED, JobWord.FAILED)

    await until(ended)
    async with run.db.statement() as session:
        return await get_film(session, LOCAL_OWNER, film_id)


async def read(run: Runtime, film: FilmView, name: str) -> bytes:
    async with run.db.statement() as session:
        file = await film_file(session, LOCAL_OWNER, film.film_id, name)
    return b"".join([piece async for piece in run.bucket.stream(file.key)])


async def test_an_export_a_preview_and_one_exact_frame(run: Runtime, worker: object, tmp_path: Path) -> None:
    story_id = await new_story(run, music={"kind": "off"})
    view = await run_until(run, story_id, StoryStep.PICTURES)
    assert view.status is StoryStatus.COMPLETED, view.reason

    await exact_frame(run, LOCAL_OWNER, story_id, 20, tmp_path / "frame.png", None)
    with Image.open(tmp_path / "frame.png") as frame:
        assert frame.size == (180, 320)
    with pytest.raises(Invalid, match="frames"):
        await exact_frame(run, LOCAL_OWNER, story_id, 100_000, tmp_path / "none.png", None)

    preview = await until_made(
        run, await render_story(run, LOCAL_OWNER, story_id, height=160, first=0, last=30)
    )
    assert (preview.status, preview.height, preview.frames) == (JobWord.COMPLETED, 160, 30), preview.error
    with pytest.raises(Invalid, match="frames"):
        await render_story(run, LOCAL_OWNER, story_id, first=30, last=10)

    export_id = await export_story(run, LOCAL_OWNER, story_id)
    assert await export_story(run, LOCAL_OWNER, story_id) == export_id, "one that is under way is shared"
    export = await until_made(run, export_id)
    assert export.status is JobWord.COMPLETED, export.error
    with zipfile.ZipFile(io.BytesIO(await read(run, export, "export.zip"))) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        otio = json.loads(archive.read("Rice/Rice.otio"))
        script = archive.read("Rice/script.md").decode()
        written = {each: archive.read(each).decode() for each in names if each.endswith((".xml", ".fcpxml"))}
    assert {each.split("/")[0] for each in names} == {"Rice"}
    wanted = {
        "Rice.mp4",
        "Rice.srt",
        "Rice.vtt",
        "Rice.ass",
        "Rice.otio",
        "Rice.edl",
        "Rice.xml",
        "Rice.fcpxml",
    }
    wanted |= {"scenes/001.mp4", "scenes/002.mp4", "stems/voice.wav", "credits.txt", "script.md"}
    assert {f"Rice/{each}" for each in wanted} <= set(names)
    assert otio["OTIO_SCHEMA"].startswith("Timeline")
    assert script.startswith("# Rice\n\n## A grass\n\nRice is a grass.")
    for name, text in written.items():
        assert str(run.settings.data_dir) not in text, name
        assert "scenes/001.mp4" in text, name
