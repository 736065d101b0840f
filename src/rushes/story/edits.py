"""What a person can do to a document: every edit returns a new one, and leaves what it is not about. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from rushes.errors import Conflict, Fault, Invalid, NotFound
from rushes.providers.script_contract import Draft, DraftSection
from rushes.story.document import Section, StoryDocument, new_section_id


def changed(document: StoryDocument, change: Mapping[str, Any]) -> StoryDocument:
    """Return the document with some fields changed; a mapping inside is changed field by field too.

    Raises `Invalid` with one fault for each field that does not hold.
    """
    return _validated(_merged(document.model_dump(mode="json"), change))


def _merged(given: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(given)
    for name, value in change.items():
        now = merged.get(name)
        if isinstance(now, dict) and isinstance(value, dict) and name != "options":
            merged[name] = _merged(now, value)  # pyright: ignore[reportUnknownArgumentType]  # JSON: anything
        else:
            merged[name] = value
    return merged


def _validated(value: object) -> StoryDocument:
    try:
        return StoryDocument.model_validate(value)
    except ValidationError as error:
        faults = [
            Fault(".".join(map(str, each["loc"])) or "document", f"{each['msg']}.", each["type"])
            for each in error.errors(include_url=False, include_context=False)
        ]
        raise Invalid("The story cannot be changed so.", faults) from error


def with_sections(document: StoryDocument, sections: Sequence[Section]) -> StoryDocument:
    """Return the document with other sections. Raises `Invalid` for too many, or an id twice."""
    return _validated({**document.model_dump(mode="json"), "sections": [_json(each) for each in sections]})


def _json(section: Section) -> dict[str, Any]:
    return section.model_dump(mode="json")


def change_section(document: StoryDocument, section_id: str, change: Mapping[str, Any]) -> StoryDocument:
    """Return the document with some fields of a section changed; its id stays.

    Raises `NotFound`, `Invalid`.
    """
    section = required(document, section_id)
    new = {**_merged(_json(section), change), "id": section_id}
    given = document.model_dump(mode="json")
    given["sections"] = [new if each["id"] == section_id else each for each in given["sections"]]
    return _validated(given)


def add_section(
    document: StoryDocument, change: Mapping[str, Any], after: str | None = None
) -> StoryDocument:
    """Return the document with a new section behind the section `after`; at the end when None."""
    given = document.model_dump(mode="json")
    at = len(document.sections) if after is None else _place(document, after) + 1
    given["sections"].insert(at, {"id": new_section_id(), **change})
    return _validated(given)


def remove_section(document: StoryDocument, section_id: str) -> StoryDocument:
    """Return the document without a section. Raises `NotFound`."""
    required(document, section_id)
    return with_sections(document, [each for each in document.sections if each.id != section_id])


def split_section(document: StoryDocument, section_id: str, at: int) -> StoryDocument:
    """Return the document with a section cut in two before character `at` of its narration.

    The first part keeps the id, the pictures and the words on the screen. Raises `Invalid` where nothing
    would stay on one side.
    """
    section = required(document, section_id)
    before, after = section.narration[:at].rstrip(), section.narration[at:].lstrip()
    if not before or not after:
        raise Invalid("The section cannot be split there.", [Fault("at", "Choose a place inside the text.")])
    first = section.model_copy(update={"narration": before, "pause_after": 0.2})
    second = section.model_copy(
        update={
            "id": new_section_id(),
            "narration": after,
            "heading": "",
            "on_screen": "",
            "pictures": (),
            "transition": None,
        }
    )
    place = _place(document, section_id)
    found = list(document.sections)
    found[place : place + 1] = [first, second]
    return with_sections(document, found)


def merge_sections(document: StoryDocument, section_id: str) -> StoryDocument:
    """Return the document with a section and the next one made into one. Raises `Conflict` for the last."""
    place = _place(document, section_id)
    if place + 1 >= len(document.sections):
        raise Conflict("The last section has none after it to merge with.")
    first, second = document.sections[place : place + 2]
    merged = first.model_copy(
        update={
            "narration": f"{first.narration} {second.narration}".strip(),
            "heading": first.heading or second.heading,
            "on_screen": first.on_screen or second.on_screen,
            "visual_prompt": first.visual_prompt or second.visual_prompt,
            "keywords": tuple(dict.fromkeys((*first.keywords, *second.keywords)))[:20],
            "pictures": (*first.pictures, *second.pictures)[:20],
            "pause_after": second.pause_after,
            "locked": first.locked or second.locked,
        }
    )
    found = list(document.sections)
    found[place : place + 2] = [merged]
    return with_sections(document, found)


def reorder(document: StoryDocument, order: Sequence[str]) -> StoryDocument:
    """Return the document with its sections in another order.

    Raises `Invalid` unless `order` names each of them once.
    """
    ids = [each.id for each in document.sections]
    if sorted(order) != sorted(ids):
        raise Invalid(
            "The order has to name every section once.", [Fault("order", f"There are: {', '.join(ids)}.")]
        )
    by_id = {each.id: each for each in document.sections}
    return with_sections(document, [by_id[each] for each in order])


def another(document: StoryDocument, section_id: str, what: str) -> StoryDocument:
    """Return the document asking for another `speech`, `picture` or `scene` of the same inputs."""
    section = required(document, section_id)
    now = getattr(section.variants, what)
    return change_section(document, section_id, {"variants": {what: now + 1}})


def written(document: StoryDocument, draft: Draft, written_from: str) -> StoryDocument:
    """Return the document with a script as it was written; what was locked before stays in its place."""
    sections = [_from_draft(each) for each in draft.sections]
    for place, each in enumerate(document.sections):
        if each.locked:
            sections[min(place, len(sections)) : place + 1] = [each]
    return document.model_copy(
        update={
            "title": document.title or draft.title,
            "sections": tuple(sections),
            "written_from": written_from,
            "is_outline": draft.is_outline,
        }
    )


def _from_draft(each: DraftSection) -> Section:
    return Section(
        heading=each.heading,
        narration=each.narration,
        on_screen=each.on_screen,
        visual_prompt=each.visual_prompt,
        keywords=tuple(word[:100] for word in each.keywords),
    )


def improved(document: StoryDocument, draft: Draft) -> StoryDocument:
    """Return the document with an improved script: same ids where the number of sections is the same.

    Locked sections stay whatever the draft says.
    """
    if len(draft.sections) != len(document.sections):
        return written(document, draft, document.written_from)
    found = [
        section if section.locked else _with_words(section, new)
        for section, new in zip(document.sections, draft.sections, strict=True)
    ]
    return with_sections(document, found)


def translated(document: StoryDocument, draft: Draft, language: str) -> StoryDocument:
    """Return the document in another language: same scenes, other words; the voice is chosen anew.

    Raises `Invalid` when the draft has another number of sections.
    """
    if len(draft.sections) != len(document.sections):
        raise Invalid(
            f"The translation has {len(draft.sections)} sections, the story {len(document.sections)}.",
            hint="ProductAsk for the translation again.",
        )
    found = [
        section.model_copy(
            update={
                "heading": new.heading,
                "narration": new.narration,
                "on_screen": new.on_screen,
                "voice": None,
                "recording": "",
            }
        )
        for section, new in zip(document.sections, draft.sections, strict=True)
    ]
    update = {"title": draft.title, "language": language, "voice": {"speed": document.voice.speed}}
    given = {**with_sections(document, found).model_dump(mode="json"), **update, "written_from": ""}
    return _validated({**given, "text": "", "pronunciations": []})


def _with_words(section: Section, new: DraftSection) -> Section:
    update = {"heading": new.heading, "narration": new.narration, "on_screen": new.on_screen}
    update |= {"visual_prompt": new.visual_prompt or section.visual_prompt}
    update |= {"keywords": tuple(new.keywords) or section.keywords}
    return section.model_copy(update=update)


def rewritten(document: StoryDocument, draft: Draft) -> StoryDocument:
    """Return the document with the translation or improvement that it asked for."""
    asked = document.rewrite
    done = document.model_copy(update={"rewrite": None})
    if asked is not None and asked.language:
        return translated(done, draft, asked.language)
    return improved(done, draft)


def required(document: StoryDocument, section_id: str) -> Section:
    """Return a section. Raises `NotFound`."""
    section = document.section(section_id)
    if section is None:
        raise NotFound(f"The story has no section {section_id}.")
    return section


def _place(document: StoryDocument, section_id: str) -> int:
    required(document, section_id)
    return [each.id for each in document.sections].index(section_id)
