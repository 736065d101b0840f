"""Veo against its two stand-ins: every odd reply, and the request as google-genai would send it."""

import base64
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from google import genai
from google.genai import types
from google.oauth2.credentials import Credentials as GoogleCredentials
from pydantic import ValidationError
from standins._clips import code_of, read_code
from standins._server import serve_app
from standins.devapi_veo import KEY, DevApiVeoStandIn
from standins.vertex import PROJECT, TOKEN, VertexStandIn
from tests.providers.kit import ProviderKit, Refused, ignore, picture
from tests.providers.replies import (
    changed_step,
    cut_short_then_whole,
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
from rushes.providers.catalogue import load_catalogue
from rushes.providers.google import SUPPORT_CODES
from rushes.providers.registry import AnyProvider
from rushes.providers.video.veo import Veo, VeoOptions, VeoSettings
from rushes.providers.video_contract import Call, Credential, Finished, Running, ShotInput, Unknown

FAST = "veo-3.1-fast-generate-001"
PREVIEW = "veo-3.1-fast-generate-preview"


@pytest.fixture(scope="module")
def vertex() -> Iterator[tuple[VertexStandIn, str]]:
    standin = VertexStandIn()
    with serve_app(standin.app) as url:
        yield standin, url


@pytest.fixture(scope="module")
def old_api() -> Iterator[tuple[DevApiVeoStandIn, str]]:
    standin = DevApiVeoStandIn()
    with serve_app(standin.app) as url:
        yield standin, url


@pytest.fixture
async def veo(vertex: tuple[VertexStandIn, str]) -> AsyncIterator[Veo]:
    provider = Veo(VeoSettings(storage_url=f"{vertex[1]}/storage"))
    yield provider
    await provider.close()


@pytest.fixture
def account(vertex: tuple[VertexStandIn, str]) -> Credential:
    """A service account at the stand-in."""
    standin, url = vertex
    return Credential(uuid4(), "vertex", standin.service_account(url), {"base_url": url})


@pytest.fixture
def api_key(old_api: tuple[DevApiVeoStandIn, str]) -> Credential:
    return Credential(uuid4(), "old", KEY, {"base_url": old_api[1]})


def asking(prompt: str, credential: Credential, *, takes: int = 1, **options: object) -> Call[VeoOptions]:
    model = FAST if credential.secret.startswith("{") else PREVIEW
    shot = ShotInput(prompt, None, None, model, tuple(range(5, 5 + takes)))
    chosen = VeoOptions.model_validate({"duration_seconds": 4, **options})
    return Call(uuid4().hex, shot, chosen, credential)


class TestVeo(ProviderKit[VeoOptions]):
    provider_class = Veo
    options = {"duration_seconds": 4}  # noqa: RUF012
    wrong_options = (
        ({"duration_seconds": 5}, "duration_seconds"),
        ({"aspect_ratio": "1:1"}, "aspect_ratio"),
        ({"resolution": "480p"}, "resolution"),
        ({"people": "some"}, "people"),
    )
    refused = (
        Refused("prompt", prompt="x" * 4001),
        Refused("prompt", prompt=" "),
        Refused("model", model="veo-9"),
        Refused("seeds", takes=5),
    )
    expected_size = (128, 72)

    @pytest.fixture(autouse=True)
    def pay(self, account: Credential) -> None:
        self.credential = account


class TestVeoOnTheOldApi(TestVeo):
    @pytest.fixture(autouse=True)
    def pay(self, api_key: Credential) -> None:
        self.credential = api_key

    def call(
        self, image: Path | None, *, key: str = "key-1", takes: int = 1, **options: object
    ) -> Call[VeoOptions]:
        call = super().call(image, key=key, takes=takes, **options)
        return replace(call, shot=replace(call.shot, model=PREVIEW))

    async def test_as_many_takes_come_as_there_are_seeds(self, provider: AnyProvider):
        with pytest.raises(Invalid) as caught:
            await provider.submit(self.call(None, takes=2))
        assert [fault.where for fault in caught.value.faults] == ["outputs"]


async def test_the_request_is_the_one_google_genai_sends(
    veo: Veo, account: Credential, vertex: tuple[VertexStandIn, str], tmp_path: Path
):
    """The real SDK and this provider ask the stand-in for the same; the SDK also understands its answer."""
    standin, url = vertex
    first, last = picture(tmp_path / "first.png", (64, 36)), picture(tmp_path / "last.png", (64, 36))
    call = asking("A quiet bay", account, takes=2, people="adults", audio=False)
    shot = replace(call.shot, negative_prompt="rain", image=first, last_image=last)
    folder = {**account.fields, "storage_uri": "gs://bucket/takes"}
    call = replace(call, shot=shot, credential=replace(account, fields=folder))
    name = await veo.submit(call)

    client = genai.Client(
        vertexai=True,
        project=PROJECT,
        location="us-central1",
        credentials=GoogleCredentials(TOKEN),  # type: ignore[no-untyped-call]
        http_options=types.HttpOptions(base_url=url),
    )
    frame = types.Image.from_file(location=str(first))
    operation = await client.aio.models.generate_videos(
        model=FAST,
        source=types.GenerateVideosSource(prompt="A quiet bay", image=frame),
        config=types.GenerateVideosConfig(
            number_of_videos=2,
            duration_seconds=4,
            aspect_ratio="16:9",
            resolution="720p",
            generate_audio=False,
            seed=5,
            negative_prompt="rain",
            person_generation="allow_adult",
            last_frame=types.Image.from_file(location=str(last)),
            output_gcs_uri=f"gs://bucket/takes/{call.key}/",
            labels={"rushes-submission": call.key},
            resize_mode=types.ImageResizeMode.PAD,
        ),
    )
    ours, theirs = standin.book.requests("POST", "predictLongRunning")[-2:]
    assert ours.body == theirs.body
    assert ours.path.partition("/projects")[2] == theirs.path.partition("/projects")[2]
    assert operation.name is not None
    assert name.rpartition("/")[0] == operation.name.rpartition("/")[0]

    finished = await veo.status(call, name)
    done = await client.aio.operations.get(operation)
    polled, looked = standin.book.requests("POST", "fetchPredictOperation")[-2:]
    assert polled.path.partition("/projects")[2] == looked.path.partition("/projects")[2]
    assert set(polled.body) == set(looked.body)
    assert isinstance(finished, Finished)
    assert done.response is not None
    videos = done.response.generated_videos
    assert videos is not None
    assert len(videos) == len(finished.outputs) == 2
    await client.aio.aclose()


async def test_references_are_sent_as_looks_to_keep(
    veo: Veo, account: Credential, vertex: tuple[VertexStandIn, str], tmp_path: Path
):
    looks = tuple(picture(tmp_path / f"{name}.png", (32, 32)) for name in "abc")
    call = asking("Two friends", account, duration_seconds=8)
    call = replace(call, shot=replace(call.shot, references=looks))
    await veo.submit(call)
    sent = vertex[0].book.requests("POST", "predictLongRunning")[-1].body["instances"][0]["referenceImages"]
    assert [base64.b64decode(each["image"]["bytesBase64Encoded"]) for each in sent] == [
        look.read_bytes() for look in looks
    ]
    four = replace(call, shot=replace(call.shot, references=(*looks, looks[0])))
    short = replace(call, options=VeoOptions(duration_seconds=4))
    framed = replace(call, shot=replace(call.shot, image=looks[0]))
    lite = replace(call, shot=replace(call.shot, model="veo-3.1-lite-generate-001"))
    for wrong, where in (
        (four, "references"),
        (short, "duration_seconds"),
        (framed, "references"),
        (lite, "mode"),
    ):
        with pytest.raises(Invalid) as caught:
            await veo.submit(wrong)
        assert [fault.where for fault in caught.value.faults] == [where]


@pytest.mark.parametrize(
    ("model", "options", "where"),
    [
        (FAST, {"resolution": "1080p", "duration_seconds": 6}, "duration_seconds"),
        (FAST, {"resolution": "4k", "duration_seconds": 4}, "duration_seconds"),
        ("veo-3.1-lite-generate-001", {"resolution": "4k", "duration_seconds": 8}, "resolution"),
        (PREVIEW, {"audio": False, "duration_seconds": 8}, "audio"),
    ],
)
def test_what_a_model_cannot_make_is_told_by_the_catalogue(
    veo: Veo, account: Credential, model: str, options: dict[str, object], where: str
):
    call = asking("a", account)
    with pytest.raises(Invalid) as caught:
        veo.check(replace(call.shot, model=model), VeoOptions.model_validate(options))
    assert [fault.where for fault in caught.value.faults] == [where]


def test_a_last_frame_needs_a_first(veo: Veo, account: Credential, tmp_path: Path):
    call = asking("a", account)
    with pytest.raises(Invalid, match="first frame"):
        veo.check(replace(call.shot, last_image=tmp_path / "last.png"), call.options)


async def test_people_are_spelt_as_each_service_does(
    veo: Veo,
    account: Credential,
    api_key: Credential,
    vertex: tuple[VertexStandIn, str],
    old_api: tuple[DevApiVeoStandIn, str],
    tmp_path: Path,
):
    image = picture(tmp_path / "image.png", (32, 32))
    seen: list[object] = []
    for standin, credential in ((vertex[0], account), (old_api[0], api_key)):
        for people, frame in (("auto", None), ("auto", image), ("nobody", None)):
            call = asking("a", credential, people=people)
            await veo.submit(replace(call, shot=replace(call.shot, image=frame)))
            sent = standin.book.requests("POST", "predictLongRunning")[-1].body["parameters"]
            seen.append(sent.get("personGeneration"))
    assert seen == [None, None, "disallow", "allow_all", "allow_adult", "dont_allow"]


async def test_a_take_says_whose_prompt_it_is_wherever_it_is_kept(
    veo: Veo, account: Credential, api_key: Credential, tmp_path: Path
):
    stored = replace(account, fields={**account.fields, "storage_uri": "gs://bucket"})
    for credential in (account, stored, api_key):
        call = asking(f"A bay, {credential.name}", credential)
        finished = await finish(veo, call)
        file = tmp_path / "take.mp4"
        await veo.fetch(call, finished.outputs[0], file, ignore)
        assert read_code(BytesIO(file.read_bytes())) == code_of(f"{call.shot.prompt}|0")


async def test_what_it_costs_is_what_the_stand_in_bills(
    veo: Veo, account: Credential, vertex: tuple[VertexStandIn, str]
):
    before = vertex[0].book.bill
    costs = [
        (await finish(veo, asking("Loud", account, takes=3))).cost,
        (await finish(veo, asking("Silent", account, audio=False))).cost,
        (await finish(veo, asking("[partial]", account, takes=4))).cost,
        (await finish(veo, asking("[filtered:29310472]", account, takes=4))).cost,
        (await finish(veo, asking("[code:13]", account))).cost,
    ]
    assert costs == [Decimal("1.20"), Decimal("0.32"), Decimal("1.20"), 0, 0]
    assert vertex[0].book.bill - before == sum(cost for cost in costs if cost is not None)


@pytest.mark.parametrize("where", ["account", "api_key"])
@pytest.mark.parametrize(
    ("tag", "error", "error_type", "after"),
    [
        ("[429]", RetryLater, ErrorType.RATE_LIMITED, 37),
        ("[429list]", RetryLater, ErrorType.RATE_LIMITED, 12),
        ("[daily]", RetryLater, ErrorType.QUOTA, None),
        ("[401]", ActionNeeded, ErrorType.AUTH, None),
        ("[403]", ActionNeeded, ErrorType.AUTH, None),
        ("[billing]", ActionNeeded, ErrorType.CREDITS, None),
        ("[retired]", Rejected, ErrorType.BAD_INPUT, None),
        ("[unsafe:29310472]", Rejected, ErrorType.PROMINENT_PEOPLE, None),
        ("[moved]", ActionNeeded, ErrorType.AUTH, None),
    ],
)
async def test_a_create_that_was_not_accepted_says_who_acts_next(
    veo: Veo,
    request: pytest.FixtureRequest,
    where: str,
    tag: str,
    error: type[RushesError],
    error_type: ErrorType,
    after: float | None,
):
    refused = await refusal(veo, asking(tag, request.getfixturevalue(where)), error, error_type)
    if error_type is ErrorType.QUOTA:  # until the day is over
        assert isinstance(refused, RetryLater)
        assert refused.after is not None
        assert 0 < refused.after <= 24 * 3600
    else:
        assert getattr(refused, "after", None) == after


@pytest.mark.parametrize(
    ("tag", "error"),
    [
        ("[500]", ConnectionError),
        ("[503]", ConnectionError),
        ("[reset]", ConnectionError),
        ("[odd]", ProviderChanged),
        ("[html]", ProviderChanged),
    ],
)
async def test_a_create_whose_answer_is_lost_is_posted_once_and_never_called_refused(
    veo: Veo, account: Credential, vertex: tuple[VertexStandIn, str], tag: str, error: type[Exception]
):
    call = asking(f"{tag} {uuid4()}", account)
    with pytest.raises(error):
        await veo.submit(call)
    assert vertex[0].book.created.count(call.shot.prompt) == 1
    assert await veo.find(call) is Unknown.CANNOT_TELL


async def test_a_server_that_is_not_there_accepted_nothing(veo: Veo, api_key: Credential):
    gone = replace(api_key, fields={"base_url": "http://127.0.0.1:1"})
    with pytest.raises(RetryLater) as caught:
        await veo.submit(asking("a", gone))
    assert caught.value.error_type is ErrorType.NETWORK


@pytest.mark.parametrize("where", ["account", "api_key"])
async def test_faults_while_looking_are_tolerated(veo: Veo, request: pytest.FixtureRequest, where: str):
    call = asking(f"[flaky:1] [running:1] {uuid4()}", request.getfixturevalue(where))
    name = await veo.submit(call)
    with pytest.raises(RetryLater):
        await veo.status(call, name)
    assert isinstance(await veo.status(call, name), Running)
    assert isinstance(await veo.status(call, name), Finished)


@pytest.mark.parametrize("where", ["account", "api_key"])
@pytest.mark.parametrize(("code", "meaning"), SUPPORT_CODES.items())
async def test_every_support_code_is_told_in_words(
    veo: Veo, request: pytest.FixtureRequest, where: str, code: str, meaning: tuple[ErrorType, str]
):
    finished = await finish(veo, asking(f"[filtered:{code}]", request.getfixturevalue(where)))
    refused = finished.failures[0]
    assert isinstance(refused, Rejected)
    assert refused.error_type is meaning[0]
    assert meaning[1] in refused.message
    assert not finished.outputs


async def test_some_takes_are_filtered_and_the_others_come(veo: Veo, account: Credential):
    finished = await finish(veo, asking("[partial]", account, takes=3))
    assert [output.index for output in finished.outputs] == [0, 1]
    assert list(finished.failures) == [2]
    refused = finished.failures[2]
    assert isinstance(refused, Rejected)
    assert refused.error_type is ErrorType.MINORS


async def test_a_filter_without_a_reason_and_one_of_the_sound(veo: Veo, account: Credential):
    silent = (await finish(veo, asking("[noreason]", account))).failures[0]
    assert isinstance(silent, Rejected)
    noisy = (await finish(veo, asking("[noisy]", account))).failures[0]
    assert isinstance(noisy, Rejected)
    assert noisy.hint is not None
    assert "sound off" in noisy.hint


@pytest.mark.parametrize(
    ("code", "error"),
    [(13, GenerationFailed), (14, GenerationFailed), (4, GenerationFailed), (8, RetryLater), (3, Rejected)],
)
async def test_done_is_no_success_when_there_is_an_error(
    veo: Veo, account: Credential, code: int, error: type[RushesError]
):
    finished = await finish(veo, asking(f"[code:{code}]", account, takes=2))
    assert [type(failure) for failure in finished.failures.values()] == [error, error]


@pytest.mark.parametrize("tag", ["[empty]", "[silence]", "[code:99]", "[gone]"])
async def test_an_answer_nobody_knows_names_its_step(veo: Veo, account: Credential, tag: str):
    assert await changed_step(veo, asking(tag, account)) == "status"


async def test_a_download_cut_short_leaves_nothing_and_the_next_is_whole(
    veo: Veo, account: Credential, api_key: Credential, tmp_path: Path
):
    stored = replace(account, fields={**account.fields, "storage_uri": "gs://bucket/x"})
    for credential in (stored, api_key):
        call = asking(f"[cut:1] {uuid4()}", credential)
        await cut_short_then_whole(veo, call, tmp_path / "take.mp4", f"{call.shot.prompt}|0")
        (tmp_path / "take.mp4").unlink()


async def test_the_key_is_not_shown_to_another_host(
    veo: Veo, account: Credential, api_key: Credential, tmp_path: Path
):
    """A download that leads elsewhere goes there without it."""
    stored = replace(account, fields={**account.fields, "storage_uri": "gs://bucket/x"})
    for credential, secret in ((stored, TOKEN), (api_key, KEY)):
        file = tmp_path / f"{credential.name}.mp4"
        await keep_the_key_from_another_host(veo, partial(asking, credential=credential), file, secret)


async def test_one_token_serves_many_calls(account: Credential, vertex: tuple[VertexStandIn, str]):
    before = vertex[0].token_requests
    veo = Veo(VeoSettings())
    for _ in range(3):
        await veo.submit(asking("a", account))
    assert vertex[0].token_requests == before + 1
    await veo.close()


async def test_a_service_account_asks_no_host_of_its_own_for_tokens(
    veo: Veo, account: Credential, vertex: tuple[VertexStandIn, str]
):
    """Its file may name any address of our network: nothing is sent there."""
    elsewhere = vertex[1].replace("127.0.0.1", "localhost")
    file = json.loads(account.secret)
    before = vertex[0].token_requests
    for address in (
        f"{elsewhere}/token",
        "http://oauth2.googleapis.com/token",
        "https://evilgoogleapis.com/token",
    ):
        led = replace(account, secret=json.dumps({**file, "token_uri": address}))
        with pytest.raises(ActionNeeded, match="token_uri"):
            await veo.test(led)
    assert vertex[0].token_requests == before
    trusting = Veo(VeoSettings(private_links=True))
    await trusting.test(replace(account, secret=json.dumps({**file, "token_uri": f"{elsewhere}/token"})))
    assert vertex[0].token_requests == before + 1
    await trusting.close()


async def test_this_machines_own_identity_is_used_when_the_secret_says_so(
    veo: Veo, account: Credential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "adc.json"
    file.write_text(account.secret)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    call = asking("a", account)
    machine = replace(
        account, secret="adc", fields={**account.fields, "project": "other-2", "location": "global"}
    )
    name = await veo.submit(replace(call, credential=machine))
    assert name.startswith("projects/other-2/locations/global/")


@pytest.mark.parametrize(
    ("secret", "fields", "says"),
    [
        ("AIza-something", {}, "no longer offered"),
        ("AIza-something", {"base_url": "ftp://example.com"}, "base URL"),
        ('{"type": "service_account"}', {}, "not the JSON file"),
        (None, {"location": "evil.example.com/"}, "misspelt"),
        (None, {"project": "../x"}, "misspelt"),
    ],
)
async def test_a_key_that_cannot_work_is_told_before_anything_is_sent(
    veo: Veo, account: Credential, secret: str | None, fields: dict[str, str], says: str
):
    if secret is None:  # the account itself is right
        secret, fields = account.secret, {**account.fields, **fields}
    wrong = replace(account, secret=secret, fields=fields)
    with pytest.raises(ActionNeeded, match=says):
        await veo.submit(replace(asking("a", account), credential=wrong))
    with pytest.raises(ActionNeeded):
        await veo.submit(replace(asking("a", account), credential=None))


async def test_a_service_account_that_was_revoked_needs_its_owner(
    veo: Veo, vertex: tuple[VertexStandIn, str]
):
    stranger = VertexStandIn().service_account(vertex[1])
    revoked = Credential(uuid4(), "revoked", stranger, {"base_url": vertex[1]})
    with pytest.raises(ActionNeeded, match="service account"):
        await veo.submit(asking("a", revoked))


async def test_a_key_is_tested_at_no_cost(
    veo: Veo, account: Credential, api_key: Credential, vertex: tuple[VertexStandIn, str]
):
    before = len(vertex[0].book.created)
    await veo.test(account)
    await veo.test(api_key)
    with pytest.raises(ActionNeeded):
        await veo.test(replace(api_key, secret="wrong"))
    assert len(vertex[0].book.created) == before
    assert vertex[0].book.requests("GET", f"/v1/projects/{PROJECT}/locations/us-central1")


def test_what_goes_with_a_key_is_checked():
    assert Veo.Fields.model_validate({"project": "my-project-1", "storage_uri": "gs://bucket/takes"})
    for wrong in ({"location": "evil.example.com/"}, {"project": "../x"}, {"storage_uri": "s3://bucket"}):
        with pytest.raises(ValidationError):
            Veo.Fields.model_validate(wrong)


async def test_a_secret_is_in_no_message_and_no_address(veo: Veo, account: Credential, api_key: Credential):
    for credential in (account, api_key):
        with pytest.raises(ActionNeeded) as caught:
            await veo.submit(asking("[403]", credential))
        secrets = (KEY, TOKEN, json.loads(account.secret)["private_key"])
        assert not [secret for secret in secrets if secret in repr(caught.value) + repr(credential)]


def test_the_models_have_their_dates_and_none_is_refused_for_a_day_that_is_not_fixed():
    for model in load_catalogue().providers["veo"].models:
        assert model.earliest_shutdown is not None
        assert model.shutdown_date is None
