"""The communication plan: who was written to, as the letters say, and who has confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine, named
from core.message_plan import Confirmed
from storage.audit import write_line
from storage.database import Database
from storage.schema_delivery import letter
from storage.schema_message_plan import message_read

MESSAGE = "message"
"""The kind of their letters; the topic is "id/day"."""


@dataclass(frozen=True)
class Messages:
    """Questions about messages to the staff."""

    database: Database

    def sent(self, plan: str, day: date) -> dict[str, datetime]:
        """Who was written to on that day, and when that was planned."""
        mine = sa.and_(letter.c.kind == MESSAGE, letter.c.topic == f"{plan}/{day}", letter.c.person != "")
        with self.database.read() as connection:
            return {row.person: row.planned_at for row in connection.execute(sa.select(letter.c.person, letter.c.planned_at).where(mine))}

    def confirmed(self, plan: str, day: date) -> Sequence[Confirmed]:
        """Who has read what went out on that day, by person."""
        mine = sa.and_(message_read.c.plan == plan, message_read.c.day == day)
        with self.database.read() as connection:
            return [_confirmed(row) for row in connection.execute(sa.select(message_read).where(mine).order_by(message_read.c.person))]

    def confirm(self, one: Confirmed) -> bool:
        """Keep that somebody has read it; False when they said so before. The first time counts."""
        row = {"person": one.person, "plan": one.plan, "day": one.day, "at": one.at}
        with self.database.write() as connection:
            kept = self.database.insert(message_read).values(row).on_conflict_do_nothing().returning(message_read.c.id)
            if connection.execute(kept).first() is None:
                return False
            subject = f"{one.plan} {one.day} {named(one.person)}"
            write_line(connection, AuditLine(at=one.at, actor=one.person, act="message_read", subject=subject))
        return True


def _confirmed(row: sa.Row[Any]) -> Confirmed:
    return Confirmed(person=row.person, plan=row.plan, day=row.day, at=row.at)
