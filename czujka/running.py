"""Everything in one process: sweeps in threads, pages in front; a configuration written meanwhile is taken up without a break."""

import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from actions.sign_in import invite
from actions.watch import watch_brand
from alerts.headlines import headline
from core.access import OPERATOR
from core.clock import utc_now
from core.errors import ConfigError, CzujkaError
from core.settings import Settings
from czujka.config import DEFAULT_FILE, load
from czujka.doctor import audit
from czujka.house import House, open_house
from czujka.measuring import begin
from czujka.registering import look
from czujka.scheduler import Sweeps
from web.app import create_app, create_probes
from web.context import Context

ROOT = Path(__file__).resolve().parents[1]
FIRST_POLL_WAIT_S = 30.0

log = logging.getLogger("czujka")

DEMO_BANNER: Mapping[str, str] = {
    "pl": "To jest pokaz: mleczarnia i jej posty są zmyślone.",
    "en": "This is a demonstration: the dairy and its posts are made up.",
}


@dataclass
class Runner:
    """One `czujka run`: serves until it is told to stop, or until a new configuration takes over (`switch_to`).

    Without `pages` it answers machines alone: is it alive, is it ready, its metrics.

    `banner` stands on top of every page; `ready` is told when the pages answer, and where.
    """

    settings: Settings
    demo: bool = False
    sweeping: bool = True
    pages: bool = True
    switch_to: Path | None = None
    server: uvicorn.Server | None = None
    banner: Mapping[str, str] | None = None
    ready: Callable[[House, str], None] | None = None

    def run(self) -> None:
        """Serve; when the first page has written a configuration, go on with it on the same address."""
        listening = _listen(self.settings)
        previous: House | None = None
        begin()
        try:
            while True:
                house = open_house(self.settings)
                if self.demo:
                    _lay_out(house)
                if previous is not None:
                    house.store.people.take_over(previous.store.people.sessions(house.clock()))
                    previous.close()
                previous = house
                with self._sweeps(house) as sweeps, self._demonstration(house) as play:
                    self._serve(house, sweeps, listening, play)
                if self.switch_to is None:
                    return
                self.settings, self.switch_to, self.demo = load(self.switch_to), None, False
        finally:
            listening.close()
            if previous is not None:
                previous.close()

    @contextmanager
    def _sweeps(self, house: House) -> Iterator[Sweeps | None]:
        if not self.sweeping:
            yield None
            return
        sweeps = Sweeps(house)
        sweeps.start()
        try:
            yield sweeps
        finally:
            sweeps.stop()

    @contextmanager
    def _demonstration(self, house: House) -> Iterator[Callable[[], None]]:
        """Lay out the past before, let the rest arrive after; a process of its own, that nothing here looks into."""
        if not self.demo:
            yield lambda: None
            return
        player: list[subprocess.Popen[bytes]] = []

        def play() -> None:
            wait_for_first_polls(house)
            player.append(subprocess.Popen([sys.executable, "-m", "demo", "play", "--home", str(house.settings.home.resolve())], cwd=ROOT))

        try:
            yield play
        finally:
            for process in player:
                process.terminate()
                process.wait(timeout=10)

    def _serve(self, house: House, sweeps: Sweeps | None, listening: socket.socket, play: Callable[[], None]) -> None:
        context = self._context(house, sweeps)
        app = create_app(context) if self.pages else create_probes(context)
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=5)
        self.server = uvicorn.Server(config)
        host, port = listening.getsockname()[:2]
        here = f"http://{host}:{port}"
        address = (house.settings.web.url or here).rstrip("/") if self.pages else here
        announce = threading.Thread(target=self._announce, args=(self.server, house, address, play), daemon=True)
        announce.start()
        self.server.run(sockets=[listening.dup()])

    def _announce(self, server: uvicorn.Server, house: House, address: str, play: Callable[[], None]) -> None:
        """Once it answers: the ready line, with a link that signs in once where there are pages; then whoever waits for that is told."""
        while not server.started:
            if server.should_exit:
                return
            time.sleep(0.05)
        where = f"{address}/sign-in?token={invite(house.store, OPERATOR, house.clock())}" if self.pages else f"{address}/metrics"
        print(f"Czujka is ready: {where}", flush=True)  # noqa: T201
        play()
        if self.ready is not None:
            self.ready(house, address)

    def _context(self, house: House, sweeps: Sweeps | None) -> Context:
        checks = {"database": lambda: _asked(house.store.ping)}
        if sweeps is not None:
            checks["sweeps"] = sweeps.sickness
        return Context(
            store=house.store,
            settings=house.settings,
            secret=house.secret,
            http=house.http,
            clock=house.clock,
            checks=checks,
            because=house.because,
            headline=headline,
            brand_form=self._watch_brand if self.demo else None,
            banner=DEMO_BANNER if self.demo else self.banner,
            examine=lambda: audit(house.settings, house.store, house.clock()),
            judge=lambda reading: house.classifiers.read([reading])[0].findings,
        )

    def _watch_brand(self, name: str) -> None:
        """The first page's question answered: write a configuration, check it, and go on with it."""
        path = watch_brand(name, DEFAULT_FILE.parent, utc_now())
        load(path)
        self.switch_to = path
        if self.server is not None:
            self.server.should_exit = True


def _asked(ping: Callable[[], None]) -> str | None:
    try:
        ping()
    except CzujkaError as error:
        return str(error)
    return None


def _listen(settings: Settings) -> socket.socket:
    """Bind the pages' address before anything else starts. Raises ConfigError when it is taken."""
    web = settings.web
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((web.host, web.port))
    except OSError as error:
        listening.close()
        where = f"{web.host}:{web.port}"
        raise ConfigError(f"{where} cannot be used: {error.strerror}; set another [web] port, or end what listens there") from error
    listening.listen(128)
    return listening


def wait_for_first_polls(house: House) -> None:
    """What the sources hold at the start is their past: let it be read before more arrives."""
    end = time.monotonic() + FIRST_POLL_WAIT_S
    while time.monotonic() < end and any(h.last_success_at is None for h in house.store.sources.health(house.clock())):
        time.sleep(0.2)


def _lay_out(house: House) -> None:
    """What the demonstration's people did before: their policy, staff, accounts, consents, a crisis. Once."""
    from demo.policy import BOUND_FOR, bring_into_force
    from demo.staff import people_of_the_dairy

    now = house.clock()
    bring_into_force(house.store, house.settings, now - BOUND_FOR)
    people_of_the_dairy(house.store, house.settings, now)
    look(house.store, house.settings, now)


def prepare_demonstration(home: Path) -> None:
    """Write the past of the demonstration, so that it ends now. Raises ConfigError when that fails."""
    done = subprocess.run(
        [sys.executable, "-m", "demo", "prepare", "--home", str(home.resolve())], cwd=ROOT, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise ConfigError(f"the demonstration could not be laid out: {done.stderr.strip()[-500:]}", reason="demo")
