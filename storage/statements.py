"""What our own accounts said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.facts import Statement
from core.types import Voice
from storage.database import Database
from storage.evidence import author_shown
from storage.schema import item
from storage.sight import items_in


@dataclass(frozen=True)
class Statements:
    """Questions about what we said."""

    database: Database

    def ours(self, since: datetime, until: datetime, limit: int = 5000, sight: Sight | None = None) -> Sequence[Statement]:
        """What our accounts said in that time, the newest first; what was deleted is left out."""
        with self.database.read() as connection:
            return [_statement(row) for row in connection.execute(ours_query(since, until, limit, sight))]


def ours_query(since: datetime, until: datetime, limit: int, sight: Sight | None = None) -> sa.Select[Any]:
    """What did our accounts say?"""
    during = sa.and_(item.c.created_at >= since, item.c.created_at < until)
    ours = sa.and_(item.c.voice == Voice.OURS.value, item.c.deleted_at.is_(None), items_in(sight))
    return sa.select(item).where(during, ours).order_by(item.c.created_at.desc(), item.c.id.desc()).limit(limit)


def _statement(row: sa.Row[Any]) -> Statement:
    text = f"{row.title}\n{row.text}" if row.title else row.text
    return Statement(item_id=row.id, at=row.created_at, platform=row.platform, account=author_shown(row), text=text)
