"""Holds an exercise: the whole service on the sandbox, its pages marked, the scenario's posts in their time, until it is over."""

import socket
import threading
import time
from datetime import timedelta

import click

from actions.sign_in import invite
from core.clock import utc_now
from core.exercise import Scenario
from core.settings import Brand, Settings
from core.types import IncidentState
from czujka.exercising import BANNERS, FOLDER, lay_out, play, run_name, sandbox
from czujka.house import House
from czujka.running import Runner, wait_for_first_polls

LOOK_EVERY_S = 0.5
QUIET = timedelta(minutes=1)
"""So long after the last post it is over when nothing is open any more."""


def hold(settings: Settings, scenario: Scenario, brand: Brand, port: int, longest: timedelta) -> str:
    """Run it to its end; answers its name. Raises ConfigError: the port is taken."""
    now = utc_now()
    name = run_name(scenario, now)
    folder = settings.home / FOLDER / name
    lay_out(folder)
    held = sandbox(settings, folder, brand, scenario.language, port or _free_port(settings.web.host))
    runner = Runner(held, banner=BANNERS)
    runner.ready = lambda house, address: _begin(runner, house, address, scenario, longest)
    click.echo(f"{scenario.title}: mails lie in {folder / 'mail'}")
    try:
        runner.run()
    except KeyboardInterrupt:
        click.echo("the exercise was ended by hand", err=True)
    return name


def _free_port(host: str) -> int:
    """One that nobody listens on: links in mails name it, so it must be known before the pages are served."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
        tried.bind((host, 0))
        return int(tried.getsockname()[1])


def _begin(runner: Runner, house: House, address: str, scenario: Scenario, longest: timedelta) -> None:
    """A link for everybody who may be paged; then the posts."""
    for person in sorted({one for owner in house.settings.owner for one in owner.people}):
        click.echo(f"{person}: {address}/sign-in?token={invite(house.store, person, house.clock())}")
    threading.Thread(target=_replay, args=(runner, house, scenario, longest), daemon=True).start()


def _replay(runner: Runner, house: House, scenario: Scenario, longest: timedelta) -> None:
    wait_for_first_polls(house)
    start, since = house.clock(), timedelta()
    while True:
        passed = house.clock() - start
        play(house.settings.home, scenario, since, passed, start)
        since = max(since, passed)
        if is_over(house, scenario, passed, longest):
            break
        time.sleep(LOOK_EVERY_S)
    if runner.server is not None:
        runner.server.should_exit = True


def is_over(house: House, scenario: Scenario, passed: timedelta, longest: timedelta) -> bool:
    """Its time is up, or all was said a while ago and nothing is open any more."""
    said = bool(scenario.posts) and passed >= scenario.posts[-1].at + QUIET
    return passed >= longest or (said and not house.store.incidents.list([IncidentState.OPEN, IncidentState.ACKNOWLEDGED], limit=1))
