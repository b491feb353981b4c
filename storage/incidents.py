"""Incidents: as lists and pages show them, as timers wake them, as people change them. Their events are their history."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.accounts import Clicked
from core.errors import Conflict, NotFound
from core.failpoint import reach
from core.records import Event, EvidenceItem, IncidentCard, IncidentRow
from core.sending import DueIncident, Pages, Told
from core.transitions import Transition
from core.types import Contact, IncidentState, Json, Severity
from storage import clicks
from storage.database import Database
from storage.evidence import evidence_of
from storage.schema import ACKNOWLEDGED, OPEN, RESOLVED, incident, incident_event, incident_item, incident_participant
from storage.schema_delivery import attempt, delivery
from storage.sight import incidents_in
from storage.updates import UPDATE, bring_up_to_date, shown


def by_severity(column: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
    """How grave it is, as a number."""
    return sa.case({severity.value: severity.rank for severity in Severity}, value=column, else_=0)


class Incidents:
    """Questions about incidents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(
        self, states: Collection[IncidentState] | None = None, owner: str | None = None, limit: int = 50, sight: Sight | None = None
    ) -> Sequence[IncidentRow]:
        """Incidents that may be seen (all without a `sight`), the most severe first, then the newest."""
        with self._database.read() as connection:
            return [incident_row(row) for row in connection.execute(list_query(states, owner, limit).where(incidents_in(sight)))]

    def page(
        self, states: Collection[IncidentState] | None, before: int | None, limit: int, sight: Sight | None = None
    ) -> Sequence[IncidentRow]:
        """Incidents that may be seen, by id from the newest; `before` is where the page before ended."""
        wanted = [state.value for state in (states or list(IncidentState))]
        query = sa.select(incident).where(incident.c.state.in_(wanted), incidents_in(sight))
        query = query.where(incident.c.id < before) if before is not None else query
        with self._database.read() as connection:
            return [incident_row(row) for row in connection.execute(query.order_by(incident.c.id.desc()).limit(limit))]

    def card(self, incident_id: int, evidence: int = 5) -> IncidentCard:
        """All of one incident. Raises NotFound."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(incident).where(incident.c.id == incident_id)).one_or_none()
            if row is None:
                raise NotFound(f"there is no incident {incident_id}")
            mine = incident_participant.c.incident_id == incident_id
            owners = connection.execute(sa.select(incident_participant.c.owner).where(mine).order_by(incident_participant.c.owner))
            return IncidentCard(
                row=incident_row(row),
                evidence=_telling(connection, row, evidence),
                participants=tuple(owners.scalars()),
                events=_events(connection, incident_id),
                told=_told(connection, incident_id),
                next_step_at=row.next_step_at,
                ack_expires_at=row.ack_expires_at,
                follows=row.follows,
            )

    def items(self, incident_id: int, after: int = 0, limit: int = 50) -> Sequence[EvidenceItem]:
        """All items of an incident, oldest first."""
        query = sa.select(incident_item.c.item_id).where(incident_item.c.incident_id == incident_id, incident_item.c.item_id > after)
        with self._database.read() as connection:
            ids = connection.execute(query.order_by(incident_item.c.item_id).limit(limit)).scalars().all()
            return evidence_of(connection, ids)

    def policy(self, incident_id: int) -> Json:
        """The escalation that was copied into it. Raises NotFound."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(incident.c.policy).where(incident.c.id == incident_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no incident {incident_id}")
        return dict(row.policy)

    def note(self, incident_id: int, event: Event) -> None:
        """Add a line to an incident's history."""
        with self._database.write() as connection:
            connection.execute(sa.insert(incident_event).values(_event(incident_id, event)))

    def apply_act(self, transition: Transition, clicked: Clicked | None = None) -> None:
        """Write a person's act, with the click that it came by. Raises Conflict when somebody changed the incident first or the click
        was taken before, NotFound."""
        current = incident.c.id == transition.incident_id
        change = {
            "state": transition.state.value,
            "acknowledged_by": transition.acknowledged_by,
            "acknowledged_at": transition.event.at if transition.state is IncidentState.ACKNOWLEDGED else None,
            "ack_expires_at": transition.ack_expires_at,
            "snoozed_until": transition.snoozed_until,
            "next_step_at": transition.next_step_at,
            "resolved_at": transition.resolved_at,
            "irrelevant_until": transition.irrelevant_until,
            "version": incident.c.version + 1,
            **_restated(transition),
        }
        with self._database.write() as connection:
            before = shown(connection, transition.incident_id)
            try:
                same = sa.and_(current, incident.c.version == transition.version)
                changed = connection.execute(sa.update(incident).where(same).values(change)).rowcount
            except sa.exc.IntegrityError as error:
                raise Conflict("the same story has a newer open incident; look there", reason="newer_incident") from error
            if not changed:
                self._explain_missing(connection, transition.incident_id)
            if clicked is not None:
                clicks.take(self._database, connection, clicked)
            connection.execute(sa.insert(incident_event).values(_event(transition.incident_id, transition.event)))
            if transition.owner is not None:
                _hand_over(self._database, connection, transition)
            if shown(connection, transition.incident_id) != before:
                bring_up_to_date(self._database, connection, transition.incident_id, transition.event.at)
            reach("act.written")

    def _explain_missing(self, connection: sa.Connection, incident_id: int) -> None:
        if connection.execute(sa.select(incident.c.id).where(incident.c.id == incident_id)).one_or_none() is None:
            raise NotFound(f"there is no incident {incident_id}")
        raise Conflict(f"incident {incident_id} was changed by somebody else; look again before you act")

    def due(self, now: datetime, limit: int) -> Sequence[DueIncident]:
        """Incidents whose timer has come, the longest waiting first."""
        with self._database.read() as connection:
            rows = {row.id: row for query in due_queries(now, limit) for row in connection.execute(query)}
            return [_due(row, *_informed(connection, row.id)) for row in rows.values()][:limit]

    def apply_pages(self, decided: Sequence[Pages], now: datetime) -> int:
        """Write deliveries and timers together; an incident that was changed meanwhile is left for the next sweep."""
        applied = 0
        for pages in decided:
            with self._database.write() as connection:
                applied += self._page(connection, pages, now)
                reach("notify.written")
            reach("notify.committed")
        return applied

    def _page(self, connection: sa.Connection, pages: Pages, now: datetime) -> bool:
        current = sa.and_(incident.c.id == pages.incident_id, incident.c.version == pages.version)
        change: dict[str, Any] = {"step": pages.step, "repeated": pages.repeated, "next_step_at": pages.next_step_at}
        change |= {"version": incident.c.version + 1}
        was_acknowledged = pages.reopens and shown(connection, pages.incident_id)[0] == "acknowledged"
        if pages.reopens:
            change |= {"state": "open", "acknowledged_by": None, "ack_expires_at": None, "snoozed_until": None}
        if not connection.execute(sa.update(incident).where(current).values(change)).rowcount:
            return False
        severity = connection.execute(sa.select(incident.c.severity).where(incident.c.id == pages.incident_id)).scalar_one()
        rows = [_delivery(pages, contact, severity, now) for contact in pages.contacts]
        self._database.insert_new(connection, delivery, rows)
        informed = sa.and_(incident_participant.c.incident_id == pages.incident_id, incident_participant.c.owner.in_(pages.told))
        if pages.told:
            connection.execute(sa.update(incident_participant).where(informed).values(told_at=now))
        detail = {"to": [f"{c.kind}:{c.address}" for c in pages.contacts], "people": [c.person for c in pages.contacts if c.person]}
        event = Event(at=now, actor="czujka", kind=pages.kind, reason=pages.reason, detail=detail)
        connection.execute(sa.insert(incident_event).values(_event(pages.incident_id, event)))
        if was_acknowledged:
            bring_up_to_date(self._database, connection, pages.incident_id, now)
        return True

    def newest_event(self) -> int:
        """A number that grows with every change of any incident."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(incident_event.c.id), 0))).scalar_one())

    def counts(self, sight: Sight | None = None) -> Sequence[tuple[str, str, int]]:
        """(severity, state, how many) of the incidents that are not resolved and may be seen."""
        query = sa.select(incident.c.severity, incident.c.state, sa.func.count()).where(incident.c.state.in_(("open", "acknowledged")))
        query = query.where(incidents_in(sight))
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(incident.c.severity, incident.c.state))
            return [(row[0], row[1], row[2]) for row in rows]


def list_query(states: Collection[IncidentState] | None, owner: str | None, limit: int) -> sa.Select[Any]:
    """Which incidents are in these states?"""
    wanted = [state.value for state in (states or list(IncidentState))]
    query = sa.select(incident).where(incident.c.state.in_(wanted))
    if owner is not None:
        query = query.where(incident.c.owner == owner)
    return query.order_by(by_severity(incident.c.severity).desc(), incident.c.opened_at.desc(), incident.c.id.desc()).limit(limit)


def due_queries(now: datetime, limit: int) -> tuple[sa.Select[Any], ...]:
    """Which incidents want a step, an end of their acknowledgement, or a participant told?"""
    is_open = sa.and_(incident.c.state == OPEN, incident.c.next_step_at.is_not(None), incident.c.next_step_at <= now)
    expired = sa.and_(incident.c.state == ACKNOWLEDGED, incident.c.ack_expires_at <= now)
    joined = sa.and_(incident_participant.c.incident_id == incident.c.id, incident_participant.c.told_at.is_(None))
    awake = sa.or_(incident.c.next_step_at.is_(None), incident.c.step + incident.c.repeated > 0)
    untold = sa.select(incident).join(incident_participant, joined).where(incident.c.state != RESOLVED, incident.c.paging, awake)
    return (
        sa.select(incident).where(is_open).order_by(incident.c.next_step_at).limit(limit),
        sa.select(incident).where(expired).order_by(incident.c.ack_expires_at).limit(limit),
        untold.limit(limit),
    )


def _restated(transition: Transition) -> dict[str, Any]:
    """What else a person changed."""
    severity = transition.severity.value if transition.severity is not None else None
    change = {"severity": severity, "owner": transition.owner, "policy": transition.policy}
    anew = {"step": 0, "repeated": 0} if transition.restart else {}
    return {column: value for column, value in change.items() if value is not None} | anew


def _hand_over(database: Database, connection: sa.Connection, transition: Transition) -> None:
    """The new owner is no participant any more; the old one is, and knows."""
    mine = incident_participant.c.incident_id == transition.incident_id
    connection.execute(sa.delete(incident_participant).where(mine, incident_participant.c.owner == transition.owner))
    before = {"incident_id": transition.incident_id, "owner": transition.event.detail["from"], "told_at": transition.event.at}
    database.insert_new(connection, incident_participant, [before])


def _informed(connection: sa.Connection, incident_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told = connection.execute(sa.select(delivery.c.contact).distinct().where(delivery.c.incident_id == incident_id)).scalars()
    waiting = sa.and_(incident_participant.c.incident_id == incident_id, incident_participant.c.told_at.is_(None))
    untold = connection.execute(sa.select(incident_participant.c.owner).where(waiting)).scalars()
    return tuple(told), tuple(untold)


def _due(row: sa.Row[Any], told: tuple[str, ...], untold: tuple[str, ...]) -> DueIncident:
    return DueIncident(
        incident_id=row.id,
        version=row.version,
        dedup_key=row.dedup_key,
        severity=Severity(row.severity),
        state=IncidentState(row.state),
        owner=row.owner,
        policy=row.policy,
        step=row.step,
        repeated=row.repeated,
        next_step_at=row.next_step_at,
        ack_expires_at=row.ack_expires_at,
        snoozed_until=row.snoozed_until,
        opened_at=row.opened_at,
        told=told,
        untold=untold,
    )


def _delivery(pages: Pages, contact: Contact, severity: str, now: datetime) -> dict[str, Any]:
    where = f"{contact.kind}:{contact.address}"
    return {
        "dedup_key": f"{pages.incident_id}/{pages.version}/{pages.kind}/{contact.channel}/{where}"[:320],
        "incident_id": pages.incident_id,
        "person": contact.person,
        "contact": where[:256],
        "channel": contact.channel,
        "language": contact.language,
        "kind": pages.kind,
        "severity": severity,
        "state": "waiting",
        "due_at": pages.hold_until or now,
        "created_at": now,
    }


def incident_row(row: sa.Row[Any]) -> IncidentRow:
    """An incident as lists show it."""
    return IncidentRow(
        incident_id=row.id,
        label=row.label,
        title=row.title,
        severity=Severity(row.severity),
        state=IncidentState(row.state),
        owner=row.owner,
        brand=row.brand,
        items=row.items,
        authors=row.authors,
        opened_at=row.opened_at,
        last_item_at=row.last_item_at,
        acknowledged_by=row.acknowledged_by,
        snoozed_until=row.snoozed_until,
        resolved_at=row.resolved_at,
        paging=row.paging,
        version=row.version,
        merged_into=row.merged_into,
        irrelevant_until=row.irrelevant_until,
    )


def _telling(connection: sa.Connection, row: sa.Row[Any], limit: int) -> tuple[EvidenceItem, ...]:
    """The items that tell the incident best: its own label first, then severity, reach, age."""
    ids = connection.execute(sa.select(incident_item.c.item_id).where(incident_item.c.incident_id == row.id).limit(500)).scalars().all()

    def weight(one: EvidenceItem) -> tuple[bool, int, int, int]:
        own = any(found.label == row.label for found in one.findings)
        top = max((found.severity.rank for found in one.findings), default=0)
        return (not own, -top, -(one.quote.reach or 0), one.item_id)

    return tuple(sorted(evidence_of(connection, ids), key=weight)[:limit])


def _events(connection: sa.Connection, incident_id: int) -> tuple[Event, ...]:
    query = sa.select(incident_event).where(incident_event.c.incident_id == incident_id).order_by(incident_event.c.id)
    return tuple(
        Event(at=row.at, actor=row.actor, kind=row.kind, reason=row.reason, detail=row.detail) for row in connection.execute(query)
    )


def _event(incident_id: int, event: Event) -> dict[str, Any]:
    return {
        "incident_id": incident_id,
        "at": event.at,
        "actor": event.actor,
        "kind": event.kind,
        "reason": event.reason,
        "detail": event.detail,
    }


def _told(connection: sa.Connection, incident_id: int) -> tuple[Told, ...]:
    """Who was told; updates tell nobody anything new."""
    tries: defaultdict[int, list[tuple[datetime, str, str]]] = defaultdict(list)
    mine = sa.and_(delivery.c.incident_id == incident_id, delivery.c.kind != UPDATE)
    tried = sa.select(attempt).join(delivery, delivery.c.id == attempt.c.delivery_id).where(mine)
    for row in connection.execute(tried.order_by(attempt.c.id)):
        tries[row.delivery_id].append((row.at, row.outcome, row.reason))
    query = sa.select(delivery).where(mine).order_by(delivery.c.id)
    return tuple(
        Told(
            person=row.person,
            contact=row.contact,
            channel=row.channel,
            state=row.state,
            at=row.sent_at or row.first_try_at,
            attempts=tuple(tries[row.id]),
        )
        for row in connection.execute(query)
    )
