"""Who makes a job's videos, when nobody says: rules without I/O, so that they can be explained and tested.

what was named → a usable key whose provider can do it → a signed-in Flow account → what is always there
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from pydantic import BaseModel, Field

LAST_RESORT = "animatic"
"""Needs no key and no network, so there is always somebody who can."""


class PaymentMode(IntEnum):
    """How a provider is paid; the lower comes first."""

    KEY = 0
    FLOW_ACCOUNT = 1
    FREE = 2


@dataclass(frozen=True)
class RouteCandidate:
    """A provider that could. `unfit` is why it cannot do this; `credentials` how many it could use."""

    provider: str
    title: str
    model: str
    way: PaymentMode
    credentials: int = 0
    unfit: str | None = None


class Considered(BaseModel):
    """One provider, and what speaks for or against it."""

    provider: str
    chosen: bool
    reason: str


class Route(BaseModel):
    """The provider that was chosen, and the reason."""

    provider: str
    model: str = Field(description="Its default when none was named.")
    reason: str = Field(description="Why this one, for a person.")
    considered: list[Considered] = Field(description="All there are, in the order in which they were tried.")


def choose(candidates: Sequence[RouteCandidate], *, named: str | None = None) -> Route | None:
    """The first that can, by `PaymentMode` and then as given; None when not even the last resort can.

    A named one is taken as it is: what it lacks is told when the job is made, or waited for.
    """
    order = sorted(candidates, key=lambda each: each.way)
    chosen = next(
        (each for each in order if (each.provider == named if named else _against(each) is None)), None
    )
    if chosen is None:
        return None
    reason = "You chose it." if named else _for(chosen, order)
    return Route(
        provider=chosen.provider,
        model=chosen.model,
        reason=reason,
        considered=[
            Considered(
                provider=each.provider,
                chosen=each is chosen,
                reason=reason if each is chosen else _against(each) or "It could, but comes later.",
            )
            for each in order
        ],
    )


def _against(each: RouteCandidate) -> str | None:
    if each.way is PaymentMode.FREE:
        return each.unfit if each.provider == LAST_RESORT else "It is used only when you name it."
    if not each.credentials:
        return "You have no key for it." if each.way is PaymentMode.KEY else "No account is signed in."
    return each.unfit


def _for(chosen: RouteCandidate, order: Sequence[RouteCandidate]) -> str:
    if chosen.way is PaymentMode.KEY:
        return f"You have a key for {chosen.title}, and it can do this."
    if chosen.way is PaymentMode.FLOW_ACCOUNT:
        return f"An account of {chosen.title} is signed in, and it can do this."
    unable = [each for each in order if each.credentials and each.unfit]
    if unable:
        told = "; ".join(f"{each.title}: {each.unfit}" for each in unable)
        return f"Nothing you have a key or an account for can do this ({told})."
    return "You have no key and no account yet; this one needs none."
