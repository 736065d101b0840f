"""Where the data is, how the server is reached, what secrets are sealed with."""

import os
import sys
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

FERNET_BYTES = 32


def default_data_dir() -> Path:
    """Where data lives when nothing is set.

    Root gets `/var/lib/rushes`: the embedded PostgreSQL runs as a user of its own and must be able
    to reach its files, which would mean opening the home of root to everyone.
    """
    if sys.platform != "win32" and os.geteuid() == 0:
        return Path("/var/lib/rushes")
    return Path(platformdirs.user_data_path("rushes"))


def _postgres(url: SecretStr) -> SecretStr:
    # Not pydantic's own type: that one knows no URL without a host, and a socket's has none.
    if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("begin it with postgresql://")
    return url


def _fernet(key: SecretStr) -> SecretStr:
    try:
        whole = len(urlsafe_b64decode(key.get_secret_value())) == FERNET_BYTES
    except ValueError:
        whole = False
    if not whole:
        raise ValueError("each is 32 bytes in URL-safe base64 (44 characters)")
    return key


def _split(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


class CoreSettings(BaseModel):
    """The folders, the database, the address, the log."""

    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Folder of the embedded database, the videos and the logs. Unset: the user's data folder"
        " (`~/.local/share/rushes` on Linux), `/var/lib/rushes` for root.",
    )
    database_url: Annotated[SecretStr, AfterValidator(_postgres)] | None = Field(
        default=None,
        description="PostgreSQL to use (postgresql://user:password@host/name). Unset: the embedded one.",
    )
    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(default=8001, ge=1, le=65535, description="Port the API listens on.")
    insecure: bool = Field(
        default=False,
        description="Listen on an address that other machines reach, without accounts, although whoever"
        " reaches it may do everything.",
    )
    allowed_hosts: list[str] = Field(
        default=[],
        description='Names this server is asked for, as JSON: ["studio.example.org"]. Addresses and'
        ' localhost need none; ["*"] is any.',
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR."
    )
    secret_keys: Annotated[
        list[Annotated[SecretStr, AfterValidator(_fernet)]], NoDecode, BeforeValidator(_split)
    ] = Field(
        default=[],
        description="What stored secrets are encrypted with: Fernet keys, separated by commas; the first"
        " encrypts, all decrypt. The same on every machine. Unset: made once, in the data folder.",
    )
    catalogue_file: Path | None = Field(
        default=None,
        description="TOML file with models, prices and dates that come before those that Rushes brings.",
    )

    @property
    def pg_dir(self) -> Path:
        """Data folder of the embedded PostgreSQL."""
        return self.data_dir / "postgres"

    @property
    def work_dir(self) -> Path:
        """Unfinished files: uploads being checked, takes being rendered or downloaded."""
        return self.data_dir / "work"

    @property
    def generations_dir(self) -> Path:
        """Replies to calls for speech, pictures and scripts, until they are in the storage and the rows."""
        return self.data_dir / "generations"

    @property
    def cache_dir(self) -> Path:
        """What can be made again at any time: small variants of images."""
        return self.data_dir / "cache"

    @property
    def log_dir(self) -> Path:
        """The folder of the background worker's log."""
        return self.data_dir / "logs"

    @property
    def storage_dir(self) -> Path:
        """The folder of the local bucket."""
        return self.data_dir / "storage"
