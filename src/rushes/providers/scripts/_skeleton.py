"""A skeleton of a script for a topic: what each section has to do, and how many words it has. No facts."""

from rushes.providers.script_contract import Brief, Draft, DraftSection
from rushes.providers.scripts._keywords import Weights
from rushes.providers.scripts._text import shortened

PARTS = (
    ("Hook", "Open with one sentence that makes a viewer want to know"),
    ("Answer", "Give the short answer first"),
    ("Background", "Say what a viewer has to know to follow"),
    ("How it works", "Explain it step by step"),
    ("Example", "Tell one real example, with a source"),
    ("Surprise", "Say what most people get wrong"),
    ("Details", "Add one fact with a number, with a source"),
    ("Why it matters", "Say what it changes for the viewer"),
    ("Summary", "Sum it up in one sentence, and say what to do next"),
)
ORDER = (0, 8, 1, 3, 4, 2, 7, 5, 6)
"""Which parts are there first when there is time for a few only."""
SECONDS = 9.0


def skeleton(brief: Brief) -> Draft:
    """Return sections that a person has to fill in, as many as the film has time for."""
    topic = shortened(brief.text.strip().strip("#").strip(), 200)
    count = min(len(PARTS), max(2, round(brief.seconds / SECONDS)))
    chosen = sorted(ORDER[:count])
    each_words = max(5, round(brief.seconds * brief.words_per_minute / 60 / count))
    keywords = [word[:100] for word in Weights([topic], brief.language).keywords([topic])]
    about = f"Something that shows: {topic}"
    sections = [
        DraftSection(
            heading=heading,
            narration=f"[{what}. About {each_words} words.]",
            on_screen="",
            visual_prompt=". ".join(part for part in (about, brief.style) if part),
            keywords=keywords,
        )
        for heading, what in (PARTS[index] for index in chosen)
    ]
    title = topic[:1].upper() + topic[1:]
    return Draft(title=title, language=brief.language, sections=sections, is_outline=True)
