"""Uncertain videos in numbers, for `rushes resolve`: the list, and one decision on many."""

from dataclasses import dataclass
from datetime import UTC, datetime

from rushes.cli._background import ensure_worker
from rushes.cli._exit import Code
from rushes.cli._output import count, print_json, print_result, short
from rushes.cli._session import acting_user, find_job, find_key, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import Decision
from rushes.library.uncertain import UncertainView, Which, list_uncertain, resolve_many


@dataclass(frozen=True)
class Many:
    """Which uncertain videos, as a person names them; times without a zone are UTC."""

    job: str | None = None
    provider: str | None = None
    key: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def _which(run: Runtime, many: Many) -> Which:
    async with run.db.begin() as session:
        return Which(
            job_id=await find_job(session, many.job) if many.job else None,
            provider=many.provider,
            credential_id=await find_key(session, many.key) if many.key else None,
            since=many.since and many.since.replace(tzinfo=UTC),
            until=many.until and many.until.replace(tzinfo=UTC),
        )


def list_them(many: Many, json: bool) -> int:
    """`rushes resolve` without a decision."""

    async def command(run: Runtime) -> int:
        which = await _which(run, many)
        async with run.db.statement() as session:
            found = await list_uncertain(run, session, acting_user(), which)
        if json:
            print_json(found)
        elif not found:
            print_result("Nothing is uncertain.")
        for each in () if json else found:
            print_result(_line(each))
        for url in () if json else sorted({each.usage_url for each in found if each.usage_url}):
            print_result(f"What was used: {url}")
        return Code.DONE

    return with_runtime(command)


def _line(each: UncertainView) -> str:
    known = f"billed ${each.billed.normalize():f}" if each.billed is not None else "bill unknown"
    if each.finished_at is not None:
        known = f"made, {known}"
    elif each.known_to_provider:
        known = f"accepted, {known}"
    when = (
        f"sent {each.sent_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if each.sent_at else "perhaps not sent"
    )
    key = f", key {each.credential_name}" if each.credential_name else ""
    videos = " ".join(short(video) for video in each.video_ids)
    said = each.error_message or ""
    return f"{videos}  {each.job_name}  {each.provider}{key}, {when}, {known}. {said}".strip()


def resolve_them(many: Many, decision: Decision, json: bool) -> int:
    """`rushes resolve` for many."""

    async def command(run: Runtime) -> int:
        decided = await resolve_many(run, acting_user(), await _which(run, many), decision)
        if json:
            print_json(decided)
        else:
            print_result(f"Decided on {count(sum(len(each.video_ids) for each in decided), 'video')}.")
        for job_id in sorted({each.job_id for each in decided}):
            await ensure_worker(run, job_id)
        return Code.DONE

    return with_runtime(command)
