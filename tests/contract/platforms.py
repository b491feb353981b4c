"""Every platform that a collector reads, as a fake of it, and a test's way to run on those that have what it needs."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.watching import Watch
from tests.fakes.platform import Feature, Platform, Post


def _platforms() -> list[type[Platform]]:
    found: list[type[Platform]] = []
    for path in sorted((Path(__file__).parent / "collectors").glob("*.py")):
        module = importlib.import_module(f"tests.contract.collectors.{path.stem}")
        found += [
            thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, Platform) and "name" in vars(thing)
        ]
    return found


PLATFORMS = _platforms()


def on(*features: Feature) -> pytest.MarkDecorator:
    """Run a test on every platform that has all these features."""
    fitting = [pytest.param(cls, id=cls.name) for cls in PLATFORMS if cls.features.issuperset(features)]
    return pytest.mark.parametrize("platform", fitting, indirect=True)


@pytest.fixture
def platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setenv("CZUJKA_TEST_SECRET", request.param.secret)
    with request.param() as running:
        yield running
    assert running.server.complaints == []


@pytest.fixture
def watch(platform: Platform) -> Iterator[Watch]:
    watch = Watch(platform)
    yield watch
    watch.http.close()


def ids(platform: Platform, posts: list[Post]) -> list[str]:
    return sorted(platform.external_id(post) for post in posts)


def given_ids(items: list[Any]) -> list[str]:
    return sorted(item.external_id for item in items)
