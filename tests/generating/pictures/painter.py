"""A source of pictures that also makes them. `wrong` in what is asked for says what it gives instead."""

import asyncio
from pathlib import Path

from PIL import Image
from pydantic_settings import SettingsConfigDict

from rushes.errors import Expired
from rushes.providers.base import BaseLimits, Credential, ProviderSettings
from rushes.providers.picture_contract import (
    Attribution,
    Candidate,
    Generated,
    PictureCall,
    PictureFile,
    PictureForm,
    PictureOptions,
    PictureProvider,
)


class PainterSettings(ProviderSettings):
    """None of its own."""

    model_config = SettingsConfigDict(env_prefix="RUSHES_PAINTER_", env_file=None, extra="ignore")


class Painter(PictureProvider[PictureOptions, PainterSettings]):
    """See the module docstring."""

    id = "painter"
    title = "Painter"
    limits = BaseLimits(concurrency=2)
    Settings = PainterSettings
    generates = True
    searched = frozenset({PictureForm.PHOTO, PictureForm.CLIP})

    async def fetch(self, candidate: Candidate, into: Path, credential: Credential | None) -> PictureFile:
        """A picture, or the clip whose path is in the candidate's data."""
        if "gone" in candidate.title:
            raise Expired("it is not there any more", step="fetch")
        if candidate.form is PictureForm.CLIP:
            clip = Path(candidate.data["file"])
            await asyncio.to_thread(lambda: into.write_bytes(clip.read_bytes()))
            return PictureFile(into, "video/mp4", candidate.attribution)
        await asyncio.to_thread(_paint, into, candidate.width, candidate.height, candidate.title)
        return PictureFile(into, "image/png", candidate.attribution)

    async def generate(self, call: PictureCall[PictureOptions], folder: Path) -> Generated:
        """Two pictures; the second is smaller."""
        files: list[PictureFile] = []
        for number in range(2):
            file = folder / f"anything {number}"
            await asyncio.to_thread(_paint, file, call.width // (number + 1), call.height, call.prompt)
            files.append(PictureFile(file, "image/png", Attribution(author="a painter")))
        return Generated(tuple(files))


def _paint(into: Path, width: int, height: int, said: str) -> None:
    Image.effect_noise((width, height), 50).save(into, "PNG")
    if "cut off" in said:
        whole = into.read_bytes()
        into.write_bytes(whole[: len(whole) // 2])
