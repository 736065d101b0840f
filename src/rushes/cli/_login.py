"""Keeps which server the commands work against, and the token for it, in one file of the user's own.

The file is created with mode 0600 in a folder of mode 0700. A keyring is not used: where it is locked or has
no service (a server, a container, a job of CI) it asks in a window or fails, and a command must do neither.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from rushes.errors import Invalid

FILE = "login.json"
LONGEST_FILE = 64 * 1024
_stay_here = False


@dataclass(frozen=True)
class Login:
    """A server and what opens it. `email` is empty where a token was given."""

    url: str
    token: str
    email: str = ""
    token_id: str = ""


def login_file() -> Path:
    """Return where the login is kept: `~/.config/rushes/login.json` on Linux."""
    return Path(platformdirs.user_config_path("rushes")) / FILE


def work_here() -> None:
    """Have this process work on this machine, whatever is kept: `rushes --local`."""
    global _stay_here  # noqa: PLW0603  # one option of the whole command line
    _stay_here = True


def is_local() -> bool:
    """Return whether `--local` was given."""
    return _stay_here


def load_login() -> Login | None:
    """Return the login that commands use; None: this machine. Raises `Invalid` for a file that is damaged."""
    return None if _stay_here else read_login()


def read_login() -> Login | None:
    """Return what is kept, also with `--local`. Raises `Invalid` for a file that is damaged."""
    file = login_file()
    try:
        with file.open("rb") as stream:
            kept = json.loads(stream.read(LONGEST_FILE))
        return Login(
            str(kept["url"]), str(kept["token"]), str(kept.get("email", "")), str(kept.get("token_id", ""))
        )
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(f"{file} cannot be read.", hint="Delete it, and run `rushes login URL`.") from error


def save_login(login: Login) -> Path:
    """Write the login, for this user alone; a reader sees the one before or this one. Returns the file."""
    file = login_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = file.with_name(f"{FILE}.{os.getpid()}.part")
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(asdict(login), stream)
        part.replace(file)
    except OSError as error:
        raise Invalid(f"{file} cannot be written: {error.strerror}.") from error
    return file


def delete_login() -> None:
    """Delete the file, if there is one."""
    login_file().unlink(missing_ok=True)
