"""Failed sign-ins slow whoever tries, over all API servers, and lock nobody out; requests are counted.

Counted are failures of an account from a network, and of a network; both begin to wait after some, each next
one longer. An account as a whole never waits: else a stranger could keep its owner out.
"""

import ipaddress
import time
from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import text

from rushes.accounts.secret_values import digest
from rushes.engine.runtime import Runtime
from rushes.errors import TooManyRequests

FREE = {"pair": 5, "network": 50}
"""Failures before the first wait."""
LONGEST_WAIT_SECONDS = 900.0
MOST_CALLERS = 20_000
V4, V6 = 24, 64
_READ = text(
    "SELECT key, CASE WHEN expires_at > now() THEN failures ELSE 0 END AS failures,"
    " extract(epoch FROM until - now()) AS wait FROM rate_limits"
    " WHERE key = ANY(:keys) ORDER BY key FOR UPDATE"
)
_WRITE = text(
    "UPDATE rate_limits SET failures = :failures, expires_at = now() + interval '1 day',"
    " until = now() + make_interval(secs => CAST(:wait AS double precision)) WHERE key = :key"
)


def network_of(ip: str | None) -> str:
    """Return the network that an address counts for: a /24, or a /64 of IPv6."""
    try:
        address = ipaddress.ip_address(ip or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    bits = V4 if isinstance(address, ipaddress.IPv4Address) else V6
    return str(ipaddress.ip_network((str(address), bits), strict=False))


def _keys(account: str, ip: str | None) -> dict[str, int]:
    network = network_of(ip)
    pair = digest(f"{account} {network}").hex()  # no address of a person in a table that is not theirs
    return {f"pair:{pair}": FREE["pair"], f"network:{network}": FREE["network"]}


async def begin_attempt(run: Runtime, account: str, ip: str | None) -> None:
    """Count an attempt to prove who one is. Raises `TooManyRequests` while this network has to wait.

    It is counted before the password is looked at: of many attempts at once each one counts.
    """
    keys = _keys(account, ip)
    async with run.db.begin() as session:
        await session.execute(
            text(
                "INSERT INTO rate_limits (key, expires_at) SELECT key, now() + interval '1 day'"
                " FROM unnest(CAST(:keys AS text[])) AS key ORDER BY key ON CONFLICT DO NOTHING"
            ),
            {"keys": sorted(keys)},
        )
        rows = (await session.execute(_READ, {"keys": sorted(keys)})).all()
        wait = max((float(row.wait) for row in rows if row.wait is not None), default=0.0)
        if wait > 0:
            raise TooManyRequests(
                "Too many attempts failed. Wait, then try again.",
                after=wait,
                hint="Nothing is locked: another network, or a browser that is signed in, is not slowed.",
            )
        for row in rows:
            failures = min(row.failures + 1, 10_000)
            beyond = failures - keys[row.key]
            next_wait = None if beyond < 1 else min(LONGEST_WAIT_SECONDS, 2.0 ** min(beyond - 1, 20))
            await session.execute(_WRITE, {"key": row.key, "failures": failures, "wait": next_wait})


async def attempt_succeeded(run: Runtime, account: str, ip: str | None) -> None:
    """Take back what `begin_attempt` counted; an account from its own network begins at nothing again."""
    async with run.db.begin() as session:
        await session.execute(
            text(
                "UPDATE rate_limits SET failures = CASE WHEN key LIKE 'pair:%' THEN 0"
                " ELSE greatest(failures - 1, 0) END, until = NULL WHERE key = ANY(:keys)"
            ),
            {"keys": sorted(_keys(account, ip))},
        )


@dataclass(frozen=True)
class Allowance:
    """What a caller has left: of `quota` a minute, and in how many seconds the next one comes."""

    quota: int
    left: int
    reset: float

    @property
    def exceeded(self) -> bool:
        """Whether this request is one too many."""
        return self.left < 0


class RequestCounter:
    """Requests of this process by caller: a bucket that fills evenly, in memory, of the latest callers."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def count(self, caller: str, a_minute: int) -> Allowance:
        """Count a request of a caller, and return what is left."""
        now = time.monotonic()
        level, since = self._buckets.pop(caller, (float(a_minute), now))
        level = min(float(a_minute), level + (now - since) * a_minute / 60)
        exceeded = level < 1
        level = level if exceeded else level - 1
        self._buckets[caller] = level, now
        if len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
        next_one = 60 / a_minute * (1 - level) if level < 1 else 0.0
        return Allowance(a_minute, -1 if exceeded else int(level), next_one)
