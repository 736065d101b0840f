"""Pictures that come inside an answer: decoded, looked at by their first bytes, written."""

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path

from rushes.errors import ProviderChanged
from rushes.providers.picture_contract import PictureFile
from rushes.providers.pictures._stock import PHOTO_BYTES, media_type_of

SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


def write_made(folder: Path, name: str, data: str) -> PictureFile:
    """Write a picture that came as base64. Raises `ProviderChanged` when it is none. Blocking."""
    try:
        picture = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise ProviderChanged("the bytes of a picture are not base64", step="generate") from None
    media_type = media_type_of(picture[:16])
    if media_type not in SUFFIXES or len(picture) > PHOTO_BYTES:
        raise ProviderChanged("what came inside the answer is no picture", step="generate")
    path = folder / f"{name}.{SUFFIXES[media_type]}"
    path.write_bytes(picture)
    return PictureFile(path, media_type)


def nearest_ratio(width: int, height: int, ratios: Sequence[str]) -> str:
    """Return which of `16:9`, `1:1` … leaves most of a picture when it is cut to the frame."""

    def left(ratio: str) -> float:
        across, down = map(int, ratio.split(":"))
        one, other = across / down, width / height
        return min(one, other) / max(one, other)

    return max(ratios, key=left)
