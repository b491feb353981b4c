"""What is counted for a brand, and what is seen in it: the words that the store, the detector and the stages share."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.settings import Settings

BUCKET = timedelta(minutes=5)
MEASURES = ("volume", "negative", "complaint", "crisis", "authors", "reach")
"""Posts; those that are negative; reported complaints; reported findings of a crisis; different people, and how many are known to follow
them, each person once in a bucket."""
AUDIENCE = ("authors", "reach")
"""What may be unknown though there are posts: that is no data, never zero."""


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """One series: a brand, the scope of its sources, and what is counted."""

    brand: str
    scope: str
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What was counted in the five minutes from `at` (aware UTC) on."""

    at: datetime
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSeries:
    """A series with the closed buckets up to `until` that were not judged yet, oldest first; those of which nobody knows what they held are
    left out. `blob` is empty on its first day."""

    key: SeriesKey
    upto: datetime | None
    blob: str
    until: datetime
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something seen in a series, with the numbers that say why. `ended_at` is None while it lasts; amounts are sums over `window_min`."""

    key: SeriesKey
    opened_at: datetime
    ended_at: datetime | None
    window_min: int
    seen: float
    usual_low: float
    usual_high: float
    line: float
    is_cold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What judging the buckets left: where the series stands now, the signals that opened, and whether one that was open is over."""

    key: SeriesKey
    before: datetime | None
    upto: datetime
    blob: str
    opened: tuple[Signal, ...] = ()
    ended_at: datetime | None = None


def groups(settings: Settings) -> dict[tuple[str, str], list[str]]:
    """The sources by brand and scope. What a source of no brand brings is of the only brand, else counted without one."""
    sole = settings.brand[0].id if len(settings.brand) == 1 else ""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for source in settings.source:
        found[(source.brand or sole, source.scope.value)].append(source.id)
    return dict(found)
