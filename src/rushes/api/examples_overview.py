"""What the documentation shows of totals, needs, estimates and checks."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from rushes.api.examples import JOB_ID, VIDEO_ID
from rushes.engine.states import SubjectKind, SubmissionState, WaitingFor
from rushes.errors import ErrorType
from rushes.intake.pairs import Pairing
from rushes.jobs.overview_views import (
    CheckedPair,
    Estimate,
    Finding,
    NeedKind,
    NeedView,
    StatsView,
    UploadCheck,
    ZipFileView,
)
from rushes.library.submissions import SubmissionView
from rushes.library.uncertain import UncertainView

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
SUBMISSION = SubmissionView(
    submission_id=UUID("e1d2c3b4-a596-4877-8665-544332211000"),
    job_id=None,
    subject_kind=SubjectKind.VOICE,
    subject_ids=[UUID("f0e1d2c3-b4a5-4968-8776-655443322110")],
    provider="omni",
    model="omni-flash",
    state=SubmissionState.COMPLETED,
    remote_id=None,
    cost_estimate=Decimal("0.40"),
    cost=Decimal("0.40"),
    message="It is not known whether the provider accepted this.",
    claimed_at=datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC),
)
UNCERTAIN = UncertainView(
    submission_id=UUID("e1d2c3b4-a596-4877-8665-544332211001"),
    job_id=JOB_ID,
    job_name="Harbour",
    video_ids=[VIDEO_ID],
    provider="omni",
    model="omni-flash",
    credential_id=None,
    credential_name="studio",
    claimed_at=datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC),
    sent_at=datetime(2026, 3, 14, 9, 26, 54, tzinfo=UTC),
    submitted_at=None,
    finished_at=None,
    known_to_provider=False,
    cost_estimate=Decimal("0.40"),
    billed=None,
    error_type="uncertain",
    error_message="It is not known whether the provider accepted this.",
    usage_url="https://aistudio.google.com/usage",
)
ESTIMATE = Estimate(
    videos=12,
    estimated_time_minutes=1.6,
    estimated_cost=Decimal("4.80"),
    estimated_credits=0,
    price_known=True,
)
CHECK = UploadCheck(
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
ZIP_FILE = ZipFileView(index=0, name="1.jpg", kind="image", date=1_773_480_413.0)
