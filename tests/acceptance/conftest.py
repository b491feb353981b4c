"""Stories share one set of classifiers: loading rules and model takes longer than most stories."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from classifiers.understand import Classifiers
from czujka.reading import classifiers_of
from tests.acceptance.city import City, city, configured


@pytest.fixture(scope="session")
def classifiers(tmp_path_factory: pytest.TempPathFactory) -> Classifiers:
    folder = tmp_path_factory.mktemp("classifiers")
    return classifiers_of(configured(folder, "127.0.0.1:25", "http://127.0.0.1:9"))


@pytest.fixture
def dairy(database_url: str, tmp_path: Path, classifiers: Classifiers) -> Iterator[City]:
    """The dairy's city, on SQLite and on PostgreSQL."""
    with city(database_url, tmp_path / "city", classifiers) as built:
        yield built
