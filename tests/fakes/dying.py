"""A process of its own that answers what is due or weighs signals, and dies by SIGKILL on the way.

It is forked from a server that has imported all this before, so that a death takes a moment. Store and client are its own, and so is
the environment: the server may be older than the test, which has set a token meanwhile.
"""

import os
import signal
from collections.abc import Callable, Mapping
from datetime import datetime
from multiprocessing import get_context

from core.http import Http
from core.settings import Settings
from czujka.answering import answer_due
from czujka.house import House
from czujka.watching import weigh_signals
from storage import Store
from tests.fakes.postgres import let_go

_LONGEST_S = 240.0
_PATIENCE_S = 60.0


def dies_answering(settings: Settings, url: str, now: datetime, place: str | None, told: Callable[[int], None] = lambda _: None) -> None:
    """A process answers what is due at `now` and is killed at the fail-point, or (place None) by whoever is told its id."""
    _dies(answer_due, settings, url, now, place, told)


def dies_weighing(settings: Settings, url: str, now: datetime, place: str) -> None:
    """A process weighs the signals whose turn has come at `now` and is killed at the fail-point."""
    _dies(weigh_signals, settings, url, now, place)


def _dies(
    does: Callable[[House], int],
    settings: Settings,
    url: str,
    now: datetime,
    place: str | None,
    told: Callable[[int], None] = lambda _: None,
) -> None:
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_does, args=(does, settings, url, now, place, dict(os.environ)))
    process.start()
    assert process.pid is not None
    told(process.pid)
    process.join(_LONGEST_S)
    assert process.exitcode == -signal.SIGKILL, (place, process.exitcode)
    let_go(url)


def _does(
    does: Callable[[House], int], settings: Settings, url: str, now: datetime, place: str | None, environment: Mapping[str, str]
) -> None:
    os.environ.update(environment)
    if place is not None:
        os.environ["CZUJKA_FAILPOINT"] = place
    does(house_at(settings, Store.open(url), now))


def house_at(settings: Settings, store: Store, now: datetime) -> House:
    """A house without rules and model: answering uses neither."""
    house = House.__new__(House)
    house.settings, house.store, house.http, house.clock = (
        settings,
        store,
        Http(allow_private=["127.0.0.0/8"], timeout_s=_PATIENCE_S),
        lambda: now,
    )
    return house
