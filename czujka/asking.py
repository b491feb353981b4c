"""Collect's shell: asks due sources side by side, stores each page with its cursor, and decides when to ask again."""

import logging
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from actions.arrivals import arrival
from collector import SOURCES
from collector.base import Asking
from core import metrics
from core.blindness import promise
from core.errors import BadResponse, BudgetSpent, CollectError, CzujkaError, RateLimited
from core.settings import Settings, SourceSettings
from core.types import Page
from czujka.house import House
from storage.items import Stored
from storage.sources import Leased, PageResult

LEASE = timedelta(minutes=3)
SOURCES_AT_ONCE = 8
PAGES_A_POLL = 40
ITEMS_AT_ONCE = 500
KNOWN = 200
LONGEST_BACK_OFF = timedelta(hours=1)
QUIET_PARTS = 10

log = logging.getLogger("czujka.collect")


def ask_due(house: House, only: Collection[str] | None = None) -> int:
    """Ask every due source (or those named) and store what came. Answers the number of new items."""
    sources = {source.id: source for source in house.settings.source if only is None or source.id in only}
    if not sources:
        return 0
    leased = house.store.sources.lease_due(house.clock(), SOURCES_AT_ONCE * 4, LEASE, only=None if only is None else sorted(sources))
    mine = [lease for lease in leased if lease.source_id in sources]
    if len(mine) <= 1:
        return sum(_poll(house, sources[lease.source_id], lease) for lease in mine)
    with ThreadPoolExecutor(SOURCES_AT_ONCE, thread_name_prefix="collect") as pool:
        return sum(pool.map(lambda lease: _poll(house, sources[lease.source_id], lease), mine))


def _poll(house: House, source: SourceSettings, leased: Leased) -> int:
    """Ask one source until it has nothing more, or has had its share of this sweep."""
    new, cursor = 0, leased.cursor
    try:
        for number in range(1, PAGES_A_POLL + 1):
            page = ask(house, source, cursor)
            quiet_since = leased.last_item_at if not new else None
            stored = _store(house, source, leased, page, quiet_since, is_last=number == PAGES_A_POLL)
            if stored is None:
                log.warning("source %s: the lease was lost; another worker goes on", source.id)
                break
            new, cursor = new + stored.new, page.cursor
            if not page.more:
                break
    except CollectError as error:
        _failed(house, source, leased, error)
    return new


def ask(house: House, source: SourceSettings, cursor: dict[str, Any] | None) -> Page:
    """One page of a source; a bug of a collector is that source's failure, not the stage's. Raises CollectError."""
    known = house.store.sources.known(source.id, KNOWN) if cursor is not None else ()
    asking = Asking(http=house.http, now=house.clock(), terms=terms_of(house.settings, source), known=known)
    with _as_collect_error(source):
        page: Page = SOURCES.get(source.kind).collect(source, cursor, asking)
        return page


@contextmanager
def _as_collect_error(source: SourceSettings) -> Iterator[None]:
    try:
        yield
    except CollectError:
        raise
    except CzujkaError as error:
        raise CollectError(str(error), reason=error.reason) from error
    except Exception as error:
        log.exception("source %s: its collector failed", source.id)
        raise BadResponse(f"{type(error).__name__} while reading the answer", reason="collector_bug") from error


def terms_of(settings: Settings, source: SourceSettings) -> tuple[str, ...]:
    """The words by which the source's brand is named; of all brands where it has none."""
    brands = [brand for brand in settings.brand if source.brand in (None, brand.id)]
    return tuple(dict.fromkeys(term for brand in brands for term in (brand.name, *brand.terms)))


def _store(
    house: House, source: SourceSettings, leased: Leased, page: Page, quiet_since: datetime | None, *, is_last: bool
) -> Stored | None:
    now, jitter = house.clock(), house.jitter()
    first_poll = leased.first_poll
    pieces = [page.items[start : start + ITEMS_AT_ONCE] for start in range(0, len(page.items), ITEMS_AT_ONCE)] or [()]
    if len(pieces) > 1:
        raise BadResponse(f"{len(page.items)} items in one page; a collector gives at most {ITEMS_AT_ONCE}", reason="page_too_large")
    result = PageResult(
        source_id=source.id,
        token=leased.token,
        platform=getattr(source, "platform", source.kind),
        page=page,
        arrivals=tuple(arrival(item, source, house.settings, now, first_poll=first_poll) for item in page.items),
        next_poll_at=now if page.more else next_poll(source, page, now, jitter),
        quiet_poll_at=now if page.more else next_poll(source, page, now, jitter, quiet_since),
        releases=is_last or not page.more,
        promise=promise(source),
    )
    stored = house.store.sources.apply_page(result, now)
    if stored is not None:
        _measure(source, page, stored, now)
    return stored


def next_poll(source: SourceSettings, page: Page, now: datetime, jitter: float, quiet_since: datetime | None = None) -> datetime:
    """After its interval, give or take a twentieth, and not before the platform wants. What has been quiet for long is asked after a tenth
    of that time, where the source may be: what has not changed for long does not change soon (RFC 9111, 4.2.2)."""
    wait = source.every
    if source.slowest is not None and quiet_since is not None:
        wait = min(max(wait, (now - quiet_since) / QUIET_PARTS), source.slowest)
    due = now + wait * (0.95 + 0.1 * jitter)
    return max(due, page.retry_at) if page.retry_at else due


def back_off(source: SourceSettings, failures: int, error: CollectError, now: datetime, jitter: float) -> datetime:
    """When to ask again after a failure: when the platform says, else twice as late each time, up to an hour."""
    if error.retry_at is not None and error.retry_at > now:
        return error.retry_at + timedelta(seconds=1 + 4 * jitter)
    wait = min(source.every * 2 ** min(failures, 10), max(LONGEST_BACK_OFF, source.every))
    later: datetime = now + wait * (0.5 + 0.5 * jitter)
    return later


def _failed(house: House, source: SourceSettings, leased: Leased, error: CollectError) -> None:
    now = house.clock()
    metrics.ERRORS.add(stage="collect", reason=error.reason)
    quiet = isinstance(error, RateLimited | BudgetSpent)
    log.log(logging.INFO if quiet else logging.WARNING, "source %s: %s: %s", source.id, error.reason, error)
    house.store.sources.apply_failure(leased, error.reason, str(error), back_off(source, leased.failures, error, now, house.jitter()), now)


def _measure(source: SourceSettings, page: Page, stored: Stored, now: datetime) -> None:
    metrics.ITEMS.add(stored.new, source=source.id, scope=source.scope)
    metrics.LAST_SUCCESS.set(now.timestamp(), source=source.id)
    for quota in page.quotas:
        metrics.QUOTA_USED.set(quota.used, source=source.id, quota=quota.name)
        if quota.limit is not None:
            metrics.QUOTA_LIMIT.set(quota.limit, source=source.id, quota=quota.name)
    for bad in page.rejected:
        metrics.QUARANTINE.add(reason=bad.reason)
    newest = max((item.created_at for item in page.items if item.created_at), default=None)
    if newest is not None:
        metrics.SOURCE_LAG.set(max(0.0, (now - newest).total_seconds()), source=source.id)
