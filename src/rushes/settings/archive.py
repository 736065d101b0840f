"""The second place for every video, and when videos leave the first."""

from pydantic import BaseModel, Field, SecretStr

from rushes.settings._units import MIB


class ArchiveSettings(BaseModel):
    """The archive: another bucket, or a channel in Telegram."""

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
        default=3.0, ge=0, description="Seconds between two messages; a channel takes 20 per minute."
    )
    hot_ttl: float | None = Field(
        default=None,
        ge=0,
        description="Seconds that videos stay in the storage once the archive has them; reading one brings"
        " it back for as long. Unset: two hours with an archive. Without an archive, for ever.",
    )
    orphan_seconds: float = Field(
        default=2 * 24 * 3600.0,
        ge=0,
        description="Files that belong to nothing (left by a crash) are deleted at this age, seconds.",
    )
