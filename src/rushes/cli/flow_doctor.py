"""`rushes flow doctor`: a walk through Flow's page."""

from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from rushes.cli._exit import Code, exit_with
from rushes.cli._flow_sign_in import closing_browser, default_name, sign_in_id
from rushes.cli._options import JsonOption
from rushes.cli._output import print_json, print_result, stdout
from rushes.cli._session import acting_user, with_runtime
from rushes.engine.runtime import Runtime
from rushes.flow_signins.doctor import examine_page
from rushes.providers.video.flow.browser.doctor_report import StepReport

VERDICTS = {"ok": "green", "failed": "bold red", "skipped": "dim"}


def doctor(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="With which Flow sign-in.", show_default=False)
    ] = "",
    json: JsonOption = False,
) -> None:
    """Walk through Flow's page, as a shot does, up to the click that costs credits.

    Tells for each step whether it went as known, by a fall-back, or not; and
    writes a bundle (pictures, HTML and logs without secrets) for a bug report.

    [bold]Example[/bold]
    $ rushes flow doctor
    """

    async def command(run: Runtime) -> int:
        account_id = await sign_in_id(run, name or await default_name(run))
        async with closing_browser(run, account_id):
            on_step = _ignore_step if json else partial(step_lines, stdout())
            report = await examine_page(run, acting_user(), account_id, on_step)
        if json:
            print_json(report)
        else:
            print_result(
                f"The page is of generation {report.generation}. Bundle for a bug report: {report.bundle}"
            )
        needs_you = any(each.verdict == "needs_you" for each in report.steps)
        return Code.DONE if report.healthy else Code.NEEDS_YOU if needs_you else Code.FAILED

    exit_with(with_runtime(command))


def step_lines(console: Console, step: StepReport) -> None:
    """One step of the doctor, and what it did not find as it is known."""
    verdict = (f"{step.verdict.replace('_', ' '):<10}", VERDICTS.get(step.verdict, "yellow"))
    console.print(Text.assemble(verdict, step.name, "  ", step.message))
    for entry in step.entries:
        if step.verdict != "ok" and entry.matches[:1] == [0]:
            console.print(Text(f"{'':<10}  {entry.element}: {entry.found_by or 'not found'}", "dim"))


def _ignore_step(_step: StepReport) -> None:
    """It is all in the report."""
