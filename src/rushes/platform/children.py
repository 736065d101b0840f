"""The environment of child processes: an allow-list, so that no secret of Rushes' own environment is in it.

FFmpeg, the program that inspects takes, PostgreSQL and a browser read files and pages from outside. What one
of them might be tricked into telling must not be a key, a database's password or a bucket's secret.
"""

import os
import re
from urllib.parse import urlsplit, urlunsplit

_ALWAYS = re.compile(
    # Where programs, libraries, fonts and homes are; the language; the time zone; temporary files.
    r"PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TZDIR|TMPDIR|TMP|TEMP|UMASK"
    r"|LD_LIBRARY_PATH|DYLD_\w+|FONTCONFIG_\w+|XDG_\w+|MALLOC_\w+|SSL_CERT_(FILE|DIR)"
    # Python, for the inspection program; which FFmpeg it is; graphics hardware that encodes.
    r"|PYTHON\w*|VIRTUAL_ENV|IMAGEIO_FFMPEG_EXE|LIBVA_\w+|NVIDIA_\w+|CUDA_VISIBLE_DEVICES"
    # Windows does not start a program without these.
    r"|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|USERPROFILE|PROGRAMDATA",
    re.IGNORECASE,
)
_SCREEN = re.compile(r"DISPLAY|WAYLAND_\w+|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS")
_PROXY = re.compile(r"(http|https|all|no)_proxy", re.IGNORECASE)


def child_environment(*, browser: bool = False) -> dict[str, str]:
    """Return the variables that a child process is given. A browser also needs the screen and the proxy."""
    given = {name: value for name, value in os.environ.items() if _ALWAYS.fullmatch(name)}
    if browser:
        for name, value in os.environ.items():
            if _SCREEN.fullmatch(name):
                given[name] = value
            elif _PROXY.fullmatch(name):
                given[name] = _without_password(value)
    return given


def _without_password(proxy: str) -> str:
    """Return a proxy's address without its user: Chromium asks for that instead of reading it here."""
    parts = urlsplit(proxy)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in proxy else proxy
