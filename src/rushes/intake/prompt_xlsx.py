"""Prompts in an Excel workbook, which is a ZIP of XML: guarded first, then read as rows.

The workbook is packed anew from what was read under a limit, so the reader after the guard sees
exactly the bytes that the guard saw.
"""

import datetime
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from rushes.intake.prompt_columns import Row, find_header
from rushes.intake.prompt_raw import MAX_ITEMS, Findings
from rushes.intake.prompt_tables import read_rows

_MAX_BYTES = 64 * 1024 * 1024
_MAX_TEXT = 64 * 1024 * 1024
"""The most characters all cells together may have: a short file can name one long text in many cells."""
_MAX_ENTRIES = 1000
_MAX_COLUMNS = 64
_MAX_SHEETS = 50
# Where a worksheet says a row or a cell is: r="12", r="AB12".
_PLACE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{0,8})([0-9]{0,12})[^"'<>]{0,40}["']""")
_CELL = re.compile(rb"<(?:\w{1,20}:)?c[\s>]")
_SHARED = re.compile(rb"<(?:\w{1,20}:)?si[\s>/]")
# A formula whose value the file does not have: no <v> between the two ends of the cell.
_FORMULA = re.compile(
    rb"""<(?:\w{1,20}:)?c\s[^<>]{0,200}?r\s?=\s?["']([A-Z]{1,3})(\d{1,7})["'][^<>]{0,200}>"""
    rb"""\s{0,20}<(?:\w{1,20}:)?f(?:\s[^<>]{0,400})?(?:/>|>[^<]{0,8192}</(?:\w{1,20}:)?f>)"""
    rb"""\s{0,20}(?:<(?:\w{1,20}:)?v\s?/>|<(?:\w{1,20}:)?v></(?:\w{1,20}:)?v>)?\s{0,20}</(?:\w{1,20}:)?c>"""
)

_Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


def read_xlsx(data: bytes, found: Findings) -> None:
    """Read the sheet that holds the prompts into `found`: the one whose columns are named, else the first."""
    packed = _guarded(data, found)
    if packed is None:
        return
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(packed)) as book:
            sheets: list[tuple[str, list[list[_Cell]]]] = []
            for sheet in book.sheets_metadata[:_MAX_SHEETS]:
                if sheet.visible is SheetVisibleEnum.Visible:
                    rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                    if any(cell != "" for row in rows for cell in row):
                        sheets.append((sheet.name, rows))
    except CalamineError as error:
        found.fault(f"The workbook cannot be read ({error}). Save it again as XLSX or CSV.", "bad_workbook")
        return
    if not sheets:
        return
    found.formulas = _formulas(packed)
    name, rows = _sheet(sheets, found)
    if found.faults:
        return
    if len(sheets) > 1:
        others = ", ".join(f"“{other[:40]}”" for other, _ in sheets if other != name)
        found.warn(f"The prompts are read from the sheet “{name[:40]}”. Not used: {others}.", "sheet_chosen")
    read_rows(_rows(rows), found)


def _sheet(sheets: list[tuple[str, list[list[_Cell]]]], found: Findings) -> tuple[str, list[list[_Cell]]]:
    """The sheet to read; a fault when several may be it."""
    named = [(name, rows) for name, rows in sheets if find_header(_filled(rows)) is not None]
    if len(named) < 2:
        return (named or sheets)[0]
    counts: list[int] = []
    for _, rows in named:
        attempt = replace(found, prompts=[], faults=[], warnings=[])
        read_rows(_rows(rows), attempt)
        counts.append(len(attempt.prompts))
    usable = [sheet for sheet, count in zip(named, counts, strict=True) if count]
    fitting = [sheet for sheet, count in zip(named, counts, strict=True) if count == found.expected]
    chosen = fitting if len(fitting) == 1 else usable
    if len(chosen) > 1:
        told = " and ".join(f"“{name[:40]}”" for name, _ in chosen[:4])
        found.fault(f"The sheets {told} may each hold the prompts. Leave only one of them.", "two_sheets")
    return (chosen or named)[0]


def _filled(rows: list[list[_Cell]]) -> list[Row]:
    return [row for row in _rows(rows[:40]) if any(row[1])]


def _rows(rows: list[list[_Cell]]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        yield number, [_text(cell).strip() for cell in row]


def _text(cell: _Cell) -> str:
    # Excel has no whole numbers: 1 is stored as 1.0.
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _guarded(data: bytes, found: Findings) -> bytes | None:
    """The workbook packed anew, or None after noting why it is not one that can be read safely."""
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book, zipfile.ZipFile(packed, "w") as copy:
            entries = book.infolist()
            if "xl/workbook.xml" not in book.NameToInfo:
                found.fault(
                    "This is a ZIP or another Office file, not an XLSX workbook. "
                    "Save the prompts as XLSX, CSV or plain text.",
                    "not_prompts",
                )
                return None
            if len(entries) > _MAX_ENTRIES or sum(e.file_size for e in entries) > _MAX_BYTES:
                found.fault("The workbook unpacks to too much. Save the prompts as CSV.", "archive_bomb")
                return None
            longest = cells = 0
            for entry in {e.filename: e for e in entries}.values():
                # Python's reader never gives more than `file_size` bytes, whatever is packed.
                content = book.read(entry)
                if "worksheets/" in entry.filename:
                    cells += sum(1 for _ in _CELL.finditer(content))
                    if not _is_small(content):
                        found.fault(
                            f"A sheet of the workbook has over {MAX_ITEMS:,} rows or {_MAX_COLUMNS} columns. "
                            "Keep the prompts in a sheet of their own.",
                            "sheet_too_large",
                        )
                        return None
                elif entry.filename.lower().endswith("sharedstrings.xml"):
                    longest = max(longest, _longest_shared(content))
                copy.writestr(zipfile.ZipInfo(entry.filename), content)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError) as error:
        found.fault(f"The workbook is damaged ({error}). Save it again as XLSX or CSV.", "bad_workbook")
        return None
    if longest * cells > _MAX_TEXT:
        found.fault("The cells of the workbook have too much text. Save the prompts as CSV.", "archive_bomb")
        return None
    return packed.getvalue()


def _longest_shared(content: bytes) -> int:
    """Bytes of the longest text that cells can share."""
    starts = [m.start() for m in _SHARED.finditer(content)]
    return max(
        (end - start for start, end in zip(starts, [*starts[1:], len(content)], strict=True)), default=0
    )


def _is_small(sheet: bytes) -> bool:
    """Whether every cell is near the first: a lone one far away makes the reader fill all in between."""
    for match in _PLACE.finditer(sheet):
        column = 0
        for letter in match[1].upper()[:4]:
            column = column * 26 + letter - 64
        if column > _MAX_COLUMNS or len(match[2]) > 7 or int(match[2] or b"0") > MAX_ITEMS:
            return False
    return b"\0" not in sheet[:200]


def _formulas(packed: bytes) -> frozenset[tuple[int, int]]:
    """The cells (row from 1, column from 0) that are formulas without a value, in any of the sheets."""
    found: set[tuple[int, int]] = set()
    with zipfile.ZipFile(io.BytesIO(packed)) as book:
        for name in book.namelist():
            if "worksheets/" in name:
                for letters, digits in _FORMULA.findall(book.read(name)):
                    column = 0
                    for letter in letters:
                        column = column * 26 + letter - 64
                    found.add((int(digits), column - 1))
    return frozenset(found)
