"""How things look: results on standard output, progress and remarks on standard error."""

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from rushes.engine.states import JobStatus, VideoStatus
from rushes.engine.views import Expected
from rushes.redaction import safe_text

WIDE = 200
"""Columns where nobody looks: a pipe gets whole lines, not ones broken at 80."""
MIN_SHRUNK = 8
"""Columns that what shrinks keeps."""

WORDS: dict[JobStatus | VideoStatus, str] = {
    JobStatus.PENDING: "not started",
    JobStatus.PROCESSING: "running",
    JobStatus.COMPLETED: "done",
    VideoStatus.COMPLETED: "done",
}
"""A status as the page calls it, where that is not its name."""

STYLES = {
    JobStatus.COMPLETED: "green",
    JobStatus.FAILED: "red",
    JobStatus.CANCELLED: "dim",
    JobStatus.PAUSED: "yellow",
    JobStatus.PROCESSING: "cyan",
    VideoStatus.WAITING: "yellow",
    VideoStatus.GENERATING: "cyan",
}


class PipeConsole(Console):
    """A console that lets the command line say how a command ends whose reader has gone (`| head`)."""

    def on_broken_pipe(self) -> None:
        """Rich would end the program with 1."""
        raise BrokenPipeError

    def print(self, *objects: Any, **options: Any) -> None:
        """Print; lines for a pipe or a file end where their words end."""
        if self.is_terminal:
            super().print(*objects, **options)
            return
        with self.capture() as text:
            super().print(*objects, **options)
        self.file.write("".join(f"{line.rstrip()}\n" for line in text.get().splitlines()))
        self.file.flush()

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render; ESC and the like in a prompt or a provider's words do not reach the terminal."""
        for segment in super().render(renderable, options):
            yield (
                segment
                if segment.control
                else segment._replace(text=safe_text(segment.text, len(segment.text)))
            )


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else WIDE
    return PipeConsole(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


def stdout() -> Console:
    """Where results go."""
    return _console(stderr=False)


def stderr() -> Console:
    """Where progress and remarks go."""
    return _console(stderr=True)


def print_note(message: str, style: str = "") -> None:
    """A remark."""
    stderr().print(Text(message, style), soft_wrap=True)


def print_result(message: str | Text) -> None:
    """A line of the result."""
    stdout().print(message, soft_wrap=True)


def print_json(value: BaseModel | Sequence[BaseModel]) -> None:
    """The result as JSON, in the words of the API."""
    if isinstance(value, BaseModel):
        text = value.model_dump_json(by_alias=True, indent=2)
    else:
        # Each by its own class: a list of a base class would leave out what its subclasses add.
        text = TypeAdapter(list[object]).dump_json(list(value), by_alias=True, indent=2).decode()
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def table(*columns: str, right: Sequence[str] = ()) -> Table:
    """A table without lines; `right` names the columns of numbers. The first, an id, is never broken."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        grid.add_column(
            column,
            justify="right" if column in right else "left",
            no_wrap=column in (columns[0], *right),
            overflow="fold",
        )
    return grid


def fit(grid: Table, rows: Sequence[Sequence[Text]], shrinking: str, width: int) -> Table:
    """Add rows of one line each. Columns are as wide as their words; `shrinking` gets what is left."""
    heads = [str(column.header) for column in grid.columns]
    widths = [max([len(head), *(row[i].cell_len for row in rows)]) for i, head in enumerate(heads)]
    at = heads.index(shrinking)
    widths[at] = max(MIN_SHRUNK, min(widths[at], width - sum(widths) + widths[at] - 2 * (len(widths) - 1)))
    for column, wide in zip(grid.columns, widths, strict=True):
        column.width, column.no_wrap, column.overflow = wide, True, "ellipsis"
    for row in rows:
        grid.add_row(*row)
    return grid


def shorten(text: str, most: int) -> str:
    """The text, cut where it is longer than so many characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def short(identifier: UUID) -> str:
    """The start of an id: what a person types."""
    return str(identifier)[:8]


def styled(status: JobStatus | VideoStatus) -> Text:
    """A status in its colour."""
    return Text(status_word(status), STYLES.get(status, ""))


def status_word(status: JobStatus | VideoStatus) -> str:
    """Return a status in the page's word."""
    return WORDS.get(status, str(status))


def money(amount: Decimal) -> str:
    """US dollars; small amounts keep the digits they have."""
    return f"${amount:.2f}" if amount == round(amount, 2) else f"${amount.normalize():f}"


def price(cost: Decimal, flow_credits: int = 0, *, known: bool = True) -> str:
    """What something is expected to cost: in money, in credits of a plan, nothing, or nobody knows what."""
    if not known:
        return "price unknown"
    if flow_credits:
        return count(flow_credits, "Flow credit")
    return money(cost) if cost else "free"


def expected_price(expected: Expected) -> str:
    """The same of a whole job, of which money is no more than a guess."""
    text = price(expected.estimated_cost, expected.estimated_credits, known=expected.price_known)
    return f"about {text}" if expected.estimated_cost else text


def count(number: int, thing: str) -> str:
    """`1 video`, `2 videos`."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def duration(seconds: float) -> str:
    """A time as people say it: `40 s`, `12 min`, `3 h 05 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"


def age(moment: datetime, now: datetime | None = None) -> str:
    """How long ago a moment was: `40 s ago`, `3 h ago`, `12 d ago`."""
    seconds = max(0, ((now or datetime.now(UTC)) - moment).total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit} ago"
    return f"{int(seconds)} s ago"


def when(moment: datetime | None) -> str:
    """A moment in the reader's own time zone."""
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}"
