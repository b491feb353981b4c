"""What is usual in one bucket of a series, by the hour of the day: the band behind a chart. It judges nothing and changes nothing."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.daysoff import DaysOff
from alerts.series import ANSCOMBE, SeriesState, Tuning, from_blob
from alerts.watching import TUNING

USUAL_SPREADS = 1.645
"""Nine moments of ten lie within so many standard deviations."""
_SATURDAY = 5


def band(
    blob: str, first: datetime, step: timedelta, count: int, zone: ZoneInfo, days_off: DaysOff, tuning: Tuning = TUNING
) -> tuple[tuple[float, float], ...]:
    """(low, high) of each of `count` buckets from `first` (aware UTC) on, as posts a bucket; () while no whole day was seen.

    `step` must be the width of the series' own buckets, for its shortest window is what is drawn.
    """
    state = from_blob(blob, tuning)
    if not state.days:
        return ()
    return tuple(_usual(state, (first + place * step).astimezone(zone), days_off, tuning) for place in range(count))


def _usual(state: SeriesState, local: datetime, days_off: DaysOff, tuning: Tuning) -> tuple[float, float]:
    window = state.windows[0]
    is_off = local.weekday() >= _SATURDAY or local.date() in days_off
    usual = window.level + 2 * state.habits.of(local.hour, is_off, tuning.trust_h)
    spread = USUAL_SPREADS * max(window.spread, 1.0)
    return _amount(usual - spread), _amount(usual + spread)


def _amount(steadied: float) -> float:
    """The count that a steadied value stands for."""
    return max(0.0, max(0.0, steadied) ** 2 / 4 - ANSCOMBE)
