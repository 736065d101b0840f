"""Prompts written as text or Markdown: which lines start a prompt, and which only look as if they did.

The rule, also told in docs/guide/prompts.md: one form for the whole file (`prompt_N:` wherever it is
used, else that of the first numbered line), and a plain number starts a prompt only where it makes sense.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from rushes.intake.prompt_blocks import read_named, read_unnumbered
from rushes.intake.prompt_clean import (
    drop_farewell,
    is_greeting,
    label_of,
    make_prompt,
    passed_over,
    plain_text,
)
from rushes.intake.prompt_marks import CERTAIN, Mark, Style, counted, mark_of
from rushes.intake.prompt_raw import Findings
from rushes.intake.prompt_words import Role, meaning, names_a_shot

_NESTED = 2
"""A line indented by this many more spaces than the first item is part of an item, not one itself."""

_LONGEST_TITLE = 40
_TITLES = (Role.PROMPT, Role.NUMBER, Role.OTHER)

_FIRST_DUE = 2
"""The number due after prompt 1, where a second 1 is rather a slip than a list."""


def read_text(text: str, found: Findings) -> None:
    """Read numbered text, a Markdown list, paragraphs or plain lines into `found`."""
    lines = drop_farewell(text.expandtabs(4).split("\n"), found)
    if read_named(lines, found):
        return
    all_marks = [mark for i, line in enumerate(lines) if (mark := mark_of(i, line))]
    marks, dropped = _marks(all_marks)
    if not marks:
        read_unnumbered(lines, found)
        return
    titled = _titled(marks, lines)
    _note_text_before(lines, min([marks[0], *dropped], key=lambda m: m.index), found, titled)
    _note_lookalikes(marks, [m for m in all_marks if m.style in (Style.LABEL, Style.PLAIN)], found)
    if marks[0].style is Style.PLAIN:
        found.number_hint = " If this line is part of a prompt, indent it."
    stops = sorted(m.index for m in dropped)
    for mark, end in zip(marks, [*(m.index for m in marks[1:]), len(lines)], strict=True):
        end = next((stop for stop in stops if mark.index < stop < end), end)  # noqa: PLW2901 - other labels end it too
        below = lines[mark.index + 1 : end]
        is_title = titled and any(line.strip() and not passed_over(line) for line in below)
        if is_title and mark.rest:
            found.warn_once(
                f"What stands beside the number was taken for a title and left out: “{mark.rest[:60]}”.",
                "title_left_out",
                mark.index + 1,
            )
        first = "" if is_title else mark.rest
        found.prompts.append(make_prompt(mark.number, [first, *below], mark.index + 1, found))
    _note_odd_end(found)


def _marks(all_marks: Sequence[Mark]) -> tuple[list[Mark], list[Mark]]:
    """The lines that start a prompt (none when the file is not numbered), and those of labels
    for something else."""
    labels = _labels([m for m in all_marks if m.style is Style.LABEL])
    plain = [m for m in all_marks if m.style is Style.PLAIN]
    # `prompt_3:` can hardly mean anything else, so one such line anywhere sets the form of the file.
    certain = [m for m in labels if m.form == CERTAIN]
    if certain:
        return certain, []
    first = min([*labels, *plain], key=lambda m: m.index, default=None)
    if first is None:
        letters = [m for m in all_marks if m.style is Style.COUNTED]
        runs = (
            counted([m for m in letters if m.form == form]) for form in dict.fromkeys(m.form for m in letters)
        )
        return next((run for run in runs if run and run[0].index <= letters[0].index), list[Mark]()), []
    if first in labels:
        same = [m for m in labels if m.form == first.form]
        others = [m for m in labels if m.form != first.form]
        # An image prompt and a video prompt for each number: the one for the video is meant.
        video = [m for m in others if m.is_motion]
        if not first.is_motion and video and {m.number for m in video} == {m.number for m in same}:
            return video, same
        return same, []
    return _sensible([m for m in plain if m.form == first.form and m.indent < first.indent + _NESTED]), []


def _labels(marks: Sequence[Mark]) -> list[Mark]:
    """Labels whose word is known, or comes at least twice with different numbers."""
    numbers: dict[tuple[str, ...], set[int]] = {}
    for mark in marks:
        numbers.setdefault(mark.form, set()).add(mark.number)
    times = Counter(mark.form for mark in marks)
    return [
        m for m in marks if names_a_shot(m.word) or (m.strict and len(numbers[m.form]) == times[m.form] > 1)
    ]


def _sensible(candidates: Sequence[Mark]) -> list[Mark]:
    """Leave out plain numbers that belong to the text of a prompt.

    A number that skips ahead while the skipped one still follows is prose ("1984. A street"). A list
    that begins at 1 again, after which the prompts go on where they were, is a list inside a prompt.
    """
    kept: list[Mark] = []
    numbers = [m.number for m in candidates]
    last_seen = {number: i for i, number in enumerate(numbers)}
    i = 0
    while i < len(candidates):
        mark = candidates[i]
        due = kept[-1].number + 1 if kept else mark.number
        if kept and mark.number > due and last_seen.get(due, 0) > i:
            i += 1
        elif kept and mark.number == 1 and (run := _inner_list(numbers, i, due)):
            i += run
        else:
            kept.append(mark)
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


def _titled(marks: Sequence[Mark], lines: Sequence[str]) -> bool:
    """Whether what stands beside the numbers are titles: headings, most of which have a text below."""
    if not all(mark.heading for mark in marks):
        return False
    ends = [*(m.index for m in marks[1:]), len(lines)]
    filled = sum(
        any(line.strip() and not passed_over(line) for line in lines[mark.index + 1 : end])
        for mark, end in zip(marks, ends, strict=True)
    )
    return 2 * filled > len(marks)


def _note_text_before(lines: Sequence[str], first: Mark, found: Findings, titled: bool) -> None:
    for i, line in enumerate(lines[: first.index]):
        if not line.strip() or passed_over(line):
            continue
        title = plain_text(line).rstrip(" *_").endswith((":", "："))
        if title or is_greeting(line) or (len(line) < _LONGEST_TITLE and meaning(line).role in _TITLES):
            found.warn("This line was taken for a title and left out.", "title_left_out", i + 1)
            continue
        label = label_of(line)
        if titled or (label and label[1] in (Role.OTHER, Role.FILE)):
            found.warn(
                "What stands before the first prompt was left out, from this line on.",
                "title_left_out",
                i + 1,
            )
            return
        found.fault(
            f"This text stands before the first numbered prompt (line {first.index + 1}). "
            "Give it a number, or remove it.",
            "text_before_first_prompt",
            i + 1,
        )
        return


def _note_lookalikes(marks: Sequence[Mark], all_marks: Sequence[Mark], found: Findings) -> None:
    """Warn of a line that has the number due next but is written another way: it may be a slip."""
    numbers = {m.number for m in marks}
    starts = [m.index for m in marks]
    for line in all_marks:
        before = bisect_right(starts, line.index) - 1
        if before < 0 or starts[before] == line.index:
            continue
        number = marks[before].number
        if line.number == number + 1 and line.number not in numbers:
            found.warn(
                f"This line looks like prompt {line.number} but is written in another way than line "
                f"{starts[0] + 1}, so it was read as part of prompt {number}.",
                "looks_like_a_prompt",
                line.index + 1,
            )


def _note_odd_end(found: Findings) -> None:
    """Warn when only the last prompt has a second paragraph: it may be a remark that belongs to none."""
    texts = [prompt.text for prompt in found.prompts]
    if len(texts) > 1 and "\n\n" in texts[-1] and not any("\n\n" in text for text in texts[:-1]):
        found.warn(
            "Only the last prompt has a second paragraph. If that is a remark, remove it.",
            "last_paragraph",
            found.prompts[-1].line,
        )
