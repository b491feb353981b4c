"""What the checks of the register left: faults and strangers, each with its incident, opened and resolved in one transaction with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine
from core.errors import Conflict, NotFound
from core.records import Opens
from core.register import Account, AccountFault, Fault, Settled, Stranger, Writer
from core.types import Voice
from storage.assessing import open_incident
from storage.audit import write_line
from storage.database import Database
from storage.mending import resolve_mended
from storage.schema import incident, incident_item, item, source_state
from storage.schema_register import account_fault, looked_upto, registered_account, stranger

STRANGERS = "strangers"
IMPOSTOR = "account.impostor"
_STANDING = account_fault.c.mended_at.is_(None)


@dataclass(frozen=True)
class AccountChecks:
    """Questions about what is wrong with accounts."""

    database: Database

    def standing(self) -> Sequence[AccountFault]:
        """Every fault that is not mended, the oldest first."""
        with self.database.read() as connection:
            return [_fault(row) for row in connection.execute(sa.select(account_fault).where(_STANDING).order_by(account_fault.c.id))]

    def apply(self, fresh: Sequence[tuple[AccountFault, Opens]], mended: Sequence[AccountFault], now: datetime) -> int:
        """Write down what is wrong by now, each with its incident, and resolve what was mended. Answers how many faults are new.

        A fault that stands already opens nothing, whatever became of its incident.
        """
        opened = 0
        with self.database.write() as connection:
            for fault, opens in fresh:
                opened += self._open(connection, fault, opens, now)
            for fault in mended:
                done = sa.update(account_fault).where(account_fault.c.id == fault.fault_id, _STANDING).values(mended_at=now)
                if connection.execute(done).rowcount and fault.incident_id is not None:
                    resolve_mended(self.database, connection, fault.incident_id, now)
        return opened

    def _open(self, connection: sa.Connection, fault: AccountFault, opens: Opens, now: datetime) -> bool:
        row = {"account_id": fault.account, "fault": fault.fault.value, "detail": fault.detail[:500], "found_at": now}
        new = self.database.insert(account_fault).values(row).on_conflict_do_nothing().returning(account_fault.c.id)
        fault_id = connection.execute(new).scalar()
        if fault_id is None:
            return False
        # the number makes the key new for each time that a fault comes back
        incident_id = open_incident(self.database, connection, replace(opens, dedup_key=f"{opens.dedup_key}#{fault_id}"), now)
        connection.execute(sa.update(account_fault).where(account_fault.c.id == fault_id).values(incident_id=incident_id))
        return True

    def handles(self, accounts: Sequence[Account]) -> Mapping[int, str]:
        """What each platform calls these accounts now: the handle on their newest post, where the platform's own id is known."""
        found = {}
        with self.database.read() as connection:
            for account in accounts:
                row = connection.execute(handle_query(account)).first() if account.account_id else None
                if row is not None and row.author_handle:
                    found[account.number] = row.author_handle
        return found

    def gone(self) -> frozenset[str]:
        """The sources of which the platform says that what they read is not there."""
        query = sa.select(source_state.c.source_id).where(source_state.c.reason == "gone", source_state.c.ended_at.is_(None))
        with self.database.read() as connection:
            return frozenset(connection.execute(query).scalars())

    def writers(self, limit: int, since: datetime) -> tuple[Sequence[Writer], int, bool]:
        """Who wrote the posts that nobody has looked at so far, up to which post they reach, and whether there may be more. What was
        written before `since` is no news. What waits for its assessment is left for the next look: it may
        bring an incident itself."""
        with self.database.read() as connection:
            upto = connection.execute(sa.select(looked_upto.c.item_id).where(looked_upto.c.what == STRANGERS)).scalar() or 0
            found = connection.execute(writers_query(upto, limit)).all()
        rows = list(takewhile(lambda row: row.assessed_at is not None or row.collected_at < since, found))
        writers = [_writer(row, since) for row in rows if row.voice == Voice.PUBLIC.value]
        return writers, rows[-1].id if rows else upto, len(rows) == limit

    def found(self, fresh: Sequence[tuple[Stranger, Opens]], upto: int, now: datetime) -> int:
        """Write strangers down, each with its incident, and how far was looked. Answers how many are new."""
        opened = 0
        with self.database.write() as connection:
            for one, opens in fresh:
                opened += self._meet(connection, one, opens, now)
            mark = self.database.insert(looked_upto).values(what=STRANGERS, item_id=upto)
            further = looked_upto.c.item_id < upto
            connection.execute(mark.on_conflict_do_update(index_elements=["what"], set_={"item_id": upto}, where=further))
        return opened

    def _meet(self, connection: sa.Connection, one: Stranger, opens: Opens, now: datetime) -> bool:
        row = {
            "author_key": one.author_key,
            "platform": one.platform,
            "handle": one.handle,
            "name": one.name,
            "brand": one.brand,
            "owner": opens.owner,
            "item_id": one.item_id,
            "found_at": now,
        }
        new = self.database.insert(stranger).values(row).on_conflict_do_nothing().returning(stranger.c.id)
        number = connection.execute(new).scalar()
        if number is None:
            return False
        posing = connection.execute(posing_query(one.item_id)).scalar()
        own = replace(opens, dedup_key=f"{opens.dedup_key}#{number}")
        incident_id = posing if posing is not None else open_incident(self.database, connection, own, now)
        connection.execute(sa.update(stranger).where(stranger.c.id == number).values(incident_id=incident_id))
        return True

    def strangers(self, *, settled: bool = False, limit: int = 200) -> Sequence[Stranger]:
        """Those that nobody has settled (with `settled` all), the oldest first."""
        query = sa.select(stranger).order_by(stranger.c.settled.is_not(None), stranger.c.id).limit(limit)
        with self.database.read() as connection:
            return [_stranger(row) for row in connection.execute(query if settled else query.where(stranger.c.settled.is_(None)))]

    def stranger(self, stranger_id: int) -> Stranger:
        """One. Raises NotFound."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(stranger).where(stranger.c.id == stranger_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no stranger {stranger_id}; `czujka accounts strangers` lists them")
        return _stranger(row)

    def settle(self, stranger_id: int, how: Settled, reason: str, actor: str, now: datetime) -> None:
        """It is dealt with, once, and its incident is over. Raises NotFound, Conflict: somebody settled it first."""
        one = self.stranger(stranger_id)
        values = {"settled": how.value, "reason": reason, "settled_by": actor[:96], "settled_at": now}
        waits = sa.and_(stranger.c.id == stranger_id, stranger.c.settled.is_(None))
        with self.database.write() as connection:
            if not connection.execute(sa.update(stranger).where(waits).values(values)).rowcount:
                raise Conflict(f"stranger {stranger_id} was settled by somebody else; look again before you act")
            if one.incident_id is not None:
                resolve_mended(self.database, connection, one.incident_id, now, actor=actor, reason=f"settled_{how.value}")
            subject = f"stranger {stranger_id} {how.value}"
            write_line(connection, AuditLine(at=now, actor=actor, act="stranger_settled", subject=subject))


def handle_query(account: Account) -> sa.Select[Any]:
    """How was this account called on its newest post?"""
    key = f"{account.platform}:{account.account_id}"
    return sa.select(item.c.author_handle).where(item.c.author_key == key).order_by(item.c.id.desc()).limit(1)


def posing_query(item_id: int) -> sa.Select[Any]:
    """Which incident says already that who wrote this poses as us?"""
    joined = sa.select(incident.c.id).join(incident_item, incident_item.c.incident_id == incident.c.id)
    posing = sa.and_(incident_item.c.item_id == item_id, incident.c.label == IMPOSTOR)
    return joined.where(posing).order_by(incident.c.id.desc()).limit(1)


def known_authors(connection: sa.Connection) -> frozenset[str]:
    """Authors whose name asks nobody any more, as "platform:handle" and "platform:id": registered, or settled as allowed."""
    accounts = sa.select(registered_account.c.key, registered_account.c.platform, registered_account.c.account_id)
    kept = connection.execute(accounts.where(registered_account.c.ended_at.is_(None))).all()
    allowed = sa.select(stranger.c.author_key).where(stranger.c.settled == Settled.TOLERATED.value)
    ids = {f"{row.platform}:{row.account_id}" for row in kept if row.account_id}
    return frozenset({row.key for row in kept} | ids | set(connection.execute(allowed).scalars()))


def writers_query(upto: int, limit: int) -> sa.Select[Any]:
    """Who wrote the posts after this one?"""
    author = (item.c.author_key, item.c.author_id, item.c.author_handle, item.c.author_name)
    columns = (
        item.c.id,
        item.c.platform,
        item.c.brand,
        item.c.voice,
        item.c.may_page,
        item.c.created_at,
        item.c.collected_at,
        item.c.assessed_at,
    )
    return sa.select(*columns, *author).where(item.c.id > upto).order_by(item.c.id).limit(limit)


def _writer(row: sa.Row[Any], since: datetime) -> Writer:
    return Writer(
        platform=row.platform,
        author_key=row.author_key,
        author_id=row.author_id,
        handle=row.author_handle,
        name=row.author_name,
        item_id=row.id,
        may_page=row.may_page and row.created_at >= since,
        brand=row.brand,
    )


def _fault(row: sa.Row[Any]) -> AccountFault:
    return AccountFault(
        fault_id=row.id,
        account=row.account_id,
        fault=Fault(row.fault),
        detail=row.detail,
        incident_id=row.incident_id,
        found_at=row.found_at,
    )


def _stranger(row: sa.Row[Any]) -> Stranger:
    return Stranger(
        stranger_id=row.id,
        platform=row.platform,
        author_key=row.author_key,
        handle=row.handle,
        name=row.name,
        item_id=row.item_id,
        brand=row.brand,
        owner=row.owner,
        incident_id=row.incident_id,
        found_at=row.found_at,
        settled=Settled(row.settled) if row.settled else None,
        reason=row.reason,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
    )
