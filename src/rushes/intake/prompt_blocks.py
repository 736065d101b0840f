"""Prompts without numbers: which lines belong together is not written, so every way to read them is tried.

The way whose count is that of the images is taken, and told; where two remain, the owner is asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from rushes.intake.matching import is_image_name
from rushes.intake.prompt_clean import (
    is_fence,
    is_greeting,
    is_rule,
    label_of,
    make_prompt,
    passed_over,
    plain_text,
)
from rushes.intake.prompt_columns import as_number
from rushes.intake.prompt_heads import cell_number
from rushes.intake.prompt_raw import Findings, Reading
from rushes.intake.prompt_words import Role, meaning

_BULLETS = "-*+•–—‣▪●◦"
_NESTED = 2


class _Kind(StrEnum):
    """How sure a way of reading is: what is marked is meant, blank lines and line ends may be anything."""

    MARKED = "marked"
    OPEN = "open"


@dataclass(frozen=True)
class _Way:
    """One way to read the file: for each prompt the lines it holds, by their place in the file."""

    reading: Reading
    kind: _Kind
    blocks: tuple[tuple[int, tuple[str, ...]], ...] = field(default=())


def read_unnumbered(lines: Sequence[str], found: Findings) -> None:
    """Read prompts without numbers into `found`; a fault when two ways are as likely and none was chosen."""
    lines = without_opening(lines, found)
    ways = [way for find in _WAYS if (way := find(lines)) and way.blocks]
    if not ways:
        return
    way = _choose(ways, found)
    if way is None:
        return
    for place, block in way.blocks:
        found.prompts.append(make_prompt(_number_in(block), block, place + 1, found))
    found.prompts = [prompt for prompt in found.prompts if prompt.text or prompt.negative_prompt]
    numbers = [prompt.number for prompt in found.prompts]
    if None in numbers or len(set(numbers)) < len(numbers):
        found.prompts = [replace(prompt, number=None) for prompt in found.prompts]
        found.warn(
            f"The prompts have no numbers, so they were numbered 1 to {len(found.prompts)} in order, "
            f"{_EACH[way.reading]}.",
            "numbered_in_order",
        )


def read_named(lines: Sequence[str], found: Findings) -> bool:
    """Read prompts that stand after the names of their images (`lighthouse.jpg: The lamp turns.`).

    False, with nothing noted, when this is no such file.
    """
    named = [(i, *split) for i, line in enumerate(lines) if (split := _image_name_in(line, found))]
    if len(named) < 2 or len({name for _, name, _ in named}) < len(named):
        return False
    numbers = [as_number(name) for _, name, _ in named]
    use = None not in numbers and len(set(numbers)) == len(numbers)
    for (start, name, rest), number, end in zip(
        named, numbers, [*(i for i, _, _ in named[1:]), len(lines)], strict=True
    ):
        made = make_prompt(number if use else None, [rest, *lines[start + 1 : end]], start + 1, found)
        found.prompts.append(replace(made, image=name))
    if before := next(
        (i for i in range(named[0][0]) if lines[i].strip() and not passed_over(lines[i])), None
    ):
        found.warn("What stands before the first prompt was left out.", "title_left_out", before + 1)
    return True


def _image_name_in(line: str, found: Findings) -> tuple[str, str] | None:
    """The name of an image that a line begins with, and what follows."""
    text = line[:_LONGEST_NAME].lstrip(" \t-*+•#_`[(\"'")
    for sign in _AFTER_NAME:
        name, sep, _ = text.partition(sign)
        name = name.strip(" *_`\"'])")
        if sep and name and (is_image_name(name) or (found.is_image(name) and as_number(name) is None)):
            return name, line[line.index(text) + text.index(sign) + len(sign) :].lstrip("*_` ")
    name = text.strip(" *_`\"'])")
    return (name, "") if is_image_name(name) and len(line) < _LONGEST_NAME else None


_LONGEST_NAME = 160
_AFTER_NAME = (":", "：", "=", "|", "->", "→", " - ", " – ", " — ", "\t")
_EACH = {
    Reading.LINES: "one line each",
    Reading.PARAGRAPHS: "one paragraph each",
    Reading.LIST: "one list item each",
    Reading.HEADINGS: "one heading each",
    Reading.RULES: "one part between rules each",
    Reading.FENCES: "one fenced block each",
    Reading.FIELDS: "one “prompt” label each",
}


def _choose(ways: Sequence[_Way], found: Findings) -> _Way | None:
    """The way asked for; else the one that fits the images; else the only likely one."""
    if found.reading is not None:
        chosen = next((way for way in ways if way.reading is found.reading), None)
        if chosen is None:
            there = ", ".join(way.reading for way in ways)
            found.fault(
                f"This file cannot be read as {found.reading}. It can be read as: {there}.", "bad_reading"
            )
        return chosen
    fitting = [way for way in ways if found.expected is not None and len(way.blocks) == found.expected]
    marked = [way for way in ways if way.kind is _Kind.MARKED]
    if marked and (marked[0] in fitting or not fitting):
        return marked[0]
    if fitting:
        other = next((way for way in ways if len(way.blocks) != len(fitting[0].blocks)), None)
        if other and len(other.blocks) > 1:
            found.readings = {way.reading: len(way.blocks) for way in (fitting[0], other)}
            found.warn(
                f"Read as {fitting[0].reading} ({_count(fitting[0])}), because there are as many "
                f"images. Read "
                f"as {other.reading} there would be {len(other.blocks)}: --read {other.reading} "
                f"(reading={other.reading}).",
                "reading_chosen",
            )
        return fitting[0]
    paragraphs = next((way for way in ways if way.reading is Reading.PARAGRAPHS), None)
    lines = next((way for way in ways if way.reading is Reading.LINES), None)
    if paragraphs is None or lines is None or len(paragraphs.blocks) == len(lines.blocks):
        return lines or ways[0]
    if len(paragraphs.blocks) == 1:
        return lines
    found.fault(
        f"This can be read in two ways: as paragraphs ({_count(paragraphs)}) or as lines ({_count(lines)}). "
        "Say which: --read paragraphs or --read lines (reading=paragraphs or reading=lines), or number the "
        "prompts.",
        "two_readings",
    )
    found.readings = {way.reading: len(way.blocks) for way in (paragraphs, lines)}
    return None


def _count(way: _Way) -> str:
    return f"{len(way.blocks)} prompt{'' if len(way.blocks) == 1 else 's'}"


def _number_in(block: Sequence[str]) -> int | None:
    """The number that a label in a block gives: `Scene: 3`."""
    for line in block:
        label = label_of(line)
        if label and meaning(label[0]).role is Role.NUMBER and (number := cell_number(label[3])) is not None:
            return number
    return None


def without_opening(lines: Sequence[str], found: Findings) -> list[str]:
    """The lines without a title (`Prompts:`) or a greeting at the start; empty lines take their place."""
    content = [i for i, line in enumerate(lines) if line.strip() and not passed_over(line)]
    if len(content) < 2:
        return list(lines)
    first = content[0]
    title = plain_text(lines[first]).rstrip(" *_").endswith((":", "："))
    label = label_of(lines[first])
    named = label is not None and label[1] is Role.PROMPT
    alone = named and sum(1 for i in content if (each := label_of(lines[i])) and each[1] is Role.PROMPT) == 1
    if (title and (alone or not named)) or is_greeting(lines[first]):
        found.warn("This line was taken for a title and left out.", "title_left_out", first + 1)
        return ["" if i == first else line for i, line in enumerate(lines)]
    return list(lines)


def _blocks(lines: Sequence[str], starts: Sequence[int]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    ends = [*starts[1:], len(lines)]
    return tuple((start, tuple(lines[start:end])) for start, end in zip(starts, ends, strict=True))


def _fences(lines: Sequence[str]) -> _Way | None:
    fences = [i for i, line in enumerate(lines) if is_fence(line)]
    blocks = [
        (start + 1, tuple(lines[start + 1 : end]))
        for start, end in zip(fences[::2], fences[1::2], strict=False)
        if any(line.strip() for line in lines[start + 1 : end])
    ]
    return _Way(Reading.FENCES, _Kind.MARKED, tuple(blocks)) if len(blocks) > 1 else None


def _fields(lines: Sequence[str]) -> _Way | None:
    """Records such as `Prompt: …`, `Duration: …`: each begins where the first of its labels comes again."""
    labels = [(i, label) for i, line in enumerate(lines) if (label := label_of(line))]
    prompts = [i for i, label in labels if label[1] is Role.PROMPT]
    if len(prompts) < 2:
        return None
    known = [
        (i, label[0].casefold()) for i, label in labels if label[1] is not Role.UNKNOWN and i <= prompts[0]
    ]
    opening = known[0][1] if known else labels[0][1][0].casefold()
    starts = [i for i, label in labels if label[0].casefold() == opening]
    if len(starts) != len(prompts):
        starts = prompts
    return _Way(Reading.FIELDS, _Kind.MARKED, _blocks(lines, starts))


def _headings(lines: Sequence[str]) -> _Way | None:
    levels = {
        i: len(line.strip()) - len(line.strip().lstrip("#"))
        for i, line in enumerate(lines)
        if _is_heading(line)
    }
    for level in sorted(set(levels.values()), reverse=True):
        starts = [i for i, each in levels.items() if each == level]
        ends = [*(min((j for j in levels if j > i), default=len(lines)) for i in starts)]
        blocks = [
            (start + 1, tuple(lines[start + 1 : end]))
            for start, end in zip(starts, ends, strict=True)
            if any(line.strip() and not passed_over(line) for line in lines[start + 1 : end])
        ]
        if len(blocks) > 1 and len(blocks) == len(starts):
            return _Way(Reading.HEADINGS, _Kind.MARKED, tuple(blocks))
    return None


def _is_heading(line: str) -> bool:
    text = line.strip()
    return text.startswith("#") and text.lstrip("#")[:1] == " "


def _rules(lines: Sequence[str]) -> _Way | None:
    starts = [-1, *(i for i, line in enumerate(lines) if is_rule(line))]
    ends = [*starts[1:], len(lines)]
    blocks = [
        (start + 1, tuple(lines[start + 1 : end]))
        for start, end in zip(starts, ends, strict=True)
        if any(line.strip() and not passed_over(line) for line in lines[start + 1 : end])
    ]
    return _Way(Reading.RULES, _Kind.MARKED, tuple(blocks)) if len(blocks) > 1 else None


def _list(lines: Sequence[str]) -> _Way | None:
    content = [i for i, line in enumerate(lines) if line.strip() and not passed_over(line)]
    if not content or (first := _bullet(lines[content[0]])) is None:
        return None
    starts = [i for i in content if (m := _bullet(lines[i])) and m[0] < first[0] + _NESTED]
    bare = list(lines)
    for i in starts:
        bullet = _bullet(lines[i])
        assert bullet
        bare[i] = bullet[1]
    return _Way(Reading.LIST, _Kind.MARKED, _blocks(bare, starts))


def _bullet(line: str) -> tuple[int, str] | None:
    """The indent of a list item and what stands after its bullet."""
    text = line.lstrip()
    if len(text) < 2 or text[0] not in _BULLETS or not text[1].isspace():
        return None
    rest = text[1:].strip()
    return len(line) - len(text), rest.removeprefix("[ ]").removeprefix("[x]").strip()


def _paragraphs(lines: Sequence[str]) -> _Way | None:
    blocks: list[tuple[int, tuple[str, ...]]] = []
    start: int | None = None
    for i, line in enumerate([*lines, ""]):
        empty = not line.strip() or passed_over(line)
        if empty and start is not None:
            blocks.append((start, tuple(lines[start:i])))
            start = None
        elif not empty and start is None:
            start = i
    return _Way(Reading.PARAGRAPHS, _Kind.OPEN, tuple(blocks))


def _lines(lines: Sequence[str]) -> _Way | None:
    content = [(i, (line,)) for i, line in enumerate(lines) if line.strip() and not passed_over(line)]
    return _Way(Reading.LINES, _Kind.OPEN, tuple(content))


_WAYS: tuple[Callable[[Sequence[str]], _Way | None], ...] = (
    _fields,
    _fences,
    _headings,
    _rules,
    _list,
    _paragraphs,
    _lines,
)
