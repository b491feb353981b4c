"""The staff and what they have read: one acknowledgement for each person and version, however often it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine, named
from core.readers import Colleague, Read, What
from storage.audit import write_line
from storage.database import Database
from storage.schema_readers import colleague, policy_read


@dataclass(frozen=True)
class Readers:
    """Questions about who has read the policy."""

    database: Database

    def staff(self) -> Sequence[Colleague]:
        """Everybody whom a sheet has named, those who left too, by id."""
        with self.database.read() as connection:
            return [_colleague(row) for row in connection.execute(sa.select(colleague).order_by(colleague.c.person))]

    def take_in(self, people: Sequence[Colleague], actor: str, now: datetime) -> tuple[int, int]:
        """Write these people, all or none; answers how many are new, and how many changed. Whoever the sheet does not name stays."""
        new = changed = 0
        with self.database.write() as connection:
            known = {row.person: _colleague(row) for row in connection.execute(sa.select(colleague))}
            for one in people:
                if known.get(one.person) == one:
                    continue
                row = _row(one)
                insert = self.database.insert(colleague).values(row)
                connection.execute(insert.on_conflict_do_update(index_elements=["person"], set_=row))
                new, changed = new + (one.person not in known), changed + (one.person in known)
            write_line(connection, AuditLine(at=now, actor=actor, act="people_imported", subject=f"{new} new, {changed} changed"))
        return new, changed

    def read(self) -> Sequence[Read]:
        """Everything that was acknowledged, the oldest first."""
        with self.database.read() as connection:
            return [_read(row) for row in connection.execute(sa.select(policy_read).order_by(policy_read.c.id))]

    def acknowledge(self, read: Sequence[Read]) -> int:
        """Keep what somebody says that they read; answers how much of it is new. The first time counts."""
        new = 0
        with self.database.write() as connection:
            for one in read:
                row = {"person": one.person, "what": one.what.value, "version_id": one.version, "language": one.language, "at": one.at}
                kept = self.database.insert(policy_read).values(row).on_conflict_do_nothing().returning(policy_read.c.id)
                if connection.execute(kept).first() is None:
                    continue
                new += 1
                subject = f"{one.what} version {one.version} {named(one.person)}"
                write_line(connection, AuditLine(at=one.at, actor=one.person, act="policy_read", subject=subject))
        return new


def _row(one: Colleague) -> dict[str, Any]:
    return {
        "person": one.person,
        "name": one.name,
        "address": one.address,
        "language": one.language,
        "role": one.role,
        "manager": one.manager,
        "joined_at": one.joined_at,
        "left_at": one.left_at,
    }


def _colleague(row: sa.Row[Any]) -> Colleague:
    return Colleague(
        person=row.person,
        name=row.name,
        address=row.address,
        language=row.language,
        role=row.role,
        manager=row.manager,
        joined_at=row.joined_at,
        left_at=row.left_at,
    )


def _read(row: sa.Row[Any]) -> Read:
    return Read(person=row.person, what=What(row.what), version=row.version_id, language=row.language, at=row.at)
