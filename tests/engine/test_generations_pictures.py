"""Pictures: made and paid for, or fetched at no cost; checked whole before anybody gets them."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.generating.fixtures import at_work, nothing_is_left, rooms, service, still
from tests.generating.kit import add, calls, until_is

from rushes.engine.generations import NewGeneration
from rushes.engine.generations_shapes import FetchParams, PictureParams, PictureResult
from rushes.engine.runtime import Runtime
from rushes.providers.kinds import Kind
from rushes.providers.picture_contract import Attribution, Candidate, PictureForm
from rushes.providers.video import echo

__all__ = ["at_work", "rooms", "service", "still"]


def painted(prompt: str) -> NewGeneration:
    params = PictureParams(prompt=prompt, width=320, height=180)
    return NewGeneration(uuid4(), Kind.PICTURE, "painter", "paint-1", params)


def fetched(title: str, **more: Any) -> NewGeneration:
    candidate = Candidate(
        id="1",
        provider="painter",
        title=title,
        width=64,
        height=48,
        attribution=Attribution(author="Ann", licence="CC BY 4.0", required=True),
        **more,
    )
    return NewGeneration(uuid4(), Kind.PICTURE, "painter", "paint-1", FetchParams(candidate=candidate))


async def test_pictures_are_made_measured_and_stored(at_work: Runtime):
    [made] = await add(at_work, painted("a harbour"))
    seen = await until_is(at_work, made, "completed", "failed", "waiting")
    assert isinstance(seen.result, PictureResult), seen.error_message
    sizes = [(each.file, each.width, each.height) for each in seen.result.pictures]
    assert sizes == [("picture-0.png", 320, 180), ("picture-1.png", 160, 180)]
    assert {each.attribution.author for each in seen.result.pictures} == {"a painter"}
    assert set(seen.files) == {"picture-0.png", "picture-1.png"}
    for file in seen.files.values():
        assert await at_work.bucket.measure(file.key) == (file.bytes, file.sha256)
    assert (seen.price, seen.cost) == (Decimal("0.04"), Decimal("0.04"))
    await nothing_is_left(at_work)


async def test_a_picture_that_is_cut_off_is_billed_and_fails(at_work: Runtime):
    [made] = await add(at_work, painted("cut off"))
    seen = await until_is(at_work, made, "completed", "failed", "waiting")
    assert (seen.status, seen.cost) == ("failed", Decimal("0.04"))
    assert seen.error_message is not None
    assert "not a whole PNG" in seen.error_message
    await nothing_is_left(at_work)


async def test_a_found_picture_is_fetched_for_nothing_with_whose_it_is(at_work: Runtime):
    [got] = await add(at_work, fetched("a bee"))
    seen = await until_is(at_work, got, "completed", "failed", "waiting")
    assert isinstance(seen.result, PictureResult), seen.error_message
    [picture] = seen.result.pictures
    assert (picture.width, picture.height, picture.attribution.author) == (64, 48, "Ann")
    assert (seen.price, seen.cost) == (Decimal(0), Decimal(0))
    [call] = await calls(at_work)
    assert (call.subject_kind, call.cost) == ("picture", Decimal(0))


async def test_a_found_clip_is_measured(at_work: Runtime):
    clip = next((Path(echo.__file__).parent / "_echo_clips").glob("*.mp4"))
    [got] = await add(at_work, fetched("waves", form=PictureForm.CLIP, data={"file": str(clip)}))
    seen = await until_is(at_work, got, "completed", "failed", "waiting")
    assert isinstance(seen.result, PictureResult), seen.error_message
    [picture] = seen.result.pictures
    assert picture.media_type == "video/mp4"
    assert picture.seconds is not None
    assert picture.seconds > 0


@pytest.mark.parametrize(("title", "tries"), [("cut off", 3), ("gone", 3)])
async def test_what_cannot_be_fetched_is_tried_a_few_times(at_work: Runtime, title: str, tries: int):
    at_work.settings = at_work.settings.model_copy(
        update={"network_retries": tries - 1, "generation_retries": tries - 1}
    )
    [got] = await add(at_work, fetched(title))
    seen = await until_is(at_work, got, "completed", "failed", "waiting")
    assert (seen.status, seen.cost) == ("failed", None)
    assert len(await calls(at_work)) == tries
