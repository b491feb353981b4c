"""Crises: each act is one transaction with its line of the log and its audit line; what is settled cannot be changed by an older page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine, named
from core.crisis import About, Action, Crisis, Entry, EntryKind, Kind, Part, Planned, Proposal, Room, Stage, Statement, Tick, may_approve
from core.errors import Conflict, NotFound, Refused
from core.policy import Wanted
from storage.audit import write_line
from storage.database import Database
from storage.reviews import open_one
from storage.schema import RESOLVED, incident
from storage.schema_crisis import crisis, crisis_action, crisis_entry, crisis_statement, crisis_tick

MOST = 200
MOST_ENTRIES = 5000
RUNNING: Collection[Stage] = (Stage.DECLARED,)
UNSETTLED: Collection[Stage] = (Stage.DECLARED, Stage.STOOD_DOWN)


@dataclass(frozen=True)
class Crises:
    """Questions about crises, and their acts."""

    database: Database

    def list(self, stages: Collection[Stage] = tuple(Stage), limit: int = MOST) -> Sequence[Crisis]:
        """Those in one of these stages, the newest first."""
        query = sa.select(crisis).where(crisis.c.stage.in_([one.value for one in stages])).order_by(crisis.c.id.desc()).limit(limit)
        with self.database.read() as connection:
            return [_crisis(row) for row in connection.execute(query)]

    def get(self, crisis_id: int) -> Crisis:
        """One. Raises NotFound."""
        with self.database.read() as connection:
            return _crisis(_row(connection, crisis_id))

    def room(self, crisis_id: int) -> Room:
        """One with all that belongs to it, at one moment. Raises NotFound."""
        with self.database.read() as connection:
            found = _crisis(_row(connection, crisis_id))
            lines = sa.select(crisis_entry).where(crisis_entry.c.crisis_id == crisis_id).order_by(crisis_entry.c.id).limit(MOST_ENTRIES)
            ticked = sa.select(crisis_tick).where(crisis_tick.c.crisis_id == crisis_id)
            said = sa.select(crisis_statement).where(crisis_statement.c.crisis_id == crisis_id).order_by(crisis_statement.c.id)
            planned = sa.select(crisis_action).where(crisis_action.c.crisis_id == crisis_id)
            return Room(
                crisis=found,
                entries=tuple(_entry(row) for row in connection.execute(lines)),
                ticks={row.item: Tick(item=row.item, person=row.person, at=row.at) for row in connection.execute(ticked)},
                statements=tuple(_statement(row) for row in connection.execute(said)),
                actions=tuple(action_of(row) for row in connection.execute(planned.order_by(crisis_action.c.due_at, crisis_action.c.id))),
            )

    def of_incident(self, incident_id: int) -> Crisis | None:
        """The newest crisis that was declared on an incident."""
        query = sa.select(crisis).where(crisis.c.incident_id == incident_id).order_by(crisis.c.id.desc()).limit(1)
        with self.database.read() as connection:
            row = connection.execute(query).one_or_none()
        return _crisis(row) if row is not None else None

    def proposals(self, limit: int = 20) -> Sequence[Proposal]:
        """Unresolved grave incidents of a crisis or a takeover for which nobody has declared one."""
        with self.database.read() as connection:
            return [
                Proposal(
                    incident_id=row.id,
                    label=row.label,
                    title=row.title,
                    severity=row.severity,
                    brand=row.brand,
                    owner=row.owner,
                    opened_at=row.opened_at,
                )
                for row in connection.execute(proposed_query(limit))
            ]

    def open_actions(self, due_before: datetime, limit: int = MOST) -> Sequence[Action]:
        """Actions that are not done and were due by then, the longest overdue first."""
        waits = sa.and_(crisis_action.c.done_at.is_(None), crisis_action.c.due_at <= due_before)
        query = sa.select(crisis_action).where(waits).order_by(crisis_action.c.due_at, crisis_action.c.id).limit(limit)
        with self.database.read() as connection:
            return [action_of(row) for row in connection.execute(query)]

    def declare(self, kind: Kind, title: str, lead: str, actor: str, now: datetime, *, brand: str | None, incident_id: int | None) -> int:
        """Open the room; answers its number. Raises Refused: one is declared on this incident already."""
        row: dict[str, Any] = {"kind": kind.value, "title": title, "brand": brand, "incident_id": incident_id}
        row |= {"stage": Stage.DECLARED.value, "roles": {Part.LEAD.value: lead}, "declared_by": actor, "declared_at": now}
        with self.database.write() as connection:
            made = self.database.insert(crisis).values(row).on_conflict_do_nothing().returning(crisis.c.id)
            number = connection.execute(made).scalar()
            if number is None:
                raise Refused(f"a crisis is declared on incident {incident_id} already; `czujka crisis list` names it")
            detail: dict[str, str | int] = {"kind": kind.value, "lead": lead}
            detail |= {"incident": incident_id} if incident_id is not None else {}
            _log(connection, int(number), Entry(at=now, actor=actor, kind=EntryKind.DECLARED, detail=detail))
            return int(number)

    def give_role(self, crisis_id: int, part: Part, person: str, actor: str, now: datetime, *, seen: int | None = None) -> None:
        """Somebody takes a role, '' gives it back. Raises NotFound, Refused, Conflict: changed since version `seen`."""
        with self.database.write() as connection:
            row = _hold(connection, crisis_id, UNSETTLED, seen)
            roles = {name: held for name, held in row.roles.items() if name != part.value}
            roles |= {part.value: person} if person else {}
            _change(connection, row, roles=roles)
            _log(connection, crisis_id, Entry(at=now, actor=actor, kind=EntryKind.ROLE, detail={"part": part.value, "person": person}))

    def write(self, crisis_id: int, entry: Entry) -> None:
        """A free line of the log, or a status note. Raises NotFound, Refused: the review is closed."""
        with self.database.write() as connection:
            _hold(connection, crisis_id, UNSETTLED)
            _log(connection, crisis_id, entry)

    def tick(self, crisis_id: int, item: str, actor: str, now: datetime) -> bool:
        """An item is done; False when it was ticked already. Raises NotFound, Refused."""
        row = {"crisis_id": crisis_id, "item": item, "person": actor, "at": now}
        with self.database.write() as connection:
            _hold(connection, crisis_id, UNSETTLED)
            made = self.database.insert(crisis_tick).values(row).on_conflict_do_nothing().returning(crisis_tick.c.item)
            if connection.execute(made).first() is None:
                return False
            _log(connection, crisis_id, Entry(at=now, actor=actor, kind=EntryKind.TICKED, detail={"item": item}))
            return True

    def untick(self, crisis_id: int, item: str, actor: str, now: datetime) -> bool:
        """It is not done after all; the log keeps both. Raises NotFound, Refused."""
        mine = sa.and_(crisis_tick.c.crisis_id == crisis_id, crisis_tick.c.item == item)
        with self.database.write() as connection:
            _hold(connection, crisis_id, UNSETTLED)
            if not connection.execute(sa.delete(crisis_tick).where(mine)).rowcount:
                return False
            _log(connection, crisis_id, Entry(at=now, actor=actor, kind=EntryKind.UNTICKED, detail={"item": item}))
            return True

    def draft(self, crisis_id: int, language: str, text: str, actor: str, now: datetime, *, typed_by: str = "") -> int:
        """Keep what somebody would say outside; answers its number. Raises NotFound, Refused."""
        row = {"crisis_id": crisis_id, "language": language, "text": text, "drafted_by": actor, "drafted_at": now}
        with self.database.write() as connection:
            _hold(connection, crisis_id, UNSETTLED)
            number = int(connection.execute(sa.insert(crisis_statement).values(row).returning(crisis_statement.c.id)).scalar_one())
            _log(connection, crisis_id, Entry(at=now, actor=actor, kind=EntryKind.DRAFTED, detail=_typed(number, actor, typed_by)))
        return number

    def approve(self, crisis_id: int, number: int, actor: str, now: datetime, *, typed_by: str = "") -> None:
        """A second person says yes. Raises NotFound, Conflict: approved or dropped already; Refused: it is their own, or not theirs."""
        with self.database.write() as connection:
            held = _crisis(_hold(connection, crisis_id, UNSETTLED))
            row = _said(connection, crisis_id, number)
            if not may_approve(held, _statement(row), actor):
                raise Refused(f"{actor!r} may not approve statement {number}: somebody else who is lead, spokesperson or legal must")
            if row.approved_at is not None or row.dropped_at is not None:
                raise Conflict(f"statement {number} was approved or dropped by somebody else; look again before you act")
            _settle(connection, number, approved_by=actor, approved_at=now)
            _log(connection, crisis_id, Entry(at=now, actor=actor, kind=EntryKind.APPROVED, detail=_typed(number, actor, typed_by)))

    def publish(self, crisis_id: int, number: int, where: str, actor: str, now: datetime) -> None:
        """It is out. Raises NotFound, Refused: nobody has approved it; Conflict: it is out or dropped."""
        with self.database.write() as connection:
            _hold(connection, crisis_id, UNSETTLED)
            row = _said(connection, crisis_id, number)
            if row.approved_at is None:
                raise Refused(f"statement {number} is not approved; the lead, the spokesperson or legal must read it first")
            if row.published_at is not None or row.dropped_at is not None:
                raise Conflict(f"statement {number} was published or dropped by somebody else; look again before you act")
            _settle(connection, number, published_by=actor, published_at=now, published_where=where)
            _log(connection, crisis_id, Entry(at=now, actor=actor, kind=EntryKind.PUBLISHED, text=where, detail={"statement": number}))

    def drop(self, crisis_id: int, number: int, actor: str, now: datetime) -> None:
        """It shall not go out. Raises NotFound, Refused, Conflict: it is out or dropped."""
        with self.database.write() as connection:
            _hold(connection, crisis_id, UNSETTLED)
            row = _said(connection, crisis_id, number)
            if row.published_at is not None or row.dropped_at is not None:
                raise Conflict(f"statement {number} was published or dropped by somebody else; look again before you act")
            _settle(connection, number, dropped_at=now)
            _log(connection, crisis_id, Entry(at=now, actor=actor, kind=EntryKind.DROPPED, detail={"statement": number}))

    def stand_down(self, crisis_id: int, why: str, actor: str, now: datetime, *, seen: int | None = None) -> None:
        """It is over; the review begins. Raises NotFound, Conflict, Refused: it is over already."""
        with self.database.write() as connection:
            row = _hold(connection, crisis_id, RUNNING, seen)
            _change(connection, row, stage=Stage.STOOD_DOWN.value, stood_down_by=actor, stood_down_at=now)
            _log(connection, crisis_id, Entry(at=now, actor=actor, kind=EntryKind.STOOD_DOWN, text=why))

    def plan(self, crisis_id: int, planned: Planned, actor: str, now: datetime, *, review: Wanted | None = None) -> int:
        """Keep an action, with the review of the policy that it asks for; answers its number. Raises NotFound, Refused."""
        row = asdict(planned) | {"about": planned.about.value, "crisis_id": crisis_id, "made_by": actor, "made_at": now}
        with self.database.write() as connection:
            _hold(connection, crisis_id, (Stage.STOOD_DOWN,))
            number = int(connection.execute(sa.insert(crisis_action).values(row).returning(crisis_action.c.id)).scalar_one())
            detail: dict[str, str | int] = {"action": number, "about": planned.about.value, "pointer": planned.pointer}
            if review is not None:
                open_one(self.database, connection, review, actor, now, audited=True)
            _log(connection, crisis_id, Entry(at=now, actor=actor, kind=EntryKind.ACTION, text=planned.text, detail=detail))
        return number

    def finish_action(self, crisis_id: int, number: int, actor: str, now: datetime) -> None:
        """An action is done, also long after the review. Raises NotFound, Conflict: it was done already."""
        with self.database.write() as connection:
            _row(connection, crisis_id)
            waits = sa.and_(crisis_action.c.crisis_id == crisis_id, crisis_action.c.id == number)
            row = connection.execute(sa.select(crisis_action).where(waits).with_for_update()).one_or_none()
            if row is None:
                raise NotFound(f"crisis {crisis_id} has no action {number}")
            if row.done_at is not None:
                raise Conflict(f"action {number} was done already; look again before you act")
            connection.execute(sa.update(crisis_action).where(crisis_action.c.id == number).values(done_by=actor, done_at=now))
            _log(connection, crisis_id, Entry(at=now, actor=actor, kind=EntryKind.ACTION_DONE, detail={"action": number}))

    def close_review(self, crisis_id: int, actor: str, now: datetime, *, seen: int | None = None) -> None:
        """What was learned is written; nothing but actions done is added any more. Raises NotFound, Conflict, Refused."""
        with self.database.write() as connection:
            row = _hold(connection, crisis_id, (Stage.STOOD_DOWN,), seen)
            _change(connection, row, stage=Stage.REVIEWED.value, reviewed_by=actor, reviewed_at=now)
            _log(connection, crisis_id, Entry(at=now, actor=actor, kind=EntryKind.REVIEWED))


def proposed_query(limit: int) -> sa.Select[Any]:
    """Which unresolved incidents, high or critical, tell of a crisis while none is declared on them?"""
    grave = sa.and_(incident.c.state != RESOLVED, incident.c.severity.in_(["high", "critical"]))
    tells = sa.or_(incident.c.label.startswith("crisis.", autoescape=True), incident.c.label.in_(["account.takeover", "crisis"]))
    taken = sa.select(crisis.c.incident_id).where(crisis.c.incident_id == incident.c.id)
    query = sa.select(incident).where(grave, tells, ~taken.exists())
    return query.order_by(sa.case((incident.c.severity == "critical", 0), else_=1), incident.c.opened_at.desc()).limit(limit)


def _row(connection: sa.Connection, crisis_id: int, *, held: bool = False) -> sa.Row[Any]:
    query = sa.select(crisis).where(crisis.c.id == crisis_id)
    row = connection.execute(query.with_for_update() if held else query).one_or_none()
    if row is None:
        raise NotFound(f"there is no crisis {crisis_id}; `czujka crisis list` names them")
    return row


def _hold(connection: sa.Connection, crisis_id: int, stages: Collection[Stage], seen: int | None = None) -> sa.Row[Any]:
    """The crisis, kept still until the transaction ends. Raises NotFound, Conflict, Refused."""
    row = _row(connection, crisis_id, held=True)
    if seen is not None and row.version != seen:
        raise Conflict(f"crisis {crisis_id} was changed by somebody else; look again before you act")
    if Stage(row.stage) not in stages:
        raise Refused(f"crisis {crisis_id} is {row.stage.replace('_', ' ')}; this is done while it is {_or(stages)}")
    return row


def _or(stages: Collection[Stage]) -> str:
    return " or ".join(one.value.replace("_", " ") for one in stages)


def _change(connection: sa.Connection, row: sa.Row[Any], **values: Any) -> None:
    connection.execute(sa.update(crisis).where(crisis.c.id == row.id).values(version=row.version + 1, **values))


def _said(connection: sa.Connection, crisis_id: int, number: int) -> sa.Row[Any]:
    mine = sa.and_(crisis_statement.c.crisis_id == crisis_id, crisis_statement.c.id == number)
    row = connection.execute(sa.select(crisis_statement).where(mine).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"crisis {crisis_id} has no statement {number}")
    return row


def _settle(connection: sa.Connection, number: int, **values: Any) -> None:
    connection.execute(sa.update(crisis_statement).where(crisis_statement.c.id == number).values(**values))


def _typed(number: int, actor: str, typed_by: str) -> dict[str, str | int]:
    """Which statement; and who typed, when that was not the person."""
    return {"statement": number} | ({"typed_by": typed_by} if typed_by and typed_by != actor else {})


def _log(connection: sa.Connection, crisis_id: int, entry: Entry) -> None:
    """The line of the log and the audit line, which holds no text."""
    row = {"crisis_id": crisis_id, "at": entry.at, "actor": entry.actor, "kind": entry.kind.value, "text": entry.text}
    connection.execute(sa.insert(crisis_entry).values(row | {"detail": dict(entry.detail)}))
    told = (f"{key} {_audited(key, value)}" for key, value in entry.detail.items())
    subject = " ".join([f"crisis {crisis_id}", *told])
    write_line(connection, AuditLine(at=entry.at, actor=entry.actor, act=f"crisis_{entry.kind.value}", subject=subject))


def _audited(key: str, value: str | int) -> str:
    """Persons by their pseudonyms."""
    return named(str(value)) if key in ("person", "lead", "typed_by") and value else str(value)


def _crisis(row: sa.Row[Any]) -> Crisis:
    values: Mapping[str, Any] = {
        name: getattr(row, name)
        for name in ("title", "brand", "incident_id", "version", "declared_by", "declared_at", "stood_down_by", "stood_down_at")
    }
    return Crisis(
        crisis_id=row.id,
        kind=Kind(row.kind),
        stage=Stage(row.stage),
        roles={Part(part): person for part, person in row.roles.items()},
        reviewed_by=row.reviewed_by,
        reviewed_at=row.reviewed_at,
        **values,
    )


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(at=row.at, actor=row.actor, kind=EntryKind(row.kind), text=row.text, detail=row.detail)


def _statement(row: sa.Row[Any]) -> Statement:
    names = ("language", "text", "drafted_by", "drafted_at", "approved_by", "approved_at", "published_by", "published_at")
    values: Mapping[str, Any] = {name: getattr(row, name) for name in names}
    return Statement(statement_id=row.id, published_where=row.published_where, dropped_at=row.dropped_at, **values)


def action_of(row: sa.Row[Any]) -> Action:
    """One as it is kept."""
    planned = Planned(text=row.text, owner=row.owner, due_at=row.due_at, about=About(row.about), pointer=row.pointer)
    return Action(
        action_id=row.id,
        crisis_id=row.crisis_id,
        planned=planned,
        made_by=row.made_by,
        made_at=row.made_at,
        done_by=row.done_by,
        done_at=row.done_at,
    )
