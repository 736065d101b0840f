"""The page sorts what is dropped by the same endings as the server."""

import re
from pathlib import Path

import pytest

from rushes.intake.kinds import PROMPTS_ENDINGS
from rushes.intake.pairs import IMAGE_ENDINGS

PILE = Path(__file__).parents[2] / "web/src/lib/pile.ts"


@pytest.mark.parametrize(("name", "endings"), [("IMAGES", IMAGE_ENDINGS), ("PROMPTS", PROMPTS_ENDINGS)])
def test_the_page_knows_the_endings_of_the_server(name: str, endings: tuple[str, ...]) -> None:
    found = re.search(rf"const {name} = \[(.*?)\]", PILE.read_text(), re.DOTALL)
    assert found
    listed = [ending for part in re.findall(r'"([^"]*)"', found[1]) for ending in part.split()]
    assert sorted(listed) == sorted(endings)
