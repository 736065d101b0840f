"""Fonts that come with the install, for text that is set once and large: one that has all its characters.

Chinese, Japanese and Korean share characters that are drawn differently: the language decides, or the script.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from PIL import ImageFont

_FILES = {
    "latin": ("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf"),
    "arabic": ("fontpkg_noto_sans_arabic", "files/NotoSansArabic[wdth,wght].ttf"),
    "devanagari": ("fontpkg_noto_sans_devanagari", "files/NotoSansDevanagari[wdth,wght].ttf"),
    "thai": ("fontpkg_noto_sans_thai", "files/NotoSansThai[wdth,wght].ttf"),
    "hebrew": ("justmytype_intl_rtl", "fonts/ofl/notosanshebrew/NotoSansHebrew[wdth,wght].ttf"),
    "jp": ("justmytype_intl_cjk", "fonts/ofl/notosansjp/NotoSansJP[wght].ttf"),
    "sc": ("justmytype_intl_cjk", "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"),
    "tc": ("justmytype_intl_cjk", "fonts/ofl/notosanstc/NotoSansTC[wght].ttf"),
    "kr": ("justmytype_intl_cjk", "fonts/ofl/notosanskr/NotoSansKR[wght].ttf"),
}
"""By script; those of the second package for Chinese, Japanese and Korean are an extra."""
_SCRIPTS = (
    ("kr", re.compile(r"[\u1100-\u11ff\uac00-\ud7af]")),
    ("jp", re.compile(r"[\u3040-\u30ff]")),
    ("han", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")),
    ("arabic", re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")),
    ("hebrew", re.compile(r"[\u0590-\u05ff\ufb1d-\ufb4f]")),
    ("devanagari", re.compile(r"[\u0900-\u097f]")),
    ("thai", re.compile(r"[\u0e00-\u0e7f]")),
)
_STRONG = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]|[^\W\d_]")


def script_of(text: str, language: str = "") -> str:
    """Return the script that most letters of a text that are not Latin are in; `latin` without any."""
    counted = [(len(pattern.findall(text)), name) for name, pattern in _SCRIPTS]
    most, script = max(counted, key=lambda each: each[0])
    if not most:
        return "latin"
    if script in {"han", "jp"} or (script == "kr" and not re.search(r"[\uac00-\ud7af]", text)):
        tag = set(language.lower().replace("_", "-").split("-"))
        if "ja" in tag or _SCRIPTS[1][1].search(text):
            return "jp"
        if "ko" in tag:
            return "kr"
        return "tc" if tag & {"hant", "tw", "hk", "mo", "yue"} else "sc"
    return script


def right_to_left(text: str) -> bool:
    """Return whether a text is written from right to left: its first letter is of such a script."""
    found = _STRONG.search(text)
    return found is not None and "\u0590" <= found[0] <= "\ufeff" and not "\u0900" <= found[0] < "\ufb1d"


def runs(text: str, script: str) -> Iterator[tuple[str, str]]:
    """Yield pieces of a text with the name of the font that has them; that of the script comes first."""
    piece, face = "", script
    for char in text:
        names = (face, script, "latin", *_FILES)
        right = (
            face if char.isspace() else next((each for each in names if ord(char) in characters(each)), face)
        )
        if right != face and piece:
            yield piece, face
            piece = ""
        face = right
        piece += char
    if piece:
        yield piece, face


def drawable(text: str) -> str:
    """Return the text without what no font here has (emoji): a box says nothing."""
    there = [characters(each) for each in _FILES]
    kept = (char for char in text if char.isspace() or any(ord(char) in each for each in there))
    return " ".join("".join(kept).split())


def typeface(script: str, size: int, *, weight: int = 400) -> ImageFont.FreeTypeFont:
    """Return the font of a script, `size` in pixels, `weight` 100 to 900; else Noto Sans.

    Each call makes another one: a varied face must not be shared between threads.
    """
    data = _bytes(script) or _bytes("latin") or b""
    font = ImageFont.truetype(BytesIO(data), size)
    axes: list[float] = []
    for axis in font.get_variation_axes():
        default = axis["default"]
        axes.append(float(weight if axis.get("name") == b"Weight" or default is None else default))
    font.set_variation_by_axes(axes)
    return font


@cache
def characters(script: str) -> frozenset[int]:
    """Return the code points that the font of a script has; none where it is not installed."""
    data = _bytes(script)
    return frozenset() if data is None else frozenset(_cmap(data))


@cache
def _bytes(script: str) -> bytes | None:
    package, file = _FILES[script]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / file
    return path.read_bytes() if path.is_file() else None


def _cmap(data: bytes) -> Iterator[int]:
    """The characters of a TrueType file: its format 12 table, or format 4."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], "big")

    tables = {data[at : at + 4]: number(at + 8, 4) for at in range(12, 12 + 16 * number(4, 2), 16)}
    cmap = tables[b"cmap"]
    subtables = [cmap + number(cmap + 8 + 8 * each, 4) for each in range(number(cmap + 2, 2))]
    by_format = {number(at, 2): at for at in subtables}
    if 12 in by_format:
        at = by_format[12]
        for group in range(number(at + 12, 4)):
            entry = at + 16 + 12 * group
            yield from range(number(entry, 4), number(entry + 4, 4) + 1)
    elif 4 in by_format:
        at = by_format[4]
        count = number(at + 6, 2)
        for segment in range(0, count, 2):
            last, first = number(at + 14 + segment, 2), number(at + 16 + count + segment, 2)
            yield from (each for each in range(first, last + 1) if each != 0xFFFF)
