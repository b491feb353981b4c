"""Who may sign in by a password, who is signed in, and what people did. A password is kept as its Argon2id hash alone."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from core.accounts import AuditLine
from storage.audit import write_line
from storage.database import Database
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
        with self.database.write() as connection:
            write_line(connection, line)
