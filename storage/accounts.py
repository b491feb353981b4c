"""Who may sign in by a password, who is signed in, and what people did. A password is kept as its Argon2id hash alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine
from storage.database import Database
from storage.schema import audit_line
from storage.schema_people import password, session


@dataclass(frozen=True)
class Accounts:
    """Questions about passwords, sessions and acts."""

    database: Database

    def password(self, person: str) -> str | None:
        """The hash of somebody's password, None while they have none."""
        with self.database.read() as connection:
            return connection.execute(sa.select(password.c.hash).where(password.c.person == person)).scalar()

    def set_password(self, person: str, digest: str | None, now: datetime) -> None:
        """Keep a new hash, or forget the old one."""
        with self.database.write() as connection:
            connection.execute(sa.delete(password).where(password.c.person == person))
            if digest is not None:
                connection.execute(sa.insert(password).values(person=person, hash=digest, set_at=now))

    def with_password(self) -> frozenset[str]:
        """Everybody who has one."""
        with self.database.read() as connection:
            return frozenset(connection.execute(sa.select(password.c.person)).scalars())

    def end_sessions(self, person: str, now: datetime, keep: str = "") -> int:
        """Sign somebody out everywhere, but for the session with the hash `keep`. Answers how many ended."""
        theirs = sa.and_(session.c.person == person, session.c.ended_at.is_(None), session.c.hash != keep)
        with self.database.write() as connection:
            return connection.execute(sa.update(session).where(theirs).values(ended_at=now)).rowcount

    def write_down(self, line: AuditLine) -> None:
        """Somebody is about to change something, or has signed in or out."""
        row = {"at": line.at, "actor": line.actor[:96], "act": line.act[:128], "subject": line.subject[:256]}
        with self.database.write() as connection:
            connection.execute(sa.insert(audit_line).values(row))

    def lines(self, limit: int = 100, before: int | None = None, actor: str | None = None) -> Sequence[AuditLine]:
        """What people did, the newest first."""
        query = sa.select(audit_line).order_by(audit_line.c.id.desc()).limit(limit)
        query = query.where(audit_line.c.id < before) if before is not None else query
        query = query.where(audit_line.c.actor == actor) if actor is not None else query
        with self.database.read() as connection:
            return [_line(row) for row in connection.execute(query)]


def _line(row: sa.Row[Any]) -> AuditLine:
    return AuditLine(line_id=row.id, at=row.at, actor=row.actor, act=row.act, subject=row.subject)
