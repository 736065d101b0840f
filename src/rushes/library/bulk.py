"""Takes of many shots made again in one request: more of the same, or each with its own corrected prompt."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rushes.engine.runtime import Runtime
from rushes.errors import RushesError
from rushes.library.actions import regenerate


@dataclass(frozen=True)
class TakeAgain:
    """A take, and the prompt that it is made again with (None: its own)."""

    video_id: UUID
    new_prompt: str | None = None


@dataclass(frozen=True)
class Refused:
    """A take that was not made again, and why, for a person."""

    video_id: UUID
    message: str


async def regenerate_some(
    run: Runtime, owner: UUID, wanted: Sequence[TakeAgain], takes: int
) -> tuple[list[UUID], list[Refused]]:
    """Make each of these `takes` times again. Return the ids to watch, and what could not be made again.

    What `regenerate` says of one take holds for each; one that is refused does not stop the others.
    """
    made: list[UUID] = []
    refused: list[Refused] = []
    for each in wanted:
        try:
            for _ in range(takes):
                made.append(await regenerate(run, owner, each.video_id, new_prompt=each.new_prompt))
        except RushesError as error:
            reasons = [fault.message for fault in getattr(error, "faults", ())]
            refused.append(Refused(each.video_id, " ".join([error.message, *reasons])))
    return made, refused
