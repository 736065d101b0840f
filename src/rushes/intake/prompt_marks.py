"""Lines that may start a prompt: `3.`, `(3)`, `Shot 3:`, `## Szene 3 – Tür`, `第3幕`, `III.`

Each line is looked at alone; which of them do start one is decided over the whole file, in `prompt_text`.
"""

import re
from dataclasses import dataclass, replace
from enum import Enum, auto

from rushes.intake.prompt_heads import NUMBER_WORDS, number_of, ordinal, plain, roman
from rushes.intake.prompt_raw import to_number
from rushes.intake.prompt_words import Role, meaning

CERTAIN = ("prompt",)
"""The form of `prompt_N:`."""

_NUMBER_PART = (
    rf"(?P<num>-?\d+|[〇一二三四五六七八九十百两兩]{{1,5}}+|(?:{'|'.join(NUMBER_WORDS)})(?![^\W\d_]))"
)
_CLOCK = r"\s?[\[(][^()\[\]\n]{1,40}[\])]"
_LABEL = re.compile(
    r"\s*+(?:[-*+•>]\s++)?(?P<deco>(?:[-=~]{1,8}\s?)?)(?P<head>\#{1,6}\s*+)?(?P<bold>[*_]{0,3})(?P<open>[\[(<]?)[*_]{0,3}"
    r"(?P<word>[^\W\d_]{1,20}+(?:[ _-][^\W\d_]{1,16}){0,2}?)"
    rf"(?P<gap>-(?=\d)|[\s_.\#]{{0,3}})(?:(?:no|nr|n)[.º°]?\s?)?{_NUMBER_PART}(?:\s?(?:/|of|von|de|из|di)\s?\d{{1,6}})?"
    rf"[\])>]?(?:{_CLOCK})?[*_]{{0,3}}(?:{_CLOCK})?\s{{0,3}}"
    r"(?:(?P<end>[-=~*_\#\s]{0,10}+$)|(?P<sep>[:=)\]|]|[.–—-](?=\s|$))[*_]{0,3}|(?=\S)(?P<none>))\s{0,8}",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?P<indent>\s*+)(?P<bullet>[-*+•>]\s++)?(?P<head>\#{1,6}\s*+)?[*_]{0,3}(?:(?:no|nr|n[º°]|\#)\.?\s?)?(?P<open>[(\[])?"
    r"(?P<num>-?\d+)(?:枚目|番目|番|번째|번|号|號|条|°|º|ª|st(?=\W)|nd(?=\W)|rd(?=\W)|th(?=\W))?\s?"
    r"(?P<sep>\.\)|[.)\]](?=[^\d.]|$)|[:=/–—-](?=\s|$))(?![^\S\n]*(?:jpe?g|png|webp|avif|hei[cf])\b)[*_]{0,3}\s{0,8}",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?P<indent>\s*+)(?P<head>\#{1,6}\s*+)?[*_]{0,3}[\[(]?(?P<num>-?\d+)[\])]?[*_]{0,3}\s*+$")
_CJK = re.compile(
    r"(?P<indent>\s*+)(?P<head>\#{1,6}\s*+)?[*_]{0,3}(?P<open>\(?)(?P<num>[一二三四五六七八九十百]{1,5}+)(?P<sep>[.)])[*_]{0,3}\s{0,8}"
)
_COUNTED = re.compile(
    r"(?P<indent>\s*+)(?P<head>\#{1,6}\s*+)?[*_]{0,3}(?P<open>\(?)(?P<num>[^\W\d_]{1,8}+)(?P<sep>[.):])[*_]{0,3}(?=\s|$)\s{0,8}"
)
_WEAK = re.compile(
    r"(?P<indent>\s*+)[*_]{0,3}(?P<open>[<\#]{0,2})(?P<num>\d{1,5})(?P<sep>[>]|st|nd|rd|th|º|ª|°|\s?/\s?\d{1,5}[.:)]?|)[*_]{0,3}(?=\s)\s{1,8}"
)
_TIMED = re.compile(
    r"(?P<indent>\s*+)[*_]{0,3}[\[(]?(?P<num>\d{1,2}:\d{2})(?::\d{2})?\s?(?:[-~]|to|bis|->)\s?\d{1,2}:\d{2}(?::\d{2})?[\])]?[*_]{0,3}\s?[:.-]?[*_]{0,3}(?=\s|$)\s{0,8}"
)
_TAIL = re.compile(
    r"\s{0,2}(?:[-|]\s)?(?P<tail>[^\W\d_]{1,16}(?: [^\W\d_]{1,16})?)[*_]{0,3}\s?[:=][*_]{0,3}\s{0,8}"
)
_ORDINAL_END = re.compile(r"[*_]{0,3}\s{0,3}(?:(?P<sep>[:.)\]–—-])[*_]{0,3}|(?P<end>$)|(?=\s))\s{0,8}")
_ORDINAL_START = re.compile(r"\s*+(?:[-*+•>]\s++)?(?P<head>\#{1,6}\s*+)?(?P<bold>[*_]{0,3})[\[(]?")
_WHOLLY_BOLD = re.compile(r"\s*+(\*\*|__)(?=\S).{0,118}(\*\*|__)\s*+:?\s*+$")


class Style(Enum):
    """How the number stands: after a word, alone, or as a letter or Roman numeral."""

    LABEL = auto()
    PLAIN = auto()
    COUNTED = auto()


@dataclass(frozen=True)
class Mark:
    """A line that may start a prompt. `form` is how it is written; `index` its place among the lines.

    `heading`: the line is a heading, so what stands beside the number may be a title. `strict`: nothing
    but a label can look like this, whatever its word.
    """

    index: int
    style: Style
    form: tuple[str, ...]
    number: int
    rest: str
    indent: int = 0
    heading: bool = False
    word: str = ""
    strict: bool = False

    @property
    def is_motion(self) -> bool:
        """Whether the word says that this is the prompt for the video, not for an image."""
        return self.word.casefold() in ("video", "motion", "animation") or meaning(self.word).weight > 3


def mark_of(index: int, line: str) -> Mark | None:
    """The mark that a line has, if any."""
    if not line or line.isspace():
        return None
    head = plain(line)
    text = head.text
    if (found := _label(text)) is None:
        found = _plain(text) or _counted(text)
    if found is None:
        return None
    mark, end = found
    heading = mark.heading or bool(_WHOLLY_BOLD.fullmatch(line.strip()[:120]))
    rest = line[head.place(end) :].rstrip()
    if heading:
        rest = rest.rstrip("*_# ")
    return Mark(index, mark.style, mark.form, mark.number, rest, mark.indent, heading, mark.word, mark.strict)


def _label(text: str) -> tuple[Mark, int] | None:
    start = _ORDINAL_START.match(text)
    at = start.end() if start else 0
    if found := ordinal(text[at:]):
        number, word, end = found
        after = _ORDINAL_END.match(text, at + end)
        if after:
            head = bool(start and start["head"])
            strict = after["sep"] is not None or after["end"] is not None or head
            return Mark(
                0, Style.LABEL, ("第", word), number, "", 0, head, word or "shot", strict
            ), after.end()
    m = _LABEL.match(text)
    if not m:
        return None
    number = number_of(m["num"])
    heading = bool(m["head"] or (m["deco"] and m["end"] is not None) or m["open"])
    if number is None or (not m["num"].lstrip("-").isdigit() and not m["gap"]):
        return None
    end, tail = m.end(), ""
    if m["sep"] is None and m["end"] is None:
        after = _TAIL.match(text, m.start("none"))
        if after and meaning(after["tail"]).role in (Role.PROMPT, Role.NEGATIVE, Role.OTHER):
            if meaning(after["tail"]).role is not Role.PROMPT:
                return None
            end, tail = after.end(), after["tail"].casefold()
        elif not heading:
            return None
    word = m["word"].casefold()
    if word in ("no", "nr"):
        return None
    form = CERTAIN if word == "prompt" else (word, tail) if tail else (word,)
    return Mark(0, Style.LABEL, form, number, "", 0, heading and not tail, m["word"], strict=True), end


def _plain(text: str) -> tuple[Mark, int] | None:
    if m := _BARE.match(text):
        form = ("bare", "#" if m["head"] else "")
        number = to_number(m["num"])
        return Mark(0, Style.PLAIN, form, number, "", len(m["indent"]), bool(m["head"])), m.end()
    if m := _NUMBER.match(text):
        form = (m["open"] or "", m["sep"], "#" if m["head"] else "", "-" if m["bullet"] else "")
        return Mark(0, Style.PLAIN, form, to_number(m["num"]), "", len(m["indent"]), bool(m["head"])), m.end()
    if (m := _CJK.match(text)) and (number := number_of(m["num"])):
        form = ("cjk", m["sep"], "#" if m["head"] else "")
        return Mark(0, Style.PLAIN, form, number, "", len(m["indent"]), bool(m["head"])), m.end()
    return None


def _counted(text: str) -> tuple[Mark, int] | None:
    for kind, pattern in (("time", _TIMED), ("weak", _WEAK), ("letter", _COUNTED)):
        if m := pattern.match(text):
            groups = m.groupdict()
            form = (kind, re.sub(r"\d+", "0", groups.get("sep") or ""), groups.get("open") or "")
            if kind == "weak" and groups["sep"] in ("st", "nd", "rd", "th"):
                form = (kind, "th", "")
            return Mark(0, Style.COUNTED, form, 0, "", len(m["indent"]), word=m["num"]), m.end()
    return None


def counted(marks: list[Mark]) -> list[Mark]:
    """The marks with their numbers when they count 1 to n, A to …, or I to … without a gap; else none."""
    words = [m.word for m in marks]
    if len(marks) < 2:
        return []
    kind = marks[0].form[0]
    readings: list[list[int]] = []
    if kind == "time":
        starts = [int(word.partition(":")[0]) * 60 + int(word.partition(":")[2]) for word in words]
        readings = [list(range(1, len(marks) + 1))] if starts == sorted(set(starts)) else []
    elif kind == "weak":
        numbers = [to_number(word) for word in words]
        readings = [numbers] if sorted(numbers) == list(range(1, len(marks) + 1)) else []
    else:
        for read in (
            [ord(w.upper()) - 64 if len(w) == 1 and w.isascii() else 0 for w in words],
            [roman(w) or 0 for w in words],
            [number_of(w) or 0 for w in words],
        ):
            readings += [read] if read == list(range(1, len(marks) + 1)) else []
    return [replace(m, number=n) for m, n in zip(marks, readings[0], strict=True)] if readings else []
