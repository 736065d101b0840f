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

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from rushes.intake.prompt_raw import MAX_ITEMS, Findings
from rushes.intake.prompt_tables import Row, read_rows

_MAX_BYTES = 64 * 1024 * 1024
_MAX_ENTRIES = 1000
_MAX_COLUMNS = 64
# Where a worksheet says a row or a cell is: r="12", r="AB12".
_PLACE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]*)([0-9]*)[^"']*["']""")

_Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


def read_xlsx(data: bytes, found: Findings) -> None:
    """Read the first visible sheet that has anything in it into `found`."""
    packed = _guarded(data, found)
    if packed is None:
        return
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(packed)) as book:
            for sheet in book.sheets_metadata:
                if sheet.visible is not SheetVisibleEnum.Visible:
                    continue
                rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                if any(cell != "" for row in rows for cell in row):
                    read_rows(_rows(rows), found)
                    return
    except CalamineError as error:
        found.fault(f"The workbook cannot be read ({error}). Save it again as XLSX or CSV.", "bad_workbook")


def _rows(rows: list[list[_Cell]]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        yield number, [_text(cell) for cell in row]


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
            for entry in {e.filename: e for e in entries}.values():
                # Python's reader never gives more than `file_size` bytes, whatever is packed.
                content = book.read(entry)
                if "worksheets/" in entry.filename and not _is_small(content):
                    found.fault(
                        f"A sheet of the workbook has over {MAX_ITEMS:,} rows or {_MAX_COLUMNS} columns. "
                        "Keep the prompts in a sheet of their own.",
                        "sheet_too_large",
                    )
                    return None
                copy.writestr(zipfile.ZipInfo(entry.filename), content)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError) as error:
        found.fault(f"The workbook is damaged ({error}). Save it again as XLSX or CSV.", "bad_workbook")
        return None
    return packed.getvalue()


def _is_small(sheet: bytes) -> bool:
    """Whether every cell is near the first: a lone one far away makes the reader fill all in between."""
    for letters, digits in _PLACE.findall(sheet):
        column = 0
        for letter in letters.upper()[:4]:
            column = column * 26 + letter - 64
        if column > _MAX_COLUMNS or len(digits) > 7 or int(digits or b"0") > MAX_ITEMS:
            return False
    return b"\0" not in sheet[:200]
