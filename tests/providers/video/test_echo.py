"""Echo gives every answer a provider can give, and remembers what it has accepted."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.providers.kit import ProviderKit, ignore

from rushes.errors import (
    ActionNeeded,
    Damaged,
    ErrorType,
    GenerationFailed,
    ProviderChanged,
    Rejected,
    RetryLater,
)
from rushes.platform.media.probe import probe
from rushes.providers.video.echo import EchoOptions, EchoProvider, EchoSettings, clip
from rushes.providers.video_contract import Call, Finished, Output, Running, ShotInput, Unknown


def asking(prompt: str, *, key: str = "key-1", takes: int = 1, **options: object) -> Call[EchoOptions]:
    shot = ShotInput(prompt, None, None, "echo-1", tuple(range(takes)))
    return Call(key, shot, EchoOptions.model_validate(options))


@pytest.fixture
def echo(tmp_path: Path) -> EchoProvider:
    return EchoProvider(EchoSettings.model_validate({"dir": tmp_path / "echo"}))


class TestEcho(ProviderKit[EchoOptions]):
    provider_class = EchoProvider
    wrong_options = (
        ({"duration_seconds": 5}, "duration_seconds"),
        ({"aspect_ratio": "4:3"}, "aspect_ratio"),
        ({"delay_seconds": -1}, "delay_seconds"),
    )
    expected_size = (64, 36)

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RUSHES_ECHO_DIR", str(tmp_path / "echo"))


async def test_busy_and_network_come_as_often_as_asked_for(echo: EchoProvider):
    for tag, error_type in (("busy", ErrorType.HIGH_DEMAND), ("network", ErrorType.NETWORK)):
        for _ in range(2):
            with pytest.raises(RetryLater) as caught:
                await echo.submit(asking(f"[{tag}:2]"))
            assert caught.value.error_type is error_type
        assert await echo.submit(asking(f"[{tag}:2]")) == "key-1"


async def test_refusals_and_sign_in_are_definite(echo: EchoProvider):
    with pytest.raises(Rejected) as refused:
        await echo.submit(asking("[refuse:minors]"))
    assert refused.value.error_type is ErrorType.MINORS
    with pytest.raises(ActionNeeded):
        await echo.submit(asking("[auth]"))
    assert await echo.find(asking("")) is None


async def test_a_lost_answer_was_accepted_all_the_same(echo: EchoProvider):
    with pytest.raises(TimeoutError):
        await echo.submit(asking("[lost]"))
    assert await echo.find(asking("[lost]")) == "key-1"
    assert await echo.find(asking("[lost]", findable=False)) is Unknown.CANNOT_TELL


async def test_it_is_running_until_its_delay_is_over(echo: EchoProvider):
    call = asking("a", delay_seconds=3600)
    answer = await echo.status(call, await echo.submit(call))
    assert isinstance(answer, Running)
    assert answer.progress is not None
    assert 0 <= answer.progress < 0.1
    assert answer.poll_after is not None
    assert 3500 < answer.poll_after <= 3600


async def test_failures_after_acceptance(echo: EchoProvider):
    blocked = await echo.status(asking("[block]"), await echo.submit(asking("[block]")))
    assert isinstance(blocked, Finished)
    assert isinstance(blocked.failures[0], Rejected)
    assert blocked.cost == 0
    failed = asking("[fail:1]", key="key-2")
    first = await echo.status(failed, await echo.submit(failed))
    assert isinstance(first, Finished)
    assert isinstance(first.failures[0], GenerationFailed)
    again = await echo.status(failed, "key-2")
    assert isinstance(again, Finished)
    assert again.outputs == (Output(0),)
    with pytest.raises(ProviderChanged, match="pondering"):
        await echo.status(asking("[changed]"), "key-1")


async def test_part_of_the_takes_is_billed_in_part(echo: EchoProvider):
    call = asking("[partial]", takes=3)
    finished = await echo.status(call, await echo.submit(call))
    assert isinstance(finished, Finished)
    assert [output.index for output in finished.outputs] == [0, 1]
    assert finished.cost == Decimal("0.02")


async def test_a_damaged_download_is_noticed_and_the_next_is_whole(echo: EchoProvider, tmp_path: Path):
    call = asking("[damaged:1]")
    await echo.submit(call)
    file = tmp_path / "take.mp4"
    await echo.fetch(call, Output(0), file, ignore)
    with pytest.raises(Damaged):
        probe(file)
    await echo.fetch(call, Output(0), file, ignore)
    assert probe(file).frames == 8


def test_clips_of_two_seeds_differ_and_of_one_are_the_same():
    assert clip("9:16", 1, 5) == clip("9:16", 1, 5) != clip("9:16", 1, 6)
