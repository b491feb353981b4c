"""Two workers decide on the same story at the same moment: one opens the incident, the other's posts join it. Never twins."""

import threading
from dataclasses import replace
from pathlib import Path

from alerts.assess import decide
from core.errors import Conflict
from core.settings import Settings
from core.types import Finding, Severity
from storage import Store
from storage.reading import Read
from tests.contract.test_store import NOW, an_item, arrive, understood
from tests.web.seed import settings

STORIES = 12
CODE_NAMES = ("Agat", "Bursztyn", "Ceder", "Dywan", "Fiord", "Gołąb", "Hebanowy", "Jaskółka", "Kwarc", "Lampart", "Mosiądz", "Narcyz")
TRIES = 20


def named(store: Store) -> None:
    """Two posts on each code name, unassessed; the name alone makes them one story."""
    texts = [f"{CODE_NAMES[n // 2]}: słyszał ktoś?" if n % 2 else f"{CODE_NAMES[n // 2]} rusza w maju" for n in range(2 * STORIES)]
    store.items.add([arrive(an_item(n, text)) for n, text in enumerate(texts)], NOW)
    unread = store.reading.unread("v1", 100, NOW)
    read = [Read(one, understood(_name(CODE_NAMES[place // 2]), bands=(1000 + place,))) for place, one in enumerate(unread)]
    assert store.reading.apply(read, "v1", NOW) == 2 * STORIES


def _name(name: str) -> Finding:
    return Finding(label="leak.codename", score=0.9, severity=Severity.CRITICAL, detector="leak.codename@1", start=0, end=len(name))


RETOLD = (
    ("Poufna prezentacja: w marcu zamkną fabrykę w Łodzi", "poufne slajdy mówią, że fabryka w Łodzi zniknie w marcu, zamykają"),
    ("Wyciekł poufny cennik dla szpitali z Gdańska", "poufny cennik, szpitale w Gdańsku, wyciekł do sieci"),
    ("Confidential memo: drivers lose their Christmas bonus", "poufna notatka: kierowcy bez premii na święta"),
    ("poufny plan, nowe sklepy w Berlinie od lata, sześć salonów", "Confidential plan: six new stores in Berlin"),
)


def retold(store: Store) -> None:
    """Two posts of each story in words of their own, with no band in common."""
    texts = [text for pair in RETOLD for text in pair]
    store.items.add([arrive(an_item(n, text)) for n, text in enumerate(texts)], NOW)
    leak = Finding(label="leak.confidential", score=0.9, severity=Severity.HIGH, detector="leak.confidential.marking@1", start=0, end=6)
    unread = store.reading.unread("v1", 100, NOW)
    store.reading.apply([Read(one, understood(leak, bands=(2000 + place,))) for place, one in enumerate(unread)], "v1", NOW)


class Worker(threading.Thread):
    """Takes one post of every story, over connections of its own. Both have decided before either writes."""

    def __init__(self, url: str, mine: list[int], config: Settings, decided: threading.Barrier) -> None:
        super().__init__()
        self.url, self.mine, self.config, self.decided = url, mine, config, decided
        self.conflicts, self.opened = 0, 0

    def run(self) -> None:
        store = Store.open(self.url)
        try:
            for item_id in self.mine:
                self.assess(store, item_id)
        finally:
            store.close()

    def assess(self, store: Store, item_id: int) -> None:
        for first in (True, *[False] * TRIES):
            state = store.assessing.load(2 * STORIES, NOW, self.config.alerting)
            only = replace(state, items=tuple(item for item in state.items if item.item_id == item_id))
            assessed = decide(only, self.config, NOW)
            if first:
                self.decided.wait(60)
            try:
                self.opened += len(store.assessing.apply(assessed, NOW))
            except Conflict:
                self.conflicts += 1
                continue
            return
        raise AssertionError("it never came through")


def race(store: Store, database_url: str, config: Settings) -> list[Worker]:
    """Two workers, each with every second post."""
    ids = [item.item_id for item in store.assessing.load(2 * STORIES, NOW, config.alerting).items]
    decided = threading.Barrier(2)
    workers = [Worker(database_url, ids[place::2], config, decided) for place in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    return workers


def test_two_workers_never_open_twins(store: Store, database_url: str, tmp_path: Path) -> None:
    named(store)
    config = settings(tmp_path)
    brand = config.brand[0].model_copy(update={"code_names": CODE_NAMES})
    config = config.model_copy(update={"brand": (brand,)})
    workers = race(store, database_url, config)
    rows = store.incidents.list()
    assert [row.items for row in rows] == [2] * STORIES, "one incident a story, with both posts"
    assert sum(worker.opened for worker in workers) == STORIES
    assert sum(worker.conflicts for worker in workers) >= STORIES, "they did decide at the same moment"


def test_two_workers_never_open_twins_of_a_story_told_in_other_words(store: Store, database_url: str, tmp_path: Path) -> None:
    retold(store)
    config = settings(tmp_path)
    workers = race(store, database_url, config)
    rows = store.incidents.list()
    assert [row.items for row in rows] == [2] * len(RETOLD), "one incident a story, with both posts"
    assert sum(worker.opened for worker in workers) == len(RETOLD)
    for row in rows:
        card = store.incidents.card(row.incident_id)
        first, second = sorted(item.item_id for item in store.incidents.items(row.incident_id))
        [grew] = [event.detail for event in card.events if event.kind == "grew"]
        [taken] = grew["taken"]
        assert {taken["item"], taken["with"]} == {first, second}
        assert 0.55 <= taken["alike"] <= 1
        assert first % 2 == 1
        assert second == first + 1
