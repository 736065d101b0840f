"""Numbers as people, scripts and keyboards write them, at the start of a line or alone in a cell.

`３、`, `①`, `1️⃣`, `٣.`, `一、`, a direction mark before `3.`: a head is first written in plain signs, sign
by sign, so that one pattern reads all of them. Only a short head of a line is ever looked at.
"""

import re
import unicodedata
from dataclasses import dataclass

from rushes.intake.prompt_raw import to_number
from rushes.intake.prompt_words import names_a_shot

HEAD_CHARS = 120
"""What stands beyond this many characters of a line is no head."""

_LONGEST_CELL = 40
_SIGNS = str.maketrans(
    dict(zip("．。、，﹒·،۔", "........", strict=True))
    | dict(zip("）（：】【］［／＃｜", ")(:][][/#|", strict=True))
    | dict.fromkeys("–—−‐‑―", "-")
)
_KEYCAP = "\u20e3"
_CIRCLED = (
    (0x2460, 0x24FF),
    (0x2776, 0x2793),
    (0x3220, 0x3229),
    (0x3251, 0x325F),
    (0x3280, 0x3289),
    (0x32B1, 0x32BF),
)
_CJK_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "两": 2,
    "兩": 2,
    "壹": 1,
    "贰": 2,
    "叁": 3,
}
_CJK_TENS = {"十": 10, "百": 100}
_CJK = f"[{''.join(_CJK_DIGITS)}{''.join(_CJK_TENS)}]"
_WORDS = {
    w: i
    for i, ws in enumerate(
        (
            "one first eins erste un uno один",
            "two second zwei zweite deux dos два",
            "three third drei dritte trois tres три",
            "four fourth vier vierte quatre cuatro четыре",
            "five fifth fünf fünfte cinq cinco пять",
            "six sixth sechs sechste seis шесть",
            "seven seventh sieben siebte sept siete семь",
            "eight eighth acht achte huit ocho восемь",
            "nine ninth neun neunte neuf nueve девять",
            "ten tenth zehn zehnte dix diez десять",
            "eleven eleventh elf onze once",
            "twelve twelfth zwölf douze doce",
        ),
        start=1,
    )
    for w in ws.split()
}
NUMBER_WORDS = tuple(_WORDS)
"""Words that say a number."""
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
_ORDINAL = re.compile(rf"\s*+第\s?+(?P<num>\d{{1,20}}+|{_CJK}{{1,6}}+)\s?+(?P<word>[^\W\d_]{{0,6}}+)")
_CELL = re.compile(
    r"(?P<word>[^\W\d_]{0,20}+)(?:(?<=[^\W\d_])[\s._#-]{0,3}|[\s._#]{0,3})(?:(?:no|nr)[.\s]{0,2}+)?(?P<num>-?\d+)(?:\.0+)?[.)]?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Plain:
    """The head of a line in plain signs, and for each of them its place in the line."""

    text: str
    places: tuple[int, ...]

    def place(self, end: int) -> int:
        """Where in the line the text after the first `end` signs begins."""
        return self.places[end]


def plain(line: str) -> Plain:
    """The head of `line` in plain signs: ASCII digits and marks, nothing invisible, no pictures in front."""
    signs: list[str] = []
    places: list[int] = []
    head = line[:HEAD_CHARS]
    begun = False
    for place, sign in enumerate(head):
        new = _plain(sign, begun)
        begun = begun or bool(new.strip())
        signs.extend(new)
        places.extend([place] * len(new))
    return Plain("".join(signs), (*places, min(len(line), HEAD_CHARS)))


def _plain(sign: str, begun: bool) -> str:
    if sign.isascii():
        return sign
    if sign == _KEYCAP:
        return ")"
    kind = unicodedata.category(sign)
    if kind in ("Cf", "Mn", "Me"):
        # Marks of letters (as in Hindi) stay; what only turns the direction, or makes an emoji, goes.
        return sign if kind == "Mn" and not "\ufe00" <= sign <= "\ufe0f" else ""
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    code = ord(sign)
    if any(first <= code <= last for first, last in _CIRCLED) and (value := unicodedata.numeric(sign, 0)) > 0:
        return f"{int(value)})"
    if kind == "Zs":
        return " "
    if kind in ("So", "Sk") and not begun:
        return " "
    return sign.translate(_SIGNS)


def number_of(text: str) -> int | None:
    """The number that a run of digits, a Chinese numeral, or a word such as `three` says."""
    folded = text.casefold()
    if re.fullmatch(r"-?\d+", folded):
        return to_number(folded)
    return _WORDS.get(folded) or _cjk(folded)


def roman(text: str) -> int | None:
    """The number that Roman numerals say, up to 89; None when they are none."""
    values = [_ROMAN.get(c) for c in text.casefold()]
    if not values or None in values or len(values) > 8:
        return None
    total = 0
    for value, following in zip(values, [*values[1:], 0], strict=True):
        assert value is not None
        assert following is not None
        total += -value if value < following else value
    return total


def ordinal(head: str) -> tuple[int, str, int] | None:
    """`第1幕`, `第三镜`: the number, the word after it, and where it ends."""
    found = _ORDINAL.match(head)
    number = number_of(found["num"]) if found else None
    return None if found is None or number is None else (number, found["word"], found.end())


def cell_number(text: str) -> int | None:
    """The number that a cell says: `3`, `3.0`, `#3`, `Scene 3`, `镜头3`, `第三幕`, `①`; None if it
    says none."""
    text = text.strip()
    if len(text) > _LONGEST_CELL:
        return to_number(text) if text.isascii() and text.isdigit() else None
    head = plain(text).text.strip()
    if found := _CELL.fullmatch(head):
        return to_number(found["num"]) if not found["word"] or names_a_shot(found["word"]) else None
    if (found := ordinal(head)) and found[2] == len(head):
        return found[0]
    return _cjk(head)


def _cjk(text: str) -> int | None:
    """A Chinese numeral up to 999."""
    if not text or any(c not in _CJK_DIGITS and c not in _CJK_TENS for c in text):
        return None
    total, digit = 0, 0
    for c in text:
        if c in _CJK_TENS:
            total, digit = total + (digit or 1) * _CJK_TENS[c], 0
        else:
            digit = digit * 10 + _CJK_DIGITS[c] if not total else _CJK_DIGITS[c]
    return total + digit
