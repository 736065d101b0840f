"""The image that the doctor uploads: one that nobody minds in their project."""

import io
from pathlib import Path

from PIL import Image


def write_picture(file: Path) -> None:
    """Write a grey gradient, PNG."""
    whole = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(whole, "PNG")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.write_bytes(whole.getvalue())
