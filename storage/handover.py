"""What one turn on call hands over to the next: what is unresolved, what happened, and what the one who leaves wrote."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.handover import Happened, Remark, Unresolved
from core.types import IncidentState
from storage.database import Database
from storage.incidents import by_severity, incident_row
from storage.schema import RESOLVED, incident, incident_participant
from storage.schema_daily import shift_remark
from storage.schema_delivery import delivery
from storage.sight import incidents_in
from storage.updates import UPDATE

MOST_PAGES = 5000


@dataclass(frozen=True)
class HandOvers:
    """Questions about turns on call."""

    database: Database

    def unresolved(self, owners: Collection[str], limit: int, sight: Sight | None = None) -> tuple[Sequence[Unresolved], int]:
        """What these owners have or take part in that is not resolved (with a `sight` what may be seen), the most severe first, and how
        many there are beyond `limit`."""
        query = unresolved_query(owners).where(incidents_in(sight))
        with self.database.read() as connection:
            count = connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
            worst = by_severity(incident.c.severity).desc()
            rows = connection.execute(query.order_by(worst, incident.c.opened_at, incident.c.id).limit(limit)).all()
        return [Unresolved(row=incident_row(row), ack_expires_at=row.ack_expires_at) for row in rows], count - len(rows)

    def happened(self, owners: Collection[str], contacts: Collection[str], since: datetime, until: datetime) -> Happened:
        """In [since, until): the owners' incidents, and what was sent to these contacts ("kind:address")."""
        with self.database.read() as connection:
            opened, resolved = (connection.execute(query).scalar_one() for query in counted_queries(owners, since, until))
            sent = connection.execute(sent_query(contacts, since, until)).all()
        paged = tuple(row.sent_at for row in sent if row.sent_at is not None)
        return Happened(opened=opened, resolved=resolved, paged=paged, failed=sum(row.state == "failed" for row in sent))

    def remark(self, remark: Remark) -> None:
        """Keep a line."""
        row = {"schedule": remark.schedule, "person": remark.person, "text": remark.text, "at": remark.at}
        with self.database.write() as connection:
            connection.execute(sa.insert(shift_remark).values(row))

    def remarks(self, schedule: str, since: datetime, until: datetime) -> Sequence[Remark]:
        """The lines of [since, until), in order."""
        span = sa.and_(shift_remark.c.schedule == schedule, shift_remark.c.at >= since, shift_remark.c.at < until)
        with self.database.read() as connection:
            rows = connection.execute(sa.select(shift_remark).where(span).order_by(shift_remark.c.at, shift_remark.c.id)).all()
        return [Remark(schedule=row.schedule, person=row.person, text=row.text, at=row.at) for row in rows]


def unresolved_query(owners: Collection[str]) -> sa.Select[Any]:
    """What is not resolved and concerns these owners?"""
    joins = sa.select(incident_participant.c.incident_id).where(incident_participant.c.owner.in_(owners))
    concerned = sa.or_(incident.c.owner.in_(owners), incident.c.id.in_(joins.where(incident_participant.c.incident_id == incident.c.id)))
    return sa.select(incident).where(incident.c.state != RESOLVED, concerned)


def counted_queries(owners: Collection[str], since: datetime, until: datetime) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """How many of these owners' incidents were opened, and resolved, in this time?"""
    theirs = sa.select(sa.func.count()).select_from(incident).where(incident.c.owner.in_(owners))
    states = incident.c.state.in_([state.value for state in IncidentState])
    return (
        theirs.where(states, incident.c.opened_at >= since, incident.c.opened_at < until),
        theirs.where(incident.c.resolved_at >= since, incident.c.resolved_at < until),
    )


def sent_query(contacts: Collection[str], since: datetime, until: datetime) -> sa.Select[Any]:
    """What was to be told to these contacts in this time, updates of messages left out?"""
    theirs = sa.and_(delivery.c.contact.in_(contacts), delivery.c.due_at >= since, delivery.c.due_at < until, delivery.c.kind != UPDATE)
    return sa.select(delivery.c.sent_at, delivery.c.state).where(theirs).order_by(delivery.c.due_at).limit(MOST_PAGES)
