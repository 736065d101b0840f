"""Chooses a provider for a job's settings: gathers what the rules of planning/rules.py ask about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from rushes.engine.credentials import usable
from rushes.engine.runtime import Runtime
from rushes.engine.views import JobSettings
from rushes.errors import Fault, Invalid
from rushes.planning.rules import LAST_RESORT, PaymentMode, Route, RouteCandidate, choose
from rushes.planning.settings import Plan, plan
from rushes.providers.modes import MODE_WORDS
from rushes.providers.video_contract import CredentialKind, Mode

WAYS = {
    CredentialKind.KEY: PaymentMode.KEY,
    CredentialKind.FLOW_ACCOUNT: PaymentMode.FLOW_ACCOUNT,
    None: PaymentMode.FREE,
}


BATCH = frozenset({Mode.IMAGE_TO_VIDEO})
"""What a job's provider must be able to do, before its images are there."""


class Explained(Route):
    """Who makes it, why, and for how much."""

    price_per_video: Decimal = Field(description="US dollars a video is expected to cost.")


async def plan_for(
    run: Runtime,
    owner: UUID,
    settings: JobSettings,
    modes: frozenset[Mode] = frozenset(),
    without: frozenset[str] = frozenset(),
) -> Plan:
    """The plan of settings that may leave the provider, or its model, open to one that can do these `modes`.

    Raises `Invalid` when nobody can do it.
    """
    if settings.provider is not None:
        if settings.model is None and settings.provider in run.providers.ids:
            entry = run.providers.catalogue(settings.provider)
            model = entry.living_model(None, _today(), _wanted(settings, modes))
            settings = settings.model_copy(update={"model": model.id if model else None})
        return plan(run, settings)
    found = await route(run, owner, settings, modes, without)
    chosen = settings.model_copy(update={"provider": found.provider, "model": found.model})
    return replace(plan(run, chosen), reason=found.reason)


async def explain(run: Runtime, owner: UUID, settings: JobSettings, modes: frozenset[Mode]) -> Explained:
    """The route, with its price. Raises `Invalid` when a named provider cannot do it, or nobody can."""
    found = await route(run, owner, settings, modes)
    checked = plan(run, settings.model_copy(update={"provider": found.provider, "model": found.model}))
    return Explained(**vars(found), price_per_video=checked.take_price)


async def route(
    run: Runtime,
    owner: UUID,
    settings: JobSettings,
    modes: frozenset[Mode] = frozenset(),
    without: frozenset[str] = frozenset(),
) -> Route:
    """Who makes this, and why. `modes`: besides those that the settings imply; `without`: not these.

    Raises `Invalid` when nobody can.
    """
    async with run.db.statement() as session:
        ready = await usable(session, owner)
    wanted = _wanted(settings, modes)
    candidates = [
        _candidate(run, each, settings, wanted, ready.get(each, 0))
        for each in run.providers.by_preference
        if each not in without
    ]
    found = choose(candidates, named=settings.provider)
    if found is None:
        # Nobody can: the words of the one that is always there say what is wrong with the settings.
        plan(run, settings.model_copy(update={"provider": settings.provider or LAST_RESORT}))
        words = " and ".join(MODE_WORDS[each] for each in sorted(modes)) or "this"
        raise Invalid(
            f"No provider that you can use takes {words}.",
            [Fault("provider", "Add a key of one that does.", "unknown_mode")],
            hint="`rushes providers` shows what each can do.",
        )
    return found


def _wanted(settings: JobSettings, modes: frozenset[Mode]) -> frozenset[Mode]:
    return modes | {Mode.TEXT_TO_VIDEO} if settings.allow_text_only else modes


def _today() -> date:
    return datetime.now(UTC).date()


def _candidate(
    run: Runtime, provider_id: str, settings: JobSettings, modes: frozenset[Mode], ready: int
) -> RouteCandidate:
    provider = run.providers.get(provider_id)
    entry = run.providers.catalogue(provider_id)
    model = entry.living_model(settings.model, _today(), modes)
    unfit = None
    able = provider.modes if model is None or model.modes is None else model.modes
    if missing := modes - frozenset(able):
        unfit = f"it does not do {', '.join(sorted(missing)).replace('_', ' ')}"
    elif model is None:
        unfit = "the model is not there, or was shut down"
    else:
        try:
            plan(run, settings.model_copy(update={"provider": provider_id, "model": model.id}))
        except Invalid as error:
            unfit = "; ".join(f"{fault.where}: {fault.message}" for fault in error.faults).rstrip(".")
    return RouteCandidate(
        provider_id,
        provider.title,
        model.id if model else entry.models[0].id,
        WAYS[provider.credential],
        ready,
        unfit,
    )
