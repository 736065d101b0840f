"""The page builds the same timeline as the server: both are compared with one file of examples.

`web/src/features/stories/film-model.fixture.json` holds documents, what a page is given for them, and the
frames of the film. This test compares it with what the server builds, `film-model.test.ts` with what the
page builds. `RUSHES_WRITE_FIXTURE=1` writes it anew.
"""

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from rushes.platform.media.film.pieces import halves
from rushes.story.document import StoryDocument
from rushes.story.look import LoadedStory
from rushes.story.preview import preview_view
from rushes.story.rows import StoryRow
from rushes.story.states import StoryStatus
from rushes.story.timeline import build
from tests.story.stories import made, story, with_videos

FIXTURE = Path(__file__).parents[2] / "web/src/features/stories/film-model.fixture.json"
_AT = datetime(2026, 1, 1, tzinfo=UTC)
TEXTS = (
    "Rice is a grass. It grows in water, for four months.",
    "Most people eat it.",
    "The harvest comes after four months, when the field is dry and the straw is yellow.",
)


def documents() -> dict[str, StoryDocument]:
    """Documents that together use all that a timeline is built from."""
    plain = story(*TEXTS, pictures={"sources": ["card"]})
    cut = [{**each.model_dump(mode="json")} for each in plain.sections]
    made_by = {"generated": {"provider": "openai_images", "prompt": "rice"}}
    cut[0] |= {"pictures": [{**made_by, "share": 2}, {"generated": {"provider": "card", "prompt": "b"}}]}
    cut[0] |= {"on_screen": "Four months", "transition": {"kind": "wipe", "seconds": 1.03}}
    cut[1] |= {"muted": True, "seconds": 2.35, "pause_after": 0.01, "move": "orbit"}
    cut[2] |= {"pause_after": 1.234, "transition": {"kind": "cut"}}
    cut += [{"id": "silent", "seconds": 0.217, "heading": "Silence"}]
    cards = {"intro": {"title": "Rice"}, "outro": {"title": "End", "seconds": 1.77}, "credits": True}
    return {
        "plain": plain,
        "short": story("A.", "B.", "C.", transition={"kind": "zoom", "seconds": 3}),
        "cut": story(*TEXTS, sections=cut, fps=24, **cards),
        "fifty": story(*TEXTS, fps=50, transition={"kind": "slide", "seconds": 0.333}, **cards),
        "videos": with_videos(story(*TEXTS, "Short.")),
    }


def example(document: StoryDocument) -> dict[str, Any]:
    """A document, what the page is given for it, and its film."""
    products = made(document)
    found = build(document, products)
    assert found is not None
    none: Any = None
    row = StoryRow(
        id=UUID(int=1),
        owner_id=UUID(int=2),
        project_id=none,
        batch_id=none,
        position=0,
        name="Rice",
        status=StoryStatus.DRAFT,
        step=none,
        until="film",
        reviewed={},
        waiting_for=none,
        reason=none,
        version=1,
        budget=Decimal(0),
        job_id=none,
        made={},
        choices={},
        paid={},
        uploads={},
        copied_from=none,
        created_at=_AT,
        updated_at=_AT,
        started_at=none,
        ended_at=none,
        document=document,
    )
    scenes = found.timeline.scenes
    first = found.timeline.bounds
    return {
        "document": document.model_dump(mode="json"),
        "preview": preview_view(LoadedStory(row, products)).model_dump(mode="json"),
        "frames": found.timeline.frames,
        "sections": [list(each) for each in found.sections],
        "scenes": [
            [
                each.id,
                first[at],
                each.frames,
                each.transition.kind,
                each.transition.frames,
                *halves(scenes, at),
            ]
            for at, each in enumerate(scenes)
        ],
        "titles": [[each.id, each.overlays[0].frames] for each in scenes if each.overlays],
        "words": [[each.text, each.start, each.end] for each in found.timeline.words],
    }


def test_the_examples_that_the_page_is_tested_with_are_what_the_server_builds() -> None:
    examples = {name: example(each) for name, each in documents().items()}
    text = json.dumps(examples, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("RUSHES_WRITE_FIXTURE"):
        FIXTURE.write_text(text)
    assert json.loads(FIXTURE.read_text()) == json.loads(text)
