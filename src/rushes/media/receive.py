"""Looks at takes that have just arrived: is it whole, what is in it, what does it look like.

One look for all three: opening a video costs more than reading what is asked of it. Takes that arrive
together are looked at one after the other, two at a time: more threads would only fight for the
interpreter.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rushes.errors import Damaged
from rushes.media.pictures import thumbnail_of
from rushes.media.probe import Probe, describe, open_whole
from rushes.together import Together

AT_ONCE = 2


class Reception:
    """Where takes are received."""

    def __init__(self) -> None:
        self._look: Together[tuple[Path, Path], Probe | Damaged | OSError] = Together(
            self._look_at_all, turns=AT_ONCE
        )

    async def receive(self, video: Path, thumbnail: Path) -> Probe:
        """Check a video and write its thumbnail (JPEG).

        Raises `Damaged` when it is not a whole video, or is not there at all; `OSError` of the disk.
        """
        seen = await self._look((video, thumbnail))
        if isinstance(seen, Exception):
            raise seen
        return seen

    async def _look_at_all(self, takes: Sequence[tuple[Path, Path]]) -> list[Probe | Damaged | OSError]:
        return await asyncio.to_thread(lambda: [_look_at(*each) for each in takes])


def _look_at(video: Path, thumbnail: Path) -> Probe | Damaged | OSError:
    if not video.exists():
        return Damaged("The provider wrote no file.")
    try:
        with open_whole(video) as container:
            facts = describe(video, container)
            thumbnail_of(container, video, thumbnail)
    except (Damaged, OSError) as error:
        return error
    return facts
