"""What is done by hand to schedules: overrides."""

from datetime import datetime

import sqlalchemy as sa

from core.records import Override
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
        return [
            Override(schedule=row.schedule, person=row.person, starts_at=row.starts_at, ends_at=row.ends_at, layer=row.layer)
            for row in rows
        ]

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
