"""What `rushes batch` shows before anything is made: what goes with what, its cost and its time."""

from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.text import Text

from rushes.cli._batch_plan import BatchRequest
from rushes.cli._output import (
    count,
    duration,
    expected_price,
    fit,
    print_json,
    print_note,
    print_result,
    shorten,
    stdout,
    table,
)
from rushes.engine.views import Expected, UploadReport
from rushes.intake.batch import Batch
from rushes.jobs.upload import report_of
from rushes.planning.settings import Plan

ROWS = 20
"""Rows of the table that are shown when it is only a remark; `--dry-run` shows all."""
PROMPT_WIDTH = 100
NAME_WIDTH = 24


class PlannedShot(BaseModel):
    """A shot as it would run."""

    number: int
    image_filename: str | None
    prompt_text: str
    negative_prompt: str | None


class DryRunReport(UploadReport, Expected):
    """What `rushes batch --dry-run --json` prints."""

    settings: dict[str, Any]
    shots: list[PlannedShot]
    expected_videos: int


def show_dry_run(request: BatchRequest, checked: Plan, read: Batch, expected: Expected) -> None:
    """Print what would be made, as JSON or as a table with its cost and time."""
    if request.json:
        shots = [
            PlannedShot(
                number=shot.number,
                image_filename=shot.image_filename,
                prompt_text=shot.prompt,
                negative_prompt=shot.negative_prompt or request.negative,
            )
            for shot in read.shots
        ]
        planned = {
            **report_of(read).model_dump(),
            "uploaded": False,
            "settings": checked.stored(),
            "shots": shots,
            "expected_videos": len(shots) * request.outputs,
            **vars(expected),
        }
        print_json(DryRunReport.model_validate(planned))
        return
    show_match(stdout(), read, None)
    print_result(Text(total_line(checked, read, expected), "bold"))
    print_note("This was a dry run: nothing was stored, nothing was submitted.")


def total_line(checked: Plan, read: Batch, expected: Expected) -> str:
    """Return the line that says how many videos there will be, by whom, their cost and time."""
    videos = count(len(read.shots) * checked.settings.outputs, "video")
    shots, time = count(len(read.shots), "shot"), duration(expected.estimated_time_minutes * 60)
    return f"{videos} of {shots} by {checked.provider.title}: {expected_price(expected)}, about {time}."


def _middle(name: str) -> str:
    """Return a file's name, cut in its middle where it is long: its number is at one of the ends."""
    half = NAME_WIDTH // 2
    return name if len(name) <= NAME_WIDTH else f"{name[: half - 1]}…{name[-half:]}"


def show_match(console: Console, read: Batch, most: int | None) -> None:
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
    shown: list[list[Text]] = []
    for number, image, prompt, problem in rows:
        if problem or most is None or len(shown) < most:
            words = shorten(prompt, PROMPT_WIDTH)
            shown.append([Text(number), Text(_middle(image)), Text(words), Text(problem, "yellow")])
    grid = table("#", "image", "prompt", "note", right=("#",))
    console.print(fit(grid, shown, "prompt", console.width))
    if len(shown) < len(rows):
        console.print(f"… and {len(rows) - len(shown)} more that fit (--dry-run shows all)")
    for warning in read.warnings:
        console.print(Text.assemble((f"{warning.where}: ", "yellow"), warning.message), soft_wrap=True)
