"""Completed trainings: each day of each person once, however often it is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine, named
from core.training import Completed
from storage.audit import write_line
from storage.database import Database
from storage.schema_training import training_done


@dataclass(frozen=True)
class Trainings:
    """Questions about trainings."""

    database: Database

    def done(self) -> Sequence[Completed]:
        """Everything that was completed, the oldest first."""
        with self.database.read() as connection:
            return [
                _completed(row) for row in connection.execute(sa.select(training_done).order_by(training_done.c.at, training_done.c.id))
            ]

    def complete(self, completed: Sequence[Completed], actor: str, now: datetime) -> int:
        """Keep what was completed, all or nothing; answers how much of it is new."""
        new = 0
        with self.database.write() as connection:
            for one in completed:
                row = {"person": one.person, "training": one.training, "at": one.at, "noted_by": one.by}
                kept = self.database.insert(training_done).values(row).on_conflict_do_nothing().returning(training_done.c.id)
                if connection.execute(kept).first() is None:
                    continue
                new += 1
                subject = f"{one.training} {one.at:%Y-%m-%d} {named(one.person)}"
                write_line(connection, AuditLine(at=now, actor=actor, act="training_done", subject=subject))
        return new


def _completed(row: sa.Row[Any]) -> Completed:
    return Completed(person=row.person, training=row.training, at=row.at, by=row.noted_by)
