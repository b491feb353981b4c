"""Our own replies beside what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core.access import Sight
from core.manners import Replied
from core.types import Voice
from storage.database import Database
from storage.evidence import author_shown
from storage.schema import finding, item
from storage.sight import items_in

QUARRELS = ("policy.quarrel", "policy.insult")


@dataclass(frozen=True)
class Manners:
    """Questions about what we answered."""

    database: Database

    def between(self, since: datetime, until: datetime, limit: int = 1000, sight: Sight | None = None) -> Sequence[Replied]:
        """Our replies to people in that time, the newest first; what was deleted on either side is left out."""
        with self.database.read() as connection:
            return [_replied(row) for row in connection.execute(replies_query(since, until, limit, sight))]


def replies_query(since: datetime, until: datetime, limit: int, sight: Sight | None = None) -> sa.Select[Any]:
    """What did we answer to whom?"""
    said = aliased(item)
    answered = sa.and_(said.c.platform == item.c.platform, said.c.external_id == item.c.parent_id, said.c.deleted_at.is_(None))
    columns = (
        item,
        said.c.id.label("answers_id"),
        said.c.text.label("said"),
        _has(said, ("question",)).label("asks"),
        _has(item, QUARRELS).label("quarrels"),
    )
    query = sa.select(*columns).join(said, answered).where(said.c.voice == Voice.PUBLIC.value, item.c.voice == Voice.OURS.value)
    fresh = sa.and_(item.c.created_at >= since, item.c.created_at < until, item.c.deleted_at.is_(None), items_in(sight))
    return query.where(fresh).order_by(item.c.created_at.desc(), item.c.id.desc()).limit(limit)


def _has(table: Any, labels: Sequence[str]) -> sa.Exists:
    """Is one of these labels reported of its present text?"""
    mine = sa.and_(finding.c.item_id == table.c.id, finding.c.revision == table.c.revision, finding.c.reported)
    return sa.exists().where(mine, finding.c.label.in_(labels))


def _replied(row: sa.Row[Any]) -> Replied:
    return Replied(
        item_id=row.id,
        answers_id=row.answers_id,
        at=row.created_at,
        platform=row.platform,
        author=author_shown(row),
        said=row.said,
        reply=row.text,
        asks=bool(row.asks),
        quarrels=bool(row.quarrels),
    )
