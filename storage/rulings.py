"""What people decided about rules and labels. A decision is written with its line in the audit, and from that transaction on nothing that
it rules out pages anybody: not what was read before, not an incident that rests on nothing else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine
from core.errors import Conflict, NotFound
from core.rulings import Ruled, Ruling, Rulings, Standing
from storage.audit import write_line
from storage.database import Database
from storage.schema import WAITING, finding, incident, incident_event, incident_item, item
from storage.schema_daily import ruling
from storage.schema_delivery import delivery

_RULING_LOCK = 7260103
UNRESOLVED = ("open", "acknowledged")


@dataclass(frozen=True)
class RulingStore:
    """Questions about rulings."""

    database: Database

    def holding(self) -> Rulings:
        """What holds now."""
        with self.database.read() as connection:
            return holding_in(connection)

    def history(self, limit: int = 100) -> Sequence[Ruling]:
        """All rulings, those that were revoked too, the newest first."""
        with self.database.read() as connection:
            return [_ruling(row) for row in connection.execute(sa.select(ruling).order_by(ruling.c.id.desc()).limit(limit))]

    def record(self, made: Ruling) -> int:
        """Write a ruling in the place of the one before it, if any; answers its id. Raises Conflict: two ruled at the same moment."""
        row: dict[str, Any] = {"about": made.about.value, "name": made.name, "standing": made.standing.value, "score": made.score}
        row |= {"reason": made.reason, "made_by": made.made_by, "made_at": made.made_at}
        ends = {"ended_by": made.made_by, "ended_at": made.made_at}
        with self.database.write() as connection:
            _lock(self.database, connection, shared=False)
            connection.execute(sa.update(ruling).where(_holding(made.about, made.name)).values(ends))
            try:
                ruling_id = int(connection.execute(sa.insert(ruling).values(row).returning(ruling.c.id)).scalar_one())
            except sa.exc.IntegrityError as error:
                raise Conflict("somebody ruled on this at the same moment; look again before you act") from error
            score = f" from {made.score:g}" if made.score is not None else ""
            _write_down(connection, made.made_at, made.made_by, "rule_ruled", f"{made.about} {made.name}: {made.standing}{score}")
            _rule_out_unassessed(connection, made)
            calm(connection, Rulings((made,)), made.made_at, made.made_by)
        return ruling_id

    def revoke(self, about: Ruled, name: str, actor: str, now: datetime) -> None:
        """From now on the pack's own word holds. What was read meanwhile stays as it is. Raises NotFound."""
        with self.database.write() as connection:
            _lock(self.database, connection, shared=False)
            ended = sa.update(ruling).where(_holding(about, name)).values(ended_by=actor, ended_at=now)
            if not connection.execute(ended).rowcount:
                raise NotFound(f"no ruling about the {about} {name} holds; `czujka rules rulings` shows those that do")
            _write_down(connection, now, actor, "rule_ruling_revoked", f"{about} {name}")


def holding_in(connection: sa.Connection) -> Rulings:
    """The rulings that hold, as this transaction sees them."""
    return Rulings(tuple(_ruling(row) for row in connection.execute(holding_query())))


def holding_when_writing(database: Database, connection: sa.Connection) -> Rulings:
    """The same for whoever writes findings or incidents: no ruling comes between this look and the end of the transaction."""
    _lock(database, connection, shared=True)
    return holding_in(connection)


def calm(connection: sa.Connection, rulings: Rulings, now: datetime, actor: str, among: Collection[int] | None = None) -> None:
    """Incidents (`among` these, or any) that rest on nothing but ruled-out findings page nobody any more; they stay in the list.

    A fresh post with a reported finding makes such an incident page again, as with one that was opened by old posts.
    """
    if all(one.standing is Standing.LIVE for one in rulings.holding):
        return
    for row in connection.execute(resting_query(rulings, among)).all():
        quiet = {"paging": False, "next_step_at": None, "ack_expires_at": None, "version": incident.c.version + 1}
        connection.execute(sa.update(incident).where(incident.c.id == row.id).values(quiet))
        waiting = sa.and_(delivery.c.incident_id == row.id, delivery.c.state == WAITING, delivery.c.lease_until.is_(None))
        connection.execute(sa.update(delivery).where(waiting).values(state="withdrawn"))
        event = {"incident_id": row.id, "at": now, "actor": actor, "kind": "calmed", "reason": "ruled_out", "detail": {}}
        connection.execute(sa.insert(incident_event).values(event))


def resting_query(rulings: Rulings, among: Collection[int] | None) -> sa.Select[Any]:
    """Which unresolved incidents that page hold ruled-out findings of their own label, and none that is reported otherwise?"""
    out = _ruled_out(rulings)
    mine = sa.select(finding.c.id).join(incident_item, incident_item.c.item_id == finding.c.item_id)
    mine = mine.where(incident_item.c.incident_id == incident.c.id, finding.c.label == incident.c.label)
    query = sa.select(incident.c.id).where(incident.c.state.in_(UNRESOLVED), incident.c.paging)
    query = query.where(mine.where(out).exists(), ~mine.where(finding.c.reported, ~out).exists())
    return query if among is None else query.where(incident.c.id.in_(among))


def _rule_out_unassessed(connection: sa.Connection, made: Ruling) -> None:
    """What was read and not yet assessed is no alarm any more."""
    unassessed = sa.select(item.c.id).where(item.c.assessed_at.is_(None), item.c.classified_by.is_not(None))
    out = sa.and_(finding.c.item_id.in_(unassessed), finding.c.reported, _ruled_out(Rulings((made,))))
    connection.execute(sa.update(finding).where(out).values(reported=False))


def _ruled_out(rulings: Rulings) -> sa.ColumnElement[bool]:
    """Findings that a ruling keeps from being reported."""
    return sa.or_(sa.false(), *(_kept(one) for one in rulings.holding if one.standing is not Standing.LIVE))


def _kept(one: Ruling) -> sa.ColumnElement[bool]:
    is_rule = one.about is Ruled.RULE
    named = finding.c.detector.startswith(f"{one.name}@", autoescape=True) if is_rule else finding.c.label == one.name
    return named if one.score is None else sa.and_(named, finding.c.score < one.score)


def _lock(database: Database, connection: sa.Connection, *, shared: bool) -> None:
    """Rulings and what they rule on are written one after the other. SQLite has one writer and needs nothing."""
    if not database.is_sqlite:
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}({_RULING_LOCK})"))


def _write_down(connection: sa.Connection, at: datetime, actor: str, act: str, subject: str) -> None:
    write_line(connection, AuditLine(at=at, actor=actor, act=act, subject=subject))


def _holding(about: Ruled, name: str) -> sa.ColumnElement[bool]:
    return sa.and_(ruling.c.about == about.value, ruling.c.name == name, ruling.c.ended_at.is_(None))


def holding_query() -> sa.Select[Any]:
    """Which rulings hold?"""
    return sa.select(ruling).where(ruling.c.ended_at.is_(None)).order_by(ruling.c.id)


def _ruling(row: sa.Row[Any]) -> Ruling:
    return Ruling(
        ruling_id=row.id,
        about=Ruled(row.about),
        name=row.name,
        standing=Standing(row.standing),
        score=row.score,
        reason=row.reason,
        made_by=row.made_by,
        made_at=row.made_at,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )
