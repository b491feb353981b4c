"""Duties of the law as tasks: what is open, by when, and what was decided."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.duties import Decision, Duty, DutyKind, Owed
from core.errors import Conflict, NotFound
from core.records import Event
from storage.database import Database
from storage.schema import conversation, incident, incident_event
from storage.schema_daily import conversation_event, duty
from storage.sight import conversations_in, incidents_in

_QUERY = sa.select(
    duty,
    sa.func.coalesce(incident.c.owner, conversation.c.owner, duty.c.owner).label("answers"),
    incident.c.label,
    conversation.c.author,
).select_from(
    duty.outerjoin(incident, incident.c.id == duty.c.incident_id).outerjoin(conversation, conversation.c.id == duty.c.conversation_id)
)


class Duties:
    """Questions about duties."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, *, decided: bool = False, sight: Sight | None = None, after: int | None = None, limit: int = 200) -> Sequence[Duty]:
        """Those that wait for a decision (with `decided` all), the most urgent first; `after` is the task that ended the page before."""
        query = _QUERY.where(_seen(sight))
        if not decided:
            query = query.where(duty.c.decision.is_(None))
        if after is not None:
            last = duty.alias("last")
            due = sa.select(last.c.due_at).where(last.c.id == after).scalar_subquery()
            query = query.where(sa.or_(duty.c.due_at > due, sa.and_(duty.c.due_at == due, duty.c.id > after)))
        with self._database.read() as connection:
            return [_duty(row) for row in connection.execute(query.order_by(duty.c.due_at, duty.c.id).limit(limit))]

    def due(self, since: datetime, until: datetime) -> Sequence[Duty]:
        """Those that wait for a decision whose time ends from `since` on and before `until`, the most urgent first."""
        query = _QUERY.where(duty.c.decision.is_(None), duty.c.due_at >= since, duty.c.due_at < until)
        with self._database.read() as connection:
            return [_duty(row) for row in connection.execute(query.order_by(duty.c.due_at, duty.c.id))]

    def of(self, *, incident_id: int | None = None, conversation_id: int | None = None) -> Sequence[Duty]:
        """Those of one incident or one conversation."""
        mine = duty.c.incident_id == incident_id if incident_id is not None else duty.c.conversation_id == conversation_id
        with self._database.read() as connection:
            return [_duty(row) for row in connection.execute(_QUERY.where(mine).order_by(duty.c.due_at, duty.c.id))]

    def get(self, duty_id: int) -> Duty:
        """One. Raises NotFound."""
        with self._database.read() as connection:
            row = connection.execute(_QUERY.where(duty.c.id == duty_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no task {duty_id}")
        return _duty(row)

    def decide(self, one: Duty, decision: Decision, reason: str, actor: str, now: datetime) -> None:
        """Write a decision, once, and its line of history. Raises Conflict when somebody decided first."""
        waits = sa.and_(duty.c.id == one.duty_id, duty.c.decision.is_(None))
        values = {"decision": decision.value, "reason": reason, "decided_by": actor, "decided_at": now}
        event = Event(at=now, actor=actor, kind="duty", reason=decision.value, detail={"duty": one.kind.value, "because": reason})
        with self._database.write() as connection:
            if not connection.execute(sa.update(duty).where(waits).values(values)).rowcount:
                raise Conflict(f"task {one.duty_id} was decided by somebody else; look again before you act")
            _tell(connection, one, event)

    def late(self, now: datetime) -> int:
        """How many are undecided after their time?"""
        query = sa.select(sa.func.count()).select_from(duty).where(duty.c.decision.is_(None), duty.c.due_at <= now)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()


def owe(
    database: Database,
    connection: sa.Connection,
    owed: Sequence[Owed],
    owner: str,
    now: datetime,
    *,
    incident_id: int | None = None,
    conversation_id: int | None = None,
) -> None:
    """Open what is owed, in the caller's transaction; each kind once, with the time of the first post that started it."""
    whose = {"incident_id": incident_id, "conversation_id": conversation_id}
    rows = [{"kind": one.kind.value, "owner": owner, "opened_at": now, "due_at": one.due_at, **whose} for one in owed]
    database.insert_new(connection, duty, rows)


def _seen(sight: Sight | None) -> sa.ColumnElement[bool]:
    """Of the rows of `_QUERY`: whoever sees what a duty belongs to sees the duty."""
    return sa.or_(
        sa.and_(incident.c.id.is_not(None), incidents_in(sight)),
        sa.and_(conversation.c.id.is_not(None), conversations_in(sight)),
    )


def _tell(connection: sa.Connection, one: Duty, event: Event) -> None:
    line: dict[str, Any] = {"at": event.at, "actor": event.actor, "kind": event.kind, "reason": event.reason, "detail": event.detail}
    if one.incident_id is not None:
        connection.execute(sa.insert(incident_event).values(incident_id=one.incident_id, **line))
    if one.conversation_id is not None:
        connection.execute(sa.insert(conversation_event).values(conversation_id=one.conversation_id, **line))


def _duty(row: sa.Row[Any]) -> Duty:
    return Duty(
        duty_id=row.id,
        kind=DutyKind(row.kind),
        owner=row.answers,
        opened_at=row.opened_at,
        due_at=row.due_at,
        incident_id=row.incident_id,
        conversation_id=row.conversation_id,
        label=row.label or "",
        author=row.author or "",
        decision=Decision(row.decision) if row.decision else None,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
