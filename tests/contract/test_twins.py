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
TRIES = 20


def leaks(store: Store) -> None:
    """Two posts of each story, unassessed; what makes them one story is their signature alone."""
    store.items.add([arrive(an_item(n, f"poufny slajd numer {n // 2}")) for n in range(2 * STORIES)], NOW)
    leak = Finding(label="leak.confidential", score=0.9, severity=Severity.HIGH, detector="leak.confidential.marking@1", start=0, end=6)
    unread = store.reading.unread("v1", 100, NOW)
    read = [Read(one, understood(leak, bands=(1000 + place // 2,))) for place, one in enumerate(unread)]
    assert store.reading.apply(read, "v1", NOW) == 2 * STORIES


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


def test_two_workers_never_open_twins(store: Store, database_url: str, tmp_path: Path) -> None:
    leaks(store)
    config = settings(tmp_path)
    ids = [item.item_id for item in store.assessing.load(2 * STORIES, NOW, config.alerting).items]
    decided = threading.Barrier(2)
    workers = [Worker(database_url, ids[place::2], config, decided) for place in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    rows = store.incidents.list()
    assert [row.items for row in rows] == [2] * STORIES, "one incident a story, with both posts"
    assert sum(worker.opened for worker in workers) == STORIES
    assert sum(worker.conflicts for worker in workers) >= STORIES, "they did decide at the same moment"
