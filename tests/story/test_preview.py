"""A preview plays what the film will show: same frames, captions and camera; what is missing is marked."""

import wave
from typing import Any

import pytest

from rushes.engine.runtime import Runtime
from rushes.errors import NotFound
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.media.camera import plan
from rushes.platform.media.moves import CameraMove
from rushes.platform.media.stage import crop_stage, open_picture
from rushes.story import edits
from rushes.story.actions import change_story
from rushes.story.films import film_folder
from rushes.story.look import load_story, stored_file
from rushes.story.preview import preview_view
from rushes.story.preview_making import camera_path, font_path, preview_of, proxy_file, sound_file
from rushes.story.stale import StoryStep
from tests.story.making import new_story, run_until

pytestmark = pytest.mark.slow


async def loaded_of(run: Runtime, story_id: Any) -> Any:
    async with run.db.begin() as session:
        return await load_story(run, session, LOCAL_OWNER, story_id)


@pytest.fixture
async def story_id(run: Runtime, worker: object) -> Any:
    """A story with its speech and pictures, and no film."""
    found = await new_story(run, music={"kind": "bed"})
    await run_until(run, found, StoryStep.SCENES)
    return found


async def test_a_preview_has_the_frames_words_and_captions_of_the_timeline(run: Runtime, story_id: Any):
    loaded = await loaded_of(run, story_id)
    timeline, preview = loaded.built.timeline, preview_view(loaded)
    assert (preview.frames, preview.hash) == (timeline.frames, loaded.built.hash)
    assert [tuple(each) for each in preview.bounds] == [(a, b) for _, a, b in loaded.built.sections]
    shown = {bit.start: bit.text for each in preview.captions for line in each.lines for bit in line}
    assert shown == {word.start: word.text for word in timeline.words}
    assert not any(each.estimated for each in preview.sections)
    assert all(each.pieces[0].chosen for each in preview.sections)


async def test_an_automatic_choice_can_be_written_down_and_stays_the_same(run: Runtime, story_id: Any):
    before = await preview_of(run, LOCAL_OWNER, story_id)
    chosen = before.sections[0].pieces[0].chosen
    assert chosen
    await change_story(
        run,
        LOCAL_OWNER,
        story_id,
        lambda document: edits.change_section(document, "grass", {"pictures": [chosen]}),
        "Picture chosen.",
    )
    after = await preview_of(run, LOCAL_OWNER, story_id)
    assert after.sections[0].pieces[0].name == before.sections[0].pieces[0].name
    assert after.hash == before.hash


async def test_a_story_without_speech_is_played_by_estimates_that_say_so(run: Runtime):
    preview = await preview_of(run, LOCAL_OWNER, await new_story(run))
    assert preview.hash == ""
    assert all(each.estimated and each.spoken_seconds > 0 for each in preview.sections)
    assert preview.frames == preview.bounds[-1][1] > 30
    assert preview.captions


async def test_the_camera_of_a_proxy_takes_the_way_of_the_films(run: Runtime, story_id: Any):
    loaded = await loaded_of(run, story_id)
    scene = loaded.built.timeline.scenes[0]
    name = scene.source.path.as_posix()
    found = await camera_path(
        run, LOCAL_OWNER, story_id, name, CameraMove.ORBIT, seed=5, pace=1.2, frames=scene.frames
    )
    async with run.db.begin() as session:
        file = await stored_file(session, loaded, name)
    async with run.bucket.local(file.key) as path:
        stage = crop_stage(open_picture(path), (loaded.built.timeline.width, loaded.built.timeline.height))
    way = plan(CameraMove.ORBIT, stage.room, seed=5, pace=1.2, seconds=scene.frames / 30)
    for number, box in enumerate(found.boxes):
        view = way(number / (len(found.boxes) - 1))
        shares = (
            view.left / stage.room.width,
            view.top / stage.room.height,
            view.width / stage.room.width,
            view.height / stage.room.height,
        )
        # The proxy is half as large, and both are cut to whole pixels.
        assert box == pytest.approx(shares, abs=0.004)


async def test_sounds_are_as_long_as_the_film_and_proxies_are_small(run: Runtime, story_id: Any):
    loaded = await loaded_of(run, story_id)
    for which in ("voice", "music"):
        path = await sound_file(run, LOCAL_OWNER, story_id, which)
        with wave.open(str(path)) as sound:
            expected = round(loaded.built.timeline.frames * sound.getframerate() / 30)
            assert sound.getnframes() == expected
        assert await sound_file(run, LOCAL_OWNER, story_id, which) == path
    name = loaded.built.timeline.scenes[0].source.path.as_posix()
    proxy = await proxy_file(run, LOCAL_OWNER, story_id, name, small=False)
    small = await proxy_file(run, LOCAL_OWNER, story_id, name, small=True)
    assert open_picture(proxy).width > open_picture(small).width == 160
    with pytest.raises(NotFound):
        await proxy_file(run, LOCAL_OWNER, story_id, "pictures/none.jpg", small=True)


def test_fonts_are_those_of_captions_and_no_other_file():
    assert font_path("Noto Sans").suffix == ".ttf"
    with pytest.raises(NotFound):
        font_path("../../etc/passwd")


async def test_where_a_film_lies_is_told_to_nobody_but_who_is_alone_here(run: Runtime):
    assert film_folder(run) is not None
    run.settings = run.settings.model_copy(update={"accounts": "on"})
    assert film_folder(run) is None
