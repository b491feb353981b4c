"""The pages as people meet them: a real server on a free port over a real store, and a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from alerts.headlines import headline
from storage import Store
from tests.web.seed import City, evening, settings
from tests.web.site import NOW, REASONS, SECRET, Clock, Site, Visit, serve
from web import Context


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, City]:
    """A database with the dairy's evening, made once and copied for each test."""
    home = tmp_path_factory.mktemp("seed")
    store = Store.open(f"sqlite:///{home}/czujka.db")
    city = evening(store, settings(home), NOW)
    store.close()
    return home / "czujka.db", city


@pytest.fixture
def context(seeded: tuple[Path, City], tmp_path: Path) -> Iterator[Context]:
    """The evening in a store of its own."""
    shutil.copy(seeded[0], tmp_path / "czujka.db")
    store = Store.open(f"sqlite:///{tmp_path}/czujka.db")
    yield _context(store, tmp_path)
    store.close()


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Context]:
    """A store in which nothing has happened."""
    store = Store.open(f"sqlite:///{tmp_path}/quiet.db")
    yield _context(store, tmp_path)
    store.close()


def _context(store: Store, home: Path) -> Context:
    def because(detector: str, language: str) -> str:
        return REASONS[language] if detector.startswith("leak.codename") else ""

    return Context(store, settings(home), SECRET, clock=Clock(), because=because, headline=headline)


@pytest.fixture
def site(context: Context, seeded: tuple[Path, City]) -> Iterator[Site]:
    with serve(context) as url:
        assert isinstance(context.clock, Clock)
        yield Site(url, context.store, context, context.clock, seeded[1])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as the program without windows where that is installed: it takes half the time. Only 127.0.0.1 is reachable for it."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    with sync_playwright() as playwright:
        program = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
        chromium = playwright.chromium.launch(executable_path=program, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    one = Visit(browser, [], [], [])
    yield one
    for context in one.opened:
        context.close()
    assert one.errors == []
