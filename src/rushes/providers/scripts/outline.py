"""Outline: scripts without a model, a key or a network. It arranges what is there and invents nothing.

From a text, notes or Markdown it makes sections of some seconds each, with headings, keywords, words for the
screen and what to show, all taken from the text. From a topic of a few words it makes a skeleton to fill in,
marked as one. It shortens, splits and joins; what needs to be written anew needs a model.
"""

import asyncio
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import Fault, Invalid
from rushes.providers.base import BaseLimits, ProviderSettings
from rushes.providers.script_contract import (
    MOST_SECTION_CHARS,
    MOST_SECTIONS,
    Brief,
    Draft,
    DraftSection,
    ScriptCall,
    ScriptOptions,
    ScriptProvider,
    ScriptTask,
    Written,
)
from rushes.providers.scripts._edits import improve
from rushes.providers.scripts._keywords import Weights, caption, strongest_clause
from rushes.providers.scripts._markdown import PastedText, TextBlock, read_page
from rushes.providers.scripts._skeleton import skeleton
from rushes.providers.scripts._text import count_words, sentences, shortened, tidy

TOPIC_WORDS = 15
"""What has no more words, and does not end as a sentence does, is a topic."""
MOST_HEADING = 60
MOST_PROMPT = 500
HOOK_SECONDS = 8.0
NEEDS_MODEL = "Add a key for a language model (Gemini, or a server that speaks OpenAI's API) for this."


class OutlineOptions(ScriptOptions, frozen=True):
    """How a text is arranged."""

    section_seconds: float = Field(
        default=8.0, ge=3, le=60, description="How long a section should be, in seconds."
    )
    fit: Literal["whole", "shorten"] = Field(
        default="whole",
        description="Whether a text that is longer than the film is kept whole, or the sentences that say"
        " least are left out.",
    )


class OutlineSettings(ProviderSettings):
    """It has none."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_OUTLINE_", env_file=".env", extra="ignore")


class Outline(ScriptProvider[OutlineOptions, OutlineSettings]):
    """See the module docstring."""

    id = "outline"
    title = "Outline"
    limits: ClassVar[BaseLimits] = BaseLimits(max_prompt_chars=200_000, concurrency=2)
    tasks: ClassVar[frozenset[ScriptTask]] = frozenset({ScriptTask.GENERATE, ScriptTask.IMPROVE})
    Options = OutlineOptions
    Settings = OutlineSettings

    async def write(self, call: ScriptCall[OutlineOptions]) -> Written:
        """Arrange the text in a thread. Raises `Invalid` for what only a model can do."""
        draft = await asyncio.to_thread(_write, call)
        if call.progress:
            call.progress(1.0)
        return Written(draft, cost=Decimal(0))


def _write(call: ScriptCall[OutlineOptions]) -> Draft:
    if call.task is ScriptTask.TRANSLATE:
        raise Invalid(
            "The outline writer cannot translate.",
            [Fault("provider", "It arranges text and writes none.", "not_supported")],
            hint=NEEDS_MODEL,
        )
    if call.task is ScriptTask.IMPROVE:
        if call.draft is None:
            raise Invalid("There is no script to improve.", [Fault("draft", "It is missing.", "missing")])
        return improve(call.draft, call.instruction, call.locked, call.brief)
    if not call.brief.text.strip():
        raise Invalid("There is nothing to write about.", [Fault("text", "It is empty.", "empty")])
    if is_topic(call.brief.text):
        return skeleton(call.brief)
    return _arranged(call.brief, call.options)


def is_topic(text: str) -> bool:
    """Return whether a text only names what the film is to be about."""
    bare = text.strip()
    if "\n" in bare or count_words(bare) > TOPIC_WORDS:
        return False
    if len(sentences(bare)) > 1:
        return False
    return not re.search(r"[.!…。！।॥۔][\"'”’»)」』]*$", bare)


def _arranged(brief: Brief, options: OutlineOptions) -> Draft:
    page = read_page(brief.text)
    if not any(block.sentences for block in page.blocks):
        if not page.title:
            raise Invalid(
                "There is nothing in this text that could be said.",
                [Fault("text", "It has no sentences.", "empty")],
            )
        return skeleton(brief.model_copy(update={"text": page.title}))
    if options.fit == "shorten":
        _fit(page, brief)
    weights = Weights(
        [page.title, *(each for block in page.blocks for each in _texts(block))], brief.language
    )
    groups = _groups(page, brief, options)
    sections = [_section(heading, group, weights, brief) for heading, group in groups]
    return Draft(title=_title(page, weights), language=brief.language, sections=sections)


def _texts(block: TextBlock) -> list[str]:
    return [block.heading, *block.sentences] if block.heading else block.sentences


def _seconds(text: str, brief: Brief) -> float:
    return count_words(text) * 60 / brief.words_per_minute


def _fit(page: PastedText, brief: Brief) -> None:
    """Leave out the sentences that say least until the text is no longer than the film; the first stays."""
    every = [(block, each) for block in page.blocks for each in block.sentences]
    weights = Weights([each for _, each in every], brief.language)
    lengths = [_seconds(each, brief) for _, each in every]
    worth = sorted(
        range(1, len(every)),
        key=lambda index: weights.of(every[index][1]) / (count_words(every[index][1]) + 5),
    )
    left, dropped = sum(lengths), set[int]()
    for index in worth:
        if left <= brief.seconds:
            break
        left -= lengths[index]
        dropped.add(index)
    at = 0
    for block in page.blocks:
        kept = [each for offset, each in enumerate(block.sentences) if at + offset not in dropped]
        at += len(block.sentences)
        block.sentences = kept
    page.blocks = [each for each in page.blocks if each.sentences]


def _groups(page: PastedText, brief: Brief, options: OutlineOptions) -> list[tuple[str, list[str]]]:
    """The sentences of each section, with the heading of its block in the first of them."""
    target = options.section_seconds
    lengths = {each: _seconds(each, brief) for block in page.blocks for each in block.sentences}
    whole = sum(lengths[each] for block in page.blocks for each in block.sentences)
    groups: list[tuple[str, list[str]]] = []
    for number, block in enumerate(page.blocks):
        rest = block.sentences
        if number == 0 and len(rest) > 1 and whole > 2 * target and lengths[rest[0]] <= HOOK_SECONDS:
            groups.append((block.heading, rest[:1]))  # the hook has a picture of its own
            rest = rest[1:]
            heading = ""
        else:
            heading = block.heading
        for group in _even(rest, [lengths[each] for each in rest], target):
            groups.append((heading, group))
            heading = ""
    return _bounded(groups)


def _even(texts: Sequence[str], lengths: Sequence[float], target: float) -> list[list[str]]:
    """Groups of about the same length, in order, each near the target."""
    whole = sum(lengths)
    count = max(1, round(whole / target))
    groups: list[list[str]] = []
    done, here = 0.0, list[str]()
    for text, length in zip(texts, lengths, strict=True):
        edge = whole * (len(groups) + 1) / count
        if here and done + length / 2 > edge:
            groups.append(here)
            here = []
        here.append(text)
        done += length
    if here:
        groups.append(here)
    return groups


def _bounded(groups: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """No more sections than a script may have, none longer than one may be."""
    step = -(-len(groups) // MOST_SECTIONS)
    if step > 1:
        groups = [
            (groups[at][0], [each for _, group in groups[at : at + step] for each in group])
            for at in range(0, len(groups), step)
        ]
    if any(len(" ".join(group)) > MOST_SECTION_CHARS for _, group in groups):
        raise Invalid(
            "This text is too long for one film.",
            [Fault("text", f"{MOST_SECTIONS} sections are the most.", "too_long")],
            hint="Divide it, or let the outline writer shorten it.",
        )
    return groups


def _section(heading: str, group: list[str], weights: Weights, brief: Brief) -> DraftSection:
    clause = strongest_clause(group, weights)
    keywords = weights.keywords([heading, *group] if heading else group)
    shown = [clause[:1].upper() + clause[1:], ", ".join(keywords), brief.style]
    narration = ("" if _joins_without_blank(group[0]) else " ").join(group)
    return DraftSection(
        heading=shortened(heading or clause[:1].upper() + clause[1:], MOST_HEADING),
        narration=narration,
        on_screen=caption(group, weights),
        visual_prompt=shortened(". ".join(each for each in shown if each), MOST_PROMPT),
        keywords=[each[:100] for each in keywords],
    )


def _joins_without_blank(sentence: str) -> bool:
    return sentence.endswith(("。", "！", "？", "」", "』"))


def _title(page: PastedText, weights: Weights) -> str:
    first = page.blocks[0]
    title = page.title or first.heading or strongest_clause(first.sentences[:1], weights)
    return shortened(title[:1].upper() + title[1:], 120) or "Untitled"


def hints_of(*narrations: str, language: str = "en", style: str = "") -> list[DraftSection]:
    """Return a section for each narration, with what could be shown and searched for, in its own words."""
    texts = [sentences(tidy(each, MOST_SECTION_CHARS)) or [tidy(each, 200)] for each in narrations]
    weights = Weights([each for text in texts for each in text], language)
    brief = Brief(text="-", language=language, style=style)
    return [_section("", text, weights, brief) for text in texts]
