"""What caused an incident is mended: the incident ends with it, in the transaction of whoever mended it."""

from datetime import datetime

import sqlalchemy as sa

from storage.database import Database
from storage.schema import incident, incident_event
from storage.updates import bring_up_to_date


def resolve_mended(
    database: Database, connection: sa.Connection, incident_id: int, now: datetime, *, actor: str = "czujka", reason: str = "mended"
) -> bool:
    """Resolve an incident unless it is resolved; whoever was told hears of it. Answers whether it was open."""
    row = connection.execute(sa.select(incident.c.state).where(incident.c.id == incident_id)).one_or_none()
    if row is None or row.state == "resolved":
        return False
    ended = {"state": "resolved", "resolved_at": now, "acknowledged_at": None, "ack_expires_at": None, "snoozed_until": None}
    change = ended | {"next_step_at": None, "version": incident.c.version + 1}
    connection.execute(sa.update(incident).where(incident.c.id == incident_id).values(change))
    event = {
        "incident_id": incident_id,
        "at": now,
        "actor": actor[:64],
        "kind": "resolved",
        "reason": reason,
        "detail": {"from": row.state},
    }
    connection.execute(sa.insert(incident_event).values(event))
    bring_up_to_date(database, connection, incident_id, now)
    return True
