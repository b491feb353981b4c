"""What the watch over series needs and leaves: closed buckets from the minute roll-ups, the state of each series, its signals."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.errors import Conflict
from core.series import AUDIENCE, BUCKET, MEASURES, Bucket, DueSeries, SeriesKey, Signal, Watched
from storage.audience import bucket_of, heard_query
from storage.database import Database
from storage.schema import rollup, source_state
from storage.schema_series import series_state, signal

FIRST_LOOK = timedelta(days=28)
"""How far back a new series begins, where so much was counted."""
MOST_BUCKETS = 2016
"""A week at a time: a series that was left alone for long catches up in several turns."""
_FAMILIES = {"complaint", "crisis"}


@dataclass(frozen=True)
class SeriesStore:
    """Questions about series."""

    database: Database

    def due(self, brand: str, scope: str, source_ids: Collection[str], until: datetime) -> list[DueSeries]:
        """The series of a brand and scope with buckets that closed by `until` and were not judged. Nothing while none of the sources was
        read since: nobody looked, and nobody knows."""
        with self.database.read() as connection:
            looked_at = connection.execute(looked_query(source_ids)).scalar()
            if looked_at is None:
                return []
            closed = bucket_of(min(until, looked_at))
            known = {row.measure: row for row in connection.execute(_states(brand, scope))}
            starts = {} if len(known) == len(MEASURES) else _firsts(connection, brand, source_ids, closed)
            starts |= {name: row.upto for name, row in known.items()}
            late = [(name, starts[name]) for name in MEASURES if starts.get(name, closed) < closed]
            return [_due(connection, SeriesKey(brand, scope, name), source_ids, known.get(name), start, closed) for name, start in late]

    def apply(self, watched: Sequence[Watched]) -> None:
        """Move each series on, with its signals, in one transaction. Raises Conflict when another process was faster."""
        with self.database.write() as connection:
            for one in watched:
                self._move(connection, one)

    def _move(self, connection: sa.Connection, one: Watched) -> None:
        names = {"brand": one.key.brand, "scope": one.key.scope, "measure": one.key.measure}
        if one.before is None:
            self._begin(connection, names | {"upto": one.upto, "blob": one.blob})
        else:
            here = sa.and_(_of(series_state, one.key), series_state.c.upto == one.before)
            if connection.execute(sa.update(series_state).where(here).values(upto=one.upto, blob=one.blob)).rowcount != 1:
                raise Conflict("another process moved this series on")
        if one.ended_at is not None:
            lasting = sa.and_(_of(signal, one.key), signal.c.ended_at.is_(None))
            connection.execute(sa.update(signal).where(lasting).values(ended_at=one.ended_at))
        self.database.insert_new(connection, signal, [_row(each) for each in one.opened])

    def _begin(self, connection: sa.Connection, row: dict[str, Any]) -> None:
        try:
            connection.execute(sa.insert(series_state).values(row))
        except sa.exc.IntegrityError as error:
            raise Conflict("another process began this series") from error

    def known(self, brand: str, scope: str) -> dict[str, tuple[datetime, str]]:
        """Of each measure: up to when it was judged, and what is remembered of it."""
        with self.database.read() as connection:
            return {row.measure: (row.upto, row.blob) for row in connection.execute(_states(brand, scope))}

    def hours(self, key: SeriesKey, source_ids: Collection[str], until: datetime, hours: int) -> tuple[int | None, ...]:
        """What was counted in each of the last hours, the oldest first; the last one ends at `until`. None: there were posts, and of none
        of them is it known."""
        held = _heard if key.measure in AUDIENCE else _counted
        with self.database.read() as connection:
            values = held(connection, key, source_ids, until - timedelta(hours=hours), until)
        by_age: defaultdict[int, list[int | None]] = defaultdict(list)
        for at, value in values.items():
            by_age[(until - at - BUCKET) // timedelta(hours=1)].append(value)
        return tuple(_known_sum(by_age[age]) for age in range(hours - 1, -1, -1))

    def signals(self, since: datetime) -> list[Signal]:
        """What was seen since then, the newest first."""
        query = sa.select(signal).where(signal.c.opened_at >= since).order_by(signal.c.opened_at.desc(), signal.c.id.desc())
        with self.database.read() as connection:
            return [signal_of(row) for row in connection.execute(query)]


def _firsts(connection: sa.Connection, brand: str, source_ids: Collection[str], closed: datetime) -> dict[str, datetime]:
    """Where new series begin: with the first post that was counted lately. What was counted, not the measure: a series of crises begins
    with the first post, not with the first crisis. Reach begins with the first that is known."""
    posts = counted_query(SeriesKey(brand, "", "volume"), source_ids, closed - FIRST_LOOK, closed).subquery()
    first = connection.execute(sa.select(sa.func.min(posts.c.minute))).scalar()
    if first is None:
        return {}
    heard = heard_query(brand, source_ids, closed - FIRST_LOOK, closed).subquery()
    begins = {"authors": heard.c.authors, "reach": heard.c.known}
    query = sa.select(*(sa.func.min(heard.c.bucket).filter(count > 0).label(name) for name, count in begins.items()))
    starts = dict.fromkeys(MEASURES, bucket_of(first)) | dict(connection.execute(query).mappings().one())
    return {name: start for name, start in starts.items() if start is not None}


def _due(
    connection: sa.Connection, key: SeriesKey, source_ids: Collection[str], known: sa.Row[Any] | None, start: datetime, closed: datetime
) -> DueSeries:
    end = min(closed, start + MOST_BUCKETS * BUCKET)
    held = _heard if key.measure in AUDIENCE else _counted
    values = held(connection, key, source_ids, start, end)
    every = (start + step * BUCKET for step in range((end - start) // BUCKET))
    buckets = tuple(Bucket(at=at, value=value) for at in every if (value := values.get(at, 0)) is not None)
    return DueSeries(key=key, upto=known.upto if known else None, blob=known.blob if known else "", until=end, buckets=buckets)


def looked_query(source_ids: Collection[str]) -> sa.Select[Any]:
    """When was any of these sources last read?"""
    return sa.select(sa.func.max(source_state.c.last_success_at)).where(source_state.c.source_id.in_(source_ids))


def counted_query(key: SeriesKey, source_ids: Collection[str], start: datetime, end: datetime) -> sa.Select[Any]:
    """What was counted in [start, end), by minute?"""
    measure = rollup.c.measure
    named = sa.and_(measure >= f"{key.measure}.", measure < f"{key.measure}/") if key.measure in _FAMILIES else measure == key.measure
    of_them = sa.and_(rollup.c.brand == key.brand, rollup.c.source_id.in_(source_ids), named)
    query = sa.select(rollup.c.minute, sa.func.sum(rollup.c.value).label("value")).group_by(rollup.c.minute)
    return query.where(of_them, rollup.c.minute >= start, rollup.c.minute < end)


def _counted(
    connection: sa.Connection, key: SeriesKey, source_ids: Collection[str], start: datetime, end: datetime
) -> dict[datetime, int | None]:
    """What the buckets of [start, end) hold; one that is not named holds nothing."""
    counted: Counter[datetime] = Counter()
    for row in connection.execute(counted_query(key, source_ids, start, end)):
        counted[bucket_of(row.minute)] += row.value
    return dict(counted)


def _heard(
    connection: sa.Connection, key: SeriesKey, source_ids: Collection[str], start: datetime, end: datetime
) -> dict[datetime, int | None]:
    """The same of people and of their reach: None where there were posts and nobody knows it, be it that they were counted before people
    were, or that no platform told."""
    posts = _counted(connection, SeriesKey(key.brand, key.scope, "volume"), source_ids, start, end)
    found: dict[datetime, int | None] = dict.fromkeys((at for at, value in posts.items() if value), None)
    for row in connection.execute(heard_query(key.brand, source_ids, start, end)):
        if key.measure == "authors":
            found[row.bucket] = row.authors
        else:
            found[row.bucket] = row.reach if row.known else None
    return found


def _known_sum(values: Sequence[int | None]) -> int | None:
    """Of what is known; nothing at all is zero."""
    known = [value for value in values if value is not None]
    return sum(known) if known or not values else None


def _states(brand: str, scope: str) -> sa.Select[Any]:
    return sa.select(series_state).where(series_state.c.brand == brand, series_state.c.scope == scope)


def _of(table: sa.Table, key: SeriesKey) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.brand == key.brand, table.c.scope == key.scope, table.c.measure == key.measure)


def _row(one: Signal) -> dict[str, Any]:
    numbers = {
        name: getattr(one, name) for name in ("opened_at", "ended_at", "window_min", "seen", "usual_low", "usual_high", "line", "is_cold")
    }
    return {"brand": one.key.brand, "scope": one.key.scope, "measure": one.key.measure, "weigh_at": one.opened_at} | numbers


def signal_of(row: sa.Row[Any]) -> Signal:
    """A signal as it was stored."""
    return Signal(
        key=SeriesKey(row.brand, row.scope, row.measure),
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        window_min=row.window_min,
        seen=row.seen,
        usual_low=row.usual_low,
        usual_high=row.usual_high,
        line=row.line,
        is_cold=row.is_cold,
    )
