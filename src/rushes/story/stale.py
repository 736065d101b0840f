"""Which parts of a story are there, missing or stale: a document compared with its products. Pure.

A part hangs on its inputs alone: change one thing, and what does not depend on it stays as it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rushes.story.document import Section, StoryDocument
from rushes.story.hashes import digest
from rushes.story.inputs import every_section, pictures_of, rewrite_ask, script_ask, speech_of
from rushes.story.products import PartState, Products
from rushes.story.scenes import group_hash, is_paid_for, provider_of, scene_of, shots_of
from rushes.story.timeline import build
from rushes.story.timing import timing_of


class StoryStep(StrEnum):
    """The steps of a story, in the order in which they are made."""

    SCRIPT = "script"
    VOICE = "voice"
    PICTURES = "pictures"
    SCENES = "scenes"
    FILM = "film"


@dataclass(frozen=True)
class StoryPart:
    """One part of a story: its state, and the hash of its inputs (empty while those are not known).

    `name` is stable for the life of the story; `products` are the hashes that it consists of.
    """

    step: StoryStep
    section_id: str
    state: PartState
    hash: str = ""
    products: tuple[str, ...] = ()
    reason: str = ""
    progress: float | None = None

    @property
    def name(self) -> str:
        """What it is remembered by."""
        return f"{self.step}:{self.section_id}" if self.section_id else str(self.step)


def parts_of(document: StoryDocument, products: Products) -> list[StoryPart]:
    """Return every part of the story in the order in which they are made."""
    return [
        *_script(document, products),
        *(_voice(document, each, products) for each in every_section(document) if _is_spoken(each)),
        *(_pictures(document, each, products) for each in every_section(document)),
        *(
            _scene(document, each, products)
            for each in every_section(document)
            if provider_of(scene_of(document, each))
        ),
        _film(document, products),
    ]


def _script(document: StoryDocument, products: Products) -> Iterator[StoryPart]:
    rewrite = rewrite_ask(document)
    if rewrite is not None:
        yield _part(StoryStep.SCRIPT, "", products, (rewrite.hash,))
        return
    ask = script_ask(document)
    if document.sections:
        wrong = document.written_from and (ask is None or ask.hash != document.written_from)
        yield StoryPart(
            StoryStep.SCRIPT,
            "",
            PartState.STALE if wrong else PartState.THERE,
            ask.hash if ask else "",
            reason="The topic or its settings changed since it was written." if wrong else "",
        )
    elif ask is not None:
        yield _part(StoryStep.SCRIPT, "", products, (ask.hash,))


def _is_spoken(section: Section) -> bool:
    return bool(section.recording or (section.narration and not section.muted))


def _voice(document: StoryDocument, section: Section, products: Products) -> StoryPart:
    keys = (section.recording,) if section.recording else ()
    hashes = tuple(each.ask.hash for each in speech_of(document, section))
    return _part(StoryStep.VOICE, section.id, products, keys + hashes)


def _pictures(document: StoryDocument, section: Section, products: Products) -> StoryPart:
    slots = pictures_of(document, section, products)
    searches = [each.search for each in slots if each.search is not None]
    if searches:
        hashes = [each.hash for each in searches]
        return _part(StoryStep.PICTURES, section.id, products, tuple(hashes), known=False)
    return _part(StoryStep.PICTURES, section.id, products, tuple(each.hash for each in slots))


def _scene(document: StoryDocument, section: Section, products: Products) -> StoryPart:
    timing = timing_of(document, section, products)
    pictures = _pictures(document, section, products)
    shots = shots_of(document, section, timing.seconds, products) if timing else ()
    if not shots or not pictures.hash:
        return _part(StoryStep.SCENES, section.id, products, (), known=False)
    group = group_hash(shots)
    paid = is_paid_for(document, section, group, products)
    if paid is None:
        return _part(StoryStep.SCENES, section.id, products, (), known=False)
    if not paid:
        reason = "A still, by the budget."
        return StoryPart(StoryStep.SCENES, section.id, PartState.THERE, group, reason=reason)
    return _part(StoryStep.SCENES, section.id, products, tuple(each.hash for each in shots))


def _film(document: StoryDocument, products: Products) -> StoryPart:
    built = build(document, products)
    if built is None:
        return _part(StoryStep.FILM, "", products, (), known=False)
    return _part(StoryStep.FILM, "", products, (built.hash,))


def _part(
    step: StoryStep, section_id: str, products: Products, wanted: Sequence[str], *, known: bool = True
) -> StoryPart:
    """The state of a part that consists of `wanted`; `known` False: its inputs are not all there yet."""
    own = wanted[0] if len(wanted) == 1 else digest(list(wanted))
    part = StoryPart(step, section_id, PartState.MISSING, own if known else "", tuple(wanted))
    if known and all(products.is_there(each) for each in wanted):
        return _with(part, PartState.THERE)
    troubles = [products.trouble[each] for each in wanted if each in products.trouble]
    for state in (PartState.FAILED, PartState.WAITING, PartState.MAKING):
        found = next((each for each in troubles if each.state is state), None)
        if found is not None:
            return _with(part, state, found.reason, found.progress)
    if part.name in products.last:
        return _with(part, PartState.STALE)
    return part


def _with(part: StoryPart, state: PartState, reason: str = "", progress: float | None = None) -> StoryPart:
    return StoryPart(part.step, part.section_id, state, part.hash, part.products, reason, progress)


def made_of(parts: Sequence[StoryPart]) -> dict[str, str]:
    """Return the hash of each part that is there, by its name: what `Products.last` remembers."""
    return {each.name: each.hash for each in parts if each.state is PartState.THERE}
