"""Thumbnails and contact sheets, looked at pixel by pixel."""

from pathlib import Path

import pytest
from PIL import Image
from tests.platform.media.clips import clip

from rushes.errors import Damaged
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.pictures import THUMBNAIL_SIDE, thumbnail_of, write_picture
from rushes.platform.media.probe import open_video
from rushes.platform.media.sheet import PAPER, SheetTile, contact_sheet

# Pillow mentions numpy in these types, which is not installed.
# pyright: reportUnknownMemberType=false


def write_thumbnail(video: Path, into: Path, *, long_side: int = THUMBNAIL_SIDE) -> None:
    with open_video(video) as container:
        write_picture(thumbnail_of(container, video, long_side), into, "JPEG")


def near(picture: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    """Whether a pixel has a colour, give or take what JPEG and H.264 change."""
    return all(
        abs(band.tobytes()[at[1] * band.width + at[0]] - value) <= 20
        for band, value in zip(picture.convert("RGB").split(), colour, strict=True)
    )


async def coloured(into: Path, colours: list[str], size: str = "160x90") -> Path:
    """A second of each colour, a key frame a second; all but "black" and "white" with a pattern."""
    parts = "".join(
        f"color={colour}:s={size}:r=12:d=1"
        + (",drawbox=x=0:y=0:w=iw/2:h=ih:color=white:t=fill" if colour not in ("black", "white") else "")
        + f"[c{number}];"
        for number, colour in enumerate(colours)
    )
    graph = parts + "".join(f"[c{number}]" for number in range(len(colours))) + f"concat=n={len(colours)}"
    args = ["-f", "lavfi", "-i", graph, "-c:v", "libx264", "-g", "12", "-pix_fmt", "yuv420p"]
    args += ["-colorspace", "smpte170m", "-movflags", "+faststart", "-f", "mp4"]
    await run_ffmpeg(args, into=into)
    return into


async def test_a_thumbnail_shows_a_moment_a_third_into_the_video(tmp_path: Path):
    video = await coloured(tmp_path / "a.mp4", ["red", "blue", "red"])
    write_thumbnail(video, tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as picture:
        assert picture.format == "JPEG"
        assert picture.size == (160, 90)  # never enlarged
        assert near(picture, (120, 45), (0, 0, 255))


async def test_a_blank_moment_is_passed_over_for_one_that_shows_something(tmp_path: Path):
    video = await coloured(tmp_path / "a.mp4", ["red", "black", "blue"])
    write_thumbnail(video, tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as picture:
        assert near(picture, (120, 45), (0, 0, 255))


async def test_a_video_that_is_blank_throughout_still_has_a_thumbnail(tmp_path: Path):
    video = await coloured(tmp_path / "a.mp4", ["black"] * 6)
    write_thumbnail(video, tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as picture:
        assert near(picture, (80, 45), (0, 0, 0))


async def test_a_large_video_has_a_small_thumbnail(tmp_path: Path):
    video = await coloured(tmp_path / "a.mp4", ["green"], size="720x1280")
    write_thumbnail(video, tmp_path / "a.jpg", long_side=300)
    with Image.open(tmp_path / "a.jpg") as picture:
        assert picture.size == (169, 300)


async def test_no_thumbnail_is_left_of_what_is_no_video(tmp_path: Path):
    whole = (await clip(tmp_path / "a.mp4")).read_bytes()
    (tmp_path / "a.mp4").unlink()
    (tmp_path / "bad.mp4").write_bytes(whole[: len(whole) // 20])
    with pytest.raises(Damaged, match=r"bad\.mp4"):
        write_thumbnail(tmp_path / "bad.mp4", tmp_path / "bad.jpg")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.mp4"]


def tiles(folder: Path, sizes: list[tuple[int, int]], label: str = "1 · take 1") -> list[SheetTile]:
    found: list[SheetTile] = []
    for number, size in enumerate(sizes):
        path = folder / f"{number}.png"
        Image.new("RGB", size, (250, 40 + 10 * number, 20)).save(path)
        found.append(SheetTile(path, label))
    return found


@pytest.mark.parametrize(
    "shape", [(720, 1280), (1280, 720), (500, 500)], ids=["portrait", "landscape", "square"]
)
@pytest.mark.parametrize("count", [1, 2, 12, 17])
def test_every_tile_is_on_the_sheet_in_an_even_grid(shape: tuple[int, int], count: int, tmp_path: Path):
    contact_sheet(tiles(tmp_path, [shape] * count), tmp_path / "sheet.png", title="Job", tile_long_side=120)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.format == "PNG"
        colours = sheet.convert("RGB").getcolors(sheet.width * sheet.height)
        corner = sheet.getpixel((2, 2))
    assert colours is not None
    area = {colour: pixels for pixels, colour in colours}
    assert corner == PAPER
    areas = {area.get((250, 40 + 10 * number, 20), 0) for number in range(count)}
    assert len(areas) == 1  # all there, all the same size
    assert areas.pop() > 120 * 60


def test_pictures_of_other_shapes_are_shown_whole_in_the_same_grid(tmp_path: Path):
    mixed = tiles(tmp_path, [(160, 90), (90, 160), (400, 20)])
    contact_sheet(mixed, tmp_path / "sheet.png", title="Mixed", columns=3, tile_long_side=160)
    with Image.open(tmp_path / "sheet.png") as sheet:
        colours = sheet.convert("RGB").getcolors(sheet.width * sheet.height)
    assert colours is not None
    area = {colour: pixels for pixels, colour in colours}
    assert area[(250, 40, 20)] == 160 * 90
    assert abs(area[(250, 50, 20)] - 51 * 90) < 200
    assert abs(area[(250, 60, 20)] - 160 * 8) < 200


@pytest.mark.parametrize(
    "label",
    ["", "Ünïcödé", "日本語のとても長い説明文" * 9, "مرحبا بالعالم", "🎬🎥", "x" * 400, "a\nb\tc\x00d"],
)
def test_a_label_in_any_script_and_of_any_length_is_no_error_and_stays_in_its_place(
    label: str, tmp_path: Path
):
    contact_sheet(tiles(tmp_path, [(320, 180)] * 2, label), tmp_path / "a.png", title=label, columns=2)
    contact_sheet(tiles(tmp_path, [(320, 180)] * 2, "x"), tmp_path / "b.png", title="x", columns=2)
    with Image.open(tmp_path / "a.png") as sheet, Image.open(tmp_path / "b.png") as plain:
        assert sheet.size == plain.size
        margin = sheet.convert("RGB").crop((0, 0, 30, sheet.height)).getcolors()
    assert margin is not None
    assert {colour for _, colour in margin} == {PAPER}


def test_a_sheet_of_nothing_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="at least one"):
        contact_sheet([], tmp_path / "sheet.png", title="Empty")
