"""Prompts in tables: CSV, TSV, and tables as Markdown or a terminal draws them (XLSX is in `prompt_xlsx`).

All come down to rows of cells; which column is which is found in `prompt_columns`.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from rushes.intake.matching import is_image_name
from rushes.intake.prompt_clean import plain_text, unquote
from rushes.intake.prompt_columns import (
    MOST_CELLS,
    Columns,
    Row,
    as_number,
    by_content,
    by_header,
    find_header,
    is_header,
    looks_named,
)
from rushes.intake.prompt_raw import Findings, RawPrompt
from rushes.intake.prompt_words import Role, meaning

__all__ = ["Row", "drawn_table", "read_rows", "read_table"]

_MOST_COLUMNS = 100
_LOOKED_AT = 40
_BARS = str.maketrans("│┃║｜╎┆", "||||||")
_RULE = re.compile(r"[\s|+:=\-─━═┼╋┬┴├┤┌┐└┘╔╗╚╝╠╣╦╩╬╪╫┏┓┗┛┣┫┳┻]{3,}+")
_CROSSING = re.compile(r"[|+┼╋╪╬┿╂]")
_BREAK = re.compile(r"<br\s{0,3}/?>", re.IGNORECASE)


def read_table(text: str, ending: str, found: Findings) -> bool:
    """Read CSV or TSV into `found`. False, with nothing noted, when the text is no table."""
    is_table_file = ending in ("csv", "tsv", "tab")
    delimiters, skipped = ("\t,;|" if ending in ("tsv", "tab") else ",;\t|"), 0
    # Excel may write a first line "sep=;" that says the delimiter.
    if said := re.match(r"sep=(.)\n", text):
        delimiters, skipped, text = said[1], 1, text[said.end() :]
    for delimiter in delimiters:
        if _is_table(text, delimiter, is_table_file):
            read_rows(_csv_rows(text, delimiter, skipped, found), found)
            return True
    return False


def drawn_table(lines: Sequence[str]) -> tuple[list[Row], int, int] | None:
    """The rows of the first table drawn with bars (`| 1 | A fox |`), and the lines it takes: from, to."""
    flat = [line.translate(_BARS) for line in lines]
    start = 0
    while start < len(flat):
        end = start
        while end < len(flat) and (_bars(flat[end]) or (_RULE.fullmatch(flat[end]) and end > start)):
            end += 1
        block = range(start, end)
        ruled = [i for i in block if _RULE.fullmatch(flat[i])]
        rows: list[Row] = [(i + 1, _cells(flat[i])) for i in block if i not in ruled]
        if any(_CROSSING.search(flat[i]) for i in ruled) and len(rows) > 1 and len(rows[0][1]) > 1:
            return rows, start, end
        start = max(end, start + 1)
    return None


def read_rows(rows: Iterable[Row], found: Findings) -> None:
    """Read rows, one of the first of which may be a header, into `found`."""
    filled: list[Row] = []
    for line, row in rows:
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            filled.append((line, cells))
    if found.faults or not filled:
        return
    header = find_header(filled)
    if header is not None:
        line, names = filled[header]
        _note_above(filled[:header], found)
        below = [row for row in filled[header + 1 :] if not is_header(row[1])]
        columns = by_header(names, below, line, found)
    elif named := by_content(filled, found):
        columns, below = named[0], filled[named[1] :]
    else:
        below = filled
        columns = _positional(filled, found)
    if columns is None:
        return
    if columns.unused:
        told = ", ".join(f"“{name[:40]}”" for name in columns.unused[:10])
        found.warn(
            f"The prompts are read from “{columns.header[columns.prompt]}”. Not used: {told}.",
            "unused_columns",
            filled[0][0] if header is None else filled[header][0],
        )
    _take_rows(below, columns, found)


def _positional(rows: Sequence[Row], found: Findings) -> Columns | None:
    """Number, prompt and perhaps negative prompt, in this order: what a table without a header has."""
    left = min(next((i for i, cell in enumerate(cells) if cell), 0) for _, cells in rows)
    width = max(len(cells) for _, cells in rows) - left
    if len(rows[0][1]) - left < 2:
        return Columns(left, width=left + 1)
    first = [cells[left] if left < len(cells) else "" for _, cells in rows]
    if looks_named(first, found) and any(as_number(cell) is None for cell in first):
        return Columns(left + 1, None, left + 2, left, left + MOST_CELLS)
    if width == MOST_CELLS:
        line = next(line for line, cells in rows if len(cells) - left == MOST_CELLS)
        found.warn(
            "The third column was read as the negative prompt. Add the header "
            "number,prompt,negative_prompt to be sure.",
            "third_column",
            line,
        )
    return Columns(left + 1, left, left + 2, None, left + MOST_CELLS)


def _take_rows(rows: Sequence[Row], columns: Columns, found: Findings) -> None:
    names = [
        cells[columns.file] if columns.file is not None and columns.file < len(cells) else ""
        for _, cells in rows
    ]
    by_name = columns.number is None and columns.file is not None
    numbers = [as_number(name) for name in names]
    use_names = by_name and None not in numbers and len(set(numbers)) == len(numbers)
    for (line, cells), name, named in zip(rows, names, numbers, strict=True):
        if len(cells) > columns.width:
            found.fault(
                f"This row has {len(cells)} cells, but {columns.width} are the most here. "
                "Put a prompt that has the delimiter in it into double quotes.",
                "too_many_cells",
                line,
            )
            continue
        number, said = named if use_names else None, name or None
        if columns.number is not None:
            shown = _cell(cells, columns.number)
            number = as_number(shown)
            said = said or (shown if is_image_name(shown) else None)
            if number is None:
                found.fault(_no_number(shown, columns.number, line, found), "bad_number", line)
                continue
        text, negative = unquote(_cell(cells, columns.prompt)), _cell(cells, columns.negative)
        found.prompts.append(RawPrompt(number, text, negative or None, line, said))
    found.from_zero(0)
    if found.prompts and all(prompt.number is None for prompt in found.prompts):
        how = (
            f"The rows name their images, so they were numbered 1 to {len(found.prompts)} in order."
            if by_name
            else "The table has no column of numbers, so the prompts were numbered 1 to "
            f"{len(found.prompts)} "
            "in order."
        )
        found.warn(how, "numbered_in_order")


def _no_number(shown: str, column: int, line: int, found: Findings) -> str:
    if (line, column) in found.formulas:
        return (
            "The number of this row is a formula whose value the file does not have. Open it in a "
            "spreadsheet and save it again, or write the numbers themselves."
        )
    what = f"“{shown[:40]}” is not the number of a prompt" if shown else "This row has no number"
    return f"{what}. Write a whole number from 1."


def _cell(cells: Sequence[str], index: int | None) -> str:
    return cells[index] if index is not None and index < len(cells) else ""


def _note_above(rows: Sequence[Row], found: Findings) -> None:
    for line, _ in rows[:1]:
        found.warn("What stands above the names of the columns was left out.", "title_left_out", line)


def _is_table(text: str, delimiter: str, is_table_file: bool) -> bool:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        filled = ([cell.strip() for cell in row] for row in reader if any(row))
        start = list(islice(filled, _LOOKED_AT))
        if not start or len(start[0]) > _MOST_COLUMNS:
            return False
        header = find_header([(0, row) for row in start])
        if header is not None:
            names = start[header]
            if is_table_file:
                return True
            # A prompt may have the word "text" between two commas; below a header all rows are like it.
            width = len(names)
            if width < 2 or (header == 0 and all(meaning(name).role is not Role.UNKNOWN for name in names)):
                return width > 1
            if sum(meaning(name).role is not Role.UNKNOWN for name in names) < 2:
                return False
            below = start[header + 1 :]
            return bool(below) and all(len(row) == width for row in below)
        if is_table_file and len(start[0]) > 1 and by_content([(0, row) for row in start], Findings("")):
            return True
        if len(start[0]) < 2 or (_first(start[0]) is None and not is_image_name(start[0][0])):
            return is_table_file and '"' in text and all(len(row) == 1 for row in [*start, *filled])
        # In a file that does not say it is a table, every row has to look like one.
        return (
            is_table_file
            or (
                len(start[0]) <= MOST_CELLS
                and start[0][0][-1:].isalnum()  # "1. , and so on" is a line with its number
                and any(any(row[1:]) for row in start)
                and all(1 < len(row) <= MOST_CELLS and _first(row) is not None for row in [*start, *filled])
            )
        )
    except csv.Error:
        return False


def _first(row: Sequence[str]) -> int | None:
    """The number that the first cell with anything in it says."""
    return next((as_number(cell) for cell in row if cell), None)


def _csv_rows(text: str, delimiter: str, skipped: int, found: Findings) -> Iterator[Row]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    line = 1 + skipped
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1 + skipped
    except csv.Error as error:
        found.fault(
            f"The row cannot be read ({error}). Put the prompt into double quotes and double those inside.",
            "bad_row",
            line,
        )


def _bars(line: str) -> bool:
    inner = line.strip().strip("|")
    return "|" in inner or (line.strip().startswith("|") and bool(inner.strip()))


def _cells(line: str) -> list[str]:
    inner = line.strip()
    inner = inner.removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    cells = inner.replace("\\|", "\0").split("|")
    return [plain_text(_BREAK.sub("\n", cell.replace("\0", "|")).strip()) for cell in cells[:_MOST_COLUMNS]]
