"""Mutes and expected events: what holds now, what is planned, what was held back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

import sqlalchemy as sa

from core.easing import Expected, Held, Mute, MuteKind
from core.errors import Conflict, NotFound
from storage.database import Database
from storage.schema import finding
from storage.schema_daily import expected, held_finding, mute


class Easings(TypedDict):
    """What assess is told."""

    mutes: tuple[Mute, ...]
    expected: tuple[Expected, ...]


class Easing:
    """Questions about mutes and expected events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mutes(self, now: datetime, *, ended: bool = False) -> Sequence[Mute]:
        """Mutes that hold or are planned (with `ended` all), those that end first before the others."""
        query = sa.select(mute, _held_count()).order_by(mute.c.ends_at, mute.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query if ended else query.where(mute.c.ends_at > now))
            return [_mute(row) for row in rows]

    def expected(self, now: datetime, *, ended: bool = False) -> Sequence[Expected]:
        """Expected events of now and later (with `ended` all), in the order of their beginning."""
        query = sa.select(expected).order_by(expected.c.starts_at, expected.c.id)
        with self._database.read() as connection:
            return [_expected(row) for row in connection.execute(query if ended else query.where(expected.c.ends_at > now))]

    def add_mute(self, one: Mute) -> int:
        """Answers its id."""
        return self._add(mute, {**_span(one), "kind": one.kind.value, "value": one.value, "reason": one.reason, "brand": one.brand})

    def add_expected(self, one: Expected) -> int:
        """Answers its id."""
        return self._add(expected, {**_span(one), "name": one.name, "factor": one.factor, "brand": one.brand})

    def end_mute(self, mute_id: int, actor: str, now: datetime) -> None:
        """It ends now. Raises NotFound, Conflict when it is over."""
        self._end(mute, mute_id, f"mute {mute_id}", actor, now)

    def end_expected(self, expected_id: int, actor: str, now: datetime) -> None:
        """It ends now. Raises NotFound, Conflict when it is over."""
        self._end(expected, expected_id, f"expected event {expected_id}", actor, now)

    def held(self, mute_id: int, limit: int = 50) -> Sequence[Held]:
        """What a mute held back, the newest first."""
        query = sa.select(held_finding).where(held_finding.c.mute_id == mute_id).order_by(held_finding.c.item_id.desc()).limit(limit)
        with self._database.read() as connection:
            return [Held(mute_id=row.mute_id, item_id=row.item_id, label=row.label) for row in connection.execute(query)]

    def _add(self, table: sa.Table, values: dict[str, Any]) -> int:
        with self._database.write() as connection:
            return int(connection.execute(sa.insert(table).values(values).returning(table.c.id)).scalar_one())

    def _end(self, table: sa.Table, row_id: int, name: str, actor: str, now: datetime) -> None:
        with self._database.write() as connection:
            holds = sa.and_(table.c.id == row_id, table.c.ends_at > now)
            ends = {"ends_at": now, "starts_at": sa.case((table.c.starts_at > now, now), else_=table.c.starts_at), "ended_by": actor}
            if connection.execute(sa.update(table).where(holds).values(ends)).rowcount:
                return
            if connection.execute(sa.select(table.c.id).where(table.c.id == row_id)).one_or_none() is None:
                raise NotFound(f"there is no {name}")
            raise Conflict(f"{name} is over already")


def easing_at(connection: sa.Connection, now: datetime) -> Easings:
    """What holds at this moment."""
    quiet = sa.select(mute, sa.literal(0).label("held")).where(mute.c.starts_at <= now, mute.c.ends_at > now).order_by(mute.c.id)
    events = sa.select(expected).where(expected.c.starts_at <= now, expected.c.ends_at > now).order_by(expected.c.id)
    mutes = tuple(_mute(row) for row in connection.execute(quiet))
    return {"mutes": mutes, "expected": tuple(_expected(row) for row in connection.execute(events))}


def hold(database: Database, connection: sa.Connection, held: Sequence[Held]) -> None:
    """Write what mutes held back, in the caller's transaction."""
    database.insert_new(connection, held_finding, [{"item_id": h.item_id, "label": h.label, "mute_id": h.mute_id} for h in held])


def held_query() -> sa.Exists:
    """Was this finding held back?"""
    return sa.exists().where(held_finding.c.item_id == finding.c.item_id, held_finding.c.label == finding.c.label)


def _held_count() -> sa.Label[int]:
    count = sa.select(sa.func.count()).select_from(held_finding).where(held_finding.c.mute_id == mute.c.id)
    return count.scalar_subquery().label("held")


def _span(one: Mute | Expected) -> dict[str, Any]:
    return {"starts_at": one.starts_at, "ends_at": one.ends_at, "made_by": one.made_by}


def _mute(row: sa.Row[Any]) -> Mute:
    return Mute(
        mute_id=row.id,
        kind=MuteKind(row.kind),
        value=row.value,
        reason=row.reason,
        brand=row.brand,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        made_by=row.made_by,
        ended_by=row.ended_by,
        held=row.held,
    )


def _expected(row: sa.Row[Any]) -> Expected:
    return Expected(
        expected_id=row.id,
        name=row.name,
        factor=row.factor,
        brand=row.brand,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        made_by=row.made_by,
        ended_by=row.ended_by,
    )
