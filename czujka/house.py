"""Everything that a stage needs, gathered once: the store, the settings, the classifiers, the way out to the world."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from classifiers.rules.watch import PackWatch
from classifiers.understand import Classifiers
from core.clock import Clock, utc_now
from core.http import Http
from core.links import secret_key
from core.settings import Settings
from czujka.reading import because_of, classifiers_of
from storage import Store


@dataclass
class House:
    """One running Czujka. `jitter` gives a number in [0, 1); tests give their own clock and jitter."""

    settings: Settings
    store: Store
    classifiers: Classifiers
    http: Http
    secret: str
    clock: Clock = utc_now
    jitter: Callable[[], float] = field(default=random.random)
    packs: PackWatch = field(default_factory=PackWatch)

    def __post_init__(self) -> None:
        self.because = because_of(self.classifiers)

    def renew_rules(self) -> None:
        """Take changed packs and rulings into use; while packs cannot be used the old ones stay, and `czujka doctor` says so."""
        before = self.classifiers.engine
        engine = self.packs.renewed(before.context) or before
        rulings = self.store.rulings.holding()
        if engine is not before or rulings != before.rulings:
            self.classifiers = self.classifiers.with_engine(engine.under(rulings))
        if engine is not before:
            self.because = because_of(self.classifiers)

    def address(self) -> str:
        """Where people find the pages."""
        web = self.settings.web
        return (web.url or f"http://{web.host}:{web.port}").rstrip("/")

    def close(self) -> None:
        self.http.close()
        self.store.close()


def open_house(settings: Settings) -> House:
    """Open the database (bringing it up to date), load rules and model. Raises ConfigError, StoreError, ClassifyError."""
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.database_url())
    http = open_http(settings)
    return House(settings, store, classifiers_of(settings), http, secret_key(settings.home))


def open_http(settings: Settings) -> Http:
    """The one client, with the configured limits."""
    table = settings.http
    return Http(allow_private=table.allow_private, timeout_s=table.timeout.total_seconds(), max_bytes=table.max_bytes)
