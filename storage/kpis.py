"""What the KPIs of a span are counted from: posts from the daily counts, conversations, incidents and verdicts by their clocks."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.blindness import Promise
from core.kpis import NAMED, REACTED, REACTIONS, VOLUME, Alarm, Counted, Facts, Judged, Talk, measure_of
from core.types import Scope, Severity, Voice
from core.verdicts import Said
from storage.blindness import spells
from storage.database import Database
from storage.figures import ALL_STATES
from storage.schema import conversation, finding, incident, incident_event, item, verdict
from storage.schema_tally import tally
from storage.sight import conversations_in, incidents_in, items_in, real
from storage.tallies import FEELINGS

PUBLIC = (Scope.MENTION, Scope.OFFICIAL)
MEASURES = (VOLUME, *FEELINGS, "complaint", REACTIONS, REACTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which span (aware UTC), and the days of it; of which brand ('' of all), and how far the viewer sees (None: everything). `rivals` are
    the competitors to count beside us."""

    start: datetime
    end: datetime
    first: date
    after: date
    now: datetime
    brand: str = ""
    sight: Sight | None = None
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class KpiStore:
    """Questions about longer spans."""

    database: Database

    def facts(self, asked: Asked, promises: Mapping[str, Promise]) -> Facts:
        """All that the KPIs of the span need. `promises` say after what time each source is blind."""
        whole = asked.sight is None and not asked.brand
        measures = (*MEASURES, NAMED, *(measure_of(name) for name in asked.rivals))
        with self.database.read() as connection:
            return Facts(
                since=connection.execute(sa.select(item.c.collected_at).order_by(item.c.id).limit(1)).scalar(),
                sees_posts=asked.sight is None or bool(asked.sight.brands),
                public=_counted(connection, asked, measures, (Voice.PUBLIC,), PUBLIC),
                ours=_counted(connection, asked, ("policy",), (Voice.OURS,), tuple(Scope)),
                anybody=_counted(connection, asked, ("leak",), tuple(Voice), tuple(Scope)),
                talks=tuple(
                    Talk(opened_at=row.opened_at, due_at=row.due_at, answered_at=row.answered_at)
                    for row in connection.execute(talks_query(asked))
                ),
                alarms=tuple(
                    Alarm(severity=Severity(row.severity), opened_at=row.opened_at, taken_at=row.taken_at)
                    for row in connection.execute(alarms_query(asked))
                ),
                judged=tuple(
                    Judged(finding_id=row.finding_id, is_right=row.said == Said.RIGHT.value, at=row.at)
                    for row in connection.execute(judged_query(asked))
                ),
                rivals=asked.rivals,
                spells=spells(connection, asked.start, asked.end, promises, asked.now) if whole else None,
            )

    def by_scope(self, first: date, after: date) -> dict[Scope, int]:
        """How many posts were counted on these days, by where they came from?"""
        with self.database.read() as connection:
            return {Scope(row.scope): int(row.value) for row in connection.execute(by_scope_query(first, after))}


def by_scope_query(first: date, after: date) -> sa.Select[Any]:
    """How many posts came from each scope on these days?"""
    mine = sa.and_(tally.c.measure == VOLUME, tally.c.day >= first, tally.c.day < after)
    return sa.select(tally.c.scope, sa.func.sum(tally.c.value).label("value")).where(mine).group_by(tally.c.scope)


def _counted(
    connection: sa.Connection, asked: Asked, measures: Collection[str], voices: Collection[Voice], scopes: Collection[Scope]
) -> Counted:
    found: Counter[tuple[str, date]] = Counter()
    for row in connection.execute(counted_query(asked, measures, voices, scopes)):
        found[(row.measure, row.day)] += int(row.value)
    return found


def counted_query(asked: Asked, measures: Collection[str], voices: Collection[Voice], scopes: Collection[Scope]) -> sa.Select[Any]:
    """How much was counted of these measures on each day?"""
    mine = sa.and_(tally.c.measure.in_(list(measures)), tally.c.day >= asked.first, tally.c.day < asked.after)
    mine = sa.and_(mine, tally.c.voice.in_([one.value for one in voices]), tally.c.scope.in_([one.value for one in scopes]))
    query = sa.select(tally.c.measure, tally.c.day, sa.func.sum(tally.c.value).label("value")).where(mine, brands_of(tally.c.brand, asked))
    return query.group_by(tally.c.measure, tally.c.day)


def talks_query(asked: Asked) -> sa.Select[Any]:
    """Which conversations were opened, and when was each answered?"""
    opened = sa.and_(conversation.c.opened_at >= asked.start, conversation.c.opened_at < asked.end)
    columns = (conversation.c.opened_at, conversation.c.due_at, conversation.c.answered_at)
    mine = sa.and_(real(conversation), conversations_in(asked.sight))
    return sa.select(*columns).where(opened, mine, *_of_brand(conversation, asked)).order_by(conversation.c.opened_at)


def alarms_query(asked: Asked) -> sa.Select[Any]:
    """Which incidents were opened, and when did somebody first take each? Every state is named, because the index begins with it."""
    opened = sa.and_(incident.c.state.in_(ALL_STATES), incident.c.opened_at >= asked.start, incident.c.opened_at < asked.end)
    taken = sa.select(sa.func.min(incident_event.c.at)).where(
        incident_event.c.incident_id == incident.c.id, incident_event.c.kind == "acknowledged"
    )
    columns = (
        incident.c.severity,
        incident.c.opened_at,
        sa.type_coerce(taken.scalar_subquery(), incident_event.c.at.type).label("taken_at"),
    )
    mine = sa.and_(real(incident), incidents_in(asked.sight))
    return sa.select(*columns).where(opened, mine, *_of_brand(incident, asked)).order_by(incident.c.opened_at)


def judged_query(asked: Asked) -> sa.Select[Any]:
    """What did people say of findings?"""
    said = sa.and_(verdict.c.superseded_at.is_(None), verdict.c.at >= asked.start, verdict.c.at < asked.end)
    query = sa.select(verdict.c.finding_id, verdict.c.said, verdict.c.at).where(said)
    if asked.sight is None and not asked.brand:
        return query
    query = query.join(finding, finding.c.id == verdict.c.finding_id).join(item, item.c.id == finding.c.item_id)
    return query.where(items_in(asked.sight), *_of_brand(item, asked))


def _of_brand(table: sa.Table, asked: Asked) -> tuple[sa.ColumnElement[bool], ...]:
    return (table.c.brand == asked.brand,) if asked.brand else ()


def brands_of(column: sa.ColumnElement[str], asked: Asked) -> sa.ColumnElement[bool]:
    seen = sa.true() if asked.sight is None else column.in_(asked.sight.brands)
    return sa.and_(seen, column == asked.brand) if asked.brand else seen
