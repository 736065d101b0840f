"""Who acts next: one entry for every take that is not there, and none that can never be told."""

from itertools import product

import pytest

from rushes.engine.next_step import REASONS, TABLE, next_step
from rushes.engine.states import VideoStatus, WaitingFor
from rushes.errors import Actor, ErrorType
from rushes.jobs.overview_views import NeedKind, NeedView

EVERY = list(product(VideoStatus, [None, *WaitingFor], [None, *ErrorType]))
POSSIBLE = [each for each in EVERY if (each[0] is VideoStatus.WAITING) == (each[1] is not None)]


@pytest.mark.parametrize("status", VideoStatus)
def test_somebody_acts_next_unless_the_take_is_there(status: VideoStatus):
    told = {next_step(*each) for each in POSSIBLE if each[0] is status}
    assert (None in told) == (status is VideoStatus.COMPLETED)
    assert len(told) > 0


def test_every_entry_of_the_table_is_told_to_somebody():
    told = {id(next_step(*each)) for each in POSSIBLE}
    assert [case for case in TABLE if id(case.next) not in told] == []


def test_every_error_type_has_its_reason():
    assert set(REASONS) == set(ErrorType)


@pytest.mark.parametrize(
    ("waiting_for", "actor"),
    [
        (WaitingFor.PERSON, Actor.USER),
        (WaitingFor.BUDGET, Actor.USER),
        (WaitingFor.UNCERTAIN, Actor.USER),
        (WaitingFor.PROVIDER, Actor.CLOCK),
    ],
)
def test_whom_a_wait_is_for(waiting_for: WaitingFor, actor: Actor):
    told = next_step(VideoStatus.WAITING, waiting_for, ErrorType.HIGH_DEMAND)
    assert told is not None
    assert told.actor is actor


def test_a_job_that_a_fault_has_paused_needs_the_operator():
    need = NeedView(
        job_id=None,
        job_name="a job",
        account=None,
        sign_in=None,
        kind=NeedKind.PAUSED,
        error_type=ErrorType.DISK_FULL,
        waiting_for=None,
        count=0,
        message="full",
        provider="echo",
        job_ended_at=None,
    )
    assert need.next_actor is Actor.OPERATOR
    assert "automatically" in (need.next_step or "")
