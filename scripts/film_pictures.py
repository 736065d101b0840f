"""Makes the guide's pictures of films: captions in ten scripts and four styles, and what lies over a film.

Run it with `python -m scripts.film_pictures [FOLDER]` (docs/images).
"""

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw

from rushes.platform.media.film.render import frame_at
from rushes.platform.media.film.timeline import (
    CaptionLook,
    CaptionStyle,
    CaptionWord,
    Overlay,
    Scene,
    StillSource,
    Timeline,
)
from rushes.platform.media.moves import CameraMove
from rushes.platform.media.speech.words import written_words
from rushes.story.draw import draw
from rushes.story.drawings import Drawing, DrawingKind
from rushes.story.timeline import TITLE_PLACES

ROOT = Path(__file__).parents[1]
IMAGE = ROOT / "examples" / "images" / "2.jpg"
SCRIPTS = {
    "en": "Rice takes about 120 days from seed to harvest.",
    "ru": "Рис растёт около 120 дней от посева до урожая.",
    "el": "Το ρύζι χρειάζεται περίπου 120 ημέρες.",
    "ar": "يحتاج الأرز إلى نحو 120 يوماً حتى الحصاد.",
    "he": "האורז גדל כ־120 ימים מזריעה ועד קציר.",
    "hi": "धान को बुवाई से कटाई तक लगभग 120 दिन लगते हैं।",
    "th": "ข้าวใช้เวลาประมาณ 120 วันตั้งแต่หว่านจนเก็บเกี่ยว",
    "ja": "稲は種まきから収穫まで約120日かかります。",
    "zh": "水稻从播种到收获大约需要120天。",
    "ko": "벼는 파종에서 수확까지 약 120일이 걸립니다.",
}
STYLES = (CaptionStyle.CLEAN, CaptionStyle.BOXED, CaptionStyle.HIGHLIGHT, CaptionStyle.ONE_WORD)
HEIGHT = 640
STEP = 9
"""Frames of a word."""


def _timeline(language: str, text: str, style: CaptionStyle) -> Timeline:
    words = [
        CaptionWord(each, number * STEP, number * STEP + STEP - 1)
        for number, each in enumerate(written_words(text, language))
    ]
    scene = Scene("a", STEP * len(words) + 30, StillSource(IMAGE, CameraMove.STATIC))
    look = CaptionLook(style=style)
    return Timeline(1080, 1920, 30, (scene,), language=language, words=tuple(words), captions=look)


async def captions(folder: Path) -> Image.Image:
    """Return all scripts below each other, a column for each style: the lower half of a frame."""
    cells: list[list[Image.Image]] = []
    for language, text in SCRIPTS.items():
        row: list[Image.Image] = []
        for style in STYLES:
            into = folder / f"{language}-{style}.png"
            shown = _timeline(language, text, style)
            await frame_at(shown, STEP + 4, into, pieces=folder / "pieces", height=HEIGHT)
            with Image.open(into) as frame:
                row.append(frame.crop((0, HEIGHT * 58 // 100, frame.width, HEIGHT * 86 // 100)).copy())
        cells.append(row)
    return _grid(cells)


def _drawn(folder: Path, kind: DrawingKind, title: str, text: str = "") -> Path:
    into = folder / f"{kind}-{abs(hash(title))}.png"
    draw(Drawing(kind, title, text, 1080, 1920, "#ffffff", "#12151c", "#ffd84d", "en"), into)
    return into


async def over_the_film(folder: Path) -> Image.Image:
    """Return an intro card, a title, a lower third, a watermark, and an outro card beside each other."""
    mark = Image.new("RGBA", (200, 200))
    ImageDraw.Draw(mark).ellipse((10, 10, 190, 190), fill="#ffd84d")
    mark.save(folder / "mark.png")
    title = _drawn(folder, DrawingKind.TITLE, "Four months under water")
    plain = _timeline("en", SCRIPTS["en"], CaptionStyle.HIGHLIGHT)

    def card(heading: str, body: str) -> Timeline:
        path = _drawn(folder, DrawingKind.CARD, heading, body)
        return replace(plain, scenes=(Scene("c", 60, StillSource(path, CameraMove.STATIC)),), words=())

    def with_title(place: str) -> Timeline:
        over = Overlay(title, 0, 60, y=TITLE_PLACES[place])
        return replace(plain, scenes=(replace(plain.scenes[0], overlays=(over,)),))

    watermark = Overlay(folder / "mark.png", 0, 60, 0.82, 0.04, 0.14, 0.8, fade_frames=0)
    shown = [
        card("How rice grows", "A film in four minutes"),
        with_title("top"),
        with_title("lower_third"),
        replace(plain, overlays=(watermark,)),
        card("Thank you", "Pictures: Ann Example, CC BY-SA 4.0\nvia Wikimedia Commons"),
    ]
    row: list[Image.Image] = []
    for number, each in enumerate(shown):
        into = folder / f"over-{number}.png"
        await frame_at(each, 20, into, pieces=folder / "pieces", height=HEIGHT)
        with Image.open(into) as frame:
            row.append(frame.copy())
    return _grid([row])


def _grid(cells: list[list[Image.Image]], gap: int = 6) -> Image.Image:
    width, height = cells[0][0].size
    size = (len(cells[0]) * (width + gap) - gap, len(cells) * (height + gap) - gap)
    sheet = Image.new("RGB", size, "white")
    for down, row in enumerate(cells):
        for across, each in enumerate(row):
            sheet.paste(each, (across * (width + gap), down * (height + gap)))
    return sheet


async def main(into: Path) -> None:
    """Write both pictures."""
    with tempfile.TemporaryDirectory() as name:
        for title, sheet in (
            ("captions", await captions(Path(name))),
            ("film", await over_the_film(Path(name))),
        ):
            sheet.thumbnail((1100, 1400))
            sheet.save(into / f"{title}.jpg", quality=80, optimize=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"))
