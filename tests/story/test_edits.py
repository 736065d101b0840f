"""Edits return a new document and leave what they are not about."""

import pytest
from pydantic import ValidationError

from rushes.errors import Conflict, Invalid, NotFound
from rushes.providers.script_contract import Draft, DraftSection
from rushes.story import edits
from rushes.story.document import StoryDocument
from tests.story.stories import story

TEXTS = ("Rice is a grass. It grows in water.", "Most people eat it.")


def test_a_section_is_split_at_a_place_in_its_text() -> None:
    found = edits.split_section(story(*TEXTS), "part1", 17)
    assert [each.narration for each in found.sections] == [
        "Rice is a grass.",
        "It grows in water.",
        "Most people eat it.",
    ]
    assert found.sections[0].id == "part1"
    assert found.sections[1].id not in ("part1", "part2")


@pytest.mark.parametrize("at", [0, 1000])
def test_nothing_is_split_off_at_an_end(at: int) -> None:
    with pytest.raises(Invalid):
        edits.split_section(story(*TEXTS), "part1", at)


def test_two_sections_become_one_with_the_words_of_both() -> None:
    found = edits.merge_sections(story(*TEXTS), "part1")
    assert [each.narration for each in found.sections] == [" ".join(TEXTS)]
    with pytest.raises(Conflict):
        edits.merge_sections(found, "part1")


def test_splitting_and_merging_again_gives_the_same_words() -> None:
    document = story(*TEXTS)
    again = edits.merge_sections(edits.split_section(document, "part1", 17), "part1")
    assert again.sections[0].narration == document.sections[0].narration


def test_an_order_names_every_section_once() -> None:
    document = story(*TEXTS)
    assert [each.id for each in edits.reorder(document, ["part2", "part1"]).sections] == ["part2", "part1"]
    for wrong in (["part1"], ["part1", "part1"], ["part1", "part2", "part3"]):
        with pytest.raises(Invalid):
            edits.reorder(document, wrong)


def test_a_change_goes_into_what_is_nested_and_leaves_the_rest() -> None:
    found = edits.changed(story(*TEXTS), {"look": {"captions": {"size": 1.4}}})
    assert found.look.captions.size == 1.4
    assert found.look.captions.style == "highlight"


def test_options_are_replaced_as_a_whole() -> None:
    document = edits.changed(story(*TEXTS), {"voice": {"options": {"a": 1}}})
    assert edits.changed(document, {"voice": {"options": {"b": 2}}}).voice.options == {"b": 2}


def test_what_is_not_possible_is_named_by_its_field() -> None:
    with pytest.raises(Invalid) as caught:
        edits.changed(story(*TEXTS), {"voice": {"speed": 9}, "shape": "round", "nonsense": 1})
    assert {each.where for each in caught.value.faults} == {"voice.speed", "shape", "nonsense"}
    with pytest.raises(NotFound):
        edits.change_section(story(*TEXTS), "part9", {})


def test_the_id_of_a_section_never_changes() -> None:
    found = edits.change_section(story(*TEXTS), "part1", {"id": "other", "heading": "Grass"})
    assert (found.sections[0].id, found.sections[0].heading) == ("part1", "Grass")


def draft(*narrations: str) -> Draft:
    sections = [
        DraftSection(narration=each, heading=f"H {each[:4]}", keywords=["rice"]) for each in narrations
    ]
    return Draft(title="Rice", language="de", sections=sections)


def test_an_improved_script_leaves_what_is_locked() -> None:
    document = edits.change_section(story(*TEXTS), "part2", {"locked": True})
    found = edits.improved(document, draft("Rice grows in water.", "Other words."))
    assert [each.narration for each in found.sections] == ["Rice grows in water.", TEXTS[1]]
    assert [each.id for each in found.sections] == ["part1", "part2"]


def test_a_translation_keeps_the_scenes_and_asks_for_another_voice() -> None:
    document = edits.change_section(story(*TEXTS), "part1", {"visual_prompt": "A field"})
    found = edits.translated(document, draft("Reis ist ein Gras.", "Viele essen ihn."), "de")
    assert (found.language, found.voice.provider) == ("de", "")
    assert found.sections[0].visual_prompt == "A field"
    assert [each.id for each in found.sections] == ["part1", "part2"]
    with pytest.raises(Invalid):
        edits.translated(document, draft("Nur eines."), "de")


def test_a_written_script_becomes_sections_and_says_what_it_was_written_from() -> None:
    found = edits.written(StoryDocument(text="rice"), draft("Rice is a grass."), "abc")
    assert (found.title, found.written_from) == ("Rice", "abc")
    assert found.sections[0].keywords == ("rice",)


def test_a_document_refuses_what_it_does_not_know_and_two_sections_of_one_id() -> None:
    with pytest.raises(ValidationError):
        StoryDocument.model_validate({"colour": "red"})
    with pytest.raises(ValidationError):
        StoryDocument.model_validate({"sections": [{"id": "same"}, {"id": "same"}]})
    with pytest.raises(ValidationError):
        StoryDocument.model_validate({"sections": [{"pictures": [{"share": 1}]}]})
