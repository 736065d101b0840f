"""The animatic provider: real renders, looked into by decoding them."""

import asyncio
import hashlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat
from tests.jobs import small_animatics
from tests.platform.media.clips import encoders_at_work
from tests.providers.kit import ProviderKit, Refused, ignore, picture

from rushes.errors import Invalid
from rushes.platform.media.frame import Grade
from rushes.providers.video._animatic_frames import frames_of
from rushes.providers.video.animatic import Animatic, AnimaticOptions, AnimaticSettings
from rushes.providers.video_contract import Call, Output, ShotInput

PORTRAIT = (405, 720)


def options(**values: object) -> AnimaticOptions:
    return AnimaticOptions.model_validate(values)


def call_for(
    image: Path | None, *, prompt: str = "A quiet bay", seed: int = 5, **values: object
) -> Call[AnimaticOptions]:
    return Call("key", ShotInput(prompt, None, image, "animatic-1", (seed,)), options(**values))


def luma_frames(call: Call[AnimaticOptions], wanted: Sequence[int]) -> list[Image.Image]:
    """The brightness of some frames before they are encoded."""
    width, height = call.options.size
    found: list[Image.Image] = []
    for number, frame in enumerate(frames_of(call.shot, call.options, call.shot.seeds[0])):
        if number in wanted:
            found.append(Image.frombytes("L", (width, height), frame[: width * height]))
        if number == max(wanted):
            break
    return found


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures (0..255) at an eighth of their size, where grain is averaged away."""
    return ImageStat.Stat(ImageChops.difference(one.reduce(8), other.reduce(8))).mean[0]


GRAIN_AND_CODEC = 0.8
"""More than grain and encoding make of two looks at the same thing; see the test of a static take."""
VISIBLE = 2.0


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Call[AnimaticOptions], Path]:
    """One 4 s take of an image, for the tests that look into a finished file."""
    folder = tmp_path_factory.mktemp("rendered")
    call = call_for(picture(folder / "image.png"), camera="pan_right")
    asyncio.run(Animatic(AnimaticSettings()).fetch(call, Output(0), folder / "take.mp4", ignore))
    return call, folder / "take.mp4"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of the size: what a large take is, `rendered` tells."""
    small_animatics(monkeypatch, 4)


@pytest.mark.usefixtures("small")
class TestAnimatic(ProviderKit[AnimaticOptions]):
    provider_class = Animatic
    wrong_options = (
        ({"aspect_ratio": "4:3"}, "aspect_ratio"),
        ({"resolution": "4k"}, "resolution"),
        ({"duration_seconds": 5}, "duration_seconds"),
        ({"fit": "stretch"}, "fit"),
        ({"camera": "teleport"}, "camera"),
        ({"sound": "loud"}, "sound"),
    )
    refused = (
        Refused("prompt", prompt="x" * 5001),
        Refused("prompt", prompt="  "),
        Refused("model", model="animatic-99"),
        Refused("seeds", takes=5),
        Refused("seeds", takes=0),
    )
    expected_size = (320, 180)


async def test_a_take_is_what_browsers_and_editors_expect(rendered: tuple[Call[AnimaticOptions], Path]):
    _, path = rendered
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.profile) == ("h264", "High")
        assert (video.width, video.height, video.average_rate, video.frames) == (1280, 720, 24, 96)
        assert video.codec_context.pix_fmt == "yuv420p"
        context = video.codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
        assert context.color_range == 1  # limited
        assert audio.codec_context.name == "aac"
        assert container.duration == 4_000_000
        assert "creation_time" not in container.metadata
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


async def test_a_take_is_neither_black_nor_still_nor_silent(rendered: tuple[Call[AnimaticOptions], Path]):
    _, path = rendered
    with av.open(str(path)) as container:
        frames = [
            Image.frombytes(
                "L",
                (frame.width, frame.height),
                bytes(frame.planes[0]),
                "raw",
                "L",
                frame.planes[0].line_size,
            )
            for number, frame in enumerate(container.decode(video=0))
            if number in (0, 48, 95)
        ]
        container.seek(0)
        loudest = max(
            max(memoryview(bytes(frame.planes[0])).cast("f")) for frame in container.decode(audio=0)
        )
    assert len(frames) == 3
    assert all(ImageStat.Stat(frame).mean[0] > 40 for frame in frames)
    assert difference(frames[0], frames[1]) > VISIBLE
    assert difference(frames[1], frames[2]) > VISIBLE
    assert 0.01 < loudest < 0.9


@pytest.mark.usefixtures("small")
async def test_the_same_seed_gives_the_same_bytes(tmp_path: Path):
    call = call_for(picture(tmp_path / "image.png"), camera="pan_right")
    takes = [tmp_path / "first.mp4", tmp_path / "second.mp4"]
    for take in takes:
        await Animatic(AnimaticSettings()).fetch(call, Output(0), take, ignore)
    first, second = (hashlib.sha256(take.read_bytes()).digest() for take in takes)
    assert first == second


@pytest.mark.slow
@pytest.mark.parametrize("camera", ["push_in", "pan_left", "static", "handheld"])
def test_takes_of_one_shot_differ_to_the_eye(camera: str, tmp_path: Path):
    image = picture(tmp_path / "image.png")
    takes = [luma_frames(call_for(image, camera=camera, seed=seed), [60])[0] for seed in (1, 2, 3)]
    assert min(difference(takes[0], takes[1]), difference(takes[1], takes[2])) > VISIBLE


def test_a_static_camera_stands_still_while_the_grain_lives(tmp_path: Path):
    first, later = luma_frames(call_for(picture(tmp_path / "image.png"), camera="static"), [0, 60])
    assert difference(first, later) < GRAIN_AND_CODEC < VISIBLE
    assert ImageStat.Stat(ImageChops.difference(first, later)).mean[0] > 1


def test_a_pan_moves_evenly_by_fractions_of_a_pixel(tmp_path: Path):
    # A ramp of light across the image tells from the brightness of the middle where the camera is.
    width = 2400
    ramp = bytes(round(30 + 190 * column / width) for column in range(width))
    Image.frombytes("L", (width, 1), ramp).resize((width, 1000)).save(tmp_path / "ramp.png")  # pyright: ignore[reportUnknownMemberType]
    call = call_for(tmp_path / "ramp.png", camera="pan_right", duration_seconds=4)
    frames = luma_frames(call, range(96))
    middle = (320, 180, 960, 540)
    light = [ImageStat.Stat(frame.crop(middle)).mean[0] for frame in frames]
    steps = [after - before for before, after in pairwise(light)]
    moved = light[-1] - light[0]
    assert moved > 8
    # Never back, no jolt: each step is close to the mean of its neighbours.
    noise = 0.02 * moved / 10
    assert min(steps) > -noise
    for before, here, after in zip(steps, steps[1:], steps[2:], strict=False):
        assert abs(here - (before + after) / 2) < 3 * noise
    # Eased: slow at the ends.
    assert sum(steps[:5]) < 0.3 * sum(steps[45:50])
    assert sum(steps[-5:]) < 0.3 * sum(steps[45:50])


@pytest.mark.slow
def test_the_prompt_moves_the_camera_unless_the_option_says_otherwise(tmp_path: Path):
    image = picture(tmp_path / "image.png")
    by_words = luma_frames(call_for(image, prompt="The camera pans left"), [95])[0]
    by_option = luma_frames(call_for(image, prompt="A quiet bay", camera="pan_left"), [95])[0]
    overruled = luma_frames(call_for(image, prompt="The camera pans left", camera="tilt_up"), [95])[0]
    assert by_words.tobytes() == by_option.tobytes()
    assert difference(by_words, overruled) > VISIBLE


def test_the_whitest_edge_stays_white_under_the_grain(tmp_path: Path):
    image = Image.new("L", (1280, 720), "black")
    for left in range(0, 1280, 40):
        image.paste(255, (left, 0, left + 8, 720))
    image.save(tmp_path / "bars.png")
    brightest = max((Grade.of(seed).light, seed) for seed in range(200))[1]
    frame = luma_frames(call_for(tmp_path / "bars.png", camera="static", seed=brightest), [0])[0]
    assert max(frame.tobytes()) > 245  # sharpening reaches beyond white
    # Grain is added modulo 256: a value that went over the top would be a black speck in a bar.
    filled = frame.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MinFilter(3))
    assert max(ImageChops.difference(filled, frame).tobytes()) < 100


@pytest.mark.slow
@pytest.mark.parametrize(
    "prompt",
    [
        "A quiet bay",
        "Ein sehr langer Satz über das Licht am Morgen. " * 100,
        "静かな海の夜明け、霧の中の灯台" * 20,
        "صباح هادئ على البحر",
        "👩🏽‍🚀 launches 🚀\x00\x07\n\n\ttabbed",
        "W" * 3000,
    ],
    ids=["short", "long", "without spaces", "right to left", "emoji and controls", "one word"],
)
def test_a_prompt_alone_becomes_a_card_that_can_be_read(prompt: str):
    frame = luma_frames(call_for(None, prompt=prompt, camera="static"), [0])[0]
    text = frame.point([255 if value > 150 else 0 for value in range(256)]).getbbox()  # pyright: ignore[reportUnknownMemberType]
    assert text is not None
    left, top, right, bottom = text
    # Ink on a dark ground, away from every edge.
    assert min(left, 1280 - right) > 80
    assert min(top, 720 - bottom) > 40
    assert ImageStat.Stat(frame).mean[0] < 90


@pytest.mark.slow
@pytest.mark.parametrize("camera", ["pan_left", "pan_right", "tilt_up", "push_in", "orbit", "handheld"])
def test_the_words_of_a_card_stay_in_the_frame_in_every_move(camera: str):
    call = call_for(None, prompt="A quiet bay at dawn, fast. " * 12, camera=camera, aspect_ratio="9:16")
    for frame in luma_frames(call, [0, 48, 95]):
        text = frame.point([255 if value > 150 else 0 for value in range(256)]).getbbox()  # pyright: ignore[reportUnknownMemberType]
        assert text is not None
        assert min(text[0], 720 - text[2], text[1], 1280 - text[3]) > 10


def red_share(call: Call[AnimaticOptions]) -> float:
    """Share of the middle frame that shows the red square of the test picture."""
    width, height = call.options.size
    frame = list(frames_of(call.shot, call.options, 1))[48]
    red = Image.frombytes("L", (width // 2, height // 2), frame[-(width * height // 4) :])
    counts = red.histogram()
    return sum(counts[190:]) / sum(counts)


@pytest.mark.slow
def test_a_crop_keeps_the_subject_and_a_blur_keeps_the_whole_image(tmp_path: Path):
    image = Image.new("RGB", (1600, 700), (70, 80, 90))
    image.paste((255, 20, 20), (1350, 250, 1550, 450))
    image.save(tmp_path / "wide.png")
    wide = tmp_path / "wide.png"
    cropped = red_share(call_for(wide, aspect_ratio="9:16", camera="static", fit="crop"))
    blurred = red_share(call_for(wide, aspect_ratio="9:16", camera="static", fit="blur"))
    # A crop of the middle would have none of it; the whole square fills about 8 % of the crop.
    assert cropped > 0.06
    assert 0.005 < blurred < 0.03


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({"aspect_ratio": "9:16"}, (720, 1280)),
        ({"aspect_ratio": "1:1"}, (720, 720)),
        ({"resolution": "1080p"}, (1920, 1080)),
        ({"resolution": "1080p", "aspect_ratio": "9:16", "fit": "blur"}, (1080, 1920)),
    ],
)
@pytest.mark.parametrize("shape", [(40, 2000), (2000, 40), (1, 1), (721, 1279)])
def test_an_image_of_any_shape_fills_a_frame_of_any_shape(
    values: dict[str, object], size: tuple[int, int], shape: tuple[int, int], tmp_path: Path
):
    Image.new("RGB", shape, "teal").save(tmp_path / "odd.png")
    shot = call_for(tmp_path / "odd.png").shot
    chosen = options(camera="orbit", **values)
    frame = next(frames_of(shot, chosen, 3))
    assert chosen.size == size
    assert len(frame) == size[0] * size[1] * 3 // 2


async def test_an_image_that_is_none_is_refused_by_its_name(tmp_path: Path):
    (tmp_path / "7.jpg").write_bytes(b"not an image")
    with pytest.raises(Invalid, match=r"7\.jpg") as caught:
        await Animatic(AnimaticSettings()).submit(call_for(tmp_path / "7.jpg"))
    assert [fault.where for fault in caught.value.faults] == ["7.jpg"]


async def test_an_image_damaged_after_the_submit_fails_the_fetch_and_leaves_nothing(tmp_path: Path):
    image = picture(tmp_path / "8.png")
    image.write_bytes(image.read_bytes()[:2000])
    with pytest.raises(Invalid, match=r"8\.png"):
        await Animatic(AnimaticSettings()).fetch(call_for(image), Output(0), tmp_path / "take.mp4", ignore)
    assert [path.name for path in tmp_path.iterdir()] == ["8.png"]


@pytest.mark.slow
async def test_cancelling_a_render_leaves_no_file_and_no_process(tmp_path: Path):
    folder = tmp_path / "out"
    folder.mkdir()
    call = call_for(picture(tmp_path / "image.png"), duration_seconds=8, resolution="1080p")
    under_way = asyncio.Event()

    def progress(fraction: float) -> None:
        under_way.set()

    render = asyncio.create_task(
        Animatic(AnimaticSettings()).fetch(call, Output(0), folder / "take.mp4", progress)
    )
    await under_way.wait()
    mine = encoders_at_work(folder)
    assert len(mine) == 1
    assert [path.name for path in folder.iterdir()] == ["take.mp4.part"]
    render.cancel()
    with pytest.raises(asyncio.CancelledError):
        await render
    assert list(folder.iterdir()) == []
    assert not mine[0].is_running()
