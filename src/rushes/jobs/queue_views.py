"""The order of a user's started jobs: where a moved job goes, and what that changes for the others.

Jobs have a rank. A lower rank goes first, jobs of one rank take turns, and 0 is the rank of jobs that nobody
has moved. A moved job gets a rank of its own: everything listed above it goes before it, everything below it
after it. Jobs that start later have rank 0, so they are listed after what was moved up and before what was
moved to the bottom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from uuid import UUID


class QueueMove(StrEnum):
    """Where to move a job: one step, all the way, or back among those that take turns."""

    TOP = "top"
    UP = "up"
    DOWN = "down"
    BOTTOM = "bottom"
    TURNS = "turns"


@dataclass(frozen=True)
class Queued:
    """A job in the queue."""

    id: UUID
    rank: int


def index_after(queue: Sequence[Queued], job_id: UUID, move: QueueMove) -> int:
    """Return how many of the other jobs are above the job once it has been moved."""
    place = next(index for index, each in enumerate(queue) if each.id == job_id)
    others = len(queue) - 1
    places = {
        QueueMove.TOP: 0,
        QueueMove.UP: max(place - 1, 0),
        QueueMove.DOWN: min(place + 1, others),
        QueueMove.BOTTOM: others,
    }
    return places[move]


def ranks_after(queue: Sequence[Queued], job_id: UUID, index: int, *, last: bool = False) -> dict[UUID, int]:
    """Return the new rank of each job whose rank changes when `job_id` goes below `index` of the others.

    `queue` is in the order in which it is listed: by rank. Jobs that shared a rank still do, unless the moved
    one stands between them. `last` says which end is meant when there are no others.
    """
    others = [each for each in queue if each.id != job_id]
    above, below = _groups(others[:index]), _groups(others[index:])
    turns = [len(above) + 1 + place for place, (rank, _) in enumerate(below) if rank == 0]
    turns = turns or [place for place, (rank, _) in enumerate(above) if rank == 0]
    if turns:  # of a group that was split the lower half: jobs that start later are listed below it
        negative, first_after = turns[0], 0
    else:  # nobody takes turns: 0 stays free for those that start later
        negative = sum(rank < 0 for rank, _ in (*above, *below))
        if len(above) <= negative and (below or not (above or last)):
            negative += 1  # the moved one as well
        first_after = 1
    ranks = {
        each: place - negative + (first_after if place >= negative else 0)
        for place, ids in enumerate([*(ids for _, ids in above), [job_id], *(ids for _, ids in below)])
        for each in ids
    }
    before = {each.id: each.rank for each in queue}
    return {each: rank for each, rank in ranks.items() if rank != before[each]}


def _groups(jobs: Sequence[Queued]) -> list[tuple[int, list[UUID]]]:
    return [(rank, [each.id for each in group]) for rank, group in groupby(jobs, lambda each: each.rank)]
