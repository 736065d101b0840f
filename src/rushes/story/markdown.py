"""A script as Markdown: what a person reads, edits, keeps, and can make a story of again."""

import re

from rushes.errors import Fault, Invalid
from rushes.story import edits
from rushes.story.document import Section, StoryDocument

_ON_SCREEN = "> On screen: "
_PICTURE = "> Picture: "


def markdown_of(document: StoryDocument) -> str:
    """Return the script: the title, and each section with its narration; what is seen as quotes below it."""
    blocks = [f"# {document.title}"] if document.title else []
    for number, section in enumerate(document.sections, start=1):
        blocks.append(f"## {section.heading or f'Section {number}'}")
        if section.narration:
            blocks.append(section.narration)
        if section.on_screen:
            blocks.append(f"{_ON_SCREEN}{section.on_screen}")
        if section.visual_prompt:
            blocks.append(f"{_PICTURE}{section.visual_prompt}")
    return "\n\n".join(blocks) + "\n"


def with_markdown(document: StoryDocument, text: str) -> StoryDocument:
    """Return the document with the script of a Markdown text, as `markdown_of` writes it.

    A section keeps its id, and so what was made for it, by its heading, else by its place. Raises `Invalid`
    for a text without sections.
    """
    title = re.search(r"^# +(.+)$", text, re.MULTILINE)
    parts = re.split(r"^## +(.*)$", text, flags=re.MULTILINE)
    if len(parts) < 3:
        fault = Fault("script", "Begin each section with `## Heading`.", "missing")
        raise Invalid("There is no section in this script.", [fault])
    pairs = list(zip(parts[1::2], parts[2::2], strict=True))
    headings = [heading.strip() for heading, _ in pairs]
    left = {each.id: each for each in document.sections}
    found: list[dict[str, object] | None] = [None] * len(pairs)
    for place, heading in enumerate(headings):
        same = next((each for each in left.values() if heading == _heading(document, each)), None)
        if same is not None:
            found[place] = left.pop(same.id).model_dump(mode="json")
    for place, known in enumerate(found):
        at_place = document.sections[place] if place < len(document.sections) else None
        if known is None and at_place is not None and at_place.id in left:
            found[place] = left.pop(at_place.id).model_dump(mode="json")
    sections = [
        {**(known or {}), **_fields(heading, body)}
        for known, heading, (_, body) in zip(found, headings, pairs, strict=True)
    ]
    change: dict[str, object] = {"sections": sections, "is_outline": False}
    if title:
        change["title"] = title[1].strip()
    return edits.changed(document, change)


def _heading(document: StoryDocument, section: Section) -> str:
    return section.heading or f"Section {[each.id for each in document.sections].index(section.id) + 1}"


def _fields(heading: str, body: str) -> dict[str, str]:
    lines = body.strip().splitlines()
    quotes = {_ON_SCREEN: "", _PICTURE: ""}
    kept: list[str] = []
    for line in lines:
        mark = next((each for each in quotes if line.startswith(each)), None)
        if mark is None:
            kept.append(line)
        else:
            quotes[mark] = line.removeprefix(mark).strip()
    plain = "" if re.fullmatch(r"Section \d+", heading) else heading
    return {
        "heading": plain,
        "narration": "\n".join(kept).strip(),
        "on_screen": quotes[_ON_SCREEN],
        "visual_prompt": quotes[_PICTURE],
    }
