"""Puts the state of a job into words and bars: one line a shot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from rushes.cli._output import count, duration, short
from rushes.engine.next_step import WaitsOn
from rushes.engine.states import VideoStatus
from rushes.engine.views import JobView, VideoView
from rushes.errors import Actor

ENDED = (VideoStatus.COMPLETED, VideoStatus.FAILED, VideoStatus.CANCELLED)
LEAST_ROWS = 3
BAR = 24
LABEL = 28
WORDS = 70


@dataclass(frozen=True)
class ShotLine:
    """One shot: `done` is 0..1 over all its takes."""

    number: int
    label: str
    done: float
    words: str
    style: str
    active: bool
    ended: bool


def shot_lines(videos: Sequence[VideoView]) -> list[ShotLine]:
    """The shots in order. `videos` are in the order of the job."""
    shots: dict[object, list[VideoView]] = {}
    for video in videos:
        shots.setdefault(video.shot_id, []).append(video)
    return [_line(takes) for takes in shots.values()]


def _line(takes: list[VideoView]) -> ShotLine:
    first = takes[0]
    shares = [1.0 if take.status in ENDED else (take.progress or 0) / 100 for take in takes]
    words, style = _words(takes)
    return ShotLine(
        number=first.prompt_number,
        label=first.image_filename or " ".join(first.prompt_text.split()),
        done=sum(shares) / len(shares),
        words=words,
        style=style,
        active=any(take.status is VideoStatus.GENERATING for take in takes),
        ended=all(take.status in ENDED for take in takes),
    )


def _words(takes: list[VideoView]) -> tuple[str, str]:
    """What to say of a shot: the take that needs somebody first, then the one at work."""
    by_status = {status: [take for take in takes if take.status is status] for status in VideoStatus}
    done, failed = by_status[VideoStatus.COMPLETED], by_status[VideoStatus.FAILED]
    share = f"{len(done)} of {len(takes)} done"
    if waiting := by_status[VideoStatus.WAITING]:
        return f"{who_acts(waiting[0])}: {waiting[0].error_message or ''}", "yellow"
    if by_status[VideoStatus.GENERATING]:
        return f"making, {share}" if len(takes) > 1 else "making", "cyan"
    if queued := by_status[VideoStatus.QUEUED]:
        if words := wait_words(queued[0]):
            return words, "yellow"
        return (f"queued, {share}" if done else "queued"), "dim"
    if failed:
        return f"{share}, {len(failed)} failed: {failed[0].error_message or failed[0].error_type}", "red"
    if by_status[VideoStatus.CANCELLED]:
        return f"cancelled, {share}", "dim"
    return "done" if len(takes) == 1 else f"{len(done)} done", "green"


def wait_words(view: VideoView | JobView) -> str:
    """Why it does not start, until when, and who acts; empty for one that only waits for its turn."""
    if view.waiting_for in (WaitsOn.TURN, WaitsOn.SPACING):
        return ""
    if view.wait_reason is None:
        if view.retry_at is None:
            return ""
        said = view.error_message if isinstance(view, VideoView) else None
        return f"again at {view.retry_at.astimezone():%H:%M:%S}: {said or 'not this time'}"
    if view.retry_at is not None:
        return f"again at {clock(view.retry_at)}: {view.wait_reason}"
    step = "" if view.next_actor is Actor.CLOCK else f" {view.next_step or ''}"
    return f"{view.wait_reason}{step}".rstrip()


def clock(at: datetime) -> str:
    """A moment as local time, with its date when that is more than a day ahead."""
    there = at.astimezone()
    far = at - datetime.now(UTC) > timedelta(days=1)
    return f"{there:%Y-%m-%d %H:%M:%S}" if far else f"{there:%H:%M:%S}"


def who_acts(video: VideoView) -> str:
    """Who must act before this video continues."""
    said = video.said_next()
    return f"waits for {said.whom}" if said else "waits"


def live_view(job: JobView, lines: Sequence[ShotLine], height: int) -> Group:
    """The bars of the shots (those that fit, the active ones first) and the whole job below."""
    room = max(LEAST_ROWS, height - 5)
    shown = list(lines)
    if len(lines) > room:
        ranked = sorted(range(len(lines)), key=lambda i: (lines[i].ended, not lines[i].active, i))
        shown = [lines[i] for i in sorted(ranked[:room])]
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(no_wrap=True, overflow="ellipsis", max_width=LABEL)
    grid.add_column(width=BAR)
    grid.add_column(no_wrap=True, overflow="ellipsis", max_width=WORDS)
    for line in shown:
        bar = ProgressBar(total=1.0, completed=line.done, width=BAR)
        grid.add_row(str(line.number), Text(line.label), bar, Text(line.words, line.style))
    parts: list[Table | Text] = [grid]
    if len(shown) < len(lines):
        parts.append(Text(f"… and {len(lines) - len(shown)} more shots", "dim"))
    parts.append(Text(job_words(job), "bold"))
    return Group(*parts)


def job_words(job: JobView) -> str:
    """The whole job in one line."""
    parts = [f"{job.completed_videos} of {count(job.expected_videos, 'video')} done"]
    if job.failed_videos:
        parts.append(f"{job.failed_videos} failed")
    if job.waiting_videos:
        parts.append(f"{job.waiting_videos} waiting")
    parts.append(f"{job.progress:.0f} %")
    if job.eta_seconds is not None:
        parts.append(f"about {duration(job.eta_seconds)} left")
    if words := wait_words(job):
        parts.append(words)
    return f"{short(job.job_id)} {job.job_name}: {', '.join(parts)}"
