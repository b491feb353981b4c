"""The watch over the series of every brand: closed buckets → signals → incidents.   load | decide | apply"""

from collections import defaultdict
from datetime import timedelta

from alerts.daysoff import DaysOff
from alerts.swell import settle
from alerts.watching import watch
from core.errors import Conflict
from core.settings import Settings
from czujka.house import House
from czujka.measuring import count_opened

LATENESS = timedelta(minutes=5)
"""A bucket closes so long after its end: what comes later is shown and counted, and not watched."""


def watch_series(house: House) -> int:
    """Judge what closed; answers how many series moved on. Where another process was faster, that one's work stands."""
    until = house.clock() - LATENESS
    zone, days_off = house.settings.zone(), _days_off(house.settings)
    moved = 0
    for (brand, scope), source_ids in groups(house.settings).items():
        watched = [watch(due, zone, days_off) for due in house.store.series.due(brand, scope, source_ids, until)]
        if watched:
            try:
                house.store.series.apply(watched)
            except Conflict:
                continue
            moved += len(watched)
    return moved


def weigh_signals(house: House) -> int:
    """Signals whose turn has come → crisis incidents, or notes; answers how many were weighed. Each brand by itself: where another process
    was faster, or a person changed the incident, that brand is decided again at its next turn."""
    now, settings = house.clock(), house.settings
    sources: defaultdict[str, list[str]] = defaultdict(list)
    for (brand, _), source_ids in groups(settings).items():
        sources[brand] += source_ids
    weighed = 0
    for swell in house.store.signals.swells(sources, now, settings.alerting):
        settled = settle(swell, settings, now)
        try:
            house.store.signals.apply(settled, now)
        except Conflict:
            continue
        count_opened([settled.opens] if settled.opens is not None else [])
        weighed += len(settled.used)
    return weighed


def groups(settings: Settings) -> dict[tuple[str, str], list[str]]:
    """The sources by brand and scope. What a source of no brand brings is of the only brand, else counted without one."""
    sole = settings.brand[0].id if len(settings.brand) == 1 else ""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for source in settings.source:
        found[(source.brand or sole, source.scope.value)].append(source.id)
    return dict(found)


def _days_off(settings: Settings) -> DaysOff:
    """The public holidays of the first team that says where it is."""
    return DaysOff(next((owner.country for owner in settings.owner if owner.country), None))
