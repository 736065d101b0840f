"""What a provider answers, checked before the engine uses or stores it.

Its words are cleaned where errors are made (`errors.py`). Here are ids, numbers and waits: an id with a NUL
cannot be stored, a cost of 10²⁰ neither, and a wait of no time or for ever is none.
"""

import logging
import math
from dataclasses import replace
from decimal import Decimal

from rushes.errors import ProviderChanged
from rushes.providers.video_contract import Candidates, Finished, Running, Unknown
from rushes.sanitize import clean_line

log = logging.getLogger(__name__)

LONGEST_ID = 2000
"""Characters of a remote id. Google's names of operations have some 200."""
MOST_COST = Decimal(1_000_000)
"""US dollars for one submission."""
CENT_PARTS = Decimal("0.000001")
LEAST_POLL_SECONDS = 0.02
MOST_POLL_SECONDS = 600.0


def checked_id(remote_id: str) -> str:
    """Return the id under which a submission was accepted.

    Raises `ProviderChanged` for one that cannot be stored or put into a request.
    """
    if not remote_id or len(remote_id) > LONGEST_ID or clean_line(remote_id) != remote_id:
        raise ProviderChanged("the id of what it accepted cannot be one", step="submit")
    return remote_id


def checked_find(found: str | Unknown | Candidates | None) -> str | Unknown | Candidates | None:
    """Return what `find` found, each id checked. Raises as `checked_id`."""
    if isinstance(found, Candidates):
        for each in found.found:
            checked_id(each.ref)
    return checked_id(found) if isinstance(found, str) else found


def checked_status(answer: Running | Finished) -> Running | Finished:
    """Return an answer whose numbers are finite and in range; what is not is as if it had not been said."""
    if isinstance(answer, Running):
        return Running(_fraction(answer.progress), _wait(answer.poll_after))
    return replace(answer, cost=checked_cost(answer.cost))


def checked_cost(cost: Decimal | None) -> Decimal | None:
    """Return a cost that the ledger can hold, or None: then the estimate counts."""
    if cost is None:
        return None
    if not cost.is_finite() or not 0 <= cost <= MOST_COST:
        log.warning("a cost of %s US dollars is not believed; the estimate is used", cost)
        return None
    return cost.quantize(CENT_PARTS)


def _fraction(progress: float | None) -> float | None:
    if progress is None or not math.isfinite(progress):
        return None
    return min(1.0, max(0.0, progress))


def _wait(seconds: float | None) -> float | None:
    if seconds is None or not math.isfinite(seconds):
        return None
    return min(MOST_POLL_SECONDS, max(LEAST_POLL_SECONDS, seconds))
