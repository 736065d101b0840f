"""Uncertain videos in numbers, for `rushes resolve`: the list, and one decision on many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.table import Table
from rich.text import Text

from rushes.cli._background import ensure_worker
from rushes.cli._exit import Code
from rushes.cli._output import count, money, print_json, print_note, print_result, short, stdout, table, when
from rushes.cli._session import acting_user, find_job, find_key, with_runtime
from rushes.engine.runtime import Runtime
from rushes.engine.states import SUBJECT_TITLES, Decision
from rushes.library.submissions import SubmissionView, undecided
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
            calls = (
                list(await undecided(session, acting_user())) if many == Many() else list[SubmissionView]()
            )
        listed = {each.submission_id for each in found}
        others = [each for each in calls if each.submission_id not in listed]
        if json:
            print_json([*found, *others])
            return Code.DONE
        if not found and not others:
            print_note("Nothing waits for your decision.")
            return Code.DONE
        for each in found:
            print_result(_line(each))
        if others:
            stdout().print(_table(others))
        print_note("Decide: rushes resolve ID --retry, --made or --give-up")
        for url in sorted({each.usage_url for each in found if each.usage_url}):
            print_note(f"Your usage: {url}")
        return Code.DONE

    return with_runtime(command)


def call_title(call: SubmissionView) -> str:
    """Return what a paid call is for, in words."""
    return _title(call.subject_kind)


def _title(subject_kind: str) -> str:
    titles: dict[str, str] = {str(kind): title for kind, title in SUBJECT_TITLES.items()}
    return titles.get(subject_kind, subject_kind)


def _table(calls: Sequence[SubmissionView]) -> Table:
    rows = table(
        *("id", "for", "number", "provider", "expected", "asked for", "what is known"),
        right=["number", "expected"],
    )
    for each in calls:
        rows.add_row(
            short(each.submission_id),
            call_title(each),
            str(len(each.subject_ids)),
            each.provider,
            money(each.cost_estimate),
            when(each.claimed_at),
            Text(each.message or ""),
        )
    return rows


def _line(each: UncertainView) -> str:
    known = f"billed ${each.billed.normalize():f}" if each.billed is not None else "bill unknown"
    if each.finished_at is not None:
        known = f"made, {known}"
    elif each.known_to_provider:
        known = f"accepted, {known}"
    sent = (
        f"sent {each.sent_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if each.sent_at else "perhaps not sent"
    )
    key = f", key {each.credential_name}" if each.credential_name else ""
    ids = " ".join(short(video) for video in each.video_ids) or short(each.submission_id)
    whose = each.job_name if each.job_id is not None else _title(each.subject_kind)
    said = each.error_message or ""
    return f"{ids}  {whose}  {each.provider}{key}, {sent}, {known}. {said}".strip()


def resolve_them(many: Many, decision: Decision, json: bool) -> int:
    """`rushes resolve` for many."""

    async def command(run: Runtime) -> int:
        decided = await resolve_many(run, acting_user(), await _which(run, many), decision)
        if json:
            print_json(decided)
        else:
            videos = sum(len(each.video_ids) for each in decided)
            others = sum(len(each.generation_ids) for each in decided)
            said = [count(videos, "video")] if videos or not others else []
            said += [count(others, "other paid call")] if others else []
            print_result(f"Decided on {' and '.join(said)}.")
        for job_id in sorted({each.job_id for each in decided if each.job_id is not None}):
            await ensure_worker(run, job_id)
        if decision is Decision.RETRY and any(each.job_id is None for each in decided):
            await ensure_worker(run, None)
        return Code.DONE

    return with_runtime(command)
