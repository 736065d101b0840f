"""Names and texts people gave us, made safe for a disk, a ZIP, a table, a header and a screen.

One place, so that a name is safe on Linux, macOS and Windows at once: a ZIP made on one is opened on another.
"""

import re
import unicodedata
from urllib.parse import quote

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\ud800-\udfff]+')
_SPACES = re.compile(r"\s+")
# Marks that turn the direction of text around (a name could hide its true ending), and the byte order mark.
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u061c]")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])[ ]*(\.|$)")
_EMPTY = "untitled"
_LONGEST_SUFFIX = 12
_MAX_SLUG_BYTES = 60
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def safe_filename(text: str, *, max_bytes: int = 120) -> str:
    """A file name made from `text` that every common system accepts; never empty, never a path.

    Separators, control characters and characters that Windows refuses become `_`. Letters of every
    script stay (NFC). At most `max_bytes` of UTF-8 (at least 16), the extension kept where it is short.
    """
    if max_bytes < 16:
        raise ValueError("max_bytes must be at least 16")
    name = unicodedata.normalize("NFC", text)
    # Invisible marks go first: two characters that only they kept apart may compose.
    name = unicodedata.normalize("NFC", _INVISIBLE.sub("", name))
    name = _trim(_SPACES.sub(" ", _UNSAFE.sub("_", name)))
    if len(name.encode()) > max_bytes:
        stem, dot, suffix = name.rpartition(".")
        if not stem or not dot or len(f".{suffix}".encode()) > _LONGEST_SUFFIX:
            stem, dot, suffix = name, "", ""
        stem = cut_bytes(stem, max_bytes - len((dot + suffix).encode()))
        name = _trim(_trim(stem) + dot + suffix)
    if _RESERVED.match(name):
        return safe_filename("_" + name, max_bytes=max_bytes)
    return name or _EMPTY


def slug(text: str, max_words: int = 6) -> str:
    """The first words of `text` in small letters joined by `-`, for the readable part of a file name.

    Letters of every script stay. At most 60 bytes of UTF-8; `untitled` when there is no word.
    """
    text = unicodedata.normalize("NFC", text.lower())
    # Letters, numbers and the marks that are part of letters in Indic scripts.
    words = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in text).split()[:max_words]
    return cut_bytes("-".join(words), _MAX_SLUG_BYTES).strip("-") or _EMPTY


def content_disposition(filename: str) -> str:
    """The value of a `Content-Disposition` header that offers a download under `filename` (RFC 6266, 8187).

    A name that is not plain ASCII is sent twice: an approximation for old clients, and `filename*`.
    """
    name = safe_filename(filename, max_bytes=200)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    if name == plain and "%" not in name:
        return f'attachment; filename="{name}"'
    # "%" and quotes are read differently by different clients, so the approximation has none.
    plain = re.sub(r"""[%"'\\;]""", "_", plain)
    stem, dot, ending = plain.rpartition(".")
    # A name of which nothing is left but its ending would be saved as "zip".
    plain = safe_filename(f"download.{ending}" if dot and not stem.strip(" ._-") else plain)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='!#$&+-.^_`|~')}"


def printable(text: str, limit: int = 120) -> str:
    """`text` fit to be shown in a message: nothing invisible, at most `limit` characters."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def no_formula(cell: object) -> object:
    """Text that a spreadsheet would run gets a quotation mark before it, which spreadsheets do not show."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell


def cut_bytes(text: str, max_bytes: int) -> str:
    """The longest start of `text` that is at most `max_bytes` of UTF-8 and cuts no character in two."""
    return text.encode()[: max(max_bytes, 0)].decode("utf-8", "ignore")


def _trim(name: str) -> str:
    # A leading dot hides the file, a trailing dot or space is dropped by Windows.
    return name.strip(" .")
