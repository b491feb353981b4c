"""Incidents merged into one and split into two, each in one transaction with the history of both."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.duties import Decision
from core.errors import Conflict
from core.records import Event
from core.stories import Merge, Split
from core.types import Severity
from storage.assessing import open_incident, recount
from storage.conversations import close_all
from storage.database import Database
from storage.schema import RESOLVED, conversation, conversation_item, incident, incident_event, incident_item, incident_participant
from storage.schema_daily import duty
from storage.updates import bring_up_to_date, shown


class Stories:
    """What becomes of whole stories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keys(self, incident_id: int) -> dict[str, bool]:
        """The dedup keys that this incident answers for and all unresolved ones hold; True for those that were merged into it."""
        merged = sa.select(incident.c.dedup_key).where(incident.c.merged_into == incident_id)
        taken = sa.select(incident.c.dedup_key).where(incident.c.state != RESOLVED)
        with self._database.read() as connection:
            mine = set(connection.execute(merged).scalars())
            return dict.fromkeys(connection.execute(taken).scalars(), False) | dict.fromkeys(mine, True)

    def item_ids(self, incident_id: int) -> list[int]:
        """All posts of an incident, oldest first."""
        query = sa.select(incident_item.c.item_id).where(incident_item.c.incident_id == incident_id).order_by(incident_item.c.item_id)
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def merge(self, decided: Merge, actor: str, now: datetime) -> None:
        """Write it. Raises Conflict when one of the two was changed meanwhile."""
        over = {"state": "resolved", "resolved_at": now, "merged_into": decided.into, "next_step_at": None, "ack_expires_at": None}
        with self._database.write() as connection:
            row = _hold(connection, decided.into, decided.into_version, {})
            _hold(connection, decided.other, decided.other_version, {**over, "snoozed_until": None})
            connection.execute(sa.update(incident).where(incident.c.id == decided.into).values(_risen(row, decided, now)))
            earlier = sa.update(incident).where(incident.c.merged_into == decided.other)
            connection.execute(earlier.values(merged_into=decided.into))
            self._move_posts(connection, decided)
            _move_duties(connection, decided, actor, now)
            told = [{"incident_id": decided.into, "owner": owner, "told_at": now} for owner in decided.owners]
            self._database.insert_new(connection, incident_participant, told)
            _event(
                connection, decided.into, Event(at=now, actor=actor, kind="merged", reason="by_hand", detail={"incident": decided.other})
            )
            _event(
                connection,
                decided.other,
                Event(at=now, actor=actor, kind="merged_into", reason="by_hand", detail={"incident": decided.into}),
            )
            recount(connection, decided.into)
            bring_up_to_date(self._database, connection, decided.other, now)
            if shown(connection, decided.into) != (row.state, row.severity):
                bring_up_to_date(self._database, connection, decided.into, now)

    def split(self, decided: Split, actor: str, now: datetime) -> int:
        """Write it; answers the new incident's id. Raises Conflict when the incident was changed meanwhile."""
        ids = decided.opens.item_ids
        with self._database.write() as connection:
            _hold(connection, decided.incident_id, decided.version, {})
            mine = sa.and_(incident_item.c.incident_id == decided.incident_id, incident_item.c.item_id.in_(ids))
            if connection.execute(sa.delete(incident_item).where(mine)).rowcount != len(ids):
                raise Conflict("some of these posts are no longer there; look again before you act")
            freed = sa.and_(incident.c.merged_into == decided.incident_id, incident.c.dedup_key.in_(decided.frees))
            connection.execute(sa.update(incident).where(freed).values(merged_into=None))
            try:
                new = open_incident(self._database, connection, decided.opens, now)
            except sa.exc.IntegrityError as error:
                raise Conflict("the other story has an open incident already; merge them instead", reason="newer_incident") from error
            detail = {"incident": new, "posts": len(ids)}
            _event(connection, decided.incident_id, Event(at=now, actor=actor, kind="split", reason="by_hand", detail=detail))
            came = {"incident": decided.incident_id}
            _event(connection, new, Event(at=now, actor=actor, kind="split_from", reason="by_hand", detail=came))
            recount(connection, decided.incident_id)
        return new

    def close_talks(self, incident_id: int, actor: str, now: datetime) -> int:
        """Close the conversations that nobody has taken and that hold nothing but this incident's posts; answers how many."""
        other = sa.select(incident_item.c.item_id).where(incident_item.c.incident_id == incident_id)
        inside = sa.select(conversation_item.c.conversation_id).where(conversation_item.c.item_id.in_(other))
        outside = sa.select(conversation_item.c.conversation_id).where(conversation_item.c.item_id.not_in(other))
        ids = sa.and_(conversation.c.id.in_(inside), conversation.c.id.not_in(outside))
        with self._database.write() as connection:
            return close_all(connection, sa.and_(ids, conversation.c.state == "new"), incident_id, actor, now)

    def _move_posts(self, connection: sa.Connection, decided: Merge) -> None:
        moved = sa.select(incident_item.c.item_id).where(incident_item.c.incident_id == decided.other)
        rows = [{"incident_id": decided.into, "item_id": item_id} for item_id in connection.execute(moved).scalars()]
        self._database.insert_new(connection, incident_item, rows)


def _move_duties(connection: sa.Connection, decided: Merge, actor: str, now: datetime) -> None:
    """What the law asks goes along. Where both wait for the same, one task is left, and its time ends when the first of the two would."""
    mine = {row.kind: row for row in connection.execute(sa.select(duty).where(duty.c.incident_id == decided.into))}
    for other in connection.execute(sa.select(duty).where(duty.c.incident_id == decided.other)).all():
        same, that = mine.get(other.kind), sa.update(duty).where(duty.c.id == other.id)
        if same is None:
            connection.execute(that.values(incident_id=decided.into))
        elif same.decision is None and other.decision is None:
            first = {"opened_at": min(same.opened_at, other.opened_at), "due_at": min(same.due_at, other.due_at)}
            connection.execute(sa.update(duty).where(duty.c.id == same.id).values(first))
            over = {"decision": Decision.NOT_APPLICABLE.value, "reason": f"#{decided.into}", "decided_by": actor, "decided_at": now}
            connection.execute(that.values(over))


def _hold(connection: sa.Connection, incident_id: int, version: int, change: dict[str, Any]) -> sa.Row[Any]:
    """The incident as it was seen, one version on."""
    same = sa.and_(incident.c.id == incident_id, incident.c.version == version)
    if not connection.execute(sa.update(incident).where(same).values(version=version + 1, **change)).rowcount:
        raise Conflict(f"incident {incident_id} was changed by somebody else; look again before you act")
    return connection.execute(sa.select(incident).where(incident.c.id == incident_id)).one()


def _risen(row: sa.Row[Any], decided: Merge, now: datetime) -> dict[str, Any]:
    """What the merged one brings: what becomes critical, or may page only now, pages at once."""
    change: dict[str, Any] = {"paging": row.paging or decided.pages, "last_item_at": now}
    if decided.severity is not None:
        change["severity"] = decided.severity.value
    critical = decided.severity is Severity.CRITICAL and row.paging
    if row.state == "open" and (critical or decided.pages):
        change |= {"next_step_at": now, "snoozed_until": None}
    return change


def _event(connection: sa.Connection, incident_id: int, event: Event) -> None:
    line = {"at": event.at, "actor": event.actor, "kind": event.kind, "reason": event.reason, "detail": event.detail}
    connection.execute(sa.insert(incident_event).values(incident_id=incident_id, **line))
