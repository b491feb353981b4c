"""Lessons of incidents and exercises with their actions, and every action of any review beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine
from core.crisis import About, Planned
from core.errors import Conflict, NotFound, Refused
from core.labels import LABELS
from core.lessons import LONGEST, Lesson, Origin, Task, task_of
from core.policy import Wanted
from core.types import Voice
from core.verdicts import Precision, precisions
from storage.audit import write_line
from storage.crises import action_of
from storage.database import Database
from storage.figures import labels_query
from storage.reviews import open_one
from storage.schema import RESOLVED, finding, incident
from storage.schema_crisis import crisis, crisis_action
from storage.schema_lessons import lesson, lesson_action
from storage.sight import real
from storage.verdicts import judged_query, judged_row

MOST = 200


@dataclass(frozen=True)
class Lessons:
    """Questions about what was learned."""

    database: Database

    def list(self, limit: int = MOST) -> Sequence[Lesson]:
        """The newest first."""
        with self.database.read() as connection:
            return [_lesson(row) for row in connection.execute(sa.select(lesson).order_by(lesson.c.id.desc()).limit(limit))]

    def get(self, lesson_id: int) -> Lesson:
        """One. Raises NotFound."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(lesson).where(lesson.c.id == lesson_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no lesson {lesson_id}; `czujka lessons list` names them")
        return _lesson(row)

    def of(self, origin: Origin, subject: str) -> Lesson | None:
        """What was learned from one incident or exercise."""
        mine = sa.and_(lesson.c.origin == origin.value, lesson.c.subject == subject)
        with self.database.read() as connection:
            row = connection.execute(sa.select(lesson).where(mine)).one_or_none()
        return _lesson(row) if row is not None else None

    def tasks(self, limit: int = MOST) -> Sequence[Task]:
        """Every action of any review, the newest first."""
        with self.database.read() as connection:
            mine = [_task(row) for row in connection.execute(_tasks_query().order_by(lesson_action.c.id.desc()).limit(limit))]
            theirs = connection.execute(sa.select(crisis_action).order_by(crisis_action.c.id.desc()).limit(limit))
            found = [*mine, *(task_of(action_of(row)) for row in theirs)]
        return sorted(found, key=lambda one: (one.made_at, one.number), reverse=True)[:limit]

    def task(self, lesson_id: int, number: int) -> Task:
        """One action of one lesson. Raises NotFound."""
        mine = sa.and_(lesson_action.c.lesson_id == lesson_id, lesson_action.c.id == number)
        with self.database.read() as connection:
            row = connection.execute(_tasks_query().where(mine)).one_or_none()
        if row is None:
            raise NotFound(f"lesson {lesson_id} has no action {number}")
        return _task(row)

    def overdue(self, due_before: datetime, limit: int = MOST) -> Sequence[Task]:
        """Actions of lessons that are not done and were due by then, the longest overdue first."""
        waits = sa.and_(lesson_action.c.done_at.is_(None), lesson_action.c.due_at <= due_before)
        query = _tasks_query().where(waits).order_by(lesson_action.c.due_at, lesson_action.c.id).limit(limit)
        with self.database.read() as connection:
            return [_task(row) for row in connection.execute(query)]

    def closing(self, start: datetime, end: datetime) -> Sequence[Task]:
        """Done actions whose longest comparison was complete in that time, the earliest first."""
        return sorted(
            (one for one in self.tasks(10 * MOST) if one.done_at is not None and start <= one.done_at + LONGEST < end),
            key=lambda one: (one.done_at or one.made_at, one.number),
        )

    def asked(self, since: datetime, limit: int = 50) -> Sequence[tuple[int, str, str, datetime]]:
        """Incidents resolved since then as high or critical from which nobody has learned so far: (id, title, severity, when)."""
        with self.database.read() as connection:
            return [(row.id, row.title, row.severity, row.resolved_at) for row in connection.execute(asked_query(since, limit))]

    def learn(self, origin: Origin, subject: str, text: str, actor: str, now: datetime) -> int:
        """Write down what was learned; answers its number. Raises Refused: somebody has for this one already."""
        row = {"origin": origin.value, "subject": subject, "text": text, "learned_by": actor, "learned_at": now}
        with self.database.write() as connection:
            made = self.database.insert(lesson).values(row).on_conflict_do_nothing().returning(lesson.c.id)
            number = connection.execute(made).scalar()
            if number is None:
                raise Refused(f"what {origin} {subject} taught is written down already; plan actions on it instead")
            _write_down(connection, now, actor, "lesson_learned", f"lesson {number} {origin} {subject}")
        return int(number)

    def plan(self, lesson_id: int, planned: Planned, actor: str, now: datetime, *, review: Wanted | None = None) -> int:
        """Keep an action, with the review of the policy that it asks for; answers its number. Raises NotFound."""
        self.get(lesson_id)
        row = {"lesson_id": lesson_id, "text": planned.text, "person": planned.owner, "due_at": planned.due_at}
        row |= {"about": planned.about.value, "pointer": planned.pointer, "made_by": actor, "made_at": now}
        with self.database.write() as connection:
            number = int(connection.execute(sa.insert(lesson_action).values(row).returning(lesson_action.c.id)).scalar_one())
            if review is not None:
                open_one(self.database, connection, review, actor, now, audited=True)
            _write_down(connection, now, actor, "lesson_action", f"lesson {lesson_id} action {number} {planned.about} {planned.pointer}")
        return number

    def finish(self, lesson_id: int, number: int, actor: str, now: datetime) -> None:
        """An action is done. Raises NotFound, Conflict: it was done already."""
        mine = sa.and_(lesson_action.c.lesson_id == lesson_id, lesson_action.c.id == number)
        with self.database.write() as connection:
            row = connection.execute(sa.select(lesson_action).where(mine).with_for_update()).one_or_none()
            if row is None:
                raise NotFound(f"lesson {lesson_id} has no action {number}")
            if row.done_at is not None:
                raise Conflict(f"action {number} was done already; look again before you act")
            connection.execute(sa.update(lesson_action).where(mine).values(done_by=actor, done_at=now))
            _write_down(connection, now, actor, "lesson_action_done", f"lesson {lesson_id} action {number}")

    def precision(self, rule: str, start: datetime, end: datetime) -> Precision:
        """How often people called right what a rule found in posts of that time, whichever its version."""
        with self.database.read() as connection:
            judged = [judged_row(row) for row in connection.execute(rule_query(rule, start, end))]
        return next(iter(precisions(judged, lambda _: rule)), Precision(name=rule, right=0, wrong=0, disputed=0))

    def breaches(self, start: datetime, end: datetime) -> dict[str, int]:
        """How many posts may have breached the policy, by label: ours for the policy's labels, anybody's for leaks."""
        queries = (labels_query("policy", start, end, (Voice.OURS,)), labels_query("leak", start, end, tuple(Voice)))
        with self.database.read() as connection:
            return {row.label: row.n for query in queries for row in connection.execute(query)}


def asked_query(since: datetime, limit: int) -> sa.Select[Any]:
    """Which grave incidents ended since then, and taught nobody anything so far? A crisis has a review of its own."""
    ended = sa.and_(
        incident.c.resolved_at >= since, incident.c.state == RESOLVED, incident.c.severity.in_(["high", "critical"]), real(incident)
    )
    ended = sa.and_(ended, incident.c.irrelevant_until.is_(None), incident.c.merged_into.is_(None))
    learned = sa.select(lesson.c.subject).where(lesson.c.origin == Origin.INCIDENT.value)
    led = sa.select(crisis.c.incident_id).where(crisis.c.incident_id == incident.c.id)
    query = sa.select(incident.c.id, incident.c.title, incident.c.severity, incident.c.resolved_at)
    return (
        query.where(ended, sa.cast(incident.c.id, sa.String).not_in(learned), ~led.exists()).order_by(incident.c.resolved_at).limit(limit)
    )


def rule_query(rule: str, start: datetime, end: datetime) -> sa.Select[Any]:
    """What do people say of what a rule found in posts of that time? Every label is named, because the index begins with it."""
    said = sa.and_(finding.c.label.in_(list(LABELS)), finding.c.said_at >= start, finding.c.said_at < end)
    return judged_query(None).where(said, sa.or_(finding.c.detector == rule, finding.c.detector.startswith(f"{rule}@", autoescape=True)))


def _tasks_query() -> sa.Select[Any]:
    return sa.select(lesson_action, lesson.c.origin, lesson.c.subject).join(lesson, lesson.c.id == lesson_action.c.lesson_id)


def _write_down(connection: sa.Connection, now: datetime, actor: str, act: str, subject: str) -> None:
    write_line(connection, AuditLine(at=now, actor=actor, act=act, subject=subject))


def _lesson(row: sa.Row[Any]) -> Lesson:
    return Lesson(
        lesson_id=row.id,
        origin=Origin(row.origin),
        subject=row.subject,
        text=row.text,
        learned_by=row.learned_by,
        learned_at=row.learned_at,
    )


def _task(row: sa.Row[Any]) -> Task:
    return Task(
        origin=Origin(row.origin),
        origin_id=row.lesson_id,
        subject=row.subject,
        number=row.id,
        planned=Planned(text=row.text, owner=row.person, due_at=row.due_at, about=About(row.about), pointer=row.pointer),
        made_by=row.made_by,
        made_at=row.made_at,
        done_by=row.done_by,
        done_at=row.done_at,
    )
