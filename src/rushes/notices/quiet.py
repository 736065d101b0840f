"""When a channel may be sent to: quiet hours and the hour of a digest, in its time zone. No I/O."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class SendTimes:
    """`quiet_from` to `quiet_to` (over midnight, if it is later) nothing is sent; `digest_at`: once a day."""

    time_zone: str = "UTC"
    quiet_from: str | None = None
    quiet_to: str | None = None
    digest_at: str | None = None

    def quiet_until(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end that are on; None when there are none now."""
        if self.quiet_from is None or self.quiet_to is None or self.quiet_from == self.quiet_to:
            return None
        local = now.astimezone(ZoneInfo(self.time_zone))
        begin, end = time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_to)
        at = local.time()
        if not (begin <= at < end if begin < end else at >= begin or at < end):
            return None
        day = local.date() if at < end else local.date() + timedelta(days=1)
        return self._at(datetime.combine(day, end))

    def last_digest(self, now: datetime) -> datetime | None:
        """Return when the last digest was due; None where everything is sent as it comes."""
        return self._digest(now, -1)

    def next_digest(self, now: datetime) -> datetime | None:
        """Return when the next digest is due, after `now`."""
        return self._digest(now, 1)

    def _digest(self, now: datetime, step: int) -> datetime | None:
        if self.digest_at is None:
            return None
        local = now.astimezone(ZoneInfo(self.time_zone))
        day, at = local.date(), time.fromisoformat(self.digest_at)
        found = self._at(datetime.combine(day, at))
        while (found > now) if step < 0 else (found <= now):
            day += timedelta(days=step)
            found = self._at(datetime.combine(day, at))
        return found

    def _at(self, local: datetime) -> datetime:
        return local.replace(tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)
