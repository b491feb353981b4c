"""What the wall screen of a crisis shows: the counts of its brand, and the band in which they usually lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.band import band
from alerts.daysoff import DaysOff
from core.crisis import Crisis
from core.series import BUCKET
from core.settings import Settings
from core.signals import Noted
from core.types import Scope
from core.wall import Wall
from storage import Store

OUTSIDE = (Scope.MENTION, Scope.OFFICIAL)


@dataclass(frozen=True, slots=True)
class Seen:
    """`usual` is (low, high) of each bucket, () while nobody knows what is usual. `notes` stood out meanwhile and paged nobody."""

    wall: Wall
    usual: tuple[tuple[float, float], ...]
    notes: Sequence[Noted] = ()

    def usual_hour(self) -> tuple[float, float] | None:
        """What is usual in the last hour, in posts: the sum of its buckets' middles, and of their upper ends."""
        last = self.usual[-12:]
        return (sum((low + high) / 2 for low, high in last), sum(high for _, high in last)) if last else None


def look(store: Store, settings: Settings, crisis: Crisis, now: datetime) -> Seen:
    """One moment of the crisis's brand, of the only brand there is, or of what has none."""
    sole = settings.brand[0].id if len(settings.brand) == 1 else ""
    brand = crisis.brand or sole
    scope, sources = _watched(settings, brand, sole)
    wall = store.walls.of(brand, scope, sources, crisis.incident_id, now)
    days_off = DaysOff(next((owner.country for owner in settings.owner if owner.country), None))
    usual = band(wall.blob, wall.first, BUCKET, len(wall.buckets), settings.zone(), days_off) if wall.blob else ()
    return Seen(wall, usual, store.signals.notes(wall.first, brand))


def _watched(settings: Settings, brand: str, sole: str) -> tuple[str, list[str]]:
    """The mentions of a brand; where there is no source of them, what is said under our own posts."""
    mine = [one for one in settings.source if (one.brand or sole) == brand]
    for scope in OUTSIDE:
        found = [one.id for one in mine if one.scope is scope]
        if found:
            return scope.value, found
    return Scope.MENTION.value, []
