"""What is asked for a translation or an improvement, also of a story that was given as sections."""

from rushes.story import edits
from rushes.story.inputs import rewrite_ask
from tests.story.stories import story


def test_a_story_without_a_text_of_its_own_is_rewritten_by_its_sections() -> None:
    given = edits.changed(story("Rice is a grass."), {"text": "", "title": "", "rewrite": {"language": "de"}})
    asked = rewrite_ask(given)
    assert asked is not None
    brief, draft = asked.params["brief"], asked.params["draft"]
    assert isinstance(brief, dict)
    assert isinstance(draft, dict)
    assert brief["text"] == "Rice is a grass."
    assert asked.params["task"] == "translate"
