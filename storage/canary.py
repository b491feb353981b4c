"""The canary's rows: one flight at a time, taken away with all that it caused before the next one is planted."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.canary import CANARY, Flight
from core.failpoint import reach
from storage.database import Database
from storage.items import Arrival, forget_words, store_items
from storage.schema import conversation, incident, incident_item, item, metadata, rollup
from storage.schema_audience import audience, audience_mark
from storage.schema_delivery import delivery


class Canaries:
    """Questions about the canary."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def flight(self) -> Flight | None:
        """How the newest canary does; None when there is none."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(item).where(item.c.source_id == CANARY).order_by(item.c.id.desc()).limit(1)).one_or_none()
            if row is None:
                return None
            told = connection.execute(told_query(row.id)).all()
        since = datetime.fromisoformat((row.raw or {}).get("since") or row.collected_at.isoformat())
        arrived = min((one.sent_at for one in told if one.sent_at is not None), default=None)
        waits_for = "" if arrived else "deliver" if told else _stage(row)
        return Flight(planted_at=row.collected_at, since=since, returned_at=arrived, waits_for=waits_for)

    def plant(self, arrival: Arrival, now: datetime) -> None:
        """Put one on its way, in the transaction that takes the former one away."""
        with self._database.write() as connection:
            self._remove(connection)
            reach("canary.removed")
            store_items(self._database, connection, [arrival], (), now)

    def remove(self) -> None:
        """Take away what there is."""
        if self.flight() is not None:
            with self._database.write() as connection:
                self._remove(connection)

    def _remove(self, connection: sa.Connection) -> None:
        incidents = connection.execute(sa.select(incident.c.id).where(incident.c.brand == CANARY)).scalars().all()
        talks = connection.execute(sa.select(conversation.c.id).where(conversation.c.brand == CANARY)).scalars().all()
        posts = connection.execute(sa.select(item.c.id, item.c.folded).where(item.c.source_id == CANARY)).all()
        newest = connection.execute(sa.select(sa.func.max(incident.c.id))).scalar()
        _remove_below(connection, incident, incidents)
        connection.execute(sa.delete(incident).where(incident.c.id.in_([one for one in incidents if one != newest])))
        connection.execute(sa.update(incident).where(incident.c.brand == CANARY).values(_shell()))
        _remove_below(connection, conversation, talks)
        connection.execute(sa.delete(conversation).where(conversation.c.id.in_(talks)))
        ids = [row.id for row in posts]
        _remove_below(connection, item, ids)
        for row in posts:
            forget_words(self._database, connection, row.id, row.folded)
        connection.execute(sa.delete(item).where(item.c.id.in_(ids)))
        for counted in (rollup, audience, audience_mark):
            connection.execute(sa.delete(counted).where(counted.c.brand == CANARY))


def told_query(item_id: int) -> sa.Select[Any]:
    """What was written to send of the incident that this item is in?"""
    theirs = sa.and_(incident_item.c.incident_id == delivery.c.incident_id, incident_item.c.item_id == item_id)
    return sa.select(delivery.c.id, delivery.c.sent_at).join(incident_item, theirs)


def _stage(row: sa.Row[Any]) -> str:
    return "classify" if row.classified_by is None else "assess" if row.assessed_at is None else "notify"


def _shell() -> dict[str, Any]:
    """An incident's number is in links and in messages' keys, so the newest row stays, emptied, until a newer one holds its place."""
    ended = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    times = {"opened_at": ended, "last_item_at": ended, "resolved_at": ended, "next_step_at": None, "ack_expires_at": None}
    return {"state": "resolved", "dedup_key": "", "label": "", "title": "", "paging": False, "items": 0, "authors": 0} | times


def _remove_below(connection: sa.Connection, table: sa.Table, ids: Collection[int]) -> None:
    """Delete all rows that point to these, and what points to those in turn."""
    if not ids:
        return
    for child in reversed(metadata.sorted_tables):
        for key in child.foreign_keys:
            if key.column is table.c.id and child is not table:
                if "id" in child.c:
                    below = connection.execute(sa.select(child.c.id).where(key.parent.in_(ids))).scalars().all()
                    _remove_below(connection, child, below)
                connection.execute(sa.delete(child).where(key.parent.in_(ids)))
