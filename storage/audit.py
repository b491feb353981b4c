"""The audit: lines of who did what, each chained to the one before under one lock. `write_line` is the only way to write one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import NAMED, AuditLine
from core.chain import GENESIS, PSEUDONYM, Alias, Head, Link, chained, new_alias
from storage.database import Database
from storage.schema import audit_line
from storage.schema_privacy import pseudonym

_AUDIT_LOCK = 7260110
AT_ONCE = 1000


@dataclass(frozen=True)
class Audit:
    """Questions about what people did."""

    database: Database

    def lines(self, limit: int = 100, before: int | None = None, actor: str | None = None) -> Sequence[AuditLine]:
        """What people did, the newest first, with their ids in the place of pseudonyms; the forgotten stay pseudonyms."""
        if actor is not None and "\x00" in actor:
            return []  # PostgreSQL takes no NUL: nobody is called so
        query = sa.select(audit_line).order_by(audit_line.c.id.desc()).limit(limit)
        query = query.where(audit_line.c.id < before) if before is not None else query
        with self.database.read() as connection:
            if actor is not None:
                query = query.where(audit_line.c.actor.in_((actor, _known(connection, actor))))
            return _with_names(connection, [_line(row) for row in connection.execute(query)])

    def head(self, now: datetime) -> Head:
        """How far the chain reaches; line 0 while nothing was done."""
        with self.database.read() as connection:
            row = connection.execute(_last_query()).one_or_none()
        return Head(line_id=row.id, hash=row.hash, at=now) if row is not None else Head(line_id=0, hash=GENESIS, at=now)

    def links(self) -> Iterator[Link]:
        """The whole chain as it is stored, the oldest first, read in parts."""
        after = 0
        while True:
            query = sa.select(audit_line).where(audit_line.c.id > after).order_by(audit_line.c.id).limit(AT_ONCE)
            with self.database.read() as connection:
                rows = connection.execute(query).all()
            yield from (Link(line=_line(row), hash=row.hash) for row in rows)
            if len(rows) < AT_ONCE:
                return
            after = rows[-1].id

    def aliases(self) -> Sequence[Alias]:
        """Whom the pseudonyms stand for."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(pseudonym).order_by(pseudonym.c.pseudonym))
            return [Alias(pseudonym=row.pseudonym, name=row.name, key=row.key) for row in rows]


def write_line(connection: sa.Connection, line: AuditLine) -> None:
    """Add a line to the chain, in the transaction of what it tells; the lock is held until that transaction ends.

    SQLite has one writer and needs no lock. A line is cut to what its columns hold.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_AUDIT_LOCK})"))
    last = connection.execute(_last_query()).one_or_none()
    subject = NAMED.sub(lambda found: alias(connection, found[1]), line.subject)
    kept = AuditLine(
        line_id=last.id + 1 if last is not None else 1,
        at=line.at,
        actor=alias(connection, line.actor[:96]),
        act=line.act[:128],
        subject=subject[:256],
    )
    digest = chained(last.hash if last is not None else GENESIS, kept)
    row = {"id": kept.line_id, "at": kept.at, "actor": kept.actor, "act": kept.act, "subject": kept.subject, "hash": digest}
    connection.execute(sa.insert(audit_line).values(row))


def alias(connection: sa.Connection, name: str) -> str:
    """The pseudonym under which somebody stands in the audit, made at the first time."""
    known = _known(connection, name)
    if known is not None:
        return known
    made = new_alias(name)
    connection.execute(sa.insert(pseudonym).values(pseudonym=made.pseudonym, name=made.name, key=made.key))
    return made.pseudonym


def _known(connection: sa.Connection, name: str) -> str | None:
    return connection.execute(sa.select(pseudonym.c.pseudonym).where(pseudonym.c.name == name)).scalar()


def _last_query() -> sa.Select[Any]:
    return sa.select(audit_line.c.id, audit_line.c.hash).order_by(audit_line.c.id.desc()).limit(1)


def _with_names(connection: sa.Connection, lines: list[AuditLine]) -> list[AuditLine]:
    met = {found for line in lines for found in PSEUDONYM.findall(f"{line.actor} {line.subject}")}
    query = sa.select(pseudonym.c.pseudonym, pseudonym.c.name).where(pseudonym.c.pseudonym.in_(met))
    names = {row.pseudonym: row.name for row in connection.execute(query)} if met else {}

    def shown(text: str) -> str:
        return PSEUDONYM.sub(lambda found: names.get(found[0], found[0]), text)

    return [replace(line, actor=shown(line.actor), subject=shown(line.subject)) for line in lines]


def _line(row: sa.Row[Any]) -> AuditLine:
    return AuditLine(line_id=row.id, at=row.at, actor=row.actor, act=row.act, subject=row.subject)
