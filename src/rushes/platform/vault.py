"""Seals secrets (Fernet), so that a copy of the database is no key to anybody's account.

What it seals with comes from `RUSHES_SECRET_KEYS` (the first seals, all open), else from a file in the data
folder, made when something is first sealed: one key a line, the first seals. The database never holds it.
"""

import contextlib
import os
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from uuid import uuid4

from rushes.errors import ActionNeeded, ErrorType, SystemFault
from rushes.redaction import remember_secret
from rushes.settings import Settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

KEPT = 2
"""Keys the file keeps after a rotation: what was sealed a moment before it can still be opened."""


class Vault:
    """Seals and opens. The file is read each time it is needed, since another process may have rotated it."""

    def __init__(self, settings: Settings) -> None:
        self._set = [key.get_secret_value() for key in settings.secret_keys]
        self.file = settings.data_dir / "secret.key"

    def seal(self, secret: str) -> str:
        """Encrypt. Makes the file of keys if there is none. Raises `SystemFault` for a damaged one."""
        remember_secret(secret)
        return self._fernet(make=True).encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Decrypt. Raises `ActionNeeded` when it was sealed with a key that is not here, `SystemFault` for a
        file of keys that is damaged or cannot be read."""
        try:
            secret = self._fernet(make=False).decrypt(sealed.encode()).decode()
        except (_library().InvalidToken, ValueError, FileNotFoundError):
            where = "RUSHES_SECRET_KEYS" if self._set else str(self.file)
            # The cause is left out: nothing of the secret may get into a traceback.
            raise ActionNeeded(
                "A stored secret cannot be read: it was encrypted with a key that is not here.",
                hint=f"Put the earlier key back into {where}, or enter the secret again.",
            ) from None
        remember_secret(secret)
        return secret

    def begin_rotation(self) -> None:
        """From now on a new key seals; every earlier one still opens. Keys from settings stay."""
        if not self._set:
            self._write([_library().Fernet.generate_key().decode(), *self._lines(make=True)])

    def end_rotation(self) -> None:
        """Everything is sealed anew: forget all but the new key and the one before."""
        if not self._set:
            self._write(self._lines(make=True)[:KEPT])

    def _fernet(self, *, make: bool) -> "MultiFernet":
        library = _library()
        return library.MultiFernet([library.Fernet(key) for key in self._set or self._lines(make=make)])

    def _lines(self, *, make: bool) -> list[str]:
        try:
            if make and not self.file.exists():
                self._make()
            keys = self.file.read_text(encoding="ascii").split()
            for key in keys:
                _library().Fernet(key)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise self._unusable(f"{error.strerror}.") from error
        except ValueError:  # without its cause, which may show what is in the file
            raise self._unusable("It is damaged.") from None
        if not keys:
            raise self._unusable("It is empty.")
        return keys

    def _unusable(self, why: str) -> SystemFault:
        return SystemFault(
            f"The file of keys {self.file} cannot be used: {why}",
            error_type=ErrorType.STORAGE,
            hint="Make it readable for Rushes, or restore it from a backup. If there is none, remove it and"
            " enter the stored secrets again.",
        )

    def _make(self) -> None:
        """Write the first key, unless another process is quicker: then theirs counts."""
        mine = self._part([_library().Fernet.generate_key().decode()])
        try:
            with contextlib.suppress(FileExistsError):
                os.link(mine, self.file)
        finally:
            mine.unlink()

    def _write(self, keys: list[str]) -> None:
        try:
            self._part(keys).replace(self.file)
        except OSError as error:
            raise self._unusable(f"{error.strerror}.") from error

    def _part(self, keys: list[str]) -> Path:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_name(f"{self.file.name}.{uuid4().hex}")
        part.touch(mode=0o600, exist_ok=False)
        with part.open("w", encoding="ascii") as file:
            file.write("".join(f"{key}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        return part


def _library() -> ModuleType:
    # 7 MiB, for which a worker without a secret to open has no use.
    return import_module("cryptography.fernet")
