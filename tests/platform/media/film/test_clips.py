"""Clips in a film: cut, held, or made faster and slower to fit their scene; upright whatever they say."""

from pathlib import Path

from PIL import Image, ImageStat
from tests.platform.media.film.making import pictures, timeline

from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.film.render import render
from rushes.platform.media.film.timeline import ClipFit, ClipSource, Scene

FPS = 30
FRAMES = 60


async def ramp(into: Path, size: str = "108x192") -> Path:
    """Write a clip of two seconds that goes evenly from black to white."""
    grey = f"color=black:s={size}:r={FPS}:d=2,format=gray,geq=lum='16+N*3',format=yuv420p"
    encode = ["-c:v", "libx264", "-crf", "10", "-pix_fmt", "yuv420p", "-f", "mp4"]
    await run_ffmpeg(["-f", "lavfi", "-i", grey, *encode], into=into)
    return into


def brightness(frames: list[Image.Image]) -> list[float]:
    return [ImageStat.Stat(each).mean[0] for each in frames]


async def shown(folder: Path, clip: ClipSource, frames: int) -> list[float]:
    """How bright each frame of a film of one clip is."""
    film = timeline([Scene("a", frames, clip)])
    made = await render(film, folder / f"{frames}-{clip.fit}.mp4", pieces=folder / "pieces")
    return brightness(pictures(made.path))


async def test_a_clip_that_is_too_long_is_cut_off(tmp_path: Path):
    clip = await ramp(tmp_path / "clip.mp4")
    seen = await shown(tmp_path, ClipSource(clip), 30)
    whole = brightness(pictures(clip))
    assert len(seen) == 30
    assert max(abs(a - b) for a, b in zip(seen, whole, strict=False)) < 4


async def test_the_last_frame_of_a_short_clip_is_held_and_nothing_is_repeated(tmp_path: Path):
    clip = await ramp(tmp_path / "clip.mp4")
    for fit in (ClipFit.HOLD, ClipFit.TRIM):
        seen = await shown(tmp_path, ClipSource(clip, fit=fit), 90)
        assert len(seen) == 90
        assert seen == sorted(seen, key=round), "it never begins again"
        held = seen[FRAMES:]
        assert max(held) - min(held) < 1 and abs(held[0] - seen[FRAMES - 1]) < 2


async def test_a_clip_is_made_up_to_eight_per_cent_slower_or_faster(tmp_path: Path):
    clip = await ramp(tmp_path / "clip.mp4")
    whole = brightness(pictures(clip))
    for frames in (63, 57):  # five per cent either way: from its first frame to its last, and none is held
        seen = await shown(tmp_path, ClipSource(clip, fit=ClipFit.SPEED), frames)
        assert len(seen) == frames
        assert abs(seen[0] - whole[0]) < 4 and abs(seen[-1] - whole[-1]) < 6
        assert abs(seen[frames // 2] - whole[FRAMES // 2]) < 6
        assert seen[-1] - seen[-4] > 4, "it moves to its end"
    seen = await shown(tmp_path, ClipSource(clip, fit=ClipFit.SPEED), 90)
    slowest = round(FRAMES / 0.92)
    assert max(seen[slowest:]) - min(seen[slowest:]) < 1, "what is left is held"


async def test_a_clip_of_a_phone_held_upright_is_upright(tmp_path: Path):
    lying = tmp_path / "lying.mp4"
    picture = "color=black:s=192x108:r=30:d=1,drawbox=x=0:y=0:w=96:h=108:color=white:t=fill"
    encode = ["-c:v", "libx264", "-crf", "10", "-pix_fmt", "yuv420p", "-f", "mp4"]
    await run_ffmpeg(["-f", "lavfi", "-i", picture, *encode], into=lying)
    upright = tmp_path / "upright.mp4"
    turned = ["-display_rotation", "90", "-i", str(lying), "-c", "copy", "-f", "mp4"]
    await run_ffmpeg(turned, into=upright)
    film = timeline([Scene("a", 20, ClipSource(upright))])
    made = await render(film, tmp_path / "film.mp4", pieces=tmp_path / "pieces")
    frame = pictures(made.path)[10]
    assert frame.size == (108, 192)
    halves = [frame.crop((0, 0, 108, 80)), frame.crop((0, 112, 108, 192))]
    light = sorted(ImageStat.Stat(each).mean[0] for each in halves)
    assert light[0] < 30 and light[1] > 200, "its halves lie above each other"
