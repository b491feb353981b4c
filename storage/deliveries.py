"""The outbox: what is to be sent, leased with a fencing token; each try is a row of its own."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.errors import Conflict
from core.failpoint import reach
from core.sending import DueDelivery, Outcome, Tried
from core.types import Contact, Severity
from storage.database import Database
from storage.schema import WAITING
from storage.schema_delivery import attempt, delivery
from storage.updates import UPDATE

GATHERED_AT_MOST = 1000


class Deliveries:
    """Questions about deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lease_due(self, now: datetime, limit: int, lease: timedelta) -> list[DueDelivery]:
        """Take the deliveries whose time has come; nobody else sends them until the lease ends.

        What had to wait for one contact is taken together, beyond the limit, for it becomes one message. A lease that ended without a
        word leaves an attempt of unknown outcome, for what it sent may have arrived.
        """
        with self._database.write() as connection:
            rows = list(connection.execute(self._database.skip_locked(due_query(now, limit))).all())
            contacts = {row.contact for row in rows if _is_held(row)}
            if contacts and len(rows) == limit:
                rest = with_them_query(now, contacts, [row.id for row in rows])
                rows += connection.execute(self._database.skip_locked(rest)).all()
            for row in rows:
                change: dict[str, Any] = {"lease_until": now + lease, "token": row.token + 1, "first_try_at": row.first_try_at or now}
                if _is_uncertain(row):
                    change["tries"] = row.token
                    connection.execute(sa.insert(attempt).values(_unrecorded(row, now)))
                connection.execute(sa.update(delivery).where(delivery.c.id == row.id).values(change))
        reach("deliver.leased")
        return [_due(row, now) for row in rows]

    def record(self, tried: Tried, now: datetime) -> None:
        """Write how a try ended. Raises Conflict when the lease was lost to another worker: its result counts, ours does not."""
        with self._database.write() as connection:
            row = self._held(connection, tried)
            failed = "moved" if tried.moves_to else "failed"
            ended = {Outcome.SENT: "sent", Outcome.RETRY: "waiting", Outcome.FAILED: failed, Outcome.DROPPED: "dropped"}
            change: dict[str, Any] = {"state": ended[tried.outcome], "lease_until": None, "tries": row.tries + 1}
            if tried.outcome is Outcome.SENT:
                change |= {"sent_at": now, "remote_id": tried.remote_id[:512]}
            if tried.outcome is Outcome.RETRY:
                change["due_at"] = tried.retry_at or now
            connection.execute(sa.update(delivery).where(delivery.c.id == row.id).values(change))
            outcome = Outcome.UNKNOWN if tried.may_have_arrived else tried.outcome
            said = {"delivery_id": row.id, "at": now, "token": tried.token, "outcome": outcome.value}
            said |= {"reason": tried.reason[:96], "remote_id": tried.remote_id[:512]}
            connection.execute(sa.insert(attempt).values(said))
            if tried.moves_to is not None:
                self._database.insert_new(connection, delivery, [_moved(row, tried.moves_to, now)])
            reach("deliver.recorded")
        reach("deliver.committed")

    def _held(self, connection: sa.Connection, tried: Tried) -> sa.Row[Any]:
        query = sa.select(delivery).where(delivery.c.id == tried.delivery_id)
        row = connection.execute(query if self._database.is_sqlite else query.with_for_update()).one_or_none()
        if row is None or row.token != tried.token or row.state != "waiting":
            raise Conflict(f"delivery {tried.delivery_id} is no longer ours", reason="lease_lost")
        return row

    def due_times(self, contacts: Collection[str], since: datetime) -> dict[str, list[datetime]]:
        """When were these contacts ("kind:address") to be told since then, and when will they be?"""
        gathered: defaultdict[str, list[datetime]] = defaultdict(list)
        with self._database.read() as connection:
            for row in connection.execute(due_times_query(contacts, since)):
                gathered[row.contact].append(row.due_at)
        return gathered

    def thread(self, incident_id: int, contact: str) -> str | None:
        """The other side's id of the first message about this incident to this contact."""
        mine = sa.and_(delivery.c.incident_id == incident_id, delivery.c.contact == contact, delivery.c.remote_id != "")
        query = sa.select(delivery.c.remote_id).where(mine).order_by(delivery.c.id).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def backlog(self, now: datetime) -> int:
        """How many deliveries are due and not sent?"""
        query = sa.select(sa.func.count()).select_from(delivery).where(delivery.c.state == WAITING, delivery.c.due_at <= now)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def failed(self, limit: int = 20) -> Sequence[sa.Row[Any]]:
        """The newest deliveries that nobody got."""
        query = sa.select(delivery).where(delivery.c.state == "failed").order_by(delivery.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return connection.execute(query).all()


def due_times_query(contacts: Collection[str], since: datetime) -> sa.Select[Any]:
    """What were these contacts told since then, or will be? Updates wake nobody, so no page waits for them."""
    theirs = sa.and_(delivery.c.contact.in_(contacts), delivery.c.due_at > since, delivery.c.kind != UPDATE)
    return sa.select(delivery.c.contact, delivery.c.due_at).where(theirs)


def due_query(now: datetime, limit: int) -> sa.Select[Any]:
    """Which deliveries are to be sent now? Whoever is to be told goes before messages that are only brought up to date."""
    told_first = sa.case((delivery.c.kind == UPDATE, 1), else_=0)
    free = sa.or_(delivery.c.lease_until.is_(None), delivery.c.lease_until <= now)
    due = sa.and_(delivery.c.state == WAITING, delivery.c.due_at <= now, free)
    return sa.select(delivery).where(due).order_by(told_first, delivery.c.due_at).limit(limit)


def with_them_query(now: datetime, contacts: Collection[str], taken: Collection[int]) -> sa.Select[Any]:
    """What else has waited for these contacts?"""
    also = sa.and_(delivery.c.contact.in_(contacts), delivery.c.due_at > delivery.c.created_at, delivery.c.id.not_in(taken))
    return due_query(now, GATHERED_AT_MOST).where(also)


def _is_held(row: sa.Row[Any]) -> bool:
    """Grouping, the rate or an earlier try put it off."""
    return bool(row.due_at > row.created_at)


def _is_uncertain(row: sa.Row[Any]) -> bool:
    """Every lease raises the token and every recorded try raises the tries: a token ahead is a try that nobody recorded."""
    return bool(row.token > row.tries)


def _unrecorded(row: sa.Row[Any], now: datetime) -> dict[str, Any]:
    return {"delivery_id": row.id, "at": now, "token": row.token, "outcome": Outcome.UNKNOWN.value, "reason": "never_recorded"}


def _due(row: sa.Row[Any], now: datetime) -> DueDelivery:
    kind, _, address = row.contact.partition(":")
    return DueDelivery(
        delivery_id=row.id,
        token=row.token + 1,
        dedup_key=row.dedup_key,
        incident_id=row.incident_id,
        contact=Contact(kind=kind, address=address, channel=row.channel, person=row.person, language=row.language),
        kind=row.kind,
        tries=max(row.tries, row.token),
        first_try_at=row.first_try_at or now,
        due_at=row.due_at,
        severity=Severity(row.severity),
        uncertain=_is_uncertain(row),
        held=_is_held(row),
    )


def _moved(row: sa.Row[Any], contact: Contact, now: datetime) -> dict[str, Any]:
    where = f"{contact.kind}:{contact.address}"
    return {
        "dedup_key": f"{row.dedup_key}>{contact.channel}/{where}"[:320],
        "incident_id": row.incident_id,
        "person": contact.person,
        "contact": where[:256],
        "channel": contact.channel,
        "language": contact.language,
        "kind": row.kind,
        "severity": row.severity,
        "state": "waiting",
        "due_at": now,
        "created_at": now,
    }
