"""The register of accounts: which there are, who answers for them, when somebody looked; every change leaves an audit line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine, named
from core.errors import NotFound
from core.policy import Applies
from core.register import Account
from storage.audit import write_line
from storage.database import Database
from storage.schema_register import registered_account

_REGISTER_LOCK = 7260107
_KEPT = registered_account.c.ended_at.is_(None)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: keys of accounts that are new, that changed, and how many stayed as they were."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: int


@dataclass(frozen=True)
class Register:
    """Questions about registered accounts."""

    database: Database

    def list(self) -> Sequence[Account]:
        """All that are kept, by platform and handle."""
        with self.database.read() as connection:
            return _all(connection)

    def get(self, number: int) -> Account:
        """One by its number. Raises NotFound."""
        return self._one(registered_account.c.id == number, str(number))

    def by_key(self, key: str) -> Account:
        """One by what verbs call it: "x:polna". Raises NotFound."""
        return self._one(registered_account.c.key == key, key)

    def take_in(self, accounts: Sequence[Account], actor: str, now: datetime) -> Imported:
        """Write these accounts, whole or not at all. One that is there already takes the new values; an account known by the platform's own
        id keeps its number under a new handle. When it was reviewed is forgotten by no import."""
        new: list[str] = []
        changed: list[str] = []
        with self.database.write() as connection:
            self._lock(connection)
            known = _all(connection)
            for account in accounts:
                before = _same(account, known)
                kept = account if before is None else _kept(account, before)
                if before is None:
                    connection.execute(sa.insert(registered_account).values(_row(kept) | {"registered_at": now}))
                elif kept != before:
                    mine = registered_account.c.id == before.number
                    connection.execute(sa.update(registered_account).where(mine).values(_row(kept)))
                else:
                    continue
                (new if before is None else changed).append(kept.key)
                _write_down(connection, now, actor, "account_registered" if before is None else "account_changed", named(kept.key))
        return Imported(tuple(new), tuple(changed), len(accounts) - len(new) - len(changed))

    def review(self, number: int, values: Mapping[str, Any], actor: str, now: datetime) -> None:
        """Somebody looked at an account; what they found otherwise is in `values`. Raises NotFound."""
        mine = sa.and_(registered_account.c.id == number, _KEPT)
        with self.database.write() as connection:
            query = sa.update(registered_account).where(mine).values({**values, "reviewed_at": now}).returning(registered_account.c.key)
            key = connection.execute(query).scalar()
            if key is None:
                raise NotFound(f"there is no account {number} in the register")
            said = f"{named(key)} {', '.join(sorted(values))}".strip()
            _write_down(connection, now, actor, "account_reviewed", said)

    def end(self, number: int, reason: str, actor: str, now: datetime) -> None:
        """It is ours no more; what was found in it before stays readable. Raises NotFound."""
        mine = sa.and_(registered_account.c.id == number, _KEPT)
        with self.database.write() as connection:
            query = sa.update(registered_account).where(mine).values(ended_at=now, ended_because=reason).returning(registered_account.c.key)
            key = connection.execute(query).scalar()
            if key is None:
                raise NotFound(f"there is no account {number} in the register")
            _write_down(connection, now, actor, "account_ended", named(key))

    def _one(self, which: sa.ColumnElement[bool], named: str) -> Account:
        with self.database.read() as connection:
            row = connection.execute(sa.select(registered_account).where(which, _KEPT)).one_or_none()
        if row is None:
            raise NotFound(f"there is no account {named} in the register; `czujka accounts list` shows them")
        return _account(row)

    def _lock(self, connection: sa.Connection) -> None:
        if not self.database.is_sqlite:
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_REGISTER_LOCK})"))


def _all(connection: sa.Connection) -> list[Account]:
    query = sa.select(registered_account).where(_KEPT).order_by(registered_account.c.platform, registered_account.c.key)
    return [_account(row) for row in connection.execute(query)]


def _same(account: Account, known: Sequence[Account]) -> Account | None:
    """The account that is meant: of this handle, or of this id on the platform."""
    by_key = next((one for one in known if one.key == account.key), None)
    by_id = (one for one in known if account.account_id and (one.platform, one.account_id) == (account.platform, account.account_id))
    return by_key or next(by_id, None)


def _kept(account: Account, before: Account) -> Account:
    reviewed = max((at for at in (account.reviewed_at, before.reviewed_at) if at is not None), default=None)
    return replace(
        account,
        number=before.number,
        registered_at=before.registered_at,
        reviewed_at=reviewed,
        account_id=account.account_id or before.account_id,
    )


def _row(account: Account) -> dict[str, Any]:
    return {
        "key": account.key,
        "platform": account.platform,
        "handle": account.handle,
        "kind": account.kind.value,
        "owner": account.owner,
        "person": account.person,
        "deputies": list(account.deputies),
        "access": list(account.access),
        "mandate": account.mandate,
        "two_factor": account.two_factor,
        "recovery": account.recovery,
        "brand": account.brand,
        "account_id": account.account_id,
        "source": account.source,
        "reviewed_at": account.reviewed_at,
    }


def _account(row: sa.Row[Any]) -> Account:
    return Account(
        number=row.id,
        platform=row.platform,
        handle=row.handle,
        kind=Applies(row.kind),
        owner=row.owner,
        person=row.person,
        deputies=tuple(row.deputies),
        access=tuple(row.access),
        mandate=row.mandate,
        two_factor=row.two_factor,
        recovery=row.recovery,
        brand=row.brand,
        account_id=row.account_id,
        source=row.source,
        reviewed_at=row.reviewed_at,
        registered_at=row.registered_at,
    )


def _write_down(connection: sa.Connection, at: datetime, actor: str, act: str, subject: str) -> None:
    write_line(connection, AuditLine(at=at, actor=actor, act=act, subject=subject))
