"""Prompts written as text or Markdown: which lines start a prompt, and which only look as if they did.

The rule, also told in docs/guide/prompts.md: one form for the whole file (`prompt_N:` wherever it is
used, else that of the first numbered line), and a plain number starts a prompt only where it makes sense.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rushes.intake.prompt_raw import Findings, RawPrompt, to_number

_LABEL = re.compile(
    r"\s*+(?:[-*+•]\s++)?(?:\#{1,6}\s*+)?[*_]{0,3}(?P<word>prompt|shot|scene|image|video)(?:-|[\s_\#]*)"
    r"(?P<num>-?\d+)[*_]{0,3}\s*(?:$|(?:[:=)\]]|[.–—-](?=\s|$))[*_]{0,3}\s*(?P<rest>.*))",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?P<indent>\s*+)(?P<bullet>[-*+•]\s++)?(?P<head>\#{1,6}\s*+)?[*_]{0,3}(?P<open>[(\[])?(?P<num>-?\d+)\s?"
    r"(?P<sep>[.)\]](?=[^\d.]|$)|[:=–—-](?=\s|$))(?!(?:jpe?g|png|webp|avif|hei[cf])\b)[*_]{0,3}\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?P<indent>\s*+)(?P<head>\#{1,6}\s*+)?[*_]{0,3}(?P<num>-?\d+)[*_]{0,3}\s*")
_BULLET = re.compile(r"(?P<indent>\s*+)[-*+•]\s++(?P<rest>.*)")
_NEGATIVE = re.compile(
    r"\s*+[*_]{0,3}negative[\s_-]?prompt[\s_]*+(?P<num>\d*+)[*_]{0,3}\s*[:=][*_]{0,3}\s*", re.IGNORECASE
)
_HEADING = re.compile(r"\s*+(#{1,6}\s|<!--.*-->\s*$)")
_RULE = re.compile(r"\s*+(-{3,}|\*{3,}|_{3,}|={3,}|`{3,}\w*)\s*")
_QUOTES = (
    ('"""', '"""'),
    ("'''", "'''"),
    *((q[0], q[1]) for q in ('""', "''", "“”", "‘’", "«»", "„“", "”“", "``", "「」")),
)

_NESTED = 2
"""A line indented by this many more spaces than the first item is part of an item, not one itself."""

_FIRST_DUE = 2
"""The number due after prompt 1, where a second 1 is rather a slip than a list."""


@dataclass(frozen=True)
class _Marker:
    """A line that may start a prompt. `form` is how it is written; `index` its place among the lines."""

    index: int
    form: tuple[str, ...]
    number: int
    rest: str
    indent: int = 0


def read_text(text: str, found: Findings) -> None:
    """Read numbered text, a Markdown list, or plain lines into `found`."""
    lines = text.expandtabs(4).split("\n")
    labels = [m for i, line in enumerate(lines) if (m := _label(i, line))]
    plain = [m for i, line in enumerate(lines) if (m := _numbered(i, line))]
    if markers := _markers(labels, plain):
        _note_text_before(lines, markers[0], found)
        _note_lookalikes(markers, [*labels, *plain], found)
        if markers[0] in plain:
            found.number_hint = " If this line is part of a prompt, indent it."
        for marker, end in zip(markers, [*(m.index for m in markers[1:]), len(lines)], strict=True):
            body = [marker.rest, *lines[marker.index + 1 : end]]
            found.prompts.append(_prompt(marker.number, body, marker.index + 1, found))
        return
    _read_unnumbered(lines, found)


def unquote(text: str) -> str:
    """`text` without the quotes that enclose the whole of it, if it has no such quote inside."""
    for opening, closing in _QUOTES:
        inside = text[len(opening) : -len(closing)]
        long_enough = len(text) >= len(opening) + len(closing)
        whole = long_enough and text.startswith(opening) and text.endswith(closing)
        if whole and opening not in inside and closing not in inside:
            return inside.strip()
    return text


def _markers(labels: Sequence[_Marker], plain: Sequence[_Marker]) -> list[_Marker]:
    """The lines that start a prompt; none when the file is not numbered."""
    first = min([*labels, *plain], key=lambda m: m.index, default=None)
    # `prompt_3:` can hardly mean anything else, so one such line anywhere sets the form of the file.
    certain = [m for m in labels if m.form == ("prompt",)]
    if certain:
        return certain
    if first is None:
        return []
    if first in labels:
        return [m for m in labels if m.form == first.form]
    return _sensible([m for m in plain if m.form == first.form and m.indent < first.indent + _NESTED])


def _sensible(candidates: Sequence[_Marker]) -> list[_Marker]:
    """Leave out plain numbers that belong to the text of a prompt.

    A number that skips ahead while the skipped one still follows is prose ("1984. A street"). A list
    that begins at 1 again, after which the prompts go on where they were, is a list inside a prompt.
    """
    kept: list[_Marker] = []
    numbers = [m.number for m in candidates]
    last_seen = {number: i for i, number in enumerate(numbers)}
    i = 0
    while i < len(candidates):
        marker = candidates[i]
        due = kept[-1].number + 1 if kept else marker.number
        if kept and marker.number > due and last_seen.get(due, 0) > i:
            i += 1
        elif kept and marker.number == 1 and (run := _inner_list(numbers, i, due)):
            i += run
        else:
            kept.append(marker)
            i += 1
    return kept


def _inner_list(numbers: Sequence[int], start: int, due: int) -> int:
    """How many numbers from `start` on are a list 1, 2, … inside the prompt before `due`; 0 if unclear.

    It is clear only when `due` comes right after the list and is not the list's own next number.
    Anything else may be a slip of the pen, and comes out as a number given twice.
    """
    end = start + 1
    while end < len(numbers) and numbers[end] == numbers[end - 1] + 1:
        end += 1
    clear = due > _FIRST_DUE and end - start > 1 and end < len(numbers) and numbers[end] == due
    return end - start if clear else 0


def _label(index: int, line: str) -> _Marker | None:
    m = _LABEL.fullmatch(line)
    if not m:
        return None
    return _Marker(index, (m["word"].lower(),), to_number(m["num"]), m["rest"] or "")


def _numbered(index: int, line: str) -> _Marker | None:
    if m := _BARE.fullmatch(line):
        form = ("bare", "#" if m["head"] else "")
        return _Marker(index, form, to_number(m["num"]), "", len(m["indent"]))
    if m := _NUMBER.fullmatch(line):
        form = (m["open"] or "", m["sep"], "#" if m["head"] else "", "-" if m["bullet"] else "")
        return _Marker(index, form, to_number(m["num"]), m["rest"], len(m["indent"]))
    return None


def _note_text_before(lines: Sequence[str], first: _Marker, found: Findings) -> None:
    for i, line in enumerate(lines[: first.index]):
        if not line.strip() or _passed_over(line):
            continue
        if line.rstrip(" *_").endswith(":"):
            found.warn("This line was taken for a title and left out.", "title_left_out", i + 1)
            continue
        found.fault(
            f"This text stands before the first numbered prompt (line {first.index + 1}). "
            "Give it a number, or remove it.",
            "text_before_first_prompt",
            i + 1,
        )
        return


def _note_lookalikes(markers: Sequence[_Marker], all_markers: Sequence[_Marker], found: Findings) -> None:
    """Warn of a line that has the number due next but is written another way: it may be a slip."""
    numbers = {m.number for m in markers}
    starts = [m.index for m in markers]
    for line in sorted(all_markers, key=lambda m: m.index):
        before = bisect_right(starts, line.index) - 1
        if before < 0 or starts[before] == line.index:
            continue
        number = markers[before].number
        if line.number == number + 1 and line.number not in numbers:
            found.warn(
                f"This line looks like prompt {line.number} but is written in another way than line "
                f"{starts[0] + 1}, so it was read as part of prompt {number}.",
                "looks_like_a_prompt",
                line.index + 1,
            )


def _read_unnumbered(lines: Sequence[str], found: Findings) -> None:
    """A bulleted list, or every line a prompt; numbered in order, which is worth a warning."""
    content = [i for i, line in enumerate(lines) if line.strip() and not _passed_over(line)]
    if not content:
        return
    if lines[content[0]].rstrip(" *_").endswith(":") and len(content) > 1:
        found.warn("This line was taken for a title and left out.", "title_left_out", content[0] + 1)
        content = content[1:]
    if first := _BULLET.fullmatch(lines[content[0]]):
        nested = len(first["indent"]) + _NESTED
        starts = [i for i in content if (m := _BULLET.fullmatch(lines[i])) and len(m["indent"]) < nested]
        for i, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            rest = _BULLET.sub(r"\g<rest>", lines[i])
            found.prompts.append(_prompt(None, [rest, *lines[i + 1 : end]], i + 1, found))
    else:
        for i in content:
            found.prompts.append(_prompt(None, [lines[i]], i + 1, found))
    found.warn(
        f"The prompts have no numbers, so they were numbered 1 to {len(found.prompts)} in order, "
        + ("one list item each." if first else "one line each."),
        "numbered_in_order",
    )


def _passed_over(line: str) -> bool:
    return bool(_HEADING.match(line) or _RULE.fullmatch(line))


def _prompt(number: int | None, body: Sequence[str], line: int, found: Findings) -> RawPrompt:
    parts: tuple[list[str], list[str]] = ([], [])
    into = parts[0]
    for offset, text in enumerate(body):
        if (m := _NEGATIVE.match(text)) and not parts[1]:
            if m["num"] and number is not None and to_number(m["num"]) != number:
                found.fault(
                    f"This negative prompt has the number {m['num']} but stands under prompt {number}. "
                    "Move it or change its number.",
                    "negative_number",
                    line + offset,
                )
            into, text = parts[1], text[m.end() :]  # noqa: PLW2901 - the rest of this very line
        into.append(text.strip())
    negative = _tidy(parts[1]) or None
    return RawPrompt(number, _tidy(parts[0]), negative, line)


def _tidy(lines: Sequence[str]) -> str:
    """The lines as one text, without what stands between prompts: blank lines, rules, the next heading."""
    start, end = 0, len(lines)
    while start < end and (not lines[start] or _RULE.fullmatch(lines[start])):
        start += 1
    while end > start and (not lines[end - 1] or _passed_over(lines[end - 1])):
        end -= 1
    return unquote(re.sub(r"\n{3,}", "\n\n", "\n".join(lines[start:end])))
