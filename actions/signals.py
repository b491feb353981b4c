"""The watched series as people look at them: what each of the last hours held, between what it usually lies, and what stood out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.crisis import usual_of
from alerts.daysoff import DaysOff, days_off_of
from alerts.series import SeriesState, from_blob
from alerts.watching import SATURDAY, TUNING
from core.access import Sight
from core.series import BUCKET, MEASURES, SeriesKey, groups
from core.settings import Settings
from core.signals import Noted
from storage import Store

HOURS = 24
LEAST_TOP = 10
"""A picture is at least so high: one post an hour is no tower."""
_HOUR_MIN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One series. `hours` are counts, the oldest first, None where nobody knows; the last one ends at `until`. `usual` are the (low, high)
    of each, () while nothing was learned."""

    key: SeriesKey
    until: datetime
    hours: tuple[int | None, ...]
    usual: tuple[tuple[int, int], ...]

    @property
    def top(self) -> int:
        """The highest number that is drawn."""
        return max([self.most, *(high for _, high in self.usual), LEAST_TOP])

    @property
    def most(self) -> int:
        """The highest hour that is known."""
        return max((hour for hour in self.hours if hour is not None), default=0)


def looks(store: Store, settings: Settings, sight: Sight | None = None) -> list[Look]:
    """Every series that is watched, of the brands that may be seen."""
    found = []
    days_off = days_off_of(settings)
    for (brand, scope), source_ids in groups(settings).items():
        if may_see(brand, sight):
            known = store.series.known(brand, scope)
            keys = (SeriesKey(brand, scope, measure) for measure in MEASURES if measure in known)
            found += [_look(store, key, source_ids, *known[key.measure], settings, days_off) for key in keys]
    return found


def noted(store: Store, since: datetime, sight: Sight | None = None) -> Sequence[Noted]:
    """What stood out since then in the brands that may be seen, the newest first."""
    return [one for one in store.signals.since(since) if may_see(one.signal.key.brand, sight)]


def may_see(brand: str, sight: Sight | None) -> bool:
    """May somebody who sees this much see this brand's numbers? Who sees an owner's posts alone does not."""
    return sight is None or brand in sight.brands


def _look(
    store: Store, key: SeriesKey, source_ids: Sequence[str], upto: datetime, blob: str, settings: Settings, days_off: DaysOff
) -> Look:
    state = from_blob(blob, TUNING)
    ends = [upto - timedelta(hours=age) for age in range(HOURS - 1, -1, -1)]
    usual = [one for end in ends if (one := _usual(state, end, settings, days_off)) is not None]
    return Look(key=key, until=upto, hours=store.series.hours(key, source_ids, upto, HOURS), usual=tuple(usual))


def _usual(state: SeriesState, end: datetime, settings: Settings, days_off: DaysOff) -> tuple[int, int] | None:
    """Of the hour that ends here, by the wall clock of its middle."""
    local = (end - timedelta(minutes=_HOUR_MIN / 2)).astimezone(settings.zone())
    is_off = local.weekday() >= SATURDAY or local.date() in days_off
    band = usual_of(state, _HOUR_MIN, BUCKET / timedelta(minutes=1), local.hour, is_off, TUNING)
    return (round(band[0]), round(band[1])) if band is not None else None
