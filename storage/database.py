"""One connection to one database: reads on their own connections, writes one at a time on SQLite, plain transactions on PostgreSQL."""

import fcntl
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url

from core.errors import ConfigError, StoreError

BUSY_S = 30


class Database:
    """An engine with the habits of this house. `read()` and `write()` give a connection; a write is one short transaction."""

    def __init__(self, url: str) -> None:
        parsed = _parsed(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = _sqlite(parsed) if self.is_sqlite else sa.create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20)
        self._write_lock = threading.Lock()
        self._claim: sa.Connection | BinaryIO | None = None

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one moment of the database."""
        with _named_errors(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction: applied whole, or not at all."""
        if not self.is_sqlite:
            with _named_errors(), self.engine.begin() as connection:
                yield connection
            return
        with self._write_lock, _named_errors(), self.engine.connect() as connection:
            connection.execution_options(czujka_write=True)
            with connection.begin():
                yield connection

    def insert_new(self, connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows of the same columns; those whose unique key is there already are left as they are."""
        if not rows:
            return
        if self.is_sqlite:
            connection.execute(self.insert(table).on_conflict_do_nothing(), list(rows))
        else:
            connection.execute(postgresql.insert(table).from_select(list(rows[0]), _given(table, rows)).on_conflict_do_nothing())

    def insert(self, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
        """An insert that knows ON CONFLICT."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def skip_locked(self, query: "sa.Select[Any]") -> "sa.Select[Any]":
        """Rows that another worker holds are passed over; SQLite has one writer and needs nothing."""
        return query if self.is_sqlite else query.with_for_update(skip_locked=True)

    def claim_sweeping(self) -> bool:
        """Be the one process that sweeps this database, until it ends however it ends. False: another one is, right now.

        PostgreSQL: an advisory lock of a session of its own. SQLite: a lock on a file beside the database.
        """
        if self._claim is not None:
            return True
        if self.is_sqlite:
            file = Path(f"{self.engine.url.database}.sweeping").open("ab")  # noqa: SIM115 - held until the process ends
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                return False
            self._claim = file
            return True
        connection = self.engine.connect()
        if not connection.execute(sa.text("SELECT pg_try_advisory_lock(7260102)")).scalar():
            connection.close()
            return False
        connection.commit()
        self._claim = connection
        return True

    def close(self) -> None:
        if self._claim is not None:
            self._claim.close()
            self._claim = None
        self.engine.dispose()


def _given(table: sa.Table, rows: Sequence[dict[str, Any]]) -> "sa.Select[Any]":
    """Rows as one value: a server that is sent one statement answers three times sooner than one that is sent a statement a row."""
    columns = (sa.column(name, table.c[name].type) for name in rows[0])
    document = sa.cast(json.dumps(rows, ensure_ascii=False, default=datetime.isoformat), sa.Text).cast(postgresql.JSON)
    given = sa.func.json_to_recordset(document).table_valued(*columns).render_derived(name="given", with_types=True)
    return sa.select(*given.c)


def _parsed(url: str) -> sa.URL:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise ValueError
    except (sa.exc.ArgumentError, ValueError) as error:
        raise ConfigError(f"[storage] url: {url!r} is not sqlite:///… or postgresql+psycopg://…", reason="storage_url") from error
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def _sqlite(url: sa.URL) -> sa.Engine:
    """SQLite with a write-ahead log, full syncing, and writes that take the lock at their start."""
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_S, "check_same_thread": False}, pool_size=10, max_overflow=20)

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_S * 1000}"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("czujka_write") else "BEGIN")

    return engine


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except sa.exc.OperationalError as error:
        raise StoreError(f"the database did not answer: {error.orig}", reason="database_down") from error
