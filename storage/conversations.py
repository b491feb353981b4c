"""Conversations: one author's thread with us, as the inbox shows it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.errors import Conflict, NotFound
from core.records import ConversationRow, EvidenceItem
from core.types import ConversationState
from storage.database import Database
from storage.evidence import evidence_of, quote_of
from storage.schema import conversation, conversation_item, finding, item
from storage.sight import conversations_in


class Conversations:
    """Questions about conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(
        self,
        states: Collection[ConversationState] | None = None,
        owner: str | None = None,
        limit: int = 50,
        sight: Sight | None = None,
    ) -> Sequence[ConversationRow]:
        """Conversations that may be seen (all without a `sight`), those due first; without a clock the newest."""
        with self._database.read() as connection:
            rows = connection.execute(list_query(states, owner, limit).where(conversations_in(sight))).all()
            return _rows(connection, rows)

    def get(self, conversation_id: int) -> ConversationRow:
        """One conversation. Raises NotFound."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(conversation).where(conversation.c.id == conversation_id)).all()
            if not rows:
                raise NotFound(f"there is no conversation {conversation_id}")
            return _rows(connection, rows)[0]

    def thread(self, conversation_id: int) -> Sequence[EvidenceItem]:
        """What was said, oldest first."""
        query = sa.select(conversation_item.c.item_id).where(conversation_item.c.conversation_id == conversation_id)
        with self._database.read() as connection:
            return evidence_of(connection, connection.execute(query.order_by(conversation_item.c.item_id)).scalars().all())

    def act(self, conversation_id: int, version: int, state: ConversationState, now: datetime, *, assignee: str | None = None) -> None:
        """A person changes a conversation. Raises Conflict when somebody was faster, NotFound."""
        change: dict[str, Any] = {"state": state.value, "version": version + 1}
        if state is ConversationState.ASSIGNED:
            change["assignee"] = assignee
        if state is ConversationState.ANSWERED:
            change["answered_at"] = sa.func.coalesce(conversation.c.answered_at, now)
        if state is ConversationState.CLOSED:
            change["closed_at"] = now
        same = sa.and_(conversation.c.id == conversation_id, conversation.c.version == version)
        with self._database.write() as connection:
            if connection.execute(sa.update(conversation).where(same).values(change)).rowcount:
                return
            if connection.execute(sa.select(conversation.c.id).where(conversation.c.id == conversation_id)).one_or_none() is None:
                raise NotFound(f"there is no conversation {conversation_id}")
            raise Conflict(f"conversation {conversation_id} was changed by somebody else; look again before you act")

    def count(self, states: Collection[ConversationState], sight: Sight | None = None) -> int:
        """How many are in these states and may be seen?"""
        wanted = sa.and_(conversation.c.state.in_([state.value for state in states]), conversations_in(sight))
        with self._database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(conversation).where(wanted)).scalar_one()


def list_query(states: Collection[ConversationState] | None, owner: str | None, limit: int) -> sa.Select[Any]:
    """Which conversations are in these states?"""
    wanted = [state.value for state in (states or list(ConversationState))]
    query = sa.select(conversation).where(conversation.c.state.in_(wanted))
    if owner is not None:
        query = query.where(conversation.c.owner == owner)
    return query.order_by(sa.nulls_last(conversation.c.due_at), conversation.c.id.desc()).limit(limit)


def _rows(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> Sequence[ConversationRow]:
    latest = {row.id: row for row in connection.execute(sa.select(item).where(item.c.id.in_([r.last_item_id for r in rows])))}
    present = sa.and_(item.c.id == finding.c.item_id, item.c.revision == finding.c.revision)
    joined = sa.select(conversation_item.c.conversation_id, finding.c.label).distinct()
    joined = joined.join(finding, finding.c.item_id == conversation_item.c.item_id).join(item, present)
    labels: defaultdict[int, set[str]] = defaultdict(set)
    for row in connection.execute(joined.where(conversation_item.c.conversation_id.in_([r.id for r in rows]), finding.c.reported)):
        labels[row.conversation_id].add(row.label)
    return [
        ConversationRow(
            conversation_id=row.id,
            key=row.key,
            platform=row.platform,
            author=row.author,
            owner=row.owner,
            brand=row.brand,
            state=ConversationState(row.state),
            opened_at=row.opened_at,
            due_at=row.due_at,
            answered_at=row.answered_at,
            items=row.items,
            labels=tuple(sorted(labels[row.id])),
            latest=quote_of(latest[row.last_item_id]),
            version=row.version,
        )
        for row in rows
        if row.last_item_id in latest
    ]
