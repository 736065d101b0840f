"""How the command line puts things: pure functions, no process."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from rich.console import Console

from rushes.cli._batch_plan import sort_paths
from rushes.cli._environment import load_settings
from rushes.cli._exit import Code
from rushes.cli._failures import explain
from rushes.cli._listen import address
from rushes.cli._output import count, duration, money, shorten
from rushes.cli._progress import live_view, shot_lines
from rushes.cli._watch import code_of, has_settled
from rushes.engine.runtime import Providers
from rushes.engine.states import JobStatus, VideoStatus, WaitingFor
from rushes.engine.views import JobView, VideoView
from rushes.errors import ActionNeeded, Conflict, ErrorType, Fault, Invalid, RushesError, SystemFault
from rushes.providers.catalogue import load_catalogue

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def job(status: JobStatus = JobStatus.PROCESSING, **more: object) -> JobView:
    plain: dict[str, object] = {
        "job_id": uuid4(), "job_name": "a job", "status": status, "progress": 0, "current_image": None,
        "total_images": 1, "total_prompts": 1, "expected_videos": 1, "completed_videos": 0,
        "failed_videos": 0, "waiting_videos": 0, "error_summary": [], "pause_reason": None,
        "paused_by": None, "provider": "echo", "model": "echo-1", "outputs": 1, "settings": {},
        "cost": Decimal(0), "estimated_cost": None, "eta_seconds": None, "created_at": NOW,
        "started_at": NOW, "ended_at": None, "kind": "batch", "open_cost": Decimal(0), "budget": None,
        "route_reason": None, "flow_needs_auth": False, "project": None, "queue": None,
    }  # fmt: skip
    return JobView.model_validate({**plain, **more})


def video(status: VideoStatus, *, shot: UUID | None = None, number: int = 1, **more: object) -> VideoView:
    plain = dict.fromkeys(VideoView.model_fields) | {
        "video_id": uuid4(), "job_id": uuid4(), "shot_id": shot or uuid4(), "prompt_number": number,
        "prompt_text": "A fox", "video_index": 1, "status": status, "retry_count": 0, "provider": "echo",
        "model": "echo-1", "selected": False, "rating": 0, "downloaded": False, "upscaled": False,
        "created_at": NOW, "options": dict[str, object](), "price": Decimal(0),
    }  # fmt: skip
    return VideoView.model_validate({**plain, "delivered_differs": [], "rejected": False, **more})


def test_one_path_is_images_unless_its_name_says_prompts():
    assert sort_paths([Path("in")]).images == Path("in")
    assert sort_paths([Path("in.zip")]).prompts is None
    alone = sort_paths([Path("a/words.txt")])
    assert (alone.images, alone.prompts) == (None, ("words.txt", Path("a/words.txt")))


def test_the_last_of_several_paths_is_the_prompts_file_whatever_its_ending():
    assert sort_paths([Path("in"), Path("words.text")]).prompts == ("words.text", Path("words.text"))
    many = sort_paths([Path("1.jpg"), Path("2.jpg"), Path("p.csv")])
    assert many.images == [("1.jpg", Path("1.jpg")), ("2.jpg", Path("2.jpg"))]
    assert sort_paths([Path("1.jpg"), Path("2.jpg")]).prompts is None


def test_paths_that_are_no_batch_are_named():
    with pytest.raises(Invalid) as caught:
        sort_paths([Path("1.jpg"), Path("in.zip"), Path("p.txt")])
    assert [fault.where for fault in caught.value.faults] == ["in.zip"]


def test_amounts_and_times_read_as_people_say_them():
    assert [money(Decimal(text)) for text in ("0", "0.5", "12", "0.0125")] == [
        "$0.00",
        "$0.50",
        "$12.00",
        "$0.0125",
    ]
    assert [duration(seconds) for seconds in (0, 40, 600, 11_100)] == ["1 s", "40 s", "10 min", "3 h 05 min"]
    assert [count(number, "video") for number in (1, 0, 1200)] == ["1 video", "0 videos", "1,200 videos"]
    assert (shorten("abc", 3), shorten("abcd", 3)) == ("abc", "ab…")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("RUSHES_PORT", "many", "valid integer"),
        ("RUSHES_ALLOWED_HOSTS", "studio.example.org", 'as JSON: ["studio.example.org"]'),
        ("RUSHES_PROVIDER_CONCURRENCY", "x", 'as JSON: {"omni": 4}'),
        ("RUSHES_PROVIDER_CONCURRENCY", '{"animatic": 0}', "animatic: Input should be greater than 0."),
        ("RUSHES_FLOW_MAX_CONCURRENT", "9", "less than or equal to 5"),
        ("RUSHES_LOG_LEVEL", "verbose", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("RUSHES_FLOW_THROTTLE_SECONDS", "abc", "valid number"),
        ("RUSHES_ECHO_CONCURRENCY", "x", "valid integer"),
    ],
)
def test_a_setting_that_does_not_hold_is_told_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
):
    monkeypatch.setenv(name, value)

    def all_settings() -> None:
        load_settings()
        for provider_id in ("echo", "flow"):
            Providers(load_catalogue()).get(provider_id)

    with pytest.raises(Invalid) as caught:
        all_settings()
    [fault] = caught.value.faults
    assert (fault.where, message in fault.message) == (name, True), fault


def test_a_level_may_be_typed_small(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RUSHES_LOG_LEVEL", "debug")
    assert load_settings().log_level == "DEBUG"


def test_an_address_can_be_typed_into_a_browser():
    assert address("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert address("::1", 80) == "http://[::1]:80"


def test_a_shot_says_who_must_act_before_anything_else():
    shot = uuid4()
    takes = [
        video(VideoStatus.COMPLETED, shot=shot),
        video(VideoStatus.GENERATING, shot=shot, progress=50.0),
        video(VideoStatus.WAITING, shot=shot, waiting_for=WaitingFor.PERSON, error_message="Sign in."),
    ]
    [line] = shot_lines(takes)
    assert line.words == "waits for you: Sign in."
    assert line.done == pytest.approx(0.5)
    assert shot_lines(takes[:2])[0].words == "making, 1 of 2 done"
    [later] = shot_lines([video(VideoStatus.QUEUED, retry_at=NOW, error_message="Busy.")])
    assert later.words == f"again at {NOW.astimezone():%H:%M:%S}: Busy."


def test_a_small_terminal_shows_the_shots_at_work_and_counts_the_others():
    videos = [video(VideoStatus.COMPLETED, number=n) for n in range(1, 40)]
    videos.append(video(VideoStatus.GENERATING, number=40, image_filename="forty.png"))
    console = Console(width=100, height=10, force_terminal=False)
    with console.capture() as shown:
        console.print(live_view(job(), shot_lines(videos), console.height))
    lines = shown.get().splitlines()
    assert len(lines) < console.height
    assert any("forty.png" in line and "making" in line for line in lines)
    assert "… and 35 more shots" in lines


@pytest.mark.parametrize(
    ("one", "videos", "code"),
    [
        (job(JobStatus.COMPLETED), [video(VideoStatus.COMPLETED)], Code.DONE),
        (job(JobStatus.COMPLETED, failed_videos=1), [video(VideoStatus.FAILED)], Code.FAILED),
        (job(JobStatus.CANCELLED), [video(VideoStatus.CANCELLED)], Code.FAILED),
        (job(waiting_videos=1), [video(VideoStatus.WAITING)], Code.NEEDS_YOU),
        (job(JobStatus.PAUSED, paused_by="user"), [video(VideoStatus.QUEUED)], Code.NEEDS_YOU),
        (job(JobStatus.PAUSED, paused_by="disk_full"), [video(VideoStatus.GENERATING)], Code.NEEDS_YOU),
        (job(JobStatus.PENDING), [], Code.NEEDS_YOU),
    ],
    ids=["done", "a failed video", "cancelled", "waiting", "paused by you", "paused by a fault", "pending"],
)
def test_watching_ends_when_nothing_more_happens_by_itself(one: JobView, videos: list[VideoView], code: int):
    assert has_settled(one, videos)
    assert code_of(one) == code


@pytest.mark.parametrize(
    ("one", "videos"),
    [
        (job(), [video(VideoStatus.QUEUED)]),
        (job(waiting_videos=1), [video(VideoStatus.WAITING), video(VideoStatus.GENERATING)]),
        (job(), [video(VideoStatus.COMPLETED)]),
        (job(JobStatus.PAUSED, paused_by="user"), [video(VideoStatus.GENERATING)]),
    ],
    ids=["queued", "one waits, one is made", "its end is being written", "in flight while paused"],
)
def test_watching_goes_on_while_something_happens(one: JobView, videos: list[VideoView]):
    assert not has_settled(one, videos)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Invalid("p.txt:3: Twice.", [Fault("p.txt:3", "Twice."), Fault("p.txt:9", "Empty.")]), Code.USAGE),
        (Conflict("It runs already."), Code.FAILED),
        (SystemFault("The disk is full.", error_type=ErrorType.DISK_FULL), Code.FAILED),
        (ActionNeeded("Sign in."), Code.NEEDS_YOU),
    ],
    ids=["input", "conflict", "system", "person"],
)
def test_each_kind_of_failure_has_its_exit_code(
    error: RushesError, code: int, capsys: pytest.CaptureFixture[str]
):
    assert explain(error) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    if isinstance(error, Invalid):
        assert shown.err.splitlines() == ["p.txt:3: Twice.", "p.txt:9: Empty."]
