"""What a story needs next: its document and products compared, as a list of things to do. Pure.

The row is the program counter; this is what reads it. Asking twice gives the same answer, so a task that is
run again does nothing twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rushes.providers.script_contract import Draft
from rushes.story.document import Section, StoryDocument
from rushes.story.inputs import (
    PictureSearch,
    ProductAsk,
    every_section,
    pictures_of,
    rewrite_ask,
    script_ask,
    speech_of,
)
from rushes.story.products import PartState, Products
from rushes.story.scenes import SceneShot, group_hash, is_paid_for, shots_of
from rushes.story.settings import Review
from rushes.story.stale import StoryPart, StoryStep, parts_of
from rushes.story.states import StoryStatus
from rushes.story.timeline import build
from rushes.story.timing import timing_of

WINDOW = 8
"""How many generations of one story are asked for at once."""
OWN = "own"
"""What was reviewed of a script that a person wrote."""
STEPS = tuple(StoryStep)


@dataclass(frozen=True)
class Undecided:
    """A scene that is `auto`: whether its shots are paid for is still to be decided."""

    section_id: str
    group: str
    shots: tuple[SceneShot, ...]


@dataclass(frozen=True)
class NextMove:
    """What is to be done now, and what the story is meanwhile.

    `draft` is a script to make the document's; `render` that the film is to be rendered. Nothing to do and
    `RUNNING`: something is being made, whose end wakes the story.
    """

    status: StoryStatus
    step: StoryStep
    reason: str = ""
    waiting_for: str = ""
    draft: Draft | None = None
    asks: tuple[ProductAsk, ...] = ()
    searches: tuple[PictureSearch, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    shots: tuple[SceneShot, ...] = ()
    render: bool = False


def reviewed_as(document: StoryDocument, step: StoryStep) -> str:
    """Return what is remembered of a step that a person let pass."""
    return (document.written_from or OWN) if step is StoryStep.SCRIPT else "seen"


def next_move(
    document: StoryDocument, products: Products, *, until: StoryStep, reviewed: Mapping[str, str]
) -> NextMove:
    """Return what a story needs next on its way to the step `until`."""
    if not document.sections or document.rewrite is not None:
        return _script(document, products)
    if document.is_outline and reviewed.get(StoryStep.SCRIPT) != reviewed_as(document, StoryStep.SCRIPT):
        reason = "The script is an outline: fill it in, then continue. Nothing in it was made up."
        return NextMove(StoryStatus.REVIEW, StoryStep.SCRIPT, reason, "person")
    if stop := _stop(document, StoryStep.SCRIPT, until, reviewed):
        return stop
    if not every_section(document):
        return NextMove(StoryStatus.FAILED, StoryStep.SCRIPT, "The script has no words yet.")
    parts = parts_of(document, products)
    steps = (StoryStep.VOICE,) if until is StoryStep.VOICE else (StoryStep.VOICE, StoryStep.PICTURES)
    if move := _generations(document, products, parts, steps):
        return move
    if stop := _stop(document, steps[-1], until, reviewed):
        return stop
    if move := _scenes(document, products, parts):
        return move
    if until is StoryStep.SCENES:
        return NextMove(StoryStatus.COMPLETED, until)
    return _film(document, products, parts)


def _stop(
    document: StoryDocument, step: StoryStep, until: StoryStep, reviewed: Mapping[str, str]
) -> NextMove | None:
    """Where a run ends or stops for its owner to look, now that everything up to `step` is there."""
    if STEPS.index(until) <= STEPS.index(step):
        return NextMove(StoryStatus.COMPLETED, step)
    looked_at = {
        Review.NONE: frozenset[StoryStep](),
        Review.SCRIPT: frozenset({StoryStep.SCRIPT}),
        Review.PICTURES: frozenset({StoryStep.PICTURES}),
        Review.ALL: frozenset({StoryStep.SCRIPT, StoryStep.PICTURES}),
    }[document.review]
    if step in looked_at and reviewed.get(step) != reviewed_as(document, step):
        return NextMove(StoryStatus.REVIEW, step, f"Look at the {step}, then continue.", "person")
    return None


def _script(document: StoryDocument, products: Products) -> NextMove:
    ask = rewrite_ask(document) or script_ask(document)
    if ask is None:
        return NextMove(StoryStatus.FAILED, StoryStep.SCRIPT, "There is no topic, no text and no script.")
    draft = products.scripts.get(ask.hash)
    if draft is not None:
        return NextMove(StoryStatus.RUNNING, StoryStep.SCRIPT, draft=draft)
    part = next(each for each in parts_of(document, products) if each.step is StoryStep.SCRIPT)
    if part.state in (PartState.MISSING, PartState.STALE):
        return NextMove(StoryStatus.RUNNING, StoryStep.SCRIPT, asks=(ask,))
    return _of_parts(document, [part], StoryStep.SCRIPT)


def _generations(
    document: StoryDocument, products: Products, parts: Sequence[StoryPart], steps: Sequence[StoryStep]
) -> NextMove | None:
    """Speech and pictures: None when all are there."""
    own = [each for each in parts if each.step in steps]
    open_parts = [each for each in own if each.state is not PartState.THERE]
    if not open_parts:
        return None
    asks: dict[str, ProductAsk] = {}
    searches: dict[str, PictureSearch] = {}
    sections = every_section(document)
    for section in sections:
        for ask in _asks(document, section, products, steps):
            asks.setdefault(ask.hash, ask)
        if StoryStep.PICTURES in steps:
            for slot in pictures_of(document, section, products):
                if slot.search is not None:
                    searches[slot.search.hash] = slot.search
    due = [
        each
        for each in asks.values()
        if not products.is_there(each.hash) and each.hash not in products.trouble
    ]
    making = sum(
        1 for each in asks if each in products.trouble and products.trouble[each].state is PartState.MAKING
    )
    step = next(each for each in steps if any(part.step is each for part in open_parts))
    if due or searches:
        free = max(0, WINDOW - making)
        return NextMove(StoryStatus.RUNNING, step, asks=tuple(due[:free]), searches=tuple(searches.values()))
    return _of_parts(document, open_parts, step)


def _asks(
    document: StoryDocument, section: Section, products: Products, steps: Sequence[StoryStep]
) -> list[ProductAsk]:
    found = [each.ask for each in speech_of(document, section)] if StoryStep.VOICE in steps else []
    if StoryStep.PICTURES in steps:
        found += [each.ask for each in pictures_of(document, section, products) if each.ask is not None]
    return found


def _scenes(document: StoryDocument, products: Products, parts: Sequence[StoryPart]) -> NextMove | None:
    own = [each for each in parts if each.step is StoryStep.SCENES]
    open_parts = [each for each in own if each.state is not PartState.THERE]
    if not open_parts:
        return None
    undecided: list[Undecided] = []
    due: dict[str, SceneShot] = {}
    for section in every_section(document):
        timing = timing_of(document, section, products)
        shots = shots_of(document, section, timing.seconds, products) if timing else ()
        if not shots:
            continue
        group = group_hash(shots)
        paid = is_paid_for(document, section, group, products)
        if paid is None:
            undecided.append(Undecided(section.id, group, shots))
        elif paid:
            due |= {
                each.hash: each
                for each in shots
                if not products.is_there(each.hash) and each.hash not in products.trouble
            }
    if undecided:
        return NextMove(StoryStatus.RUNNING, StoryStep.SCENES, undecided=tuple(undecided))
    if due:
        return NextMove(StoryStatus.RUNNING, StoryStep.SCENES, shots=tuple(due.values()))
    if all(not each.hash for each in open_parts):
        reason = "The provider of its scenes is not there, or makes no such videos."
        return NextMove(StoryStatus.FAILED, StoryStep.SCENES, reason)
    return _of_parts(document, open_parts, StoryStep.SCENES)


def _film(document: StoryDocument, products: Products, parts: Sequence[StoryPart]) -> NextMove:
    built = build(document, products)
    if built is None:
        return NextMove(StoryStatus.FAILED, StoryStep.FILM, "A part of the film is not there.")
    if built.hash in products.films:
        return NextMove(StoryStatus.COMPLETED, StoryStep.FILM)
    if built.hash not in products.trouble:
        return NextMove(StoryStatus.RUNNING, StoryStep.FILM, render=True)
    film = [each for each in parts if each.step is StoryStep.FILM]
    return _of_parts(document, film, StoryStep.FILM)


def _of_parts(document: StoryDocument, parts: Sequence[StoryPart], step: StoryStep) -> NextMove:
    """What a story is while these parts are not there and nothing can be asked for."""
    states = {each.state for each in parts}
    if PartState.MAKING in states:
        return NextMove(StoryStatus.RUNNING, step)
    for state, status in ((PartState.WAITING, StoryStatus.WAITING), (PartState.FAILED, StoryStatus.FAILED)):
        found = next((each for each in parts if each.state is state), None)
        if found is not None:
            return NextMove(
                status, step, _reason(document, found), "person" if state is PartState.WAITING else ""
            )
    return NextMove(StoryStatus.FAILED, step, "An uploaded file of it is not there any more.")


def _reason(document: StoryDocument, part: StoryPart) -> str:
    words = part.reason or "It could not be made."
    if not part.section_id:
        return words
    numbers = [each.id for each in document.sections]
    number = numbers.index(part.section_id) + 1
    name = {"voice": "The speech", "pictures": "The picture", "scenes": "The scene"}[part.step]
    return f"{name} of section {number}: {words}"
