"""The names in a ZIP as their makers meant them: the encoding, the separators and the accents.

Only names that are marked as UTF-8 say what they are. The others are bytes in the code page of the machine
that made the ZIP, one for all of them, so they are judged together.
"""

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence

from rushes.intake.prompt_encoding import guess, is_plausible

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075


def names_in(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """The names of these entries, in order, composed (NFC), with `/` between folders."""
    names: list[str | None] = [_marked(info) for info in infos]
    raw = {i: _bytes(infos[i]) for i, name in enumerate(names) if name is None}
    # Many tools write UTF-8 and forget to say so.
    for i, data in raw.items():
        text = _decode(data, "utf-8")
        names[i] = text if text is not None and is_plausible(text) else None
    left = [i for i in raw if names[i] is None]
    guessed = guess(b"\n".join(raw[i] for i in left)) if left else None
    for i in left:
        names[i] = (_decode(raw[i], guessed[2]) if guessed else None) or infos[i].filename
    return [unicodedata.normalize("NFC", (name or "").replace("\\", "/")) for name in names]


def _marked(info: zipfile.ZipInfo) -> str | None:
    """The name of an entry that says what encoding it has, or that is plain ASCII."""
    if info.flag_bits & _UTF8_FLAG or info.filename.isascii():
        return info.filename
    return _unicode_path(info)


def _unicode_path(info: zipfile.ZipInfo) -> str | None:
    """The name in the extra field that some tools add for it; it holds for the name whose sum it has."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            (checksum,) = struct.unpack_from("<I", field, 1)
            if checksum == zlib.crc32(_bytes(info)):
                try:
                    return field[5:].decode()
                except UnicodeDecodeError:
                    return None
    return None


def _bytes(info: zipfile.ZipInfo) -> bytes:
    # The reader has decoded it as code page 437, which has a sign for every byte.
    return info.orig_filename.encode("cp437", "replace")


def _decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
