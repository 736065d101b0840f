"""Looks at a take that has just arrived: is it whole, what is in it, what does it look like.

One look for all three: opening a video costs more than reading what is asked of it.
"""

from pathlib import Path

from rushes.errors import Damaged
from rushes.media.pictures import thumbnail_of
from rushes.media.probe import Probe, describe, open_whole


def receive(video: Path, thumbnail: Path) -> Probe:
    """Check a video and write its thumbnail (JPEG). Blocking: call it with `asyncio.to_thread`.

    Raises `Damaged` when it is not a whole video, or is not there at all.
    """
    if not video.exists():
        raise Damaged("The provider wrote no file.")
    with open_whole(video) as container:
        facts = describe(video, container)
        thumbnail_of(container, video, thumbnail)
    return facts
