"""What is known about an incident as a whole: where it was said, what people judged, what was answered, our own last word, and its talks.

From a conversation it leads back to the incidents that its posts are in.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.records import ConversationRow, IncidentRow
from core.situation import Situation
from storage.conversations import conversation_rows
from storage.database import Database
from storage.evidence import evidence_of
from storage.incidents import incident_row
from storage.schema import RESOLVED, conversation, conversation_item, finding, incident, incident_item, item, verdict
from storage.sight import conversations_in, incidents_in
from storage.walls import voices

BEFORE = timedelta(weeks=4)
LEAST = timedelta(weeks=1)
OTHERS = 300


class Situations:
    """Questions of a situation report."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, incident_id: int, brand: str | None, since: datetime) -> Situation:
        """All of it at one moment. `since` (aware UTC) is when the incident began."""
        mine = sa.select(incident_item.c.item_id).where(incident_item.c.incident_id == incident_id)
        with self._database.read() as connection:
            platforms = connection.execute(sa.select(item.c.platform).distinct().where(item.c.id.in_(mine)).order_by(item.c.platform))
            judged = sa.select(verdict.c.said, sa.func.count()).join(finding, finding.c.id == verdict.c.finding_id)
            judged = judged.where(finding.c.item_id.in_(mine), verdict.c.superseded_at.is_(None)).group_by(verdict.c.said)
            said = {row[0]: row[1] for row in connection.execute(judged)}
            talks = sa.select(conversation_item.c.conversation_id).where(conversation_item.c.item_id.in_(mine))
            answered = sa.func.count().filter(conversation.c.answered_at.is_not(None))
            row = connection.execute(
                sa.select(sa.func.count(), answered).select_from(conversation).where(conversation.c.id.in_(talks))
            ).one()
            ours = sa.select(item.c.id).where(item.c.voice == "ours", item.c.created_at >= since, item.c.deleted_at.is_(None))
            ours = ours.where(item.c.brand == brand).order_by(item.c.created_at.desc(), item.c.id.desc()).limit(1)
            own = evidence_of(connection, connection.execute(ours).scalars().all())
            return Situation(
                platforms=tuple(platforms.scalars()),
                right=said.get("right", 0),
                wrong=said.get("wrong", 0),
                talks=row[0],
                answered=row[1],
                own_word=own[0] if own else None,
                usual=_usual(connection, brand, since),
                voices=voices(connection, incident_id),
                others=tuple(connection.execute(others_query(incident_id, brand)).scalars()),
            )

    def talks(self, incident_id: int, limit: int, sight: Sight | None = None) -> Sequence[ConversationRow]:
        """Conversations that an incident's posts are in and that may be seen: those that wait first, those due first among them."""
        with self._database.read() as connection:
            rows = connection.execute(talks_query(incident_id, limit).where(conversations_in(sight))).all()
            return conversation_rows(connection, rows)

    def stories(self, conversation_id: int, limit: int, sight: Sight | None = None) -> Sequence[IncidentRow]:
        """Incidents that a conversation's posts are in and that may be seen: those not resolved first, then the newest."""
        with self._database.read() as connection:
            return [incident_row(row) for row in connection.execute(stories_query(conversation_id, limit).where(incidents_in(sight)))]


def talks_query(incident_id: int, limit: int) -> sa.Select[Any]:
    """Which conversations are an incident's posts in?"""
    posts = sa.select(incident_item.c.item_id).where(incident_item.c.incident_id == incident_id)
    which = sa.select(conversation_item.c.conversation_id).where(conversation_item.c.item_id.in_(posts))
    over = sa.case((conversation.c.state.in_(("new", "assigned")), 0), else_=1)
    query = sa.select(conversation).where(conversation.c.id.in_(which))
    return query.order_by(over, sa.nulls_last(conversation.c.due_at), conversation.c.id.desc()).limit(limit)


def stories_query(conversation_id: int, limit: int) -> sa.Select[Any]:
    """Which incidents are a conversation's posts in? What was merged into another is seen there."""
    posts = sa.select(conversation_item.c.item_id).where(conversation_item.c.conversation_id == conversation_id)
    which = sa.select(incident_item.c.incident_id).where(incident_item.c.item_id.in_(posts))
    over = sa.case((incident.c.state == RESOLVED, 1), else_=0)
    query = sa.select(incident).where(incident.c.id.in_(which), incident.c.merged_into.is_(None))
    return query.order_by(over, incident.c.id.desc()).limit(limit)


def others_query(incident_id: int, brand: str | None) -> sa.Select[str]:
    """What do the newest public posts of a brand say that are not of this incident?"""
    mine = sa.select(incident_item.c.item_id).where(incident_item.c.incident_id == incident_id)
    public = sa.and_(item.c.brand == brand, item.c.voice == "public", item.c.deleted_at.is_(None), item.c.id.not_in(mine))
    return sa.select(item.c.text).where(public).order_by(item.c.created_at.desc(), item.c.id.desc()).limit(OTHERS)


def usual_query(brand: str | None, since: datetime) -> sa.Select[int, datetime]:
    """How many public posts of a brand were written in the four weeks before, and when the first of them?"""
    then = sa.and_(item.c.created_at >= since - BEFORE, item.c.created_at < since)
    ours = sa.and_(item.c.brand == brand, item.c.voice == "public", item.c.deleted_at.is_(None))
    return sa.select(sa.func.count(), sa.func.min(item.c.created_at)).where(then, ours)


def _usual(connection: sa.Connection, brand: str | None, since: datetime) -> float | None:
    row = connection.execute(usual_query(brand, since)).one()
    count, first = int(row[0]), row[1]
    if not count or since - first < LEAST:
        return None
    return float(count / ((since - first) / timedelta(hours=1)))
