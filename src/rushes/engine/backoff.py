"""How long to wait before trying again: the service's own wait first, then ours, with jitter."""

import random
from dataclasses import dataclass

from rushes.errors import ErrorType, GenerationFailed, RetryLater
from rushes.settings import Settings

LONGEST_SECONDS = 600.0
MOST_GROWTH = 3
"""After so many tries the waits for a provider that cannot be reached grow no more: the breaker's do."""
SHORTEST_SECONDS = 1.0


@dataclass(frozen=True)
class Retry:
    """Try again in `after` seconds."""

    after: float


def retry_of(error: RetryLater | GenerationFailed, tries: int, settings: Settings) -> Retry | None:
    """When to submit again after `tries` tries that failed before; None when it has been tried enough."""
    match error.error_type:
        case ErrorType.GENERATION_FAILED | ErrorType.PROVIDER_CHANGED:
            return (
                Retry(grow(settings.network_retry_wait, tries))
                if tries < settings.generation_retries
                else None
            )
        case ErrorType.NETWORK | ErrorType.OUTAGE:
            limit, wait = settings.network_retries, grow(settings.network_retry_wait, tries)
        case _:
            limit, wait = settings.high_demand_retries, settings.high_demand_wait
    if tries >= limit:
        return None
    named = error.after if isinstance(error, RetryLater) else None
    return Retry(wait if named is None else least_wait(named, wait))


def least_wait(named: float, usual: float) -> float:
    """Return the wait that a service named, but at least a second: "at once" is asked for in a circle.

    A usual wait that is shorter counts more.
    """
    return max(named, min(SHORTEST_SECONDS, usual))


def unsent_retry(error: RetryLater | GenerationFailed, tries: int, settings: Settings) -> Retry:
    """When to send again what was not sent because the provider does not answer: as often as it takes."""
    after = error.after if isinstance(error, RetryLater) else None
    wait = grow(settings.network_retry_wait, min(tries, MOST_GROWTH))
    return Retry(wait if after is None else least_wait(after, wait))


def grow(first: float, tries: int) -> float:
    """Exponential, with up to half of it as jitter so that many do not come back at one instant."""
    wait = min(first * 2 ** min(tries, 20), LONGEST_SECONDS)
    return wait * random.uniform(0.75, 1.25)
