"""Small real MP4s that say whose they are: 32 bits of a text's hash, burnt into every frame.

Two rows of sixteen light and dark cells, so that the code survives any encoder and any size.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (PyAV's stubs leave the types of packets and frames open)

import hashlib
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import av
from PIL import Image

from rushes.platform.media.pixels import resize

COLUMNS, ROWS = 16, 2
LIGHT, DARK = 215, 30
SOUND_RATE, SOUND_FRAME = 48_000, 1024


def code_of(text: str) -> int:
    """The code of a text: what `read_code` finds in a clip that was made from it."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[: COLUMNS * ROWS // 8])


@lru_cache(maxsize=256)
def clip(text: str, size: tuple[int, int], seconds: float, *, fps: int = 24) -> bytes:
    """A whole MP4 (H.264, a silent AAC track) with the code of `text` in it. Same input, same bytes."""
    width, height = size
    buffer = BytesIO()
    with av.open(buffer, "w", format="mp4") as mp4:
        picture = mp4.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "threads": "1"})
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        sound = mp4.add_stream("aac", rate=SOUND_RATE, layout="mono")
        frame = av.VideoFrame.from_image(_cells(code_of(text), size)).reformat(format="yuv420p")
        for index in range(round(seconds * fps)):
            frame.pts = index
            mp4.mux(picture.encode(frame))
        mp4.mux(picture.encode(None))
        silence = av.AudioFrame(format="fltp", layout="mono", samples=SOUND_FRAME)
        silence.sample_rate = SOUND_RATE
        silence.planes[0].update(bytes(silence.planes[0].buffer_size))
        for index in range(int(seconds * SOUND_RATE) // SOUND_FRAME):
            silence.pts = index * SOUND_FRAME
            mp4.mux(sound.encode(silence))
        mp4.mux(sound.encode(None))
    return buffer.getvalue()


def _cells(code: int, size: tuple[int, int]) -> Image.Image:
    bits = f"{code:0{COLUMNS * ROWS}b}"
    cells = Image.frombytes("L", (COLUMNS, ROWS), bytes(LIGHT if bit == "1" else DARK for bit in bits))
    return resize(cells, size, Image.Resampling.NEAREST).convert("RGB")


def read_code(file: Path | BytesIO) -> int:
    """The code in a clip's first frame."""
    with av.open(str(file) if isinstance(file, Path) else file, "r") as container:
        picture = next(container.decode(video=0)).to_image()
    cells = resize(picture.convert("L"), (COLUMNS, ROWS), Image.Resampling.BOX).tobytes()
    return int("".join("1" if shade > (LIGHT + DARK) // 2 else "0" for shade in cells), 2)
