"""Conversations: one author's thread with us, as the inbox shows it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NoReturn

import sqlalchemy as sa

from core.access import Sight
from core.errors import Conflict, NotFound, Refused
from core.records import ConversationRow, Event, EvidenceItem
from core.talks import Awaited, TalkChange
from core.types import ConversationState, Scope, Voice
from storage.database import Database
from storage.evidence import evidence_of, quote_of
from storage.schema import CLOSED, conversation, conversation_item, finding, incident_item, item
from storage.schema_daily import conversation_event
from storage.sight import conversations_in, items_in

NOT_CLAIMED: dict[str, Any] = {"claimed_by": None, "claimed_until": None}


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
            return conversation_rows(connection, rows)

    def page(
        self, states: Collection[ConversationState] | None, before: int | None, limit: int, sight: Sight | None = None
    ) -> Sequence[ConversationRow]:
        """Conversations that may be seen, by id from the newest; `before` is where the page before ended."""
        wanted = [state.value for state in (states or list(ConversationState))]
        query = sa.select(conversation).where(conversation.c.state.in_(wanted), conversations_in(sight))
        query = query.where(conversation.c.id < before) if before is not None else query
        with self._database.read() as connection:
            return conversation_rows(connection, connection.execute(query.order_by(conversation.c.id.desc()).limit(limit)).all())

    def fallen_due(self, since: datetime, until: datetime) -> Sequence[Awaited]:
        """Every conversation that waits for an answer which was due in that time (its end not included), those due first."""
        with self._database.read() as connection:
            rows = connection.execute(fallen_due_query(since, until)).all()
        return [Awaited(conversation_id=row.id, owner=row.owner, assignee=row.assignee, due_at=row.due_at) for row in rows]

    def get(self, conversation_id: int) -> ConversationRow:
        """One conversation. Raises NotFound."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(conversation).where(conversation.c.id == conversation_id)).all()
            if not rows:
                raise NotFound(f"there is no conversation {conversation_id}")
            return conversation_rows(connection, rows)[0]

    def ids_of_incident(self, incident_id: int, sight: Sight | None = None) -> Sequence[int]:
        """The conversations that hold a post of an incident and may be seen, the oldest first."""
        posts = sa.select(conversation_item.c.conversation_id).join(incident_item, incident_item.c.item_id == conversation_item.c.item_id)
        held = conversation.c.id.in_(posts.where(incident_item.c.incident_id == incident_id))
        with self._database.read() as connection:
            return (
                connection.execute(sa.select(conversation.c.id).where(held, conversations_in(sight)).order_by(conversation.c.id))
                .scalars()
                .all()
            )

    def thread(self, conversation_id: int) -> Sequence[EvidenceItem]:
        """What was said, oldest first."""
        query = sa.select(conversation_item.c.item_id).where(conversation_item.c.conversation_id == conversation_id)
        with self._database.read() as connection:
            return evidence_of(connection, connection.execute(query.order_by(conversation_item.c.item_id)).scalars().all())

    def afterwards(self, conversation_id: int, since: datetime, limit: int, sight: Sight | None = None) -> Sequence[EvidenceItem]:
        """What those who speak in it to us wrote in public since then, here or elsewhere, the oldest first."""
        with self._database.read() as connection:
            ids = connection.execute(afterwards_query(conversation_id, since, limit, sight)).scalars().all()
            return evidence_of(connection, ids)

    def apply_act(self, change: TalkChange) -> None:
        """Write a person's act. Raises Conflict when somebody was faster, or is answering; NotFound."""
        now, actor = change.event.at, change.event.actor
        same = sa.and_(conversation.c.id == change.conversation_id, conversation.c.version == change.version)
        ends = change.state in (ConversationState.ANSWERED, ConversationState.CLOSED)
        values = {
            "state": change.state.value,
            "assignee": change.assignee,
            "due_at": change.due_at,
            "answered_at": change.answered_at,
            "last_answer_at": change.last_answer_at,
            "closed_at": change.closed_at,
            "version": conversation.c.version + 1,
        }
        with self._database.write() as connection:
            try:
                query = sa.update(conversation).where(same, _free_for(actor, now)) if ends else sa.update(conversation).where(same)
                changed = connection.execute(query.values(values | (NOT_CLAIMED if ends else {}))).rowcount
            except sa.exc.IntegrityError as error:
                raise Conflict("the same author has a newer open conversation; look there", reason="newer_conversation") from error
            if not changed:
                self._explain(connection, change.conversation_id, change.version)
            connection.execute(sa.insert(conversation_event).values(_event(change.conversation_id, change.event)))

    def claim(self, conversation_id: int, actor: str, now: datetime, until: datetime) -> None:
        """`actor` is answering until then. Raises Conflict when somebody else is, or it is closed; NotFound."""
        wanted = sa.and_(conversation.c.id == conversation_id, conversation.c.state != CLOSED, _free_for(actor, now))
        with self._database.write() as connection:
            query = sa.update(conversation).where(wanted).values(claimed_by=actor, claimed_until=until)
            if not connection.execute(query).rowcount:
                self._explain(connection, conversation_id, None)

    def release(self, conversation_id: int, actor: str) -> None:
        """`actor` is not answering after all; what others claim stays."""
        mine = sa.and_(conversation.c.id == conversation_id, conversation.c.claimed_by == actor)
        with self._database.write() as connection:
            connection.execute(sa.update(conversation).where(mine).values(NOT_CLAIMED))

    def note(self, conversation_id: int, event: Event) -> None:
        """Add a line to a conversation's history. Raises NotFound."""
        with self._database.write() as connection:
            self._known(connection, conversation_id)
            connection.execute(sa.insert(conversation_event).values(_event(conversation_id, event)))

    def events(self, conversation_id: int) -> Sequence[Event]:
        """Its history, oldest first: who took it, noted, answered and closed it."""
        mine = sa.select(conversation_event).where(conversation_event.c.conversation_id == conversation_id)
        with self._database.read() as connection:
            rows = connection.execute(mine.order_by(conversation_event.c.id)).all()
        return [Event(at=row.at, actor=row.actor, kind=row.kind, reason=row.reason, detail=row.detail) for row in rows]

    def _known(self, connection: sa.Connection, conversation_id: int) -> sa.Row[Any]:
        row = connection.execute(sa.select(conversation).where(conversation.c.id == conversation_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no conversation {conversation_id}")
        return row

    def _explain(self, connection: sa.Connection, conversation_id: int, version: int | None) -> NoReturn:
        """Why nothing was changed."""
        row = self._known(connection, conversation_id)
        if version is None and row.state == "closed":
            raise Refused(f"conversation {conversation_id} is closed; reopen it first")
        if version is None or row.version == version:
            raise Conflict(f"{row.claimed_by} is answering conversation {conversation_id} right now", reason="being_answered")
        raise Conflict(f"conversation {conversation_id} was changed by somebody else; look again before you act")

    def count(
        self,
        states: Collection[ConversationState],
        sight: Sight | None = None,
        *,
        due: bool = False,
        late_at: datetime | None = None,
        unresolved_at: datetime | None = None,
    ) -> int:
        """How many are in these states and may be seen? `due`: only with a running clock. `late_at`: only those whose first answer was
        due by then and is not there; `unresolved_at`: only those that should have been closed by then."""
        wanted = sa.and_(conversation.c.state.in_([state.value for state in states]), conversations_in(sight))
        if due:
            wanted = sa.and_(wanted, conversation.c.due_at.is_not(None))
        if late_at is not None:
            wanted = sa.and_(wanted, conversation.c.due_at <= late_at)
        if unresolved_at is not None:
            wanted = sa.and_(wanted, conversation.c.resolve_by <= unresolved_at)
        with self._database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(conversation).where(wanted)).scalar_one()


def close_all(connection: sa.Connection, which: sa.ColumnElement[bool], incident_id: int, actor: str, now: datetime) -> int:
    """Close these, as part of an incident that is nothing, in the caller's transaction; answers how many."""
    ids = connection.execute(sa.select(conversation.c.id).where(which)).scalars().all()
    over = {"state": "closed", "closed_at": now, "version": conversation.c.version + 1, **NOT_CLAIMED}
    connection.execute(sa.update(conversation).where(conversation.c.id.in_(ids)).values(over))
    event = Event(at=now, actor=actor, kind="close", reason="irrelevant", detail={"incident": incident_id})
    lines = [_event(conversation_id, event) for conversation_id in ids]
    if lines:
        connection.execute(sa.insert(conversation_event), lines)
    return len(ids)


def _free_for(actor: str, now: datetime) -> sa.ColumnElement[bool]:
    """Nobody else is answering."""
    return sa.or_(conversation.c.claimed_by.is_(None), conversation.c.claimed_by == actor, conversation.c.claimed_until <= now)


def _event(conversation_id: int, event: Event) -> dict[str, Any]:
    line = {"at": event.at, "actor": event.actor, "kind": event.kind, "reason": event.reason, "detail": event.detail}
    return {"conversation_id": conversation_id, **line}


def afterwards_query(conversation_id: int, since: datetime, limit: int, sight: Sight | None) -> sa.Select[Any]:
    """What did its authors write in public since then?"""
    theirs = sa.select(item.c.author_key).join(conversation_item, conversation_item.c.item_id == item.c.id)
    theirs = theirs.where(conversation_item.c.conversation_id == conversation_id, item.c.voice == Voice.PUBLIC.value)
    public = sa.and_(item.c.voice == Voice.PUBLIC.value, item.c.scope.in_((Scope.OFFICIAL.value, Scope.MENTION.value)))
    query = sa.select(item.c.id).where(item.c.author_key.in_(theirs), public, item.c.created_at > since, item.c.deleted_at.is_(None))
    return query.where(items_in(sight)).order_by(item.c.id).limit(limit)


def list_query(states: Collection[ConversationState] | None, owner: str | None, limit: int) -> sa.Select[Any]:
    """Which conversations are in these states?"""
    wanted = [state.value for state in (states or list(ConversationState))]
    query = sa.select(conversation).where(conversation.c.state.in_(wanted))
    if owner is not None:
        query = query.where(conversation.c.owner == owner)
    return query.order_by(sa.nulls_last(conversation.c.due_at), conversation.c.id.desc()).limit(limit)


def fallen_due_query(since: datetime, until: datetime) -> sa.Select[Any]:
    """Which conversations that wait were to be answered in that time?"""
    waiting = [ConversationState.NEW.value, ConversationState.ASSIGNED.value]
    columns = sa.select(conversation.c.id, conversation.c.owner, conversation.c.assignee, conversation.c.due_at)
    due = sa.and_(conversation.c.state.in_(waiting), conversation.c.due_at >= since, conversation.c.due_at < until)
    return columns.where(due).order_by(conversation.c.due_at, conversation.c.id)


def conversation_rows(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> Sequence[ConversationRow]:
    """Conversations with their newest post and what was found in them."""
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
            assignee=row.assignee,
            claimed_by=row.claimed_by,
            claimed_until=row.claimed_until,
            resolve_by=row.resolve_by,
            closed_at=row.closed_at,
            last_answer_at=row.last_answer_at,
        )
        for row in rows
        if row.last_item_id in latest
    ]
