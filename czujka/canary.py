"""The canary's shell: plants one when it is time, says how its flight went."""

from datetime import datetime

from core import metrics
from core.canary import CANARY, TEXT, Flight
from core.types import Author, Item, ItemKind, Scope, Voice
from czujka.house import House
from storage.items import Arrival


def plant_due(house: House) -> int:
    """Plant the next canary when it is time; answers how many. Without a [canary] nothing of it stays."""
    wanted, now = house.settings.canary, house.clock()
    if wanted is None:
        house.store.canaries.remove()
        return 0
    flight = house.store.canaries.flight()
    if flight is not None and not flight.is_over(wanted, now):
        return 0
    house.store.canaries.plant(_arrival(now, flight), now)
    return 1


def measure(house: House, now: datetime) -> None:
    """How long the last one took, and whether one is late."""
    wanted = house.settings.canary
    flight = house.store.canaries.flight() if wanted is not None else None
    if wanted is None or flight is None:
        return
    took = flight.took()
    if took is not None:
        metrics.CANARY_SECONDS.set(took.total_seconds())
    metrics.CANARY_LATE.set(float(flight.is_late(wanted, now)))


def _arrival(now: datetime, former: Flight | None) -> Arrival:
    """A post that pages. It remembers since when none has come back."""
    since = former.since if former is not None and former.returned_at is None else now
    post = Item(
        platform=CANARY,
        external_id=f"canary-{now.isoformat()}",
        kind=ItemKind.POST,
        text=TEXT,
        voice=Voice.PUBLIC,
        created_at=now,
        lang="en",
        author=Author(id=CANARY, handle=CANARY),
        raw={"since": since.isoformat()},
    )
    return Arrival(item=post, source_id=CANARY, brand=CANARY, scope=Scope.MENTION, may_page=True, collected_at=now)
