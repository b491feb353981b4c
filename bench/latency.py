"""From a post to its page: a feed of 200 posts a second over HTTP, the product in a process of its own, a receiver with a clock.

What is timed is what a person would feel: when the receiver has the page, less when the feed's server gave the post away. One post in
200 names a code name that nobody has named before, so that each is an incident with a page of its own. SQLite; on another database when
CZUJKA_BENCH_DATABASE holds its (empty) address.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.frame import Figure

RATE, SECONDS, PATIENCE_S = 200, 60, 90.0
TEXTS = (
    "Dzień {n}: mleko w promocji, biorę dwa kartony",
    "Kto był dziś na targu? Pogoda piękna, numer {n}",
    "the new oat milk is fine I guess, order {n}",
    "paczka {n} czeka w paczkomacie, dzięki za szybką wysyłkę",
    "Jogurt naturalny z owocami, przepis numer {n} na blogu, zapraszam wszystkich do czytania i komentowania",
    "Is anybody else queueing for ticket {n} at the station this morning?",
    "Wczoraj oglądałem mecz, {n} minut nudy, a potem dwa gole",
    "so tired today, day {n} of the sprint, coffee please",
)
CONFIGURATION = """
[company]
name = "Mleczarnia Polna"
fallback = "security"
[storage]
url = "{url}"
[http]
allow_private = ["127.0.0.0/8"]
[alerting]
quiet_hours = "03:00-03:01"
group_for = "0s"
page_rate = 100000
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
id = "sink"
kind = "webhook"
url = "{here}/sink"
secret = {{ file = "{secret}" }}
[[source]]
id = "feed"
kind = "rss"
url = "{here}/feed.json"
brand = "polna"
every = "1s"
"""


class Town:
    """The feed and the receiver. `served` and `heard` are the moments (monotonic seconds) of each leak, by its number."""

    def __init__(self) -> None:
        self.began: float | None = None
        self.asked = threading.Event()
        self.given = 0
        self.served: dict[int, float] = {}
        self.heard: dict[int, float] = {}

    def feed(self) -> bytes:
        """What was posted since the last answer, at most 500 at once; one entry of the past before the clock starts."""
        until = 0 if self.began is None else min(RATE * SECONDS, int((time.monotonic() - self.began) * RATE))
        numbers = range(self.given, min(until, self.given + 500))
        self.given = numbers.stop if numbers else self.given
        now = datetime.now(UTC).isoformat()
        entries = [{"id": f"p{n}", "content_text": _text(n), "date_published": now, "authors": [{"name": f"u{n}"}]} for n in numbers]
        entries = entries or [{"id": "first", "content_text": "dzień dobry", "date_published": now}]
        answer = {"version": "https://jsonfeed.org/version/1.1", "title": "town", "items": entries}
        self.served |= {n // RATE: time.monotonic() for n in numbers if n % RATE == RATE // 2}
        self.asked.set()
        return json.dumps(answer, ensure_ascii=False).encode()

    def hear(self, body: bytes) -> None:
        said, now = json.dumps(json.loads(body), ensure_ascii=False), time.monotonic()
        for number in range(SECONDS):
            if f"Projekt Drzewo{number:03}" in said:
                self.heard.setdefault(number, now)


def _text(n: int) -> str:
    leak = f"wiecie coś o Projekt Drzewo{n // RATE:03} w Mleczarni Polnej?"
    return leak if n % RATE == RATE // 2 else TEXTS[n % len(TEXTS)].format(n=n)


@contextmanager
def _serving(town: Town) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(town.feed(), "application/feed+json")

        def do_POST(self) -> None:
            town.hear(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(b"{}", "application/json")

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silence: the table is what is to be read."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _running(folder: Path, here: str, url: str) -> Iterator[None]:
    """Czujka as a process of its own."""
    (folder / "secret").write_text("shared", encoding="utf-8")
    names = json.dumps([f"Projekt Drzewo{number:03}" for number in range(SECONDS)])
    text = CONFIGURATION.format(url=url, here=here, names=names, secret=folder / "secret")
    (folder / "czujka.toml").write_text(text, encoding="utf-8")
    environment = os.environ | {"CZUJKA_HOME": str(folder / "var"), "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    command = [sys.executable, "-m", "czujka", "--config", str(folder / "czujka.toml"), "run", "--port", "0"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder, town = Path(name), Town()
        url = os.environ.get("CZUJKA_BENCH_DATABASE") or f"sqlite:///{folder / 'bench.db'}"
        with _serving(town) as here, _running(folder, here, url):
            if not town.asked.wait(PATIENCE_S):
                raise RuntimeError(f"czujka did not ask for the feed: {(folder / 'log').read_text(encoding='utf-8')[-2000:]}")
            time.sleep(3)
            town.began = time.monotonic()
            end = town.began + SECONDS + PATIENCE_S
            while len(town.heard) < SECONDS and time.monotonic() < end:
                time.sleep(0.1)
    kind = url.partition(":")[0].partition("+")[0]
    waits = sorted(town.heard[number] - town.served[number] for number in town.heard if number in town.served)
    if not waits:
        raise RuntimeError("no page came")
    load = f"{RATE} posts/s for {SECONDS} s, {len(TEXTS)} kinds of texts, polls of a second, 2 model threads"
    yield Figure(f"collected → page, {kind}: {load}", tuple(waits), "s")
    p95 = statistics.quantiles(waits, n=20)[-1] if len(waits) > 1 else waits[0]
    yield Figure(f"collected → page, {kind}: p95", (p95,), "s", at_most=2)
    yield Figure(f"collected → page, {kind}: pages that never came", (float(SECONDS - len(waits)),), "pages", at_most=0)
    yield Figure(f"collected → page, {kind}: load average beside it", (os.getloadavg()[0],), "programs")
