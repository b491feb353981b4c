"""The mails that go out by the calendar, such as the weekly digest: one row a kind, topic and reader, leased while it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.errors import Conflict
from core.failpoint import reach
from core.sending import DueLetter, Reader
from storage.database import Database
from storage.schema import item
from storage.schema_delivery import letter


@dataclass(frozen=True)
class Letters:
    """Questions about letters."""

    database: Database

    def watching_since(self) -> datetime | None:
        """When was the first post collected? None: nothing has been."""
        with self.database.read() as connection:
            return connection.execute(sa.select(item.c.collected_at).order_by(item.c.id).limit(1)).scalar()

    def last_topic(self, kind: str, under: str = "", before: str | None = None) -> str | None:
        """The greatest topic of this kind that was planned, such as "2026-W46"; of those that begin with `under`, below `before`."""
        wanted = [letter.c.kind == kind, *([letter.c.topic.startswith(under, autoescape=True)] if under else [])]
        wanted += [letter.c.topic < before] if before is not None else []
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.max(letter.c.topic)).where(*wanted)).scalar()

    def plan(self, kind: str, topic: str, planned_at: datetime, readers: Sequence[Reader], due_at: datetime) -> None:
        """These readers are to get that letter from `due_at` on, each once however often this is said."""
        said = {"kind": kind, "topic": topic, "planned_at": planned_at, "due_at": due_at}
        rows = [said | {"person": reader.person, "address": reader.address} for reader in readers]
        with self.database.write() as connection:
            self.database.insert_new(connection, letter, rows)
        reach("letters.planned")

    def looked(self, kind: str, topic: str, now: datetime) -> None:
        """This topic was thought through: whoever had to be told is planned, even when that was nobody."""
        row = {"kind": kind, "topic": topic, "person": "", "address": "", "planned_at": now, "due_at": now, "sent_at": now}
        with self.database.write() as connection:
            self.database.insert_new(connection, letter, [row])

    def lease_due(self, now: datetime, limit: int, lease: timedelta) -> list[DueLetter]:
        """Take the letters whose time has come; nobody else sends them until the lease ends."""
        with self.database.write() as connection:
            rows = connection.execute(self.database.skip_locked(due_query(now, limit))).all()
            for row in rows:
                change = {"lease_until": now + lease, "token": row.token + 1}
                connection.execute(sa.update(letter).where(letter.c.id == row.id).values(change))
        return [_due(row) for row in rows]

    def sent(self, due: DueLetter, now: datetime) -> None:
        """It went out. Raises Conflict when the lease was lost."""
        self._record(due, {"sent_at": now, "reason": ""})

    def failed(self, due: DueLetter, reason: str, due_at: datetime) -> None:
        """It did not; another try is due then. Raises Conflict when the lease was lost."""
        self._record(due, {"tries": due.tries + 1, "reason": reason[:96], "due_at": due_at})

    def unsent(self) -> list[DueLetter]:
        """What is planned and has not gone out, the oldest first."""
        with self.database.read() as connection:
            query = sa.select(letter).where(letter.c.sent_at.is_(None)).order_by(letter.c.due_at).limit(100)
            return [_due(row) for row in connection.execute(query)]

    def _record(self, due: DueLetter, change: dict[str, Any]) -> None:
        held = sa.and_(letter.c.id == due.letter_id, letter.c.token == due.token, letter.c.sent_at.is_(None))
        with self.database.write() as connection:
            if connection.execute(sa.update(letter).where(held).values({"lease_until": None} | change)).rowcount != 1:
                raise Conflict(f"letter {due.letter_id} is no longer ours", reason="lease_lost")


def due_query(now: datetime, limit: int) -> sa.Select[Any]:
    """Which letters are to be sent now?"""
    free = sa.or_(letter.c.lease_until.is_(None), letter.c.lease_until <= now)
    due = sa.and_(letter.c.sent_at.is_(None), letter.c.due_at <= now, free)
    return sa.select(letter).where(due).order_by(letter.c.due_at, letter.c.id).limit(limit)


def _due(row: sa.Row[Any]) -> DueLetter:
    return DueLetter(
        letter_id=row.id,
        token=row.token + 1,
        kind=row.kind,
        topic=row.topic,
        reader=Reader(person=row.person, address=row.address),
        planned_at=row.planned_at,
        tries=row.tries,
        reason=row.reason,
    )
