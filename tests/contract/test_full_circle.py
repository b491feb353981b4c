"""From the page in a chat through its button to the edited message: what is sent is what is clicked, in every channel that takes clicks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from classifiers.understand import Classifiers
from core.http import Http
from core.settings import Person, Settings
from core.types import IncidentState, Severity
from czujka.house import House
from czujka.reading import classifiers_of
from czujka.sending import send_due
from storage import Store
from tests.contract.click_benches import CLICK_BENCHES, SECRETS, ClickBench
from tests.fakes import services
from tests.fakes.dairy import dairy, finding
from tests.fakes.desk import Desk
from tests.fakes.sink import Arrived, Sink
from tests.fakes.slack import Slack
from tests.web.site import Clock, serve
from web import Context

SECRET = "a secret of the house, forty characters!"


def _values(value: Any, key: str) -> list[str]:
    """Every text under one key, at any depth."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value[key]] if isinstance(value, dict) and isinstance(value.get(key), str) else []
    return own + [found for part in parts for found in _values(part, key)]


FAR: dict[str, tuple[Callable[[], Sink], str]] = {
    "slack": (Slack, "value"),
    "discord": (lambda: Sink(services.discord(SECRETS["token"])), "custom_id"),
    "telegram": (lambda: Sink(services.telegram(SECRETS["token"])), "callback_data"),
    "mattermost": (lambda: Sink(services.mattermost), "token"),
}


@pytest.fixture(scope="module")
def classifiers() -> Classifiers:
    return classifiers_of(dairy())


@contextmanager
def running(bench: ClickBench, settings: Settings, classifiers: Classifiers, folder: Path) -> Iterator[tuple[House, Desk, str]]:
    """A house whose pages and deliveries share one database, as `czujka run` has them."""
    store, http = Store.open(f"sqlite:///{folder}/czujka.db"), Http(allow_private=("127.0.0.0/8",))
    desk = Desk(store, settings)
    house = House(settings, store, classifiers, http, SECRET, clock=lambda: desk.now, jitter=lambda: 0.0)
    with serve(Context(store, settings, house.secret, clock=Clock(desk.now), http=http)) as url:
        yield house, desk, url
    http.close()
    store.close()


@pytest.mark.parametrize("name", CLICK_BENCHES)
def test_the_button_of_a_page_takes_the_incident_and_the_message_shows_it(name: str, classifiers: Classifiers, tmp_path: Path) -> None:
    bench, (far_side, key) = CLICK_BENCHES[name], FAR[name]
    with far_side() as far:
        channel = bench.settings(tmp_path, far.url)
        if name == "mattermost":
            (tmp_path / "hook").write_text(f"{far.url}/hooks/abc", encoding="utf-8")
            channel = type(channel).model_validate({"id": "chat", "url": {"file": str(tmp_path / "hook")}, "clicks": True})
        anna = Person(id="anna", name="Anna Lis", language="pl", contacts=(bench.contact,))
        owners = tuple(one.model_copy(update={"schedule": None, "people": ("anna",), "escalation": "night-watch"}) for one in dairy().owner)
        settings = dairy(person=(anna,), owner=owners, channel=(channel,))
        with running(bench, settings, classifiers, tmp_path) as (house, desk, url):
            desk.post(finding("leak.internal", Severity.HIGH))
            desk.notify()
            assert send_due(house) == 1
            page = _message(far.arrived)
            acknowledge, resolve, snooze, irrelevant = _values(page, key)
            assert [token[0] for token in (acknowledge, resolve, snooze, irrelevant)] == ["a", "r", "s", "i"]

            told = bench.tells(bench.user, acknowledge, "77", desk.now)
            answer = httpx.post(f"{url}/in/chat/clicks", content=told.body, headers=dict(told.headers), trust_env=False, timeout=30)
            assert answer.status_code == 200
            [row] = desk.store.incidents.list()
            assert (row.state, row.acknowledged_by) == (IncidentState.ACKNOWLEDGED, "anna")

            send_due(house)
            if name != "mattermost":
                assert [token[0] for token in _values(_message(far.arrived), key)] == ["r", "s", "i"]


def _message(arrived: list[Arrived]) -> Any:
    """The newest message or edit; a word to one person alone, or the way to a person's room, is none."""
    sent = [one.json() for one in arrived if not one.path.endswith(("postEphemeral", "users/@me/channels"))]
    return sent[-1]
