"""A house without rules and model, and its parts as processes that a test kills: forked from a process that has the imports behind it."""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Barrier
from typing import Any

from actions import incidents
from core.settings import Settings
from core.types import IncidentState
from czujka.canary import plant_due
from czujka.hooking import tell_hooks
from czujka.house import House, open_http
from czujka.reporting import send_letters
from czujka.sending import send_due
from storage import Store
from tests.fakes.forked import from_here
from tests.fakes.postgres import let_go

LONGEST_S = 240.0


@dataclass
class Bare:
    """What those stages need that read no posts. `now` stands still until a test moves it."""

    store: Store
    settings: Settings
    now: datetime
    secret: str = "secret"

    def __post_init__(self) -> None:
        self.http = open_http(self.settings)

    def clock(self) -> datetime:
        return self.now

    def jitter(self) -> float:
        return 1.0

    def address(self) -> str:
        return "https://czujka.example"

    def because(self, detector: str, language: str) -> str:
        """No rules, so no words of theirs."""
        return f"{detector} ({language})"

    def does(self, part: str) -> int:
        """One round of a part; answers what it answers."""
        told: Any = self
        house: House = told
        return PARTS[part](house)


def _acknowledge(house: House) -> int:
    """Anna takes what is open."""
    rows = house.store.incidents.list([IncidentState.OPEN])
    for row in rows:
        incidents.acknowledge(house.store, house.settings, row.incident_id, "anna", house.clock())
    return len(rows)


def _deliver_all(house: House) -> int:
    """Deliver until nothing waits, also for the other worker; answers how many this one sent."""
    sent = 0
    while house.store.deliveries.backlog(house.clock()):
        sent += send_due(house)
    return sent


PARTS: Mapping[str, Callable[[House], int]] = {
    "act": _acknowledge,
    "canary": plant_due,
    "deliver": _deliver_all,
    "hooks": tell_hooks,
    "letters": send_letters,
}


def side_by_side(parts: Sequence[str], url: str, settings: Settings, now: datetime) -> list[int]:
    """Processes of their own that do these parts at once, each beginning when all are ready; what each answered."""
    start = from_here()
    with start.Manager() as manager:
        gate, answers = manager.Barrier(len(parts)), manager.dict()
        workers = [start.Process(target=_race, args=(number, part, url, settings, now, gate, answers)) for number, part in enumerate(parts)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(LONGEST_S)
            assert worker.exitcode == 0, f"a worker ended with {worker.exitcode}"
            worker.close()
        return [answers[number] for number in range(len(parts))]


def dies(part: str, place: str, url: str, settings: Settings, now: datetime) -> None:
    """A process of its own does this part and is gone by SIGKILL at this place."""
    start = from_here()
    environment = {**os.environ, "CZUJKA_FAILPOINT": f"{place}:1"}
    process = start.Process(target=_live, args=(part, url, settings, now, environment))
    process.start()
    process.join(LONGEST_S)
    status = process.exitcode
    if status is None:
        process.kill()
        process.join()
    process.close()
    assert status == -signal.SIGKILL, f"{part} did not die at {place}: {status}"
    let_go(url)


def _live(part: str, url: str, settings: Settings, now: datetime, environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
    Bare(Store.open(url), settings, now).does(part)


def _race(number: int, part: str, url: str, settings: Settings, now: datetime, gate: Barrier, answers: dict[int, int]) -> None:
    house = Bare(Store.open(url), settings, now)
    gate.wait(LONGEST_S)
    answers[number] = house.does(part)
