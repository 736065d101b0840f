"""What a single entry of a ZIP must not be: a way out of the folder, no plain file, a bomb, too large."""

import re
import stat
import unicodedata
import zipfile
from pathlib import PurePosixPath

from rushes.errors import Fault
from rushes.intake.kinds import FileKind
from rushes.platform.names import printable
from rushes.settings import MIB, Settings

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How an entry may be packed."""

_RATIO_FROM = 1 * MIB
"""Below this size a high ratio of compression harms nobody (a blank text file has one)."""

_SPECIAL = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}


def name_fault(info: zipfile.ZipInfo, name: str) -> Fault | None:
    """Why the name, or what it names, cannot be: it would lead out of the folder, or is no plain file."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if "\0" in info.orig_filename:
        what, code = "has a zero character in its name", "bad_name"
    elif any(unicodedata.category(sign) == "Cc" for sign in name):
        what, code = "has a line end or another control character in its name", "bad_name"
    elif name.startswith("/"):
        what, code = "has an absolute path", "path_escape"
    elif re.match(r"[A-Za-z]:(?! )", name):
        what, code = "has a Windows drive in its path", "path_escape"
    elif ".." in PurePosixPath(name).parts:
        what, code = "has “..” in its path", "path_escape"
    elif kind in _SPECIAL:
        what, code = f"is {_SPECIAL[kind]}", "special_file"
    else:
        return None
    return Fault(
        printable(info.filename), f"This entry {what}, so the ZIP is refused. Make the ZIP anew.", code
    )


def content_fault(
    info: zipfile.ZipInfo, name: str, kind: FileKind, limit: int, settings: Settings
) -> Fault | None:
    """Why the content of a file cannot be taken, as far as the directory tells."""
    ratio = info.file_size / max(info.compress_size, 1)
    if kind is FileKind.ARCHIVE:
        message, code = "This is an archive within the ZIP. Unpack it first.", "nested_archive"
    elif info.file_size > _RATIO_FROM and ratio > settings.max_archive_ratio:
        message = f"This entry unpacks to {ratio:,.0f} times its size, as in an archive bomb. Leave it out."
        code = "archive_bomb"
    elif kind is FileKind.OTHER:
        return None
    elif info.compress_type not in METHODS:
        message, code = "This entry is packed in an unusual way. Make an ordinary ZIP.", "unknown_method"
    elif info.file_size > limit:
        message = f"This file has {info.file_size:,} bytes; the most is {limit:,}. Make it smaller."
        code = "too_large"
    else:
        return None
    return Fault(printable(name), message, code)
