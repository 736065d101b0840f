"""What is seen in a section: its pictures under a moving camera, its clips, or its scene video. Pure."""

import zlib
from dataclasses import dataclass
from pathlib import Path

from rushes.platform.media.film.timeline import ClipFit, ClipSource, OwnSound, StillSource
from rushes.platform.media.moves import CameraMove, move_for, pace_of
from rushes.story.document import Section, StoryDocument
from rushes.story.inputs import PictureSlot, pictures_of, visual_prompt
from rushes.story.products import Products, StoryPicture
from rushes.story.scenes import group_hash, is_paid_for, scene_of, shots_of
from rushes.story.settings import CARD

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "video/mp4": ".mp4"}


@dataclass(frozen=True)
class SeenPiece:
    """One thing that is seen for a share of a section. `hash` is what its file is found by."""

    hash: str
    key: str
    folder: str
    ending: str
    share: float
    provider: str = ""
    move: CameraMove | None = None
    seed: int = 0
    pace: float = 1.0
    start_seconds: float = 0.0
    fit: ClipFit = ClipFit.TRIM
    own_sound: OwnSound = OwnSound.OFF

    def source(self, path: Path) -> StillSource | ClipSource:
        """Return it as a scene's source, its file being `path`."""
        if self.move is None:
            return ClipSource(path, self.start_seconds, self.fit, self.own_sound)
        return StillSource(path, self.move, self.seed, self.pace)


def pieces_of(
    document: StoryDocument, section: Section, seconds: float, products: Products
) -> tuple[SeenPiece, ...] | None:
    """Return what is seen in a section of so many `seconds`; None while something is not there."""
    shots = shots_of(document, section, seconds, products)
    if shots:
        paid = is_paid_for(document, section, group_hash(shots), products)
        if paid is None:
            return None
        if paid:
            clips = [products.clips.get(each.hash) for each in shots]
            there = [each for each in clips if each is not None]
            if len(there) < len(shots):
                return None
            fit = scene_of(document, section).fit
            return tuple(
                SeenPiece(
                    shot.hash, clip.key, "clips", ".mp4", shot.seconds, fit=fit, own_sound=section.own_sound
                )
                for shot, clip in zip(shots, there, strict=True)
            )
    found = [_picture(document, section, each, products) for each in pictures_of(document, section, products)]
    known = [each for each in found if each is not None]
    return tuple(known) if len(known) == len(found) else None


def _picture(
    document: StoryDocument, section: Section, slot: PictureSlot, products: Products
) -> SeenPiece | None:
    picture = products.uploads.get(slot.key) if slot.key else products.pictures.get(slot.hash)
    if not isinstance(picture, StoryPicture):
        return None
    chosen, ending = slot.chosen, _ENDINGS.get(picture.media_type, "")
    share = chosen.share if chosen else 1.0
    provider = slot.ask.provider if slot.ask else ""
    if picture.is_clip:
        return SeenPiece(
            slot.hash,
            picture.key,
            "pictures",
            ending,
            share,
            provider,
            start_seconds=chosen.start_seconds if chosen else 0.0,
            fit=scene_of(document, section).fit,
            own_sound=section.own_sound,
        )
    prompt, seed = visual_prompt(document, section), zlib.crc32(f"{section.id} {slot.hash}".encode())
    asked = (chosen.move if chosen else None) or section.move
    move = asked or (_card_move(seed) if provider == CARD else move_for(prompt, seed))
    return SeenPiece(
        slot.hash, picture.key, "pictures", ending, share, provider, move, seed % 2**31, pace_of(prompt)
    )


def _card_move(seed: int) -> CameraMove:
    """A card has words to its edges: the camera only comes or goes."""
    return (CameraMove.PUSH_IN, CameraMove.PULL_OUT)[seed % 2]
