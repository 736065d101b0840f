"""Turns what was typed after `rushes batch` into input that can be read and settings that hold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from rushes.cli._session import acting_user, find_project, pairs
from rushes.engine.runtime import Runtime
from rushes.engine.views import WhenDown
from rushes.errors import Fault, Invalid
from rushes.intake.batch import BatchShot
from rushes.intake.kinds import FileKind, kind_of
from rushes.intake.pairing import place
from rushes.intake.pairs import Pairing
from rushes.intake.prompt_raw import Reading
from rushes.jobs.start import NAME_LENGTH, clean_name
from rushes.keys.environment import take_in_environment
from rushes.planning.routing import plan_for
from rushes.planning.settings import EVERY_SHOT, Plan, check_shots, job_settings
from rushes.projects.rows import check_project
from rushes.providers.modes import Mode
from rushes.providers.video_contract import ShotInput

FLAGS = {
    "job_name": "--name",
    "provider": "--provider",
    "model": "--model",
    "outputs": "--outputs",
    "aspect_ratio": "--aspect",
    "resolution": "--resolution",
    "duration_seconds": "--duration",
    "budget": "--budget",
    "negative_prompt": "--negative",
    "seed": "--seed",
    "when_down": "--when-down",
}
"""Options and settings that have a flag of their own."""
LIST = "`rushes providers` shows what there is."


@dataclass(frozen=True)
class BatchRequest:
    """What was typed. `named` are the provider's options that have a flag of their own."""

    paths: tuple[Path, ...]
    provider: str | None
    model: str | None
    budget: float | None
    when_down: WhenDown
    named: Mapping[str, str | int | None]
    options: tuple[str, ...]
    outputs: int
    negative: str | None
    seed: int | None
    name: str | None
    pair: Pairing | None
    read: Reading | None
    project: str | None
    allow_text_only: bool
    dry_run: bool
    wait: bool
    yes: bool
    json: bool
    request_id: str | None

    @property
    def job_name(self) -> str:
        """The name given, or that of the images."""
        return self.name or self.paths[0].absolute().stem[:NAME_LENGTH].strip() or "batch"


@dataclass(frozen=True)
class BatchInput:
    """The images (None: text only) and the prompts file (None: it lies with the images)."""

    images: Path | Sequence[tuple[str, Path]] | None
    prompts: tuple[str, Path] | None


def sort_paths(paths: Sequence[Path]) -> BatchInput:
    """Tell images from prompts. Raises `Invalid` when the paths cannot be a batch."""
    kinds = [FileKind.IMAGE if path.is_dir() else kind_of(path.name) for path in paths]
    if len(paths) == 1:
        return (
            BatchInput(None, _named(paths[0])) if kinds[0] is FileKind.PROMPTS else BatchInput(paths[0], None)
        )
    # The last is the prompts file, whatever its ending; only an image or a folder cannot be.
    prompts = None if kinds[-1] is FileKind.IMAGE else _named(paths[-1])
    images = list(paths) if prompts is None else list(paths[:-1])
    if len(images) == 1:
        return BatchInput(images[0], prompts)
    wrong = [path for path in images if path.is_dir() or kind_of(path.name) is not FileKind.IMAGE]
    if wrong:
        raise Invalid(
            "These paths are not one batch.",
            [Fault(str(path), "This is not an image file.", "not_an_image") for path in wrong],
            hint="Give one ZIP, one folder, or image files; then the prompts file, last.",
        )
    return BatchInput([_named(path) for path in images], prompts)


def _named(path: Path) -> tuple[str, Path]:
    return path.name, path


async def make_plan(run: Runtime, request: BatchRequest, modes: frozenset[Mode]) -> Plan:
    """The settings, checked against the provider, which is chosen if none is named: one that can do `modes`.

    Raises `Invalid` with the flags at fault.
    """
    try:
        clean_name(request.job_name)
    except Invalid as error:
        raise Invalid(error.message, by_flags(error.faults)) from error
    given: dict[str, Any] = {name: value for name, value in request.named.items() if value is not None}
    if request.provider is None:
        await take_in_environment(run)
        given |= {name: _value(value, {}) for name, value in pairs(request.options, "--option").items()}
    elif request.provider in run.providers.ids:
        schema = run.providers.get(request.provider).Options.model_json_schema()
        given |= read_options(request.options, schema.get("properties", {}), request.provider)
    project_id = await _project(run, request.project)
    settings = {
        "project_id": project_id and str(project_id),
        "provider": request.provider,
        "model": request.model,
        "outputs": request.outputs,
        "negative_prompt": request.negative,
        "seed": request.seed,
        "allow_text_only": request.allow_text_only,
        "budget": None if request.budget is None else str(request.budget),
        "when_down": request.when_down,
    }
    try:
        return await plan_for(run, acting_user(), job_settings({**settings, **given}), modes)
    except Invalid as error:
        raise Invalid(error.message, by_flags(error.faults), hint=error.hint or LIST) from error


async def _project(run: Runtime, given: str | None) -> UUID | None:
    """The project that was named, which is never created here: a typing error would make another one."""
    if given is None:
        return None
    async with run.db.begin() as session:
        project_id = await find_project(session, given)
        await check_project(session, acting_user(), project_id)
        return project_id


def refuse_shots(checked: Plan, shots: Sequence[BatchShot]) -> None:
    """Raise `Invalid` for what the provider would refuse, before a price is shown."""
    given = [
        (
            place(shot.number),
            checked,
            ShotInput(
                prompt=shot.prompt,
                negative_prompt=shot.negative_prompt or checked.settings.negative_prompt,
                image=shot.image.path if shot.image else None,
                model=checked.model.id,
                seeds=(0,),
            ),
        )
        for shot in shots
    ]
    faults = check_shots(given)
    if not faults:
        return
    flags = {name: _flag(name) for name in ("model", *checked.provider.Options.model_fields)}
    shown: list[Fault] = []
    for fault in faults:
        which, _, what = fault.where.partition(", ")
        alone = which == EVERY_SHOT or len(shots) == 1
        shown.append(replace(fault, where=flags[what]) if alone and what in flags else fault)
    raise Invalid(f"{checked.provider.title} would refuse this.", shown, hint=LIST)


def read_options(pairs: Sequence[str], properties: Mapping[str, Any], provider: str) -> dict[str, Any]:
    """Return `KEY=VALUE` as a provider's JSON Schema wants them. Raises `Invalid` for those at fault."""
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for pair in pairs:
        key, equals, value = pair.partition("=")
        key = key.strip().replace("-", "_")
        if not equals:
            faults.append(Fault(f"--option {pair}", "Write it as KEY=VALUE.", "bad_option"))
        elif key not in properties:
            there = ", ".join(properties)
            faults.append(Fault(f"--option {key}", f"{provider} has: {there}.", "unknown_option"))
        else:
            found[key] = _value(value.strip(), properties[key])
    if faults:
        raise Invalid("These options cannot be used.", faults, hint=LIST)
    return found


def _value(typed: str, schema: Mapping[str, Any]) -> Any:
    """The value as its JSON Schema wants it: text stays text, everything else is read as JSON."""
    if schema.get("type") == "string":
        return typed
    try:
        return json.loads(typed)
    except json.JSONDecodeError:
        return typed  # the provider's own check says what it should have been


def by_flags(faults: Sequence[Fault]) -> list[Fault]:
    """Return the faults with the flags that were typed in the place of the settings' names."""
    return [replace(fault, where=_flag(fault.where)) for fault in faults]


def _flag(where: str) -> str:
    # What is written large is a variable of the environment, not an option.
    return FLAGS.get(where, where if where.isupper() else f"--option {where}")
