"""The weekly digests that go out by themselves: one row a week and reader, leased while it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.errors import Conflict
from core.records import DueDigest, Reader
from storage.database import Database
from storage.schema import digest_mail, item


@dataclass(frozen=True)
class Digests:
    """Questions about digests."""

    database: Database

    def watching_since(self) -> datetime | None:
        """When was the first post collected? None: nothing has been."""
        with self.database.read() as connection:
            return connection.execute(sa.select(item.c.collected_at).order_by(item.c.id).limit(1)).scalar()

    def last_week(self) -> str | None:
        """The newest week whose digest was planned, such as "2026-W46"."""
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.max(digest_mail.c.week))).scalar()

    def plan(self, week: str, planned_at: datetime, readers: Sequence[Reader], now: datetime) -> None:
        """These readers are to get that week's digest, each once however often this is said."""
        rows = [
            {"week": week, "person": reader.person, "address": reader.address, "planned_at": planned_at, "due_at": now}
            for reader in readers
        ]
        with self.database.write() as connection:
            self.database.insert_new(connection, digest_mail, rows)

    def lease_due(self, now: datetime, limit: int, lease: timedelta) -> list[DueDigest]:
        """Take the digests whose time has come; nobody else sends them until the lease ends."""
        with self.database.write() as connection:
            rows = connection.execute(self.database.skip_locked(due_query(now, limit))).all()
            for row in rows:
                change = {"lease_until": now + lease, "token": row.token + 1}
                connection.execute(sa.update(digest_mail).where(digest_mail.c.id == row.id).values(change))
        return [_due(row) for row in rows]

    def sent(self, digest: DueDigest, now: datetime) -> None:
        """It went out. Raises Conflict when the lease was lost."""
        self._record(digest, {"sent_at": now, "reason": ""})

    def failed(self, digest: DueDigest, reason: str, due_at: datetime) -> None:
        """It did not; another try is due then. Raises Conflict when the lease was lost."""
        self._record(digest, {"tries": digest.tries + 1, "reason": reason[:96], "due_at": due_at})

    def unsent(self) -> list[DueDigest]:
        """What is planned and has not gone out, the oldest first."""
        with self.database.read() as connection:
            query = sa.select(digest_mail).where(digest_mail.c.sent_at.is_(None)).order_by(digest_mail.c.due_at).limit(100)
            return [_due(row) for row in connection.execute(query)]

    def _record(self, digest: DueDigest, change: dict[str, Any]) -> None:
        held = sa.and_(digest_mail.c.id == digest.digest_id, digest_mail.c.token == digest.token, digest_mail.c.sent_at.is_(None))
        with self.database.write() as connection:
            if connection.execute(sa.update(digest_mail).where(held).values({"lease_until": None} | change)).rowcount != 1:
                raise Conflict(f"digest {digest.digest_id} is no longer ours", reason="lease_lost")


def due_query(now: datetime, limit: int) -> sa.Select[Any]:
    """Which digests are to be sent now?"""
    free = sa.or_(digest_mail.c.lease_until.is_(None), digest_mail.c.lease_until <= now)
    due = sa.and_(digest_mail.c.sent_at.is_(None), digest_mail.c.due_at <= now, free)
    return sa.select(digest_mail).where(due).order_by(digest_mail.c.due_at, digest_mail.c.id).limit(limit)


def _due(row: sa.Row[Any]) -> DueDigest:
    return DueDigest(
        digest_id=row.id,
        token=row.token + 1,
        week=row.week,
        reader=Reader(person=row.person, address=row.address),
        planned_at=row.planned_at,
        tries=row.tries,
        reason=row.reason,
    )
