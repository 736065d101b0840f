"""Titles and cards are drawn in their size, whatever the words."""

from pathlib import Path

import pytest
from PIL import Image

from rushes.story.draw import draw
from rushes.story.drawings import Drawing, DrawingKind

WORDS = (
    "Rice",
    "How long does rice take to grow, from seed to bowl? " * 8,
    "كم من الوقت ينمو الأرز؟",
    "",
    "Wörd" * 90,
)


def drawing(kind: DrawingKind, title: str, text: str = "") -> Drawing:
    return Drawing(kind, title, text, 540, 960, "#ffffff", "#12151c", "#ffd84d", "en")


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words[:12] or "nothing")
def test_a_title_is_transparent_and_as_wide_as_the_frame(words: str, tmp_path: Path) -> None:
    draw(drawing(DrawingKind.TITLE, words), tmp_path / "title.png")
    with Image.open(tmp_path / "title.png") as picture:
        assert (picture.mode, picture.width) == ("RGBA", 540)
        assert picture.height < 400
        assert picture.getpixel((0, 0)) == (0, 0, 0, 0)
        assert (picture.getchannel("A").getextrema()[1] == 255) is bool(words)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words[:12] or "nothing")
def test_a_card_fills_the_frame(words: str, tmp_path: Path) -> None:
    draw(drawing(DrawingKind.CARD, words, "\n".join([words] * 30)), tmp_path / "card.png")
    with Image.open(tmp_path / "card.png") as picture:
        assert (picture.mode, picture.size) == ("RGB", (540, 960))
        assert picture.getpixel((2, 2)) == (0x12, 0x15, 0x1C)


def test_the_same_words_have_one_name_and_others_another() -> None:
    one = drawing(DrawingKind.CARD, "Rice")
    assert one.name == drawing(DrawingKind.CARD, "Rice").name
    assert one.name != drawing(DrawingKind.TITLE, "Rice").name
