"""What is over: counted, and let go of in small transactions. Posts are emptied like those that their platform deleted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.privacy import Kept
from core.types import Scope
from storage.cases import forget_one, over_query
from storage.database import Database
from storage.items import empty_rows
from storage.schema import CLOSED, RESOLVED, conversation, conversation_item, incident, incident_item, item, quarantine
from storage.schema_message_plan import message_read
from storage.schema_people import session, sign_in_token
from storage.schema_readers import colleague, policy_read
from storage.schema_training import training_done

AT_ONCE = 500


@dataclass(frozen=True)
class RetentionStore:
    """Questions about what is over."""

    database: Database

    def count(self, what: Kept, scope: Scope | None, before: datetime) -> int:
        """How many rows are older?"""
        with self.database.read() as connection:
            rows = [sa.select(sa.func.count()).select_from(query.subquery()) for query in over_queries(what, scope, before)]
            return sum(connection.execute(row).scalar_one() for row in rows)

    def forget(self, what: Kept, scope: Scope | None, before: datetime, now: datetime) -> int:
        """Let go of at most 500 of each table; answers how many."""
        with self.database.write() as connection:
            return sum(self._forget(connection, what, query.limit(AT_ONCE), now) for query in over_queries(what, scope, before))

    def _forget(self, connection: sa.Connection, what: Kept, query: "sa.Select[Any]", now: datetime) -> int:
        rows = connection.execute(query).all()
        if what is Kept.CASES:
            for row in rows:
                forget_one(connection, row.id, now)
        elif what is Kept.POSTS:
            empty_rows(self.database, connection, rows, now)
        elif what is Kept.RAW:
            connection.execute(sa.update(item).where(item.c.id.in_([row.id for row in rows])).values(raw=sa.null()))
        else:
            column = query.selected_columns[0]
            connection.execute(sa.delete(column.table).where(column.in_([row[0] for row in rows])))
        return len(rows)


def over_queries(what: Kept, scope: Scope | None, before: datetime) -> "tuple[sa.Select[Any], ...]":
    """What is older? Posts of unresolved incidents and open conversations stay until those end."""
    old = sa.and_(item.c.created_at < before, item.c.scope == (scope.value if scope is not None else ""), item.c.deleted_at.is_(None))
    if what is Kept.POSTS:
        return (sa.select(item).where(old, ~_at_work()).order_by(item.c.created_at),)
    if what is Kept.RAW:
        there = sa.cast(item.c.raw, sa.Text) != "null"
        return (sa.select(item.c.id).where(old, item.c.raw.is_not(None), there).order_by(item.c.created_at),)
    if what is Kept.CASES:
        return (over_query(before),)
    if what is Kept.STAFF:
        return _of_staff(before)
    if what is Kept.QUARANTINE:
        return (sa.select(quarantine.c.id).where(quarantine.c.seen_at < before).order_by(quarantine.c.id),)
    return (
        sa.select(session.c.hash).where(sa.or_(session.c.ended_at < before, session.c.expires_at < before)),
        sa.select(sign_in_token.c.hash).where(sa.or_(sign_in_token.c.used_at < before, sign_in_token.c.expires_at < before)),
    )


def _of_staff(before: datetime) -> "tuple[sa.Select[Any], ...]":
    """Messages read; trainings completed that the same person completed again; of those who left all that they had read and completed,
    then their line in the register."""
    again = training_done.alias()
    replaced = sa.select(again.c.id).where(
        again.c.person == training_done.c.person,
        again.c.training == training_done.c.training,
        again.c.at > training_done.c.at,
        again.c.at < before,
    )
    told = sa.or_(*(sa.select(table.c.id).where(table.c.person == colleague.c.person).exists() for table in (training_done, policy_read)))
    return (
        sa.select(message_read.c.id).where(message_read.c.at < before),
        sa.select(training_done.c.id).where(sa.or_(replaced.exists(), _left(training_done.c.person, before))),
        sa.select(policy_read.c.id).where(_left(policy_read.c.person, before)),
        sa.select(colleague.c.person).where(colleague.c.left_at < before, ~told),
    )


def _left(person: "sa.ColumnElement[str]", before: datetime) -> sa.ColumnElement[bool]:
    return sa.select(colleague.c.person).where(colleague.c.person == person, colleague.c.left_at < before).exists()


def _at_work() -> sa.ColumnElement[bool]:
    stories = sa.select(incident_item.c.item_id).join(incident, incident.c.id == incident_item.c.incident_id)
    talks = sa.select(conversation_item.c.item_id).join(conversation, conversation.c.id == conversation_item.c.conversation_id)
    return sa.or_(
        stories.where(incident_item.c.item_id == item.c.id, incident.c.state != RESOLVED).exists(),
        talks.where(conversation_item.c.item_id == item.c.id, conversation.c.state != CLOSED).exists(),
    )
