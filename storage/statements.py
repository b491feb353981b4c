"""What our own accounts said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.facts import Statement
from core.types import Voice
from storage.database import Database
from storage.evidence import author_shown
from storage.schema import item


@dataclass(frozen=True)
class Statements:
    """Questions about what we said."""

    database: Database

    def ours(self, since: datetime, limit: int = 5000) -> Sequence[Statement]:
        """What our accounts said from then on, the newest first; what was deleted is left out."""
        with self.database.read() as connection:
            return [_statement(row) for row in connection.execute(ours_query(since, limit))]


def ours_query(since: datetime, limit: int) -> sa.Select[Any]:
    """What did our accounts say?"""
    fresh = sa.and_(item.c.created_at >= since, item.c.voice == Voice.OURS.value, item.c.deleted_at.is_(None))
    return sa.select(item).where(fresh).order_by(item.c.created_at.desc(), item.c.id.desc()).limit(limit)


def _statement(row: sa.Row[Any]) -> Statement:
    text = f"{row.title}\n{row.text}" if row.title else row.text
    return Statement(item_id=row.id, at=row.created_at, platform=row.platform, account=author_shown(row), text=text)
