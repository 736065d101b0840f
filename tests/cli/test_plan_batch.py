"""What was typed after `rushes batch`, checked against its provider before anything is read or priced."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.cli._batch_plan import BatchRequest, make_plan, refuse_shots
from rushes.engine.runtime import Runtime
from rushes.errors import Invalid
from rushes.intake.batch import BatchShot
from rushes.planning.routing import BATCH

PLAIN = BatchRequest(
    pair=None,
    read=None,
    paths=(Path("in"),), provider=None, model=None, budget=None, when_down="wait", named={}, options=(),
    outputs=1, negative=None, seed=None, project=None, name=None, allow_text_only=False, dry_run=False,
    wait=False, yes=False, json=False, request_id=None,
)  # fmt: skip


def wanted(*options: str, **typed: Any) -> BatchRequest:
    return replace(PLAIN, options=options, **typed)


async def test_settings_that_cannot_be_are_told_by_their_flags(run: Runtime):
    lite = wanted(provider="veo", model="veo-3.1-lite-generate-001", named={"resolution": "4k"})
    for typed, where in (
        (wanted(budget=0.0000001), "--budget"),
        (wanted(budget=float("inf")), "--budget"),
        (wanted(budget=1234567.1234567), "--budget"),
        (wanted("outputs=99"), "--outputs"),
        (wanted("when_down=never"), "--when-down"),
        (wanted(name=" "), "--name"),
        (wanted(name="x" * 201), "--name"),
        (lite, "--resolution"),
    ):
        with pytest.raises(Invalid) as caught:
            await make_plan(run, typed, BATCH)
        assert [fault.where for fault in caught.value.faults] == [where], typed


async def test_a_setting_of_a_provider_that_does_not_hold_is_told_by_its_variable(
    run: Runtime, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RUSHES_ECHO_CONCURRENCY", "x")
    for typed in (wanted(), wanted(provider="echo")):
        with pytest.raises(Invalid) as caught:
            await make_plan(run, typed, BATCH)
        assert [fault.where for fault in caught.value.faults] == ["RUSHES_ECHO_CONCURRENCY"]
        assert caught.value.hint == "Correct it in the environment or in the file .env."


async def test_a_model_that_takes_images_is_the_default_where_there_are_images(run: Runtime):
    for modes, model in ((BATCH, "fal-ai/veo3.1/fast"), (frozenset[Any](), "blackforestlabs/flux-3-max")):
        assert (await make_plan(run, wanted(provider="fal"), modes)).model.id == model


async def test_what_all_shots_have_wrong_is_told_once_by_its_flag(run: Runtime):
    def shots(*prompts: str) -> list[BatchShot]:
        return [BatchShot(number, each, None, None, None) for number, each in enumerate(prompts, start=1)]

    async def places(typed: BatchRequest, *prompts: str) -> list[str]:
        checked = await make_plan(run, typed, frozenset())
        with pytest.raises(Invalid) as caught:
            refuse_shots(checked, shots(*prompts))
        return [fault.where for fault in caught.value.faults]

    long = wanted(provider="omni", model="gemini-omni-1.1-flash", named={"duration_seconds": 15})
    assert await places(long, "a", "b") == ["--duration"]
    assert await places(long, "a") == ["--duration"]
    assert await places(wanted(provider="fal"), "a", " ", " ") == ["shot 2, prompt", "shot 3, prompt"]
    assert await places(wanted(provider="fal"), " ", " ") == ["every shot, prompt"]
