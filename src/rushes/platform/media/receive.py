"""Has the looking program (`look.py`) look at videos: those that arrive together at once.

The program is started when the first take is on its way, and again when a file has made it crash or hang:
then each of that batch is looked at alone, so that one bad file spoils nothing for the others.
"""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from rushes.errors import Damaged
from rushes.platform.batching import Together
from rushes.platform.children import child_environment
from rushes.platform.media.child import tied_to_us
from rushes.platform.media.facts import MP4, FrameShape, Probe
from rushes.platform.media.remux import make_mp4

PROGRAM = (sys.executable, "-m", "rushes.platform.media.look")
LONGEST_SECONDS = 120.0
"""For one batch. A look takes milliseconds; what takes longer never ends."""
LONGEST_ANSWER = 16 * 1024 * 1024

Look = tuple[Path, Path | None, bool]
"""A video, where its thumbnail goes, and whether its shape is told."""
Seen = tuple[Probe, FrameShape | None] | Damaged | OSError


class LookerDiedError(Exception):
    """The program ended in the middle of a look, or had to be ended. Not one of the tree: it stays here."""


class Reception:
    """Where takes are received, and videos looked into."""

    def __init__(self, program: Sequence[str] = PROGRAM, longest: float = LONGEST_SECONDS) -> None:
        self._program = program
        self._longest = longest
        self._looker: Process | None = None
        self._starting = asyncio.Lock()
        self._look: Together[Look, Seen] = Together(self._look_at_all, spoiled=(LookerDiedError,))

    async def receive(self, video: Path, thumbnail: Path) -> Probe:
        """Check a video, make it an MP4 where it is none, and write its thumbnail (JPEG).

        Raises `Damaged` when it is not a whole video, or is not there at all; `OSError` of the disk.
        """
        facts, _ = await self._see((video, thumbnail, False))
        if facts.container != MP4:
            await make_mp4(video, facts)
            facts, _ = await self._see((video, thumbnail, False))
        return facts

    async def facts_of(self, video: Path) -> Probe:
        """What is in a video; nothing of it is decoded. Raises as `receive` does."""
        facts, _ = await self._see((video, None, False))
        return facts

    async def look_into(self, video: Path) -> tuple[Probe, FrameShape]:
        """What is in a video and how it is shown. Raises as `receive` does."""
        facts, shape = await self._see((video, None, True))
        assert shape is not None
        return facts, shape

    async def get_ready(self) -> None:
        """Have the program running by the time the first take is there."""
        await self._running()

    async def close(self) -> None:
        """Kill the inspection program if it runs."""
        looker, self._looker = self._looker, None
        if looker is not None:
            with contextlib.suppress(ProcessLookupError):
                looker.kill()
            await looker.wait()

    async def _see(self, look: Look) -> tuple[Probe, FrameShape | None]:
        try:
            seen = await self._look(look)
        except LookerDiedError:
            raise Damaged(f"{look[0].name} cannot be decoded: the decoder broke down over it.") from None
        if isinstance(seen, Exception):
            raise seen
        return seen

    async def _running(self) -> Process:
        async with self._starting:
            if self._looker is None or self._looker.returncode is not None:
                self._looker = await asyncio.create_subprocess_exec(
                    *tied_to_us(),
                    *self._program,
                    stdin=PIPE,
                    stdout=PIPE,
                    limit=LONGEST_ANSWER,
                    # MALLOC_ARENA_MAX: glibc's threads share their memory.
                    env={**child_environment(), "MALLOC_ARENA_MAX": "1"},
                )
            return self._looker

    async def _look_at_all(self, looks: Sequence[Look]) -> list[Seen]:
        questions = [
            {"video": str(video), "thumbnail": into and str(into), "shape": shape}
            for video, into, shape in looks
        ]
        try:
            async with asyncio.timeout(self._longest):
                answers = json.loads(await self._ask(json.dumps(questions)))
        except TimeoutError:
            await self.close()
            raise LookerDiedError from None
        except BaseException:  # nobody may be given the answer to somebody else's question
            await self.close()
            raise
        return [_read(each) for each in answers]

    async def _ask(self, asked: str) -> bytes:
        looker = await self._running()
        assert looker.stdin is not None
        assert looker.stdout is not None
        try:
            looker.stdin.write(f"{asked}\n".encode())
            await looker.stdin.drain()
            answer = await looker.stdout.readline()
        except ConnectionError:
            raise LookerDiedError from None
        if not answer.endswith(b"\n"):
            raise LookerDiedError
        return answer


def _read(answer: dict[str, Any]) -> Seen:
    if "damaged" in answer:
        return Damaged(answer["damaged"])
    if "fault" in answer:
        return OSError(*answer["fault"])
    shape = answer.get("shape")
    return Probe(**answer["facts"]), shape and FrameShape(shape[0], shape[1], Fraction(shape[2]))
