"""Looks at Flow accounts where there is a browser: when their owner asks, and when nobody has for long."""

import logging
from datetime import UTC, datetime, timedelta
from uuid import UUID

from rushes.engine import credentials
from rushes.engine import flow_rows as accounts
from rushes.engine.flow_lease import HeldElsewhereError
from rushes.engine.flow_views import FLOW
from rushes.engine.runtime import Runtime
from rushes.errors import RushesError
from rushes.flow_signins.actions import check_account as look
from rushes.flow_signins.storage import take_in_state_url
from rushes.platform.db.queue import check_account_task, defer

log = logging.getLogger(__name__)


async def check_account(run: Runtime, account_id: str) -> None:
    """The check as a task. What keeps it from being made is told in the account's row, and it is over."""
    key = UUID(account_id)
    async with run.db.statement() as session:
        owner = await accounts.owner_of(session, key)
    if owner is None:
        return  # signed out meanwhile
    try:
        view = await look(run, owner, key)
    except HeldElsewhereError as held:  # where it is in use it is looked at all the time
        at = datetime.now(UTC) + timedelta(seconds=held.seconds)
        async with run.db.begin() as session:
            await defer(session, [check_account_task(key, FLOW, at=at)])
    except RushesError as error:
        log.warning("the Flow account %s could not be looked at: %s", key, error)
        async with run.db.begin() as session:
            await accounts.not_looked_at(session, key, f"It could not be looked at: {error.message}")
            await credentials.tell(session, key)
    else:
        log.info("the Flow account %r is %s", view.name, view.state)


async def look_after_accounts(run: Runtime) -> None:
    """One round: take in what FLOW_STORAGE_STATE_URL names now, have accounts looked at that nobody uses."""
    await take_in_state_url(run)
    days = run.settings.flow_refresh_days
    if days and run.settings.flow_backend_enabled:
        async with run.db.begin() as session:
            due = await accounts.due_for_a_look(session, days)
            await defer(session, [check_account_task(each, FLOW) for each in due])
