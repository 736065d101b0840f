"""Normalised images: right side up, right colours, nothing attached, and no way to do harm."""

import hashlib
import io
import struct
import zlib
from pathlib import Path
from typing import cast

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from rushes.errors import Invalid
from rushes.intake.images import NormalisedImage, normalise_image
from rushes.settings import Settings

DATA = Path(__file__).parent / "data"
RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 200, 30), (30, 30, 200), (128, 128, 128)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def _settings(**changes: int) -> Settings:
    return Settings.model_validate(changes)


def _picture(width: int = 96, height: int = 64) -> Image.Image:
    """Red on the left, blue on the right, and green in the corner at the top left."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    picture.paste(GREEN, (0, 0, width // 4, height // 4))
    return picture


def _bytes(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def _normalise(data: bytes, into: Path, settings: Settings | None = None) -> NormalisedImage:
    source = into.parent / "source"
    source.write_bytes(data)
    return normalise_image(source, "1.png", into, settings or _settings())


def _is(colour: object, wanted: tuple[int, int, int], tolerance: int = 8) -> bool:
    """Whether a pixel has this colour, give or take what a lossy format changes."""
    red, green, blue = cast("tuple[int, int, int]", colour)
    far = max(abs(red - wanted[0]), abs(green - wanted[1]), abs(blue - wanted[2]))
    return far <= tolerance


def _is_the_picture(image: NormalisedImage) -> bool:
    with Image.open(image.path) as picture:
        w, h = picture.size
        places = {(2, 2): GREEN, (w // 3, h - 4): RED, (w - 4, h // 2): BLUE}
        return all(_is(picture.getpixel(place), colour) for place, colour in places.items())


def _refusal(data: bytes, into: Path, settings: Settings | None = None) -> str:
    """The code of the one fault; nothing may be left behind."""
    with pytest.raises(Invalid) as caught:
        _normalise(data, into, settings)
    (fault,) = caught.value.faults
    assert fault.where == "1.png"
    assert list(into.iterdir()) == []
    return fault.code


FORMS: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 95},
    "PNG": {},
    "WEBP": {"lossless": True},
    "AVIF": {"quality": 95},
}


@pytest.mark.parametrize("form", FORMS)
def test_every_format_becomes_the_same_picture(form: str, into: Path) -> None:
    image = _normalise(_bytes(_picture(), form, **FORMS[form]), into)
    assert (image.width, image.height) == (96, 64)
    assert _is_the_picture(image)


@pytest.mark.parametrize("name", ["small.heic", "turned.heic"])
def test_heic_is_read_and_set_upright(name: str, into: Path) -> None:
    image = _normalise((DATA / name).read_bytes(), into)
    assert (image.width, image.height) == (96, 64)
    assert _is_the_picture(image)


def test_the_result_is_described_exactly(into: Path) -> None:
    image = _normalise(_bytes(_picture(), "PNG"), into)
    data = image.path.read_bytes()
    assert image.path.parent == into
    assert (image.size, image.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert image.media_type == "image/jpeg"
    with Image.open(image.path) as picture:
        assert picture.format == "JPEG"


def test_the_same_image_gives_the_same_bytes(into: Path) -> None:
    data = _bytes(_picture(), "PNG")
    first, second = _normalise(data, into), _normalise(data, into)
    assert first.path != second.path
    assert first.path.read_bytes() == second.path.read_bytes()


TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("orientation", TURNED)
def test_a_turned_image_is_set_upright(form: str, orientation: int, into: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = _picture().transpose(TURNED[orientation])
    image = _normalise(_bytes(lying, form, exif=exif.tobytes(), **FORMS[form]), into)
    assert (image.width, image.height) == (96, 64)
    assert _is_the_picture(image)


def test_no_metadata_is_left(into: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET camera"
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()  # pyright: ignore
    data = _bytes(
        _picture(),
        "JPEG",
        exif=exif.tobytes(),
        comment=b"SECRET comment",
        xmp=b"<x>SECRET</x>",
        icc_profile=profile,
        dpi=(300, 300),
    )
    assert data.count(b"SECRET") == 3
    image = _normalise(data + b"SECRET trailer", into)
    written = image.path.read_bytes()
    assert b"SECRET" not in written
    with Image.open(image.path) as picture:
        assert not dict(picture.getexif())
        assert not {"icc_profile", "comment", "xmp", "exif", "dpi"} & set(picture.info)


def test_text_in_a_png_is_not_kept(into: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_itxt("parameters", "SECRET")
    data = _bytes(_picture(), "PNG", pnginfo=text)
    assert b"SECRET" in data
    assert b"SECRET" not in _normalise(data, into).path.read_bytes()


def _swapped_profile() -> bytes:
    """An sRGB profile with the red and green primaries exchanged, which no viewer could overlook."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()  # pyright: ignore
    return profile.replace(b"rXYZ", b"tXYZ", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"tXYZ", b"gXYZ", 1)


def test_an_embedded_colour_profile_is_honoured(into: Path) -> None:
    data = _bytes(Image.new("RGB", (32, 32), RED), "PNG", icc_profile=_swapped_profile())
    with Image.open(_normalise(data, into).path) as picture:
        assert _is(picture.getpixel((9, 9)), GREEN)


def test_a_broken_colour_profile_is_left_aside(into: Path) -> None:
    data = _bytes(_picture(), "PNG", icc_profile=b"not a profile")
    assert _is_the_picture(_normalise(data, into))


def test_cmyk_becomes_rgb(into: Path) -> None:
    data = _bytes(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG")
    with Image.open(_normalise(data, into).path) as picture:
        assert picture.mode == "RGB"
        assert _is(picture.getpixel((9, 9)), (255, 0, 0), 12)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF"])
def test_what_is_transparent_becomes_mid_grey(form: str, into: Path) -> None:
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    picture.paste((*RED, 255), (0, 0, 32, 64))
    with Image.open(_normalise(_bytes(picture, form), into).path) as flat:
        assert _is(flat.getpixel((50, 30)), GREY)
        assert _is(flat.getpixel((10, 30)), RED, 14)


def test_a_palette_with_a_transparent_colour_is_flattened(into: Path) -> None:
    picture = Image.new("P", (32, 32), 0)
    picture.putpalette([0, 0, 0, *RED])
    picture.paste(1, (0, 0, 16, 32))
    with Image.open(_normalise(_bytes(picture, "PNG", transparency=0), into).path) as flat:
        assert _is(flat.getpixel((28, 9)), GREY)
        assert _is(flat.getpixel((4, 9)), RED)


def test_sixteen_bit_grey_keeps_its_shades(into: Path) -> None:
    picture = Image.new("I;16", (32, 32), 40_000)
    with Image.open(_normalise(_bytes(picture, "PNG"), into).path) as flat:
        assert _is(flat.getpixel((9, 9)), (156, 156, 156), 2)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_counts(form: str, into: Path) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in (GREEN, RED, BLUE)]
    data = _bytes(frames[0], form, save_all=True, append_images=frames[1:], duration=100)
    with Image.open(_normalise(data, into).path) as picture:
        assert _is(picture.getpixel((9, 9)), GREEN, 14)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_large_image_is_scaled_down_to_the_long_side(form: str, into: Path) -> None:
    image = _normalise(_bytes(_picture(1600, 1000), form), into, _settings(image_long_side=400))
    assert (image.width, image.height) == (400, 250)
    assert _is_the_picture(image)


def test_a_small_image_is_not_scaled_up(into: Path) -> None:
    image = _normalise(_bytes(_picture(40, 20), "PNG"), into, _settings(image_long_side=400))
    assert (image.width, image.height) == (40, 20)


def _png_header(width: int, height: int) -> bytes:
    """A PNG that says it is this large, with next to nothing in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _webp_header(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = (
        b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size + b"VP8 " + struct.pack("<I", 4) + b"\0" * 4
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    "data", [_png_header(60_000, 60_000), _webp_header(16_000, 16_000)], ids=["PNG", "WebP"]
)
def test_a_pixel_bomb_is_refused_by_its_header(data: bytes, into: Path) -> None:
    assert _refusal(data, into) == "too_many_pixels"


def test_the_limit_of_pixels_is_a_setting(into: Path) -> None:
    data = _bytes(_picture(100, 100), "JPEG")
    assert _refusal(data, into, _settings(max_image_pixels=9_999)) == "too_many_pixels"
    assert _normalise(data, into, _settings(max_image_pixels=10_000)).width == 100


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_a_truncated_image_is_named_in_its_own_fault(form: str, part: float, into: Path) -> None:
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    data = _bytes(noise, form)
    assert _normalise(data, into).width == 200
    for path in into.iterdir():
        path.unlink()
    assert _refusal(data[: int(len(data) * part)], into) == "damaged_image"


def test_a_truncated_heic_is_named_in_its_own_fault(into: Path) -> None:
    data = (DATA / "small.heic").read_bytes()
    assert _refusal(data[: int(len(data) * 0.9)], into) == "damaged_image"


@pytest.mark.parametrize("form", FORMS)
def test_damage_anywhere_is_refused_or_survived_but_never_a_crash(form: str, into: Path) -> None:
    data = bytearray(_bytes(_picture(), form))
    settings = _settings(max_image_pixels=10_000)
    codes: set[str] = set()
    for place in range(0, len(data), max(1, len(data) // 150)):
        damaged = bytes(data[:place]) + bytes([data[place] ^ 0xFF]) + bytes(data[place + 1 :])
        try:
            _normalise(damaged, into, settings)
        except Invalid as error:
            codes.add(error.faults[0].code)
    assert "damaged_image" in codes


NOT_IMAGES = {
    "text": b"prompt_1: a fox",
    "nothing": b"",
    "a GIF": b"GIF89a" + b"\0" * 50,
    "a ZIP": b"PK\x03\x04" + b"\0" * 50,
    "an SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "an MP4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 50,
}


@pytest.mark.parametrize("kind", NOT_IMAGES)
def test_what_is_not_an_image_is_told_by_its_content(kind: str, into: Path) -> None:
    assert _refusal(NOT_IMAGES[kind], into) == "not_an_image"


def test_a_tiny_image_is_refused(into: Path) -> None:
    assert _refusal(_bytes(Image.new("RGB", (15, 100)), "PNG"), into) == "too_small"


def test_an_image_that_would_scale_to_a_thread_is_refused(into: Path) -> None:
    settings = _settings(image_long_side=256)
    assert _refusal(_bytes(Image.new("RGB", (4000, 20)), "PNG"), into, settings) == "too_narrow"


def test_a_file_over_the_limit_is_not_even_opened(into: Path) -> None:
    assert _refusal(b"x" * 2000, into, _settings(max_image_bytes=1999)) == "too_large"


def test_damaged_orientation_data_leave_the_image_as_it_lies(into: Path) -> None:
    for exif in (b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*", b"garbage", b""):
        data = _bytes(_picture(), "JPEG", exif=exif, quality=95)
        assert _is_the_picture(_normalise(data, into))
