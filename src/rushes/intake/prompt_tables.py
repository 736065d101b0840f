"""Prompts in tables and trees: CSV, TSV and JSON (XLSX is opened in `prompt_xlsx`).

All come down to rows of `number, prompt, negative prompt`, so columns are told apart in one place.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rushes.intake.matching import image_number
from rushes.intake.prompt_raw import MAX_ITEMS, Findings, RawPrompt, to_number
from rushes.intake.prompt_text import unquote

Row = tuple[int, Sequence[str]]
"""The line or row number a row starts at, and its cells."""

_PROMPT_NAMES = ("prompt", "prompt_text", "text", "description")
_NEGATIVE_NAMES = ("negative_prompt", "negative", "neg")
_NUMBER_NAMES = (
    *("number", "no", "nr", "num", "n", "#", "prompt_number", "shot_number", "image_number", "index"),
    *("position", "shot", "scene", "image", "image_name", "image_filename", "filename", "file", "id"),
)
_LIST_NAMES = ("prompts", "shots", "items")
_NUMBER = re.compile(
    r"(?:#|(?:prompt|shot|scene|image|video)(?:-(?=\d)|[\s_#]*))?(-?\d+)(?:\.0+)?", re.IGNORECASE
)
_IMAGE_NAME = re.compile(r".+\.(?:jpe?g|png|webp|avif|hei[cf])", re.IGNORECASE)
_JSON_START = re.compile(r"\s*[\[{]\s*(?:[\"{\[]|[\]}]\s*$)")
_JSON_SPACE = re.compile(r"[\s,:]*")
_MOST_CELLS = 3
_MOST_COLUMNS = 100


@dataclass(frozen=True)
class _Columns:
    """Where in a row the number, the prompt and the negative prompt are; None where there is no such."""

    number: int | None
    prompt: int
    negative: int | None
    width: int


def looks_like_json(text: str) -> bool:
    """Whether a text begins as JSON does and as no prompt would."""
    return _JSON_START.match(text) is not None


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


def read_rows(rows: Iterable[Row], found: Findings) -> None:
    """Read rows, the first of which may be a header, into `found`."""
    columns: _Columns | None = None
    guessed = False
    for line, row in rows:
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if columns is None:
            columns = _header(cells)
            if columns:
                continue
            columns = _Columns(0, 1, 2, _MOST_CELLS) if len(cells) > 1 else _Columns(None, 0, None, 1)
            guessed = columns.negative is not None
        elif _header(cells) == columns:
            continue
        if len(cells) > columns.width:
            found.fault(
                f"This row has {len(cells)} cells, but {columns.width} are the most here. "
                "Put a prompt that has the delimiter in it into double quotes.",
                "too_many_cells",
                line,
            )
            continue
        if guessed and len(cells) == _MOST_CELLS:
            guessed = False  # said once
            found.warn(
                "The third column was read as the negative prompt. Add the header "
                "number,prompt,negative_prompt to be sure.",
                "third_column",
                line,
            )
        _take_row(line, cells, columns, found)
    _note_unnumbered(found)


def read_json(text: str, found: Findings) -> None:
    """Read JSON into `found`: a list or an object of strings or objects, or `{"prompts": …}` of either."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        found.fault(f"This is not valid JSON: {error.msg}, column {error.colno}.", "bad_json", error.lineno)
        return
    except (RecursionError, ValueError):
        found.fault("This JSON is nested too deeply or has a number too long to read.", "bad_json")
        return
    items = list(islice(_json_items(text, _skip_space(text, 0)), MAX_ITEMS + 1))
    for position, _, key, value in items:
        if key in _LIST_NAMES and isinstance(value, (list, dict)):
            items = list(islice(_json_items(text, position), MAX_ITEMS + 1))
            break
    else:
        if any(_field_name(key) in _PROMPT_NAMES for _, _, key, _ in items):
            # One object that is a single prompt.
            items = [(0, 1, None, {key: value for _, _, key, value in items})]
    if not items and text.strip()[:1] not in ("[", "{"):
        found.fault("JSON prompts must be a list or an object.", "bad_json")
    if len(items) > MAX_ITEMS:
        found.fault(f"This list has more than {MAX_ITEMS:,} items. Is it the prompts file?", "too_many_lines")
        return
    for _, line, key, value in items:
        _take_json(line, key, value, found)


def _take_json(line: int, key: str | None, value: object, found: Findings) -> None:
    fields: dict[str, object] = {"prompt": value} if isinstance(value, str) else _fields(value)
    number = key if key is not None else next((fields[n] for n in _NUMBER_NAMES if n in fields), None)
    text = next((fields[n] for n in _PROMPT_NAMES if n in fields), None)
    negative = next((fields[n] for n in _NEGATIVE_NAMES if n in fields), None)
    if not isinstance(text, str):
        found.fault("This item has no prompt: give a string, or an object with “prompt”.", "bad_item", line)
    elif negative is not None and not isinstance(negative, str):
        found.fault("This negative prompt is not a string.", "bad_item", line)
    elif number is not None and (isinstance(number, bool) or _as_number(str(number)) is None):
        found.fault(f"“{str(number)[:40]}” is not the number of a prompt.", "bad_number", line)
    else:
        read = None if number is None else _as_number(str(number))
        found.prompts.append(RawPrompt(read, unquote(text.strip()), (negative or "").strip() or None, line))


def _fields(value: object) -> dict[str, object]:
    return {_field_name(k): v for k, v in value.items()} if isinstance(value, dict) else {}  # pyright: ignore


def _json_items(text: str, position: int) -> Iterator[tuple[int, int, str | None, object]]:
    """The members of the list or object at `position` of a valid JSON text: position, line, key, value.

    Read one by one because the decoder drops what a person needs: lines, and keys given twice.
    """
    decoder = json.JSONDecoder()
    is_object = text[position] == "{"
    if not is_object and text[position] != "[":
        return
    line, counted = 1, 0
    position = _skip_space(text, position + 1)
    while text[position] not in "]}":
        line, counted = line + text.count("\n", counted, position), position
        key = None
        if is_object:
            key, position = decoder.raw_decode(text, position)
            position = _skip_space(text, position)
        value, end = decoder.raw_decode(text, position)
        yield position, line, key, value
        position = _skip_space(text, end)


def _skip_space(text: str, position: int) -> int:
    found = _JSON_SPACE.match(text, position)
    return found.end() if found else position


def _is_table(text: str, delimiter: str, is_table_file: bool) -> bool:
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        filled = (row for row in rows if any(row))
        first = next(filled, None)
        if first is None or len(first) > _MOST_COLUMNS:
            return False
        columns = _header(first)
        if columns:
            # A prompt may have the word "text" between two commas; a header has nothing but such words.
            known = {*_PROMPT_NAMES, *_NEGATIVE_NAMES, *_NUMBER_NAMES}
            return is_table_file or (len(first) > 1 and all(_field_name(cell) in known for cell in first))
        if len(first) < 2 or _as_number(first[0]) is None:
            return False
        # In a file that does not say it is a table, every row has to look like one.
        return is_table_file or (
            len(first) <= _MOST_CELLS
            and all(1 < len(row) <= _MOST_CELLS and _as_number(row[0]) is not None for row in filled)
        )
    except csv.Error:
        return False


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


def _header(cells: Sequence[str]) -> _Columns | None:
    names = [_field_name(cell) for cell in cells]

    def column(known: Sequence[str]) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    prompt = column(_PROMPT_NAMES)
    if prompt is None or any(_as_number(cell) is not None for cell in cells):
        return None
    return _Columns(column(_NUMBER_NAMES), prompt, column(_NEGATIVE_NAMES), len(cells))


def _take_row(line: int, cells: Sequence[str], columns: _Columns, found: Findings) -> None:
    def cell(index: int | None) -> str:
        return cells[index] if index is not None and index < len(cells) else ""

    number = _as_number(cell(columns.number))
    if columns.number is not None and number is None:
        shown = cell(columns.number)[:40]
        what = f"“{shown}” is not the number of a prompt" if shown else "This row has no number"
        found.fault(f"{what}. Write a whole number from 1.", "bad_number", line)
        return
    text = unquote(cell(columns.prompt))
    found.prompts.append(RawPrompt(number, text, cell(columns.negative) or None, line))


def _note_unnumbered(found: Findings) -> None:
    if found.prompts and all(prompt.number is None for prompt in found.prompts):
        found.warn(
            f"The table has no column of numbers, so the prompts were numbered 1 to {len(found.prompts)} "
            "in order.",
            "numbered_in_order",
        )


def _as_number(text: str) -> int | None:
    text = text.strip()
    if m := _NUMBER.fullmatch(text):
        return to_number(m[1])
    return image_number(text) if _IMAGE_NAME.fullmatch(text) else None


def _field_name(name: object) -> str:
    return re.sub(r"[\s_-]+", "_", str(name).strip().lower())
