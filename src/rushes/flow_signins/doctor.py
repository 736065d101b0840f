"""Walks Flow's live page with an account, up to the click that costs something, and reports what it knew."""

from collections.abc import Callable
from uuid import UUID

from rushes.engine.runtime import Runtime
from rushes.flow_signins.actions import open_account
from rushes.flow_signins.login import provider_of
from rushes.providers.video.flow.browser.doctor import examine
from rushes.providers.video.flow.browser.doctor_report import Report, StepReport


async def examine_page(
    run: Runtime, owner: UUID, account_id: UUID, told: Callable[[StepReport], None]
) -> Report:
    """The report, and a bundle for a bug report in the data folder. Spends no credits; may take a minute.

    Raises `HeldElsewhereError` while a worker uses the account, `SystemFault` where there is no browser.
    """
    provider = provider_of(run)
    async with open_account(run, owner, account_id) as credential:
        session = await provider.accounts.session(credential)
        return await examine(session, provider.config.incidents_dir, told)
