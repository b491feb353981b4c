"""What is over goes, every hour: by the rules of retention, and whatever staff have not, or no longer, agreed to."""

import logging
from datetime import datetime

from core.settings import Settings
from czujka.house import House
from governance.retention import Cut, cuts
from storage import Store

log = logging.getLogger("czujka.privacy")


def retain(house: House) -> int:
    """Look once. Answers how many rows went."""
    gone = sum(count for _, count in let_go(house.store, house.settings, house.clock()))
    gone += house.store.erasing.erase_unagreed(house.clock())
    if gone:
        log.info("%s rows were kept long enough and are gone", gone)
    return gone


def would_go(store: Store, settings: Settings, now: datetime) -> list[tuple[Cut, int]]:
    """What is over now, and how much of it there is."""
    return [(cut, store.retention.count(cut.what, cut.scope, cut.before)) for cut in cuts(settings.retention, now)]


def let_go(store: Store, settings: Settings, now: datetime) -> list[tuple[Cut, int]]:
    """It goes, some hundred rows at a time."""
    return [(cut, _all(store, cut, now)) for cut in cuts(settings.retention, now)]


def _all(store: Store, cut: Cut, now: datetime) -> int:
    gone = 0
    while some := store.retention.forget(cut.what, cut.scope, cut.before, now):
        gone += some
    return gone
