"""The inbox: what waits and fits a question, the most pressing first. However much waits, only what is shown is read."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.records import ConversationRow, IncidentRow
from core.types import ConversationState
from core.wanted import Asked, Counts, Tab, Wanted
from storage.conversations import conversation_rows
from storage.database import Database
from storage.incidents import by_severity, incident_row
from storage.schema import RESOLVED, conversation, incident, item
from storage.sight import conversations_in, incidents_in
from storage.wanted import conversation_tab, conversations_wanted, incident_tab, incidents_wanted, severities

WAITING = (ConversationState.NEW, ConversationState.ASSIGNED)


class Inbox:
    """Questions of the inbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def incidents(self, asked: Asked, tab: Tab, limit: int) -> Sequence[IncidentRow]:
        """Unresolved incidents, the most severe first, then the newest."""
        with self._database.read() as connection:
            rows = connection.execute(incidents_query(self._fitting_incidents(asked, tab), asked.wanted, limit)).all()
        return [incident_row(row) for row in rows]

    def conversations(self, asked: Asked, tab: Tab, limit: int) -> Sequence[ConversationRow]:
        """Conversations that wait, those due first; then those without a clock, the newest first."""
        with self._database.read() as connection:
            rows = connection.execute(conversations_query(self._fitting_conversations(asked, tab), limit)).all()
            return conversation_rows(connection, rows)

    def incident_counts(self, asked: Asked) -> Counts:
        """How many unresolved incidents stand under each tab?"""
        fits = incidents_wanted(self._database, asked.wanted)
        fits = sa.and_(fits, incident.c.severity.in_(severities(asked.wanted.severity)))
        tabs = {tab: incident_tab(tab, asked.person, asked.teams) for tab in Tab}
        return self._count(incident, sa.and_(incident.c.state != RESOLVED, incidents_in(asked.sight), fits), tabs)

    def conversation_counts(self, asked: Asked) -> Counts:
        """How many waiting conversations stand under each tab?"""
        fits = sa.and_(conversations_in(asked.sight), conversations_wanted(self._database, asked.wanted))
        tabs = {tab: conversation_tab(tab, asked.person, asked.teams, asked.now) for tab in Tab}
        return self._count(conversation, sa.and_(conversation.c.state.in_([one.value for one in WAITING]), fits), tabs)

    def ended(self, wanted: Wanted, limit: int, sight: Sight | None, *, everything: bool = False) -> Sequence[IncidentRow]:
        """Incidents that have ended, or all of them, the newest first."""
        fits = sa.and_(incidents_in(sight), incidents_wanted(self._database, wanted))
        fits = sa.and_(fits, incident.c.severity.in_(severities(wanted.severity)))
        query = sa.select(incident).where(fits if everything else sa.and_(incident.c.state == RESOLVED, fits))
        newest = (incident.c.id.desc(),) if everything else (incident.c.resolved_at.desc(), incident.c.id.desc())
        with self._database.read() as connection:
            return [incident_row(row) for row in connection.execute(query.order_by(*newest).limit(limit))]

    def platforms(self) -> Sequence[str]:
        """Where posts came from so far, by one look into the index for each."""
        with self._database.read() as connection:
            return list(connection.execute(platforms_query()).scalars())

    def _fitting_incidents(self, asked: Asked, tab: Tab) -> sa.ColumnElement[bool]:
        own = incident_tab(tab, asked.person, asked.teams)
        return sa.and_(incidents_in(asked.sight), incidents_wanted(self._database, asked.wanted), own)

    def _fitting_conversations(self, asked: Asked, tab: Tab) -> sa.ColumnElement[bool]:
        own = conversation_tab(tab, asked.person, asked.teams, asked.now)
        return sa.and_(conversations_in(asked.sight), conversations_wanted(self._database, asked.wanted), own)

    def _count(self, table: sa.Table, where: sa.ColumnElement[bool], tabs: dict[Tab, sa.ColumnElement[bool]]) -> Counts:
        columns = [sa.func.count().filter(fits) for fits in tabs.values()]
        with self._database.read() as connection:
            numbers = connection.execute(sa.select(*columns).select_from(table).where(where)).one()
        return dict(zip(tabs, (int(number) for number in numbers), strict=True))


def incidents_query(fits: sa.ColumnElement[bool], wanted: Wanted, limit: int) -> sa.Select[Any]:
    """Which incidents come first? Asked severity by severity, each already in its order in the index, so that a storm is not sorted."""
    parts = [
        sa.select(incident)
        .where(incident.c.state != RESOLVED, incident.c.severity == severity, fits)
        .order_by(incident.c.opened_at.desc(), incident.c.id.desc())
        .limit(limit)
        for severity in severities(wanted.severity)
    ]
    found = _together(parts)
    return sa.select(found).order_by(by_severity(found.c.severity).desc(), found.c.opened_at.desc(), found.c.id.desc()).limit(limit)


def conversations_query(fits: sa.ColumnElement[bool], limit: int) -> sa.Select[Any]:
    """Which conversations come first? Asked state by state, with and without a clock, each in the order of the index."""
    parts = []
    for state in WAITING:
        mine = sa.select(conversation).where(conversation.c.state == state.value, fits)
        parts.append(mine.where(conversation.c.due_at.is_not(None)).order_by(conversation.c.due_at, conversation.c.id.desc()).limit(limit))
        parts.append(mine.where(conversation.c.due_at.is_(None)).order_by(conversation.c.id.desc()).limit(limit))
    found = _together(parts)
    return sa.select(found).order_by(sa.nulls_last(found.c.due_at), found.c.id.desc()).limit(limit)


def platforms_query() -> sa.Select[Any]:
    """Each platform once: the smallest, then the next greater one, and so on."""
    first = sa.select(sa.func.min(item.c.platform).label("platform")).cte("known", recursive=True)
    following = sa.select(sa.func.min(item.c.platform)).where(item.c.platform > first.c.platform).scalar_subquery()
    known = first.union_all(sa.select(following).where(first.c.platform.is_not(None)))
    return sa.select(known.c.platform).where(known.c.platform.is_not(None))


def _together(parts: Sequence[sa.Select[Any]]) -> sa.Subquery:
    return sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery("found")
