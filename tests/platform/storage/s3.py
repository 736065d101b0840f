"""Settings for the S3 stand-in."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr
from standins.s3_front import ACCESS_KEY, SECRET_KEY, S3Front

from rushes.platform.storage.places import access_of_storage, open_bucket
from rushes.platform.storage.remote import RemoteBucket
from rushes.settings import MIB, Settings


def in_s3(s3: S3Front) -> dict[str, Any]:
    """The settings that keep videos in the bucket `hot`."""
    return {
        "s3_bucket": "hot",
        "s3_endpoint": s3.url,
        "s3_region": "auto",
        "s3_access_key": ACCESS_KEY,
        "s3_secret_key": SecretStr(SECRET_KEY),
        "storage_part_bytes": 5 * MIB,
        "storage_timeout": 20.0,
    }


def archive_in_s3(s3: S3Front) -> dict[str, Any]:
    """The settings that archive in the bucket `cold`."""
    return {
        "archive_url": "s3://cold/kept",
        "archive_endpoint": s3.url,
        "archive_region": "auto",
        "archive_access_key": ACCESS_KEY,
        "archive_secret_key": SecretStr(SECRET_KEY),
    }


def bucket_in(s3: S3Front, work: Path, **settings: Any) -> RemoteBucket:
    """The bucket `hot` without an installation around it."""
    work.mkdir(parents=True, exist_ok=True)
    given = Settings.model_validate({"data_dir": work.parent, **in_s3(s3), **settings})
    bucket = open_bucket(given, given.bucket_url, access_of_storage(given))
    assert isinstance(bucket, RemoteBucket)
    return bucket
