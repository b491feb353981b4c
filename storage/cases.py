"""Cases: each act is one transaction with its sealed line of the history and an audit line that says no more than the case's number."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine
from core.cases import Case, CaseCounts, CaseEntry, CaseEntryKind, CaseFile, CaseFound, CaseStage, Consequence, Glass, Opening
from core.chain import ERASED
from core.errors import Conflict, NotFound, Refused
from core.sealing import entry_parts, seal
from storage.audit import write_line
from storage.case_evidence import empty, evidence_of_case, freeze
from storage.database import Database
from storage.schema import audit_line
from storage.schema_case import case_entry, case_evidence, case_glass, compliance_case

MOST = 500


@dataclass(frozen=True)
class Cases:
    """Questions about cases, and their acts."""

    database: Database

    def list(self, *, limit: int = MOST, before: int | None = None) -> Sequence[Case]:
        """The newest first."""
        query = sa.select(compliance_case).order_by(compliance_case.c.id.desc()).limit(limit)
        query = query.where(compliance_case.c.id < before) if before is not None else query
        with self.database.read() as connection:
            return [_case(row) for row in connection.execute(query)]

    def get(self, number: int) -> Case:
        """One. Raises NotFound."""
        with self.database.read() as connection:
            return _case(_row(connection, number))

    def file(self, number: int) -> CaseFile:
        """One with all that belongs to it, at one moment. Raises NotFound."""
        with self.database.read() as connection:
            lines = sa.select(case_entry).where(case_entry.c.case_id == number).order_by(case_entry.c.id)
            looks = sa.select(case_glass).where(case_glass.c.case_id == number).order_by(case_glass.c.id)
            return CaseFile(
                case=_case(_row(connection, number)),
                entries=[_entry(row) for row in connection.execute(lines)],
                evidence=evidence_of_case(connection, number),
                glasses=[_glass(row) for row in connection.execute(looks)],
            )

    def of_incident(self, incident_id: int) -> Sequence[Case]:
        """The cases that were opened from an incident, the oldest first."""
        query = sa.select(compliance_case).where(compliance_case.c.incident_id == incident_id).order_by(compliance_case.c.id)
        with self.database.read() as connection:
            return [_case(row) for row in connection.execute(query)]

    def citing(self) -> Mapping[str, int]:
        """How many cases cite each clause."""
        query = sa.select(compliance_case.c.clause, sa.func.count().label("n")).group_by(compliance_case.c.clause)
        with self.database.read() as connection:
            return {row.clause: row.n for row in connection.execute(query)}

    def due(self, before: datetime) -> Sequence[Case]:
        """Running cases whose next step was promised for before then, the longest overdue first."""
        with self.database.read() as connection:
            return [_case(row) for row in connection.execute(due_query(before))]

    def looks(self, number: int, person: str, now: datetime) -> bool:
        """Has this person broken the glass of this case, and is it still open for them?"""
        mine = sa.and_(case_glass.c.case_id == number, case_glass.c.person == person, case_glass.c.until > now)
        with self.database.read() as connection:
            return connection.execute(sa.select(case_glass.c.id).where(mine).limit(1)).first() is not None

    def glasses(self, since: datetime) -> Sequence[Glass]:
        """Who looked into a case without the right since then, the oldest first."""
        query = sa.select(case_glass).where(case_glass.c.until > since).order_by(case_glass.c.id).limit(MOST)
        with self.database.read() as connection:
            return [_glass(row) for row in connection.execute(query)]

    def counts(self, start: datetime, end: datetime) -> CaseCounts:
        """What happened to cases in [start, end), and how many were late at its end."""
        opened = sa.and_(compliance_case.c.opened_at >= start, compliance_case.c.opened_at < end)
        decided = sa.and_(case_entry.c.kind == CaseEntryKind.DECIDED.value, case_entry.c.at >= start, case_entry.c.at < end)
        with self.database.read() as connection:
            return CaseCounts(
                opened=_count(connection, sa.select(compliance_case.c.id).where(opened)),
                decided=_count(connection, sa.select(case_entry.c.id).where(decided)),
                late=_count(connection, due_query(end).order_by(None)),
            )

    def audited(self, number: int) -> Mapping[str, int]:
        """How many lines the audit has on a case, by act."""
        subject = sa.or_(audit_line.c.subject == f"case {number}", audit_line.c.subject.startswith(f"case {number} ", autoescape=True))
        query = sa.select(audit_line.c.act, sa.func.count().label("n")).where(subject).group_by(audit_line.c.act)
        with self.database.read() as connection:
            return {row.act: row.n for row in connection.execute(query)}

    def erasures(self) -> frozenset[str]:
        """The pseudonyms under which people were erased, as the audit has them."""
        query = sa.select(audit_line.c.subject).where(audit_line.c.act == ERASED)
        with self.database.read() as connection:
            return frozenset(subject.split(" ", 1)[0] for subject in connection.execute(query).scalars())

    def open(self, opening: Opening, actor: str, key: bytes, now: datetime, *, typed_by: str = "") -> int:
        """Open a case and freeze its evidence; answers its number. Raises Refused: the same case is running."""
        row: dict[str, Any] = {name: getattr(opening, name) for name in ("clause", "policy_version", "label", "brand", "incident_id")}
        row |= {"concerned": opening.concerned, "stage": CaseStage.OPENED.value, "opened_by": actor, "opened_at": now}
        with self.database.write() as connection:
            values = row | {"due_at": opening.due_at}
            made = self.database.insert(compliance_case).values(values).on_conflict_do_nothing().returning(compliance_case.c.id)
            number = connection.execute(made).scalar()
            if number is None:
                raise Refused("the same case is running already")
            frozen = freeze(connection, int(number), opening.item_ids, actor, key, now)
            detail: dict[str, str | int] = {"clause": opening.clause, "policy": opening.policy_version, "evidence": len(frozen)}
            detail |= _typed(actor, typed_by)
            said = CaseEntry(at=now, actor=actor, kind=CaseEntryKind.OPENED, text=opening.because, detail=detail)
            _log(connection, int(number), said, key)
            return int(number)

    def freeze_more(self, number: int, item_ids: Sequence[int], actor: str, key: bytes, now: datetime) -> int:
        """Freeze these posts as they are now; answers how many. Raises NotFound, Refused: the case is closed."""
        with self.database.write() as connection:
            _hold(connection, number, [one for one in CaseStage if one is not CaseStage.CLOSED], None)
            frozen = freeze(connection, number, item_ids, actor, key, now)
            detail = {"evidence": len(frozen), "first": frozen[0] if frozen else 0}
            _log(connection, number, CaseEntry(at=now, actor=actor, kind=CaseEntryKind.FROZEN, detail=detail), key)
            return len(frozen)

    def move(
        self,
        case: Case,
        stages: Collection[CaseStage],
        values: Mapping[str, Any],
        said: CaseEntry,
        key: bytes,
    ) -> None:
        """A case takes a step, as it was when it was read. Raises NotFound, Conflict: changed since; Refused: it is not that far, or over.

        `said` is the line of the history.
        """
        with self.database.write() as connection:
            row = _hold(connection, case.number, stages, case.version)
            change = sa.update(compliance_case).where(compliance_case.c.id == row.id)
            connection.execute(change.values({**values, "version": row.version + 1}))
            _log(connection, row.id, said, key)

    def break_glass(self, number: int, person: str, reason: str, until: datetime, key: bytes, now: datetime) -> int:
        """Somebody may look into a case until then; answers the look's number. Raises NotFound."""
        row = {"case_id": number, "person": person, "reason": reason, "opened_at": now, "until": until}
        with self.database.write() as connection:
            _row(connection, number)
            look = int(connection.execute(sa.insert(case_glass).values(row).returning(case_glass.c.id)).scalar_one())
            said = CaseEntry(at=now, actor=person, kind=CaseEntryKind.GLASS, text=reason, detail={"look": look})
            _log(connection, number, said, key)
            return look


def due_query(before: datetime) -> sa.Select[Any]:
    """Which running cases are late by then?"""
    runs = compliance_case.c.closed_at.is_(None)
    query = sa.select(compliance_case).where(runs, compliance_case.c.due_at <= before)
    return query.order_by(compliance_case.c.due_at, compliance_case.c.id).limit(MOST)


def over_query(before: datetime) -> sa.Select[Any]:
    """Which cases were closed before then and still say whom they concerned?"""
    over = sa.and_(compliance_case.c.closed_at < before, compliance_case.c.emptied_at.is_(None))
    return sa.select(compliance_case.c.id).where(over).order_by(compliance_case.c.closed_at)


def forget_one(connection: sa.Connection, number: int, now: datetime) -> None:
    """What is kept of a case is its clause, its steps and their times."""
    full = sa.select(case_evidence.c.id).where(case_evidence.c.case_id == number, case_evidence.c.emptied_at.is_(None))
    for evidence in connection.execute(full).scalars().all():
        empty(connection, number, evidence, now, "kept")
    said = sa.update(case_entry).where(case_entry.c.case_id == number, case_entry.c.text != "")
    connection.execute(said.values(text="", redacted="kept"))
    connection.execute(sa.update(case_glass).where(case_glass.c.case_id == number).values(reason=""))
    mine = sa.update(compliance_case).where(compliance_case.c.id == number)
    connection.execute(mine.values(concerned="", emptied_at=now))
    write_line(connection, AuditLine(at=now, actor="czujka", act="case_forgotten", subject=f"case {number}"))


def _row(connection: sa.Connection, number: int, *, held: bool = False) -> sa.Row[Any]:
    query = sa.select(compliance_case).where(compliance_case.c.id == number)
    row = connection.execute(query.with_for_update() if held else query).one_or_none()
    if row is None:
        raise NotFound(f"there is no case {number}")
    return row


def _hold(connection: sa.Connection, number: int, stages: Collection[CaseStage], seen: int | None) -> sa.Row[Any]:
    """The case, kept still until the transaction ends. Raises NotFound, Conflict, Refused."""
    row = _row(connection, number, held=True)
    if seen is not None and row.version != seen:
        raise Conflict(f"case {number} was changed by somebody else; look again before you act")
    if CaseStage(row.stage) not in stages:
        raise Refused(f"case {number} is {row.stage}; this is done while it is {' or '.join(stages)}")
    return row


def _log(connection: sa.Connection, number: int, said: CaseEntry, key: bytes) -> None:
    """The line of the history, sealed, and the audit line, which says nothing but the number."""
    row = {"case_id": number, "at": said.at, "actor": said.actor, "kind": said.kind.value, "text": said.text, "detail": dict(said.detail)}
    connection.execute(sa.insert(case_entry).values(row | {"seal": seal(key, "entry", number, *entry_parts(said))}))
    write_line(connection, AuditLine(at=said.at, actor=said.actor, act=f"case_{said.kind.value}", subject=f"case {number}"))


def _typed(actor: str, typed_by: str) -> dict[str, str | int]:
    return {"typed_by": typed_by} if typed_by and typed_by != actor else {}


def _count(connection: sa.Connection, query: sa.Select[Any]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()


def _case(row: sa.Row[Any]) -> Case:
    names = ("clause", "policy_version", "label", "brand", "incident_id", "concerned", "version", "opened_by", "opened_at", "due_at")
    more = ("decider", "appeal_decider", "decided_by", "decided_at", "first_decided_by", "appeal_until", "final", "closed_at")
    values: Mapping[str, Any] = {name: getattr(row, name) for name in (*names, *more)}
    return Case(
        number=row.id,
        stage=CaseStage(row.stage),
        found=CaseFound(row.found) if row.found else None,
        consequence=Consequence(row.consequence) if row.consequence else None,
        **values,
    )


def _entry(row: sa.Row[Any]) -> CaseEntry:
    return CaseEntry(
        entry_id=row.id,
        at=row.at,
        actor=row.actor,
        kind=CaseEntryKind(row.kind),
        text=row.text,
        detail=row.detail,
        seal=row.seal,
        redacted=row.redacted,
    )


def _glass(row: sa.Row[Any]) -> Glass:
    return Glass(number=row.id, case=row.case_id, person=row.person, reason=row.reason, opened_at=row.opened_at, until=row.until)
