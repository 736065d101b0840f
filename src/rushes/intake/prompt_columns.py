"""Which column of a table is which: by the words of its header, else by what stands below it.

A column that is not understood is named, and what may be read in two ways is asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rushes.intake.matching import image_number, is_image_name
from rushes.intake.prompt_heads import cell_number
from rushes.intake.prompt_raw import Findings
from rushes.intake.prompt_words import Meaning, Role, meaning

Row = tuple[int, Sequence[str]]
"""The line or row number a row starts at, and its cells."""

MOST_CELLS = 3
"""The most columns a table without a header may have."""

_HEADER_ROWS = 8
"""A header may have a title and empty rows above it, but stands among the first of the rows."""
_LONGEST_HEADER = 60
_SURE = 3.0
"""The weight of a column whose name says “number”; one named “scene” or “image” may hold something else."""
_CLEAR = 0.8
"""The share of rows that have to hold numbers for a column to be one of numbers."""


@dataclass(frozen=True)
class Columns:
    """Where in a row what is; None where there is no such column. `unused` are the names of the others."""

    prompt: int
    number: int | None = None
    negative: int | None = None
    file: int | None = None
    width: int = 1
    unused: tuple[str, ...] = ()
    header: tuple[str, ...] = ()


def find_header(rows: Sequence[Row]) -> int | None:
    """The index of the row that names the columns; None when no row does."""
    scores = [(_score(row), -i) for i, (_, row) in enumerate(islice(rows, _HEADER_ROWS))]
    best = max(scores, default=(0, 0))
    return -best[1] if best[0] > 0 else None


def is_header(cells: Sequence[str]) -> bool:
    """Whether these cells name columns."""
    return _score(cells) > 0


def _score(cells: Sequence[str]) -> float:
    """How much a row looks like the names of columns: 0 is not at all."""
    filled = [cell for cell in cells if cell]
    if not filled or any(len(c) > _LONGEST_HEADER or "\n" in c.strip() for c in filled):
        return 0
    if any(cell_number(cell) is not None for cell in filled):
        return 0
    roles = [meaning(cell).role for cell in filled]
    known = [role for role in roles if role is not Role.UNKNOWN]
    if Role.PROMPT not in roles or 2 * len(known) < len(filled):
        return 0
    return len(known) + len(set(known))


def by_header(names: Sequence[str], rows: Sequence[Row], line: int, found: Findings) -> Columns | None:
    """The columns that a header names; None after noting that two of them may be the prompts."""
    means = [meaning(name) if name else Meaning(Role.UNKNOWN) for name in names]
    prompt = _prompt_column(names, means, rows, line, found)
    if prompt is None:
        return None
    negative = next((i for i, m in enumerate(means) if m.role is Role.NEGATIVE), None)
    number = _number_column(means, rows, found)
    file = next(
        (i for i, m in enumerate(means) if m.role is Role.FILE and _holds_files(rows, i, found)), None
    )
    if file is None:
        named = (i for i, m in enumerate(means) if m.role is Role.NUMBER and i != number)
        file = next((i for i in named if _holds_files(rows, i, found)), None)
    columns = Columns(prompt, number, negative, file, len(names), header=tuple(names))
    if number is None and file is None:
        columns = _by_values(columns, names, means, rows, line, found)
    used = {columns.prompt, columns.number, columns.negative, columns.file}
    unused = tuple(n for i, n in enumerate(names) if n and i not in used and any(_column(rows, i)))
    return replace(columns, unused=unused)


def by_content(rows: Sequence[Row], found: Findings) -> tuple[Columns, int] | None:
    """The columns of a table whose first row names them in words not known here, and how many
    rows to skip."""
    if len(rows) < 2:
        return None
    (line, first), below = rows[0], rows[1:]
    if len(first) < 2 or any(cell_number(c) is not None or len(c) > _LONGEST_HEADER for c in first):
        return None
    numbers = [i for i in range(len(first)) if _share(_column(below, i)) >= _CLEAR]
    number = next((i for i in numbers if _all_different(_column(below, i))), None)
    file = next((i for i in range(len(first)) if i != number and _holds_files(below, i, found)), None)
    if number is None and file is None:
        return None
    rest = [i for i in range(len(first)) if i not in {*numbers, file}]
    lengths = sorted(((_mean(_column(below, i)), i) for i in rest), reverse=True)
    if not lengths or (len(lengths) > 1 and lengths[0][0] < 2 * lengths[1][0]):
        return None
    prompt = lengths[0][1]
    found.warn(
        f"The words of the header are not known here. “{first[prompt]}” has the longest texts and was read "
        "as the prompts. Name the columns number and prompt to be sure.",
        "column_guessed",
        line,
    )
    unused = tuple(c for i, c in enumerate(first) if i not in {number, file, prompt} and c)
    return Columns(prompt, number, None, file, len(first), unused, tuple(first)), 1


def looks_named(cells: Sequence[str], found: Findings) -> bool:
    """Whether these values of a column are names of images: by their endings, or because they are there."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(is_image_name(cell) or found.is_image(cell) for cell in filled)


def _prompt_column(
    names: Sequence[str], means: Sequence[Meaning], rows: Sequence[Row], line: int, found: Findings
) -> int | None:
    filled = [i for i, m in enumerate(means) if m.role is Role.PROMPT and (any(_column(rows, i)) or not rows)]
    filled = filled or [i for i, m in enumerate(means) if m.role is Role.PROMPT]
    best = max(filled, key=lambda i: means[i].weight)
    tied = [i for i in filled if means[i].weight == means[best].weight]
    if len(tied) > 1 and len({tuple(_column(rows, i)) for i in tied}) > 1:
        told = " and ".join(f"“{names[i]}”" for i in tied[:4])
        found.fault(
            f"The columns {told} may each be the prompts. Name the one to use “video prompt”, or remove the "
            "others.",
            "two_prompt_columns",
            line,
        )
        return None
    return best


def _number_column(means: Sequence[Meaning], rows: Sequence[Row], found: Findings) -> int | None:
    """The column of numbers: the surest by name, among these one whose numbers all differ."""
    candidates = [i for i, m in enumerate(means) if m.role is Role.NUMBER]
    fitting = [i for i in candidates if means[i].weight >= _SURE or _share(_column(rows, i)) >= _CLEAR]
    if not rows:
        fitting = candidates
    fitting = [i for i in fitting if any(_column(rows, i)) or not rows or len(fitting) == 1]
    fitting = [
        i for i in fitting if not looks_named([c for c in _column(rows, i) if as_number(c) is None], found)
    ]
    fitting.sort(key=lambda i: (not _all_different(_column(rows, i)), -means[i].weight, i))
    return fitting[0] if fitting else None


def _by_values(
    columns: Columns,
    names: Sequence[str],
    means: Sequence[Meaning],
    rows: Sequence[Row],
    line: int,
    found: Findings,
) -> Columns:
    """A column whose name says nothing, but which holds 1 to n or the names of images."""
    for i, mean in enumerate(means):
        if i == columns.prompt or mean.role in (Role.PROMPT, Role.NEGATIVE):
            continue
        values = _column(rows, i)
        numbers = [cell_number(value) for value in values]
        if len(values) > 1 and sorted(n or 0 for n in numbers) == list(range(1, len(values) + 1)):
            what, columns = f"1 to {len(values)}", replace(columns, number=i)
        elif looks_named(values, found):
            what, columns = "names of images", replace(columns, file=i)
        else:
            continue
        title = f"“{names[i]}”" if names[i] else f"number {i + 1}, which has no name,"
        found.warn(
            f"The column {title} holds {what} and was read as the numbers of the prompts.",
            "column_guessed",
            line,
        )
        return columns
    return columns


def as_number(text: str) -> int | None:
    """The number a cell says, or that of the image whose name stands in it."""
    number = cell_number(text)
    return image_number(text) if number is None and is_image_name(text) else number


def _holds_files(rows: Sequence[Row], index: int, found: Findings) -> bool:
    return looks_named(_column(rows, index), found)


def _column(rows: Sequence[Row], index: int) -> list[str]:
    return [cells[index] if index < len(cells) else "" for _, cells in rows]


def _share(values: Sequence[str]) -> float:
    return sum(as_number(v) is not None for v in values) / len(values) if values else 0.0


def _all_different(values: Sequence[str]) -> bool:
    numbers = [as_number(v) for v in values]
    return None not in numbers and len(set(numbers)) == len(numbers)


def _mean(values: Sequence[str]) -> float:
    return sum(map(len, values)) / max(len(values), 1)
