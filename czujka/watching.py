"""The watch over the series of every brand: closed buckets → signals → incidents.   load | decide | apply"""

from collections import defaultdict
from datetime import timedelta

from alerts.daysoff import days_off_of
from alerts.swell import settle
from alerts.watching import watch
from core.errors import Conflict
from core.series import groups
from czujka.house import House
from czujka.measuring import count_opened

LATENESS = timedelta(minutes=5)
"""A bucket closes so long after its end: what comes later is shown and counted, and not watched."""


def watch_series(house: House) -> int:
    """Judge what closed; answers how many series moved on. Where another process was faster, that one's work stands."""
    until = house.clock() - LATENESS
    zone, days_off = house.settings.zone(), days_off_of(house.settings)
    moved = 0
    for (brand, scope), source_ids in groups(house.settings).items():
        watched = [watch(due, zone, days_off) for due in house.store.series.due(brand, scope, source_ids, until)]
        if watched:
            try:
                house.store.series.apply(watched)
            except Conflict:
                continue
            moved += len(watched)
    if moved:
        house.store.audience.forget(house.clock())
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
