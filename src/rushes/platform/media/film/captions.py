"""Captions as an ASS document for libass, and as sidecar files: SRT, WebVTT and ASS.

Times are of whole frames. A word is highlighted by an event of its own for as long as it is the current one,
so that what is seen can be told to the frame.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from rushes.platform.media.film.caption_lines import Bit, Caption, make_captions
from rushes.platform.media.film.fonts import covering, face_for, font
from rushes.platform.media.film.timeline import CaptionLook, CaptionStyle, CaptionWord, Timeline

MEASURED_AT = 100
"""Pixels at which lines are measured; widths of other sizes follow from it."""
SPARE = 0.96
"""Share of the room a measured line may take: libass may set it a little wider."""


class CaptionForm(StrEnum):
    """The forms of a sidecar file."""

    SRT = "srt"
    VTT = "vtt"
    ASS = "ass"


@dataclass(frozen=True)
class Area:
    """Where captions may stand, pixels of the frame."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels across."""
        return self.right - self.left


def safe_area(width: int, height: int) -> Area:
    """The part of a frame that no buttons of players and sites cover: upright, much less of the bottom."""
    if height > width * 1.5:
        return Area(width * 0.11, height * 0.10, width * 0.89, height * 0.80)
    return Area(width * 0.10, height * 0.06, width * 0.90, height * 0.92)


def em_size(timeline: Timeline) -> float:
    """The size of caption type: pixels of its em."""
    factor = 1.45 if timeline.captions.style is CaptionStyle.ONE_WORD else 1.0
    side = min(timeline.width, timeline.height * 1.1)
    return 0.056 * side * timeline.captions.size * factor


def captions_of(timeline: Timeline) -> list[Caption]:
    """The captions of a film as they are shown. Raises `Invalid` when the font of its language is missing."""
    if not timeline.words:
        return []
    room = safe_area(timeline.width, timeline.height).width * SPARE / em_size(timeline) * MEASURED_AT
    one_word = timeline.captions.style is CaptionStyle.ONE_WORD
    return list(_laid_out(timeline.words, timeline.language, timeline.fps, room, one_word))


@lru_cache(maxsize=16)
def _laid_out(
    words: tuple[CaptionWord, ...], language: str, fps: int, room: float, one_word: bool
) -> tuple[Caption, ...]:
    """Lay out captions. Kept: measuring a film of sixty scenes takes a third of a second, and its preview is
    asked for after each edit, most of which move no word."""
    fits = _measure(language, room)
    return tuple(make_captions(words, language=language, fps=fps, fits=fits, one_word=one_word))


def _measure(language: str, room: float) -> Callable[[str], bool]:
    first = face_for(language).family
    fonts = {first: font(first, MEASURED_AT, bold=True)}
    known: dict[str, float] = {}

    def fits(text: str) -> bool:
        if text not in known:
            family = covering(text, first)
            if family not in fonts:
                fonts[family] = font(family, MEASURED_AT, bold=True)
            known[text] = fonts[family].getlength(text)
        return known[text] <= room

    return fits


def ass_document(timeline: Timeline, captions: list[Caption], *, span: tuple[int, int] | None = None) -> str:
    """The ASS document of captions, or of the frames from `span[0]` up to but without `span[1]`.

    Times then count from `span[0]`. Returns "" when none of them is seen there.
    """
    first, last = span or (0, timeline.frames)
    events: list[str] = []
    for caption in captions:
        for text, start, end in _events(caption, timeline):
            begin, stop = max(start, first), min(end, last)
            if begin < stop:
                times = (_ass_time(at - first, timeline.fps) for at in (begin, stop))
                events.append(f"Dialogue: 0,{','.join(times)},Caption,,0,0,0,,{text}")
    return "\n".join([_head(timeline), *events, ""]) if events else ""


def write_captions(timeline: Timeline, form: CaptionForm, into: Path) -> None:
    """Write the captions of a film beside it. A film whose captions are off has them here all the same."""
    shown = timeline
    if timeline.captions.style in (CaptionStyle.OFF, CaptionStyle.ONE_WORD) and form is not CaptionForm.ASS:
        shown = replace(timeline, captions=replace(timeline.captions, style=CaptionStyle.CLEAN))
    captions = captions_of(shown)
    match form:
        case CaptionForm.SRT:
            content = srt(captions, shown.fps)
        case CaptionForm.VTT:
            content = vtt(captions, shown.fps)
        case CaptionForm.ASS:
            content = ass_document(shown, captions) or _head(shown) + "\n"
    part = into.with_name(into.name + ".part")
    part.write_text(content, encoding="utf-8")
    part.replace(into)


def srt(captions: list[Caption], fps: int) -> str:
    """Captions as SubRip."""
    blocks = (
        f"{number}\n{_clock(each.start, fps, ',')} --> {_clock(each.end, fps, ',')}\n{each.text}\n"
        for number, each in enumerate(captions, 1)
    )
    return "\n".join(blocks)


def vtt(captions: list[Caption], fps: int) -> str:
    """Captions as WebVTT."""
    blocks = ["WEBVTT\n"]
    for each in captions:
        text = each.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{_clock(each.start, fps, '.')} --> {_clock(each.end, fps, '.')}\n{text}\n")
    return "\n".join(blocks)


def _clock(frame: int, fps: int, point: str) -> str:
    whole = round(frame * 1000 / fps)
    minutes, milliseconds = divmod(whole, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02}{point}{milliseconds % 1000:03}"


def _ass_time(frame: int, fps: int) -> str:
    # Rounded down: libass shows an event from its time on, and the frame's own time is never before it.
    whole = frame * 100 // fps
    return f"{whole // 360_000}:{whole // 6000 % 60:02}:{whole // 100 % 60:02}.{whole % 100:02}"


def _head(timeline: Timeline) -> str:
    look = timeline.captions
    face = face_for(timeline.language)
    em = em_size(timeline)
    boxed = look.style is CaptionStyle.BOXED
    outline = 0.0 if boxed else em * 0.085
    style = [
        "Caption",
        face.family,
        f"{em * face.line:.2f}",
        _colour(look.colour),
        _colour(look.highlight),
        _colour(look.outline),
        _colour(look.box, 0x50 if boxed else 0x70),
        "-1,0,0,0,100,100,0,0",
        # 4: one box behind all lines; its border is the shadow's width.
        f"{4 if boxed else 1},{outline:.2f},{em * (0.28 if boxed else 0.04):.2f}",
        # The encoding -1 has libass find out in which direction a line is written.
        "5,0,0,0,-1",
    ]
    return "\n".join(
        [
            "[Script Info]",
            "ScriptType: v4.00+",
            f"PlayResX: {timeline.width}",
            f"PlayResY: {timeline.height}",
            "WrapStyle: 2",
            "ScaledBorderAndShadow: yes",
            "YCbCr Matrix: TV.709",
            "",
            "[V4+ Styles]",
            "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour,"
            " Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline,"
            " Shadow, Alignment, MarginL, MarginR, MarginV, Encoding",
            f"Style: {','.join(style)}",
            "",
            "[Events]",
            "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
        ]
    )


def _events(caption: Caption, timeline: Timeline) -> list[tuple[str, int, int]]:
    look = timeline.captions
    place = _place(caption, timeline)
    if look.style is not CaptionStyle.HIGHLIGHT:
        return [(place + _text(caption, None, look), caption.start, caption.end)]
    bits = [bit for line in caption.lines for bit in line]
    found: list[tuple[str, int, int]] = []
    for number, bit in enumerate(bits):
        start = caption.start if number == 0 else bit.start
        end = bits[number + 1].start if number + 1 < len(bits) else caption.end
        if end > start:
            found.append((place + _text(caption, bit, look), start, end))
    return found


def _place(caption: Caption, timeline: Timeline) -> str:
    area = safe_area(timeline.width, timeline.height)
    half = em_size(timeline) * face_for(timeline.language).line * len(caption.lines) / 2
    position = min(max(timeline.captions.position, 0.0), 1.0)
    middle = area.top + (area.bottom - area.top) * position
    middle = min(max(middle, area.top + half), area.bottom - half)
    return f"{{\\pos({timeline.width / 2:.1f},{middle:.1f})}}"


def _text(caption: Caption, current: Bit | None, look: CaptionLook) -> str:
    lines: list[str] = []
    for line in caption.lines:
        text = ""
        for number, bit in enumerate(line):
            text += " " if bit.space and number else ""
            shown = escape_ass(bit.text)
            if bit is current:
                shown = f"{{\\1c{_colour(look.highlight)[:2]}{_colour(look.highlight)[4:]}&}}{shown}"
                shown += f"{{\\1c{_colour(look.colour)[:2]}{_colour(look.colour)[4:]}&}}"
            text += shown
        lines.append(text)
    return "\\N".join(lines)


def escape_ass(text: str) -> str:
    """A text in which libass finds no commands: braces escaped, a backslash parted from what follows."""
    escaped = text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")
    return escaped.replace("\n", " ")


def _colour(value: str, clear: int = 0) -> str:
    """`#rrggbb` in the order of ASS, with how clear it is (0 to 255)."""
    red, green, blue = (value[at : at + 2] for at in (1, 3, 5))
    return f"&H{clear:02X}{blue}{green}{red}".upper()
