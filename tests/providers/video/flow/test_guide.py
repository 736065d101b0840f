"""The page as data: ours holds together, an operator's comes first, and a wrong one is told where."""

import re
from pathlib import Path

import pytest
from standins.flow.failures import FAILURES

from rushes.errors import Invalid
from rushes.providers.video.flow.browser.finder import css_of, plain, text_pattern
from rushes.providers.video.flow.browser.guide import Alternative, FailureClass, Guide, load_guides

MINE = """
generation = "c"
[elements."composer.submit"]
alternatives = [{ css = "button.newer" }, { icon = ["send"] }]
[rpc]
submit = ["NewOne"]
"""
PICKER = 'generation = "c"\n[elements.picker]\n'


def test_the_newest_generation_is_looked_for_first():
    current, before = load_guides()
    assert (current.generation, before.generation) == ("c", "b")
    assert set(before.models) == set(current.models)


def test_what_costs_something_is_known_in_more_than_one_way():
    current, _ = load_guides()
    for name in ("composer.prompt", "composer.settings", "composer.submit", "frames.first", "frames.chip"):
        ways = current.elements[name].alternatives
        assert len(ways) > 2, name
        assert len({str(each) for each in ways}) == len(ways), name


def test_an_operators_file_replaces_what_it_names_and_nothing_else(tmp_path: Path):
    mine = tmp_path / "mine.toml"
    mine.write_text(MINE)
    ours, theirs = load_guides()[0], load_guides(mine)[0]
    assert [str(each) for each in theirs.elements["composer.submit"].alternatives] == [
        "css button.newer",
        "icon send",
    ]
    assert theirs.rpc["submit"] == ("NewOne",)
    assert theirs.rpc["status"] == ours.rpc["status"]
    assert theirs.elements["composer.prompt"] == ours.elements["composer.prompt"]
    assert load_guides(tmp_path)[0] == theirs, "a folder of files is as good"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (
            'generation = "c"\n[elements.picker]\nalternatives = [{ css = "a", icon = ["b"] }]',
            "elements.picker",
        ),
        ('generation = "c"\n[elements.picker]\nalternatives = [{ css = "a" }]\nwithin = "nowhere"', ""),
        ('generation = "c"\n[urls]\nproject = "("', "urls.project"),
        ('generation = "d"', "marks"),
        ("generation = ", "mine.toml"),
    ],
    ids=[
        "two ways in one",
        "a scope that is not there",
        "no pattern",
        "a new one that is not whole",
        "no TOML",
    ],
)
def test_a_file_that_does_not_hold_is_told_where(tmp_path: Path, text: str, where: str):
    mine = tmp_path / "mine.toml"
    mine.write_text(text)
    with pytest.raises(Invalid, match=r"mine\.toml does not hold") as wrong:
        load_guides(mine)
    assert any(where in each.where for each in wrong.value.faults)


@pytest.mark.parametrize("guide", load_guides(), ids=lambda guide: guide.generation)
def test_every_failure_text_known_outside_has_a_class(guide: Guide):
    wanted = {
        "policy": FailureClass.POLICY,
        "harmful": FailureClass.POLICY,
        "people": FailureClass.PROMINENT_PEOPLE,
        "minors": FailureClass.MINORS,
        "minor_image": FailureClass.MINORS,
        "failed": FailureClass.FAILED,
        "audio": FailureClass.FAILED,
        "oops": FailureClass.FAILED,
        "high_demand": FailureClass.HIGH_DEMAND,
        "flow_high_demand": FailureClass.HIGH_DEMAND,
        "unusual": FailureClass.THROTTLE,
        "too_quickly": FailureClass.THROTTLE,
        "queue_full": FailureClass.THROTTLE,
        "usage_limit": FailureClass.QUOTA,
        "video_quota": FailureClass.QUOTA,
        "more_credits": FailureClass.CREDITS,
        "error_253": FailureClass.QUOTA,
        "model_denied": FailureClass.ACCESS,
    }
    assert {name: guide.failure_of(FAILURES[name].text) for name in wanted} == wanted
    for failure in FAILURES.values():
        assert guide.failure_of(failure.text) is not None, failure
    scheduled = "Your video has been scheduled and is waiting in the queue due to high demand."
    assert guide.failure_of(scheduled) is FailureClass.WAITING
    assert guide.failure_of("Something nobody has seen") is None


def test_a_text_is_found_with_its_ligature_and_without_its_composition():
    pattern = text_pattern(["Upload", "Tải lên"])
    assert pattern.search("uploadUpload")
    assert pattern.search("Tải lên")
    assert pattern.search("Tải lên"), "decomposed, as some pages send it"
    assert not pattern.search("uploadUpload media")
    assert plain("  Bắt   đầu ") == plain("Bắt đầu")


def test_labels_are_quoted():
    css = css_of("button", Alternative(label=('say "x"',)))
    assert css == r':is(button):is([aria-label="say \"x\"" i])'


def test_durations_are_told_from_resolutions_in_every_language():
    pattern = re.compile(load_guides()[0].radios.duration, re.I)
    assert all(pattern.search(text) for text in ("8s", "8 giây", "8초", "8 dtk", "8秒"))
    assert not any(pattern.search(text) for text in ("720p", "4K", "x2", "16:9", "1080p"))
