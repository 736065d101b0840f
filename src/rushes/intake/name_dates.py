"""The moments that services and cameras write into names: `ChatGPT Image Nov 1, 2025, 10_15_22 AM`.

Such names have no number, and sorted as text the afternoon comes before the morning.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from rushes.intake.name_sets import stem_of

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero janeiro",
            "feb february februar février febrero fevereiro",
            "mar march märz mars marzo março mär",
            "apr april avril abril",
            "may mai mayo maio",
            "jun june juni juin junio junho",
            "jul july juli juillet julio julho",
            "aug august août agosto",
            "sep sept september septembre septiembre setembro",
            "oct october oktober octobre octubre outubro okt",
            "nov november novembre noviembre novembro",
            "dec december dezember décembre diciembre dezembro dez",
        ),
        start=1,
    )
    for name in names.split()
}
_WORDED = re.compile(
    r"([^\W\d_]{3,10})\.?[\s_-]{1,2}(\d{1,2})(?:st|nd|rd|th)?[,\s_-]{1,3}(20\d{2})", re.IGNORECASE
)
_WORDED_DAY_FIRST = re.compile(
    r"(\d{1,2})\.?[\s_-]{1,2}([^\W\d_]{3,10})\.?[\s_,-]{1,3}(20\d{2})", re.IGNORECASE
)
_DIGITS = re.compile(
    r"(?<!\d)(20\d{2})[-_.年 ]?([01]\d|[1-9](?=[-_.月]))[-_.月 ]?([0-3]\d|[1-9](?!\d))日?(?=\D|\d{6}|$)"
)
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})[-_.:h꞉ ]?([0-5]\d)[-_.:m꞉ ]?([0-5]\d)(?:[._]?(\d{1,6}))?(?:[\s_\u202f]?([ap])\.?m)?",
    re.IGNORECASE,
)


def dates_in(names: Sequence[str]) -> dict[str, float] | None:
    """The moment that each name says, in seconds; None when one of them says none, or two say the same."""
    moments: dict[str, float] = {}
    for name in names:
        moment = _moment(stem_of(name))
        if moment is None:
            return None
        moments[name] = moment
    return moments if len(set(moments.values())) == len(names) > 0 else None


def _moment(stem: str) -> float | None:
    day = _day(stem)
    if day is None:
        return None
    (year, month, date), end = day
    clock = _CLOCK.search(stem, end)
    if clock is None:
        return None
    hour, part = int(clock[1]), (clock[5] or "").lower()
    if part:
        hour = hour % 12 + (12 if part == "p" else 0)
    try:
        moment = datetime(year, month, date, hour, int(clock[2]), int(clock[3]), tzinfo=UTC)
    except ValueError:
        return None
    return moment.timestamp() + float(f"0.{clock[4] or 0}")


def _day(stem: str) -> tuple[tuple[int, int, int], int] | None:
    if found := _WORDED.search(stem):
        if month := _MONTHS.get(found[1].casefold()):
            return (int(found[3]), month, int(found[2])), found.end()
    elif (found := _WORDED_DAY_FIRST.search(stem)) and (month := _MONTHS.get(found[2].casefold())):
        return (int(found[3]), month, int(found[1])), found.end()
    if found := _DIGITS.search(stem):
        return (int(found[1]), int(found[2]), int(found[3])), found.end()
    return None
