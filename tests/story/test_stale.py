"""Change one thing, and only what hangs on it is stale; undo it, and everything is there again."""

import dataclasses
import random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rushes.platform.media.film.timeline import CaptionStyle, Shape
from rushes.platform.media.moves import CameraMove
from rushes.story import edits
from rushes.story.document import StoryDocument
from rushes.story.products import PartState, Products, ProductTrouble
from rushes.story.stale import StoryPart, StoryStep, parts_of
from tests.story.stories import ABILITIES, made, story, with_videos

TEXTS = ("Rice is a grass. It grows in water.", "Most people eat it.", "The harvest comes after four months.")


def stale(document: StoryDocument, products: Products) -> set[str]:
    return {each.name for each in parts_of(document, products) if each.state is not PartState.THERE}


def test_nothing_is_there_at_first_and_everything_once_made() -> None:
    document = story(*TEXTS)
    first = parts_of(document, Products())
    assert {each.state for each in first if each.step is not StoryStep.SCRIPT} == {PartState.MISSING}
    assert stale(document, made(document)) == set()


def test_a_changed_narration_makes_its_speech_its_card_and_the_film_stale() -> None:
    document = story(*TEXTS)
    products = made(document)
    changed = edits.change_section(document, "part2", {"narration": "Nearly everybody eats it."})
    assert stale(changed, products) == {"voice:part2", "film"}  # its card shows the heading


def test_a_changed_heading_leaves_every_speech() -> None:
    document = story(*TEXTS)
    changed = edits.change_section(document, "part1", {"heading": "The plant"})
    assert stale(changed, made(document)) == {"pictures:part1", "film"}


def test_another_order_makes_the_film_stale_and_nothing_else() -> None:
    document = story(*TEXTS)
    assert stale(edits.reorder(document, ["part3", "part1", "part2"]), made(document)) == {"film"}


@pytest.mark.parametrize(
    "change",
    [
        {"look": {"captions": {"style": str(CaptionStyle.BOXED)}}},
        {"music": {"kind": "off"}},
        {"transition": {"kind": "wipe"}},
        {"intro": {"title": "Rice"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_look_touches_the_film_alone(change: dict[str, object]) -> None:
    document = story(*TEXTS)
    assert stale(edits.changed(document, change), made(document)) == {"film"}


def test_another_shape_shares_the_speech() -> None:
    document = story(*TEXTS)
    changed = edits.changed(document, {"shape": str(Shape.LANDSCAPE)})
    assert {each.split(":")[0] for each in stale(changed, made(document))} == {"pictures", "film"}


def test_another_voice_leaves_the_pictures() -> None:
    document = story(*TEXTS)
    changed = edits.changed(document, {"voice": {"speed": 1.2}})
    assert {each.split(":")[0] for each in stale(changed, made(document))} == {"voice", "film"}


def test_a_pronunciation_touches_only_the_sections_that_say_the_word() -> None:
    document = story(*TEXTS)
    changed = edits.changed(document, {"pronunciations": [{"written": "harvest", "spoken": "har-vist"}]})
    assert stale(changed, made(document)) == {"voice:part3", "film"}


def test_a_new_variant_of_a_scene_asks_for_that_video_alone() -> None:
    document = with_videos(story(*TEXTS))
    changed = edits.another(document, "part2", "scene")
    assert stale(changed, made(document)) == {"scenes:part2", "film"}


def test_a_scene_video_hangs_on_the_length_that_is_asked_for_not_on_every_second() -> None:
    document = with_videos(story(*TEXTS))
    products = made(document)
    changed = edits.change_section(document, "part2", {"narration": "Most people eat rice."})
    parts = {each.name: each for each in parts_of(changed, made(changed, products))}
    before = {each.name: each for each in parts_of(document, products)}
    assert parts["scenes:part2"].hash == before["scenes:part2"].hash


def test_what_is_being_made_or_waits_says_so() -> None:
    document = story(*TEXTS)
    wanted = next(each for each in parts_of(document, Products()) if each.name == "voice:part1")
    trouble = {wanted.products[0]: ProductTrouble(PartState.WAITING, "There is no key.")}
    found = next(each for each in parts_of(document, Products(trouble=trouble)) if each.name == "voice:part1")
    assert (found.state, found.reason) == (PartState.WAITING, "There is no key.")


def test_a_topic_that_changes_after_the_script_makes_it_stale_but_not_the_rest() -> None:
    document = story(*TEXTS, text="rice", written_from="x" * 64)
    products = made(document)
    assert stale(document, products) == {"script"}


class Edits(RuleBasedStateMachine):
    """Edits at random, with everything made now and then. A model of what hangs on what is kept beside."""

    def __init__(self) -> None:
        super().__init__()
        self.document = with_videos(story(*TEXTS, "A fourth part, with a longer text than the others have."))
        self.products = made(self.document)
        self.history = [(self.document, self.products)]

    def _change(self, new: StoryDocument) -> tuple[set[str], set[str]]:
        """Apply; return the speech and picture parts that are not there now, before and after."""
        before = stale(self.document, self.products)
        self.history.append((self.document, self.products))
        self.document = new
        return before, stale(new, self.products)

    def _section(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from([each.id for each in self.document.sections]))

    @rule(data=st.data(), words=st.sampled_from(["One more word.", "And so on, for ever.", "Nothing else."]))
    def narrate(self, data: st.DataObject, words: str) -> None:
        """Another narration: only its own section's voice, scene (longer or shorter) and card."""
        section = self._section(data)
        before, after = self._change(edits.change_section(self.document, section, {"narration": words}))
        assert after - before <= {f"voice:{section}", f"scenes:{section}", "film"}

    @rule(data=st.data(), move=st.sampled_from(CameraMove))
    def move(self, data: st.DataObject, move: CameraMove) -> None:
        """Another move of the camera is the film's alone."""
        before, after = self._change(
            edits.change_section(self.document, self._section(data), {"move": str(move)})
        )
        assert after - before <= {"film"}

    @rule(data=st.data(), words=st.sampled_from(["a field", "a bowl", "rain"]))
    def paint(self, data: st.DataObject, words: str) -> None:
        """Another visual prompt: its scene; no speech."""
        section = self._section(data)
        change = {"visual_prompt": words}
        before, after = self._change(edits.change_section(self.document, section, change))
        assert after - before <= {f"pictures:{section}", f"scenes:{section}", "film"}

    @rule(seed=st.integers(0, 1000))
    def shuffle(self, seed: int) -> None:
        """Another order: the film alone."""
        order = [each.id for each in self.document.sections]
        random.Random(seed).shuffle(order)
        before, after = self._change(edits.reorder(self.document, order))
        assert after - before <= {"film"}

    @rule(data=st.data())
    @precondition(lambda self: len(self.document.sections) > 1)
    def remove(self, data: st.DataObject) -> None:
        """One section less: the others stay."""
        before, after = self._change(edits.remove_section(self.document, self._section(data)))
        assert after - before <= {"film"}

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        """Two sections become one: only that one."""
        if len(self.document.sections) < 2:
            return
        section = data.draw(st.sampled_from([each.id for each in self.document.sections[:-1]]))
        before, after = self._change(edits.merge_sections(self.document, section))
        assert after - before <= {f"{step}:{section}" for step in ("voice", "pictures", "scenes")} | {"film"}

    @rule()
    def make(self) -> None:
        """Make what is missing."""
        self.products = made(self.document, self.products)
        assert stale(self.document, self.products) == set()

    @rule()
    @precondition(lambda self: len(self.history) > 1)
    def undo(self) -> None:
        """What was there before the edit is there again, with no call."""
        document, products = self.history.pop()
        there = {each.hash for each in parts_of(document, products) if each.state is PartState.THERE}
        self.document = document
        now = {each.hash for each in parts_of(document, self.products) if each.state is PartState.THERE}
        assert there <= now

    @invariant()
    def the_parts_are_told_apart(self) -> None:
        """Every part has a name of its own."""
        names = [each.name for each in parts_of(self.document, self.products)]
        assert len(names) == len(set(names))


def test_edits_at_random() -> None:
    run_state_machine_as_test(
        Edits,
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


@pytest.mark.soak
def test_many_edits_at_random() -> None:
    run_state_machine_as_test(
        Edits,
        settings=settings(
            max_examples=400,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_the_parts_do_not_share_what_they_are() -> None:
    products = dataclasses.replace(Products(), abilities=ABILITIES)
    found: list[StoryPart] = parts_of(with_videos(story(*TEXTS)), products)
    assert [each.step for each in found if each.section_id == "part1"] == [
        StoryStep.VOICE,
        StoryStep.PICTURES,
        StoryStep.SCENES,
    ]
