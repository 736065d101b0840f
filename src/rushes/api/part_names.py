"""The name of a file in a form, in all the ways in which clients write it.

UTF-8 as it is, as browsers do; `filename*` (RFC 5987, also in parts, RFC 2231); an encoded word of mail
(RFC 2047), as .NET puts beside it; percent signs or HTML's character references, as forms in other encodings
have them; or the bytes of some other code page.
"""

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from urllib.parse import unquote_to_bytes

from rushes.intake.prompt_encoding import guess

_LONGEST = 4000
_EXTENDED = re.compile(
    r"""filename\*\s{0,4}=\s{0,4}"?([\w-]{1,30})'[\w-]{0,20}'([^;"\s]{1,3000})""", re.IGNORECASE
)
_PIECE = re.compile(
    r"""filename\*(\d{1,2})(\*?)\s{0,4}=\s{0,4}(?:"([^"]{0,3000})"|([^;"\s]{1,3000}))""", re.IGNORECASE
)
_CHARSET = re.compile(r"([\w-]{1,30})'[\w-]{0,20}'")
_ENCODED_WORD = re.compile(r"=\?[\w-]{1,30}\?[bq]\?[^?]{0,2000}\?=", re.IGNORECASE)
_PERCENT = re.compile(r"(?:%[0-9A-F]{2})+", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(\d{2,7});")
# Single letters amid plain ones, as "é" in a word: nobody writes one Chinese character into an English word.
_WESTERN = re.compile(r"(?:[\0-\x7f]|(?<=[a-zA-Z])[À-ÖØ-öø-ÿ]{1,2}(?![À-ÿ]))+")
_LAST_CODE = 0x10FFFF


def file_name(disposition: str, given: bytes | None) -> str | None:
    """The name that a part of a form gives its file; None when the part is no file.

    `disposition` is the whole header, as Latin-1; `given` is its plain `filename`.
    """
    disposition = disposition[:_LONGEST]
    if (extended := _extended(disposition)) is not None:
        return extended
    if given is None:
        return None
    text = _text(given[:_LONGEST])
    if _ENCODED_WORD.search(text):
        try:
            return str(make_header(decode_header(text)))
        except (LookupError, UnicodeDecodeError, HeaderParseError, ValueError):
            return text
    return _PERCENT.sub(_unquoted, _REFERENCE.sub(_referenced, text))


def _extended(disposition: str) -> str | None:
    """The name in `filename*`, whole or in numbered pieces; None when there is none that can be read."""
    if found := _EXTENDED.search(disposition):
        return _decoded(unquote_to_bytes(found[2]), found[1])
    pieces = sorted(_PIECE.findall(disposition), key=lambda piece: int(piece[0]))
    if not pieces or [int(piece[0]) for piece in pieces] != list(range(len(pieces))):
        return None
    charset, data = "utf-8", b""
    for number, quoted, inside, bare in pieces:
        text = inside or bare
        if number == "0" and quoted and (mark := _CHARSET.match(text)):
            charset, text = mark[1], text[mark.end() :]
        data += unquote_to_bytes(text) if quoted else text.encode("latin-1")
    return _decoded(data, charset)


def _decoded(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return None  # the plain name is there for this


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        western = data.decode("cp1252", "replace")
        if _WESTERN.fullmatch(western):
            return western
        guessed = guess(data)
        return guessed[0] if guessed else western


def _unquoted(match: "re.Match[str]") -> str:
    """What percent signs stand for, where it is letters beyond ASCII, or a space or a quote of a browser."""
    data = unquote_to_bytes(match[0])
    if data.isascii() and any(each not in b' "\r\n' for each in data):
        return match[0]
    try:
        return data.decode()
    except UnicodeDecodeError:
        return match[0]


def _referenced(match: "re.Match[str]") -> str:
    code = int(match[1])
    return chr(code) if code <= _LAST_CODE else match[0]
