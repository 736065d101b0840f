"""Makes the picture a camera moves in: the image at its working size, the frame in it, its subject."""

from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from rushes.errors import Fault, Invalid
from rushes.platform.media.camera import Box, CameraField
from rushes.platform.media.pixels import resize

LOOK_SIDE = 96
"""Long side of the copy in which the subject is looked for."""
WORKING_SCALE = 1.05
"""Working pixels for a pixel shown when the camera is widest; more costs time in every frame."""
SPARE = 0.35
"""Picture kept beyond each side of the frame, as a share of the frame, for the camera to move into."""
INSET = 0.96
"""Share of the canvas an image may fill when blur fills the rest."""


@dataclass(frozen=True)
class Stage:
    """A picture at working size, and the room a camera has in it."""

    picture: Image.Image
    room: CameraField


def check_picture(path: Path) -> None:
    """Raise `Invalid` naming the file when it is missing or not an image. Reads its first bytes only."""
    try:
        with Image.open(path):
            pass
    except (OSError, ValueError) as error:
        raise _unreadable(path) from error


def open_picture(path: Path) -> Image.Image:
    """Load an image upright, as RGB. Raises `Invalid` naming the file when it is not a whole image."""
    try:
        with Image.open(path) as image:
            ImageOps.exif_transpose(image, in_place=True)
            if image.has_transparency_data:
                layer = image.convert("RGBA")
                paper = Image.new("RGBA", layer.size, "white")
                return Image.alpha_composite(paper, layer).convert("RGB")
            image.load()
            return image if image.mode == "RGB" else image.convert("RGB")
    except (OSError, ValueError) as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> Invalid:
    message = f"The image {path.name} cannot be read. Replace it with a whole JPEG, PNG or WebP."
    return Invalid(message, [Fault(path.name, message, "bad_image")])


def crop_stage(picture: Image.Image, size: tuple[int, int]) -> Stage:
    """Fill a frame of `size` with the part of the picture that shows its subject."""
    width, height = picture.size
    frame_width = min(float(width), height * size[0] / size[1])
    frame_height = frame_width * size[1] / size[0]
    attention = _attention(picture)
    left = _best(_profile(attention, 0), frame_width / width) * width
    top = _best(_profile(attention, 1), frame_height / height) * height
    # What the camera can never reach is not worked on: a panorama stays cheap.
    box = (
        max(0.0, left - SPARE * frame_width),
        max(0.0, top - SPARE * frame_height),
        min(float(width), left + (1 + SPARE) * frame_width),
        min(float(height), top + (1 + SPARE) * frame_height),
    )
    scale = WORKING_SCALE * size[0] / frame_width
    working = (round((box[2] - box[0]) * scale), round((box[3] - box[1]) * scale))
    stage = resize(picture, working, Image.Resampling.LANCZOS, box)
    # Rounding to whole pixels may have taken a fraction of the frame's room.
    shrink = min(1.0, working[0] / (frame_width * scale), working[1] / (frame_height * scale))
    frame_size = (frame_width * scale * shrink, frame_height * scale * shrink)
    frame = Box(
        min(max(0.0, (left - box[0]) * scale), working[0] - frame_size[0]),
        min(max(0.0, (top - box[1]) * scale), working[1] - frame_size[1]),
        *frame_size,
    )
    focus = _focus(attention)
    point = ((focus[0] * width - box[0]) * scale, (focus[1] * height - box[1]) * scale)
    return Stage(stage, CameraField(*working, frame, point))


def blur_stage(picture: Image.Image, size: tuple[int, int]) -> Stage:
    """Show the whole picture in a frame of `size`; a blurred copy of it fills what is left."""
    canvas_size = (round(size[0] * WORKING_SCALE), round(size[1] * WORKING_SCALE))
    small = (max(16, canvas_size[0] // 8), max(16, canvas_size[1] // 8))
    # Blurred small: the same look at a hundredth of the cost.
    cover = ImageOps.fit(picture, small, Image.Resampling.BOX).filter(
        ImageFilter.GaussianBlur(min(small) / 14)
    )
    cover = ImageEnhance.Color(ImageEnhance.Brightness(cover).enhance(0.7)).enhance(1.1)
    canvas = resize(cover, canvas_size, Image.Resampling.BICUBIC)
    scale = INSET * min(canvas_size[0] / picture.width, canvas_size[1] / picture.height)
    inner = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    place = ((canvas_size[0] - inner[0]) // 2, (canvas_size[1] - inner[1]) // 2)
    canvas.paste(Image.new("RGB", canvas_size), mask=_shadow(canvas_size, place, inner))
    canvas.paste(resize(picture, inner, Image.Resampling.LANCZOS), place)
    focus = _focus(_attention(picture))
    point = (place[0] + focus[0] * inner[0], place[1] + focus[1] * inner[1])
    return Stage(canvas, CameraField(*canvas_size, Box(0.0, 0.0, *map(float, canvas_size)), point))


def _shadow(canvas: tuple[int, int], place: tuple[int, int], inner: tuple[int, int]) -> Image.Image:
    small = (max(1, canvas[0] // 8), max(1, canvas[1] // 8))
    mask = Image.new("L", small)
    box = (place[0] // 8, place[1] // 8, (place[0] + inner[0]) // 8, (place[1] + inner[1]) // 8)
    mask.paste(150, box)
    return resize(mask.filter(ImageFilter.GaussianBlur(min(small) / 30)), canvas, Image.Resampling.BICUBIC)


def _attention(picture: Image.Image) -> Image.Image:
    """Where eyes go, as brightness: detail, strong colour, and what stands out from its surroundings."""
    shrink = LOOK_SIDE / max(picture.size)
    look = (max(8, round(picture.width * shrink)), max(8, round(picture.height * shrink)))
    small = resize(picture, look, Image.Resampling.BOX)
    grey = small.convert("L")
    detail = ImageChops.difference(grey, grey.filter(ImageFilter.GaussianBlur(2)))
    contrast = ImageChops.difference(grey, Image.new("L", look, round(_mean(grey))))
    colour = small.convert("HSV").split()[1]
    bright = ImageChops.multiply(colour, small.convert("HSV").split()[2])
    mixed = ImageChops.add(ImageChops.add(detail, detail), Image.blend(contrast, bright, 0.5), 1.6)
    return mixed.filter(ImageFilter.GaussianBlur(LOOK_SIDE / 32))


def _mean(image: Image.Image) -> float:
    counts = image.histogram()
    return sum(value * count for value, count in enumerate(counts)) / sum(counts)


def _profile(attention: Image.Image, axis: int) -> list[float]:
    """Attention along an axis (0 across, 1 down), above its least, so that an even background is none."""
    size = (attention.width, 1) if axis == 0 else (1, attention.height)
    line = resize(attention, size, Image.Resampling.BOX).tobytes()
    least = min(line)
    return [(value - least) ** 1.5 for value in line]


def _best(profile: list[float], share: float) -> float:
    """Where a window of `share` of the length starts (0..1) to hold the most; near the middle if equal."""
    if share >= 1.0:
        return 0.0
    count = len(profile)
    window = max(1, round(count * share))
    sums = [0.0, *accumulate(profile)]
    whole = sums[-1] or 1.0
    last = count - window

    def worth(start: int) -> float:
        off_centre = abs(start - last / 2) / count
        return (sums[start + window] - sums[start]) / whole - 0.25 * off_centre

    start = max(range(last + 1), key=worth)
    return min(start / last if last else 0.0, 1.0) * (1.0 - share)


def _focus(attention: Image.Image) -> tuple[float, float]:
    """The point (0..1, 0..1) that attention gathers around, drawn a little to the middle."""
    points: list[float] = []
    for axis in (0, 1):
        profile = _profile(attention, axis)
        whole = sum(profile)
        centre = (
            sum((at + 0.5) * value for at, value in enumerate(profile)) / whole if whole else len(profile) / 2
        )
        points.append(0.25 * 0.5 + 0.75 * centre / len(profile))
    return points[0], points[1]
