"""Text taken apart without a model: sentences, clauses and words in any script, and how long they take."""

import re
from collections.abc import Iterator

from rushes.sanitize import clean_text

MOST_SENTENCE = 1000
"""Characters. A longer one (a text without any full stop) is broken where it may be."""
LONGEST_ABBREVIATION = 16
CHARS_PER_WORD = {"cjk": 1.7, "thai": 4.5}
"""In scripts that put no blanks between words: characters that take as long to say as an English word."""

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_THAI = r"\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"
_UNSPACED = re.compile(rf"[{_CJK}]")
_THAI_CHAR = re.compile(rf"[{_THAI}]")
_CLOSING = r"[\"'”’»›)\]」』】]*+"
# Possessive, and from the beginning of a run only: a thousand full stops are looked at once.
_END = re.compile(
    rf"(?:[。！？｡]++{_CLOSING}\s*+)"  # no blank follows in these scripts
    rf"|(?:(?<![.!?…؟।॥۔])[.!?…؟।॥۔]++{_CLOSING}(?:\s++|$))"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-ZÀ-Þ]|Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|vs|etc|e\.g|i\.e|cf|ca|approx|Nr|No|Fig|bzw|z\.B|d\.h|u\.a"
    r"|usw|M|Mme|Mlle|p\.ex|Sra|Dra|Ud|pág|Sig|Dott|т\.е|т\.д|[A-Z](?:\.[A-Z])+)\.$"
)
_CLAUSE = re.compile(r"[,;:—–،؛、，；：()（）]|(?<=\s)-(?=\s)")
_MARKS = (
    r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    r"\u0eb1-\u0ebc"
)
_WORD = re.compile(rf"\w+(?:[{_MARKS}]+\w*)*(?:['’\-]\w+)*")
_COMPOUND = re.compile(
    r"[\u30a0-\u30ff]{3,}|[\u4e00-\u9fff\u3400-\u4dbf々]{2,6}|[\u4e00-\u9fff](?=[はがをのにでともへ])"
)
_DIRECTIONS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"\s+")


def tidy(text: str, most: int) -> str:
    """Return text without control characters and without marks of direction, which Arabic text may hold."""
    return clean_text(_DIRECTIONS.sub("", text), most)


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph, in any script, each without blanks around it."""
    found: list[str] = []
    begin = 0
    for end in _END.finditer(text):
        last = text[max(begin, end.end() - LONGEST_ABBREVIATION) : end.end()].strip()
        following = text[end.end() : end.end() + 1]
        if following and (_ABBREVIATION.search(last) or (following.islower() and not last.endswith("…"))):
            continue
        if before := text[begin : end.end()].strip():
            found.append(before)
        begin = end.end()
    if rest := text[begin:].strip():
        found.append(rest)
    return [piece for each in found for piece in _broken(_SPACES.sub(" ", each))]


def _broken(sentence: str) -> Iterator[str]:
    while len(sentence) > MOST_SENTENCE:
        cut = max(
            sentence.rfind(", ", 0, MOST_SENTENCE),
            sentence.rfind("，", 0, MOST_SENTENCE),
            sentence.rfind("、", 0, MOST_SENTENCE),
        )
        if cut < MOST_SENTENCE // 3:
            cut = sentence.rfind(" ", 0, MOST_SENTENCE)
        if cut < MOST_SENTENCE // 3:
            cut = MOST_SENTENCE - 1
        yield sentence[: cut + 1].strip()
        sentence = sentence[cut + 1 :].strip()
    if sentence:
        yield sentence


def clauses(sentence: str) -> list[str]:
    """Return the parts of a sentence between its commas, dashes and brackets, without the full stop."""
    bare = sentence.strip().strip("\"'“”‘’«»「」").rstrip(".!?…。！？؟।॥۔ ")
    return [each.strip() for each in _CLAUSE.split(bare) if each and each.strip()]


def words(text: str) -> list[str]:
    """Return the words that may be keywords, as they stand: of Chinese and Japanese the compounds."""
    if not _UNSPACED.search(text):
        return _WORD.findall(text)
    mixed: list[str] = []
    for each in _WORD.findall(text):
        mixed += _COMPOUND.findall(each) if _UNSPACED.search(each) else [each]
    return mixed


def count_words(text: str) -> float:
    """Return how many English words take as long to say as this text."""
    cjk = len(_UNSPACED.findall(text))
    thai = len(_THAI_CHAR.findall(text))
    spaced = len(text.split()) if not cjk and not thai else len(_rest(text).split())
    return spaced + cjk / CHARS_PER_WORD["cjk"] + thai / CHARS_PER_WORD["thai"]


def _rest(text: str) -> str:
    return re.sub(r"[^\w\s]", "", _THAI_CHAR.sub(" ", _UNSPACED.sub(" ", text)))


def full_stop(text: str) -> str:
    """Return the sign that ends a sentence in the script of the text."""
    if _UNSPACED.search(text):
        return "。"
    if re.search(r"[\u0900-\u097f]", text):
        return "।"
    return "" if _THAI_CHAR.search(text) else "."


def ended(sentence: str) -> str:
    """Return the sentence with a first letter in upper case, and a full stop where it has no end."""
    sentence = sentence.strip()
    if not sentence:
        return ""
    if not re.search(rf"[.!?…。！？؟।॥۔:]{_CLOSING}$", sentence):
        sentence = sentence.rstrip(",;，、-–— ") + full_stop(sentence)
    return sentence[0].upper() + sentence[1:]


def shortened(text: str, most: int) -> str:
    """Return the text, cut after a whole word so that it has at most `most` characters."""
    text = _SPACES.sub(" ", text).strip()
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    if not _UNSPACED.search(text) and " " in cut:
        cut = cut.rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:–—-") + "…"
