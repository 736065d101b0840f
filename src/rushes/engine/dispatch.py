"""Starts what may start: asked for when something changed, and by the net."""

import asyncio
import logging
import time
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.engine import claim as queries
from rushes.engine import pauses
from rushes.engine.flow_views import FLOW
from rushes.engine.generations_claim import claim_generations, say_why_not
from rushes.engine.runtime import Runtime
from rushes.errors import ErrorType, SystemFault
from rushes.platform.db.queue import defer, dispatch_task
from rushes.platform.storage.bucket import free_bytes
from rushes.providers.registry import AnyKind
from rushes.providers.video_contract import CredentialKind

log = logging.getLogger(__name__)

SOON_SECONDS = 0.1
"""Ends of videos come in bursts; one run of the dispatcher serves all of a burst."""
RESTS = 4
"""A dispatcher that is asked for all the time works a fifth of it: the takes need the database too."""


async def dispatch(run: Runtime, provider: str) -> None:
    """The dispatcher as a task, for those who are not in a worker."""
    await dispatch_now(run, provider)


async def dispatch_now(run: Runtime, provider: str) -> None:
    """Claim what may start on one provider, plan the next look, and end jobs that are done."""
    if provider not in run.providers.every_id:
        return  # switched off here
    if provider not in run.providers.ids:
        await _dispatch_generations(run, provider)
        return
    implementation = run.providers.get(provider)
    try:
        check_disk(run)
    except SystemFault as fault:
        async with run.db.begin() as session:
            await pauses.pause_all(session, provider, fault)
        return
    async with run.db.begin() as session:
        done = await queries.claim(session, terms(run, implementation))
        await _plan_next_look(run, session, provider, done)
    if run.fallback is not None:
        await run.fallback(run, provider)
    async with run.db.begin() as session:
        await queries.end_jobs(session)


async def _dispatch_generations(run: Runtime, provider: str) -> None:
    """The same for a provider that makes no videos."""
    try:
        check_disk(run)
    except SystemFault as fault:
        async with run.db.begin() as session:
            await say_why_not(
                session, provider, fault.error_type, f"{fault.message} {fault.hint or ''}".strip()
            )
        return
    async with run.db.begin() as session:
        implementation = run.providers.of_any_kind(provider)
        done = await claim_generations(run, session, terms(run, implementation))
        await _plan_next_look(run, session, provider, done)


async def _plan_next_look(
    run: Runtime, session: AsyncSession, provider: str, done: queries.Dispatched
) -> None:
    if done.next_look is not None:
        wait = (done.next_look - datetime.now(UTC)).total_seconds()
        if wait < run.settings.tick_seconds:  # later ones are the reconciler's
            await defer(session, [dispatch_task(provider, at=done.next_look)])


def terms(run: Runtime, provider: AnyKind) -> queries.Terms:
    """On what terms a provider is given work here."""
    return queries.Terms(
        provider=provider.id,
        title=provider.title,
        concurrency=_concurrency(run, provider),
        outputs_per_call=getattr(provider.limits, "outputs_per_call", 1),
        keyed=provider.credential is not None,
        what="Flow sign-in" if provider.credential is CredentialKind.FLOW_ACCOUNT else "key",
        spacing_seconds=provider.limits.spacing_seconds,
    )


def _concurrency(run: Runtime, provider: AnyKind) -> int:
    settings = run.settings
    usual = provider.limits.concurrency
    if provider.id == FLOW:
        usual = settings.flow_max_concurrent or usual
    return settings.provider_concurrency.get(provider.id, usual)


def check_disk(run: Runtime) -> None:
    """Raise `SystemFault` when there is too little room to take in what would be paid for.

    Every folder of the installation is looked at: they can be on disks of their own.
    """
    free, folder = min((free_bytes(each), each) for each in run.bucket.folders)
    if free < run.settings.min_free_bytes:
        raise SystemFault(
            f"Only {free // 2**20} MiB are free on the disk of {folder}.",
            error_type=ErrorType.DISK_FULL,
            hint=f"Free some space: there must be {run.settings.min_free_bytes // 2**20} MiB. Jobs resume"
            " automatically.",
        )


def dispatch_soon(run: Runtime, provider: str) -> None:
    """Run the dispatcher of a provider in a moment, once for all who ask meanwhile.

    One at a time in a process: each would wait for the same lock with a connection in its hands, and when
    the database is slow they would soon hold all there are.
    """
    if provider in run.dispatching:
        run.asked_again.add(provider)
    else:
        run.dispatching[provider] = asyncio.create_task(_later(run, provider))


async def _later(run: Runtime, provider: str) -> None:
    try:
        again, took = True, 0.0
        while again:
            await asyncio.sleep(max(SOON_SECONDS, took * RESTS))
            run.asked_again.discard(provider)
            began = time.monotonic()
            try:
                await dispatch_now(run, provider)
            except DBAPIError as error:
                log.warning("dispatch of %s put off to the net: %s", provider, error.orig)
            took = time.monotonic() - began
            again = provider in run.asked_again
    finally:
        del run.dispatching[provider]
