"""Omni by the real SDK against the stand-in: every mode on the wire, every odd answer by its behaviour."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import randbytes
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from standins._clips import clip, code_of, read_code
from standins._server import serve_app
from standins.gemini.app import create_app
from standins.gemini.remote import Gemini, Interaction
from standins.gemini.wire import Create
from tests.providers.kit import ProviderKit, Refused, ignore, picture

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
from rushes.providers.video.omni import Omni, OmniOptions, OmniSettings
from rushes.providers.video_contract import (
    Call,
    Credential,
    Finished,
    Output,
    Running,
    ShotInput,
    Unknown,
    VideoOptions,
)

MODEL = "gemini-omni-1.1-flash"
NEWER = "gemini-omni-1.2-flash"
CHEAPEST: dict[str, object] = {"resolution": "360p", "duration_seconds": 3}


def credential(secret: str = "key-of-the-owner") -> Credential:
    return Credential(uuid4(), "mine", secret)


@pytest.fixture
def gemini() -> Gemini:
    return Gemini(tiny=True)


@pytest.fixture
def url(gemini: Gemini) -> Iterator[str]:
    with serve_app(create_app(gemini)) as served:
        yield served


@pytest.fixture
async def omni(url: str) -> AsyncIterator[Omni]:
    provider = Omni(OmniSettings.model_validate({"base_url": url, "poll_seconds": 0.02}))
    yield provider
    await provider.close()


def asking(prompt: str = "a lighthouse", secret: str = "key-of-the-owner", **more: Any) -> Call[OmniOptions]:
    options = OmniOptions.model_validate(CHEAPEST | more.pop("options", {}))
    shot = ShotInput(
        prompt, more.pop("negative", None), more.pop("image", None), more.pop("model", MODEL), (11,), **more
    )
    return Call("key-1", shot, options, credential(secret))


async def ended(omni: Omni, call: Call[OmniOptions], remote_id: str | None = None) -> Finished:
    remote_id = remote_id or await omni.submit(call)
    while isinstance(answer := await omni.status(call, remote_id), Running):
        await asyncio.sleep(answer.poll_after or 0)
    return answer


async def failure(omni: Omni, prompt: str) -> RushesError:
    finished = await ended(omni, asking(prompt))
    assert finished.outputs == ()
    return finished.failures[0]


async def refused(omni: Omni, call: Call[OmniOptions]) -> BaseException:
    with pytest.raises(BaseException) as caught:  # which one it is, is what the tests ask
        await omni.submit(call)
    return caught.value


def only(gemini: Gemini) -> Interaction:
    (made,) = gemini.interactions.values()
    return made


class TestOmni(ProviderKit[VideoOptions]):
    provider_class = Omni
    options = CHEAPEST
    wrong_options = (
        ({"aspect_ratio": "1:1"}, "aspect_ratio"),
        ({"resolution": "8k"}, "resolution"),
        ({"duration_seconds": 2}, "duration_seconds"),
        ({"duration_seconds": 16}, "duration_seconds"),
    )
    refused = (
        Refused("prompt", prompt="x" * 8001),
        Refused("prompt", prompt=" "),
        Refused("model", model="gemini-omni-0-flash"),
        Refused("seeds", takes=2),
    )
    expected_size = (640, 360)
    credential = credential()

    @pytest.fixture
    async def provider(self) -> AsyncIterator[Omni]:
        with serve_app(create_app(Gemini())) as url:
            provider = Omni(OmniSettings.model_validate({"base_url": url, "poll_seconds": 0.02}))
            yield provider
            await provider.close()


def png(folder: Path, name: str) -> Path:
    return picture(folder / f"{name}.png", (64, 36))


async def sent(omni: Omni, gemini: Gemini, call: Call[OmniOptions]) -> Create:
    before = set(gemini.interactions)
    await ended(omni, call)
    (new,) = set(gemini.interactions) - before
    return gemini.interactions[new].request


async def test_a_text_is_sent_in_the_background_to_be_fetched_from_a_file(omni: Omni, gemini: Gemini):
    request = await sent(omni, gemini, asking("a lighthouse", negative="people, text."))
    assert (request.background, request.store, request.previous_interaction_id) == (True, True, None)
    form = request.response_format
    assert (form.aspect_ratio, form.resolution, form.duration, form.delivery) == ("16:9", "360p", "3s", "uri")
    assert (request.generation_config.seed, request.generation_config.video_config) == (11, None)
    assert request.prompt == "a lighthouse Do not include: people, text."


async def test_each_image_is_told_by_its_number_what_it_is_for(omni: Omni, gemini: Gemini, tmp_path: Path):
    first, last, look = (png(tmp_path, name) for name in ("first", "last", "look"))
    one = await sent(omni, gemini, asking(image=first))
    assert one.prompt == "[# Sources <FIRST_FRAME>@Image1] Begin with <FIRST_FRAME>. a lighthouse"
    assert [part.mime_type for part in one.content] == ["image/png", None]
    two = await sent(omni, gemini, asking(image=first, last_image=last))
    assert two.prompt.startswith("[# Sources <FIRST_FRAME>@Image1 <LAST_FRAME>@Image2] Begin with")
    three = await sent(omni, gemini, asking(image=first, references=(look, last)))
    assert three.prompt == (
        "[# Sources <FIRST_FRAME>@Image1] [# References <IMAGE_REF_0>@Image2 <IMAGE_REF_1>@Image3]"
        " Begin with <FIRST_FRAME>. Keep the look of <IMAGE_REF_0> and <IMAGE_REF_1>. a lighthouse"
    )
    own = await sent(omni, gemini, asking("Show <IMAGE_REF_0> at sea", references=(look,)))
    assert own.prompt == "[# References <IMAGE_REF_0>@Image1] Show <IMAGE_REF_0> at sea"


async def test_a_take_is_edited_and_made_longer_from_its_interaction(
    omni: Omni, gemini: Gemini, tmp_path: Path
):
    source = await omni.submit(asking("first"))
    edit = await sent(omni, gemini, asking("at night", source=source, image=png(tmp_path, "moon")))
    assert edit.previous_interaction_id == source
    assert edit.generation_config.video_config is not None
    assert edit.generation_config.video_config.task == "edit"
    assert edit.prompt.startswith("[# References <IMAGE_REF_0>@Image1]")
    assert "duration" not in edit.response_format.model_fields_set
    more = await sent(omni, gemini, asking("it sails on", source=source, extend=True))
    assert more.generation_config.video_config is not None
    assert more.generation_config.video_config.task == "extend"
    assert more.response_format.duration == "3s"


@pytest.mark.parametrize(
    ("shot", "options", "where"),
    [
        ({"model": MODEL}, {"duration_seconds": 11}, "duration_seconds"),
        ({"model": NEWER, "image": 1, "last_image": 1}, {"duration_seconds": 11}, "duration_seconds"),
        ({"model": NEWER, "source": "v1_1", "extend": True}, {"duration_seconds": 11}, "duration_seconds"),
        ({"last_image": 1}, {}, "last_image"),
        ({"source": "v1_1", "last_image": 1, "image": 1}, {}, "last_image"),
        ({"source": "v1_1", "extend": True, "image": 1}, {}, "image"),
        ({"references": 7}, {}, "references"),
        ({"image": 15 * 2**20}, {}, "image"),
    ],
    ids=["1.1 makes 10 s", "two frames make 10 s", "10 s longer", "no first frame", "edit with a last frame",
         "longer from a frame", "seven references", "15 MiB"],
)  # fmt: skip
def test_what_omni_would_refuse_is_known_before_the_call(
    omni: Omni, tmp_path: Path, shot: dict[str, Any], options: dict[str, Any], where: str
):
    file = tmp_path / "image.png"
    for name in ("image", "last_image"):
        if name in shot:
            file.write_bytes(bytes(shot[name]))
            shot[name] = file
    if "references" in shot:
        shot["references"] = tuple(png(tmp_path, str(n)) for n in range(shot["references"]))
    call = asking(options=options, **shot)
    with pytest.raises(Invalid) as caught:
        omni.check(call.shot, call.options)
    assert [fault.where for fault in caught.value.faults] == [where]


def test_a_plan_is_checked_before_its_images_are_on_this_machine(omni: Omni):
    call = asking(image=Path("jobs/1/images/not-here.jpg"))
    omni.check(call.shot, call.options)


def test_a_longer_take_is_the_newer_models(omni: Omni):
    call = asking(model=NEWER, options={"duration_seconds": 15})
    omni.check(call.shot, call.options)


async def test_the_video_that_comes_is_the_one_that_was_asked_for(omni: Omni, tmp_path: Path):
    for tag in ("", "[inline]", "[processing:3]", "[queued:2]", "[status_pondering:2]", "[wait:0.1]"):
        call = asking(f"a boat{tag}")
        (output,) = (await ended(omni, call)).outputs
        file = tmp_path / "take.mp4"
        await omni.fetch(call, output, file, ignore)
        assert read_code(file) == code_of(f"a boat{tag}"), tag


async def test_a_completed_video_is_not_fetched_before_its_file_is_there(omni: Omni):
    call = asking("[processing:2]")
    remote_id = await omni.submit(call)
    for _ in range(2):
        assert isinstance(await omni.status(call, remote_id), Running)
    assert isinstance(await omni.status(call, remote_id), Finished)


async def test_the_price_is_what_was_used_not_what_the_table_says(omni: Omni, gemini: Gemini):
    finished = await ended(omni, asking("[tokens:57920]"))
    assert finished.cost is not None
    assert Decimal("1.0136") < finished.cost < Decimal("1.02")
    assert abs(finished.cost - gemini.bill()["key-of-the-owner"]) < Decimal("0.000001")
    dearer = await ended(omni, asking("x", model=NEWER, options={"resolution": "4k"}))
    assert dearer.cost is not None
    assert abs(dearer.cost - Decimal("0.21") * 3) < Decimal("0.01")


@pytest.mark.parametrize(
    ("tag", "error_type"),
    [
        ("[refuse_people]", ErrorType.PROMINENT_PEOPLE),
        ("[refuse_policy]", ErrorType.POLICY_VIOLATION),
        ("[refuse_minors]", ErrorType.MINORS),
        ("[refuse_copyright]", ErrorType.COPYRIGHT),
        ("[failed_safety]", ErrorType.PROMINENT_PEOPLE),
        ("[region]", ErrorType.POLICY_VIOLATION),
        ("[ends_requires_action]", ErrorType.BAD_INPUT),
        ("[ends_cancelled]", ErrorType.GENERATION_FAILED),
    ],
)
async def test_completed_without_a_video_is_a_refusal_with_its_kind(
    omni: Omni, tag: str, error_type: ErrorType
):
    error = await failure(omni, tag)
    assert isinstance(error, Rejected)
    assert (error.error_type, bool(error.hint)) == (error_type, True)


async def test_a_refusal_is_told_in_the_models_words_and_costs_next_to_nothing(omni: Omni):
    finished = await ended(omni, asking("[refuse_people]"))
    assert "I can't make videos of prominent people." in finished.failures[0].message
    assert finished.cost is not None
    assert finished.cost < Decimal("0.01")


async def test_a_video_that_was_billed_and_is_not_there_is_our_matter_not_a_refusal(omni: Omni):
    with pytest.raises(ProviderChanged, match="billed"):
        await ended(omni, asking("[billed]"))


@pytest.mark.parametrize("tag", ["[failed]", "[failed_step]", "[ends_incomplete]", "[file_failed]"])
async def test_a_video_that_failed_by_itself_may_be_asked_for_again(omni: Omni, tag: str):
    assert isinstance(await failure(omni, tag), GenerationFailed)


@pytest.mark.parametrize(
    ("tag", "error_type", "after"),
    [
        ("[failed_busy]", ErrorType.RATE_LIMITED, 2.0),
        ("[ends_budget_exceeded]", ErrorType.QUOTA, 600.0),
    ],
)
async def test_a_video_that_ended_at_a_limit_is_asked_for_later(
    omni: Omni, tag: str, error_type: ErrorType, after: float
):
    error = await failure(omni, tag)
    assert isinstance(error, RetryLater)
    assert (error.error_type, error.after) == (error_type, after)


@pytest.mark.parametrize("tag", ["[capped:23.397]", "[capped_200:23.397]"])
async def test_a_rate_cap_after_acceptance_is_waited_for_and_nothing_is_sent_again(
    omni: Omni, gemini: Gemini, tag: str
):
    call = asking(tag)
    remote_id = await omni.submit(call)
    answer = await omni.status(call, remote_id)
    assert answer == Running(poll_after=23.397)
    assert isinstance(await omni.status(call, remote_id), Finished)
    assert gemini.requests["create"] == 1


@pytest.mark.parametrize("tag", ["[look_500]", "[look_reset]", "[mixed]"])
async def test_a_look_that_goes_wrong_is_repeated_by_the_engine_not_by_the_sdk(
    omni: Omni, gemini: Gemini, tag: str
):
    call = asking(tag)
    remote_id = await omni.submit(call)
    with pytest.raises(RetryLater) as caught:
        await omni.status(call, remote_id)
    assert caught.value.error_type is ErrorType.NETWORK
    assert gemini.requests["look"] == 1
    assert isinstance(await omni.status(call, remote_id), Finished)


@pytest.mark.parametrize("tag", ["[gibberish]", "[statusless]"])
async def test_an_answer_that_is_no_answer_of_gemini_is_a_change(omni: Omni, tag: str):
    call = asking(tag)
    remote_id = await omni.submit(call)
    with pytest.raises(ProviderChanged, match="status"):
        await omni.status(call, remote_id)


async def test_an_id_that_gemini_does_not_know_any_more_is_left_to_the_owner_not_paid_again(omni: Omni):
    call = asking("[forgotten]")
    remote_id = await omni.submit(call)
    with pytest.raises(ProviderChanged, match="Invalid interaction name"):
        await omni.status(call, remote_id)


async def test_a_file_that_is_gone_does_not_put_the_key_in_doubt(omni: Omni):
    with pytest.raises(ProviderChanged, match="may not exist"):
        await ended(omni, asking("[file_gone]"))


@pytest.mark.parametrize("tag", ["[lost]", "[reset_create]", "[nameless]"])
async def test_a_create_whose_answer_was_lost_is_uncertain_and_never_sent_again(
    omni: Omni, gemini: Gemini, tag: str
):
    call = asking(tag)
    error = await refused(omni, call)
    assert not isinstance(error, Rejected | RetryLater | ActionNeeded | Invalid)
    assert gemini.requests["create"] == 1
    assert list(gemini.creates.values()) == [1]
    assert await omni.find(call) is Unknown.CANNOT_TELL


async def test_a_service_that_cannot_be_reached_has_not_accepted_anything():
    with serve_app(create_app(Gemini())) as url:
        pass  # the port is free again
    omni = Omni(OmniSettings.model_validate({"base_url": url}))
    error = await refused(omni, asking())
    await omni.close()
    assert isinstance(error, RetryLater)
    assert error.error_type is ErrorType.NETWORK


@pytest.mark.parametrize(("tag", "seconds"), [("[busy]", 23.0), ("[busy][busy_for:0.25]", 0.25)])
async def test_a_rate_limit_at_the_create_rests_the_key_as_long_as_gemini_says(
    omni: Omni, gemini: Gemini, tag: str, seconds: float
):
    error = await refused(omni, asking(tag))
    assert isinstance(error, RetryLater)
    assert (error.error_type, error.after) == (ErrorType.RATE_LIMITED, seconds)
    assert (gemini.requests["create"], gemini.interactions) == (1, {})


async def test_the_400_that_passes_by_itself_is_no_refusal_at_a_create_either(omni: Omni, gemini: Gemini):
    call = asking("[mixed_create]")
    error = await refused(omni, call)
    assert isinstance(error, RetryLater)
    assert error.error_type is ErrorType.NETWORK
    assert gemini.interactions == {}
    assert await omni.submit(call)


async def test_a_request_that_gemini_does_not_understand_is_told_in_its_words(omni: Omni, gemini: Gemini):
    error = await refused(omni, asking(model=MODEL, source="v1_nobody"))
    assert isinstance(error, Invalid)
    assert "Invalid interaction name: v1_nobody" in error.message
    assert gemini.interactions == {}


async def test_a_daily_limit_rests_the_key_until_the_day_is_over(omni: Omni):
    error = await refused(omni, asking("[daily]"))
    assert isinstance(error, RetryLater)
    assert error.error_type is ErrorType.QUOTA
    assert error.after is not None
    assert error.after > 41  # what RetryInfo says there is of no use


@pytest.mark.parametrize(
    ("tag", "error_type"),
    [("[blocked]", ErrorType.PROMINENT_PEOPLE), ("[prohibited]", ErrorType.POLICY_VIOLATION)],
)
async def test_a_prompt_blocked_at_the_door_is_refused_in_both_envelopes(
    omni: Omni, tag: str, error_type: ErrorType
):
    error = await refused(omni, asking(tag))
    assert isinstance(error, Rejected)
    assert error.error_type is error_type


async def test_a_model_that_was_shut_down_names_its_successor_and_is_not_tried_again(omni: Omni):
    error = await refused(omni, asking("[retired]"))
    assert isinstance(error, Invalid)
    assert "is no longer available" in error.message
    assert error.hint == "Choose gemini-omni-1.2-flash."


@pytest.mark.parametrize("secret", ["invalid-key", "unauthenticated-key", "forbidden-key"])
async def test_a_key_that_is_not_taken_asks_its_owner_and_is_not_told_on(omni: Omni, secret: str):
    for attempt in (omni.submit(asking(secret=secret)), omni.test(credential(secret))):
        with pytest.raises(ActionNeeded) as caught:
            await attempt
        assert caught.value.error_type is ErrorType.AUTH
        assert secret not in f"{caught.value.message} {caught.value.hint}"


async def test_a_good_key_is_tried_at_no_cost(omni: Omni, gemini: Gemini):
    await omni.test(credential())
    assert (gemini.requests["models"], gemini.requests["create"]) == (1, 0)


async def test_without_a_key_there_is_nothing_to_send(omni: Omni, gemini: Gemini):
    call = asking()
    error = await refused(omni, Call(call.key, call.shot, call.options))
    assert isinstance(error, ActionNeeded)
    assert gemini.requests["create"] == 0


async def test_each_call_is_paid_with_its_own_key(omni: Omni, gemini: Gemini):
    first, second = (asking(secret=secret) for secret in ("key-a", "key-b"))
    ids = await asyncio.gather(omni.submit(first), omni.submit(second))
    assert {made.key: made.id for made in gemini.interactions.values()} == dict(
        zip(("key-a", "key-b"), ids, strict=True)
    )
    with pytest.raises(ProviderChanged, match="Invalid interaction name"):
        await omni.status(first, ids[1])


async def test_the_key_is_never_shown_to_another_host(omni: Omni, gemini: Gemini, tmp_path: Path):
    call = asking("[elsewhere]")
    (output,) = (await ended(omni, call)).outputs
    with pytest.raises(ProviderChanged, match="not https"):
        await omni.fetch(call, output, tmp_path / "take.mp4", ignore)
    assert gemini.requests["elsewhere"] == 0
    omni.client.private_links = True
    await omni.fetch(call, output, tmp_path / "take.mp4", ignore)
    assert read_code(tmp_path / "take.mp4") == code_of("[elsewhere]")
    error = await refused(omni, asking("[moved]"))
    assert isinstance(error, ActionNeeded)
    foreign = asking("[foreign]")
    (link,) = (await ended(omni, foreign)).outputs
    assert link.ref.startswith("http://localhost:1/")
    with pytest.raises(RetryLater):
        await omni.fetch(foreign, link, tmp_path / "none.mp4", ignore)
    assert gemini.requests["elsewhere"] == 1
    assert gemini.seen_elsewhere == []


async def test_an_inline_video_is_asked_for_later_when_a_cap_comes_between(omni: Omni, tmp_path: Path):
    call = asking("[inline]")
    (output,) = (await ended(omni, call)).outputs
    capped = asking("[inline][capped:0.2]")
    remote_id = await omni.submit(capped)
    with pytest.raises(RetryLater) as caught:
        await omni.fetch(capped, Output(0, f"inline:{remote_id}"), tmp_path / "take.mp4", ignore)
    assert caught.value.after == 0.2
    await omni.fetch(call, output, tmp_path / "take.mp4", ignore)
    assert read_code(tmp_path / "take.mp4") == code_of("[inline]")


async def test_a_link_that_names_google_is_fetched_from_where_the_key_belongs(
    omni: Omni, gemini: Gemini, tmp_path: Path
):
    call = asking()
    remote_id = await omni.submit(call)
    link = f"https://generativelanguage.googleapis.com/v1beta/files/{remote_id[3:]}:download?alt=media"
    await omni.fetch(call, Output(0, link), tmp_path / "take.mp4", ignore)
    assert gemini.requests["download"] == 1


@pytest.mark.parametrize("tag", ["[cut]", "[reset]"])
async def test_a_download_that_breaks_off_leaves_nothing_and_the_next_is_whole(
    omni: Omni, tmp_path: Path, tag: str
):
    call = asking(tag)
    (output,) = (await ended(omni, call)).outputs
    file = tmp_path / "take.mp4"
    with pytest.raises(RetryLater):
        await omni.fetch(call, output, file, ignore)
    assert not file.exists()
    await omni.fetch(call, output, file, ignore)
    assert read_code(file) == code_of(tag)


async def test_a_cancelled_take_is_told_to_gemini(omni: Omni, gemini: Gemini):
    call = asking("[wait:60]")
    await omni.cancel(await omni.submit(call), call.credential)
    assert only(gemini).cancelled
    with pytest.raises(ProviderChanged, match="Invalid interaction name"):
        await omni.cancel("v1_nobody", call.credential)


def test_who_does_not_use_omni_does_not_load_its_sdk():
    program = (
        "import sys; from rushes.providers.video.omni import Omni, OmniSettings;"
        " Omni(OmniSettings()); print('google.genai' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_code_is_read_from_a_clip_of_any_size():
    from_noise = randbytes(8).hex()
    assert read_code(BytesIO(clip(from_noise, (64, 36), 1, fps=4))) == code_of(from_noise)


async def test_a_file_that_was_uploaded_is_there(url: str):
    headers = {"x-goog-api-key": "key", "x-goog-upload-protocol": "resumable"}
    async with httpx2.AsyncClient(headers=headers) as client:
        start = await client.post(f"{url}/upload/v1/files", json={"file": {"mime_type": "image/png"}})
        done = await client.post(start.headers["x-goog-upload-url"], content=b"1234")
        name = done.json()["file"]["name"]
        assert (await client.get(f"{url}/v1/{name}")).json()["sizeBytes"] == "4"
