"""The bucket that videos are kept in."""

from pydantic import BaseModel, Field, SecretStr

from rushes.settings._units import MIB, also


class StorageSettings(BaseModel):
    """The bucket, and how long it may be silent."""

    storage_url: str | None = Field(
        default=None,
        description="Where videos are kept: s3://bucket/folder (also Cloudflare R2), gs://bucket,"
        " az://account/container or file:///folder. Unset: the folder `storage` of the data folder.",
    )
    s3_bucket: str | None = Field(
        default=None,
        validation_alias=also("S3_BUCKET"),
        description="Short for RUSHES_STORAGE_URL=s3://bucket.",
    )
    s3_endpoint: str | None = Field(
        default=None,
        validation_alias=also("S3_ENDPOINT"),
        description="Address of the S3 service, when it is not Amazon's:"
        " https://ACCOUNT.r2.cloudflarestorage.com.",
    )
    s3_region: str | None = Field(
        default=None,
        validation_alias=also("S3_REGION"),
        description="Region of the bucket. Unset: `auto` with an endpoint, else what AWS_REGION says.",
    )
    s3_access_key: str | None = Field(
        default=None,
        validation_alias=also("S3_ACCESS_KEY"),
        description="Access key id. Unset: what the usual AWS variables say.",
    )
    s3_secret_key: SecretStr | None = Field(
        default=None, validation_alias=also("S3_SECRET_KEY"), description="The secret of the access key."
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

    @property
    def bucket_url(self) -> str | None:
        """URL of the bucket; None for the folder of the installation."""
        return self.storage_url or (f"s3://{self.s3_bucket}" if self.s3_bucket else None)
