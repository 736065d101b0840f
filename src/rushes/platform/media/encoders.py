"""Which encoder is used for a codec: the graphics card's when it is asked for and proves that it works."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from rushes.errors import GenerationFailed
from rushes.platform.media.commands import HARDWARE, SOFTWARE, encoder_trial_args
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.upscaling import Codec

log = logging.getLogger(__name__)


_proven: dict[str, bool] = {}
"""What trials have shown; a graphics card does not come and go while a process lives."""


async def choose_encoder(codec: Codec, *, hardware: bool, work_dir: Path) -> str:
    """The encoder's name. A card is believed when it has encoded something, not when FFmpeg lists it."""
    for encoder in HARDWARE[codec] if hardware else ():
        if encoder not in _proven:
            _proven[encoder] = await _works(encoder, work_dir)
        if _proven[encoder]:
            return encoder
    return SOFTWARE[codec]


async def _works(encoder: str, work_dir: Path) -> bool:
    with TemporaryDirectory(dir=work_dir, prefix="trial-") as folder:
        try:
            await run_ffmpeg(encoder_trial_args(encoder), into=Path(folder) / "trial.mp4")
        except GenerationFailed as error:
            log.info("%s does not work here: %s", encoder, error)
            return False
    return True
