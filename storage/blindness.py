"""The times in which a source was not read: kept when it is read again, so that nobody forgets them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.kpis import Spell
from storage.database import Database
from storage.schema import source_state
from storage.schema_tally import blind_spell


def note_blind(database: Database, connection: sa.Connection, source_id: str, after: timedelta, now: datetime) -> None:
    """The source is read again: if it was not for longer than `after`, keep from when until when."""
    mine = sa.and_(source_state.c.source_id == source_id, source_state.c.last_success_at < now - after)
    since = connection.execute(sa.select(source_state.c.last_success_at).where(mine)).scalar()
    if since is not None:
        database.insert_new(connection, blind_spell, [{"source_id": source_id, "starts_at": since, "ends_at": now}])


def spells(
    connection: sa.Connection, start: datetime, end: datetime, promises: Mapping[str, timedelta], now: datetime
) -> tuple[Spell, ...]:
    """The times in which a source was not read that reach into [start, end): those that are over, and those that last, of the sources in
    `promises`, which say after what time a source is blind."""
    found = [
        Spell(source_id=row.source_id, starts_at=row.starts_at, ends_at=row.ends_at) for row in connection.execute(spells_query(start, end))
    ]
    for row in connection.execute(sa.select(source_state).where(source_state.c.ended_at.is_(None))):
        since = row.last_success_at
        if since is not None and since < end and row.source_id in promises and now - since > promises[row.source_id]:
            found.append(Spell(source_id=row.source_id, starts_at=since, ends_at=None))
    return tuple(found)


def spells_query(start: datetime, end: datetime) -> sa.Select[Any]:
    """Which such times that are over reach into [start, end)?"""
    query = sa.select(blind_spell).where(blind_spell.c.ends_at > start, blind_spell.c.starts_at < end)
    return query.order_by(blind_spell.c.starts_at, blind_spell.c.source_id)
