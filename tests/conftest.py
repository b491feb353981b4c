"""What every test may use: both databases, real ones, and a folder of its own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from storage import Store
from tests.fakes.postgres import Postgres

LONG = os.environ.get("CZUJKA_LONG") == "1"
LONG_FILE_S = 300
QUICK = ("contract", "unit")

settings.register_profile("czujka", deadline=None)  # a machine that pauses for a moment is no fault
settings.load_profile("czujka")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with tests that ask for time come first, what is quick last, so that in the end no core waits for another one's long test."""
    long = {item.path for item in items for mark in item.iter_markers("timeout") if mark.args[0] >= LONG_FILE_S}
    items.sort(key=lambda item: (item.path not in long, item.path.parent.name in QUICK))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for the whole run, on a free port of 127.0.0.1, gone afterwards."""
    server = Postgres.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables and no row, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "czujka.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with our tables and no row."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('migrated'), tmp_path / 'czujka.db')}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'czujka.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.bare() as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on each kind of database."""
    opened = Store.open(database_url)
    yield opened
    opened.close()
