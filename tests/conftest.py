"""What every test may use: both databases, real ones, and a folder of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import Store
from tests.fakes.postgres import Postgres

LONG = os.environ.get("CZUJKA_LONG") == "1"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for the whole run, on a free port of 127.0.0.1, gone afterwards."""
    server = Postgres.start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'czujka.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on each kind of database."""
    opened = Store.open(database_url)
    yield opened
    opened.close()
