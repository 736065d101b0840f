"""Prompts files: bytes in, numbered prompts out, every problem with its line.

The form is told by the content as much as by the file's ending, because people rename files. The
readers are `prompt_text` and `prompt_tables`; here is what holds for all of them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rushes.errors import Fault, Invalid
from rushes.intake.prompt_clean import is_farewell, is_fence, is_greeting, passed_over
from rushes.intake.prompt_encoding import decode
from rushes.intake.prompt_raw import MAX_ITEMS, MAX_NUMBER, Findings, Prompt, RawPrompt, Reading
from rushes.intake.prompt_tables import drawn_table, read_rows, read_table
from rushes.intake.prompt_text import read_text
from rushes.intake.prompt_trees import (
    find_json,
    looks_like_json,
    looks_like_yaml,
    read_json,
    read_toml,
    read_yaml,
)
from rushes.intake.prompt_xlsx import read_xlsx

__all__ = ["MAX_NUMBER", "ParsedPrompts", "Prompt", "Reading", "Unreadable", "bad_text", "parse_prompts"]

_MAX_FAULTS = 100
_FOREIGN = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an old or password-protected Office file"),
)
_MARKUP = re.compile(
    r"\s*+(?:<\?xml|<!doctype|<html|<[a-z]\w{0,30}(?:\s[^<>]{0,200})?>\s*+<[a-z])", re.IGNORECASE
)
# Databases refuse a zero character, and nobody can see the others.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class ParsedPrompts:
    """The prompts of a file in number order, and what its owner should look at.

    `readings` are the ways the file could be read, with their numbers of prompts, where there is a choice.
    """

    prompts: tuple[Prompt, ...]
    warnings: tuple[Fault, ...]
    readings: Mapping[Reading, int] = field(default_factory=dict[Reading, int])


class Unreadable(Invalid):
    """A prompts file that cannot be used; `readings` are the ways it may be read, if that is why."""

    def __init__(self, message: str, faults: Sequence[Fault], readings: Mapping[Reading, int]) -> None:
        super().__init__(message, faults)
        self.readings = readings


def parse_prompts(
    data: bytes, filename: str, *, images: Sequence[str] | None = None, reading: Reading | None = None
) -> ParsedPrompts:
    """Read a prompts file: numbered or plain text, Markdown, CSV, TSV, JSON, YAML or XLSX.

    The names of the `images` decide between ways to read it that are as likely, unless `reading` says one.
    Raises `Unreadable` with one fault per problem, `where` being `filename:line`.
    """
    found = Findings(filename, images=images, reading=reading)
    _read(data, found)
    if not found.prompts and not found.faults:
        found.fault("The file has no prompts in it. Write at least one.", "empty_file")
    prompts = _check(found)
    if found.faults:
        message = f"The prompts in {filename} cannot be used."
        raise Unreadable(message, _first(found.faults, filename), found.readings)
    return ParsedPrompts(
        tuple(sorted(prompts, key=lambda p: p.number)), tuple(found.warnings), found.readings
    )


def _read(data: bytes, found: Findings) -> None:
    for magic, what in _FOREIGN:
        if data.startswith(magic):
            found.fault(f"This is {what}. Save the prompts as plain text, CSV, JSON or XLSX.", "not_prompts")
            return
    if data.startswith(b"PK\x03\x04"):
        read_xlsx(data, found)
        return
    if (text := decode(data, found)) is None:
        return
    if text.count("\n") > MAX_ITEMS:
        found.fault(f"This file has more than {MAX_ITEMS:,} lines. Is it the prompts file?", "too_many_lines")
        return
    if _MARKUP.match(text[:1000]):
        found.fault("This is HTML or XML. Save the prompts as plain text, CSV, JSON or XLSX.", "not_prompts")
        return
    ending = found.name.rpartition(".")[2].lower()
    lines = _outer_fence(text.split("\n"), found)
    text = "\n".join(lines)
    if read_toml(text, found):
        return
    if ending in ("json", "jsonl", "ndjson") or looks_like_json(text):
        read_json(text, found)
    elif ending in ("yaml", "yml"):
        read_yaml(text, found, sure=True)
    elif not _read_structured(text, lines, ending, found):
        read_text(text, found)


def _read_structured(text: str, lines: list[str], ending: str, found: Findings) -> bool:
    """Read a table, JSON or YAML, also in the midst of other words; False when there is none."""
    table = drawn_table(lines)
    if table is None and read_table(text, ending, found):
        return True
    if place := find_json(lines):
        _note_around(lines, *place, found)
        read_json("\n".join(lines[place[0] : place[1]]), found, place[0] + 1)
        return True
    if table:
        _note_around(lines, table[1], table[2], found)
        read_rows(table[0], found)
        return True
    return read_yaml(text, found, sure=False)


def _outer_fence(lines: list[str], found: Findings) -> list[str]:
    """Where one fence holds something structured, only what is in it; empty lines take the
    place of the rest."""
    fences = [i for i, line in enumerate(lines) if is_fence(line)]
    if len(fences) not in (1, 2):
        return lines
    start, end = fences[0] + 1, fences[1] if len(fences) == 2 else len(lines)
    inside = "\n".join(lines[start:end])
    whole = not any(
        line.strip() and not passed_over(line) for line in [*lines[: start - 1], *lines[end + 1 :]]
    )
    words_only = all(
        not line.strip()
        or passed_over(line)
        or is_greeting(line)
        or is_farewell(line)
        or line.rstrip().endswith(":")
        for line in [*lines[: start - 1], *lines[end + 1 :]]
    )
    structured = looks_like_json(inside) or looks_like_yaml(inside) or drawn_table(lines[start:end])
    if not (whole or words_only or structured):
        return lines
    _note_around(lines, start - 1, end + 1, found)
    return [line if start <= i < end else "" for i, line in enumerate(lines)]


def _note_around(lines: Sequence[str], start: int, end: int, found: Findings) -> None:
    around = [
        i for i, line in enumerate(lines) if line.strip() and not start <= i < end and not passed_over(line)
    ]
    if around:
        what = lines[around[0]].strip()[:60]
        more = f" and {len(around) - 1} more lines" if len(around) > 1 else ""
        found.warn(
            f"What stands around the prompts was left out: “{what}”{more}.", "title_left_out", around[0] + 1
        )


def _check(found: Findings) -> list[Prompt]:
    """The prompts that are right; a fault for each that is not."""
    prompts: list[Prompt] = []
    first_lines: dict[int, int] = {}
    some_numbered = any(raw.number is not None for raw in found.prompts)
    for order, raw in enumerate(found.prompts, start=1):
        if raw.number is None and some_numbered:
            found.fault("This prompt has no number, but others have. Add one.", "bad_number", raw.line)
            continue
        number = order if raw.number is None else raw.number
        if _number_is_wrong(number, raw, found):
            continue
        if number in first_lines:
            found.fault(
                f"Prompt {number} is there twice (first at line {first_lines[number]}). "
                f"Change one of the numbers.{found.number_hint}",
                "duplicate_number",
                raw.line,
            )
            continue
        first_lines[number] = raw.line
        if bad := bad_text(number, raw.text, raw.negative_prompt):
            found.fault(*bad, raw.line)
        prompts.append(Prompt(number, raw.text, raw.negative_prompt, raw.line, raw.image, raw.number is None))
    return prompts


def bad_text(number: int, text: str, negative_prompt: str | None) -> tuple[str, str] | None:
    """Why a prompt cannot be used, and the code of it; None when it can."""
    if not text:
        return f"Prompt {number} is empty. Write it, or remove it.", "empty_prompt"
    if bad := _CONTROL.search(text + (negative_prompt or "")):
        message = f"Prompt {number} has an invisible character in it (U+{ord(bad[0]):04X}). Remove it."
        return message, "control_character"
    return None


def _number_is_wrong(number: int, raw: RawPrompt, found: Findings) -> bool:
    if number < 1:
        found.fault(f"A prompt cannot have the number {number}. Number from 1.", "bad_number", raw.line)
    elif number > MAX_NUMBER:
        found.fault(
            f"This number is too large; the largest is {MAX_NUMBER}. Change it.{found.number_hint}",
            "bad_number",
            raw.line,
        )
    return not 1 <= number <= MAX_NUMBER


def _first(faults: Sequence[Fault], filename: str) -> Sequence[Fault]:
    """The first hundred: a file of the wrong kind can have a fault on every line."""
    if len(faults) <= _MAX_FAULTS:
        return faults
    rest = len(faults) - _MAX_FAULTS
    return [*faults[:_MAX_FAULTS], Fault(filename, f"There are {rest} more problems.", "more")]
