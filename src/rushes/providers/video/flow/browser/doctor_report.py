"""What the doctor reports: its steps, and how each element of the page was found."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

Verdict = Literal["ok", "fallback", "failed", "needs_you", "skipped"]


class Entry(BaseModel):
    """One element as the guide knows it. `matches` counts what each alternative finds, in order."""

    element: str
    matches: list[int]
    found_by: str | None = None
    """The first alternative that finds something."""


class StepReport(BaseModel):
    """One step: what it was, how it went, and what a person should know or do."""

    name: str
    verdict: Verdict
    message: str = ""
    seconds: float = 0.0
    entries: list[Entry] = []
    screenshot: Path | None = None


class Report(BaseModel):
    """All of it. `generation` is the page's, as far as it was recognised; `bundle` a ZIP for a bug report."""

    at: datetime
    account: str
    url: str
    generation: str
    steps: list[StepReport]
    bundle: Path | None = None

    @property
    def healthy(self) -> bool:
        """Whether a shot would get as far as its click."""
        return all(each.verdict in ("ok", "fallback") for each in self.steps)
