"""What the documentation shows of totals, needs, estimates and checks."""

from decimal import Decimal

from rushes.api.examples import JOB_ID
from rushes.engine.states import WaitingFor
from rushes.errors import ErrorType
from rushes.intake.pairs import Pairing
from rushes.jobs.overview_views import (
    CheckedPair,
    CheckReport,
    Estimate,
    Finding,
    NeedKind,
    NeedView,
    StatsView,
)

STATS = StatsView(
    jobs=12,
    active_jobs=1,
    videos=340,
    completed_videos=318,
    failed_videos=10,
    waiting_videos=2,
    open_videos=10,
    success_rate=97.0,
    average_seconds=41.3,
    spent=Decimal("118.40"),
    storage_bytes=2_431_000_000,
)
NEED = NeedView(
    job_id=JOB_ID,
    job_name="Winter lookbook",
    account=None,
    sign_in=None,
    kind=NeedKind.WAITING,
    error_type=ErrorType.AUTH,
    waiting_for=WaitingFor.PERSON,
    count=2,
    message="The key was refused. Put in another one.",
    provider="omni",
    job_ended_at=None,
)
ESTIMATE = Estimate(
    videos=12,
    estimated_time_minutes=1.6,
    estimated_cost=Decimal("4.80"),
    estimated_credits=0,
    price_known=True,
)
CHECK = CheckReport(
    pairs=[
        CheckedPair(number=1, image="1.jpg", prompt="A fox in the snow", negative_prompt=None, line=1),
        CheckedPair(number=2, image="2.jpg", prompt="", negative_prompt=None, line=3),
    ],
    unmatched_images=["cover.jpg"],
    errors=[
        Finding(
            where="prompts.txt:3",
            message="Prompt 2 is empty. Write it, or remove it.",
            code="empty_prompt",
        )
    ],
    warnings=[
        Finding(
            where="cover.jpg",
            message="This image has no number in its name. Add that of its prompt.",
            code="no_number",
        )
    ],
    shots=2,
    paired_by=Pairing.NUMBER,
    pairings=[Pairing.NAME, Pairing.ORDER],
    readings={},
    estimate=ESTIMATE,
)
