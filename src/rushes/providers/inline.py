"""Pictures and videos inside JSON, as base64. Blocking: call it in a thread."""

import base64
from pathlib import Path

from rushes.errors import ProviderChanged

PNG = b"\x89PNG"


def read_image(path: Path) -> tuple[str, str]:
    """Media type and base64 of an image. Images are kept as PNG or JPEG, whatever they came as."""
    data = path.read_bytes()
    return "image/png" if data.startswith(PNG) else "image/jpeg", base64.b64encode(data).decode()


def write_inline(into: Path, data: str) -> None:
    """Write the bytes of a video that came inside an answer. Raises `ProviderChanged` when they are none."""
    try:
        video = base64.b64decode(data, validate=True)
    except ValueError:
        raise ProviderChanged("the bytes of a video are not base64", step="fetch") from None
    into.write_bytes(video)
