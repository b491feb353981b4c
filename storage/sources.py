"""Where each source stands: its cursor, its lease, its next poll; and what it sent that could not be read."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.blindness import SPENT, Promise, SourceHealth
from core.failpoint import reach
from core.types import Json, Page, Rejected
from storage.blindness import note_blind
from storage.database import Database
from storage.items import Arrival, Stored, store_items
from storage.schema import item, quarantine, source_state

RAW_KEPT = 20_000
UNPROMISED = Promise(gap=timedelta(0), after=timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """A source that is ours to ask until its lease ends. `first_poll`: it has never been read to the end of a poll."""

    source_id: str
    cursor: Json | None
    token: int
    first_poll: bool
    failures: int
    last_item_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """What one answer left behind: the items, the cursor and when to ask again, all applied together; `quiet_poll_at`: when, where nothing
    new came (None: the same).

    `releases`: this poll ends here and the source may be leased again; a first poll is over only when its last page is in. Whoever was
    not read for longer than `promise` says was blind.
    """

    source_id: str
    token: int
    platform: str
    page: Page
    arrivals: tuple[Arrival, ...]
    next_poll_at: datetime
    releases: bool
    quiet_poll_at: datetime | None = None
    lease: timedelta = timedelta(minutes=3)
    promise: Promise = UNPROMISED


class Sources:
    """Questions about sources."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(self, source_ids: Collection[str], now: datetime) -> None:
        """Make the configured sources known; one that is no longer configured is ended, not deleted."""
        with self._database.write() as connection:
            self._database.insert_new(connection, source_state, [{"source_id": name, "next_poll_at": now} for name in sorted(source_ids)])
            known = source_state.c.source_id.in_(source_ids)
            connection.execute(
                sa.update(source_state).where(known, source_state.c.ended_at.is_not(None)).values(ended_at=None, next_poll_at=now)
            )
            connection.execute(sa.update(source_state).where(~known, source_state.c.ended_at.is_(None)).values(ended_at=now))

    def lease_due(self, now: datetime, limit: int, lease: timedelta, only: Collection[str] | None = None) -> list[Leased]:
        """Take the sources whose time has come (or those named, due or not) and keep others from asking them."""
        with self._database.write() as connection:
            query = due_query(now, limit) if only is None else named_query(only, now)
            rows = connection.execute(self._database.skip_locked(query)).all()
            for row in rows:
                change = {"lease_until": now + lease, "lease_token": row.lease_token + 1}
                connection.execute(sa.update(source_state).where(source_state.c.source_id == row.source_id).values(change))
        return [
            Leased(
                source_id=row.source_id,
                cursor=row.cursor,
                token=row.lease_token + 1,
                first_poll=row.first_success_at is None,
                failures=row.failures,
                last_item_at=row.last_item_at,
            )
            for row in rows
        ]

    def apply_page(self, result: PageResult, now: datetime) -> Stored | None:
        """Store items, cursor and quarantine in one transaction. None: the lease is no longer ours, nothing was stored."""
        page = result.page
        with self._database.write() as connection:
            if not self._holds(connection, result.source_id, result.token):
                return None
            stored = store_items(self._database, connection, result.arrivals, [(result.platform, gone) for gone in page.deleted], now)
            reach("collect.items_stored")
            self._quarantine(connection, result.source_id, page.rejected, now)
            self._advance(connection, result, stored, now)
            reach("collect.cursor_moved")
        reach("collect.committed")
        return stored

    def _holds(self, connection: sa.Connection, source_id: str, token: int) -> bool:
        query = sa.select(source_state.c.lease_token).where(source_state.c.source_id == source_id)
        return connection.execute(query if self._database.is_sqlite else query.with_for_update()).scalar() == token

    def _advance(self, connection: sa.Connection, result: PageResult, stored: Stored, now: datetime) -> None:
        page, state = result.page, source_state.c
        note_blind(self._database, connection, result.source_id, result.promise, now)
        change: Json = {
            "cursor": page.cursor,
            "last_poll_at": now,
            "last_success_at": now,
            "failures": 0,
            "reason": "",
            "detail": "",
            "requests": state.requests + page.requests,
            "items": state["items"] + stored.new,
        }
        if not result.releases:
            change["lease_until"] = now + result.lease
        else:
            is_quiet = result.quiet_poll_at is not None and not stored.new
            change |= {"lease_until": None, "next_poll_at": result.quiet_poll_at if is_quiet else result.next_poll_at}
        if not page.more:
            change["first_success_at"] = sa.func.coalesce(state.first_success_at, now)
        if stored.new:
            change["last_item_at"] = now
        if page.quotas:
            change["quotas"] = [
                {"name": q.name, "used": q.used, "limit": q.limit, "reset_at": q.reset_at.isoformat() if q.reset_at else None}
                for q in page.quotas
            ]
        connection.execute(sa.update(source_state).where(state.source_id == result.source_id).values(change))

    def _quarantine(self, connection: sa.Connection, source_id: str, rejected: tuple[Rejected, ...], now: datetime) -> None:
        rows = [
            {
                "source_id": source_id,
                "seen_at": now,
                "reason": bad.reason[:64],
                "detail": bad.detail,
                "raw": bad.raw[:RAW_KEPT].replace("\x00", "\ufffd"),
                "hash": hashlib.sha256(f"{bad.reason}\n{bad.detail}\n{bad.raw}".encode("utf-8", "replace")).hexdigest(),
            }
            for bad in rejected
        ]
        self._database.insert_new(connection, quarantine, rows)

    def quarantine_rows(self, source_id: str, rejected: tuple[Rejected, ...], now: datetime) -> None:
        """Keep what an import could not read."""
        with self._database.write() as connection:
            self._quarantine(connection, source_id, rejected, now)

    def take(self, source_id: str, arrivals: Sequence[Arrival], rejected: tuple[Rejected, ...], now: datetime) -> Stored:
        """Store what was sent to us, readable or not, in one transaction. The source's polls and cursor stay as they are."""
        with self._database.write() as connection:
            stored = store_items(self._database, connection, arrivals, (), now)
            self._quarantine(connection, source_id, rejected, now)
            change: Json = {"items": source_state.c["items"] + stored.new} | ({"last_item_at": now} if stored.new else {})
            connection.execute(sa.update(source_state).where(source_state.c.source_id == source_id).values(change))
        return stored

    def apply_failure(self, leased: Leased, reason: str, detail: str, next_poll_at: datetime, now: datetime) -> None:
        """A poll failed: remember why and when to ask again; the cursor stays."""
        change = {
            "lease_until": None,
            "last_poll_at": now,
            "failures": source_state.c.failures + 1,
            "reason": reason[:64],
            "detail": detail[:2000],
            "next_poll_at": next_poll_at,
        }
        mine = sa.and_(source_state.c.source_id == leased.source_id, source_state.c.lease_token == leased.token)
        with self._database.write() as connection:
            connection.execute(sa.update(source_state).where(mine).values(change))

    def known(self, source_id: str, limit: int) -> tuple[str, ...]:
        """The newest items of a source by external id, to be asked about again."""
        with self._database.read() as connection:
            return tuple(connection.execute(known_query(source_id, limit)).scalars())

    def health(self, now: datetime) -> list[SourceHealth]:
        """How each source does; `state` is judged without its promise, which only the configuration knows."""
        refused = sa.select(quarantine.c.source_id, sa.func.count().label("n")).group_by(quarantine.c.source_id).subquery()
        query = (
            sa.select(source_state, sa.func.coalesce(refused.c.n, 0).label("quarantined"))
            .outerjoin(refused, refused.c.source_id == source_state.c.source_id)
            .where(source_state.c.ended_at.is_(None))
            .order_by(source_state.c.source_id)
        )
        with self._database.read() as connection:
            return [_health(row, now) for row in connection.execute(query)]

    def quarantined(self, source_id: str | None = None, limit: int = 20) -> list[Json]:
        """The newest things that could not be read."""
        query = sa.select(quarantine).order_by(quarantine.c.id.desc()).limit(limit)
        if source_id is not None:
            query = query.where(quarantine.c.source_id == source_id)
        with self._database.read() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]


_LEASED = tuple(source_state.c[name] for name in ("source_id", "cursor", "lease_token", "first_success_at", "failures", "last_item_at"))


def due_query(now: datetime, limit: int) -> sa.Select[Any]:
    """Which sources are to be asked now?"""
    state = source_state.c
    free = sa.or_(state.lease_until.is_(None), state.lease_until <= now)
    return sa.select(*_LEASED).where(state.next_poll_at <= now, state.ended_at.is_(None), free).order_by(state.next_poll_at).limit(limit)


def named_query(names: Collection[str], now: datetime) -> sa.Select[Any]:
    """The named sources that nobody is asking just now."""
    state = source_state.c
    free = sa.or_(state.lease_until.is_(None), state.lease_until <= now)
    return sa.select(*_LEASED).where(state.source_id.in_(names), free)


def known_query(source_id: str, limit: int) -> sa.Select[Any]:
    """Which items did this source bring last?"""
    query = sa.select(item.c.external_id).where(item.c.source_id == source_id, item.c.deleted_at.is_(None))
    return query.order_by(item.c.id.desc()).limit(limit)


def _health(row: sa.Row[Any], now: datetime) -> SourceHealth:
    state = "new" if row.last_poll_at is None else "healthy"
    if row.failures:
        state = "spent" if row.reason in SPENT else "limited" if row.reason == "rate_limited" else "failing"
    elif row.last_success_at is not None and row.next_poll_at < now - timedelta(minutes=10):
        state = "late"
    return SourceHealth(
        source_id=row.source_id,
        state=state,
        reason=row.reason,
        detail=row.detail,
        last_poll_at=row.last_poll_at,
        last_success_at=row.last_success_at,
        last_item_at=row.last_item_at,
        next_poll_at=row.next_poll_at,
        failures=row.failures,
        items=row.items,
        quarantined=row.quarantined,
        quotas=tuple(row.quotas or ()),
    )
