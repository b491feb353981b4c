"""What has been sent about an incident is brought up to date: an update for each contact, in the transaction of the change itself."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Database
from storage.schema import incident
from storage.schema_delivery import delivery

UPDATE = "update"


def told_query(incident_id: int) -> sa.Select[Any]:
    """Which contacts have a message about this incident, or are about to get one?"""
    columns = (delivery.c.contact, delivery.c.channel, delivery.c.person, delivery.c.language)
    reached = sa.and_(delivery.c.kind != UPDATE, delivery.c.state.in_(("sent", "waiting")))
    return sa.select(*columns).distinct().where(delivery.c.incident_id == incident_id, reached)


def shown(connection: sa.Connection, incident_id: int) -> tuple[str, str]:
    """What messages show of an incident and may no longer be true: its state and severity; '' for one that is not there."""
    row = connection.execute(sa.select(incident.c.state, incident.c.severity).where(incident.c.id == incident_id)).one_or_none()
    return (row.state, row.severity) if row is not None else ("", "")


def bring_up_to_date(database: Database, connection: sa.Connection, incident_id: int, now: datetime) -> None:
    """Write the updates that follow from a change that this transaction has made; the same change writes them once.

    Whether an update edits, is told anew or is not worth a word is decided when its channel is asked.
    """
    row = connection.execute(sa.select(incident.c.version, incident.c.severity).where(incident.c.id == incident_id)).one()
    rows = [
        {
            "dedup_key": f"{incident_id}/{row.version}/{UPDATE}/{told.channel}/{told.contact}"[:320],
            "incident_id": incident_id,
            "person": told.person,
            "contact": told.contact,
            "channel": told.channel,
            "language": told.language,
            "kind": UPDATE,
            "severity": row.severity,
            "state": "waiting",
            "due_at": now,
            "created_at": now,
        }
        for told in connection.execute(told_query(incident_id))
    ]
    database.insert_new(connection, delivery, rows)
