"""The guide tells the truth: every example in it is read, and its table of names is right."""

import re
from pathlib import Path

import pytest

from rushes.intake.matching import image_number
from rushes.intake.prompts import parse_prompts

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "prompts.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```\w+\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
ROWS = re.findall(r"^\| (`.*?`) \| (\d+|none) \|", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_is_read_as_the_two_prompts_it_shows(example: str) -> None:
    prompts = parse_prompts(example.encode(), "prompts.txt").prompts
    assert [prompt.number for prompt in prompts] == [1, 2]
    assert prompts[0].text.startswith("A fox crosses a frozen lake")
    assert prompts[1].text.startswith("A crow lands on a fence.")


def test_every_form_has_an_example() -> None:
    assert len(EXAMPLES) == 11


@pytest.mark.parametrize(("names", "number"), ROWS)
def test_the_table_of_names_is_right(names: str, number: str) -> None:
    for name in re.findall(r"`(.*?)`", names):
        assert image_number(name) == (None if number == "none" else int(number))


def test_the_table_of_names_is_there() -> None:
    assert len(ROWS) == 9
