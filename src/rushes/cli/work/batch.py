"""`rushes batch`: everything is read, checked and shown first; then the job is made, started and watched."""

import asyncio
import shutil
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from rich.console import Console
from rich.text import Text

from rushes.cli._words import Code
from rushes.cli.work import watch
from rushes.cli.work.background import NO_WORKER, Background
from rushes.cli.work.output import (
    count,
    duration,
    err,
    expected_price,
    out,
    say,
    short,
    shorten,
    table,
    tell,
    tell_json,
)
from rushes.cli.work.plan_batch import Wanted, make_plan, refuse_shots, sort_paths
from rushes.cli.work.session import acting_user, can_ask, confirm, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.views import Expected, UploadReport
from rushes.intake.batch import Batch, read_batch
from rushes.intake.order import Choices
from rushes.jobs.actions import delete_job
from rushes.jobs.rows import get_job
from rushes.jobs.start import create_planned, estimate, start_job
from rushes.jobs.upload import new_work_folder, report_of, store_batch
from rushes.planning.routing import BATCH
from rushes.planning.settings import Plan

__all__ = ["Wanted", "batch"]

ROWS = 20
"""Rows of the table that are shown when it is only a remark; `--dry-run` shows all."""
PROMPT_WIDTH = 100


class PlannedShot(BaseModel):
    """A shot as it would run."""

    number: int
    image_filename: str | None
    prompt_text: str
    negative_prompt: str | None


class DryRun(UploadReport, Expected):
    """What `rushes batch --dry-run --json` prints."""

    settings: dict[str, Any]
    shots: list[PlannedShot]
    expected_videos: int


def batch(wanted: Wanted) -> int:
    """Run the command. Returns its exit code."""
    return with_runtime(lambda run: _batch(run, wanted))


async def _batch(run: Runtime, wanted: Wanted) -> int:
    given = sort_paths(wanted.paths)
    checked = await make_plan(run, wanted, frozenset() if given.images is None else BATCH)
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        read = await read_batch(
            given.images,
            given.prompts,
            work,
            run.settings,
            allow_text_only=wanted.allow_text_only,
            max_prompt_chars=checked.provider.limits.max_prompt_chars,
            choices=Choices(wanted.pair, wanted.read),
        )
        refuse_shots(checked, read.shots)
        async with run.db.begin() as session:
            expected = await estimate(run, session, acting_user(), checked, len(read.shots))
        if wanted.dry_run:
            _show_dry_run(wanted, checked, read, expected)
            return Code.DONE
        _show_match(err(), read, ROWS)
        say(_sum(checked, read, expected), "bold")
        if not await _agreed(wanted, read, expected):
            say("Nothing was made.")
            return Code.USAGE
        job_id = await _create(run, wanted, checked, read)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    background = Background(run)
    if not await background.ensure():
        say(NO_WORKER, "yellow")
    if wanted.wait:
        return await watch.follow(run, job_id, background, json=wanted.json)
    async with run.db.begin() as session:
        job = await get_job(session, acting_user(), job_id)
    if wanted.json:
        tell_json(job)
    else:
        tell(f"Job {short(job_id)} ({job.job_name}) is started.")
        say(f"Look at it: rushes show {short(job_id)} --wait")
    return Code.DONE


def _show_dry_run(wanted: Wanted, checked: Plan, read: Batch, expected: Expected) -> None:
    if wanted.json:
        shots = [
            PlannedShot(
                number=shot.number,
                image_filename=shot.image_filename,
                prompt_text=shot.prompt,
                negative_prompt=shot.negative_prompt or wanted.negative,
            )
            for shot in read.shots
        ]
        planned = {
            **report_of(read).model_dump(),
            "uploaded": False,
            "settings": checked.stored(),
            "shots": shots,
            "expected_videos": len(shots) * wanted.outputs,
            **vars(expected),
        }
        tell_json(DryRun.model_validate(planned))
        return
    _show_match(out(), read, None)
    tell(Text(_sum(checked, read, expected), "bold"))
    say("This was a dry run: nothing was stored, nothing was submitted.")


def _sum(checked: Plan, read: Batch, expected: Expected) -> str:
    videos = count(len(read.shots) * checked.settings.outputs, "video")
    shots, time = count(len(read.shots), "shot"), duration(expected.estimated_time_minutes * 60)
    return f"{videos} of {shots} by {checked.provider.title}: {expected_price(expected)}, about {time}."


def _show_match(console: Console, read: Batch, most: int | None) -> None:
    """The table of what goes with what; rows with a problem are never left out."""
    run_as = {shot.number: shot for shot in read.shots}
    rows: list[tuple[str, str, str, str]] = []
    for pair in read.report.pairs:
        prompt = " ".join(pair.prompt.text.split()) if pair.prompt else ""
        problem = ""
        if pair.prompt is None:
            problem = "no prompt: left out"
        elif pair.image is None:
            problem = "text only" if pair.number in run_as else "no image: left out"
        rows.append((str(pair.number), pair.image or "", prompt, problem))
    numbered = {pair.image for pair in read.report.pairs}
    rows += [("", name, "", "left out") for name in read.report.unmatched_images if name not in numbered]
    made = table("#", "image", "prompt", "note", right=("#",))
    made.columns[2].overflow, made.columns[2].no_wrap = "ellipsis", True
    shown = 0
    for number, image, prompt, problem in rows:
        if problem or most is None or shown < most:
            made.add_row(number, Text(image), Text(shorten(prompt, PROMPT_WIDTH)), Text(problem, "yellow"))
            shown += 1
    console.print(made)
    if shown < len(rows):
        console.print(f"… and {len(rows) - shown} more that fit (--dry-run shows all)")
    for warning in read.warnings:
        console.print(Text.assemble((f"{warning.where}: ", "yellow"), warning.message), soft_wrap=True)


async def _agreed(wanted: Wanted, read: Batch, expected: Expected) -> bool:
    """Whether to go on: asked when something is left out, or when it is not free."""
    left_out = len(read.report.unmatched_images) + len(read.report.unmatched_prompts)
    reasons: list[str] = []
    if left_out:
        reasons.append(f"{left_out} without a partner {'is' if left_out == 1 else 'are'} left out")
    if not expected.price_known:
        reasons.append("what this costs is not known here")
    elif (cost := expected_price(expected)) != "free":
        reasons.append(f"this costs {cost}")
    if not reasons or wanted.yes:
        return True
    told = " and ".join(reasons)
    told = told[0].upper() + told[1:]
    if can_ask():
        return await confirm(f"{told}. Go on?")
    say(f"{told}. Give --yes to go on all the same.", "bold red")
    return False


async def _create(run: Runtime, wanted: Wanted, checked: Plan, read: Batch) -> UUID:
    """Make, fill and start the job, or leave nothing of it."""
    job_id = await create_planned(run, acting_user(), wanted.job_name, checked)
    try:
        await store_batch(run, acting_user(), job_id, read)
        await start_job(run, acting_user(), job_id)
    except BaseException:
        await asyncio.shield(delete_job(run, acting_user(), job_id))
        raise
    return job_id
