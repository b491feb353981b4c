"""The policy's way: one draft at a time, comments and approvals on it, versions in force one after another; each act is audited."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine, named
from core.cases import Consequence
from core.errors import Conflict, NotFound, Refused
from core.policy import Applies, Approval, Clause, Comment, Example, Version, Wording
from storage.audit import write_line
from storage.database import Database
from storage.schema import finding
from storage.schema_policy import policy_approval, policy_clause, policy_comment, policy_version

_POLICY_LOCK = 7260106
MOST_CITED = 1000


@dataclass(frozen=True)
class Policies:
    """Questions about the policy."""

    database: Database

    def in_force(self, now: datetime) -> Version | None:
        """What binds now."""
        binds = policy_version.c.effective_at <= now
        return self._one(sa.select(policy_version).where(binds).order_by(policy_version.c.effective_at.desc(), policy_version.c.id.desc()))

    def newest(self) -> Version | None:
        """The version that was published last; it may still be scheduled."""
        published = policy_version.c.effective_at.is_not(None)
        return self._one(sa.select(policy_version).where(published).order_by(policy_version.c.effective_at.desc()))

    def draft(self) -> Version | None:
        """The draft that is open for comments."""
        return self._one(sa.select(policy_version).where(_IS_DRAFT))

    def get(self, number: int) -> Version:
        """One version. Raises NotFound."""
        found = self._one(sa.select(policy_version).where(policy_version.c.id == number))
        if found is None:
            raise NotFound(f"there is no version {number} of the policy; `czujka policy versions` lists them")
        return found

    def history(self, limit: int = 100) -> Sequence[Version]:
        """All versions without their clauses, the newest first."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(policy_version).order_by(policy_version.c.id.desc()).limit(limit)).all()
            return [_version(row, (), _approvals(connection, row.id)) for row in rows]

    def comments(self, number: int) -> Sequence[Comment]:
        """What was said of a version, the oldest first."""
        query = sa.select(policy_comment).where(policy_comment.c.version_id == number).order_by(policy_comment.c.id)
        with self.database.read() as connection:
            return [
                Comment(comment_id=row.id, clause=row.clause, person=row.person, text=row.text, at=row.at)
                for row in connection.execute(query)
            ]

    def cited(self, labels: Sequence[str]) -> int:
        """How many reported findings have one of these labels, or a label of their families? Counts no further than `MOST_CITED`."""
        families = [finding.c.label.startswith(f"{label}.", autoescape=True) for label in labels]
        mine = sa.select(finding.c.id).where(finding.c.reported, sa.or_(finding.c.label.in_(labels), *families)).limit(MOST_CITED)
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(mine.subquery())).scalar_one()

    def open_draft(self, made: Version) -> int:
        """Write a draft in the place of the one before it, if any; answers its number."""
        row = {"note": made.note, "fingerprint": made.fingerprint, "needs": list(made.needs), "made_by": made.made_by}
        with self.database.write() as connection:
            self._lock(connection)
            connection.execute(sa.update(policy_version).where(_IS_DRAFT).values(ended_at=made.made_at))
            inserted = sa.insert(policy_version).values(row | {"made_at": made.made_at}).returning(policy_version.c.id)
            number = int(connection.execute(inserted).scalar_one())
            rows = [{"version_id": number, "clause": one.id, "body": asdict(one)} for one in made.clauses]
            connection.execute(sa.insert(policy_clause), rows)
            _write_down(connection, made.made_at, made.made_by, "policy_drafted", f"version {number}, {made.fingerprint}")
        return number

    def comment(self, number: int, said: Comment) -> int:
        """Keep what somebody said of the draft; answers the comment's id. Raises NotFound, Refused: it is no draft."""
        with self.database.write() as connection:
            self._drafted(connection, number)
            row = {"version_id": number, "clause": said.clause, "person": said.person, "text": said.text, "at": said.at}
            comment_id = int(connection.execute(sa.insert(policy_comment).values(row).returning(policy_comment.c.id)).scalar_one())
            _write_down(connection, said.at, said.person, "policy_commented", f"version {number} {said.clause}".strip())
        return comment_id

    def approve(self, number: int, given: Approval) -> None:
        """Keep an approval of the draft. Raises NotFound, Refused: it is no draft, Conflict: the office has approved."""
        row = {"version_id": number, "office": given.office, "person": given.person, "actor": given.actor, "at": given.at}
        with self.database.write() as connection:
            self._drafted(connection, number)
            done = self.database.insert(policy_approval).values(row).on_conflict_do_nothing().returning(policy_approval.c.office)
            if connection.execute(done).first() is None:
                raise Conflict(f"{given.office} has approved version {number} already")
            _write_down(
                connection, given.at, given.actor, "policy_approved", f"version {number} for {given.office} by {named(given.person)}"
            )

    def publish(self, number: int, effective_at: datetime, actor: str, now: datetime) -> None:
        """The draft takes effect then, and the version before it ends then.

        Raises NotFound; Refused: it is no draft, an approval is missing, or a version is scheduled for later than this one.
        """
        with self.database.write() as connection:
            row = self._drafted(connection, number)
            missing = _version(row, (), _approvals(connection, number)).missing()
            if missing:
                raise Refused(f"version {number} cannot be published: the approval of {', '.join(missing)} is missing")
            later = sa.select(policy_version.c.id).where(policy_version.c.effective_at >= effective_at)
            if (other := connection.execute(later).scalars().first()) is not None:
                raise Refused(f"version {other} takes effect on that day or later; choose a later one")
            before = sa.and_(policy_version.c.effective_at.is_not(None), policy_version.c.ended_at.is_(None))
            connection.execute(sa.update(policy_version).where(before).values(ended_at=effective_at))
            published = {"effective_at": effective_at, "published_by": actor, "published_at": now}
            connection.execute(sa.update(policy_version).where(policy_version.c.id == number).values(published))
            _write_down(connection, now, actor, "policy_published", f"version {number} from {effective_at:%Y-%m-%d %H:%M} UTC")

    def withdraw(self, number: int, actor: str, now: datetime) -> None:
        """The draft is dropped. Raises NotFound, Refused: it is no draft."""
        with self.database.write() as connection:
            self._drafted(connection, number)
            connection.execute(sa.update(policy_version).where(policy_version.c.id == number).values(ended_at=now))
            _write_down(connection, now, actor, "policy_withdrawn", f"version {number}")

    def _lock(self, connection: sa.Connection) -> None:
        """Acts on the policy come one after the other. SQLite has one writer and needs nothing."""
        if not self.database.is_sqlite:
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_POLICY_LOCK})"))

    def _drafted(self, connection: sa.Connection, number: int) -> sa.Row[Any]:
        self._lock(connection)
        row = connection.execute(sa.select(policy_version).where(policy_version.c.id == number)).one_or_none()
        if row is None:
            raise NotFound(f"there is no version {number} of the policy; `czujka policy versions` lists them")
        if row.effective_at is not None or row.ended_at is not None:
            raise Refused(f"version {number} is no draft any more; what it says is settled")
        return row

    def _one(self, query: "sa.Select[Any]") -> Version | None:
        with self.database.read() as connection:
            row = connection.execute(query.limit(1)).one_or_none()
            return _version(row, _clauses(connection, row.id), _approvals(connection, row.id)) if row is not None else None


_IS_DRAFT = sa.and_(policy_version.c.effective_at.is_(None), policy_version.c.ended_at.is_(None))


def _write_down(connection: sa.Connection, at: datetime, actor: str, act: str, subject: str) -> None:
    write_line(connection, AuditLine(at=at, actor=actor, act=act, subject=subject))


def _clauses(connection: sa.Connection, number: int) -> tuple[Clause, ...]:
    query = sa.select(policy_clause.c.body).where(policy_clause.c.version_id == number).order_by(policy_clause.c.clause)
    return tuple(_clause(body) for body in connection.execute(query).scalars())


def _clause(body: dict[str, Any]) -> Clause:
    words = {
        language: Wording(**(said | {"examples": tuple(Example(**one) for one in said["examples"])}))
        for language, said in body["words"].items()
    }
    lists: dict[str, Any] = {"reviewers": tuple(body["reviewers"]), "detected_by": tuple(body["detected_by"])}
    lists |= {"applies_to": tuple(Applies(one) for one in body["applies_to"])}
    lists |= {"scale": tuple(Consequence(one) for one in body.get("scale", ()))}
    return Clause(**(body | lists | {"words": words}))


def _approvals(connection: sa.Connection, number: int) -> tuple[Approval, ...]:
    query = (
        sa.select(policy_approval).where(policy_approval.c.version_id == number).order_by(policy_approval.c.at, policy_approval.c.office)
    )
    return tuple(Approval(office=row.office, person=row.person, actor=row.actor, at=row.at) for row in connection.execute(query))


def _version(row: sa.Row[Any], clauses: tuple[Clause, ...], approvals: tuple[Approval, ...]) -> Version:
    return Version(
        number=row.id,
        clauses=clauses,
        needs=tuple(row.needs),
        note=row.note,
        fingerprint=row.fingerprint,
        made_by=row.made_by,
        made_at=row.made_at,
        effective_at=row.effective_at,
        published_by=row.published_by,
        published_at=row.published_at,
        ended_at=row.ended_at,
        approvals=approvals,
    )
