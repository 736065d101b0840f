"""An image as its owner has it → one every provider takes: an upright sRGB JPEG with nothing else in it.

Always a JPEG (quality 92, 4:4:4): videos have no transparency, so each provider would flatten it in a
way of its own. We do it once, over mid grey, on which neither black nor white drawings vanish.

Formats are told by content, and opened by their own class: nothing is registered with Pillow and its
process-wide settings stay as they are.
"""

import hashlib
import io
import struct
import uuid
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pi_heif
from PIL import Image, ImageCms, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from rushes.errors import Fault, Invalid
from rushes.settings import Settings

MIN_SIDE = 16
"""Images with a side shorter than this many pixels are refused."""

_QUALITY = 92
_BACKGROUND = (128, 128, 128)
_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_NOT_TAKEN = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML file"),
)
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
# What the decoders raise on bytes that are not what they should be.
_DAMAGE = (OSError, SyntaxError, ValueError, RuntimeError, TypeError, LookupError, struct.error, zlib.error)


class _Jpeg(JpegImageFile):
    """A JPEG whose EXIF data are not read for a resolution nobody needs: damaged ones would warn."""

    def _read_dpi_from_exif(self) -> None:
        return


@dataclass(frozen=True)
class NormalisedImage:
    """A checked copy. `width`, `height` in pixels, `size` in bytes, `sha256` of the bytes at `path`."""

    path: Path
    width: int
    height: int
    size: int
    sha256: str
    media_type: str = "image/jpeg"


def normalise_image(source: Path, name: str, into: Path, settings: Settings) -> NormalisedImage:
    """Check the image `source` and write its normalised copy into the folder `into`.

    Blocks for up to a second or so: call it in a thread. The same image gives the same bytes. `name` is
    what people know it by. Raises `Invalid` with one fault when it cannot be used.
    """
    size = source.stat().st_size
    if size > settings.max_image_bytes:
        most = settings.max_image_bytes
        raise _refused(
            name, f"This file has {size:,} bytes; the most is {most:,}. Make it smaller.", "too_large"
        )
    with source.open("rb") as file:
        picture = _decode(file, name, settings)
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=_QUALITY, subsampling=0)
    data = encoded.getvalue()
    path = into / f"{uuid.uuid4().hex}.jpg"
    path.write_bytes(data)
    return NormalisedImage(path, picture.width, picture.height, len(data), hashlib.sha256(data).hexdigest())


def _decode(file: BinaryIO, name: str, settings: Settings) -> Image.Image:
    opener = _opener(file, name)
    try:
        image = opener(file)
    except Image.DecompressionBombError as error:
        message = "This image has far too many pixels. Make it smaller."
        raise _refused(name, message, "too_many_pixels") from error
    except _DAMAGE as error:
        raise _refused(name, _damaged(error), "damaged_image") from error
    with image:
        # The header tells the size; nothing has been decoded yet.
        _check_size(image, name, settings)
        target = settings.image_long_side
        # JPEG can decode to a fraction of its size: much less work and memory for a large photograph.
        image.draft(None, (2 * target, 2 * target))
        try:
            image.load()
        except _DAMAGE as error:
            raise _refused(name, _damaged(error), "damaged_image") from error
        _check_size(image, name, settings)
        return _upright(_flat(_scaled(_plain_mode(image), target, name), image.info), image.info)


def _opener(file: BinaryIO, name: str) -> Callable[[BinaryIO], ImageFile.ImageFile]:
    """The class that reads this format, by the first bytes."""
    start = file.read(64)
    file.seek(0)
    if start.startswith(b"\xff\xd8\xff"):
        return _Jpeg
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return WebPImageFile
    if start[4:8] == b"ftyp":
        length = min(int.from_bytes(start[:4], "big"), len(start))
        brands = {start[8:12], *(start[i : i + 4] for i in range(16, length, 4))}
        if brands & {b"avif", b"avis"}:
            return AvifImageFile
        if brands & _HEIF_BRANDS:
            return pi_heif.HeifImageFile
    if not start:
        raise _refused(name, "This file is empty. Send it again.", "not_an_image")
    what = next((f"It is {what}. " for magic, what in _NOT_TAKEN if start.lstrip().startswith(magic)), "")
    message = f"This is not an image that can be used. {what}Give a JPEG, PNG, WebP, AVIF or HEIC."
    raise _refused(name, message, "not_an_image")


def _check_size(image: Image.Image, name: str, settings: Settings) -> None:
    width, height = image.size
    if width * height > settings.max_image_pixels:
        message = (
            f"This image is {width}×{height}, {width * height:,} pixels; the most is "
            f"{settings.max_image_pixels:,}. Make it smaller."
        )
        raise _refused(name, message, "too_many_pixels")
    if min(width, height) < MIN_SIDE:
        message = f"This image is {width}×{height} pixels; each side must have at least {MIN_SIDE}."
        raise _refused(name, message, "too_small")


def _plain_mode(image: Image.Image) -> Image.Image:
    """The pixels in a mode that can be scaled: no palette, 8 bits, transparency as a channel of its own."""
    if image.mode.startswith("I"):
        # 16 bits of grey; a plain conversion would clip instead of scale.
        grey = image.convert("I")
        return grey.point(lambda value: value / 256).convert("L")  # pyright: ignore[reportUnknownMemberType]
    if image.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "RGBA", "L", "CMYK") else image.convert("RGB")


def _scaled(image: Image.Image, long_side: int, name: str) -> Image.Image:
    scale = long_side / max(image.size)
    if scale >= 1:
        return image
    if min(image.size) * scale < MIN_SIDE:
        message = "This image is far longer than it is wide. Crop it."
        raise _refused(name, message, "too_narrow")
    image.thumbnail((long_side, long_side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return image


def _flat(image: Image.Image, info: dict[str | tuple[int, int], object]) -> Image.Image:
    """The image as opaque sRGB, without anything attached to it."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colour = _srgb(image.convert("RGB") if alpha else image, info.get("icc_profile"))
    flat = Image.new("RGB", colour.size, _BACKGROUND)
    flat.paste(colour, mask=alpha)
    return flat


def _srgb(image: Image.Image, profile: object) -> Image.Image:
    if isinstance(profile, bytes) and profile:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                _SRGB,
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, OSError):
            # A profile that is broken or of another kind of image: shown without it, as viewers do.
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _upright(image: Image.Image, info: dict[str | tuple[int, int], object]) -> Image.Image:
    turn = _TURNS.get(_orientation(info.get("exif")))
    return image if turn is None else image.transpose(turn)


def _orientation(exif: object) -> int:
    """The orientation (1 to 8) that EXIF data give; 1 when they are missing or make no sense.

    Read here because the library's reader warns through a process-wide filter about damaged data.
    """
    if not isinstance(exif, bytes):
        return 1
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for i in range(count):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * i)
            if tag == _ORIENTATION_TAG and kind == 3:
                return value
    except struct.error:
        return 1
    return 1


def _damaged(error: Exception) -> str:
    told = str(error) or type(error).__name__
    return f"This image is cut short or damaged ({told}). Save it again, or send it again."


def _refused(name: str, message: str, code: str) -> Invalid:
    return Invalid(f"{name}: {message}", [Fault(name, message, code)])
