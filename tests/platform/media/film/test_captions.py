"""Captions: where lines break, what libass draws, and the sidecar files."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from tests.platform.media.film.making import FPS, coloured, plain, still, timeline, words

from rushes.errors import Invalid
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.film.caption_lines import (
    MOST_CHARACTERS,
    Caption,
    make_captions,
    wide,
    without_pictures,
)
from rushes.platform.media.film.captions import (
    CaptionForm,
    ass_document,
    captions_of,
    em_size,
    escape_ass,
    safe_area,
    write_captions,
)
from rushes.platform.media.film.fonts import covering, faces, family_for, fontconfig_file, right_to_left
from rushes.platform.media.film.render import frame_at, render
from rushes.platform.media.film.timeline import (
    CaptionLook,
    CaptionStyle,
    CaptionWord,
    Scene,
    Timeline,
)
from rushes.platform.media.moves import CameraMove

TEN: dict[str, list[str]] = {
    "en": [
        "Rice",
        "takes",
        "120",
        "days",
        "to",
        "grow,",
        "and",
        "it",
        "needs",
        "water",
        "all",
        "the",
        "time.",
    ],
    "ru": ["Рис", "растёт", "сто", "двадцать", "дней", "и", "всё", "время", "нуждается", "в", "воде."],
    "el": ["Το", "ρύζι", "χρειάζεται", "εκατόν", "είκοσι", "μέρες", "για", "να", "μεγαλώσει."],
    "ar": ["يحتاج", "الأرز", "إلى", "مئة", "وعشرين", "يومًا", "لينمو", "في", "الحقل."],
    "he": ["האורז", "צריך", "מאה", "ועשרים", "ימים", "כדי", "לגדול", "בשדה."],
    "hi": ["चावल", "को", "उगने", "में", "लगभग", "एक", "सौ", "बीस", "दिन", "लगते", "हैं।"],
    "th": ["ข้าวใช้เวลานานแค่ไหนในการเติบโตในนาข้าวของประเทศไทยและต้องการน้ำมากแค่ไหน"],
    "ja": ["お米が育つまでには", "どのくらいの時間と水が必要になるのでしょうか。"],
    "zh-Hans": ["水稻从播种到收获大约需要一百二十天的时间，并且需要很多水。"],
    "ko": ["벼가", "자라는", "데", "백이십", "일이", "걸리고", "물이", "많이", "필요합니다."],
}


def wide_enough(_: str) -> bool:
    return True


def spoken(texts: list[str], each: int = 20) -> tuple[CaptionWord, ...]:
    return tuple(
        CaptionWord(text, number * each, number * each + each - 1, number == len(texts) - 1)
        for number, text in enumerate(texts)
    )


def lines_of(captions: list[Caption]) -> list[str]:
    return [line for caption in captions for line in caption.text.split("\n")]


def make(
    given: tuple[CaptionWord, ...], language: str = "en", fits: Callable[[str], bool] = wide_enough
) -> list[Caption]:
    return make_captions(given, language=language, fps=FPS, fits=fits)


@pytest.fixture
def film(tmp_path: Path) -> Timeline:
    scene = Scene("a", 90, still(plain(tmp_path / "a.png", "#303030"), CameraMove.STATIC))
    return timeline([scene], width=270, height=480, words=words("Rice grows in water. It takes long."))


@pytest.mark.parametrize("language", list(TEN))
def test_no_line_is_longer_than_can_be_read_or_shown(language: str, tmp_path: Path):
    image = still(plain(tmp_path / "a.png", "grey"))
    film = timeline(
        [Scene("a", 900, image)], width=1080, height=1920, language=language, words=spoken(TEN[language])
    )
    captions = captions_of(film)
    for line in lines_of(captions):
        assert sum(16 if not wide(char) else 42 for char in line) <= 16 * MOST_CHARACTERS, line
    assert all(len(caption.lines) <= 2 for caption in captions)
    joined = "".join(line.replace(" ", "") for line in lines_of(captions))
    assert joined == "".join(TEN[language])
    assert all(one.end <= other.start for one, other in pairwise(captions))


def test_a_caption_ends_with_its_sentence_and_at_a_pause():
    given = (
        *words("It returned in spring. So did we", each=10),
        *words("after a pause", first=100),
    )
    assert [caption.text for caption in make(given)] == [
        "It returned in spring.",
        "So did we",
        "after a pause",
    ]


def test_two_lines_are_of_like_length():
    (caption,) = make(words("one two three four five six seven eight nine ten eleven twelve"))
    first, second = (len(line) for line in caption.text.split("\n"))
    assert abs(first - second) < 8


@pytest.mark.parametrize(
    ("language", "text", "never"),
    [
        ("ja", "今日はとても良い天気ですね。明日も晴れるでしょう。", ("天", "良")),
        ("th", "ข้าวใช้เวลานานแค่ไหนในการเติบโตในนาข้าว", ("เว", "แค่")),
        ("zh-Hans", "我们的使命是让所有人都能够使用人工智能技术", ("使", "技")),
    ],
)
def test_languages_without_spaces_break_between_phrases(language: str, text: str, never: tuple[str, ...]):
    lines = lines_of(make(spoken([text], 90), language, fits=lambda line: len(line) <= 14))
    assert len(lines) > 1
    assert "".join(lines) == text
    assert not any(line.endswith(never) for line in lines), lines


def test_a_word_longer_than_a_line_is_cut_and_its_time_shared():
    given = spoken(["Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichen", "ist", "lang."], 60)
    captions = make(given, "de")
    assert "".join(lines_of(captions)).replace(" ", "") == "".join(word.text for word in given).replace(
        " ", ""
    )
    bits = [bit for caption in captions for line in caption.lines for bit in line]
    assert bits[0].end == bits[1].start
    assert bits[1].end == 59


def test_marks_stay_on_their_letters_when_a_word_is_cut():
    long = "क्षत्रियराष्ट्र" * 5
    for line in lines_of(make(spoken([long], 90), "hi", fits=lambda line: len(line) <= 12)):
        assert line[0] not in "्िीुूेैोौा़ंः", line


def test_emoji_are_dropped_and_leave_no_pause():
    given = words("Rice 🍚 grows 👩‍🌾 fast 😀. Yes!", each=30, spoken=29)
    assert [caption.text for caption in make(given)] == ["Rice grows fast .", "Yes!"]
    assert without_pictures("a 👩‍🌾 b ☀️ c 🇩🇪") == "a b c"
    assert without_pictures("क्‍ष می‌خواهم") == "क्‍ष می‌خواهم"


def test_numbers_and_signs_are_kept():
    (caption,) = make(words("It costs $3.50 (50 % less) {really} a\\b"))
    assert caption.text.replace("\n", " ") == "It costs $3.50 (50 % less) {really} a\\b"


async def test_braces_and_backslashes_are_drawn_and_not_obeyed(tmp_path: Path):
    # Drawn wide: what libass took for commands would be missing.
    widths: list[int] = []
    for text in (r"{\fs300}x\Ny", "xy"):
        document = "[Script Info]\nPlayResX: 640\nPlayResY: 120\n[V4+ Styles]\n"
        document += "Format: Name, Fontname, Fontsize, PrimaryColour, Alignment\n"
        document += "Style: Caption,Noto Sans,40,&H00FFFFFF,4\n[Events]\nFormat: Start, End, Style, Text\n"
        document += f"Dialogue: 0:00:00.00,0:00:05.00,Caption,{escape_ass(text)}\n"
        (tmp_path / "a.ass").write_text(document)
        args = ["-f", "lavfi", "-i", "color=black:s=640x120", "-frames:v", "1"]
        args += ["-vf", f"ass={tmp_path / 'a.ass'}", "-f", "image2", "-update", "1"]
        fonts = {"FONTCONFIG_FILE": str(fontconfig_file(tmp_path / "fonts"))}
        await run_ffmpeg([*args, "-c:v", "png"], into=tmp_path / "a.png", environment=fonts)
        with Image.open(tmp_path / "a.png") as drawn:
            box = drawn.convert("L").point([0] * 100 + [255] * 156).getbbox()  # pyright: ignore[reportUnknownMemberType]
        assert box is not None
        assert box[3] - box[1] < 60
        widths.append(box[2] - box[0])
    assert widths[0] > 3 * widths[1]


def test_an_event_begins_and_ends_with_its_frame(film: Timeline):
    document = ass_document(film, captions_of(film))
    events = [line.split(",")[1:3] for line in document.splitlines() if line.startswith("Dialogue")]
    # libass compares whole milliseconds of a frame's time with these.
    for (start, end), word in zip(events, film.words, strict=True):
        first, last = (round(float(time.rpartition(":")[2]) * 1000) for time in (start, end))
        shown = [frame for frame in range(90) if first <= int(frame * 1000 / FPS) < last]
        assert shown[0] == word.start
    assert ass_document(film, captions_of(film), span=(81, 90)).count("Dialogue") == 0


async def test_a_word_is_highlighted_in_the_film_at_its_frame(film: Timeline, tmp_path: Path):
    look = CaptionLook(highlight="#ff0000", colour="#00ff00", outline="#000000", size=1.5)
    made = await render(replace(film, captions=look), tmp_path / "film.mp4", pieces=tmp_path / "pieces")
    reds = [red_of(frame) for frame in coloured(made.path)]
    centres = [sum(red) / len(red) if len(red) > 8 else None for red in reds]
    changes = [
        number
        for number in range(1, 90)
        if (centres[number] is None) != (centres[number - 1] is None)
        or abs((centres[number] or 0) - (centres[number - 1] or 0)) > 8
    ]
    for word in film.words[1:]:
        # 80 ms are two frames and a half; it is the very frame, give or take what an encoder smears.
        assert min(abs(change - word.start) for change in changes) <= 1, (word, changes)


def red_of(frame: Image.Image) -> list[int]:
    """Where a frame is red: across and, counting a thousandfold, down."""
    red, green, _ = frame.split()
    bright = red.point([0] * 150 + [255] * 106)  # pyright: ignore[reportUnknownMemberType]
    dim = green.point([255] * 90 + [0] * 166)  # pyright: ignore[reportUnknownMemberType]
    found = ImageChops.multiply(bright, dim).tobytes()
    return [place % frame.width + place // frame.width * 1000 for place, value in enumerate(found) if value]


@pytest.mark.parametrize("style", list(CaptionStyle))
async def test_every_style_looks_different_and_stays_in_the_safe_area(
    style: CaptionStyle, film: Timeline, tmp_path: Path
):
    shown = replace(film, captions=replace(film.captions, style=style, position=1.0))
    await frame_at(shown, 15, tmp_path / "a.png", pieces=tmp_path / "pieces")
    with Image.open(tmp_path / "a.png") as frame:
        grey = frame.convert("L")
    changed = grey.point([255 if abs(value - 0x30) > 14 else 0 for value in range(256)]).getbbox()  # pyright: ignore[reportUnknownMemberType]
    if style is CaptionStyle.OFF:
        assert changed is None
        return
    assert changed is not None
    area = safe_area(270, 480)
    assert changed[0] >= area.left - 4
    assert changed[2] <= area.right + 4
    assert changed[3] <= area.bottom + 4
    assert changed[1] > 240


@pytest.mark.parametrize(
    ("width", "height", "bottom"),
    [(1080, 1920, 0.8), (1920, 1080, 0.92), (1080, 1080, 0.92), (1080, 1350, 0.92)],
)
def test_captions_fit_every_shape(width: int, height: int, bottom: float, tmp_path: Path):
    film = timeline(
        [Scene("a", 900, still(plain(tmp_path / "a.png", "grey")))],
        width=width,
        height=height,
        words=spoken(TEN["en"]),
    )
    area = safe_area(width, height)
    assert area.bottom == pytest.approx(bottom * height)
    for look in (CaptionLook(), CaptionLook(size=1.6), CaptionLook(style=CaptionStyle.ONE_WORD)):
        shown = replace(film, captions=look)
        assert captions_of(shown)
        assert 0.03 < em_size(shown) / min(width, height) < 0.15


def test_sidecars_have_the_same_words_and_times(film: Timeline, tmp_path: Path):
    for form in CaptionForm:
        write_captions(film, form, tmp_path / f"a.{form}")
    assert (tmp_path / "a.srt").read_text() == (
        "1\n00:00:00,000 --> 00:00:01,333\nRice grows in water.\n\n"
        "2\n00:00:01,333 --> 00:00:02,700\nIt takes long.\n"
    )
    assert (
        (tmp_path / "a.vtt")
        .read_text()
        .startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.333\nRice grows in water.\n")
    )
    assert (tmp_path / "a.ass").read_text().count("Dialogue:") == len(film.words)


@pytest.mark.parametrize("style", list(CaptionStyle))
def test_sidecars_are_whole_sentences_whatever_is_burnt_in(
    style: CaptionStyle, film: Timeline, tmp_path: Path
):
    shown = replace(film, captions=replace(film.captions, style=style))
    write_captions(shown, CaptionForm.SRT, tmp_path / "a.srt")
    assert (tmp_path / "a.srt").read_text().count("-->") == 2


async def test_a_film_has_its_captions_as_a_text_track(film: Timeline, tmp_path: Path):
    made = await render(film, tmp_path / "film.mp4", pieces=tmp_path / "pieces", soft_captions=True)
    await run_ffmpeg(["-i", str(made.path), "-map", "0:s", "-f", "srt"], into=tmp_path / "read.srt")
    assert "Rice grows in water." in (tmp_path / "read.srt").read_text()


@pytest.mark.parametrize(
    ("language", "family"),
    [
        ("en", "Noto Sans"),
        ("zh", "Noto Sans SC"),
        ("zh-TW", "Noto Sans TC"),
        ("zh-Hant-HK", "Noto Sans TC"),
        ("ja-JP", "Noto Sans JP"),
        ("ko", "Noto Sans KR"),
        ("fa", "Noto Sans Arabic"),
        ("iw", "Noto Sans"),
    ],
)
def test_the_font_follows_the_language(language: str, family: str):
    assert family_for(language) == family


def test_every_language_is_covered_by_its_font():
    for language, texts in TEN.items():
        assert covering("".join(texts), family_for(language)) == family_for(language)
    assert right_to_left("ar-EG")
    assert not right_to_left("en")


def test_missing_fonts_are_named(film: Timeline, monkeypatch: pytest.MonkeyPatch):
    without = {family: face for family, face in faces().items() if family != "Noto Sans JP"}
    monkeypatch.setattr("rushes.platform.media.film.fonts.faces", lambda: without)
    with pytest.raises(Invalid, match=r"rushes\[cjk\]"):
        captions_of(replace(film, language="ja"))


def test_fontconfig_knows_our_fonts_alone(tmp_path: Path):
    path = fontconfig_file(tmp_path / "fonts & more")
    content = path.read_text()
    assert "&amp;" in content
    assert "include" not in content
    assert content.count("<dir>") == len({face.path.parent for face in faces().values()})
    before = path.stat().st_mtime_ns
    assert fontconfig_file(tmp_path / "fonts & more").stat().st_mtime_ns == before
