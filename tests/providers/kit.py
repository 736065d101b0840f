"""What every provider must do, as tests to inherit: a provider's own test file is mostly data.

    class TestAcme(ProviderKit[AcmeOptions]):
        provider_class = AcmeProvider
        wrong_options = (({"duration_seconds": 5}, "duration_seconds"),)
        refused = (Refused("prompt", prompt="x" * 5001),)
        expected_size = (1280, 720)

A provider that speaks to a server overrides the fixture `provider` and points it at a stand-in; its
own answers (accepted, running, finished, refused) are then tests beside these.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Generic, TypeVar, cast

import pytest
from PIL import Image
from pydantic import ValidationError

from rushes.errors import Invalid
from rushes.platform.media.facts import Probe
from rushes.platform.media.pixels import resize
from rushes.platform.media.probe import probe
from rushes.providers.catalogue import load_catalogue
from rushes.providers.registry import AnyProvider, provider_classes
from rushes.providers.video_contract import (
    Call,
    Credential,
    Finished,
    Mode,
    Output,
    ProgressCallback,
    Running,
    ShotInput,
    VideoOptions,
)

OptionsT = TypeVar("OptionsT", bound=VideoOptions)


@dataclass(frozen=True)
class Refused:
    """A shot that `check` must refuse with a fault at `where`. What is not said is a valid value."""

    where: str
    prompt: str | None = None
    model: str | None = None
    takes: int | None = None


FIRST = Output(0)


def ignore(fraction: float) -> None:
    """A progress callback for who does not care."""


def picture(path: Path, size: tuple[int, int] = (1200, 800)) -> Path:
    """Write a photograph-like image: soft shapes of every size, and a red square off the middle."""
    chance = Random(1)
    image = Image.new("RGB", size, "grey")
    for rows in (4, 9, 20, 45):
        columns = rows * 3 // 2
        shapes = Image.frombytes("RGB", (columns, rows), chance.randbytes(columns * rows * 3))
        image = Image.blend(image, resize(shapes, size, Image.Resampling.BICUBIC), 0.45)
    image.paste((240, 60, 30), (size[0] // 5, size[1] // 4, size[0] // 5 + 120, size[1] // 4 + 120))
    image.save(path)
    return path


class ProviderKit(Generic[OptionsT]):
    """Inherit it as `Test…`; see the module docstring."""

    provider_class: ClassVar[type[AnyProvider]]
    options: ClassVar[dict[str, object]] = {}
    """Options to test with, beside the defaults: the cheapest there are."""
    wrong_options: ClassVar[Sequence[tuple[dict[str, object], str]]]
    """Options that must be refused, and the field each fault is at."""
    refused: ClassVar[Sequence[Refused]] = ()
    expected_size: ClassVar[tuple[int, int]]
    """Width and height of a take made with `options`."""
    credential: Credential | None = None
    """What its calls are paid with; a fixture sets it."""

    @pytest.fixture
    async def provider(self, tmp_path: Path) -> AsyncIterator[AnyProvider]:
        """The provider under test, closed at the end."""
        provider = self.provider_class(self.provider_class.Settings())
        yield provider
        await provider.close()

    def call(
        self, image: Path | None, *, key: str = "key-1", takes: int = 1, **options: object
    ) -> Call[OptionsT]:
        """A valid call."""
        model = load_catalogue().providers[self.provider_class.id].models[0].id
        chosen = cast(OptionsT, self.provider_class.Options.model_validate({**self.options, **options}))
        seeds = tuple(range(11, 11 + takes))
        shot = ShotInput("A lighthouse at dusk, slow push in", None, image, model, seeds)
        return Call(key, shot, chosen, self.credential)

    def image_for(self, mode: Mode, tmp_path: Path) -> Path | None:
        """An image when the mode has one."""
        return picture(tmp_path / "image.png") if mode is Mode.IMAGE_TO_VIDEO else None

    async def finish(self, provider: AnyProvider, call: Call[Any]) -> Finished:
        """Submit and look until it is done, as the engine does."""
        remote_id = await provider.submit(call)
        assert remote_id
        while isinstance(answer := await provider.status(call, remote_id), Running):
            assert answer.progress is None or 0 <= answer.progress <= 1
            await asyncio.sleep(answer.poll_after or provider.limits.poll_seconds)
        return answer

    async def take(
        self,
        provider: AnyProvider,
        call: Call[Any],
        into: Path,
        *,
        output: Output = FIRST,
        progress: ProgressCallback = ignore,
    ) -> Probe:
        """Fetch one take and look into it."""
        await provider.fetch(call, output, into, progress)
        return await asyncio.to_thread(probe, into)

    def test_it_is_found_by_its_file_name_and_has_a_default_model(self):
        assert provider_classes()[self.provider_class.id] is self.provider_class
        assert load_catalogue().providers[self.provider_class.id].model(None) is not None
        assert self.provider_class.title
        assert self.provider_class.modes

    def test_every_option_has_a_default_and_says_what_it_is(self):
        schema = self.provider_class.Options.model_json_schema()
        assert {"aspect_ratio", "resolution", "duration_seconds"} <= set(schema["properties"])
        for name, option in schema["properties"].items():
            assert option.get("description"), name
            assert "default" in option, name
        assert self.provider_class.Options.model_validate({}) == self.provider_class.Options()  # type: ignore[call-arg]

    def test_an_option_out_of_range_is_refused_at_its_field(self):
        assert self.wrong_options, "say which options are wrong"
        for values, field in [*self.wrong_options, ({"no_such_option": 1}, "no_such_option")]:
            with pytest.raises(ValidationError) as caught:
                self.provider_class.Options.model_validate({**self.options, **values})
            assert {error["loc"][0] for error in caught.value.errors()} == {field}

    def test_a_shot_it_cannot_make_is_refused_before_anything_is_sent(
        self, provider: AnyProvider, tmp_path: Path
    ):
        for mode in sorted(self.provider_class.modes):
            call = self.call(self.image_for(mode, tmp_path))
            provider.check(call.shot, call.options)  # a valid one passes
        valid = self.call(None).shot
        for wrong in self.refused:
            shot = ShotInput(
                valid.prompt if wrong.prompt is None else wrong.prompt,
                None,
                None,
                wrong.model or valid.model,
                valid.seeds if wrong.takes is None else tuple(range(wrong.takes)),
            )
            with pytest.raises(Invalid) as caught:
                provider.check(shot, self.call(None).options)
            assert [fault.where for fault in caught.value.faults] == [wrong.where], wrong

    async def test_every_mode_gives_a_whole_video_of_the_size_and_length_asked_for(
        self, provider: AnyProvider, tmp_path: Path
    ):
        for mode in sorted(self.provider_class.modes):
            call = self.call(self.image_for(mode, tmp_path), key=f"key-{mode}")
            finished = await self.finish(provider, call)
            assert [output.index for output in finished.outputs] == [0]
            assert not finished.failures
            told: list[float] = []
            file = tmp_path / f"{mode}.mp4"
            facts = await self.take(provider, call, file, output=finished.outputs[0], progress=told.append)
            assert (facts.width, facts.height) == self.expected_size
            assert facts.duration_seconds == pytest.approx(call.options.duration_seconds, abs=0.05)
            assert told == sorted(told)
            assert told[-1] == 1.0

    async def test_as_many_takes_come_as_there_are_seeds(self, provider: AnyProvider):
        takes = provider.limits.outputs_per_call
        finished = await self.finish(provider, self.call(None, takes=takes))
        assert [output.index for output in finished.outputs] == list(range(takes))

    async def test_the_same_key_twice_is_one_submission_if_it_says_so(self, provider: AnyProvider):
        if provider.idempotent:
            call = self.call(None)
            first = await provider.submit(call)
            assert await provider.submit(call) == first
            assert await provider.submit(self.call(None, key="key-2")) != first
        else:
            # Nothing to prove: the engine never sends a key twice to such a provider.
            assert not self.provider_class.idempotent

    async def test_a_key_it_accepted_is_found_again_if_it_can_look(self, provider: AnyProvider):
        call = self.call(None)
        remote_id = await provider.submit(call)
        found = await provider.find(call)
        assert found == remote_id or not isinstance(found, str | None)
