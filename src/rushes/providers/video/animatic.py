"""Animatic: a free, offline previsualisation of a batch. The camera moves over each image as its prompt says.

Nothing is kept between the calls and nothing costs money: a submission is accepted at once under its
own key, and a take is rendered while it is fetched, again from its seed if need be.
"""

import asyncio
import os
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import ClassVar, Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from rushes.errors import Fault, Invalid
from rushes.platform.media.commands import RawVideo, encode_raw_args
from rushes.platform.media.ffmpeg import run_ffmpeg
from rushes.platform.media.sound import sound_bed
from rushes.providers.video_contract import (
    Call,
    Finished,
    Limits,
    Mode,
    Output,
    ProgressCallback,
    ProviderSettings,
    ShotInput,
    VideoOptions,
    VideoProvider,
)

FPS = 24
SHAPES = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}
SHORT_SIDES = {"720p": 720, "1080p": 1080}


class AnimaticOptions(VideoOptions, frozen=True):
    """Shape, size, length and movement of a preview."""

    aspect_ratio: Literal["16:9", "9:16", "1:1"] = Field("16:9", description="Shape of the video.")
    resolution: Literal["720p", "1080p"] = Field("720p", description="Length of the shorter side, pixels.")
    duration_seconds: Literal[4, 6, 8] = Field(4, description="Length of a video, seconds.")
    fit: Literal["crop", "blur"] = Field(
        "crop",
        description="An image of another shape: crop around its subject, or show all of it over a blur.",
    )
    camera: Literal[
        "auto",
        "push_in",
        "pull_out",
        "pan_left",
        "pan_right",
        "tilt_up",
        "tilt_down",
        "orbit",
        "handheld",
        "static",
    ] = Field("auto", description="Camera move; auto does what the prompt says, else chooses by seed.")
    sound: bool = Field(True, description="Add a soft sound bed.")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        across, down = SHAPES[self.aspect_ratio]
        short = SHORT_SIDES[self.resolution]
        return short * across // min(across, down), short * down // min(across, down)

    @property
    def frames(self) -> int:
        """The number of frames in a video."""
        return FPS * self.duration_seconds

    def video(self) -> RawVideo:
        """The raw frames a take is encoded from."""
        width, height = self.size
        return RawVideo(width, height, FPS, self.duration_seconds)


class AnimaticSettings(ProviderSettings):
    """Nothing to set: it needs no account and no network."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_ANIMATIC_")


class Animatic(VideoProvider[AnimaticOptions, AnimaticSettings]):
    """The embedded default: Pillow draws, FFmpeg encodes, a seed always gives the same bytes."""

    id = "animatic"
    title = "Animatic"
    modes = frozenset({Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO})
    # A render keeps a core busy; more at once than there are cores only takes longer for each.
    limits: ClassVar[Limits] = Limits(
        max_prompt_chars=5000,
        max_outputs=4,
        outputs_per_call=1,  # each take is a render of its own: they spread over the cores
        concurrency=max(1, os.cpu_count() or 1),
        poll_seconds=1.0,
        timeout_seconds=1800.0,
    )
    Options = AnimaticOptions
    Settings = AnimaticSettings
    idempotent = True
    reports_first_byte = True

    def check(self, shot: ShotInput, options: AnimaticOptions) -> None:
        """Raise `Invalid`, with every fault there is, for a shot that cannot be rendered."""
        faults: list[Fault] = []
        if self.models.model(shot.model) is None:
            faults.append(Fault("model", f"Animatic has no model {shot.model!r}.", "unknown_model"))
        if len(shot.prompt) > self.limits.max_prompt_chars:
            faults.append(
                Fault(
                    "prompt",
                    f"The prompt has {len(shot.prompt)} characters; shorten it to "
                    f"{self.limits.max_prompt_chars}.",
                    "too_long",
                )
            )
        if shot.image is None and not shot.prompt.strip():
            faults.append(Fault("prompt", "Without an image there must be a prompt.", "missing"))
        if not 1 <= len(shot.seeds) <= self.limits.outputs_per_call:
            faults.append(
                Fault(
                    "seeds",
                    f"{len(shot.seeds)} takes were asked for; one submission makes 1 to "
                    f"{self.limits.outputs_per_call}.",
                    "out_of_range",
                )
            )
        if faults:
            raise Invalid(" ".join(fault.message for fault in faults), faults)

    async def submit(self, call: Call[AnimaticOptions]) -> str:
        """Accept the call under its own key. Nothing is rendered yet."""
        self.check(call.shot, call.options)
        if call.shot.image is not None:
            await asyncio.to_thread(_drawing().check_picture, call.shot.image)
        await call.confirm()
        return call.key

    async def status(self, call: Call[AnimaticOptions], remote_id: str) -> Finished:
        """Every take is ready to be fetched at once."""
        return Finished(tuple(Output(index) for index in range(len(call.shot.seeds))))

    async def fetch(
        self, call: Call[AnimaticOptions], output: Output, into: Path, progress: ProgressCallback
    ) -> None:
        """Render one take. Cancelling ends the render at once and leaves nothing."""
        seed = call.shot.seeds[output.index]
        options = call.options
        sound = sound_bed(seed=seed, seconds=options.duration_seconds) if options.sound else None
        await run_ffmpeg(
            encode_raw_args(options.video(), sound=sound),
            into=into,
            duration_seconds=options.duration_seconds,
            progress=progress,
            stdin=_drawing().frames_of(call.shot, options, seed),
        )

    async def find(self, call: Call[AnimaticOptions]) -> str:
        """A key is its own remote id: there is nothing to look for and nothing to pay."""
        return call.key


def _drawing() -> ModuleType:
    # A worker for other providers need not have what draws in its memory.
    return import_module("rushes.providers.video._animatic_frames")
