"""A week in figures: what was said, answered, opened, breached, sent, and what stands open now."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.access import Sight
from core.blindness import Promise
from core.figures import Answers, Blind, Burning, Counted, Day, Opened, Sent, Unalarmed, Waiting, WeekFigures, midnight
from core.labels import LABELS
from core.rulings import Ruled, Rulings
from core.types import IncidentState, Severity, Voice
from core.verdicts import by_detector, precisions
from storage.blindness import over
from storage.database import Database
from storage.incidents import by_severity
from storage.rulings import holding_in
from storage.schema import conversation, finding, incident, item, source_state
from storage.schema_delivery import attempt, delivery
from storage.sight import conversations_in, incidents_in, items_in, real
from storage.updates import UPDATE
from storage.verdicts import judged_of

Promises = Mapping[str, Promise]
NO_PROMISES: Promises = {}
UNKNOWN = Promise(gap=timedelta(0), after=timedelta(hours=1))
BURNING = 20
QUARTER = timedelta(weeks=13)

ALL_STATES = [state.value for state in IncidentState]
UNFINISHED = ["new", "assigned"]


class Figures:
    """Questions about a week."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def week(
        self, start: datetime, end: datetime, zone: ZoneInfo, promises: Promises = NO_PROMISES, sight: Sight | None = None
    ) -> WeekFigures:
        """The week from start to end (as `core.figures.week_bounds` gives them), and the week before it to compare with. `promises` say
        when each source is blind; one that is not named there is after an hour. With `sight` only what lies in it is counted, and no rules;
        of sources everything, for whoever knows whose they are."""
        first = start.astimezone(zone).date()
        with self._database.read() as connection:
            before = _week(connection, midnight(first - timedelta(days=7), zone), start, zone, None, promises, sight)
            return _week(connection, start, end, zone, before, promises, sight)

    def first_answers(self, since: datetime, until: datetime) -> list[float]:
        """How long each conversation that was opened in that time waited for its first answer, in seconds; not answered ones have none."""
        with self._database.read() as connection:
            rows = connection.execute(answers_query(since, until))
            return sorted((row.answered_at - row.opened_at).total_seconds() for row in rows if row.answered_at is not None)


def _week(
    connection: sa.Connection,
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    before: WeekFigures | None,
    promises: Promises,
    sight: Sight | None,
) -> WeekFigures:
    start_utc, end_utc = start.astimezone(UTC), end.astimezone(UTC)
    first = start.astimezone(zone).date()
    midnights = [midnight(first + timedelta(days=n), zone).astimezone(UTC) for n in range(8)]
    judged = before is not None and sight is None
    return WeekFigures(
        starts_at=start_utc,
        ends_at=end_utc,
        zone=zone.key,
        days=tuple(_day(connection, *pair, zone, sight) for pair in pairwise(midnights)),
        ours=connection.execute(said_query(start_utc, end_utc, Voice.OURS, sight)).one().posts,
        answers=_answers(connection, start_utc, end_utc, sight),
        opened=tuple(
            Opened(label=row.label, severity=Severity(row.severity), count=row.n)
            for row in connection.execute(opened_query(start_utc, end_utc, sight))
        ),
        breaches=_counted(connection, labels_query("policy", start_utc, end_utc, (Voice.OURS,), sight)),
        leaks=_counted(connection, labels_query("leak", start_utc, end_utc, tuple(Voice), sight)),
        waiting=_waiting(connection, end_utc, sight),
        burning=tuple(_burning(row) for row in connection.execute(burning_query(sight))),
        blind=blind_in(connection, start_utc, end_utc, promises),
        sent=tuple(
            Sent(channel=row.channel, sent=row.sent, failed=row.failed, unsure=row.unknown)
            for row in connection.execute(sent_query(start_utc, end_utc, sight))
        ),
        rules=precisions(judged_of(connection, end_utc - QUARTER), by_detector) if judged else (),
        **(_ruled(connection, start_utc, end_utc) if judged else {}),
        before=before,
    )


class _Ruled(TypedDict, total=False):
    rulings: Rulings
    unalarmed: tuple[Unalarmed, ...]


def _ruled(connection: sa.Connection, start: datetime, end: datetime) -> _Ruled:
    holding = holding_in(connection)
    rows = connection.execute(unalarmed_query(start, end)).all()
    return {"rulings": holding, "unalarmed": tuple(_unalarmed(row, holding) for row in rows)}


def said_query(start: datetime, end: datetime, voice: Voice, sight: Sight | None = None) -> sa.Select[Any]:
    """How much was said, and how much of it negative?"""
    is_negative = sa.and_(item.c.negative > item.c.neutral, item.c.negative > item.c.positive)
    negative = sa.func.coalesce(sa.func.sum(sa.case((is_negative, 1), else_=0)), 0)
    said = sa.and_(item.c.created_at >= start, item.c.created_at < end, item.c.voice == voice.value)
    said = sa.and_(said, item.c.deleted_at.is_(None), items_in(sight))
    return sa.select(sa.func.count().label("posts"), negative.label("negative")).where(said)


def answers_query(start: datetime, end: datetime, sight: Sight | None = None) -> sa.Select[Any]:
    """Which conversations were opened in the week, and how did they go?"""
    columns = (conversation.c.opened_at, conversation.c.due_at, conversation.c.answered_at)
    return sa.select(*columns).where(conversation.c.opened_at >= start, conversation.c.opened_at < end, conversations_in(sight))


def opened_query(start: datetime, end: datetime, sight: Sight | None = None) -> sa.Select[Any]:
    """Which incidents were opened? Every state is named, because the index begins with it."""
    opened = sa.and_(incident.c.state.in_(ALL_STATES), incident.c.opened_at >= start, incident.c.opened_at < end, incidents_in(sight))
    count = sa.func.count().label("n")
    query = sa.select(incident.c.label, incident.c.severity, count).where(opened).group_by(incident.c.label, incident.c.severity)
    return query.order_by(by_severity(incident.c.severity).desc(), count.desc(), incident.c.label)


def labels_query(family: str, start: datetime, end: datetime, voices: Sequence[Voice], sight: Sight | None = None) -> sa.Select[Any]:
    """How many posts carry each label of a family ("leak" and all below it), in their present text?"""
    present = sa.and_(item.c.id == finding.c.item_id, item.c.revision == finding.c.revision, item.c.deleted_at.is_(None))
    labelled = sa.and_(finding.c.label > f"{family}.", finding.c.label < f"{family}/", finding.c.said_at >= start, finding.c.said_at < end)
    count = sa.func.count(sa.distinct(finding.c.item_id)).label("n")
    query = sa.select(finding.c.label, count).select_from(finding).join(item, present).where(labelled, finding.c.reported, items_in(sight))
    return (
        query.where(item.c.voice.in_([voice.value for voice in voices])).group_by(finding.c.label).order_by(count.desc(), finding.c.label)
    )


def unalarmed_query(start: datetime, end: datetime) -> sa.Select[Any]:
    """In how many posts did each rule find something that alarmed nobody? Every label is named, because the index begins with it."""
    present = sa.and_(item.c.id == finding.c.item_id, item.c.revision == finding.c.revision, item.c.deleted_at.is_(None), real(item))
    said = sa.and_(finding.c.label.in_(list(LABELS)), finding.c.said_at >= start, finding.c.said_at < end, ~finding.c.reported)
    count = sa.func.count(sa.distinct(finding.c.item_id)).label("n")
    columns = (finding.c.detector, sa.func.min(finding.c.label).label("label"), count)
    query = sa.select(*columns).join(item, present).where(said)
    return query.group_by(finding.c.detector).order_by(count.desc(), finding.c.detector)


def unfinished_query(end: datetime, sight: Sight | None = None) -> sa.Select[Any]:
    """Which conversations has each owner not answered, and how many are late?"""
    late = sa.func.sum(sa.case((conversation.c.due_at < end, 1), else_=0)).label("late")
    query = sa.select(conversation.c.owner, sa.func.count().label("n"), late).where(
        conversation.c.state.in_(UNFINISHED), conversations_in(sight)
    )
    return query.group_by(conversation.c.owner)


def unresolved_query(sight: Sight | None = None) -> sa.Select[Any]:
    """Which incidents has each owner not resolved?"""
    query = sa.select(incident.c.owner, sa.func.count().label("n")).where(
        incident.c.state.in_(("open", "acknowledged")), incidents_in(sight)
    )
    return query.group_by(incident.c.owner)


def burning_query(sight: Sight | None = None) -> sa.Select[Any]:
    """Which incidents are not resolved, the most severe first, then the oldest?"""
    query = sa.select(incident).where(incident.c.state.in_(("open", "acknowledged")), incidents_in(sight))
    return query.order_by(by_severity(incident.c.severity).desc(), incident.c.opened_at, incident.c.id).limit(BURNING)


def blind_query(since: datetime) -> sa.Select[Any]:
    """Which configured sources have been asked, but not read since then?"""
    never = sa.and_(source_state.c.last_success_at.is_(None), source_state.c.last_poll_at.is_not(None))
    unread = sa.or_(never, source_state.c.last_success_at < since)
    return sa.select(source_state).where(source_state.c.ended_at.is_(None), unread).order_by(source_state.c.source_id)


def sent_query(start: datetime, end: datetime, sight: Sight | None = None) -> sa.Select[Any]:
    """How did the week's tries end, by channel? Only an incident that lived in the week can have had any; updates are no messages."""
    lived = sa.or_(incident.c.state.in_(("open", "acknowledged")), incident.c.resolved_at >= start)
    lived = sa.and_(lived, incidents_in(sight))
    tried = sa.and_(attempt.c.at >= start, attempt.c.at < end, delivery.c.incident_id.in_(sa.select(incident.c.id).where(lived)))
    counts = [sa.func.sum(sa.case((attempt.c.outcome == how, 1), else_=0)).label(how) for how in ("sent", "failed", "unknown")]
    query = sa.select(delivery.c.channel, *counts).join(attempt, attempt.c.delivery_id == delivery.c.id)
    return query.where(tried, delivery.c.kind != UPDATE).group_by(delivery.c.channel).order_by(delivery.c.channel)


def _day(connection: sa.Connection, start: datetime, end: datetime, zone: ZoneInfo, sight: Sight | None) -> Day:
    row = connection.execute(said_query(start, end, Voice.PUBLIC, sight)).one()
    return Day(day=start.astimezone(zone).date(), posts=row.posts, negative=int(row.negative))


def _answers(connection: sa.Connection, start: datetime, end: datetime, sight: Sight | None) -> Answers:
    rows = connection.execute(answers_query(start, end, sight)).all()
    waits = [(row.answered_at - row.opened_at).total_seconds() for row in rows if row.answered_at is not None]
    late = sum(row.due_at is not None and (row.answered_at or end) > row.due_at for row in rows)
    return Answers(opened=len(rows), answered=len(waits), late=late, median_s=median(waits) if waits else None)


def _counted(connection: sa.Connection, query: sa.Select[Any]) -> tuple[Counted, ...]:
    return tuple(Counted(label=row.label, count=row.n) for row in connection.execute(query))


def _unalarmed(row: sa.Row[Any], holding: Rulings) -> Unalarmed:
    ruling = holding.about(Ruled.RULE, row.detector.partition("@")[0]) or holding.about(Ruled.LABEL, row.label)
    return Unalarmed(detector=row.detector, posts=row.n, ruling=ruling)


def _waiting(connection: sa.Connection, end: datetime, sight: Sight | None) -> tuple[Waiting, ...]:
    talks = {row.owner: row for row in connection.execute(unfinished_query(end, sight))}
    incidents = {row.owner: row.n for row in connection.execute(unresolved_query(sight))}
    return tuple(
        Waiting(
            owner=owner,
            incidents=incidents.get(owner, 0),
            conversations=talks[owner].n if owner in talks else 0,
            late=int(talks[owner].late) if owner in talks else 0,
        )
        for owner in sorted(talks.keys() | incidents.keys())
    )


def _burning(row: sa.Row[Any]) -> Burning:
    return Burning(incident_id=row.id, label=row.label, severity=Severity(row.severity), owner=row.owner, opened_at=row.opened_at)


def blind_in(connection: sa.Connection, start: datetime, end: datetime, promises: Promises) -> tuple[Blind, ...]:
    """Which sources were blind in [start, end) (aware UTC), for how long altogether: each once."""
    found: dict[str, Blind] = {}
    for spell in over(connection, start, end):
        seconds = (min(spell.ends_at or end, end) - max(spell.starts_at, start)).total_seconds()
        before = found.get(spell.source_id)
        since, seconds = (before.since, before.seconds + seconds) if before else (spell.starts_at, seconds)
        found[spell.source_id] = Blind(source_id=spell.source_id, since=since, seconds=seconds, reason="over", lasts=False)
    for row in connection.execute(blind_query(end)):
        held = promises.get(row.source_id, UNKNOWN)
        if row.last_success_at is None or end - row.last_success_at > held.after:
            found[row.source_id] = _lasting(row, held, start, end, found.get(row.source_id))
    return tuple(found[name] for name in sorted(found))


def _lasting(row: sa.Row[Any], held: Promise, start: datetime, end: datetime, before: Blind | None) -> Blind:
    since = row.last_success_at + held.gap if row.last_success_at is not None else None
    seconds = (end - max(since or start, start)).total_seconds() + (before.seconds if before else 0)
    return Blind(source_id=row.source_id, since=before.since if before else since, seconds=seconds, reason=row.reason)
