"""From a URL and keys to a bucket."""

import importlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rushes.errors import ErrorType, SystemFault
from rushes.platform.storage.archive import Archive, BucketArchive
from rushes.platform.storage.bucket import S3_SCHEMES, Bucket, BucketAccess
from rushes.platform.storage.local import LocalBucket
from rushes.settings import Settings

TELEGRAM = "telegram:"
ORIGINS = {
    "s3": "https://*.amazonaws.com",
    "s3a": "https://*.amazonaws.com",
    "gs": "https://storage.googleapis.com",
    "az": "https://*.blob.core.windows.net",
}


def access_of_storage(settings: Settings) -> BucketAccess:
    """Return the access that the `S3_…` settings give."""
    return BucketAccess(
        settings.s3_endpoint, settings.s3_region, settings.s3_access_key, settings.s3_secret_key
    )


def link_origin(settings: Settings) -> str:
    """Where links to videos lead, as a source of a Content-Security-Policy; empty when there are none."""
    url = settings.bucket_url
    if url is None or not settings.direct_links:
        return ""
    scheme = urlsplit(url).scheme
    if scheme in S3_SCHEMES and settings.s3_endpoint:
        endpoint = urlsplit(settings.s3_endpoint)
        return f"{endpoint.scheme}://{endpoint.netloc}"
    return ORIGINS.get(scheme, "")


def open_archive(settings: Settings) -> Archive | None:
    """The archive that is set. Raises `SystemFault` when what is set makes no sense."""
    url = settings.archive_url
    if url is None:
        return None
    if _one_in_the_other(url, settings.bucket_url or settings.storage_dir.absolute().as_uri()):
        raise SystemFault(
            "The archive and the storage are the same place, or one is inside the other.",
            error_type=ErrorType.STORAGE,
            hint="Set RUSHES_ARCHIVE_URL to another bucket or folder.",
        )
    if not url.startswith(TELEGRAM):
        access = BucketAccess(
            settings.archive_endpoint,
            settings.archive_region,
            settings.archive_access_key,
            settings.archive_secret_key,
        )
        return BucketArchive(open_bucket(settings, url, access), settings.work_dir)
    chat = url.removeprefix(TELEGRAM).strip("/")
    if settings.telegram_token is None or not chat:
        raise SystemFault(
            "The archive in Telegram has no token or no chat.",
            error_type=ErrorType.STORAGE,
            hint="Set RUSHES_TELEGRAM_TOKEN to the bot's token and RUSHES_ARCHIVE_URL to telegram:CHAT.",
        )
    # Loading an HTTP client takes its time, too.
    api = importlib.import_module("rushes.platform.storage.telegram_api").TelegramApi(
        settings.telegram_api, settings.telegram_token, timeout=settings.storage_timeout
    )
    archive: Archive = importlib.import_module("rushes.platform.storage.telegram").TelegramArchive(
        api, chat, part_bytes=settings.telegram_part_bytes, spacing=settings.telegram_spacing
    )
    return archive


def open_bucket(settings: Settings, url: str | None, access: BucketAccess) -> Bucket:
    """The bucket at a URL: `file:///…` or one of another service. None is the folder of the installation.

    Raises `SystemFault` for a URL or a key that makes no sense.
    """
    if url is None:
        return LocalBucket(settings.storage_dir)
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalBucket(Path(unquote(parts.path)), name=url)
    # Loading obstore takes 60 ms, and most installations never need it.
    remote = importlib.import_module("rushes.platform.storage.remote")
    try:
        bucket: Bucket = remote.connect(settings, url, access)
    except ValueError as error:
        raise SystemFault(
            f"The storage {url} cannot be opened: {error}.",
            error_type=ErrorType.STORAGE,
            hint="Write it like s3://bucket/folder, gs://bucket, az://account/container or file:///folder.",
        ) from error
    return bucket


def _one_in_the_other(one: str, other: str) -> bool:
    first, second = one.rstrip("/") + "/", other.rstrip("/") + "/"
    return first.startswith(second) or second.startswith(first)
