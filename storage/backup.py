"""Backup and restore: one file that holds the whole database, written while Czujka runs, looked at before it counts.

SQLite copies page by page through its own online backup; PostgreSQL is left to its own `pg_dump` and `pg_restore`.
Source: SQLite, "Online Backup API"; PostgreSQL, "pg_dump", "pg_restore".
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from core.errors import StoreError
from storage.database import Database
from storage.store import Store

PAGES_AT_ONCE = 4096


def back_up(store: Store, file: Path) -> int:
    """Write everything into `file`, which must not exist. Answers its size in bytes; raises StoreError, leaving no half file."""
    if file.exists():
        raise StoreError(f"{file} is there already; name another file, a backup replaces nothing", reason="backup_exists")
    with _whole_or_gone(file) as part:
        if store.database.is_sqlite:
            with closing(sqlite3.connect(_file_of(store.database))) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy, pages=PAGES_AT_ONCE)
                copy.execute("PRAGMA journal_mode=DELETE")
            _look_at(part)
        else:
            _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={part}", store.database.engine.url)
            _postgres("pg_restore", "--list", str(part), None)
    return file.stat().st_size


def restore(url: str, file: Path) -> None:
    """Put a backup in the place of what the database holds, then bring its schema up to date.

    All or nothing. Raises StoreError: a file that is no backup, a Czujka that still works on this database, a program that is missing.
    """
    if not file.is_file():
        raise StoreError(f"{file} is not a file; name one that `czujka db backup` wrote", reason="backup_missing")
    database = Database(url)
    try:
        if not database.claim_sweeping():
            raise StoreError("a Czujka is running on this database; stop it first, then restore", reason="database_in_use")
        if database.is_sqlite:
            _look_at(file)
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(_file_of(database))) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode=WAL")
        else:
            _postgres("pg_restore", "--list", str(file), None)
            wanted = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", str(file))
            _postgres("pg_restore", *wanted, database.engine.url)
    finally:
        database.close()
    Store.open(url).close()


@contextmanager
def _whole_or_gone(file: Path) -> Iterator[Path]:
    """A neighbour to write into, which takes the name only when it is whole and on the disk."""
    part = file.with_name(f"{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        os.link(part, file)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{file} cannot be written: {error}", reason="backup_failed") from error
    finally:
        part.unlink(missing_ok=True)


def _look_at(file: Path) -> None:
    """Raises StoreError unless this is a whole database of ours."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            said = [row[0] for row in copy.execute("PRAGMA integrity_check")]
            copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{file} is not a backup of Czujka's database: {error}", reason="backup_broken") from error
    if said != ["ok"]:
        raise StoreError(f"{file} is damaged: {said[0]}", reason="backup_broken")


def _file_of(database: Database) -> str:
    name = database.engine.url.database
    if not name or name == ":memory:":
        raise StoreError("a database in memory has no file to back up or restore", reason="backup_failed")
    return name


def _postgres(program: str, *arguments: "str | sa.URL | None") -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where other users cannot read it."""
    *options, url = arguments
    command, environment = [_program(program), *map(str, options)], dict(os.environ)
    if isinstance(url, sa.URL):
        environment |= {"PGPASSWORD": str(url.password)} if url.password else {}
        command.append(f"--dbname={url.set(drivername='postgresql', password=None).render_as_string()}")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise StoreError(f"{program} failed: {said[0] if said else done.returncode}", reason="backup_failed")


def _program(name: str) -> str:
    """Where it lies: on the path, else Debian's newest."""
    found = shutil.which(name) or next(iter(sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True)), None)
    if found is None:
        raise StoreError(
            f"{name} is not installed; PostgreSQL's client programs bring it (Debian: postgresql-client)", reason="program_missing"
        )
    return found
