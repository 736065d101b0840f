"""Prompts files: bytes in, numbered prompts out, every problem with its line.

The form is told by the content as much as by the file's ending, because people rename files. The
readers are `prompt_text` and `prompt_tables`; here is what holds for all of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rushes.errors import Fault, Invalid
from rushes.intake.prompt_raw import MAX_ITEMS, MAX_NUMBER, Findings, Prompt, RawPrompt, decode
from rushes.intake.prompt_tables import looks_like_json, read_json, read_table
from rushes.intake.prompt_text import read_text
from rushes.intake.prompt_xlsx import read_xlsx

__all__ = ["MAX_NUMBER", "ParsedPrompts", "Prompt", "bad_text", "parse_prompts"]

_MAX_FAULTS = 100
_FOREIGN = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an old or password-protected Office file"),
)
# Databases refuse a zero character, and nobody can see the others.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class ParsedPrompts:
    """The prompts of a file in number order, and what its owner should look at."""

    prompts: tuple[Prompt, ...]
    warnings: tuple[Fault, ...]


def parse_prompts(data: bytes, filename: str) -> ParsedPrompts:
    """Read a prompts file: numbered or plain text, Markdown, CSV, TSV, JSON or XLSX.

    Raises `Invalid` with one fault per problem, `where` being `filename:line`.
    """
    found = Findings(filename)
    _read(data, found)
    if not found.prompts and not found.faults:
        found.fault("The file has no prompts in it. Write at least one.", "empty_file")
    prompts = _check(found)
    if found.faults:
        raise Invalid(f"The prompts in {filename} cannot be used.", _first(found.faults, filename))
    return ParsedPrompts(tuple(sorted(prompts, key=lambda p: p.number)), tuple(found.warnings))


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
    ending = found.name.rpartition(".")[2].lower()
    if ending == "json" or looks_like_json(text):
        read_json(text, found)
    elif not read_table(text, ending, found):
        read_text(text, found)


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
        prompts.append(Prompt(number, raw.text, raw.negative_prompt, raw.line))
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
