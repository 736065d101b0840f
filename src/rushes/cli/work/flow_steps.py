"""How `rushes flow doctor` prints a step."""

from rich.console import Console
from rich.text import Text

from rushes.providers.video.flow.browser.doctor_report import StepReport

VERDICTS = {"ok": "green", "failed": "bold red", "skipped": "dim"}


def step_lines(console: Console, step: StepReport) -> None:
    """One step of the doctor, and what it did not find as it is known."""
    verdict = (f"{step.verdict.replace('_', ' '):<10}", VERDICTS.get(step.verdict, "yellow"))
    console.print(Text.assemble(verdict, step.name, "  ", step.message))
    for entry in step.entries:
        if step.verdict != "ok" and entry.matches[:1] == [0]:
            console.print(Text(f"{'':<10}  {entry.element}: {entry.found_by or 'not found'}", "dim"))
