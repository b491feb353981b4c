"""One-time sign-in tokens and sessions, by the hashes of their secrets; the secrets themselves are never stored."""

from datetime import datetime

import sqlalchemy as sa

from storage.database import Database
from storage.schema_people import session, sign_in_token


class People:
    """Questions about who is signed in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_token(self, digest: str, person: str, expires_at: datetime) -> None:
        """A link that signs `person` in once."""
        with self._database.write() as connection:
            connection.execute(sa.insert(sign_in_token).values(hash=digest, person=person, expires_at=expires_at))

    def use_token(self, digest: str, now: datetime) -> str | None:
        """Whom does this token sign in? None when it is unknown, used or too old. It works once."""
        fresh = sa.and_(sign_in_token.c.hash == digest, sign_in_token.c.used_at.is_(None), sign_in_token.c.expires_at > now)
        with self._database.write() as connection:
            change = sa.update(sign_in_token).where(fresh).values(used_at=now).returning(sign_in_token.c.person)
            return connection.execute(change).scalar()

    def add_session(self, digest: str, person: str, expires_at: datetime, now: datetime) -> None:
        """`person` is signed in until `expires_at`."""
        with self._database.write() as connection:
            connection.execute(sa.insert(session).values(hash=digest, person=person, opened_at=now, expires_at=expires_at))

    def session(self, digest: str, now: datetime) -> str | None:
        """Whose session is this? None when it has ended."""
        alive = sa.and_(session.c.hash == digest, session.c.ended_at.is_(None), session.c.expires_at > now)
        with self._database.read() as connection:
            return connection.execute(sa.select(session.c.person).where(alive)).scalar()

    def end_session(self, digest: str, now: datetime) -> None:
        """Sign out."""
        with self._database.write() as connection:
            connection.execute(sa.update(session).where(session.c.hash == digest, session.c.ended_at.is_(None)).values(ended_at=now))

    def sessions(self, now: datetime) -> list[tuple[str, str, datetime, datetime]]:
        """(hash, person, opened, expires) of everybody who is signed in."""
        alive = sa.and_(session.c.ended_at.is_(None), session.c.expires_at > now)
        with self._database.read() as connection:
            rows = connection.execute(sa.select(session).where(alive)).all()
        return [(row.hash, row.person, row.opened_at, row.expires_at) for row in rows]

    def take_over(self, sessions: list[tuple[str, str, datetime, datetime]]) -> None:
        """Whoever was signed in to the former database stays signed in."""
        names = ("hash", "person", "opened_at", "expires_at")
        with self._database.write() as connection:
            self._database.insert_new(connection, session, [dict(zip(names, one, strict=True)) for one in sessions])
