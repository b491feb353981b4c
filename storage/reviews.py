"""Reviews of the policy's clauses as tasks, and what was seen that may ask for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine
from core.errors import Conflict, NotFound
from core.policy import Outcome, Review, Trigger, Wanted
from core.types import Voice
from core.verdicts import Said
from storage.audit import write_line
from storage.database import Database
from storage.figures import labels_query
from storage.schema import finding, incident, item, source_state, verdict
from storage.schema_policy import policy_review

MOST = 200


@dataclass(frozen=True)
class Reviews:
    """Questions about reviews."""

    database: Database

    def list(self, *, decided: bool = False, limit: int = MOST) -> Sequence[Review]:
        """Those that are open (with `decided` all), the most urgent first."""
        query = sa.select(policy_review)
        if not decided:
            query = query.where(policy_review.c.outcome.is_(None))
        with self.database.read() as connection:
            return [_review(row) for row in connection.execute(query.order_by(policy_review.c.due_at, policy_review.c.id).limit(limit))]

    def get(self, review_id: int) -> Review:
        """One. Raises NotFound."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(policy_review).where(policy_review.c.id == review_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no review {review_id}; `czujka policy reviews` lists them")
        return _review(row)

    def open(self, wanted: Sequence[Wanted], opened_by: str, now: datetime, *, audited: bool = False) -> int:
        """Open what is wanted; what was asked before by the same event is left as it is. Answers how many are new.

        While a review of a clause for one kind of trigger is open, more of that kind does not open another.
        """
        with self.database.write() as connection:
            return sum(open_one(self.database, connection, one, opened_by, now, audited=audited) for one in wanted)

    def decide(self, review_id: int, outcome: Outcome, reason: str, actor: str, now: datetime) -> None:
        """How a review ended, once. Raises NotFound, Conflict: somebody decided first."""
        one = self.get(review_id)
        waits = sa.and_(policy_review.c.id == review_id, policy_review.c.outcome.is_(None))
        values = {"outcome": outcome.value, "reason": reason, "decided_by": actor, "decided_at": now}
        with self.database.write() as connection:
            if not connection.execute(sa.update(policy_review).where(waits).values(values)).rowcount:
                raise Conflict(f"review {review_id} was decided by somebody else; look again before you act")
            _write_down(connection, now, actor, "policy_reviewed", f"{one.clause} {outcome}")

    def looked_at(self) -> dict[str, datetime]:
        """When each clause was reviewed last."""
        query = sa.select(policy_review.c.clause, sa.func.max(policy_review.c.decided_at).label("at")).group_by(policy_review.c.clause)
        with self.database.read() as connection:
            return {row.clause: row.at for row in connection.execute(query.where(policy_review.c.decided_at.is_not(None)))}

    def breaches(self, start: datetime, end: datetime) -> dict[str, int]:
        """How many posts of our side may have breached the policy, by label."""
        with self.database.read() as connection:
            return {row.label: row.n for row in connection.execute(labels_query("policy", start, end, (Voice.OURS,)))}

    def crises(self, since: datetime) -> Sequence[tuple[str, int, datetime]]:
        """Crises that were resolved since then and not called irrelevant: (label, incident, when)."""
        ended = sa.and_(incident.c.state == "resolved", incident.c.resolved_at >= since, incident.c.irrelevant_until.is_(None))
        crisis = incident.c.label.startswith("crisis.", autoescape=True)
        query = sa.select(incident.c.label, incident.c.id, incident.c.resolved_at).where(ended, crisis).order_by(incident.c.id).limit(MOST)
        with self.database.read() as connection:
            return [(row.label, row.id, row.resolved_at) for row in connection.execute(query)]

    def confirmed(self, since: datetime) -> Sequence[tuple[str, int, datetime]]:
        """Leaks and takeovers that somebody judged right since then: (label, finding, when)."""
        right = sa.and_(verdict.c.superseded_at.is_(None), verdict.c.at >= since, verdict.c.said == Said.RIGHT.value)
        grave = sa.or_(finding.c.label.startswith("leak.", autoescape=True), finding.c.label == "account.takeover")
        columns = (finding.c.label, finding.c.id, sa.func.min(verdict.c.at).label("at"))
        query = sa.select(*columns).join(verdict, verdict.c.finding_id == finding.c.id).where(right, grave)
        with self.database.read() as connection:
            rows = connection.execute(query.group_by(finding.c.label, finding.c.id).order_by(finding.c.id).limit(MOST))
            return [(row.label, row.id, row.at) for row in rows]

    def newest_texts(self, posts: int, since: datetime) -> Sequence[tuple[str, str]]:
        """What strangers wrote in the newest `posts` posts since then, with who wrote it."""
        with self.database.read() as connection:
            return [(row.author_key, row.text) for row in connection.execute(newest_texts_query(posts, since)) if "://" in row.text]

    def answering_since(self) -> dict[str, datetime]:
        """When each source, by id, answered for the first time."""
        query = sa.select(source_state.c.source_id, source_state.c.first_success_at).where(source_state.c.first_success_at.is_not(None))
        with self.database.read() as connection:
            return {row.source_id: row.first_success_at for row in connection.execute(query)}


def open_one(database: Database, connection: sa.Connection, one: Wanted, opened_by: str, now: datetime, *, audited: bool = False) -> bool:
    """Open a review inside a transaction; False when one of its kind is open, or this event has asked before."""
    same = sa.and_(policy_review.c.clause == one.clause, policy_review.c.trigger == one.trigger.value)
    if connection.execute(sa.select(policy_review.c.id).where(same, policy_review.c.outcome.is_(None))).first() is not None:
        return False
    row: dict[str, Any] = {"clause": one.clause, "trigger": one.trigger.value, "key": one.key[:200], "owner": one.owner}
    row |= {"due_at": one.due_at, "evidence": dict(one.evidence), "opened_by": opened_by, "opened_at": now}
    fresh = database.insert(policy_review).values(row).on_conflict_do_nothing().returning(policy_review.c.id)
    if connection.execute(fresh).first() is None:
        return False
    if audited:
        _write_down(connection, now, opened_by, "policy_review_opened", f"{one.clause} {one.trigger}")
    return True


def newest_texts_query(posts: int, since: datetime) -> sa.Select[Any]:
    """What was written in the newest posts?"""
    first = sa.select(sa.func.max(item.c.id) - posts).scalar_subquery()
    fresh = sa.and_(item.c.id > first, item.c.created_at >= since, item.c.deleted_at.is_(None), item.c.voice == Voice.PUBLIC.value)
    return sa.select(item.c.author_key, item.c.text).where(fresh)


def _write_down(connection: sa.Connection, at: datetime, actor: str, act: str, subject: str) -> None:
    write_line(connection, AuditLine(at=at, actor=actor, act=act, subject=subject))


def _review(row: sa.Row[Any]) -> Review:
    return Review(
        review_id=row.id,
        clause=row.clause,
        trigger=Trigger(row.trigger),
        owner=row.owner,
        opened_at=row.opened_at,
        due_at=row.due_at,
        evidence=row.evidence,
        opened_by=row.opened_by,
        outcome=Outcome(row.outcome) if row.outcome else None,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
