"""How a source does, when it counts as late or as blind, and since when."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.settings import SourceSettings
from core.types import Json

SLACK = timedelta(minutes=5)
# Why a source waits without being ill: it was told to, or it may not spend more.
SPENT = frozenset({"budget_spent", "usage_capped"})
WAITS = SPENT | {"rate_limited"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How a source does. `state` is healthy, late, blind, new, failing, limited or spent; `reason` the last failure's, '' if none."""

    source_id: str
    state: str
    reason: str
    detail: str
    last_poll_at: datetime | None
    last_success_at: datetime | None
    last_item_at: datetime | None
    next_poll_at: datetime | None
    failures: int
    items: int
    quarantined: int
    quotas: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """How long a source is usually not read (`gap`), and after what time without a reading it is blind (`after`)."""

    gap: timedelta
    after: timedelta


def promise(source: SourceSettings) -> Promise:
    """It is read every interval, or, while it is quiet, as seldom as it may be; blind two intervals and five minutes later."""
    gap = source.slowest or source.every
    return Promise(gap=gap, after=gap + 2 * source.every + SLACK)


def is_blind(source: SourceSettings, health: SourceHealth, now: datetime) -> bool:
    """No successful poll for longer than is promised."""
    return health.last_success_at is None or now - health.last_success_at > promise(source).after


def is_late(source: SourceSettings, health: SourceHealth, now: datetime) -> bool:
    """The usual gap is over (polls come up to a twentieth later), and not yet so long that it is blind."""
    read = health.last_success_at
    return read is not None and now - read > promise(source).gap * 1.05 + SLACK and not is_blind(source, health, now)


def unread_since(source: SourceSettings, health: SourceHealth) -> datetime | None:
    """When the reading was due that did not come: since then it is late, and blind once the promise is broken. None: never read."""
    return health.last_success_at + promise(source).gap if health.last_success_at is not None else None


def judged(source: SourceSettings | None, health: SourceHealth, now: datetime) -> SourceHealth:
    """The same with the promise looked at, which only the configuration knows. Who waits for its platform or its budget stays so."""
    if source is None or health.state in ("new", "limited", "spent"):
        return health
    if is_blind(source, health, now):
        return replace(health, state="blind")
    return replace(health, state="late") if is_late(source, health, now) else health
