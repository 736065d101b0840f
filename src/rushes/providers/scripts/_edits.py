"""What the outline writer can do to a script by an instruction: shorten it, split sections, join short ones.

Sections that are locked stay as they are, whatever the instruction says.
"""

import re
from collections.abc import Set as AbstractSet

from rushes.errors import Fault, Invalid
from rushes.providers.script_contract import MOST_SECTIONS, Brief, Draft, DraftSection
from rushes.providers.scripts._keywords import Weights, caption, strongest_clause
from rushes.providers.scripts._text import count_words, sentences, shortened

CAN = "It can make a script shorter (by a share, or to seconds), split long sections and join short ones."
NEEDS_MODEL = (
    "Add a key for a language model (Gemini, or a server that speaks OpenAI's API) for anything else."
)
USUAL_SHARE = 0.75
"""Of the length that stays when only "shorter" is asked for."""
SHORT_SECONDS = 4.0
LONG_SECONDS = 12.0

_SHORTER = re.compile(
    r"\b(shorter|shorten\w*|trim\w*|cut\w*|concise\w*|condense\w*|tighten\w*|briefer)\b", re.I
)
_SPLIT = re.compile(r"\b(split\w*|divide\w*|break)\b", re.I)
_JOIN = re.compile(r"\b(join\w*|merge\w*|combine\w*)\b", re.I)
_SHARE = re.compile(r"\bby\s+(?:about\s+)?(\d{1,2})\s*(?:%|per\s?cent)", re.I)
_SECONDS = re.compile(r"\bto\s+(?:about\s+)?(\d{1,4})\s*(s|sec\w*|min\w*)\b", re.I)


def improve(draft: Draft, instruction: str, locked: AbstractSet[int], brief: Brief) -> Draft:
    """Return the changed script. Raises `Invalid` for an instruction that needs a model."""
    wanted = [
        name
        for name, pattern in (("shorter", _SHORTER), ("split", _SPLIT), ("join", _JOIN))
        if pattern.search(instruction)
    ]
    if len(wanted) != 1:
        why = "It asks for several things at once." if wanted else "It asks for new text."
        raise Invalid(
            "The outline writer cannot follow this instruction.",
            [Fault("instruction", why, "not_supported")],
            hint=f"{CAN} {NEEDS_MODEL}",
        )
    weights = Weights([each.narration for each in draft.sections], draft.language)
    match wanted[0]:
        case "shorter":
            sections = _shorter(draft, locked, _most_words(draft, instruction, brief), weights)
        case "split":
            sections = _split(draft, locked, brief, weights)
        case _:
            sections = _joined(draft, locked, brief, weights)
    return draft.model_copy(update={"sections": sections})


def _most_words(draft: Draft, instruction: str, brief: Brief) -> float:
    if (found := _SECONDS.search(instruction)) is not None:
        seconds = int(found[1]) * (60 if found[2].lower().startswith("m") else 1)
        return seconds * brief.words_per_minute / 60
    found = _SHARE.search(instruction)
    share = 1 - int(found[1]) / 100 if found else USUAL_SHARE
    return share * sum(count_words(each.narration) for each in draft.sections)


def _shorter(draft: Draft, locked: AbstractSet[int], most: float, weights: Weights) -> list[DraftSection]:
    """Leave out whole sentences, those that say least first; of each section one stays."""
    texts = [sentences(each.narration) for each in draft.sections]
    every = [
        (at, number) for at, group in enumerate(texts) for number in range(len(group)) if at not in locked
    ]
    worth = sorted(
        (each for each in every if each != (0, 0)),  # the first sentence is the hook
        key=lambda each: weights.of(texts[each[0]][each[1]]) / (count_words(texts[each[0]][each[1]]) + 5),
    )
    left = sum(count_words(each.narration) for each in draft.sections)
    kept = [set(range(len(group))) for group in texts]
    for at, number in worth:
        if left <= most:
            break
        if len(kept[at]) > 1:
            kept[at].remove(number)
            left -= count_words(texts[at][number])
    return [
        section
        if at in locked or len(kept[at]) == len(texts[at])
        else section.model_copy(update={"narration": _join(texts[at], kept[at])})
        for at, section in enumerate(draft.sections)
    ]


def _join(texts: list[str], kept: AbstractSet[int]) -> str:
    chosen = [text for number, text in enumerate(texts) if number in kept]
    return ("" if chosen and chosen[0].endswith(("。", "！", "？")) else " ").join(chosen)


def _split(draft: Draft, locked: AbstractSet[int], brief: Brief, weights: Weights) -> list[DraftSection]:
    made: list[DraftSection] = []
    for at, section in enumerate(draft.sections):
        texts = sentences(section.narration)
        if at in locked or len(texts) < 2 or _seconds(section, brief) <= LONG_SECONDS:
            made.append(section)
            continue
        half, before = sum(map(count_words, texts)) / 2, 0.0
        cut = 1
        for number, text in enumerate(texts[:-1], 1):
            before += count_words(text)
            cut = number
            if before >= half:
                break
        first, second = texts[:cut], texts[cut:]
        narration = _join(first, set(range(len(first))))
        made.append(section.model_copy(update={"narration": narration}))
        made.append(_told(second, weights))
    if len(made) > MOST_SECTIONS:
        raise Invalid(f"A script has at most {MOST_SECTIONS} sections.")
    return made


def _told(texts: list[str], weights: Weights) -> DraftSection:
    clause = strongest_clause(texts, weights)
    clause = clause[:1].upper() + clause[1:]
    keywords = weights.keywords(texts)
    return DraftSection(
        heading=shortened(clause, 60),
        narration=_join(texts, set(range(len(texts)))),
        on_screen=caption(texts, weights),
        visual_prompt=shortened(". ".join(each for each in (clause, ", ".join(keywords)) if each), 500),
        keywords=[each[:100] for each in keywords],
    )


def _joined(draft: Draft, locked: AbstractSet[int], brief: Brief, weights: Weights) -> list[DraftSection]:
    """Put a short section to the one before it, where neither is locked."""
    made: list[DraftSection] = []
    open_ = False
    for at, section in enumerate(draft.sections):
        last = made[-1] if made else None
        if (
            last is not None
            and open_
            and at not in locked
            and min(_seconds(last, brief), _seconds(section, brief)) < SHORT_SECONDS
            and _seconds(last, brief) + _seconds(section, brief) <= LONG_SECONDS
        ):
            texts = sentences(last.narration) + sentences(section.narration)
            keywords = weights.keywords(texts)
            made[-1] = last.model_copy(
                update={"narration": _join(texts, set(range(len(texts)))), "keywords": keywords}
            )
        else:
            made.append(section)
            open_ = at not in locked
    return made


def _seconds(section: DraftSection, brief: Brief) -> float:
    return count_words(section.narration) * 60 / brief.words_per_minute
