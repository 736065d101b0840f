"""The fonts of captions and titles: those that come with the install and no others, so that a film looks the
same on every machine.

libass finds them through a fontconfig file of our own: with its `fontsdir` option it would neither fall back
from one font to another nor draw a variable font bold.
"""

import mmap
import struct
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import fontpkg_noto_sans_devanagari
import fontpkg_noto_sans_thai
from PIL import ImageFont

from rushes.errors import Fault, Invalid

RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "ckb", "dv"})
"""Languages written from right to left, as the first part of their tags."""


@dataclass(frozen=True)
class Face:
    """A font file and its family's name. `line` is the height of a line in it as a share of its size."""

    family: str
    path: Path
    line: float


def _in_package(package: str, *places: str) -> Path | None:
    """A file of a package that may not be installed."""
    found = find_spec(package)
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent.joinpath(*places)
    return path if path.is_file() else None


@cache
def faces() -> dict[str, Face]:
    """Return every face there is, by family, in the order in which one is looked for."""
    ofl = ("fonts", "ofl")
    files: dict[str, Path | None] = {
        "Noto Sans": Path(fontpkg_noto_sans.ROOT) / "files" / "NotoSans[wdth,wght].ttf",
        "Noto Sans Arabic": Path(fontpkg_noto_sans_arabic.ROOT) / "files" / "NotoSansArabic[wdth,wght].ttf",
        "Noto Sans Devanagari": Path(fontpkg_noto_sans_devanagari.ROOT)
        / "files"
        / "NotoSansDevanagari[wdth,wght].ttf",
        "Noto Sans Thai": Path(fontpkg_noto_sans_thai.ROOT) / "files" / "NotoSansThai[wdth,wght].ttf",
        "Noto Sans Hebrew": _in_package(
            "justmytype_intl_rtl", *ofl, "notosanshebrew", "NotoSansHebrew[wdth,wght].ttf"
        ),
    }
    for region in ("JP", "SC", "TC", "KR"):
        files[f"Noto Sans {region}"] = _in_package(
            "justmytype_intl_cjk", *ofl, f"notosans{region.lower()}", f"NotoSans{region}[wght].ttf"
        )
    return {
        family: Face(family, path, _line_height(path)) for family, path in files.items() if path is not None
    }


def family_for(language: str) -> str:
    """The family that captions in a language (a BCP 47 tag) are set in; others help out for what it lacks.

    Chinese, Japanese and Korean share characters that are drawn differently: the language decides.
    """
    tag = language.lower().replace("_", "-").split("-")
    match tag[0]:
        case "ja":
            return "Noto Sans JP"
        case "ko":
            return "Noto Sans KR"
        case "zh" | "yue" | "cmn":
            traditional = tag[0] == "yue" or {"hant", "tw", "hk", "mo"} & set(tag)
            return "Noto Sans TC" if traditional else "Noto Sans SC"
        case "ar" | "fa" | "ur" | "ps" | "sd" | "ug" | "ckb":
            return "Noto Sans Arabic"
        case "he" | "yi":
            return "Noto Sans Hebrew"
        case "th":
            return "Noto Sans Thai"
        case "hi" | "mr" | "ne" | "sa" | "kok" | "mai":
            return "Noto Sans Devanagari"
        case _:
            return "Noto Sans"


def face_for(language: str) -> Face:
    """Return the face of a language's captions. Raises `Invalid` when its font is not installed."""
    family = family_for(language)
    found = faces().get(family)
    if found is None:
        message = (
            f"Captions in this language ({language}) need fonts that are not installed: "
            'add the extra "cjk" (pip install "rushes[cjk]"), or turn captions off.'
        )
        raise Invalid(message, [Fault("captions", message, "no_font")])
    return found


def right_to_left(language: str) -> bool:
    """Whether a language is written from right to left."""
    return language.lower().replace("_", "-").partition("-")[0] in RIGHT_TO_LEFT


def font(family: str, size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """A face for Pillow. Each call gives another one: a varied face must not be shared between threads."""
    made = ImageFont.truetype(str(faces()[family].path), size)
    weight = 700 if bold else 400
    axes = made.get_variation_axes()
    made.set_variation_by_axes(
        [weight if axis.get("name") == b"Weight" else axis.get("default") or 0 for axis in axes]
    )
    return made


@cache
def _covered(family: str) -> frozenset[int]:
    return _characters(faces()[family].path)


def covering(text: str, first: str) -> str:
    """The family, `first` before all others, that has the most of a text's characters."""
    wanted = {ord(char) for char in text if not char.isspace()}
    order = [first, *(family for family in faces() if family != first)]
    return max(order, key=lambda family: len(wanted & _covered(family)))


def fontconfig_file(folder: Path) -> Path:
    """Write, below `folder`, a fontconfig file that knows our fonts alone. Its cache is kept there too."""
    folder.mkdir(parents=True, exist_ok=True)
    directories = sorted({str(face.path.parent) for face in faces().values()})
    lines = ['<?xml version="1.0"?>', '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">', "<fontconfig>"]
    lines += [f"  <dir>{escape(each)}</dir>" for each in directories]
    lines += [f"  <cachedir>{escape(str(folder.absolute() / 'cache'))}</cachedir>", "</fontconfig>", ""]
    content = "\n".join(lines)
    path = folder / "fonts.conf"
    if not path.exists() or path.read_text() != content:
        part = path.with_name("fonts.conf.part")
        part.write_text(content)
        part.replace(path)
    return path


@contextmanager
def _mapped(path: Path) -> Generator[mmap.mmap]:
    """A font file as bytes. Only what is read of it comes to memory: all fonts together have 50 MB."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def _tables(data: mmap.mmap) -> dict[bytes, int]:
    """Where each table of a TrueType file begins."""
    (count,) = struct.unpack_from(">H", data, 4)
    entries = (struct.unpack_from(">4sIII", data, 12 + 16 * number) for number in range(count))
    return {name: start for name, _, start, _ in entries}


@cache
def _line_height(path: Path) -> float:
    """What libass calls the size of a font (Windows' ascent and descent), as a share of its em."""
    with _mapped(path) as data:
        tables = _tables(data)
        ascent, descent = struct.unpack_from(">HH", data, tables[b"OS/2"] + 74)
        (units,) = struct.unpack_from(">H", data, tables[b"head"] + 18)
    return (ascent + descent) / units


@cache
def _characters(path: Path) -> frozenset[int]:
    """The characters a font file has, from its `cmap` table (formats 4 and 12)."""
    with _mapped(path) as data:
        found = set(_listed(data))
    found.discard(0xFFFF)
    return frozenset(found)


def _listed(data: mmap.mmap) -> Generator[int]:
    start = _tables(data)[b"cmap"]
    (count,) = struct.unpack_from(">H", data, start + 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", data, start + 8 + 8 * number)
        at = start + offset
        (form,) = struct.unpack_from(">H", data, at)
        if form == 4:
            (twice,) = struct.unpack_from(">H", data, at + 6)
            ends = struct.unpack_from(f">{twice // 2}H", data, at + 14)
            starts = struct.unpack_from(f">{twice // 2}H", data, at + 16 + twice)
            for low, high in zip(starts, ends, strict=True):
                yield from range(low, high + 1)
        elif form == 12:
            (groups,) = struct.unpack_from(">I", data, at + 12)
            for group in range(groups):
                low, high, _ = struct.unpack_from(">III", data, at + 16 + 12 * group)
                yield from range(low, high + 1)
