"""Whole numbers for a view with fractions: how FFmpeg's scaler, which knows whole pixels only, moves by less.

The scaler takes `taken` pixels from pixel `first` on and makes `made` pixels of them; `skipped` of these are
cut off before the frame. The ratio taken/made and the cut together reach nearly any position and size, so a
slow move stays smooth at a third of what Pillow's resampling with fractions costs.
"""

from dataclasses import dataclass
from functools import lru_cache

EDGE = 2
"""Pixels cut off at either side: there the scaler repeats the border instead of reading on."""
MOST_EXTRA = 56
"""Pixels that may be made beyond those shown."""
CLOSE_ENOUGH = 0.02
"""Pixels of the source: a search ends at the first numbers whose worst pixel is as near as this."""
MARGIN = 96
"""Pixels a source needs around it, so that every view inside it can be made."""


@dataclass(frozen=True)
class SourceSpan:
    """What the scaler does along one axis; `first` may be negative, down to -`MARGIN`."""

    first: int
    taken: int
    made: int
    skipped: int

    def error(self, start: float, length: float, shown: int) -> float:
        """How far, in pixels of the source, the worst pixel shown is from where it belongs."""
        ratio = self.taken / self.made
        at_start = self.first + (self.skipped + 0.5) * ratio - (start + 0.5 * length / shown)
        return max(abs(at_start), abs(at_start + (shown - 1) * (ratio - length / shown)))


@lru_cache(maxsize=4096)
def span_for(start: float, length: float, shown: int) -> SourceSpan:
    """Return the whole numbers that show `length` pixels from `start` on as `shown` pixels most exactly."""
    step = length / shown
    ratios: list[tuple[float, int, int]] = []
    for made in range(shown + 2 * EDGE, shown + MOST_EXTRA + 1):
        taken = round(step * made)
        ratios.append((abs(taken / made - step) * shown, made, taken))
    ratios.sort()
    best: SourceSpan | None = None
    least = float("inf")
    for slant, made, taken in ratios:
        if slant / 2 >= least:
            break
        ratio = taken / made
        # The middle pixel is put right, so that a ratio that is a little off errs half at either end.
        middle = start + length / 2 - ratio * shown / 2
        for skipped in range(EDGE, made - shown - EDGE + 1):
            wanted = middle - skipped * ratio
            error = abs(round(wanted) - wanted) + slant / 2
            if error < least:
                best, least = SourceSpan(round(wanted), taken, made, skipped), error
                if least < CLOSE_ENOUGH:
                    return best
    assert best is not None
    return best
