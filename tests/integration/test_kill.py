"""kill -9 at every named place: afterwards every row is stored once, read once, and every incident has its page at the receiver.

The receiver's ledger is the judge, not the database. `make test-long` imports 50,000 rows and kills four times at each place.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.clock import utc_now
from core.records import IncidentRow
from storage import Store
from tests.conftest import LONG
from tests.fakes.mortal import TREES, Mortal, Reach
from tests.fakes.sink import Sink
from tests.fakes.toll import Toll, note

ROWS = 50_000 if LONG else 1_200
HITS = 4 if LONG else 1

IMPORT_PLACES = ("collect.rows_inserted",)
RUN_PLACES = (
    "collect.rows_inserted",
    "collect.items_stored",
    "collect.cursor_moved",
    "collect.committed",
    "classify.read",
    "classify.claimed",
    "classify.counted",
    "classify.committed",
    "assess.claimed",
    "assess.opened",
    "assess.conversed",
    "assess.committed",
    "notify.written",
    "notify.committed",
    "deliver.leased",
    "deliver.sent",
    "deliver.recorded",
    "deliver.committed",
)


@pytest.mark.timeout(7200 if LONG else 900)
def test_nothing_is_lost_or_doubled_wherever_the_process_dies(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sink() as sink:
        world = World(tmp_path, database_url, sink)
        world.write_rows()
        hits: Counter[str] = Counter()
        for place in IMPORT_PLACES:
            for hit in range(HITS):
                hits[f"import {place}"] += world.dies(["import", str(world.rows), "--alert"], f"{place}:{hit + 1}")
        world.succeeds(["import", str(world.rows), "--alert"])
        trees = iter(TREES)
        for place in RUN_PLACES if LONG or "sqlite" in database_url else RUN_PLACES[1::4]:
            for _ in range(HITS):
                world.arrives(next(trees))
                world.died_at[world.arrived[-1]] = place
                hits[place] += world.dies(["run", "--port", "0"], f"{place}:1")
        world.runs_until_idle()
        with capsys.disabled():
            print("\n" + ", ".join(f"{place} {count}" for place, count in hits.items()))  # noqa: T201 - the hits are to be seen
        note(world.tolls(hits[f"import {IMPORT_PLACES[0]}"]))
        assert all(count >= HITS for count in hits.values())
        world.everything_is_accounted_for()


class World(Mortal):
    """With rows to import, and a receiver that keeps a ledger."""

    def __init__(self, folder: Path, url: str, sink: Sink) -> None:
        self.sink, self.rows, self.died_at = sink, folder / "rows.csv", dict[str, str]()
        (folder / "secret").write_text("shared", encoding="utf-8")
        hook = f'[[channel]]\nid = "hook"\nkind = "webhook"\nurl = "{sink.url}"\nsecret = {{ file = "{folder / "secret"}" }}'
        super().__init__(folder, url, Reach("webhook:jan", hook))

    def write_rows(self) -> None:
        """Rows to import, one in a thousand with a code name."""
        now = utc_now().isoformat()
        with self.rows.open("w", encoding="utf-8") as file:
            file.write("id,created_at,author,text\n")
            for number in range(ROWS):
                file.write(f"row-{number},{now},user{number},zwykły wpis numer {number} o pogodzie i mleku\n")

    def runs_until_idle(self) -> None:
        """All rows are in, nothing waits, and the receiver has heard of every project."""
        self.runs_until(lambda store: store.items.count() == ROWS + len(self.arrived) + 1 and self.heard() >= set(self.arrived))

    def ledger(self) -> list[tuple[str, dict[str, Any]]]:
        """(idempotency key, body) of everything that arrived whole; a request torn by a death did not arrive."""
        whole = (one for one in list(self.sink.arrived) if len(one.body) == int(one.headers.get("Content-Length", -1)))
        return [(str(one.headers["Idempotency-Key"]), one.json()) for one in whole]

    def heard(self) -> set[str]:
        """The projects of which the receiver has heard, by its own ledger."""
        said = " ".join(json.dumps(body, ensure_ascii=False) for _, body in self.ledger())
        return {tree for tree in TREES if f"Projekt {tree}" in said}

    def tolls(self, imports: int) -> Iterator[Toll]:
        """What the deaths at each place cost, by the receiver's ledger and, for the rows that were imported, by their count."""
        store = Store.open(self.url)
        try:
            missing = ROWS + len(self.arrived) + 1 - store.items.count()
        finally:
            store.close()
        yield Toll("collect.rows_inserted", f"{ROWS} imported rows", imports, lost=max(0, missing), doubled=max(0, -missing))
        for tree, place in self.died_at.items():
            keys = {key for key, body in self.ledger() if f"Projekt {tree}" in json.dumps(body, ensure_ascii=False)}
            yield Toll(place, "signed webhook", 1, lost=int(not keys), doubled=max(0, len(keys) - 1))

    def everything_is_accounted_for(self) -> None:
        store = Store.open(self.url)
        try:
            with store.database.read() as connection:
                assert connection.execute(sa.text("SELECT count(*), count(DISTINCT external_id) FROM item")).one() == (
                    ROWS + len(self.arrived) + 1,
                    ROWS + len(self.arrived) + 1,
                )
                counted = connection.execute(sa.text("SELECT sum(value) FROM rollup WHERE measure = 'volume'")).scalar_one()
                assert counted == ROWS + len(self.arrived) + 1, "an item was counted twice or never"
            incidents: list[IncidentRow] = [row for row in store.incidents.list(limit=1000) if row.label == "leak.codename"]
            assert len(incidents) == len(self.arrived)
            keys = {(body["incident"]["id"], key) for key, body in self.ledger()}
            told = Counter(incident_id for incident_id, _ in keys)
            assert told == {row.incident_id: 1 for row in incidents}, "one first page for each incident, by the receiver's ledger"
        finally:
            store.close()
