"""`rushes batch`: everything is read, checked and shown first; then the job is made, started and watched."""

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from rushes.cli import _complete
from rushes.cli._background import NO_WORKER, Background
from rushes.cli._batch_plan import BatchRequest, make_plan, refuse_shots, sort_paths
from rushes.cli._batch_report import ROWS, show_dry_run, show_match, total_line
from rushes.cli._exit import Code, exit_with
from rushes.cli._options import JsonOption, YesOption
from rushes.cli._output import (
    expected_price,
    print_json,
    print_note,
    print_result,
    short,
    stderr,
)
from rushes.cli._session import acting_user, confirm, is_interactive, with_runtime
from rushes.cli._watch import follow
from rushes.engine.runtime import Runtime
from rushes.engine.states import JobStatus
from rushes.engine.views import Expected, WhenDown
from rushes.intake.batch import Batch, read_batch
from rushes.intake.order import Choices
from rushes.intake.pairs import Pairing
from rushes.intake.prompt_raw import Reading
from rushes.jobs.actions import delete_job
from rushes.jobs.rows import get_job
from rushes.jobs.start import create_planned, estimate, start_job
from rushes.jobs.upload import new_work_folder, store_batch
from rushes.planning.routing import BATCH
from rushes.planning.settings import Plan

if TYPE_CHECKING:
    from rushes.cli._remote import RemoteServer


def batch(
    images: Annotated[
        Path,
        typer.Argument(metavar="IMAGES", help="A ZIP, a folder, or an image (more may follow)."),
    ],
    rest: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PROMPTS",
            help="The prompts file, last. Leave it out when it lies with the images.",
            show_default=False,
        ),
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(
            help="Who makes the videos (`rushes providers`). Left out: chosen, by your keys.",
            autocompletion=_complete.providers,
            show_default=False,
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(min=0, help="US dollars beyond which nothing new is submitted.", show_default=False),
    ] = None,
    when_down: Annotated[
        WhenDown, typer.Option(help="If the provider is unavailable: wait, or fall back to another.")
    ] = "wait",
    model: Annotated[
        str | None, typer.Option(help="A model of the provider. Left out: its first.", show_default=False)
    ] = None,
    aspect: Annotated[
        str | None, typer.Option(help="Aspect ratio, such as 16:9, 9:16 or 1:1.", show_default=False)
    ] = None,
    resolution: Annotated[str | None, typer.Option(help="Such as 720p or 1080p.", show_default=False)] = None,
    duration: Annotated[
        int | None, typer.Option(help="Duration of a video, seconds.", show_default=False)
    ] = None,
    outputs: Annotated[int, typer.Option(min=1, max=8, help="Takes per shot.")] = 1,
    negative: Annotated[
        str | None,
        typer.Option(help="Default negative prompt.", show_default=False),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=2**31 - 1,
            help="The same seed makes the same videos, where the provider can.",
            show_default=False,
        ),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Any other option of the provider. May be given several times.",
            autocompletion=_complete.options,
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the job. Left out: the name of IMAGES.", show_default=False)
    ] = None,
    pair: Annotated[
        Pairing | None,
        typer.Option(
            help="How images and prompts are paired. Left out: by the numbers in the names.",
            show_default=False,
        ),
    ] = None,
    read: Annotated[
        Reading | None,
        typer.Option(help="How prompts without numbers are split.", show_default=False),
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(
            metavar="PROJECT",
            help="The project it belongs to (`rushes projects`).",
            autocompletion=_complete.projects,
            show_default=False,
        ),
    ] = None,
    allow_text_only: Annotated[
        bool, typer.Option("--allow-text-only", help="Make prompts without an image too.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be made, its cost and its time.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Stay until every video has ended.")] = True,
    yes: YesOption = False,
    json: JsonOption = False,
    request_id: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="An id of your own: run again with the same, nothing is made a second time.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make videos of images and prompts.

    Everything is read and checked first: each image goes with the prompt of
    its number (2.jpg with `2. A harbour at dawn`). Nothing is sent before you
    have seen what fits, what it costs and how long it takes.
    Ctrl-C leaves the job running.

    [bold]Examples[/bold]
    $ rushes batch photos prompts.txt --dry-run
    $ rushes batch photos prompts.txt --aspect 9:16 --outputs 2
    $ rushes batch holiday.zip --duration 8 --option camera=orbit
    $ rushes batch photos prompts.txt --pair date --read paragraphs
    $ rushes batch 1.jpg 2.jpg prompts.csv --name "Two shots"
    $ rushes batch photos prompts.txt --project "Winter 2026"
    $ rushes batch prompts.txt --allow-text-only --no-wait --yes
    """
    request = BatchRequest(
        paths=(images, *(rest or ())),
        provider=provider,
        model=model,
        budget=budget,
        when_down=when_down,
        named={"aspect_ratio": aspect, "resolution": resolution, "duration_seconds": duration},
        options=tuple(option or ()),
        outputs=outputs,
        negative=negative,
        seed=seed,
        name=name,
        pair=pair,
        read=read,
        project=project,
        allow_text_only=allow_text_only,
        dry_run=dry_run,
        wait=wait,
        yes=yes,
        json=json,
        request_id=request_id,
    )

    def remote(server: "RemoteServer") -> int:
        from rushes.cli._remote_batch import batch_on  # noqa: PLC0415  # an HTTP client, for who is signed in

        return batch_on(server, request)

    exit_with(with_runtime(lambda run: _batch(run, request), remote))


async def _batch(run: Runtime, request: BatchRequest) -> int:
    given = sort_paths(request.paths)
    checked = await make_plan(run, request, frozenset() if given.images is None else BATCH)
    work = await asyncio.to_thread(new_work_folder, run)
    try:
        read = await read_batch(
            given.images,
            given.prompts,
            work,
            run.settings,
            allow_text_only=request.allow_text_only,
            max_prompt_chars=checked.provider.limits.max_prompt_chars,
            choices=Choices(request.pair, request.read),
        )
        refuse_shots(checked, read.shots)
        async with run.db.begin() as session:
            expected = await estimate(run, session, acting_user(), [checked] * len(read.shots))
        if request.dry_run:
            show_dry_run(request, checked, read, expected)
            return Code.DONE
        show_match(stderr(), read, ROWS)
        print_note(total_line(checked, read, expected), "bold")
        if not await _confirmed(request, read, expected):
            print_note("Nothing was created.")
            return Code.USAGE
        job_id = await _create(run, request, checked, read)
    finally:
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    background = Background(run)
    if not await background.ensure():
        print_note(NO_WORKER, "yellow")
    if request.wait:
        return await follow(run, job_id, background, json=request.json)
    async with run.db.begin() as session:
        job = await get_job(session, acting_user(), job_id)
    if request.json:
        print_json(job)
    else:
        print_result(f"Job {short(job_id)} ({job.job_name}) is started.")
        print_note(f"Watch it: rushes show {short(job_id)} --wait")
    return Code.DONE


async def _confirmed(request: BatchRequest, read: Batch, expected: Expected) -> bool:
    """Whether to continue: asked when something is left out, or when it is not free."""
    left_out = len(read.report.unmatched_images) + len(read.report.unmatched_prompts)
    reasons: list[str] = []
    if left_out:
        reasons.append(f"{left_out} without a partner {'is' if left_out == 1 else 'are'} left out")
    if not expected.price_known:
        reasons.append("the price is unknown")
    elif (cost := expected_price(expected)) != "free":
        reasons.append(f"this costs {cost}")
    if not reasons or request.yes:
        return True
    question = " and ".join(reasons)
    question = question[0].upper() + question[1:]
    if is_interactive():
        return await confirm(f"{question}. Continue?")
    print_note(f"{question}. Pass --yes to continue.", "bold red")
    return False


async def _create(run: Runtime, request: BatchRequest, checked: Plan, read: Batch) -> UUID:
    """Make, fill and start the job, or leave nothing of it. With a request id, continue what was begun."""
    job_id = await create_planned(run, acting_user(), request.job_name, checked, request.request_id)
    if request.request_id is not None:
        async with run.db.begin() as session:
            job = await get_job(session, acting_user(), job_id)
        if job.status is not JobStatus.PENDING:
            return job_id
    try:
        await store_batch(run, acting_user(), job_id, read)
        await start_job(run, acting_user(), job_id)
    except BaseException:
        if request.request_id is None:
            await asyncio.shield(delete_job(run, acting_user(), job_id))
        raise
    return job_id
