"""The staff and what they have read: one acknowledgement for each person and version, however often it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine, named
from core.readers import SHEET, Colleague, Read, What
from storage.audit import write_line
from storage.database import Database
from storage.schema_readers import colleague, policy_read

AT_ONCE = 500


@dataclass(frozen=True)
class Readers:
    """Questions about who has read the policy."""

    database: Database

    def staff(self) -> Sequence[Colleague]:
        """Everybody whom a sheet has named, those who left too, by id."""
        with self.database.read() as connection:
            return [_colleague(row) for row in connection.execute(sa.select(colleague).order_by(colleague.c.person))]

    def take_in(self, people: Sequence[Colleague], actor: str, now: datetime) -> tuple[int, int, int]:
        """Write these people, all or none; answers how many are new, changed, and gone: whom a sheet named and this one does not, has left
        by now. Whom the company's sign-in keeps stays."""
        new = changed = 0
        with self.database.write() as connection:
            known = {row.person: _colleague(row) for row in connection.execute(sa.select(colleague))}
            listed = {one.person for one in people}
            gone = [one.person for one in known.values() if one.source == SHEET and one.is_here(now) and one.person not in listed]
            for start in range(0, len(gone), AT_ONCE):
                theirs = colleague.c.person.in_(gone[start : start + AT_ONCE])
                connection.execute(sa.update(colleague).where(theirs).values(left_at=now))
            for one in people:
                if known.get(one.person) == one:
                    continue
                row = _row(one)
                insert = self.database.insert(colleague).values(row)
                connection.execute(insert.on_conflict_do_update(index_elements=["person"], set_=row))
                new, changed = new + (one.person not in known), changed + (one.person in known)
            write_line(
                connection, AuditLine(at=now, actor=actor, act="people_imported", subject=f"{new} new, {changed} changed, {len(gone)} gone")
            )
        return new, changed, len(gone)

    def vouched(self, one: Colleague, now: datetime) -> bool:
        """Keep what the company's sign-in says of somebody; False when it says nothing new. Who has left stays gone."""
        with self.database.write() as connection:
            row = connection.execute(sa.select(colleague).where(colleague.c.person == one.person).with_for_update()).one_or_none()
            before = _colleague(row) if row is not None else None
            if before == one or (before is not None and not before.is_here(now)):
                return False
            values = _row(one)
            insert = self.database.insert(colleague).values(values)
            connection.execute(insert.on_conflict_do_update(index_elements=["person"], set_=values))
            act = "person_changed" if before is not None else "person_added"
            write_line(connection, AuditLine(at=now, actor=one.person, act=act, subject=named(one.person)))
        return True

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
        "department": one.department,
        "source": one.source,
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
        department=row.department,
        source=row.source,
        joined_at=row.joined_at,
        left_at=row.left_at,
    )


def _read(row: sa.Row[Any]) -> Read:
    return Read(person=row.person, what=What(row.what), version=row.version_id, language=row.language, at=row.at)
