"""Posts that others are compared with, and the guard that two workers never open one story twice."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.errors import Conflict
from core.likeness.alike import MOST_COMPARED, NEWEST, goes_by_likeness
from core.likeness.terms import READ_POINTS
from core.records import Assessed, FreshItem, Opens, Taken, Teller
from storage.database import Database
from storage.schema import RESOLVED, incident, incident_item, item

_SHOWN = 5
_LIKENESS_LOCK = 7260104


def tellers_of(
    connection: sa.Connection, incidents: Sequence[tuple[int, str | None, str]], items: Sequence[FreshItem]
) -> Mapping[int, tuple[Teller, ...]]:
    """The newest posts of those incidents (id, brand, label) with which fresh items are compared; of 512 incidents at most."""
    wanted = {(fresh.brand, found.label) for fresh in items for found in fresh.findings if goes_by_likeness(found.label)}
    ids = sorted(incident_id for incident_id, brand, label in incidents if (brand, label) in wanted)
    return {incident_id: _newest(connection, incident_id) for incident_id in ids[-MOST_COMPARED:]}


def newest_query(incident_id: int) -> sa.Select[Any]:
    """What did the newest posts of this incident say?"""
    said = sa.func.substr(item.c.text, 1, READ_POINTS).label("text")
    mine = (
        sa.select(item.c.id, item.c.lang, said)
        .join(incident_item, incident_item.c.item_id == item.c.id)
        .where(incident_item.c.incident_id == incident_id)
    )
    return mine.where(item.c.deleted_at.is_(None)).order_by(incident_item.c.item_id.desc()).limit(NEWEST)


def _newest(connection: sa.Connection, incident_id: int) -> tuple[Teller, ...]:
    rows = connection.execute(newest_query(incident_id))
    return tuple(Teller(item_id=row.id, lang=row.lang, text=row.text) for row in rows)


def guard(database: Database, connection: sa.Connection, assessed: Assessed) -> None:
    """Before anything is opened or grown by likeness: others wait, and what was looked at is still so. Raises Conflict: decide again.

    On PostgreSQL a lock that ends with the transaction; SQLite has one writer.
    """
    opens = [one for one in assessed.opens if one.among is not None]
    if not opens and not any(grows.taken for grows in assessed.grows):
        return
    if not database.is_sqlite:
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LIKENESS_LOCK})"))
    for one in opens:
        _still_among(connection, one)


def _still_among(connection: sa.Connection, opens: Opens) -> None:
    same = sa.and_(incident.c.label == opens.label, incident.c.brand.is_not_distinct_from(opens.brand), incident.c.state != RESOLVED)
    now = {(row.id, row.items) for row in connection.execute(sa.select(incident.c.id, incident.c["items"]).where(same))}
    if now != set(opens.among or ()):
        raise Conflict("another story of this kind was opened or grew meanwhile")


def shown_taken(taken: Collection[Taken]) -> dict[str, Any]:
    """What an event keeps of it: ids and likeness, no words. Those are in the posts alone, so that they go when a post goes."""
    first = sorted(taken, key=lambda one: -one.alike)[:_SHOWN]
    return {"taken": [{"item": one.item_id, "with": one.with_id, "alike": one.alike} for one in first]} if first else {}


def texts_query(item_ids: Collection[int]) -> sa.Select[Any]:
    """What do these posts say, where they still stand?"""
    return sa.select(item.c.id, item.c.text).where(item.c.id.in_(sorted(item_ids)), item.c.deleted_at.is_(None))
