"""What a model answered, made into a script: thoughts and fences taken off, read, validated, faults named."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import ValidationError

from rushes.providers.reading import read_json
from rushes.providers.script_contract import Draft, DraftSection, ScriptCall, ScriptTask
from rushes.providers.scripts._text import tidy
from rushes.sanitize import clean_line

MOST_ANSWER = 2_000_000
"""Characters that are looked at."""
MOST_KEYWORDS = 10
_FENCE = re.compile(r"```[a-zA-Z]{0,10}[ \t]*\n")
_REFUSAL = re.compile(
    r"^\s*(I'?m sorry|I am sorry|Sorry,|I can(?:'|no|’)t|I cannot|I'?m unable|I'?m not able|As an AI)",
    re.I,
)
THOUGHTS = (("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reasoning>", "</reasoning>"))


@dataclass
class ReadDraft:
    """A script, or what was wrong with the answer."""

    draft: Draft | None = None
    faults: list[str] = field(default_factory=list[str])
    refusal: str = ""


def read_answer(text: str, call: ScriptCall[Any], *, cut_short: bool) -> ReadDraft:
    """Return the script in a model's answer, or why there is none. Every text in it is cleaned."""
    bare = without_thoughts(text[:MOST_ANSWER])
    found = _object_in(bare)
    if found is None:
        if _REFUSAL.match(bare) and "{" not in bare:
            return ReadDraft(refusal=clean_line(bare, 300))
        if cut_short:
            return ReadDraft(faults=["It broke off before its end: make it shorter, and complete."])
        return ReadDraft(faults=["It holds no complete JSON object."])
    try:
        draft = Draft.model_validate(_tidied(found))
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        return ReadDraft(
            faults=[f"{'.'.join(map(str, each['loc'])) or 'the object'}: {each['msg']}" for each in faults]
        )
    if empty := [at for at, each in enumerate(draft.sections, 1) if not each.narration.strip()]:
        return ReadDraft(faults=[f"Section {each} has no narration." for each in empty])
    return _against(draft, call)


def without_thoughts(text: str) -> str:
    """Return the answer without what a model thought aloud before it."""
    for begin, end in THOUGHTS:
        if end in text and begin not in text[: text.find(end)]:
            text = text.split(end, 1)[1]  # some servers leave the first mark out
        while (at := text.find(begin)) >= 0:
            after = text.find(end, at)
            text = text[:at] + (text[after + len(end) :] if after >= 0 else "")
    return text.strip()


def _object_in(text: str) -> dict[str, Any] | None:
    """The first whole JSON object: the text itself, what stands in a fence, or what stands among words."""
    tries = [text, *(text[found.end() :].split("```", 1)[0] for found in list(_FENCE.finditer(text))[:3])]
    for each in tries:
        try:
            read = read_json(each.encode("utf-8", "surrogatepass"))
        except ValueError:
            continue
        if isinstance(read, dict):
            return cast("dict[str, Any]", read)
    at = text.find("{")
    for _ in range(5):
        if at < 0:
            return None
        try:
            read, _end = json.JSONDecoder().raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        if isinstance(read, dict) and "sections" in read:
            return cast("dict[str, Any]", read)
        at = text.find("{", at + 1)
    return None


def _tidied(found: dict[str, Any]) -> dict[str, Any]:
    """What may be put right without asking again: a wrapper, blanks, too many keywords."""
    if "sections" not in found and len(found) == 1:
        (inner,) = found.values()
        found = cast("dict[str, Any]", inner) if isinstance(inner, dict) else found
    sections: object = found.get("sections")
    tidied = {**found, "is_outline": False}
    if isinstance(found.get("title"), str):
        tidied["title"] = " ".join(tidy(found["title"], 300).split())
    if not isinstance(found.get("language"), str) or len(found["language"]) > 35:
        tidied.pop("language", None)
    if isinstance(sections, list):
        tidied["sections"] = [_tidied_section(each) for each in cast("list[object]", sections)]
    return tidied


def _tidied_section(section: object) -> object:
    if not isinstance(section, dict):
        return section
    fields = dict(cast("dict[str, Any]", section))
    for name, most in (("heading", 300), ("on_screen", 300)):
        if fields.get(name) is None:
            fields.pop(name, None)
        elif isinstance(fields[name], str):
            fields[name] = " ".join(tidy(fields[name], most).split())
    for name, most in (("narration", 20_000), ("visual_prompt", 4000)):
        if name == "visual_prompt" and fields.get(name) is None:
            fields.pop(name, None)
        elif isinstance(fields.get(name), str):
            fields[name] = tidy(fields[name], most).strip()
    words = fields.get("keywords")
    if isinstance(words, str):
        words = words.split(",")
    if isinstance(words, list):
        told = [tidy(each, 100).strip() for each in cast("list[object]", words) if isinstance(each, str)]
        fields["keywords"] = [each for each in dict.fromkeys(told) if each][:MOST_KEYWORDS]
    elif words is None:
        fields.pop("keywords", None)
    return fields


def _against(draft: Draft, call: ScriptCall[Any]) -> ReadDraft:
    """The script as it is kept: what a task must not change is not left to the model."""
    before = call.draft
    if call.task is ScriptTask.GENERATE or before is None:
        return ReadDraft(draft.model_copy(update={"language": call.brief.language}))
    if call.task is ScriptTask.TRANSLATE:
        there, here = len(before.sections), len(draft.sections)
        if there != here:
            return ReadDraft(faults=[f"It has {here} sections; the original has {there}."])
        # A picture does not change with the language.
        sections = [
            new.model_copy(update={"visual_prompt": old.visual_prompt, "keywords": old.keywords})
            for old, new in zip(before.sections, draft.sections, strict=True)
        ]
        return ReadDraft(draft.model_copy(update={"sections": sections, "language": call.language}))
    sections, missing = _with_locked(before, draft, call.locked)
    if missing:
        return ReadDraft(faults=[f"The locked section {at + 1} is missing." for at in missing])
    return ReadDraft(draft.model_copy(update={"sections": sections, "language": before.language}))


def _with_locked(before: Draft, after: Draft, locked: frozenset[int]) -> tuple[list[DraftSection], list[int]]:
    """The sections with the locked ones as they were, in their order; and those whose place is not known.

    Where the number of sections is the same, a section's place tells; else its narration, word for word.
    """
    old, new = before.sections, list(after.sections)
    wanted = sorted(each for each in locked if 0 <= each < len(old))
    if len(old) == len(new):
        for each in wanted:
            new[each] = old[each]
        return new, []
    begin, missing = 0, list[int]()
    for each in wanted:
        said = _said(old[each])
        at = next((at for at in range(begin, len(new)) if _said(new[at]) == said), None)
        if at is None:
            missing.append(each)
            continue
        new[at] = old[each]
        begin = at + 1
    return new, missing


def _said(section: DraftSection) -> str:
    return " ".join(section.narration.split())
