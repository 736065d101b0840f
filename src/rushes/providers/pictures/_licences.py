"""Creative Commons licences: which may be used in a film that changes them and may be sold."""

import re

_CODE = re.compile(r"\b(?:cc[- ])?(by(?:-(?:nc|nd|sa))*)\b[- ]?(\d\.\d)?", re.I)
FREE = ("cc0", "cc-zero", "cc zero", "pdm", "public domain", "pd", "no restrictions")


def is_free(name: str) -> bool:
    """Return whether a licence asks for nothing, not even a name."""
    low = name.strip().lower()
    return low in FREE or low.startswith(("cc0", "pd-", "public domain"))


def is_usable(name: str) -> bool:
    """Return whether a picture may be cut, zoomed and shown in a film that may be sold."""
    if is_free(name):
        return True
    found = _CODE.search(name)
    if found is None:
        return False
    parts = found[1].lower().split("-")
    return "nc" not in parts and "nd" not in parts


def display_name(code: str, version: str = "") -> str:
    """Return how a licence is written: `CC BY-SA 4.0`, `CC0 1.0`, `Public Domain Mark 1.0`."""
    low = code.strip().lower()
    if low == "pdm":
        return f"Public Domain Mark {version}".strip()
    if low in {"cc0", "zero"}:
        return f"CC0 {version}".strip()
    return f"CC {code.upper()} {version}".strip()
