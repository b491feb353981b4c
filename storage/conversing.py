"""What assess decided on conversations, written: an item opens one, joins it, or answers it; two at once meet in the one that is open."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.records import Converses
from storage.database import Database
from storage.duties import owe
from storage.schema import CLOSED, conversation, conversation_item, item
from storage.schema_daily import conversation_event


def converse(database: Database, connection: sa.Connection, said: Converses, now: datetime) -> None:
    """Write one decision in the caller's transaction."""
    is_open = sa.and_(conversation.c.key == said.key, conversation.c.state != CLOSED)
    row = connection.execute(sa.select(conversation).where(is_open)).one_or_none()
    if row is None:
        if said.answered:
            return
        row = _opened(connection, said, now)
    database.insert_new(connection, conversation_item, [{"conversation_id": row.id, "item_id": said.item_id}])
    count = sa.select(sa.func.count()).select_from(conversation_item).where(conversation_item.c.conversation_id == row.id)
    change: dict[str, Any] = {"items": connection.execute(count).scalar_one(), "version": row.version + 1}
    change |= _answered(connection, row, said, now) if said.answered else _said(connection, row, said, now)
    connection.execute(sa.update(conversation).where(conversation.c.id == row.id).values(change))
    owe(database, connection, said.owed, row.owner, now, conversation_id=row.id)


def _opened(connection: sa.Connection, said: Converses, now: datetime) -> sa.Row[Any]:
    fresh = {
        "key": said.key,
        "brand": said.brand,
        "platform": said.platform,
        "author": said.author,
        "owner": said.owner,
        "state": "new",
        "opened_at": now,
        "due_at": said.due_at,
        "resolve_by": said.resolve_by,
        "last_item_id": said.item_id,
        "items": 0,
    }
    conversation_id = connection.execute(sa.insert(conversation).values(fresh).returning(conversation.c.id)).scalar_one()
    return connection.execute(sa.select(conversation).where(conversation.c.id == conversation_id)).one()


def _answered(connection: sa.Connection, row: sa.Row[Any], said: Converses, now: datetime) -> dict[str, Any]:
    """We answered when the platform says so, whenever we got to know of it; whoever is writing need not."""
    at = connection.execute(sa.select(item.c.created_at).where(item.c.id == said.item_id)).scalar_one()
    if row.state != "answered":
        _event(connection, row, now, "answered", said.reason, {"from": row.state, "item": said.item_id})
    change = {"state": "answered", "answered_at": row.answered_at or at, "last_answer_at": max(at, row.last_answer_at or at)}
    return change | {"claimed_by": None, "claimed_until": None}


def _said(connection: sa.Connection, row: sa.Row[Any], said: Converses, now: datetime) -> dict[str, Any]:
    change: dict[str, Any] = {"last_item_id": said.item_id}
    if row.resolve_by is None:
        change["resolve_by"] = said.resolve_by
    if row.state == "answered" and not said.late:
        _event(connection, row, now, "reopened", said.reason, {"from": row.state, "item": said.item_id})
        change |= {"state": "assigned" if row.assignee else "new", "due_at": said.due_at}
    elif row.due_at is None:
        change["due_at"] = said.due_at
    return change


def _event(connection: sa.Connection, row: sa.Row[Any], now: datetime, kind: str, reason: str, detail: dict[str, Any]) -> None:
    line = {"conversation_id": row.id, "at": now, "actor": "czujka", "kind": kind, "reason": reason, "detail": detail}
    connection.execute(sa.insert(conversation_event).values(line))
