"""PostgreSQL fails under a running service and comes back: the service waits, says so, loses nothing and doubles nothing."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from storage import Store
from tests.fakes.mortal import TREES, Mortal, Reach
from tests.fakes.postgres import Postgres
from tests.fakes.sink import Sink

BEFORE, DURING, AFTER = TREES[:3]


@pytest.fixture
def own_server() -> Iterator[Postgres]:
    """A server that only this test may end."""
    server = Postgres.start()
    yield server
    server.stop()


@pytest.mark.timeout(300)
def test_what_happens_while_the_database_is_gone_is_told_once_it_is_back(own_server: Postgres, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("shared", encoding="utf-8")
    with Sink() as sink, own_server.database() as url:
        hook = f'[[channel]]\nid = "hook"\nkind = "webhook"\nurl = "{sink.url}"\nsecret = {{ file = "{tmp_path / "secret"}" }}'
        world = Mortal(tmp_path, url, Reach("webhook:jan", hook))
        with world.running() as process:
            address = world.address(process)
            world.arrives(BEFORE)
            world.waits_until(process, lambda: heard(sink) == [BEFORE])
            assert httpx.get(f"{address}/readyz").status_code == 200

            own_server.crash()
            world.arrives(DURING)
            world.waits_until(process, lambda: httpx.get(f"{address}/readyz").status_code == 503)
            assert httpx.get(f"{address}/healthz").status_code == 200, "the process itself is well; an engine need not restart it"
            assert "database" in httpx.get(f"{address}/readyz").text
            asked = httpx.get(f"{address}/api/v1/incidents", headers={"Authorization": "Bearer czk_anything"})
            assert asked.status_code == 503, asked.text
            assert "Traceback" not in asked.text
            said = doctor(world)
            assert said.returncode != 0
            assert "database did not answer" in said.stdout + said.stderr
            assert "Traceback" not in said.stderr
            world.waits_until(process, lambda: "database_down" in world.log())

            own_server.serve()
            world.waits_until(process, lambda: heard(sink) == [BEFORE, DURING])
            world.arrives(AFTER)
            world.waits_until(process, lambda: heard(sink) == [BEFORE, DURING, AFTER])
            assert httpx.get(f"{address}/readyz").status_code == 200
        store = Store.open(url)
        try:
            assert store.items.count() == 4, "the three, and the one that the feed held at the start"
            assert len(store.incidents.list(limit=10)) == 3
            assert world.backlog(store) == 0
        finally:
            store.close()
    assert "Traceback" not in world.log(), "a database that is away is no surprise"


def heard(sink: Sink) -> list[str]:
    """The projects that the receiver was paged about, in order, one entry for each page."""
    return re.findall(r"Projekt (\w+)", " ".join(one.json()["incident"]["title"] for one in list(sink.arrived)))


def doctor(world: Mortal) -> "subprocess.CompletedProcess[str]":
    command = world.command("doctor")
    return subprocess.run(command, cwd=world.folder, env=world.environment(), check=False, capture_output=True, text=True, timeout=60)
