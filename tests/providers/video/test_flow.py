"""Google Flow as a provider: one browser for the whole file, against the stand-in's page as it may be."""

import asyncio
import hashlib
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from PIL import Image
from standins._clips import code_of, read_code
from standins.flow import Site, clip_text, serve_flow
from standins.flow.failures import FAILURES
from standins.flow.world import Media
from tests.flowing import assert_as_billed, leave_tabs, quick
from tests.providers.kit import ProviderKit, Refused, ignore, picture
from tests.samples import in_soak, sample
from tests.waiting import result_of

from rushes.engine.delivered import differences
from rushes.errors import (
    ActionNeeded,
    Damaged,
    ErrorType,
    GenerationFailed,
    Invalid,
    Rejected,
    RetryLater,
    RushesError,
)
from rushes.platform.media.probe import probe
from rushes.providers.registry import AnyProvider
from rushes.providers.video.flow import errors
from rushes.providers.video.flow import watch as _flow_watch
from rushes.providers.video.flow.browser.guide import load_guides
from rushes.providers.video.flow.browser.pages import frames, uploads
from rushes.providers.video.flow.browser.profile import browser_of
from rushes.providers.video.flow.fetch import check
from rushes.providers.video.flow.ids import Remote, failed, failure_of, upload_name
from rushes.providers.video.flow.provider import FlowOptions, FlowProvider, FlowSettings
from rushes.providers.video.flow.watch import Watch
from rushes.providers.video_contract import (
    Call,
    Candidates,
    Credential,
    Finished,
    JobRef,
    Running,
    ShotInput,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all of them
    pytest.mark.xdist_group("flow"),
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*is marked with '@pytest.mark.asyncio' but:pytest.PytestWarning"),
]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve_flow(quick()) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def flow(site: Site, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FlowProvider]:
    settings = FlowSettings.model_validate(
        {
            "url": site.url,
            "RUSHES_DATA_DIR": tmp_path_factory.mktemp("flow"),
            "browser": "chromium",
            "headless": True,
            "poll_seconds": 0.05,
            "find_seconds": 4,
            "reply_seconds": 6,
            "settle_seconds": 1,
            "quiet_seconds": 1.5,
            "complaint_seconds": 1,
            "throttle_seconds": 600,
        }
    )
    provider = FlowProvider(settings)
    yield provider
    await provider.close()


@pytest.fixture(scope="module")
def ada(site: Site) -> Credential:
    return Credential(uuid4(), "ada", site.sign_in_state("ada@example.com"))


@pytest.fixture(scope="module")
def job() -> JobRef:
    """Projects are opened once: most of these tests share one, as the shots of a job do."""
    return JobRef(uuid4(), "the pier")


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def good_day(flow: FlowProvider, ada: Credential, job: JobRef, site: Site) -> AsyncIterator[None]:
    site.scenario = quick()
    site.account("ada@example.com").credits = 1000
    yield
    await leave_tabs(flow, ada, keep=job)


class TestFlow(ProviderKit[FlowOptions]):
    provider_class = FlowProvider
    options = {"duration_seconds": 4}  # noqa: RUF012  # as in the kit
    wrong_options = (
        ({"aspect_ratio": "1:1"}, "aspect_ratio"),
        ({"resolution": "240p"}, "resolution"),
        ({"duration_seconds": 5}, "duration_seconds"),
        ({"credit_cap": 0}, "credit_cap"),
    )
    refused = (
        Refused("prompt", prompt="x" * 5001),
        Refused("prompt", prompt="  "),
        Refused("model", model="veo-9"),
        Refused("seeds", takes=5),
    )
    expected_size = (720, 1280)

    @pytest.fixture
    def provider(self, flow: FlowProvider, site: Site, ada: Credential) -> AnyProvider:
        self.credential = ada
        site.scenario = quick()
        return flow


def call_of(
    ada: Credential, job: JobRef, prompt: str = "A lighthouse at dusk", **more: Any
) -> Call[FlowOptions]:
    """A shot of words alone, unless it is given an image."""
    takes, image = more.pop("takes", 1), more.pop("image", None)
    model = more.pop("model", "omni-1.1-flash")
    others = more.pop("others", frozenset[str]())
    options = FlowOptions.model_validate({"duration_seconds": 4, **more})
    shot = ShotInput(prompt, None, image, model, tuple(range(takes)))
    return Call(str(uuid4()), shot, options, ada, job, others)


async def outcome(flow: FlowProvider, call: Call[FlowOptions]) -> Finished:
    """Submit it and look until it has ended."""
    remote_id = await flow.submit(call)
    while isinstance(answer := await flow.status(call, remote_id), Running):
        pass
    return answer


async def made(flow: FlowProvider, call: Call[FlowOptions], site: Site, tmp_path: Path) -> list[int]:
    """The codes of its takes, which have the length, shape and size that was asked for."""
    finished = await outcome(flow, call)
    assert not finished.failures
    codes: list[int] = []
    for output in finished.outputs:
        file = tmp_path / f"{output.index}.mp4"
        await flow.fetch(call, output, file, ignore)
        codes.append(read_code(file))
        resolution = None if call.options.resolution in ("360p", "720p") else call.options.resolution
        assert_as_billed(file, site.bill[-1], resolution=resolution)
        assert site.bill[-1].duration == call.options.duration_seconds
        file.unlink()
    return codes


def expected(prompt: str, takes: int = 1, sha256: str = "") -> list[int]:
    return [code_of(clip_text(sha256, prompt, index)) for index in range(1, takes + 1)]


# --- what texts mean

MEANT: dict[str, tuple[type[RushesError], ErrorType]] = {
    **dict.fromkeys(
        ("policy", "harmful", "sexual", "violence", "policy_error"), (Rejected, ErrorType.POLICY_VIOLATION)
    ),
    **dict.fromkeys(("people", "people_upload"), (Rejected, ErrorType.PROMINENT_PEOPLE)),
    **dict.fromkeys(("minors", "minor_image", "minor_upload"), (Rejected, ErrorType.MINORS)),
    "sexual_upload": (Rejected, ErrorType.POLICY_VIOLATION),
    "ip_image": (Rejected, ErrorType.POLICY_VIOLATION),
    **dict.fromkeys(
        ("failed", "failed_image", "audio", "oops"), (GenerationFailed, ErrorType.GENERATION_FAILED)
    ),
    **dict.fromkeys(("high_demand", "flow_high_demand"), (RetryLater, ErrorType.HIGH_DEMAND)),
    **dict.fromkeys(("unusual", "too_quickly", "queue_full"), (RetryLater, ErrorType.RATE_LIMITED)),
    **dict.fromkeys(("usage_limit", "video_quota", "error_253"), (RetryLater, ErrorType.QUOTA)),
    "more_credits": (RetryLater, ErrorType.CREDITS),
    "model_denied": (Rejected, ErrorType.BAD_INPUT),
}


def test_every_text_that_the_page_is_known_to_show_has_a_meaning():
    assert set(MEANT) == set(FAILURES)
    (guide, *_) = load_guides()
    for name, failure in FAILURES.items():
        error = errors.error_of(failure.text, guide, throttle_seconds=600)
        assert (type(error), getattr(error, "error_type", None)) == MEANT[name], name


BY_REASON: dict[str, tuple[type[RushesError], ErrorType]] = {
    **{name: MEANT[name] for name, failure in FAILURES.items() if failure.reason},
    "audio": (Rejected, ErrorType.POLICY_VIOLATION),
    "ip_image": (Rejected, ErrorType.COPYRIGHT),
}
"""What a machine reason says. Where the English text says less, or another thing, the reason is right."""
IN_OTHER_LANGUAGES = (
    "Es posible que esta petición infrinja nuestras políticas.",
    "Không tạo được video này.",
    "この動画を生成できませんでした。",
    "You're requesting generations too quickly",  # even a text that means another thing
    "",
)


@pytest.mark.parametrize("text", IN_OTHER_LANGUAGES)
@pytest.mark.parametrize("name", BY_REASON)
def test_a_machine_reason_decides_whatever_language_the_text_is_in(name: str, text: str):
    (guide, *_) = load_guides()
    error = errors.error_of(text, guide, throttle_seconds=600, reason=FAILURES[name].machine)
    assert (type(error), getattr(error, "error_type", None)) == BY_REASON[name]
    assert text in error.message
    assert "PUBLIC_ERROR" not in error.message


def test_that_the_credits_are_used_up_is_said_by_the_text_under_any_reason():
    (guide, *_) = load_guides()
    text = FAILURES["more_credits"].text
    for reason in ("PUBLIC_ERROR_USER_QUOTA_REACHED", "RESOURCE_EXHAUSTED", ""):
        error = errors.refusal_of(8, text, guide, throttle_seconds=600, reason=reason)
        assert isinstance(error, RetryLater)
        assert error.error_type is ErrorType.CREDITS


def test_a_text_that_nobody_has_seen_yet_is_a_failure_to_generate_and_is_told():
    error = errors.error_of("The moon is in the wrong house.", load_guides()[0], throttle_seconds=1)
    assert isinstance(error, GenerationFailed)
    assert "wrong house" in error.message


@pytest.mark.parametrize("code", [4, 13, 14, 2])
def test_a_code_that_does_not_say_no_is_no_refusal(code: int):
    assert errors.refusal_of(code, "", load_guides()[0], throttle_seconds=1) is None


def test_an_exhausted_account_rests_until_the_next_day():
    error = errors.used_up("No credits.", ErrorType.CREDITS)
    assert error.after is not None
    assert 0 < error.after <= 24 * 3600 + 300


# --- names


def test_a_remote_id_keeps_the_order_of_takes_and_the_words_of_those_that_failed():
    slots = ("1b", failed("Sorry, this video, failed: 100%"), "2c")
    remote = Remote.parse(str(Remote("p", slots)))
    assert remote.slots == slots
    assert remote.media == ("1b", "2c")
    assert failure_of(remote.slots[1]) == "Sorry, this video, failed: 100%"


def test_an_upload_is_named_after_its_submission_alone():
    key = str(uuid4())
    name = upload_name(key, Path("My holiday.JPG"))
    assert name == f"rushes-{key.replace('-', '')[:12]}.jpg"


# --- on the page

SHOWN = ("policy", "people", "minors", "failed", "high_demand")
AT_THE_CLICK = ("too_quickly", "unusual", "usage_limit", "more_credits", "model_denied")


@pytest.mark.parametrize("name", sample(SHOWN, 2))
async def test_a_generation_that_fails_is_told_by_its_text(
    name: str, flow: FlowProvider, ada: Credential, job: JobRef, site: Site
):
    site.scenario = quick(failing=f"[{name}]")
    finished = await outcome(flow, call_of(ada, job, f"A storm ({name})"))
    (error,) = finished.failures.values()
    assert (type(error), getattr(error, "error_type", None)) == MEANT[name]
    assert not finished.outputs


@pytest.mark.parametrize("name", ["policy", "minors"])
async def test_a_generation_that_fails_in_another_language_is_told_by_its_reason(
    name: str, flow: FlowProvider, ada: Credential, job: JobRef, site: Site
):
    text = "Es posible que esta petición infrinja nuestras políticas."
    site.scenario = quick(failing=f"[{name}]", complaint_text=text)
    finished = await outcome(flow, call_of(ada, job, f"A storm in Spain ({name})"))
    (error,) = finished.failures.values()
    assert (type(error), getattr(error, "error_type", None)) == BY_REASON[name]
    assert text in error.message


@pytest.mark.parametrize("name", sample(AT_THE_CLICK, 2))
async def test_a_click_that_is_refused_is_not_accepted_and_costs_nothing(
    name: str, flow: FlowProvider, ada: Credential, site: Site
):
    site.scenario = quick(failing=f"[{name}]")
    job = JobRef(uuid4(), "refused")  # of its own: what else there is in a project might be this
    before = len(site.bill)
    with pytest.raises(RushesError) as caught:
        await flow.submit(call_of(ada, job, f"A storm ({name})"))
    assert (type(caught.value), getattr(caught.value, "error_type", None)) == MEANT[name]
    assert "googleapis" not in caught.value.message, "a person reads no protocol"
    assert "PUBLIC_ERROR" not in caught.value.message
    assert len(site.bill) == before


NETWORK_CHANGED: dict[str, dict[str, Any]] = {
    "nobody but the page can read the replies": {"wire": "opaque"},
    "the records are laid out anew": {"wire": "shifted"},
    "other ids, told in the body": {
        "renames": {"YhhmEf": "Zz9Zz9", "jwpduf": "Yy8Yy8"},
        "bare_rpc_url": True,
    },
    "the reply to the click is lost, and records tell no prompt": {
        "lost_submit_replies": 1,
        "record_prompt": False,
    },
}
NETWORK_CHANGED_ALONE: dict[str, dict[str, Any]] = {
    "the submit has another id": {"renames": {"YhhmEf": "Zz9Zz9"}},
    "the poll has another id": {"renames": {"jwpduf": "Yy8Yy8"}},
    "the address does not tell the id": {"bare_rpc_url": True},
    "records tell no prompt": {"record_prompt": False},
}
"""What is tried together above, one at a time."""


@pytest.mark.parametrize("what", [*NETWORK_CHANGED, *in_soak(NETWORK_CHANGED_ALONE)])
async def test_a_network_that_has_changed_is_made_up_for_by_the_page(
    what: str, flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    site.scenario = quick(**(NETWORK_CHANGED | NETWORK_CHANGED_ALONE)[what])
    prompt = f"A kite: {what}"
    call = call_of(ada, JobRef(uuid4(), "another pier"), prompt, takes=2)
    before = len(site.bill)
    assert sorted(await made(flow, call, site, tmp_path)) == sorted(expected(prompt, 2))
    assert len(site.bill) == before + 1


ODD_DAYS: dict[str, dict[str, Any]] = {
    "addresses that have expired, reads that are cut short or reset": {
        "expired_urls": 1,
        "download_resets": 1,
        "download_cuts": 1,
    },
    "only the menu has the file": {"download_resets": 3, "hover_video": False},
    "nothing to be seen under the pointer, a menu that saves nothing": {
        "hover_video": False,
        "menu_downloads": False,
    },
    "complaints, notes, another order, an empty composer": {
        "complaints": 2,
        "scheduled_note": True,
        "out_of_order": True,
        "clear_prompt_on_submit": True,
    },
    "a cookie bar, dialogs, a leftover, assets that are known a while later": {
        "cookie_bar": "choice",
        "changelog": True,
        "leftover_overlay": True,
        "index_delay": 1.0,
    },
    "uploads that fail, assets that come late": {
        "upload_failures": 1,
        "index_misses": 2,
        "add_to_prompt": True,
    },
    "a page that is easier than usual": {
        "agent_on": False,
        "stacked_menus": False,
        "trusted_clicks_only": False,
        "recaptcha": False,
        "rotating_cookie": False,
        "never_idle": False,
        "tier": "",
    },
}
ODD_ALONE: dict[str, dict[str, Any]] = {
    "addresses that have expired": {"expired_urls": 1},
    "reads that are reset": {"download_resets": 2},
    "reads that are cut short": {"download_cuts": 1},
    "nothing to be seen under the pointer": {"hover_video": False},
    "a menu that saves nothing": {"menu_downloads": False},
    "a complaint that comes to nothing": {"complaints": 2},
    "a note that it is scheduled": {"scheduled_note": True},
    "takes that end in another order": {"out_of_order": True},
    "a composer that is empty after the click": {"clear_prompt_on_submit": True},
    "a cookie bar, dialogs, a leftover": {
        "cookie_bar": "choice",
        "changelog": True,
        "leftover_overlay": True,
    },
    "assets that are known a while later": {"index_delay": 1.0},
}
"""What comes together above, one at a time."""


@pytest.mark.parametrize("what", [*ODD_DAYS, *in_soak(ODD_ALONE)])
async def test_on_an_odd_day_the_right_video_comes_all_the_same(
    what: str, flow: FlowProvider, ada: Credential, job: JobRef, site: Site, tmp_path: Path
):
    site.scenario = quick(**(ODD_DAYS | ODD_ALONE)[what])
    prompt = f"A gull: {what}"
    image = picture(tmp_path / "gull.png", (320, 180))
    codes = await made(flow, call_of(ada, job, prompt, takes=2, image=image), site, tmp_path)
    assert codes == expected(prompt, 2, site.bill[-1].image_sha256)
    assert site.bill[-1].mode == "frames"


@pytest.mark.parametrize("mode", ["first_last", "ingredients"])
async def test_several_images_are_bound_in_their_order(
    mode: str, flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    first, second = (picture(tmp_path / f"{name}.png", (320, 180)) for name in ("first", "second"))
    second.write_bytes(first.read_bytes() + b"another")
    call = call_of(ada, JobRef(uuid4(), "there"), f"From here to there: {mode}")
    images: dict[str, Any] = {"image": first, "last_image": second}
    images = images if mode == "first_last" else {"references": (first, second)}
    call = replace(call, shot=replace(call.shot, **images))
    assert await made(flow, call, site, tmp_path) == expected(call.shot.prompt, 1, site.bill[-1].image_sha256)
    charge, sha256 = site.bill[-1], hashlib.sha256(first.read_bytes()).hexdigest()
    assert (charge.mode, charge.image_sha256) == (mode, sha256)
    assert len(site.world.media[charge.media_ids[0]].images) == 2
    assert await flow.find(call), "and it is found by its first"


async def test_the_model_is_not_its_namesake_of_lower_priority(
    flow: FlowProvider, ada: Credential, job: JobRef, site: Site
):
    site.scenario = quick(lower_priority_model=True)
    await outcome(flow, call_of(ada, job, "A slow gull", model="veo-3.1-lite", duration_seconds=8))
    assert site.bill[-1].model == "Veo 3.1 - Lite"


async def test_an_upload_that_never_arrives_is_made_again_and_one_that_is_refused_is_told(
    flow: FlowProvider,
    ada: Credential,
    job: JobRef,
    site: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(uploads, "ARRIVAL_SECONDS", 2.0)
    image = picture(tmp_path / "boat.png", (320, 180))
    site.scenario = quick(upload_trouble="silent", upload_failures=1)
    call = call_of(ada, JobRef(uuid4(), "silent"), "A quiet boat", image=image)  # counted page by page
    assert await made(flow, call, site, tmp_path) == expected("A quiet boat", 1, site.bill[-1].image_sha256)
    site.scenario = quick(upload_max_bytes=10)
    before = len(site.bill)
    with pytest.raises(Rejected, match="does not take the image: The file is too large") as caught:
        await flow.submit(call_of(ada, job, "A large boat", image=image))
    assert (caught.value.error_type, len(site.bill)) == (ErrorType.BAD_INPUT, before)


async def test_a_project_that_was_deleted_is_made_anew(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    job = JobRef(uuid4(), "deleted")
    image = picture(tmp_path / "boat.png", (320, 180))
    await outcome(flow, call_of(ada, job, "A boat before", image=image))
    site.delete_projects("ada@example.com")
    call = call_of(ada, job, "A boat after", image=image)
    try:
        codes = await made(flow, call, site, tmp_path)
    except RetryLater:  # its page was open; now it is known to be gone
        codes = await made(flow, call, site, tmp_path)
    assert codes == expected("A boat after", 1, site.bill[-1].image_sha256)


async def test_a_paid_video_whose_reply_was_lost_is_shown_to_its_person_who_picks_it(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    site.scenario = quick(reuse_images=False, record_images=False)
    image = picture(tmp_path / "otter.png", (320, 180))
    call = call_of(ada, JobRef(uuid4(), "otters"), "An otter", image=image)
    await outcome(flow, call)
    flow._watch(ada.id).origins.clear()  # pyright: ignore[reportPrivateUsage]  # as after a crash
    found = await flow.find(call)
    assert isinstance(found, Candidates)
    (only,) = found.found
    assert Image.open(BytesIO(only.picture)).format == "JPEG"
    assert only.said
    remote_id = flow.remote_id_of([only.ref], 1)
    answer = await flow.status(call, remote_id)
    assert isinstance(answer, Finished)
    await flow.fetch(call, answer.outputs[0], tmp_path / "otter.mp4", ignore)
    assert [read_code(tmp_path / "otter.mp4")] == expected("An otter", 1, site.bill[-1].image_sha256)
    other = call_of(ada, call.job or JobRef(uuid4(), ""), "Another otter", image=image)
    assert await flow.find(other) is None, "what was made from other words is no candidate"


def test_what_was_picked_is_a_remote_id_whose_other_takes_have_failed():
    flow = FlowProvider(FlowSettings.model_validate({}))
    remote = Remote.parse(flow.remote_id_of(["p/1", "p/2"], 3))
    assert (remote.project, remote.media, len(remote.slots)) == ("p", ("1", "2"), 3)
    for wrong in ([], ["p/1", "q/2"], ["p/1", "p/2", "p/3"]):
        with pytest.raises(Invalid):
            flow.remote_id_of(wrong, 2)


async def test_shots_that_were_never_sent_are_told_in_a_grid_that_is_longer_than_a_screen(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    site.scenario = quick(wire="opaque", record_prompt=False)
    job = JobRef(uuid4(), "a full pier")
    image = picture(tmp_path / "boat.png", (320, 180))
    lost = call_of(ada, job, "The one that was sent", image=image)
    remote = Remote.parse(await flow.submit(lost))
    project = site.account("ada@example.com").projects[remote.project]
    first = site.world.media[remote.media[0]]
    data = image.read_bytes()
    for number in range(24):  # videos of other shots, then uploads: the first ones are far down
        name = f"rushes-{number:012x}.png"
        upload = Media(str(uuid4()), project.id, "image", name, False, 0.0, data)
        site.world.add(project, upload)
        if number < 3:
            prompt, images = f"Another {number}", (upload.id,)
            more = replace(first, id=str(uuid4()), prompt=prompt, images=images, title=prompt)
            site.world.add(project, more)
    flow._watch(ada.id).origins.clear()  # pyright: ignore[reportPrivateUsage]  # as after a crash
    page = await (await flow.accounts.session(ada)).project(job)
    await page.reload()
    await page.scroll(600)  # somebody has looked further down
    assert await flow.find(call_of(ada, job, "Never sent", image=image)) is None
    assert await flow.find(lost) == str(remote), "and what is far down is found"
    assert (await page.tiles())[0].title.startswith("rushes-"), "the newest are in view again"


async def test_a_click_that_the_server_stumbles_over_is_looked_up_and_may_be_made_again(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    site.scenario = quick(failing_submits=1)
    image = picture(tmp_path / "boat.png", (320, 180))
    call = call_of(ada, JobRef(uuid4(), "stumbled"), "A boat", image=image)
    before = len(site.bill)
    with pytest.raises(ConnectionError):
        await flow.submit(call)
    assert (await flow.find(call), len(site.bill)) == (None, before)
    assert await made(flow, call, site, tmp_path) == expected("A boat", 1, site.bill[-1].image_sha256)
    assert len(site.bill) == before + 1


async def test_a_captcha_at_the_click_goes_to_the_person_and_is_looked_at_anew_when_they_say_so(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    site.scenario = quick(captcha_at_submit=True)
    image = picture(tmp_path / "boat.png", (320, 180))
    call = call_of(ada, JobRef(uuid4(), "captcha"), "A boat, and a captcha", image=image)
    before = len(site.bill)
    with pytest.raises(ConnectionError):  # it was clicked, and nothing tells more
        await flow.submit(call)
    for _ in range(2):
        with pytest.raises(ActionNeeded) as caught:
            await flow.find(call)
        assert caught.value.error_type is ErrorType.AUTH
    site.scenario = quick()
    await flow.test(ada)
    assert (await flow.find(call), len(site.bill)) == (None, before)
    assert await made(flow, call, site, tmp_path) == expected(call.shot.prompt, 1, site.bill[-1].image_sha256)


async def test_a_1080p_video_is_downloaded_by_the_menu(
    flow: FlowProvider, ada: Credential, job: JobRef, site: Site, tmp_path: Path
):
    prompt = "A whale"
    assert await made(flow, call_of(ada, job, prompt, resolution="1080p"), site, tmp_path) == expected(prompt)


@pytest.mark.parametrize("sign", ["plan", "menu"])
async def test_a_size_that_the_account_is_not_offered_stops_the_shot_before_the_click(
    sign: str, flow: FlowProvider, ada: Credential, site: Site
):
    job = JobRef(uuid4(), f"whales by the {sign}")
    if sign == "menu":  # a page without the plan's name, and a finished video whose menu tells
        site.scenario = quick(tier="")
        await outcome(flow, call_of(ada, job, "A small whale"))
    flow._watch(ada.id).sizes.clear()  # pyright: ignore[reportPrivateUsage]  # as in a new browser
    before = len(site.bill)
    with pytest.raises(Rejected, match="does not offer 4k") as caught:
        await flow.submit(call_of(ada, job, "A larger whale", resolution="4k"))
    assert (caught.value.error_type, len(site.bill)) == (ErrorType.BAD_INPUT, before)


@pytest.mark.parametrize(
    "special", [{"tier": ""}, {"tier": "", "upscale_menu_open": True}], ids=["by the menu", "when asked for"]
)
async def test_what_is_paid_and_cannot_be_had_larger_is_fetched_as_it_was_generated(
    special: dict[str, Any], flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    site.scenario = quick(**special)
    flow._watch(ada.id).sizes.clear()  # pyright: ignore[reportPrivateUsage]  # as in a new browser
    call = call_of(ada, JobRef(uuid4(), "whales"), "The largest whale", resolution="4k")
    (output,) = (await outcome(flow, call)).outputs
    file = tmp_path / "whale.mp4"
    await flow.fetch(call, output, file, ignore)
    assert [read_code(file)] == expected(call.shot.prompt)
    assert_as_billed(file, site.bill[-1])
    (differs,) = differences(call.options, call.shot, probe(file))
    assert (differs.what, differs.asked, differs.delivered) == ("resolution", "4k", "720x1280")


async def test_4k_is_had_where_the_plan_has_it(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    site.scenario, job = quick(tier="ULTRA"), JobRef(uuid4(), "whales in full")
    flow._watch(ada.id).sizes.clear()  # pyright: ignore[reportPrivateUsage]  # as in a new browser
    prompt = "A whale in full"
    assert await made(flow, call_of(ada, job, prompt, resolution="4k"), site, tmp_path) == expected(prompt)


@pytest.mark.parametrize(
    ("resolution", "wire"),
    [pytest.param("1080p", "plain", marks=pytest.mark.soak), ("720p", "opaque")],
)
async def test_a_video_far_down_in_the_grid_is_scrolled_to(
    resolution: str, wire: Any, flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    site.scenario = quick(wire=wire)
    job = JobRef(uuid4(), "a long pier")
    call = call_of(ada, job, "The first of many", resolution=resolution)
    (output,) = (await outcome(flow, call)).outputs
    project = site.account("ada@example.com").projects[output.ref.partition("/")[0]]
    data = picture(tmp_path / "one.png", (32, 18)).read_bytes()
    for number in range(60):
        image = Media(str(uuid4()), project.id, "image", f"{number}.png", False, time.monotonic(), data)
        site.world.add(project, image)
    page = await (await flow.accounts.session(ada)).project(job)
    await page.reload()
    assert not any(each.kind == "done" for each in await page.tiles()), "it is not in the page"
    await flow.fetch(call, output, tmp_path / "first.mp4", ignore)
    assert [read_code(tmp_path / "first.mp4")] == expected(call.shot.prompt)
    again = await (await flow.accounts.session(ada)).project(job)
    assert (await again.tiles())[0].title == "59.png", "and the newest are in view again"


async def test_too_few_credits_are_seen_before_the_click(flow: FlowProvider, ada: Credential, site: Site):
    site.account("ada@example.com").credits = 3
    before = len(site.bill)
    call = call_of(ada, JobRef(uuid4(), "a poor pier"))
    with pytest.raises(RetryLater) as caught:
        await flow.submit(call)
    assert caught.value.error_type is ErrorType.CREDITS
    assert caught.value.after
    assert len(site.bill) == before
    site.account("ada@example.com").credits = 1000
    site.scenario = quick(wire="opaque")  # nobody but the page tells what is left now
    await outcome(flow, call)


async def test_a_job_keeps_its_credit_cap(flow: FlowProvider, ada: Credential, job: JobRef, site: Site):
    before = len(site.bill)
    made_before = frozenset({str(Remote("p", ("a", "b")))})
    with pytest.raises(Rejected, match="20 Flow credits; 14 are used") as caught:
        await flow.submit(call_of(ada, job, credit_cap=20, others=made_before))
    assert caught.value.error_type is ErrorType.BUDGET
    assert len(site.bill) == before


async def test_what_was_accepted_is_found_again_and_what_was_not_is_not(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    job = JobRef(uuid4(), "found")  # of its own: what else there is in a project might be this
    image = picture(tmp_path / "found.png", (320, 180))
    call = call_of(ada, job, "A seal", image=image, takes=2)
    remote_id = await flow.submit(call)
    assert await flow.find(call) == remote_id
    assert await flow.find(replace(call, key=str(uuid4()))) is None, "another submission of the same image"
    site.scenario = quick(wire="opaque")
    found = await flow.find(call)
    assert isinstance(found, str)
    assert sorted(Remote.parse(found).media) == sorted(Remote.parse(remote_id).media), "by the tiles alone"
    assert await flow.find(replace(call, key=str(uuid4()))) is None


async def test_a_name_that_does_not_show_itself_leaves_it_open_whose_it_is(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    site.scenario = quick(wire="opaque", record_prompt=False)
    image = picture(tmp_path / "walrus.png", (320, 180))
    call = call_of(ada, JobRef(uuid4(), "unnamed"), "A walrus", image=image)
    await outcome(flow, call)

    async def unread(_: object) -> None:
        """The chip is still on its way."""

    again = replace(call, key=str(uuid4()))
    flow._watch(ada.id).origins.clear()  # pyright: ignore[reportPrivateUsage]  # as after a crash
    with monkeypatch.context() as slow:
        slow.setattr(frames, "name_of_chip", unread)
        found = await flow.find(again)
        assert isinstance(found, Candidates), "its prompt fits: its person can tell"
        assert len(found.found) == 1
    assert await flow.find(again) is None, "and nothing of that look is believed later"


async def test_what_goes_wrong_after_the_click_never_says_that_it_was_not_sent(
    flow: FlowProvider, site: Site, tmp_path: Path
):
    site.scenario = quick(generation="B", generation_seconds=20)
    bea = Credential(uuid4(), "bea", site.sign_in_state("bea@example.com"))
    before = len(site.bill)
    sending = asyncio.create_task(flow.submit(call_of(bea, JobRef(uuid4(), "crash"), "A seal in a storm")))
    while len(site.bill) == before and not sending.done():
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    browser = browser_of(flow.config.profiles_dir / str(bea.id))
    assert browser is not None
    os.kill(browser, signal.SIGKILL)
    with pytest.raises(ConnectionError):
        await sending
    assert len(site.bill) == before + 1
    await flow.leave(bea)


async def test_what_is_not_to_be_sent_any_more_is_not(
    flow: FlowProvider, ada: Credential, job: JobRef, site: Site
):
    async def cancelled() -> None:
        raise LookupError

    before = len(site.bill)
    with pytest.raises(LookupError):
        await flow.submit(replace(call_of(ada, job, "A seal, no more"), confirm=cancelled))
    assert len(site.bill) == before


async def test_room_that_nobody_speaks_of_is_given_to_others(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_flow_watch, "ROOM_SECONDS", 0.3)
    watch = Watch(uuid4())
    await watch.take_room("cancelled", 4)
    await result_of(watch.take_room("next", 4))
    waiting = asyncio.create_task(watch.take_room("third", 2))
    for _ in range(8):
        watch.keep_room("next", 4)
        await asyncio.sleep(0.1)
    assert not waiting.done()
    watch.leave_room("next")
    await result_of(waiting)


async def test_a_size_that_is_told_wrongly_does_not_lose_the_video(
    flow: FlowProvider, ada: Credential, job: JobRef, tmp_path: Path
):
    call = call_of(ada, job, "A seal of another size")
    finished = await outcome(flow, call)
    (output,) = finished.outputs
    medium = output.ref.partition("/")[2]
    flow._watch(ada.id).observer.media[medium].size = 7  # pyright: ignore[reportPrivateUsage]
    await flow.fetch(call, output, tmp_path / "take.mp4", ignore)
    assert [read_code(tmp_path / "take.mp4")] == expected(call.shot.prompt)


async def test_what_another_sign_in_has_left_is_not_given_back(flow: FlowProvider, ada: Credential):
    await flow.test(ada)
    assert await flow.renewed(replace(ada, secret='{"cookies": [{"name": "new"}]}')) is None


async def test_the_same_words_twice_are_told_apart_by_what_is_taken(flow: FlowProvider, ada: Credential):
    job = JobRef(uuid4(), "twice")
    first, second = call_of(ada, job, "Two seals"), call_of(ada, job, "Two seals")
    one = await flow.submit(first)
    assert await flow.find(replace(second, others=frozenset({one}))) is None
    two = await flow.submit(replace(second, others=frozenset({one})))
    assert await flow.find(replace(first, others=frozenset({two}))) == one


async def test_whether_it_is_signed_in_is_seen_at_no_cost(flow: FlowProvider, ada: Credential, site: Site):
    await flow.test(ada)
    stranger = Credential(uuid4(), "nobody", '{"cookies": [], "origins": []}')
    with pytest.raises(ActionNeeded) as caught:
        await flow.test(stranger)
    assert caught.value.error_type is ErrorType.AUTH
    await flow.leave(stranger)


async def test_the_state_that_use_has_changed_is_given_back_and_the_credits_that_are_left(
    flow: FlowProvider, ada: Credential, site: Site
):
    await outcome(flow, call_of(ada, JobRef(uuid4(), "renewed"), "A new seal"))
    renewed = await flow.renewed(ada)
    assert renewed
    assert renewed.secret != ada.secret
    assert renewed.credits_left == site.account("ada@example.com").credits
    assert await flow.renewed(Credential(uuid4(), "closed", "{}")) is None


async def test_what_is_no_video_or_not_all_of_it_is_not_taken(tmp_path: Path):
    file = tmp_path / "page.mp4"
    file.write_bytes(b"<html>Sign in to go on</html>")
    with pytest.raises(Damaged, match="no MP4"):
        await check(file, None)
    file.write_bytes(b"\0\0\0\x18ftypisom")
    with pytest.raises(Damaged, match="12 of 99"):
        await check(file, 99)
    await check(file, 12)


# --- the page as it was until September: nothing is understood of what it and its server say

BEFORE: dict[str, dict[str, Any]] = {
    "another order, addresses that are too old, uploads that fail, assets that come late": {
        "out_of_order": True,
        "expired_urls": 1,
        "upload_failures": 1,
        "index_misses": 2,
    },
}
BEFORE_ALONE: dict[str, dict[str, Any]] = {
    "a good day": {},
    "another order, and addresses that are too old": {"out_of_order": True, "expired_urls": 1},
    "uploads that fail, assets that come late": {"upload_failures": 1, "index_misses": 2},
}


@pytest.mark.parametrize("what", [*BEFORE, *in_soak(BEFORE_ALONE)])
async def test_the_page_as_it_was_makes_the_right_videos_by_its_tiles_alone(
    what: str, flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    site.scenario = quick(generation="B", **(BEFORE | BEFORE_ALONE)[what])
    prompt = f"An old gull: {what}"
    image = picture(tmp_path / "gull.png", (320, 180))
    call = call_of(ada, JobRef(uuid4(), "before"), prompt, takes=2, image=image)
    before = len(site.bill)
    codes = await made(flow, call, site, tmp_path)
    assert sorted(codes) == sorted(expected(prompt, 2, site.bill[-1].image_sha256))
    assert (len(site.bill), site.bill[-1].mode) == (before + 1, "frames")


async def test_on_the_page_as_it_was_what_was_accepted_is_found_and_a_failure_is_told(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    site.scenario = quick(generation="B")
    image = picture(tmp_path / "seal.png", (320, 180))
    call = call_of(ada, JobRef(uuid4(), "before"), "An old seal", image=image)
    remote_id = await flow.submit(call)
    assert await flow.find(call) == remote_id
    assert await flow.find(replace(call, key=str(uuid4()))) is None
    site.scenario = quick(generation="B", failing="[people]")
    refused = call_of(ada, JobRef(uuid4(), "before"), "A famous seal", image=image)
    (error,) = (await outcome(flow, refused)).failures.values()
    assert (type(error), getattr(error, "error_type", None)) == MEANT["people"]


async def test_on_the_page_as_it_was_a_reply_that_is_lost_is_looked_up(
    flow: FlowProvider, ada: Credential, site: Site, tmp_path: Path
):
    site.scenario = quick(generation="B", lost_submit_replies=1)
    image = picture(tmp_path / "seal.png", (320, 180))
    call = call_of(ada, JobRef(uuid4(), "before"), "A lost seal", image=image)
    before = len(site.bill)
    with pytest.raises(ConnectionError):
        await flow.submit(call)
    remote_id = await flow.find(call)
    assert isinstance(remote_id, str)
    assert (len(Remote.parse(remote_id).media), len(site.bill)) == (1, before + 1)
