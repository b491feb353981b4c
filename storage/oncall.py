"""What is done by hand to schedules: overrides."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine, named
from core.errors import Conflict, NotFound
from core.oncall import Standing
from core.records import Override
from storage.audit import write_line
from storage.database import Database
from storage.schema_people import oncall_override


class OnCall:
    """Questions about overrides."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def overrides(self, start: datetime, end: datetime) -> list[Override]:
        """Overrides that touch [start, end), oldest first; of two that overlap the later made one counts and stands last."""
        touching = sa.and_(oncall_override.c.starts_at < end, oncall_override.c.ends_at > start)
        with self._database.read() as connection:
            rows = connection.execute(sa.select(oncall_override).where(touching).order_by(oncall_override.c.id)).all()
        return [_override(row) for row in rows]

    def standing(self, now: datetime) -> list[Standing]:
        """Overrides that hold or are to come, those that begin first before the others."""
        with self._database.read() as connection:
            rows = connection.execute(standing_query(now)).all()
        return [Standing(row.id, _override(row), row.made_by) for row in rows]

    def add_override(self, override: Override, made_by: str, now: datetime) -> int:
        """Somebody else is on call, or nobody."""
        row = {
            "schedule": override.schedule,
            "layer": override.layer,
            "person": override.person,
            "starts_at": override.starts_at,
            "ends_at": override.ends_at,
            "made_by": made_by,
            "made_at": now,
        }
        with self._database.write() as connection:
            return int(connection.execute(sa.insert(oncall_override).values(row).returning(oncall_override.c.id)).scalar_one())

    def end_override(self, number: int, actor: str, now: datetime) -> None:
        """The rota counts again from now on, with its line in the audit. What has begun stays as it was until now; what has not never was.

        Raises NotFound, Conflict when it is over.
        """
        mine = oncall_override.c.id == number
        with self._database.write() as connection:
            row = connection.execute(sa.select(oncall_override).where(mine)).one_or_none()
            if row is None:
                raise NotFound(f"there is no override {number}")
            to_come, holds = sa.and_(mine, oncall_override.c.starts_at >= now), sa.and_(mine, oncall_override.c.ends_at > now)
            if not (
                connection.execute(sa.delete(oncall_override).where(to_come)).rowcount
                or connection.execute(sa.update(oncall_override).where(holds).values(ends_at=now)).rowcount
            ):
                raise Conflict(f"override {number} is over already")
            who = named(row.person) if row.person is not None else "nobody"
            subject = f"override {number}: {who} in {row.schedule}, {row.starts_at:%Y-%m-%d %H:%M} to {row.ends_at:%Y-%m-%d %H:%M} UTC"
            write_line(connection, AuditLine(at=now, actor=actor, act="ended an override", subject=subject))


def standing_query(now: datetime) -> sa.Select[Any]:
    """Which overrides are not over?"""
    return sa.select(oncall_override).where(oncall_override.c.ends_at > now).order_by(oncall_override.c.starts_at, oncall_override.c.id)


def _override(row: sa.Row[Any]) -> Override:
    return Override(schedule=row.schedule, person=row.person, starts_at=row.starts_at, ends_at=row.ends_at, layer=row.layer)
