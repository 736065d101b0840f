"""Finds pictures for sections: asks the sources, chooses by fit, keeps what was found by the hash."""

import logging
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

from rushes.engine.ready_credentials import ready_credential
from rushes.engine.runtime import Runtime
from rushes.errors import RushesError
from rushes.providers.base import Credential
from rushes.providers.picture_contract import (
    Candidate,
    PictureForm,
    PictureProvider,
    PictureQuery,
)
from rushes.providers.picture_ranking import PictureNeed, rank
from rushes.story.document import StoryDocument
from rushes.story.inputs import PictureSearch, every_section, pictures_of
from rushes.story.products import Products

log = logging.getLogger(__name__)

KEPT = 12
"""Candidates that are kept of a search."""
ASKED = 24
LEAST_PIXELS = 320
"""Of the shorter side: what is smaller fills no frame."""


def searches_of(document: StoryDocument, products: Products) -> list[PictureSearch]:
    """Return the searches that have to be made before the next pictures are known."""
    found = [
        slot.search
        for section in every_section(document)
        for slot in pictures_of(document, section, products)
        if slot.search is not None
    ]
    return list({each.hash: each for each in found}.values())


async def search(
    run: Runtime, asked: PictureSearch, credential: Credential | None, used: Iterable[tuple[str, str]] = ()
) -> list[Candidate]:
    """Return what a source has for the words, best first; none when it has nothing, or fails for good.

    Raises `RetryLater` when waiting helps. Words that find nothing together are tried one after another.
    """
    provider = run.providers.of_any_kind(asked.provider)
    if not isinstance(provider, PictureProvider):
        return []
    queries = [" ".join(asked.words), *asked.words] if len(asked.words) > 1 else list(asked.words)
    for words in queries:
        found = await provider.search(
            PictureQuery(
                words[:200],
                asked.width,
                asked.height,
                PictureForm.PHOTO,
                language=asked.language,
                count=ASKED,
                credential=credential,
            )
        )
        best = ranked(found, asked, frozenset(used))
        if best:
            return best[asked.variant % len(best) :][:KEPT] if asked.variant else best[:KEPT]
    return []


def ranked(
    found: Sequence[Candidate], asked: PictureSearch, used: AbstractSet[tuple[str, str]] = frozenset()
) -> list[Candidate]:
    """Return the candidates that can fill the frame, the best fit first; what is used already comes last."""
    large = [each for each in found if min(each.width, each.height) >= LEAST_PIXELS]
    return rank(large, PictureNeed(asked.words, asked.width, asked.height, used=used))


def identity(candidate: Candidate) -> tuple[str, str]:
    """Return what a picture is told apart by, whoever searches for it."""
    return candidate.provider, candidate.id


def used_in(products: Products, document: StoryDocument) -> set[tuple[str, str]]:
    """Return the pictures that sections show already."""
    found: set[tuple[str, str]] = set()
    for section in every_section(document):
        for slot in pictures_of(document, section, products):
            if slot.ask is not None and slot.ask.is_fetch:
                found.add(identity(Candidate.model_validate(slot.ask.params["candidate"])))
    return found


async def find_pictures(
    run: Runtime, owner: UUID, document: StoryDocument, products: Products, most: int
) -> dict[str, list[Candidate]]:
    """Make at most so many of the searches that are due; return what was found, by their hashes.

    A source that cannot be asked counts as one that has nothing: the next source is asked.
    """
    found: dict[str, list[Candidate]] = {}
    used = used_in(products, document)
    for each in searches_of(document, products)[:most]:
        try:
            credential = await ready_credential(run, owner, each.provider)
            results = await search(run, each, credential, used)
        except RushesError as error:
            log.warning("%s was asked for a picture in vain: %s", each.provider, error.message)
            results = []
        if results:
            used.add(identity(results[0]))
        found[each.hash] = results
    return found
