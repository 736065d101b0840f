"""The English of Rushes: no text that a person reads breaks a rule that a machine can check."""

from pathlib import Path

import pytest

from tests.wording import broken_rules, strings_of

ROOT = Path(__file__).resolve().parents[1]
CODE = ROOT / "src/rushes"
SPOKEN = [CODE / part for part in ("cli", "settings", "api/routes")]
"""Where docstrings are read too: they become help, settings and the documentation of the API."""


def test_no_message_of_the_server_or_the_commands_breaks_a_rule():
    broken: list[str] = []
    for file in sorted(CODE.rglob("*.py")):
        if "migrations" in file.parts:
            continue  # what was applied once is history
        spoken = any(file.is_relative_to(part) for part in SPOKEN)
        for line, words in strings_of(file, docstrings=spoken):
            broken += [f"{file.relative_to(ROOT)}:{line}: {each}" for each in broken_rules(words)]
    assert broken == []


def test_no_page_of_the_guide_breaks_a_rule():
    broken: list[str] = []
    for file in [ROOT / "README.md", *sorted((ROOT / "docs/guide").glob("*.md"))]:
        for line, words in enumerate(file.read_text().splitlines(), 1):
            broken += [f"{file.relative_to(ROOT)}:{line}: {each}" for each in broken_rules(words)]
    assert broken == []


@pytest.mark.parametrize(
    ("words", "better"),
    [
        ("It goes on by itself.", ["automatically: by itself", "continues: goes on"]),
        ("A fault is told with its line.", ["reported: is told"]),
        ("1 problem to mend", ["fix: to mend"]),
        ("4 on their way, 2 in flight", ["in progress: on their way", "in progress: in flight"]),
        ("Take the image away.", ["remove: Take the image away"]),
        ("2 takes a shot, at most $0.40 a take", ["per: 2 takes a shot", "per: $0.40 a take"]),
        ("Generating a take of this shot; it may take a minute.", []),
    ],
)
def test_the_rules_find_what_they_are_about(words: str, better: list[str]):
    assert broken_rules(words) == better
