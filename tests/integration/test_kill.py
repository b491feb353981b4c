"""kill -9 at every named place: afterwards every row is stored once, read once, and every incident has its page at the receiver.

The receiver's ledger is the judge, not the database. `make test-long` imports 50,000 rows and kills five times at each place.
"""

import json
import os
import signal
import subprocess
import sys
import time
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
from tests.fakes.sink import Sink

ROOT = Path(__file__).resolve().parents[2]
ROWS = 50_000 if LONG else 2_000
HITS = 5 if LONG else 1
LONGEST_RUN_S = 240.0

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
NAMES = (
    "Jesion Modrzew Jawor Klon Grab Topola Olcha Wierzba Kasztan Cis Jarzębina Leszczyna Kalina Bez Głóg Tarnina Dereń Akacja",
    "Platan Wiąz Granit Bazalt Marmur Kwarc Szafir Rubin Topaz Opal Agat Onyks Jaspis Malachit Turkus Ametyst Beryl Cyrkon",
    "Granat Perła Koral Krzemień Wisła Narew Bug Pilica Noteć Warta Odra Nida Raba Soła Skawa Wieprz Drwęca Brda Gwda Parsęta",
    "Słupia Łeba Reda Wda Żubr Ryś Bóbr Łoś Jeleń Borsuk Lis Wilk Kuna Gronostaj Sokół Orzeł Bocian Żuraw Czapla Kormoran",
    "Puchacz Sowa Dzięcioł Zimorodek Kometa Orion Wega Syriusz Saturn Jowisz Mars Wenus Merkury Neptun Pluton Uran Ceres",
    "Westa Pallas Junona Hebe Iris Flora Metis",
)
TREES = [name for line in NAMES for name in line.split()]


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
                hits[place] += world.dies(["run", "--port", "0"], f"{place}:1")
        world.runs_until_idle()
        with capsys.disabled():
            print("\n" + ", ".join(f"{place} {count}" for place, count in hits.items()))  # noqa: T201 - the hits are to be seen
        assert all(count >= HITS for count in hits.values())
        world.everything_is_accounted_for()


class World:
    """A folder with rows to import and a file that grows, a database, and a receiver that keeps a ledger."""

    def __init__(self, folder: Path, url: str, sink: Sink) -> None:
        self.folder, self.url, self.sink = folder, url, sink
        self.rows, self.feed, self.config = folder / "rows.csv", folder / "feed.jsonl", folder / "czujka.toml"
        self.arrived: list[str] = []
        (folder / "secret").write_text("shared", encoding="utf-8")
        self.feed.write_text('{"id": "first", "text": "dzień dobry"}\n', encoding="utf-8")
        names = json.dumps([f"Projekt {tree}" for tree in TREES[: len(RUN_PLACES) * HITS]], ensure_ascii=False)
        self.config.write_text(
            f"""
[company]
name = "Mleczarnia Polna"
fallback = "security"
[storage]
url = "{url}"
[http]
allow_private = ["127.0.0.0/8"]
[alerting]
quiet_hours = "03:00-03:01"
group_for = "1s"
page_rate = 10000
[[brand]]
id = "polna"
name = "Mleczarnia Polna"
code_names = {names}
[[person]]
id = "jan"
contacts = ["webhook:jan"]
[[owner]]
id = "security"
people = ["jan"]
escalation = "once"
[[escalation]]
id = "once"
[[escalation.step]]
notify = ["person:jan"]
wait = "7d"
[[channel]]
id = "hook"
kind = "webhook"
url = "{sink.url}"
secret = {{ file = "{folder / "secret"}" }}
[[source]]
id = "feed"
kind = "file"
path = "{self.feed}"
platform = "x"
brand = "polna"
every = "1s"
""",
            encoding="utf-8",
        )
        self.succeeds(["collect", "feed"])

    def write_rows(self) -> None:
        """Rows to import, one in a thousand with a code name."""
        now = utc_now().isoformat()
        with self.rows.open("w", encoding="utf-8") as file:
            file.write("id,created_at,author,text\n")
            for number in range(ROWS):
                file.write(f"row-{number},{now},user{number},zwykły wpis numer {number} o pogodzie i mleku\n")

    def arrives(self, tree: str) -> None:
        """Somebody names a project that nobody should know."""
        self.arrived.append(tree)
        row = {"id": f"leak-{tree}", "created_at": utc_now().isoformat(), "author": f"a{tree}", "followers": 20_000}
        row["text"] = f"wiecie coś o Projekt {tree} w Mleczarni Polnej?"
        with self.feed.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def start(self, verb: list[str], failpoint: str | None = None) -> "subprocess.Popen[bytes]":
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "CZUJKA_HOME": str(self.folder / "var"),
            "PYTHONPATH": str(ROOT),
        }
        environment |= {"CZUJKA_FAILPOINT": failpoint} if failpoint else {}
        command = [sys.executable, "-m", "czujka", "--config", str(self.config), *verb]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)

    def dies(self, verb: list[str], failpoint: str) -> bool:
        """The process reaches the place and is gone by SIGKILL."""
        status = self.start(verb, failpoint).wait(timeout=LONGEST_RUN_S)
        assert status == -signal.SIGKILL, (failpoint, status, (self.folder / "log").read_text(encoding="utf-8")[-3000:])
        return True

    def succeeds(self, verb: list[str]) -> None:
        status = self.start(verb).wait(timeout=LONGEST_RUN_S * 4)
        assert status == 0, (self.folder / "log").read_text(encoding="utf-8")[-3000:]

    def runs_until_idle(self) -> None:
        """All that is left is done; then it is asked to end and does."""
        process = self.start(["run", "--port", "0"])
        store = Store.open(self.url)
        try:
            end = time.monotonic() + LONGEST_RUN_S * 4
            for _ in self._polls(process, end):
                if self.is_idle(store):
                    break
        finally:
            store.close()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0

    def _polls(self, process: "subprocess.Popen[bytes]", end: float) -> Iterator[None]:
        while time.monotonic() < end:
            yield
            try:
                process.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError((self.folder / "log").read_text(encoding="utf-8")[-3000:])
        raise AssertionError("it never came to rest")

    def is_idle(self, store: Store) -> bool:
        """All rows are in, nothing waits, and the receiver has heard of every project."""
        waiting = store.reading.backlog() + store.assessing.backlog() + store.deliveries.backlog(utc_now())
        return store.items.count() == ROWS + len(self.arrived) + 1 and waiting == 0 and self.heard() >= set(self.arrived)

    def ledger(self) -> list[tuple[str, dict[str, Any]]]:
        """(idempotency key, body) of everything that arrived whole; a request torn by a death did not arrive."""
        whole = (one for one in list(self.sink.arrived) if len(one.body) == int(one.headers.get("Content-Length", -1)))
        return [(str(one.headers["Idempotency-Key"]), one.json()) for one in whole]

    def heard(self) -> set[str]:
        """The projects of which the receiver has heard, by its own ledger."""
        said = " ".join(json.dumps(body, ensure_ascii=False) for _, body in self.ledger())
        return {tree for tree in TREES if f"Projekt {tree}" in said}

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
