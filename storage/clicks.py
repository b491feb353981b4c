"""Clicks that were taken: each counts once, in the transaction of what it did, with its line in the audit."""

from dataclasses import dataclass

import sqlalchemy as sa

from core.accounts import AuditLine, Clicked
from core.errors import Conflict
from storage.audit import write_line
from storage.database import Database
from storage.schema_people import click


@dataclass(frozen=True)
class Clicks:
    """Questions about clicks."""

    database: Database

    def same(self, channel: str, once: str) -> Clicked | None:
        """This click, if it has been taken already."""
        query = sa.select(click).where(click.c.channel == channel, click.c.once == once)
        with self.database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Clicked(channel=row.channel, once=row.once, person=row.person, act=row.act, incident_id=row.incident_id, at=row.at)

    def note(self, clicked: Clicked) -> None:
        """A click that found its work done: it counted all the same. Raises Conflict(clicked_before)."""
        with self.database.write() as connection:
            take(self.database, connection, clicked)


def take(database: Database, connection: sa.Connection, clicked: Clicked) -> None:
    """Count a click, and write it into the audit. Raises Conflict(clicked_before): the transaction that it stands in must end."""
    row = {
        "channel": clicked.channel,
        "once": clicked.once,
        "person": clicked.person,
        "act": clicked.act,
        "incident_id": clicked.incident_id,
        "at": clicked.at,
    }
    counted = database.insert(click).values(row).on_conflict_do_nothing().returning(click.c.id)
    if connection.execute(counted).one_or_none() is None:
        raise Conflict("this click has been taken already", reason="clicked_before")
    subject = f"/incidents/{clicked.incident_id} in {clicked.channel}"
    write_line(connection, AuditLine(at=clicked.at, actor=clicked.person, act=f"clicked {clicked.act}", subject=subject))
