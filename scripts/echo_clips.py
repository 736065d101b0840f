"""Makes the clips of the provider `echo`: real MP4s of a few KB in which something moves.

python -m scripts.echo_clips
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# (PyAV's stubs leave the type of a packet open)

import av
from PIL import Image, ImageOps

from rushes.providers.video.echo import CLIPS

FPS = 8
SIZES = {"16x9": (64, 36), "9x16": (36, 64), "1x1": (48, 48)}
SECONDS = (1, 4)


def main() -> None:
    """Write all of them."""
    CLIPS.mkdir(exist_ok=True)
    for shape, (width, height) in SIZES.items():
        ramp = Image.linear_gradient("L").rotate(90).resize((width, height))
        for seconds in SECONDS:
            with av.open(CLIPS / f"{shape}-{seconds}s.mp4", "w", format="mp4") as mp4:
                stream = mp4.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "threads": "1"})
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                for index in range(seconds * FPS):
                    shade = Image.new("L", (width, height), 90 + index * 9 % 160)
                    picture = Image.merge("RGB", (ramp, shade, ImageOps.mirror(ramp)))
                    mp4.mux(stream.encode(av.VideoFrame.from_image(picture)))
                mp4.mux(stream.encode(None))


if __name__ == "__main__":
    main()
