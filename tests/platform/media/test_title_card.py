"""Typeset cards: in any script, inside their margins, to be read on their ground."""

import pytest
from PIL import Image, ImageChops

from rushes.platform.media.title_card import (
    CAPTIONS,
    INK_DARK,
    INK_LIGHT,
    LEAST_CONTRAST,
    MARGIN,
    TitleCard,
    contrast,
    draw_card,
)
from rushes.platform.media.typeface import characters, drawable, right_to_left, runs, script_of

TITLES = {
    "latin": "How long does rice take to grow?",
    "cyrillic": "Сколько времени растёт рис?",
    "greek": "Πόσο χρόνο χρειάζεται το ρύζι;",
    "arabic": "كم يستغرق نمو الأرز؟",
    "hebrew": "כמה זמן לוקח לאורז לגדול?",
    "devanagari": "धान को उगने में कितना समय लगता है?",
    "thai": "ข้าวใช้เวลาปลูกนานเท่าไร",
    "jp": "米が育つまでどれくらいかかるのでしょうか",
    "sc": "水稻需要多长时间才能成熟？",
    "kr": "벼가 자라는 데 얼마나 걸릴까요?",
    "long": "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
    "many": "word " * 60,
}
FRAMES = ((960, 540), (540, 960), (540, 540), (432, 540), (320, 180))


def inked(card: TitleCard, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box around what stands on a card: where it differs from its ground."""
    drawn = draw_card(card, size)
    # The ink is far from any colour of the ground.
    grey = drawn.convert("L")
    middle = grey.getpixel((2, 2))
    assert isinstance(middle, int | float)
    box = (
        ImageChops.difference(grey, Image.new("L", size, int(middle)))
        .point([0] * 111 + [255] * 145)
        .getbbox()
    )
    assert box is not None
    return box


@pytest.mark.parametrize("size", FRAMES)
@pytest.mark.parametrize("script", TITLES)
def test_a_title_in_any_script_stays_inside_the_margins(script: str, size: tuple[int, int]):
    left, top, right, bottom = inked(TitleCard(TITLES[script], "from seed to harvest"), size)
    margin = min(size) * MARGIN
    slack = min(size) * 0.02 + 1  # a letter may lean out of its box
    assert left >= margin - slack and right <= size[0] - margin + slack
    assert top >= margin * 0.3
    assert bottom <= size[1] * (1 - CAPTIONS) + slack


@pytest.mark.parametrize("script", TITLES)
def test_every_character_has_a_font(script: str):
    text = TITLES[script]
    for piece, face in runs(text, script_of(text)):
        assert all(char.isspace() or ord(char) in characters(face) for char in piece), (piece, face)
    assert drawable(text) == " ".join(text.split())


@pytest.mark.parametrize("palette", ["dark", "light"])
def test_words_can_be_read_on_every_ground(palette: str):
    """By the contrast that WCAG asks of text, against every pixel of the ground."""
    ink = INK_LIGHT if palette == "dark" else INK_DARK
    for seed in range(40):
        ground = draw_card(TitleCard("·", palette=palette, seed=seed), (192, 108))  # pyright: ignore[reportArgumentType]  # one of two
        free = ground.crop((96, 0, 192, 108))  # the other half has the words
        data = free.resize((24, 27), Image.Resampling.BOX).tobytes()
        colours = [(data[at], data[at + 1], data[at + 2]) for at in range(0, len(data), 3)]
        assert all(contrast(each, ink) >= LEAST_CONTRAST for each in colours), seed


def test_right_to_left_stands_at_the_right():
    left, _, right, _ = inked(TitleCard("كم"), (960, 540))
    assert left > 960 / 2 and right > 960 * 0.85
    left, _, right, _ = inked(TitleCard("Hi"), (960, 540))
    assert right < 960 / 2 and left < 960 * 0.15
    assert right_to_left("120 يوم") and not right_to_left("120 days يوم") and not right_to_left("米")


def test_the_language_decides_between_forms_of_the_same_character():
    assert [script_of("骨", each) for each in ("", "zh-Hant", "ja", "ko", "zh-TW")] == [
        "sc",
        "tc",
        "jp",
        "kr",
        "tc",
    ]
    simplified, traditional = (
        draw_card(TitleCard("骨", language=each), (320, 180)) for each in ("zh", "zh-TW")
    )
    assert ImageChops.difference(simplified, traditional).getbbox()


def test_what_no_font_has_is_left_out():
    assert drawable("Rice 🌾 and water") == "Rice and water"
    assert draw_card(TitleCard("Rice 🌾"), (320, 180)).size == (320, 180)
