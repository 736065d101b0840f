"""fal's queue: every odd reply, and the words of each model."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from standins._server import serve_app
from standins.fal import KEY, FalStandIn
from tests.providers.kit import ProviderKit, Refused, picture
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
from rushes.providers.catalogue import load_catalogue
from rushes.providers.video.fal import DIALECTS, Fal, FalOptions, FalSettings
from rushes.providers.video_contract import Call, Credential, Finished, Mode, Running, ShotInput, Unknown

Served = tuple[FalStandIn, str]
VEO = "fal-ai/veo3.1/fast"
FLUX = "blackforestlabs/flux-3-max"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    standin = FalStandIn()
    with serve_app(standin.app) as url:
        yield standin, url


@pytest.fixture
async def fal(served: Served) -> AsyncIterator[Fal]:
    provider = Fal(FalSettings(queue_url=served[1]))
    yield provider
    await provider.close()


KEYED = Credential(uuid4(), "mine", KEY)


def asking(prompt: str, *, model: str = VEO, **options: object) -> Call[FalOptions]:
    shot = ShotInput(prompt, None, None, model, (2**31 + 7,))
    chosen = FalOptions.model_validate({"duration_seconds": 5 if model == FLUX else 4, **options})
    return Call(uuid4().hex, shot, chosen, KEYED)


class TestFal(ProviderKit[FalOptions]):
    provider_class = Fal
    options = {"duration_seconds": 4}  # noqa: RUF012
    wrong_options = (
        ({"duration_seconds": 3}, "duration_seconds"),
        ({"aspect_ratio": "1:1"}, "aspect_ratio"),
        ({"resolution": "480p"}, "resolution"),
    )
    refused = (
        Refused("prompt", prompt="x" * 4001),
        Refused("prompt", prompt=" "),
        Refused("model", model="fal-ai/no-such"),
        Refused("seeds", takes=2),
    )
    expected_size = (128, 72)
    credential = KEYED

    @pytest.fixture(autouse=True)
    def at_the_stand_in(self, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RUSHES_FAL_QUEUE_URL", served[1])

    def call(
        self, image: Path | None, *, key: str = "key-1", takes: int = 1, **options: object
    ) -> Call[FalOptions]:
        call = super().call(image, key=key, takes=takes, **options)
        return replace(call, shot=replace(call.shot, model=VEO))


def test_every_model_of_the_catalogue_has_its_words():
    for model in load_catalogue().providers["fal"].models:
        assert (model.modes or Fal.modes) <= DIALECTS[model.id].endpoints.keys()


async def test_each_model_is_asked_in_its_own_words(fal: Fal, served: Served, tmp_path: Path):
    first, last = picture(tmp_path / "first.png", (32, 32)), picture(tmp_path / "last.jpg", (32, 32))
    call = asking("A bay", audio=False)
    call = replace(call, shot=replace(call.shot, negative_prompt="rain", image=first, last_image=last))
    assert call.shot.mode is Mode.FIRST_LAST_FRAME
    await fal.submit(call)
    sent = served[0].book.asked[-1]
    assert sent.path == f"/{VEO}/first-last-frame-to-video"
    assert sent.body["first_frame_url"].startswith("data:image/png;base64,")
    assert sent.body["last_frame_url"].startswith("data:image/jpeg;base64,")
    assert (sent.body["duration"], sent.body["negative_prompt"], sent.body["seed"]) == ("4s", "rain", 7)
    assert sent.body["generate_audio"] is False

    flux = asking("A bay", model=FLUX)
    await fal.submit(replace(flux, shot=replace(flux.shot, negative_prompt="rain")))
    sent = served[0].book.asked[-1]
    assert sent.path == f"/{FLUX}/text-to-video"
    assert (sent.body["duration"], sent.body["prompt"]) == (5, "A bay\n\nAvoid: rain")


@pytest.mark.parametrize(
    ("model", "options", "where"),
    [
        (VEO, {"duration_seconds": 5}, "duration_seconds"),
        (VEO, {"resolution": "1080p", "duration_seconds": 6}, "duration_seconds"),
        (FLUX, {"duration_seconds": 4}, "duration_seconds"),
        (FLUX, {"resolution": "4k", "duration_seconds": 5}, "resolution"),
    ],
)
def test_what_a_model_cannot_make_is_told_by_the_catalogue(
    fal: Fal, model: str, options: dict[str, object], where: str
):
    with pytest.raises(Invalid) as caught:
        fal.check(asking("a", model=model).shot, FalOptions.model_validate(options))
    assert [fault.where for fault in caught.value.faults] == [where]


async def test_what_it_costs_is_what_the_stand_in_bills(fal: Fal, served: Served):
    before = served[0].book.bill
    costs = [
        (await finish(fal, asking("Loud"))).cost,
        (await finish(fal, asking("Silent", audio=False))).cost,
        (await finish(fal, asking("Flux", model=FLUX))).cost,
        (await finish(fal, asking("[blocked]"))).cost,
        (await finish(fal, asking("[timeout]"))).cost,
    ]
    assert costs == [Decimal("0.60"), Decimal("0.40"), Decimal("0.85"), 0, 0]
    assert served[0].book.bill - before == Decimal("1.85")


@pytest.mark.parametrize(
    ("tag", "error", "error_type", "after"),
    [
        ("[429]", RetryLater, ErrorType.RATE_LIMITED, 9),
        ("[401]", ActionNeeded, ErrorType.AUTH, None),
        ("[broke]", ActionNeeded, ErrorType.CREDITS, None),
        ("[unsafe]", Rejected, ErrorType.POLICY_VIOLATION, None),
        ("[wrong]", Rejected, ErrorType.BAD_INPUT, None),
    ],
)
async def test_a_create_that_was_not_accepted_says_who_acts_next(
    fal: Fal, tag: str, error: type[RushesError], error_type: ErrorType, after: float | None
):
    refused = await refusal(fal, asking(tag), error, error_type)
    assert getattr(refused, "after", None) == after


@pytest.mark.parametrize(
    ("tag", "error"),
    [
        ("[500]", ConnectionError),
        ("[reset]", ConnectionError),
        ("[odd]", ProviderChanged),
        ("[html]", ProviderChanged),
        ("[foreign]", ProviderChanged),
    ],
)
async def test_a_create_whose_answer_is_lost_is_posted_once_and_never_called_refused(
    fal: Fal, served: Served, tag: str, error: type[Exception]
):
    call = asking(f"{tag} {uuid4()}")
    with pytest.raises(error):
        await fal.submit(call)
    assert served[0].book.created.count(call.shot.prompt) == 1
    assert await fal.find(call) is Unknown.CANNOT_TELL


async def test_faults_while_looking_are_tolerated(fal: Fal):
    call = asking(f"[flaky:1] [running:1] [badgateway:1] {uuid4()}")
    path = await fal.submit(call)
    with pytest.raises(RetryLater):
        await fal.status(call, path)
    assert isinstance(await fal.status(call, path), Running)
    with pytest.raises(RetryLater):
        await fal.status(call, path)
    assert (await fal.status(call, path)).__class__ is Finished


@pytest.mark.parametrize(
    ("tag", "error", "error_type"),
    [
        ("[blocked]", Rejected, ErrorType.POLICY_VIOLATION),
        ("[badimage]", Rejected, ErrorType.BAD_INPUT),
        ("[timeout]", GenerationFailed, ErrorType.GENERATION_FAILED),
        ("[downstream]", GenerationFailed, ErrorType.GENERATION_FAILED),
    ],
)
async def test_completed_is_no_success_when_the_result_is_an_error(
    fal: Fal, tag: str, error: type[RushesError], error_type: ErrorType
):
    await failure(fal, asking(tag), error, error_type)


@pytest.mark.parametrize(
    ("tag", "step"), [("[pondering]", "status"), ("[gone]", "status"), ("[novideo]", "result")]
)
async def test_an_answer_nobody_knows_names_its_step(fal: Fal, tag: str, step: str):
    assert await changed_step(fal, asking(tag)) == step


async def test_the_file_says_whose_prompt_it_is(fal: Fal, tmp_path: Path):
    call = asking("Harbour at dawn [cut:1]")
    await cut_short_then_whole(fal, call, tmp_path / "take.mp4", call.shot.prompt)


async def test_the_key_is_not_shown_to_another_host(fal: Fal, tmp_path: Path):
    await keep_the_key_from_another_host(fal, asking, tmp_path / "take.mp4", KEY)


async def test_a_key_is_tested_at_no_cost(served: Served):
    fal = Fal(FalSettings(queue_url=served[1], platform_url=f"{served[1]}/v1"))
    before = len(served[0].book.created)
    await fal.test(KEYED)
    with pytest.raises(ActionNeeded):
        await fal.test(replace(KEYED, secret="wrong"))
    assert len(served[0].book.created) == before
    await fal.close()


async def test_a_wrong_key_needs_its_owner_and_cancelling_takes_it_out_of_the_queue(fal: Fal, served: Served):
    call = asking("a")
    path = await fal.submit(call)
    with pytest.raises(ActionNeeded):
        await fal.status(replace(call, credential=replace(KEYED, secret="wrong")), path)
    with pytest.raises(ActionNeeded, match="needs a key"):
        await fal.submit(replace(call, credential=None))
    await fal.cancel(path, KEYED)
    assert path.endswith(served[0].cancelled[-1])
