"""Where a moved job goes, and that nobody else's place changes."""

from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rushes.jobs.queue_views import Queued, QueueMove, index_after, ranks_after

NAMES = "abcdefgh"
IDS = {name: uuid4() for name in NAMES}


def queue_of(written: str) -> list[Queued]:
    """`ab | c` is two that take turns (rank 0 is written with `=` before the group), and one after them."""
    groups = [group.strip() for group in written.split("|")]
    zero = next((place for place, group in enumerate(groups) if group.startswith("=")), len(groups))
    return [
        Queued(IDS[name], place - zero) for place, group in enumerate(groups) for name in group.lstrip("=")
    ]


def written_of(queue: list[Queued]) -> str:
    names = {job_id: name for name, job_id in IDS.items()}
    ranks = sorted({each.rank for each in queue} | {0})
    groups = ["".join(names[each.id] for each in queue if each.rank == rank) for rank in ranks]
    return " | ".join(f"={group}" if rank == 0 else group for rank, group in zip(ranks, groups, strict=True))


def moved(queue: list[Queued], job_id: UUID, move: QueueMove) -> list[Queued]:
    index, last = index_after(queue, job_id, move), move in (QueueMove.DOWN, QueueMove.BOTTOM)
    ranks = ranks_after(queue, job_id, index, last=last)
    others = [each for each in queue if each.id != job_id]
    at = [*others[:index], *(each for each in queue if each.id == job_id), *others[index:]]
    return [Queued(each.id, ranks.get(each.id, each.rank)) for each in at]


@pytest.mark.parametrize(
    ("before", "name", "move", "after"),
    [
        ("=abcd", "c", QueueMove.TOP, "c | =abd"),
        ("=abcd", "a", QueueMove.BOTTOM, "=bcd | a"),
        ("=abcd", "c", QueueMove.UP, "a | c | =bd"),
        ("=abcd", "a", QueueMove.DOWN, "b | a | =cd"),
        ("=abcd", "c", QueueMove.DOWN, "=abd | c"),
        ("=abcd", "a", QueueMove.UP, "a | =bcd"),
        ("c | =abd", "d", QueueMove.TOP, "d | c | =ab"),
        ("d | c | =ab", "c", QueueMove.UP, "c | d | =ab"),
        ("d | c | =ab", "d", QueueMove.BOTTOM, "c | =ab | d"),
        ("=bcd | a", "a", QueueMove.UP, "bc | a | =d"),
        ("a | =b", "b", QueueMove.TOP, "b | a | ="),
        ("a | =b", "a", QueueMove.DOWN, "=b | a"),
        ("=ab | c | d", "c", QueueMove.DOWN, "=ab | d | c"),
        ("b | a | =", "b", QueueMove.DOWN, "a | = | b"),
        ("=a", "a", QueueMove.TOP, "a | ="),
        ("=a", "a", QueueMove.BOTTOM, "= | a"),
    ],
)
def test_a_moved_job_has_a_place_of_its_own_and_the_others_keep_theirs(
    before: str, name: str, move: QueueMove, after: str
):
    assert written_of(moved(queue_of(before), IDS[name], move)) == after


@settings(suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.sampled_from([m for m in QueueMove if m is not QueueMove.TURNS]))
    )
)
def test_any_moves_leave_the_order_that_a_list_would_have(moves: list[tuple[int, QueueMove]]):
    queue = [Queued(IDS[name], 0) for name in NAMES]
    for place, move in moves:
        job_id, before = queue[place].id, [each.id for each in queue]
        expected = [each for each in before if each != job_id]
        at = {
            QueueMove.TOP: 0,
            QueueMove.UP: max(place - 1, 0),
            QueueMove.DOWN: place + 1,
            QueueMove.BOTTOM: len(expected),
        }
        expected.insert(at[move], job_id)
        queue = moved(queue, job_id, move)
        assert [each.id for each in queue] == expected
        ranks = [each.rank for each in queue]
        assert ranks == sorted(ranks), "listed by rank"
        assert ranks.count(next(each.rank for each in queue if each.id == job_id)) == 1
        assert job_id not in {each.id for each in queue if each.rank == 0}
