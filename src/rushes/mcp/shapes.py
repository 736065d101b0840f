"""The API's answers as the tools give them on."""

from typing import Any, cast

from rushes.mcp.answers import ModelAnswer, NeedAnswer, PriceAnswer, ProviderListed, TakeAnswer, WorkAnswer
from rushes.mcp.client import RushesApi
from rushes.mcp.replies import (
    EstimateReply,
    JobReply,
    NeedReply,
    ProviderReply,
    StoryReply,
    VideoReply,
)

ENDED_JOBS = ("completed", "failed", "cancelled")
ENDED_STORIES = ("completed", "failed", "cancelled", "review", "draft")
_MOST_CHOICES = 20


def work_of_job(api: RushesApi, job: JobReply) -> WorkAnswer:
    """Return a job as work to watch."""
    done = job.status in ENDED_JOBS
    stuck = job.waiting_videos > 0 or job.status == "paused"
    return WorkAnswer(
        id=job.job_id,
        kind="job",
        name=job.job_name,
        status=job.status,
        done=done,
        progress=job.progress,
        completed=job.completed_videos,
        failed=job.failed_videos,
        waiting=job.waiting_videos,
        cost=job.cost,
        budget=job.budget,
        eta_seconds=job.eta_seconds,
        reason=job.wait_reason or job.pause_reason,
        who_acts=job.next_actor,
        next_step=job.next_step,
        page=f"{api.page}/jobs/{job.job_id}",
        next="list_videos" if done else "needs" if stuck else "wait_for_job",
    )


def work_of_story(api: RushesApi, story: StoryReply) -> WorkAnswer:
    """Return a film as work to watch."""
    done = story.status in ENDED_STORIES
    return WorkAnswer(
        id=story.story_id,
        kind="film",
        name=story.name,
        status=story.status,
        done=done,
        progress=100 * story.progress if story.progress <= 1 else story.progress,
        completed=int(story.film_url is not None),
        failed=int(story.status == "failed"),
        waiting=int(story.status in ("waiting", "review")),
        cost=story.cost,
        budget=story.budget,
        eta_seconds=None,
        reason=story.reason,
        who_acts=story.waiting_for,
        next_step=_step_of(story),
        page=f"{api.page}/stories/{story.story_id}",
        next="get_job" if done else "wait_for_job",
    )


def _step_of(story: StoryReply) -> str | None:
    if story.status == "review":
        return f"A person reviews the {story.step or 'script'} on the page, and continues there."
    return None


def take_of(api: RushesApi, video: VideoReply) -> TakeAnswer:
    """Return a take with the address of its bytes."""
    return TakeAnswer(
        video_id=video.video_id,
        job_id=video.job_id,
        shot=video.prompt_number,
        take=video.video_index,
        prompt=video.prompt_text,
        status=video.status,
        provider=video.provider,
        model=video.model,
        cost=video.cost,
        seconds=video.duration_seconds,
        resolution=video.resolution,
        picked=video.selected,
        rejected=video.rejected,
        stars=video.rating,
        reason=video.error_message or video.wait_reason,
        who_acts=video.next_actor,
        next_step=video.next_step,
        video=f"{api.page}{video.video_url}" if video.video_url else None,
    )


def price_of(estimate: EstimateReply, advice: str) -> PriceAnswer:
    """Return an estimate with what to do about it."""
    return PriceAnswer(
        videos=estimate.videos,
        cost=estimate.estimated_cost,
        credits=estimate.estimated_credits,
        price_known=estimate.price_known,
        minutes=round(estimate.estimated_time_minutes, 1),
        next=advice,
    )


def provider_of(provider: ProviderReply, ready: bool) -> ProviderListed:
    """Return a provider with its options in a line each."""
    return ProviderListed(
        id=provider.id,
        title=provider.title,
        ready=ready,
        needs=provider.needs,
        modes=provider.modes,
        models=[
            ModelAnswer(
                id=each.id,
                title=each.title,
                dollars_per_second=each.price_per_second,
                credits=each.credits,
                warning=each.warning,
            )
            for each in provider.models
        ],
        options=_options(provider.options),
        most_takes=provider.max_outputs,
        most_prompt_characters=provider.max_prompt_chars,
    )


def _options(schema: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for name, given in cast("dict[str, dict[str, Any]]", schema.get("properties", {})).items():
        choices = given.get("enum") or [
            each for part in given.get("anyOf", ()) for each in cast("dict[str, Any]", part).get("enum", ())
        ]
        words = ", ".join(map(str, choices[:_MOST_CHOICES]))
        lines.append(f"{name}: {words}" if words else name)
    return lines


def need_of(need: NeedReply) -> NeedAnswer:
    """Return a need in the tools' words."""
    return NeedAnswer(
        message=need.message,
        count=need.count,
        provider=need.provider,
        job_id=need.job_id,
        job=need.job_name,
        who_acts=need.next_actor,
        next_step=need.next_step,
        retry_at=need.retry_at.isoformat() if need.retry_at else None,
    )
