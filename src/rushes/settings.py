"""What an operator can set: environment variables `RUSHES_…` (or a `.env` file), one class.

Built at the edge (`create_app(Settings())`, the command line), never at import.
"""

import os
import sys
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MIB = 1024 * 1024
GIB = 1024 * MIB
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


def _also(name: str) -> AliasChoices:
    """A setting that many tools know by the same name, with our prefix or without."""
    return AliasChoices(f"RUSHES_{name}", name)


class Settings(BaseSettings):
    """Everything that can be set. Every field has a description; docs/guide/settings.md is made from it."""

    model_config = SettingsConfigDict(
        env_prefix="RUSHES_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

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

    storage_url: str | None = Field(
        default=None,
        description="Where videos are kept: s3://bucket/folder (also Cloudflare R2), gs://bucket,"
        " az://account/container or file:///folder. Unset: the folder `storage` of the data folder.",
    )
    s3_bucket: str | None = Field(
        default=None,
        validation_alias=_also("S3_BUCKET"),
        description="Short for RUSHES_STORAGE_URL=s3://bucket.",
    )
    s3_endpoint: str | None = Field(
        default=None,
        validation_alias=_also("S3_ENDPOINT"),
        description="Address of the S3 service, when it is not Amazon's:"
        " https://ACCOUNT.r2.cloudflarestorage.com.",
    )
    s3_region: str | None = Field(
        default=None,
        validation_alias=_also("S3_REGION"),
        description="Region of the bucket. Unset: `auto` with an endpoint, else what AWS_REGION says.",
    )
    s3_access_key: str | None = Field(
        default=None,
        validation_alias=_also("S3_ACCESS_KEY"),
        description="Access key id. Unset: what the usual AWS variables say.",
    )
    s3_secret_key: SecretStr | None = Field(
        default=None, validation_alias=_also("S3_SECRET_KEY"), description="The secret of the access key."
    )
    storage_part_bytes: int = Field(
        default=8 * MIB,
        ge=5 * MIB,
        description="Larger files go into a bucket in parts of this size, bytes.",
    )
    storage_timeout: float = Field(
        default=30.0, gt=0, description="Seconds a bucket or an archive may stay silent."
    )
    direct_links: bool = Field(
        default=True,
        description="Players fetch videos from the bucket itself, by signed links. Turn it off when browsers"
        " cannot reach the bucket.",
    )
    link_seconds: int = Field(
        default=900,
        ge=1,
        le=7 * 24 * 3600,
        description="How long a signed link to a video works; of seven days at most.",
    )

    archive_url: str | None = Field(
        default=None,
        description="A second place for every video: another bucket (as RUSHES_STORAGE_URL), or"
        " telegram:CHAT, the id or @name of a channel in which a bot may post. Unset: none.",
    )
    archive_endpoint: str | None = Field(
        default=None, description="Address of the archive's S3 service, when it is not Amazon's."
    )
    archive_region: str | None = Field(default=None, description="Region of the archive's bucket.")
    archive_access_key: str | None = Field(default=None, description="Access key id of the archive's bucket.")
    archive_secret_key: SecretStr | None = Field(default=None, description="The secret of that access key.")
    telegram_token: SecretStr | None = Field(
        default=None, description="Token of the bot that archives to Telegram."
    )
    telegram_api: str = Field(
        default="https://api.telegram.org",
        description="Bot API server; another one when you host it yourself.",
    )
    telegram_part_bytes: int = Field(
        default=19 * MIB,
        ge=1,
        description="Larger videos are archived in parts of this size, bytes; a part is held in memory. Bots"
        " can fetch 20 MiB at once from Telegram's own servers.",
    )
    telegram_spacing: float = Field(
        default=3.0, ge=0, description="Seconds between two messages; a channel takes 20 a minute."
    )
    hot_ttl: float | None = Field(
        default=None,
        ge=0,
        description="Seconds a video stays in the storage once the archive has it; reading it later brings it"
        " back for as long. Unset: two hours with an archive. Without an archive, for ever.",
    )
    orphan_seconds: float = Field(
        default=2 * 24 * 3600.0,
        ge=0,
        description="Files that belong to nothing (left by a crash) are deleted at this age, seconds.",
    )

    max_shots: int = Field(default=1000, ge=1, description="Most shots in one job.")
    max_image_bytes: int = Field(default=20 * MIB, ge=1, description="Largest image file, bytes.")
    max_image_pixels: int = Field(default=100_000_000, ge=1, description="Largest image, width times height.")
    max_upload_bytes: int = Field(default=2 * GIB, ge=1, description="Largest upload (the ZIP), bytes.")
    max_unpacked_bytes: int = Field(default=4 * GIB, ge=1, description="Most bytes a ZIP may unpack to.")
    max_archive_entries: int = Field(default=5000, ge=1, description="Most entries in a ZIP.")
    max_archive_ratio: float = Field(
        default=100.0, gt=1, description="Largest ratio of unpacked to packed size in a ZIP."
    )
    max_prompts_bytes: int = Field(default=5 * MIB, ge=1, description="Largest prompts file, bytes.")
    image_long_side: int = Field(
        default=2560, ge=256, description="Normalised images are scaled down to this long side, pixels."
    )

    worker_concurrency: int = Field(
        default=2000, ge=1, description="Videos one worker may have in flight; nearly all of them are asleep."
    )
    provider_concurrency: dict[str, PositiveInt] = Field(
        default_factory=dict,
        description='Submissions in flight per provider, as JSON: {"omni": 4}. Unset: the provider\'s own.',
    )
    flow_backend_enabled: bool = Field(
        default=True, validation_alias=_also("FLOW_BACKEND_ENABLED"), description="Whether Flow may be used."
    )
    flow_storage_state_url: SecretStr | None = Field(
        default=None,
        validation_alias=_also("FLOW_STORAGE_STATE_URL"),
        description="Signed-in state of Flow to take in when it changes: s3://…/key, file:///… or https://….",
    )
    flow_max_concurrent: int | None = Field(
        default=None,
        ge=1,
        le=5,
        validation_alias=_also("FLOW_MAX_CONCURRENT"),
        description="Generations in flight with one Flow account. Unset: the provider's own.",
    )
    flow_refresh_days: float = Field(
        default=3, ge=0, description="Days after which an unused Flow account is opened once. 0: never."
    )
    high_demand_wait: float = Field(default=180.0, ge=0, description="Seconds to wait for a busy provider.")
    high_demand_retries: int = Field(
        default=5, ge=0, description="How often to try again when a provider is busy."
    )
    network_retry_wait: float = Field(
        default=5.0, ge=0, description="First wait after a network fault, seconds; doubles, with jitter."
    )
    network_retries: int = Field(default=8, ge=0, description="How often to try again after a network fault.")
    generation_retries: int = Field(
        default=2, ge=0, description="How often to submit again when the provider failed to generate."
    )
    upscale_concurrency: int = Field(
        default=3, ge=1, description="Videos one worker upscales at once; each uses every core there is."
    )
    download_names: str = Field(
        default="{job}/{number:03d}_{take}_{slug}.mp4",
        description="Names of videos that are taken home. Also there: {provider}, {model}, {seed},"
        " {resolution}, {date}, {id}.",
    )
    download_link_seconds: float = Field(
        default=7 * 86400.0, gt=0, description="How long a link to a prepared download can be read."
    )
    heartbeat_seconds: float = Field(default=5.0, gt=0, description="How often a worker says it is alive.")
    stalled_after_seconds: float = Field(
        default=20.0,
        gt=0,
        description="A worker silent for this long is taken for dead and its work taken over.",
    )
    tick_seconds: float = Field(
        default=30.0, gt=0, description="How often the net runs that catches what a crash dropped."
    )
    operation_days: float = Field(
        default=2.0,
        ge=0,
        description="Days after its end when a video of the one-prompt or OpenAI API is deleted, unless it is"
        " selected; as set when the video is asked for. 0: none is.",
    )
    min_free_bytes: int = Field(
        default=1 * GIB, ge=0, description="Jobs pause when the data folder has less free space than this."
    )
    undo_seconds: float = Field(
        default=600.0, ge=0, description="How long a deleted video can be brought back, seconds."
    )

    @property
    def pg_dir(self) -> Path:
        """Data folder of the embedded PostgreSQL."""
        return self.data_dir / "postgres"

    @property
    def storage_dir(self) -> Path:
        """The local bucket."""
        return self.data_dir / "storage"

    @property
    def bucket_url(self) -> str | None:
        """URL of the bucket; None for the folder of the installation."""
        return self.storage_url or (f"s3://{self.s3_bucket}" if self.s3_bucket else None)

    @property
    def work_dir(self) -> Path:
        """Files in the making: uploads being checked, takes being rendered or downloaded."""
        return self.data_dir / "work"

    @property
    def cache_dir(self) -> Path:
        """What can be made again at any time: small variants of images."""
        return self.data_dir / "cache"

    @property
    def log_dir(self) -> Path:
        """Log files of background workers."""
        return self.data_dir / "logs"
