"""The bytes of a prompts file as text: by their mark, else UTF-8, else what a detector finds, and said.

Wrong letters cost money and nobody sees them before the video: a guess is always told with a sample of
what it read, and what no guess fits is refused.
"""

import codecs
import re
import unicodedata

import chardet

from rushes.intake.prompt_raw import Findings

_LOOKED_AT = 64 * 1024
_SAMPLE = 24
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16 LE, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHERS = ("gb2312", "euc_kr", "cp932", "cp1252", "cp850")
"""What is tried where the detector finds nothing that fits: too few letters to tell."""
_RIVALS = {"cp737": "cp866", "ibm737": "cp866"}
"""Of two that a few letters fit alike, the one that is far more used."""
_TITLES = {
    "cp1252": "Windows-1252",
    "gb18030": "GBK",
    "gb2312": "GBK",
    "euc_kr": "EUC-KR",
    "cp932": "Shift-JIS",
    "cp949": "EUC-KR",
}


def decode(data: bytes, found: Findings) -> str | None:
    """The text of a file with every line ended by a newline character, or None after noting a fault.

    UTF-8, UTF-16 and UTF-32 by their mark; UTF-16 without one when its zero bytes show it; else UTF-8;
    else the most likely encoding, with a warning.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = _try(data[len(mark) :], encoding)
            if text is None:
                found.fault(
                    f"The file says it is {encoding[:6].upper().rstrip('-')} but is damaged. "
                    "Save it again as UTF-8.",
                    "encoding",
                )
                return None
            break
    else:
        text = _decode_unmarked(data, found)
    if found.faults:
        return None
    if text is None or _CONTROL.search(_LINE_ENDS.sub("\n", text)):
        found.fault(
            "This is not a text file. Give prompts as text, CSV, JSON, YAML, Markdown or XLSX.", "not_prompts"
        )
        return None
    return _LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))


def guess(data: bytes) -> tuple[str, str, str] | None:
    """The text of bytes that are no UTF-8, and how people and Python name the encoding; None if none fits."""
    detected = chardet.detect(data[:_LOOKED_AT])["encoding"] or ""
    rival = _RIVALS.get(detected.lower())
    for encoding in (rival, detected, *_OTHERS):
        text = _try(data, encoding) if encoding else None
        if encoding and text is not None and is_plausible(text):
            name = codecs.lookup(encoding).name
            return text, _TITLES.get(name, encoding), name
    return None


def _decode_unmarked(data: bytes, found: Findings) -> str | None:
    if b"\0" in data:
        # Text has no zero bytes unless it is UTF-16; the right byte order gives the more plain ASCII.
        texts = [t for e in ("utf-16-le", "utf-16-be") if (t := _try(data, e)) and "\0" not in t]
        return max(texts, key=_ascii_share, default=None)
    if (text := _try(data, "utf-8")) is not None and b"\x1b$" not in data:
        return text
    if _is_binary(data):
        return None
    guessed = guess(data)
    if guessed is None:
        found.fault("The text encoding of this file is not clear. Save it as UTF-8.", "encoding")
        return None
    text, title, _ = guessed
    found.warn(
        f"The file is not UTF-8 and was read as {title}: “{_sample(text)}”. Check the letters, or "
        f"save it as UTF-8.",
        "encoding_guessed",
    )
    return text


def _is_binary(data: bytes) -> bool:
    controls = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in data[:4096])
    return controls > 0


def is_plausible(text: str) -> bool:
    """Whether the letters fit together: in no word two scripts, no sign that people do not write."""
    if _CONTROL.search(_LINE_ENDS.sub("\n", text)):
        return False
    words = re.findall(r"[^\W\d_]{2,40}", text[:_LOOKED_AT])
    return not any(_HALF_WIDTH.search(word) or len(_scripts(word)) > 1 for word in words)


_HALF_WIDTH = re.compile("[\uff61-\uff9f]")


def _scripts(word: str) -> set[str]:
    """The scripts of the letters of a word; those that Japanese writes together are one."""
    found = {"LATIN" if c.isascii() else unicodedata.name(c, "?").split(" ")[0] for c in word}
    east = found & {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO", "IDEOGRAPHIC"}
    # A letter such as A may stand in a word of an Eastern script, but those do not stand in Korean.
    return (found - east - {"LATIN"}) | {"CJK"} if east else found


def _sample(text: str) -> str:
    """A few letters of the text that are not plain ASCII, with what stands around them."""
    place = next((i for i, c in enumerate(text) if not c.isascii()), 0)
    return " ".join(text[max(0, place - 6) : place + _SAMPLE].split())


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _ascii_share(text: str) -> float:
    return sum(c.isascii() for c in text) / len(text)
