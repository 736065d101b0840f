"""The numbers of images by their names, judged as a set: the place in the names whose number differs in all.

One name alone says little: `seedream_4.0_fox_2` may be 4 or 2. Beside its neighbours it is clear, or it is
clearly not, and then nothing is guessed: the names are told to have no numbers.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rushes.intake.name_noise import LONGEST_NAME, is_generated, without_noise
from rushes.intake.prompt_raw import MAX_NUMBER, to_number

_WORDS = (
    "image|img|prompt|shot|scene|frame|photo|picture|pic|no|nr|clip|panel|szene|bild|einstellung|"
    "scène|escena|toma|cena|scena|сцена|кадр|场景|镜头|分镜|图片|图|シーン|カット|画像|장면|이미지|사진"
)
_WORD = re.compile(rf"(?:^|(?<=[^a-z]))(?:{_WORDS}|\#|№)[\s._#-]{{0,3}}(\d{{1,6}})(?![a-z\d])", re.IGNORECASE)
_ALONE = re.compile(r"(?<![^\W_])(\d{1,6})(?![^\W_])")
_AFTER_LETTERS = re.compile(r"(?<=[^\W\d_])(\d{1,6})(?![^\W_])")
_NUMBER = re.compile(r"\d{1,6}+")
_ENDING = re.compile(r"\.[^\W\d_][^\W_]{0,8}$")
_COPY = re.compile(
    r"[\s_]{0,2}\((\d{1,6})\)$|[\s_-]{0,3}[\s_-](?:copy|copie|kopie|copia|cópia|kopia|копия|コピー|副本|복사본)"
    r"(?:[\s_-]{0,2}\(?(\d{1,6})\)?)?$|\s-\s(?:copy|kopie|copie|copia)$",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^\W{0,4}(\d{1,6})(?!\d)")
_TRAILING = re.compile(r"(?<!\d)(\d{1,6})\W{0,4}$")
_MOST_PLACES = 12
_LETTER = re.compile(r"[^\W\d_]")
_BEFORE_NUMBER = re.compile(r"[^\W_]{0,200}$")
_AFTER_NUMBER = re.compile(r"^[^\W_]{0,200}")
_VARIANT = re.compile(r"(?<=\d)[\s_-]{0,2}\(?([a-h])\)?$", re.IGNORECASE)


@dataclass(frozen=True)
class SetReading:
    """The number of each name (None: it has none).

    `how` is a sentence for a person, where the names needed more than a look; `doubtful` when two places of
    the names say different things; `variants` when a letter tells several images of one number apart.
    """

    numbers: tuple[int | None, ...]
    how: str = ""
    doubtful: bool = False
    variants: bool = False


def stem_of(filename: str) -> str:
    """A name without folders and ending, composed; of a very long one the end."""
    base = re.split(r"[/\\]", filename)[-1]
    return unicodedata.normalize("NFKC", _ENDING.sub("", base[-LONGEST_NAME:]))


def single_number(filename: str) -> int | None:
    """The number that a name alone gives, or None: after a word such as *shot*, else standing
    alone, else last."""
    stem = stem_of(filename)
    plain = _COPY.sub("", stem)
    # Files renamed together on Windows are "photo (1)", "photo (2)": there the copy mark is the number.
    for text in (plain, stem) if plain else (stem,):
        clean = without_noise(text)
        for pattern in (_WORD, _ALONE, _AFTER_LETTERS):
            for digits in pattern.findall(clean):
                if (number := to_number(digits)) <= MAX_NUMBER:
                    return number
    return None


def are_loosely_named(names: Sequence[str]) -> bool:
    """Return whether the names differ in words too and have no word such as *shot* before their number."""
    clean = [without_noise(stem_of(name)) for name in names]
    return len({_NUMBER.sub("#", text) for text in clean}) > 1 and not all(map(_WORD.search, clean))


def numbers_of(names: Sequence[str]) -> SetReading:
    """The numbers of these names. A single name is read alone."""
    if len(names) < 2:
        return SetReading(tuple(single_number(name) for name in names))
    stems = [stem_of(name) for name in names]
    if family := _family(stems):
        return family
    clean = [without_noise(_plain(stem, stems)) for stem in stems]
    generated = sum(map(is_generated, stems)) * 2 > len(stems)
    found = _by_place(clean, generated)
    if found is None and (variants := _variants(clean, generated)):
        return variants
    if found is None and any("/" in name or "\\" in name for name in names):
        folders = [re.split(r"[/\\]", name)[:-1] for name in names]
        paths = [without_noise(" / ".join(each)[-LONGEST_NAME:]) for each in folders]
        found = _by_place(paths, generated=False)
    if found is None:
        found = SetReading(tuple(None for _ in names)) if generated else _one_by_one(names, clean)
    return replace(found, doubtful=True) if _has_unmarked(stems, found.numbers) else found


def _has_unmarked(stems: Sequence[str], numbers: Sequence[int | None]) -> bool:
    """Whether a name without a number is the beginning of others that have one: it may be the
    first of them."""
    bare = [stem.casefold() for stem, number in zip(stems, numbers, strict=True) if number is None]
    return any(
        number is not None and stem.casefold().startswith(first) and not _LETTER.search(stem[len(first) :])
        for first in bare
        if first
        for stem, number in zip(stems, numbers, strict=True)
    )


def _plain(stem: str, stems: Sequence[str]) -> str:
    """A name without its copy mark, unless the mark is all that tells it from another."""
    plain = _COPY.sub("", stem)
    return (
        plain
        if plain and not any(other != stem and _COPY.sub("", other) == plain for other in stems)
        else stem
    )


def _family(stems: Sequence[str]) -> SetReading | None:
    """`x`, `x (1)`, `x (2)` as browsers save, `x`, `x 2`, `x 3` as a Mac does, `x - Copy`, `x - Copy (2)`."""
    marks: list[int | None] = []
    bases: set[str] = set()
    for stem in stems:
        found = _COPY.search(stem)
        trailing = re.search(r"[\s_](\d{1,4})$", stem) if found is None else None
        if found:
            digits = found[1] or found[2]
            copied = found[1] is None
            marks.append(int(digits) if digits else 1)
            bases.add(stem[: found.start()].rstrip().casefold() + ("\0" if copied and digits is None else ""))
        elif trailing and stem[: trailing.start()].casefold() in {s.casefold() for s in stems}:
            marks.append(int(trailing[1]))
            bases.add(stem[: trailing.start()].rstrip().casefold())
        else:
            marks.append(None)
            bases.add(stem.rstrip().casefold())
    roots = {base.rstrip("\0") for base in bases}
    if len(roots) != 1 or marks.count(None) != 1:
        return None
    given = sorted(mark for mark in marks if mark is not None)
    if len(set(given)) < len(given) or not given:
        return None
    # The first copy is (1) for browsers, 2 for a Mac; both come right after the one without a mark.
    first = given[0]
    if first not in (1, 2):
        return None
    numbers = tuple(1 if mark is None else mark + (2 - first) for mark in marks)
    how = "The names differ in the mark of a copy alone, so the one without it counts as the first."
    return SetReading(numbers, how)


def _by_place(clean: Sequence[str], generated: bool) -> SetReading | None:
    """The numbers at the one place whose number differs in all names."""
    found: dict[tuple[int, ...], list[str]] = {}
    alike = len({_NUMBER.sub("#", text) for text in clean}) == 1
    if not alike:
        clean = _without_common(clean)
    for find in _places(clean, generated, alike):
        digits = [each for text in clean if (each := find(text)) is not None]
        values = tuple(map(to_number, digits))
        if len(values) == len(clean) == len(set(values)) and max(values) <= MAX_NUMBER:
            found.setdefault(values, digits)
    if not found:
        return None
    if len(found) == 1:
        return SetReading(next(iter(found)))
    labelled = tuple(to_number(m[1]) for text in clean if (m := _WORD.search(text)))
    if labelled in found:
        return SetReading(labelled)
    # Numbers that were counted have no gap, or the same width with zeros in front.
    padded = [v for v, digits in found.items() if len(set(map(len, digits))) == 1 and digits[0][0] == "0"]
    runs = [v for v in found if max(v) - min(v) == len(v) - 1]
    for likely in (padded, runs if alike else []):
        if len(likely) == 1:
            return SetReading(likely[0])
    if alike and len({_order(values) for values in runs or found}) == 1:
        return SetReading(min(runs or found, key=max))
    return SetReading(tuple(None for _ in clean), doubtful=True)


def _order(values: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(range(len(values)), key=values.__getitem__))


def _without_common(texts: Sequence[str]) -> list[str]:
    """The texts without the words that all of them begin or end with."""
    prefix = _BEFORE_NUMBER.sub("", _beginning(texts))
    texts = [text[len(prefix) :] for text in texts]
    suffix = _AFTER_NUMBER.sub("", _beginning([text[::-1] for text in texts])[::-1])
    return [text[: len(text) - len(suffix)] for text in texts]


def _beginning(texts: Sequence[str]) -> str:
    """What all of these begin with."""
    first, last = min(texts), max(texts)
    return first[: next((i for i, c in enumerate(first) if i >= len(last) or last[i] != c), len(first))]


def _places(clean: Sequence[str], generated: bool, alike: bool) -> list[Callable[[str], str | None]]:
    """The ways to point at one number in each name."""
    labelled = _first(_WORD)
    if generated:
        return [labelled]
    if alike:
        # The same words in all of them: every number can be pointed at by its place.
        return [_nth(i) for i in range(min(len(_NUMBER.findall(clean[0])), _MOST_PLACES))]
    return [labelled, _first(_LEADING), _first(_TRAILING)]


def _nth(index: int) -> Callable[[str], str | None]:
    def find(text: str) -> str | None:
        numbers = _NUMBER.findall(text)
        return numbers[index] if index < len(numbers) else None

    return find


def _first(pattern: "re.Pattern[str]") -> Callable[[str], str | None]:
    def find(text: str) -> str | None:
        found = pattern.search(text)
        return found[1] if found else None

    return find


def _variants(clean: Sequence[str], generated: bool) -> SetReading | None:
    """`shot1_a`, `shot1_b`: one number for several images, told apart by a letter."""
    letters = [_VARIANT.search(text.rstrip()) for text in clean]
    if not all(letters) or len(clean) < 2:
        return None
    bare = [text.rstrip()[: m.start()] if m else text for text, m in zip(clean, letters, strict=True)]
    order = list(dict.fromkeys(bare))
    if len(order) == len(bare):
        return _by_place(bare, generated)
    found = _by_place(order, generated) if len(order) > 1 else SetReading((single_number(order[0]),))
    if found is None or None in found.numbers:
        return None
    of = dict(zip(order, found.numbers, strict=True))
    return SetReading(tuple(of[text] for text in bare), variants=True)


def _one_by_one(names: Sequence[str], clean: Sequence[str]) -> SetReading:
    """Each name alone. Numbers that are the same in most names, or stand amid other words, are none."""
    numbers = [single_number(name) for name in names]
    given = [n for n in numbers if n is not None]
    if not given:
        return SetReading(tuple(numbers))
    # All the same: it names the set, not the image.
    if len(set(given)) == 1 and len(given) > 1 and len(set(clean)) == len(clean):
        labelled = [_WORD.search(text) for text in clean]
        if not all(labelled):
            return SetReading(tuple(None for _ in numbers))
    anchored = [_is_anchored(text) for text in clean]
    return SetReading(tuple(n if ok else None for n, ok in zip(numbers, anchored, strict=True)))


def _is_anchored(text: str) -> bool:
    """Whether a number stands where people number: at the start, at the end, or after a word such as shot."""
    return bool(
        _WORD.search(text)
        or re.search(r"^\W{0,4}\d{1,6}(?![a-z\d])|(?<!\d)\d{1,6}\W{0,4}$", text, re.IGNORECASE)
    )
