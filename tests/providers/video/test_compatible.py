"""A server that speaks OpenAI's videos: every odd reply, and the request as the real SDK would send it."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import openai
import pytest
from pydantic import ValidationError
from standins._clips import code_of, read_code
from standins._server import serve_app
from standins.openai_videos import KEY, PRICE, OpenAiVideosStandIn
from tests.providers.kit import ProviderKit, Refused, ignore, picture
from tests.providers.replies import (
    changed_step,
    cut_short_then_whole,
    failure,
    finish,
    keep_the_key_from_another_host,
    refusal,
)

from rushes.errors import (
    ActionNeeded,
    ErrorType,
    GenerationFailed,
    Invalid,
    ProviderChanged,
    Rejected,
    RetryLater,
    RushesError,
)
from rushes.providers.catalogue import CatalogueEntry, Model
from rushes.providers.video import compatible as compatible_module
from rushes.providers.video._compatible_answer import VideoSaid, VideoStage, stage_of
from rushes.providers.video.compatible import Compatible, CompatibleOptions, CompatibleSettings
from rushes.providers.video_contract import Call, Credential, Finished, Output, Running, ShotInput, Unknown

Served = tuple[OpenAiVideosStandIn, str]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    standin = OpenAiVideosStandIn()
    with serve_app(standin.app) as url:
        yield standin, url


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in is looked at more often than any server that is not ours."""
    monkeypatch.setattr(compatible_module, "LEAST_POLL_SECONDS", 0.02)


@pytest.fixture
async def compatible() -> AsyncIterator[Compatible]:
    provider = Compatible(CompatibleSettings())
    yield provider
    await provider.close()


@pytest.fixture
def key(served: Served) -> Credential:
    fields = {"base_url": f"{served[1]}/v1/", "price_per_second": str(PRICE)}
    return Credential(uuid4(), "mine", KEY, fields)


def asking(prompt: str, credential: Credential, **options: object) -> Call[CompatibleOptions]:
    shot = ShotInput(prompt, None, None, "named", (1,))
    return Call(uuid4().hex, shot, CompatibleOptions.model_validate(options), credential)


class TestCompatible(ProviderKit[CompatibleOptions]):
    provider_class = Compatible
    wrong_options = (
        ({"duration_seconds": 0}, "duration_seconds"),
        ({"aspect_ratio": "1:1"}, "aspect_ratio"),
        ({"resolution": "8k"}, "resolution"),
        ({"model_name": "a b"}, "model_name"),
    )
    refused = (
        Refused("prompt", prompt="x" * 8001),
        Refused("prompt", prompt=" "),
        Refused("model", model="sora-2"),
        Refused("seeds", takes=2),
    )
    expected_size = (128, 72)

    @pytest.fixture(autouse=True)
    def pay(self, key: Credential) -> None:
        self.credential = key


@pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")
async def test_the_request_is_the_one_the_openai_sdk_sends(
    compatible: Compatible, key: Credential, served: Served, tmp_path: Path
):
    """The real SDK and this provider ask the stand-in for the same; the SDK also gets its video from it."""
    standin, url = served
    image = picture(tmp_path / "first.png", (64, 36))
    call = asking("A quiet bay", key, duration_seconds=8, model_name="wan-2", aspect_ratio="9:16")
    await compatible.submit(replace(call, shot=replace(call.shot, image=image)))
    async with openai.AsyncOpenAI(api_key=KEY, base_url=f"{url}/v1", max_retries=0) as client:
        video = await client.videos.create_and_poll(  # pyright: ignore[reportDeprecated]
            prompt="A quiet bay",
            model="wan-2",
            seconds="8",
            size="720x1280",
            input_reference=("first.png", image.read_bytes(), "image/png"),
        )
        ours, theirs = standin.book.requests("POST", "/v1/videos")[-2:]
        assert ours.body == theirs.body
        assert ours.body["input_reference"] == image.read_bytes()
        content = await client.videos.download_content(video.id)  # pyright: ignore[reportDeprecated]
        assert read_code(BytesIO(content.read())) == code_of("A quiet bay")


async def test_what_to_avoid_is_said_in_the_prompt_and_no_model_is_named_unasked(
    compatible: Compatible, key: Credential, served: Served
):
    call = asking("A bay", key)
    await compatible.submit(replace(call, shot=replace(call.shot, negative_prompt="rain")))
    sent = served[0].book.requests("POST", "/v1/videos")[-1]
    assert sent.body == {"prompt": "A bay\n\nAvoid: rain", "seconds": "4", "size": "1280x720"}
    assert sent.headers["idempotency-key"] == call.key


async def test_the_content_says_whose_prompt_it_is(compatible: Compatible, key: Credential, tmp_path: Path):
    call = asking("Harbour at dawn [cut:1]", key)
    await cut_short_then_whole(compatible, call, tmp_path / "take.mp4", call.shot.prompt)


@pytest.mark.parametrize(
    ("tag", "error", "error_type", "after"),
    [
        ("[429]", RetryLater, ErrorType.RATE_LIMITED, 1.5),
        ("[quota]", ActionNeeded, ErrorType.CREDITS, None),
        ("[401]", ActionNeeded, ErrorType.AUTH, None),
        ("[moderated]", Rejected, ErrorType.POLICY_VIOLATION, None),
        ("[minors]", Rejected, ErrorType.MINORS, None),
        ("[nomodel]", Rejected, ErrorType.BAD_INPUT, None),
        ("[moved]", ActionNeeded, ErrorType.AUTH, None),
    ],
)
async def test_a_create_that_was_not_accepted_says_who_acts_next(
    compatible: Compatible,
    key: Credential,
    tag: str,
    error: type[RushesError],
    error_type: ErrorType,
    after: float | None,
):
    refused = await refusal(compatible, asking(tag, key), error, error_type)
    assert getattr(refused, "after", None) == after


@pytest.mark.parametrize(
    ("tag", "error"),
    [
        ("[500]", ConnectionError),
        ("[reset]", ConnectionError),
        ("[odd]", ProviderChanged),
        ("[html]", ProviderChanged),
    ],
)
async def test_a_create_whose_answer_is_lost_is_posted_once_and_never_called_refused(
    compatible: Compatible, key: Credential, served: Served, tag: str, error: type[Exception]
):
    call = asking(f"{tag} {uuid4()}", key)
    with pytest.raises(error):
        await compatible.submit(call)
    posts = served[0].book.requests("POST", "/v1/videos")
    assert len([post for post in posts if post.body["prompt"] == call.shot.prompt]) == 1
    assert await compatible.find(call) is Unknown.CANNOT_TELL


async def test_it_is_looked_at_when_the_server_says(compatible: Compatible, key: Credential):
    call = asking(f"[flaky:1] [running:1] {uuid4()}", key)
    video_id = await compatible.submit(call)
    with pytest.raises(RetryLater):
        await compatible.status(call, video_id)
    assert await compatible.status(call, video_id) == Running(progress=0.4, poll_after=0.02)
    assert isinstance(await compatible.status(call, video_id), Finished)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("0", 1.0), ("20", 1.0), ("2500", 2.5), ("9" * 5000, None), ("1e9", 300.0), ("inf", None), ("x", None)],
)
def test_it_is_looked_at_neither_all_the_time_nor_never(
    told: str, seconds: float | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(compatible_module, "LEAST_POLL_SECONDS", 1.0)
    answer = httpx2.Response(200, headers={"openai-poll-after-ms": told})
    assert compatible_module._poll_after(answer) == seconds  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    ("tag", "error", "error_type"),
    [
        ("[blocked]", Rejected, ErrorType.POLICY_VIOLATION),
        ("[badinput]", Rejected, ErrorType.BAD_INPUT),
        ("[fail]", GenerationFailed, ErrorType.GENERATION_FAILED),
    ],
)
async def test_a_video_that_failed_says_why_and_costs_nothing(
    compatible: Compatible, key: Credential, tag: str, error: type[RushesError], error_type: ErrorType
):
    assert (await failure(compatible, asking(tag, key), error, error_type)).cost == 0


async def test_an_answer_nobody_knows_names_its_step(compatible: Compatible, key: Credential):
    assert await changed_step(compatible, asking("[gone]", key)) == "status"


async def test_a_status_nobody_knows_means_it_is_still_being_made(compatible: Compatible, key: Credential):
    call = asking("[pondering]", key)
    assert isinstance(await compatible.status(call, await compatible.submit(call)), Running)


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        *(
            (each, VideoStage.DONE)
            for each in ("completed", "COMPLETED", "Succeeded", "SUCCESS", "Done", "finished")
        ),
        *(
            (each, VideoStage.DONE)
            for each in ("TASK_STATUS_SUCCEED", "task-succeeded", "VideoReady", " complete ")
        ),
        *(
            (each, VideoStage.ENDED)
            for each in ("failed", "FAILURE", "Error", "CANCELLED", "canceled", "Timed Out")
        ),
        *(
            (each, VideoStage.ENDED)
            for each in ("timeout", "REJECTED", "content-filtered", "task_status_failed")
        ),
        *(
            (each, VideoStage.RUNNING)
            for each in ("queued", "IN_PROGRESS", "NOT_START", "warming up", "制作中")
        ),
        ("not_completed", VideoStage.RUNNING),
        ("x" * 100_000, VideoStage.RUNNING),
    ],
)
def test_states_are_read_in_any_case_and_as_synonyms(status: str, stage: VideoStage):
    assert stage_of(status) is stage


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ({"id": "v", "status": "queued", "progress": "half", "error": None}, ("v", "queued", None, None)),
        ({"id": 17, "status": "queued", "progress": "40%"}, ("17", "queued", 0.4, None)),
        ({"id": "v", "status": "queued", "progress": {"percent": 3}}, ("v", "queued", None, None)),
        ({"id": "v", "status": "queued", "progress": 1e999}, ("v", "queued", None, None)),
        ({"task_id": "t", "state": "RUNNING", "progress": 250}, ("t", "RUNNING", 1.0, None)),
        ({"code": "success", "data": {"task_id": "t", "status": "SUCCESS"}}, ("t", "SUCCESS", None, None)),
        ({"code": 200, "data": [{"id": "t", "status": "ok"}]}, ("t", "ok", None, None)),
        ({"id": "v", "status": "failed", "error": "No."}, ("v", "failed", None, "No.")),
        ({"id": "v", "status": "failed", "fail_reason": "No."}, ("v", "failed", None, "No.")),
        ({"id": "v", "status": "failed", "error": [{"msg": "No.", "code": 7}]}, ("v", "failed", None, "No.")),
        ({"id": "v", "status": "failed", "error": {"message": ["No."]}}, ("v", "failed", None, None)),
        ({"id": "v", "status": "failed", "error": 5}, ("v", "failed", None, None)),
        ({"id": "v"}, ("v", "", None, None)),
    ],
)
def test_what_gateways_say_of_a_video_is_read_and_what_does_not_parse_is_ignored(
    body: dict[str, Any], seen: tuple[object, ...]
):
    video = VideoSaid.model_validate_json(json.dumps(body))
    assert (video.id, video.status, video.progress, video.error and video.error.message) == seen


@pytest.mark.parametrize("body", [[], "x", 5, None, {}, {"data": []}, {"data": {"status": "ok"}}, {"id": ""}])
def test_an_answer_without_an_id_is_none(body: object):
    with pytest.raises(ValidationError):
        VideoSaid.model_validate_json(json.dumps(body))


async def test_the_price_is_the_one_its_owner_gave_or_none_with_a_warning(
    compatible: Compatible, key: Credential, caplog: pytest.LogCaptureFixture
):
    assert (await finish(compatible, asking("a", key, duration_seconds=12))).cost == Decimal("1.20")
    assert not caplog.records
    for given in ("", "cheap"):
        dear = replace(key, fields={**key.fields, "price_per_second": given})
        assert (await finish(compatible, asking("a", dear))).cost == 0
        assert "is not known" in caplog.text
        assert KEY not in caplog.text


async def test_the_key_is_not_shown_to_another_host(compatible: Compatible, key: Credential, tmp_path: Path):
    await keep_the_key_from_another_host(compatible, lambda tag: asking(tag, key), tmp_path / "take.mp4", KEY)


async def test_a_download_that_is_locked_needs_its_owner(
    compatible: Compatible, key: Credential, tmp_path: Path
):
    call = asking("[locked]", key)
    output = (await finish(compatible, call)).outputs[0]
    with pytest.raises(ActionNeeded):
        await compatible.fetch(call, output, tmp_path / "take.mp4", ignore)


async def test_a_key_is_tested_at_no_cost(compatible: Compatible, key: Credential, served: Served):
    before = len(served[0].book.created)
    await compatible.test(key)
    await compatible.test(
        replace(key, fields={"base_url": f"{served[1]}/elsewhere"})
    )  # has no list: believed
    with pytest.raises(ActionNeeded):
        await compatible.test(replace(key, secret="wrong"))
    assert len(served[0].book.created) == before


def test_what_goes_with_a_key_is_checked():
    assert Compatible.Fields.model_validate({"base_url": "https://example.com/v1", "price_per_second": "0.1"})
    for wrong in ({}, {"base_url": "https://example.com", "price_per_second": "cheap"}):
        with pytest.raises(ValidationError):
            Compatible.Fields.model_validate(wrong)


async def test_a_model_of_the_operators_catalogue_has_its_own_price(key: Credential):
    dear = Model(id="wan-2", title="Wan", typical_seconds=60, price_per_second={"*": Decimal("0.25")})
    compatible = Compatible(CompatibleSettings())
    compatible.models = CatalogueEntry(models=[dear])
    call = asking("a", key)
    call = replace(call, shot=replace(call.shot, model="wan-2"))
    assert (await finish(compatible, call)).cost == Decimal("1.00")
    await compatible.close()


async def test_cancelling_deletes_it_there(compatible: Compatible, key: Credential, served: Served):
    video_id = await compatible.submit(asking("a", key))
    await compatible.cancel(video_id, key)
    assert video_id not in served[0].videos


async def test_an_id_cannot_lead_to_another_path(
    compatible: Compatible, key: Credential, served: Served, tmp_path: Path
):
    before = len(served[0].book.requests("GET", "/v1/models"))
    with pytest.raises(ProviderChanged):
        await compatible.fetch(asking("a", key), Output(0, "../models?x="), tmp_path / "take.mp4", ignore)
    assert len(served[0].book.requests("GET", "/v1/models")) == before


@pytest.mark.parametrize("address", ["", "example.com", "https://user:secret@example.com/v1", "file:///etc"])
async def test_an_address_that_is_none_is_told(compatible: Compatible, key: Credential, address: str):
    wrong = replace(key, fields={"base_url": address})
    with pytest.raises(ActionNeeded, match="base URL") as caught:
        await compatible.submit(asking("a", wrong))
    assert "secret" not in str(caught.value)


def test_a_model_is_named_once(compatible: Compatible, key: Credential, monkeypatch: pytest.MonkeyPatch):
    call = asking("a", key, model_name="wan-2")
    compatible.check(call.shot, call.options)
    with pytest.raises(Invalid):
        compatible.check(replace(call.shot, model="other"), call.options)
