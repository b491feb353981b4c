"""The product as processes of their own that a test kills: a folder, a database, a file that grows, one person with one contact."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.clock import utc_now
from storage import Store
from tests.fakes.forked import Forked

ROOT = Path(__file__).resolve().parents[2]
LONGEST_RUN_S = 600.0
READY = re.compile(r"Czujka is ready: (\S+?)/sign-in")
NAMES = (
    "Jesion Modrzew Jawor Klon Grab Topola Olcha Wierzba Kasztan Cis Jarzębina Leszczyna Kalina Bez Głóg Tarnina Dereń Akacja",
    "Platan Wiąz Granit Bazalt Marmur Kwarc Szafir Rubin Topaz Opal Agat Onyks Jaspis Malachit Turkus Ametyst Beryl Cyrkon",
    "Granat Perła Koral Krzemień Wisła Narew Bug Pilica Noteć Warta Odra Nida Raba Soła Skawa Wieprz Drwęca Brda Gwda Parsęta",
    "Słupia Łeba Reda Wda Żubr Ryś Bóbr Łoś Jeleń Borsuk Lis Wilk Kuna Gronostaj Sokół Orzeł Bocian Żuraw Czapla Kormoran",
    "Puchacz Sowa Dzięcioł Zimorodek Kometa Orion Wega Syriusz Saturn Jowisz Mars Wenus Merkury Neptun Pluton Uran Ceres",
    "Westa Pallas Junona Hebe Iris Flora Metis",
)
COMPANY = """
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
contacts = ["{contact}"]
[[owner]]
id = "security"
people = ["jan"]
escalation = "once"
[[escalation]]
id = "once"
[[escalation.step]]
notify = ["person:jan"]
wait = "7d"
{channel}
[[source]]
id = "feed"
kind = "file"
path = "{feed}"
platform = "x"
brand = "polna"
every = "1s"
"""
TREES = [name for line in NAMES for name in line.split()]


@dataclass(frozen=True)
class Reach:
    """How Jan is told: his contact and the channel's table."""

    contact: str
    channel: str


class Mortal:
    """A watched company whose processes die. `arrived` lists the projects that somebody named."""

    def __init__(self, folder: Path, url: str, jan: Reach) -> None:
        self.folder, self.url = folder, url
        self.feed, self.config = folder / "feed.jsonl", folder / "czujka.toml"
        self.arrived: list[str] = []
        self.feed.write_text('{"id": "first", "text": "dzień dobry"}\n', encoding="utf-8")
        names = json.dumps([f"Projekt {tree}" for tree in TREES], ensure_ascii=False)
        written = COMPANY.format(url=url, names=names, contact=jan.contact, channel=jan.channel, feed=self.feed)
        self.config.write_text(written, encoding="utf-8")
        self.succeeds(["collect", "feed"])

    def arrives(self, tree: str) -> None:
        """Somebody names a project that nobody should know."""
        self.arrived.append(tree)
        row = {"id": f"leak-{tree}", "created_at": utc_now().isoformat(), "author": f"a{tree}", "followers": 20_000}
        row["text"] = f"wiecie coś o Projekt {tree} w Mleczarni Polnej?"
        with self.feed.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def environment(self) -> dict[str, str]:
        home = {"HOME": str(self.folder), "CZUJKA_HOME": str(self.folder / "var")}
        return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | home

    def command(self, *verb: str) -> list[str]:
        return [sys.executable, "-m", "czujka", "--config", str(self.config), *verb]

    def start(self, verb: list[str], failpoint: str | None = None) -> Forked:
        environment = self.environment() | ({"CZUJKA_FAILPOINT": failpoint} if failpoint else {})
        return Forked(["--config", str(self.config), *verb], self.folder, environment, self.folder / "log")

    def log(self) -> str:
        """What all processes have said."""
        return (self.folder / "log").read_text(encoding="utf-8")

    @contextmanager
    def running(self) -> Iterator[Forked]:
        """The service; in the end it is asked to end and does."""
        process = self.start(["run", "--port", "0"])
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0, self.log()[-3000:]

    def waits_until(self, process: Forked, is_so: Callable[[], object]) -> None:
        """Look again until it is so; the process must not end meanwhile."""
        end = time.monotonic() + LONGEST_RUN_S * 4
        while not is_so():
            assert time.monotonic() < end, f"it never came to pass: {self.log()[-3000:]}"
            try:
                process.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(self.log()[-3000:])

    def address(self, process: Forked) -> str:
        """Where the service's pages are, once it has said so."""
        self.waits_until(process, lambda: READY.search(self.log()))
        return READY.findall(self.log())[-1]

    def dies(self, verb: list[str], failpoint: str) -> bool:
        """The process reaches the place and is gone by SIGKILL."""
        status = self.start(verb, failpoint).wait(timeout=LONGEST_RUN_S)
        assert status == -signal.SIGKILL, (failpoint, status, self.log()[-3000:])
        return True

    def succeeds(self, verb: list[str]) -> None:
        status = self.start(verb).wait(timeout=LONGEST_RUN_S * 4)
        assert status == 0, self.log()[-3000:]

    def runs_until(self, idle: Callable[[Store], bool]) -> None:
        """All that is left is done; then it is asked to end and does."""
        with self.running() as process:
            store = Store.open(self.url)
            try:
                self.waits_until(process, lambda: self.backlog(store) == 0 and idle(store))
            finally:
                store.close()

    def backlog(self, store: Store) -> int:
        """What waits in front of the stages."""
        return store.reading.backlog() + store.assessing.backlog() + store.deliveries.backlog(utc_now())
