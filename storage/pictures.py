"""Pictures and films that nobody has described, and so no classifier has read: they wait for a person to look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.accounts import AuditLine
from core.records import EvidenceItem
from storage.audit import write_line
from storage.database import Database
from storage.evidence import evidence_of
from storage.schema import item
from storage.sight import items_in


@dataclass(frozen=True)
class Pictures:
    """Questions about what waits to be looked at."""

    database: Database

    def waiting(self, limit: int, before: int | None = None, sight: Sight | None = None) -> Sequence[EvidenceItem]:
        """Posts with a picture or film that nobody has described or looked at, the newest first."""
        with self.database.read() as connection:
            return evidence_of(connection, connection.execute(waiting_query(limit, before, sight)).scalars().all())

    def count(self, sight: Sight | None = None) -> int:
        """How many such posts may be seen?"""
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(item).where(item.c.unseen > 0, items_in(sight))).scalar_one()

    def seen(self, item_ids: Sequence[int], actor: str, now: datetime, sight: Sight | None = None) -> int:
        """`actor` has looked at the pictures of these posts; answers of how many nobody had before. The audit names each."""
        mine = sa.and_(item.c.id.in_(item_ids), item.c.unseen > 0, items_in(sight))
        with self.database.write() as connection:
            new = connection.execute(sa.update(item).where(mine).values(unseen=0).returning(item.c.id)).scalars().all()
            for item_id in sorted(new):
                write_line(connection, AuditLine(at=now, actor=actor, act="picture_seen", subject=f"post {item_id}"))
            return len(new)


def waiting_query(limit: int, before: int | None, sight: Sight | None) -> sa.Select[Any]:
    """Which posts have pictures that nobody has looked at?"""
    query = sa.select(item.c.id).where(item.c.unseen > 0, items_in(sight)).order_by(item.c.id.desc()).limit(limit)
    return query if before is None else query.where(item.c.id < before)
