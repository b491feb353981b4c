"""How an incident grew: posts by time, as bars that a page draws without a script."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

BARS = 24
HOURS = 24
FEWEST = 3
_WIDTHS = tuple(timedelta(minutes=m) for m in (1, 5, 10, 30, 60, 180, 360, 720, 1440))


@dataclass(frozen=True, slots=True)
class Growth:
    """`bars` are counts, the oldest first, each over `width`; the last one ends now."""

    bars: tuple[int, ...]
    width: timedelta
    last_hour: int

    @property
    def top(self) -> int:
        return max(self.bars, default=0)


def growth(times: Sequence[datetime], now: datetime) -> Growth | None:
    """Count posts in at most 24 bars up to now. None when there are too few to see anything."""
    past = [at for at in times if at <= now]
    if len(past) < FEWEST:
        return None
    age = now - min(past)
    width = next((w for w in _WIDTHS if w * BARS > age), age / BARS + timedelta(seconds=1))
    tally = Counter(int((now - at) / width) for at in past)
    first = max(tally)
    return Growth(tuple(tally[n] for n in range(first, -1, -1)), width, sum(now - at <= timedelta(hours=1) for at in past))


def by_hour(times: Sequence[datetime], now: datetime) -> tuple[int, ...]:
    """Posts in each of the last hours, at most a day of them, the oldest first; the last one ends now. () when they are too few."""
    ages = [int((now - at) / timedelta(hours=1)) for at in times if at <= now]
    if len(ages) < FEWEST:
        return ()
    tally = Counter(ages)
    return tuple(tally[hour] for hour in range(min(max(ages), HOURS - 1), -1, -1))
