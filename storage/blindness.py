"""The times in which a source was not read: kept when it is read again, so that nobody forgets them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.blindness import Promise
from core.kpis import Spell
from storage.database import Database
from storage.schema import source_state
from storage.schema_tally import blind_spell


def note_blind(database: Database, connection: sa.Connection, source_id: str, promise: Promise, now: datetime) -> None:
    """The source is read again: if its promise was broken, keep from when, its usual gap over, until when."""
    mine = sa.and_(source_state.c.source_id == source_id, source_state.c.last_success_at < now - promise.after)
    since = connection.execute(sa.select(source_state.c.last_success_at).where(mine)).scalar()
    if since is not None:
        row = {"source_id": source_id, "starts_at": since + promise.gap, "ends_at": now}
        database.insert_new(connection, blind_spell, [row])


def spells(connection: sa.Connection, start: datetime, end: datetime, promises: Mapping[str, Promise], now: datetime) -> tuple[Spell, ...]:
    """The times in which a source was not read that reach into [start, end): those that are over, and those that last, of the sources in
    `promises`, which say after what time a source is blind."""
    found = list(over(connection, start, end))
    for row in connection.execute(sa.select(source_state).where(source_state.c.ended_at.is_(None))):
        held, read = promises.get(row.source_id), row.last_success_at
        if held is not None and read is not None and read + held.gap < end and now - read > held.after:
            found.append(Spell(source_id=row.source_id, starts_at=read + held.gap, ends_at=None))
    return tuple(found)


def over(connection: sa.Connection, start: datetime, end: datetime) -> tuple[Spell, ...]:
    """Those of them that are over."""
    rows = connection.execute(spells_query(start, end))
    return tuple(Spell(source_id=row.source_id, starts_at=row.starts_at, ends_at=row.ends_at) for row in rows)


def spells_query(start: datetime, end: datetime) -> sa.Select[Any]:
    """Which such times that are over reach into [start, end)?"""
    query = sa.select(blind_spell).where(blind_spell.c.ends_at > start, blind_spell.c.starts_at < end)
    return query.order_by(blind_spell.c.starts_at, blind_spell.c.source_id)
