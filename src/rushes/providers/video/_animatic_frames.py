"""What Animatic draws: the frames of a take, by the options, the prompt and the seed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rushes.platform.media.camera import plan
from rushes.platform.media.card import card_stage
from rushes.platform.media.frame import Grade, draw_frames, to_planes
from rushes.platform.media.moves import CameraMove, move_for, pace_of
from rushes.platform.media.stage import blur_stage, crop_stage, open_picture
from rushes.platform.media.stage import check_picture as check_picture
from rushes.providers.video_contract import ShotInput

if TYPE_CHECKING:
    from rushes.providers.video.animatic import AnimaticOptions

CARD_PACE = 0.5
"""Words are read while they move, and must stay in the frame."""


def frames_of(shot: ShotInput, options: "AnimaticOptions", seed: int) -> Iterator[bytes]:
    """The raw frames of one take, drawn as they are asked for (the bench encodes them by FFmpeg alone)."""
    size = options.size
    pace = pace_of(shot.prompt)
    if shot.image is None:
        stage = card_stage(shot.prompt, size, seed=seed)
        pace *= CARD_PACE
    else:
        fit = crop_stage if options.fit == "crop" else blur_stage
        stage = fit(open_picture(shot.image), size)
    move = move_for(shot.prompt, seed) if options.camera == "auto" else CameraMove(options.camera)
    path = plan(move, stage.room, seed=seed, pace=pace, seconds=options.duration_seconds)
    planes = to_planes(stage.picture, Grade.of(seed))
    yield from draw_frames(planes, path, size=size, frames=options.frames, seed=seed)
