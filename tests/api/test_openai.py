"""The real `openai` SDK, unchanged, against the real server."""

# pyright: reportDeprecated=false
# (OpenAI has closed its own video API; the SDK keeps the calls, and says so at each of them)

import asyncio
import base64
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types import Video
from tests.api.rows import picture
from tests.jobs import make_job
from tests.serving import Served, serve
from tests.waiting import PATIENCE_SECONDS

from rushes.api import app as app_module
from rushes.api.openai import settings_of
from rushes.api.routes import openai_videos
from rushes.providers.video.echo import EchoProvider
from rushes.providers.video_contract import Mode
from rushes.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

SMALL: dict[str, Any] = {"seconds": "1", "size": "720x1280"}


def sdk_of(served: Served) -> AsyncOpenAI:
    return AsyncOpenAI(
        base_url=f"{served.url}/v1", api_key="anything", timeout=PATIENCE_SECONDS, max_retries=0
    )


@pytest.fixture
async def sdk(server: Served) -> AsyncGenerator[AsyncOpenAI]:
    """The SDK on a server that makes videos."""
    async with sdk_of(server) as opened:
        yield opened


@pytest.fixture
async def quiet(still: Served) -> AsyncGenerator[AsyncOpenAI]:
    """The SDK on a server where nobody works."""
    async with sdk_of(still) as opened:
        yield opened


async def make(sdk: AsyncOpenAI, prompt: str = "a fox", **more: Any) -> Video:
    """A finished video by echo."""
    given: dict[str, Any] = {"model": "echo", **SMALL, **more}
    return await sdk.videos.create_and_poll(prompt=prompt, poll_interval_ms=50, **given)


async def test_a_video_is_created_polled_and_downloaded(sdk: AsyncOpenAI):
    video = await make(sdk, " a fox ")
    assert (video.status, video.progress, video.error) == ("completed", 100, None)
    assert (video.prompt, video.seconds, video.size) == ("a fox", "1", "720x1280")
    assert (video.object, video.model, video.remixed_from_video_id) == ("video", "echo/echo-1", None)
    assert video.id.startswith("video_")
    assert video.completed_at and video.created_at <= video.completed_at
    assert video.expires_at is None or video.expires_at > video.completed_at
    content = await sdk.videos.download_content(video.id)
    assert content.response.headers["content-type"] == "video/mp4"
    assert content.read()[4:8] == b"ftyp"
    seen: set[bytes] = set()
    for variant in ("thumbnail", "spritesheet", "spritesheet"):
        still = await sdk.videos.download_content(video.id, variant=variant)
        assert still.response.headers["content-type"] == "image/jpeg"
        assert still.read().startswith(b"\xff\xd8\xff")
        seen.add(still.read())
    assert len(seen) == 2, "the sheet is made once"


async def test_the_synchronous_sdk_polls_as_the_header_says(server: Served):
    def use() -> Video:
        with OpenAI(base_url=f"{server.url}/v1", api_key="anything", max_retries=0) as sdk:
            begun = sdk.videos.with_raw_response.create(prompt="a fox", model="echo/echo-1", seconds="4")
            assert begun.headers["openai-poll-after-ms"] == "1000"
            return sdk.videos.poll(begun.parse().id)

    assert (await asyncio.to_thread(use)).status == "completed"


async def test_an_image_is_the_first_frame(quiet: AsyncOpenAI, still: Served):
    image = ("fox.png", picture(kind="PNG"))
    video = await quiet.videos.create(prompt="it moves", model="echo", input_reference=image)
    assert await images(still) == [video.id]


async def images(still: Served) -> list[str]:
    """Ids of the videos that start from an image."""
    async with httpx.AsyncClient(base_url=still.url) as client:
        ids = [each["id"] for each in (await client.get("/v1/videos")).json()["data"]]
        got = [await client.get(f"/api/videos/{each.removeprefix('video_')}/image") for each in ids]
    return [each for each, answer in zip(ids, got, strict=True) if answer.is_success]


async def test_json_is_taken_too_with_an_image_in_it(api: httpx.AsyncClient, still: Served):
    url = "data:image/png;base64," + base64.b64encode(picture(kind="PNG")).decode()
    wanted = {"prompt": "it moves", "model": "echo", "seconds": 1, "input_reference": {"image_url": url}}
    begun = await api.post("/v1/videos", json=wanted)
    assert begun.status_code == 200, begun.text
    assert (begun.json()["status"], begun.json()["progress"]) == ("queued", 0)
    assert await images(still) == [begun.json()["id"]]
    assert list(still.run.settings.work_dir.iterdir()) == []


async def test_lists_are_paged_by_the_sdk_itself(quiet: AsyncOpenAI, still: Served):
    await make_job(still.run, ["a batch"])
    made = [(await quiet.videos.create(prompt=f"fox {n}", model="echo", **SMALL)).id for n in range(5)]
    assert [each.id async for each in quiet.videos.list(limit=2)] == made[::-1]
    assert [each.id async for each in quiet.videos.list(limit=2, order="asc")] == made
    page = await quiet.videos.list(after=made[1], order="asc", limit=3)
    assert ([each.id for each in page.data], page.has_more) == (made[2:], False)


async def test_a_remix_changes_the_video_where_its_provider_can(sdk: AsyncOpenAI, server: Served):
    first = await make(sdk, input_reference=("fox.png", picture(kind="PNG")))
    begun = await sdk.videos.remix(first.id, prompt="the fox at night")
    second = await sdk.videos.poll(begun.id, poll_interval_ms=50)
    assert (second.status, second.prompt) == ("completed", "the fox at night")
    assert second.remixed_from_video_id == first.id
    assert await images(server) == [first.id], "it starts from the video, not from its image"


async def test_elsewhere_a_remix_has_another_prompt_and_all_else_of_the_first(
    sdk: AsyncOpenAI, server: Served, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(EchoProvider, "modes", EchoProvider.modes - {Mode.EDIT})
    first = await make(sdk, input_reference=("fox.png", picture(kind="PNG")))
    begun = await sdk.videos.remix(first.id, prompt="the fox at night")
    second = await sdk.videos.poll(begun.id, poll_interval_ms=50)
    assert (second.status, second.prompt) == ("completed", "the fox at night")
    assert second.remixed_from_video_id == first.id
    assert (second.model, second.seconds, second.size) == (first.model, first.seconds, first.size)
    await sdk.videos.delete(first.id)
    assert await images(server) == [second.id]
    assert (await sdk.videos.retrieve(second.id)).remixed_from_video_id == first.id


async def test_only_what_is_finished_is_remixed(quiet: AsyncOpenAI):
    video = await quiet.videos.create(prompt="a fox", model="echo", **SMALL)
    with pytest.raises(openai.ConflictError, match="queued") as refused:
        await quiet.videos.remix(video.id, prompt="another")
    assert refused.value.response.headers["x-should-retry"] == "false"


async def test_a_deleted_video_is_gone(sdk: AsyncOpenAI, server: Served):
    video = await make(sdk)
    await sdk.videos.download_content(video.id, variant="spritesheet")
    gone = await sdk.videos.delete(video.id)
    assert (gone.id, gone.object, gone.deleted) == (video.id, "video.deleted", True)
    with pytest.raises(openai.NotFoundError) as refused:
        await sdk.videos.retrieve(video.id)
    assert refused.value.code == "not_found"
    assert list(server.run.bucket.files()) == []


async def test_a_refusal_is_a_failed_video_that_says_why(sdk: AsyncOpenAI):
    video = await make(sdk, "a fox [refuse:people]")
    assert video.status == "failed" and video.error
    assert video.error.code == "prominent_people"
    assert "well-known person" in video.error.message and "invented" in video.error.message
    with pytest.raises(openai.NotFoundError, match="failed"):
        await sdk.videos.download_content(video.id)


async def test_what_waits_for_a_person_is_in_progress_and_says_so(sdk: AsyncOpenAI):
    begun = await sdk.videos.create(prompt="a fox [auth]", model="echo", **SMALL)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (video := await sdk.videos.retrieve(begun.id)).error:  # there is no event in this API
            await asyncio.sleep(0.05)
    assert (video.status, video.error.code) == ("in_progress", "auth")
    assert "waits for you" in video.error.message


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"prompt": ""}, "prompt"),
        ({"model": "sora-2"}, "model"),
        ({"model": "echo/other"}, "model"),
        ({"seconds": "12"}, "seconds"),
        ({"seconds": "long"}, "seconds"),
        ({"size": "huge"}, "size"),
        ({"size": "4000x100"}, "size"),
        ({"size": "1792x1024"}, "size"),
        ({"input_reference": ("fox.png", b"GIF89a")}, "fox.png"),
        ({"extra_body": {"colour": "blue"}}, "colour"),
    ],
    ids=str,
)
async def test_one_clear_fault_for_each_thing_that_is_wrong(
    quiet: AsyncOpenAI, still: Served, wrong: dict[str, Any], param: str
):
    given: dict[str, Any] = {"prompt": "a fox", "model": "echo", **wrong}
    with pytest.raises(openai.BadRequestError) as refused:
        await quiet.videos.create(**given)
    assert refused.value.param == param
    assert refused.value.type == "invalid_request_error" and refused.value.code
    assert set(refused.value.response.json()) == {"error"}
    assert [each async for each in quiet.videos.list()] == []
    assert list(still.run.bucket.files()) == []


@pytest.mark.parametrize(
    "reference",
    [
        {"image_url": "https://example.com/fox.png"},
        {"image_url": "data:image/png;base64,???"},
        {"file_id": "file_1"},
        {},
    ],
    ids=str,
)
async def test_nothing_is_fetched_from_elsewhere(api: httpx.AsyncClient, reference: dict[str, str]):
    wanted = {"prompt": "a fox", "model": "echo", "input_reference": reference}
    refused = await api.post("/v1/videos", json=wanted)
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == "input_reference"
    assert "data: URL" in refused.json()["error"]["message"]


async def test_everything_that_goes_wrong_is_told_in_their_envelope(api: httpx.AsyncClient):
    wrong = [
        await api.get("/v1/nothing"),
        await api.get("/v1"),
        await api.put("/v1/videos", json={}),
        await api.get("/v1/videos/video_1"),
        await api.get("/v1/videos", params={"limit": 1000}),
        await api.get("/v1/videos", params={"after": "video_x"}),
        await api.get("/v1/models/nobody"),
        await api.post("/v1/videos", content=b"{"),
        await api.post("/v1/videos", json={"prompt": "a fox"}, headers={"origin": "https://example.com"}),
    ]
    statuses = [each.status_code for each in wrong]
    assert statuses == [404, 404, 405, 404, 400, 404, 404, 400, 403]
    for told in wrong:
        assert told.headers["content-type"] == "application/json"
        assert set(told.json()) == {"error"}
        assert set(told.json()["error"]) == {"message", "type", "param", "code"}
        assert told.json()["error"]["type"] == "invalid_request_error"


async def test_an_image_that_is_too_large_is_told_in_their_envelope(settings: Settings):
    small = settings.model_copy(update={"max_image_bytes": 1000})
    async with serve(small, with_worker=False) as served, sdk_of(served) as sdk:
        with pytest.raises(openai.APIStatusError, match="1,000 bytes") as refused:
            await sdk.videos.create(prompt="a fox", input_reference=("fox.jpg", b"x" * 1001))
        assert refused.value.status_code == 413
        async with httpx.AsyncClient(base_url=served.url) as client:
            told = await client.post("/v1/videos", content=b"x" * 2_000_000)
        assert (told.status_code, set(told.json())) == (413, {"error"})


async def test_a_bug_is_told_in_their_envelope_and_not_sent_again(settings: Settings):
    app = app_module.create_app(settings)

    async def broken() -> None:
        raise ZeroDivisionError("the secret inside")

    app.router.add_route("/v1/broken", lambda _: broken(), methods=["POST"])  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        told = await client.post("/v1/broken")
    assert (told.status_code, told.json()["error"]["type"]) == (500, "server_error")
    assert told.headers["x-should-retry"] == "false"
    assert "secret" not in told.text


async def test_videos_survive_a_restart(settings: Settings):
    async with serve(settings, with_worker=False) as before, sdk_of(before) as sdk:
        begun = await sdk.videos.create(prompt="a fox", model="echo", **SMALL)
    async with serve(settings) as after, sdk_of(after) as sdk:
        assert (await sdk.videos.poll(begun.id, poll_interval_ms=50)).status == "completed"


async def test_models_are_providers_and_their_models(quiet: AsyncOpenAI):
    ids = [each.id async for each in quiet.models.list()]
    assert {"animatic", "animatic/animatic-1", "echo", "echo/echo-1"} <= set(ids)
    model = await quiet.models.retrieve("animatic/animatic-1")
    assert (model.object, model.owned_by) == ("model", "animatic")
    with pytest.raises(openai.NotFoundError):
        await quiet.models.retrieve("sora-2")


async def test_a_prompt_alone_is_enough(quiet: AsyncOpenAI):
    video = await quiet.videos.create(prompt="a fox")
    assert (video.model, video.seconds, video.size) == ("animatic/animatic-1", "4", "720x1280")


async def test_defaults_a_provider_cannot_do_give_way_to_its_own(
    quiet: AsyncOpenAI, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(openai_videos, "DEFAULT_SECONDS", "8")
    monkeypatch.setattr(openai_videos, "DEFAULT_SIZE", "1080x1920")
    video = await quiet.videos.create(prompt="a fox", model="echo")
    assert (video.seconds, video.size) == ("1", "1280x720")
    with pytest.raises(openai.BadRequestError) as refused:
        await quiet.videos.create(prompt="a fox", model="echo", seconds="8")
    assert refused.value.param == "seconds"


@pytest.mark.parametrize(
    ("size", "shape", "resolution"),
    [
        ("1280x720", "16:9", "720p"),
        ("720x1280", "9:16", "720p"),
        ("1792x1024", "16:9", "1080p"),
        ("1024x1792", "9:16", "1080p"),
        ("1080x1080", "1:1", "1080p"),
        ("3840x2160", "16:9", "4k"),
        ("640x480", "4:3", "480p"),
    ],
)
def test_sizes_are_shapes_and_resolutions(size: str, shape: str, resolution: str):
    assert settings_of(None, None, size) == {"aspect_ratio": shape, "resolution": resolution}
