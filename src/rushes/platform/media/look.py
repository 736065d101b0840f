"""Looks at videos: is one whole, what is in it, what does it look like, how is it shown.

A program of its own (`python -m rushes.platform.media.look`): a file that makes a decoder crash or hang takes
nobody with it, and decoding shares no interpreter with the worker. It reads one line of JSON for each batch,
a list of `Question`, and answers with one line, a list of `Answer`, in their order. It ends with its input.
"""

import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TypedDict

from rushes.errors import Damaged
from rushes.platform.media.facts import MP4, Probe
from rushes.platform.media.pictures import THUMBNAIL_JPEG, thumbnail_or_stand_in
from rushes.platform.media.probe import describe, open_whole, shape_of


class Question(TypedDict):
    """A look that is asked for."""

    video: str
    thumbnail: str | None
    """Where to write a picture of it (JPEG); None: nowhere."""
    shape: bool
    """Whether to tell how it is shown, which decodes a frame."""


class LookAnswer(TypedDict, total=False):
    """What one look gave: facts, with the shape where it was asked for, or one of the two others."""

    facts: dict[str, float | int | str | None]
    """The fields of a `Probe`."""
    shape: tuple[int, int, str]
    """Width, height and pixel aspect of a `FrameShape`."""
    damaged: str
    """Why it is not a whole video."""
    fault: tuple[int, str]
    """The disk's error number, and its words."""


def _look(video: Path, thumbnail: Path | None, want_shape: bool) -> LookAnswer:
    with open_whole(video) as container:
        facts: Probe = describe(video, container)
        if thumbnail is not None and facts.container == MP4:  # any other one is made an MP4 first
            picture = thumbnail_or_stand_in(container, video, facts)
            picture.save(thumbnail, "JPEG", **THUMBNAIL_JPEG)
    if not want_shape:
        return {"facts": asdict(facts)}
    shape = shape_of(video)
    return {"facts": asdict(facts), "shape": (shape.width, shape.height, str(shape.pixel_aspect))}


def _answer(question: Question) -> LookAnswer:
    video, thumbnail = Path(question["video"]), question["thumbnail"]
    try:
        return _look(video, Path(thumbnail) if thumbnail else None, question["shape"])
    except Damaged as error:
        return {"damaged": error.message}
    except OSError as error:
        if not video.exists():
            return {"damaged": "There is no file."}
        return {"fault": (error.errno or 0, error.strerror or str(error))}


def main() -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's, which then lets go of us
    for line in sys.stdin:
        print(json.dumps([_answer(question) for question in json.loads(line)]), flush=True)


if __name__ == "__main__":
    main()
