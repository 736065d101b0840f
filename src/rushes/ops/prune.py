"""Deletes rows that have had their time: what every worker does once an hour."""

from rushes.accounts.audit import tidy_up_accounts
from rushes.engine import reconcile_rows as net
from rushes.engine import upkeep
from rushes.engine.local_work import prune_work
from rushes.engine.runtime import Runtime
from rushes.engine.workers import prune_workers
from rushes.notices.deliver import prune_deliveries
from rushes.story.purge import purge_stories


async def prune_rows(run: Runtime) -> None:
    """Delete old events, finished work, workers that are gone, deleted stories, expired sessions, sent
    messages."""
    async with run.db.begin() as session:
        for prune in (net.prune, prune_work, upkeep.prune, prune_workers):
            await prune(session)
    await purge_stories(run)
    await tidy_up_accounts(run)
    await prune_deliveries(run)
