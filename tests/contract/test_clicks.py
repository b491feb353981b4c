"""What every channel that takes clicks promises, over the running web application: who acts, what counts once, what is refused."""

import logging
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from actions import incidents
from alerts.channels import CHANNELS
from core.http import Http
from core.links import CLICK_MAX_AGE, clicks_of
from core.settings import Person, Settings
from core.types import Clicks, IncidentState, Severity
from storage import Store
from tests.contract.click_benches import CLICK_BENCHES, SECRETS, ClickBench, Told, signed_by_discord
from tests.fakes.dairy import dairy, finding
from tests.fakes.desk import Desk
from tests.fakes.measured import counted
from tests.fakes.slack import Slack
from tests.web.site import SECRET, Clock, serve
from web import Context

ADDRESS = "https://czujka.example"


@dataclass
class Room:
    """A chat with one page about incident `n` in it, and the running Czujka behind its buttons."""

    bench: ClickBench
    desk: Desk
    clock: Clock
    client: httpx.Client
    far: Slack
    n: int
    whispered: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1000)))

    @property
    def buttons(self) -> Clicks:
        """Those of the page as it was sent."""
        return clicks_of(SECRET, ADDRESS, "chat", self.n, self.desk.now)

    def told(self, token: str, user: str | None = None, once: str | None = None) -> Told:
        return self.bench.tells(user or self.bench.user, token, once or f"77{next(self.numbers)}", self.clock.now)

    def sends(self, told: Told) -> httpx.Response:
        return self.client.post("/in/chat/clicks", content=told.body, headers=dict(told.headers))

    def clicks(self, token: str, user: str | None = None) -> str:
        """What whoever clicks is told."""
        return self.words(self.sends(self.told(token, user)))

    def words(self, answer: httpx.Response) -> str:
        assert answer.status_code == 200, answer.text
        if self.bench.said is not None:
            return re.sub(r"\\([^\w\s])", r"\1", self.bench.said(answer.json()))
        assert answer.content == b""
        self.whispered += 1
        told = self.far.wait_for(self.whispered)[-1]
        assert told.path.endswith("/chat.postEphemeral")
        return str(told.json()["text"])

    def row(self) -> Any:
        return self.desk.store.incidents.card(self.n).row

    def events(self) -> list[tuple[str, str, str | None]]:
        """People's acts in the history: who, what, by which channel."""
        events = self.desk.store.incidents.card(self.n).events
        return [(event.actor, event.kind, event.detail.get("channel")) for event in events if event.actor != "czujka"]

    def audited(self) -> list[tuple[str, str, str]]:
        return [(line.actor, line.act, line.subject) for line in self.desk.store.audit.lines()]


@pytest.fixture(scope="module")
def leak(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one leak, made once and copied for each test."""
    path = tmp_path_factory.mktemp("leak") / "czujka.db"
    store = Store.open(f"sqlite:///{path}")
    Desk(store).post(finding("leak.internal", Severity.HIGH))
    store.close()
    return path


@dataclass
class House:
    """A running Czujka for one service; each test gives it a database of its own."""

    bench: ClickBench
    context: Context
    url: str
    far: Slack


@pytest.fixture(scope="module", params=CLICK_BENCHES)
def house(request: pytest.FixtureRequest, leak: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    bench, http, store = CLICK_BENCHES[request.param], Http(allow_private=("127.0.0.0/8",)), Store.open(f"sqlite:///{leak}")
    with Slack() as far:
        context = Context(store, company(bench, tmp_path_factory.mktemp("secrets"), far.url), SECRET, http=http)
        with serve(context) as url:
            yield House(bench, context, url, far)
    http.close()
    store.close()


@pytest.fixture
def room(house: House, leak: Path, tmp_path: Path) -> Iterator[Room]:
    store = Store.open(f"sqlite:///{shutil.copy(leak, tmp_path)}")
    desk = Desk(store, house.context.settings)
    clock = Clock(desk.now)
    house.context.store, house.context.clock = store, clock
    [row] = store.incidents.list()
    with httpx.Client(base_url=house.url, trust_env=False, timeout=30) as client:
        yield Room(house.bench, desk, clock, client, house.far, row.incident_id, len(house.far.arrived))
    store.close()


def company(bench: ClickBench, folder: Path, url: str) -> Settings:
    """Anna is known in this chat, the others by mail alone."""
    known = dairy()
    people = [Person(id="anna", name="Anna Lis", language="pl", contacts=(bench.contact,)), *known.person[1:]]
    channels = (*known.channel, bench.settings(folder, url))
    return dairy(person=tuple(people), channel=channels).model_copy(update={"web": known.web.model_copy(update={"url": ADDRESS})})


def test_every_channel_that_takes_clicks_is_held_against_this_suite() -> None:
    assert {kind for kind in CHANNELS.kinds() if hasattr(CHANNELS.get(kind), "takes_clicks")} == set(CLICK_BENCHES)


def test_a_click_acts_once_and_history_and_audit_name_who_and_where(room: Room) -> None:
    assert room.clicks(room.buttons.acknowledge) == f"Incydent {room.n} jest teraz Twój."
    assert (room.row().state, room.row().acknowledged_by) == (IncidentState.ACKNOWLEDGED, "anna")
    assert room.events() == [("anna", "acknowledged", "chat")]
    assert room.audited() == [("anna", "clicked acknowledge", f"/incidents/{room.n} in chat")]


def test_what_became_of_clicks_is_counted_by_configured_channels_only(room: Room) -> None:
    def counts(channel: str = "chat") -> list[float]:
        return [counted("czujka_clicks_total", channel=channel, click=became) for became in ("done", "not_done", "refused")]

    before, elsewhere = counts(), counts("other")
    told = room.told(room.buttons.acknowledge)
    room.words(room.sends(told))
    room.words(room.sends(told))
    room.sends(room.bench.forges(room.bench.user, room.buttons.acknowledge, "78", room.clock.now))
    assert [after - was for was, after in zip(before, counts(), strict=True)] == [1, 1, 1]
    room.client.post("/in/nobody/clicks", content=told.body, headers=dict(told.headers))
    assert [after - was for was, after in zip(elsewhere, counts("other"), strict=True)] == [0, 0, 1]
    assert counts("nobody") == [0, 0, 0]


def test_every_button_does_what_it_says(room: Room) -> None:
    assert "13:00" in room.clicks(room.buttons.snooze)
    assert room.row().snoozed_until == room.desk.now + timedelta(hours=1)
    assert room.clicks(room.buttons.resolve) == f"Incydent {room.n} jest zakończony."
    assert room.row().state is IncidentState.RESOLVED
    assert "nieistotna" in room.clicks(room.buttons.irrelevant)
    assert room.row().irrelevant_until is not None
    assert [kind for _, kind, _ in room.events()] == ["snoozed", "resolved", "irrelevant"]


def test_the_same_click_again_says_who_did_it_and_changes_nothing(room: Room) -> None:
    told = room.told(room.buttons.acknowledge)
    room.words(room.sends(told))
    incidents.reopen(room.desk.store, room.desk.settings, room.n, "jan", room.desk.now)
    before = room.desk.store.incidents.card(room.n)
    assert room.words(room.sends(told)) == f"Incydent {room.n}: już zrobione przez: Anna Lis. Nic się nie zmieniło."
    assert room.desk.store.incidents.card(room.n) == before
    assert len(room.audited()) == 1


def test_a_click_that_the_service_tells_of_twice_counts_once(room: Room) -> None:
    token = room.buttons.snooze
    assert "13:00" in room.words(room.sends(room.told(token, once="770")))
    room.clock.now += timedelta(minutes=2)
    assert "już zrobione przez: Anna Lis" in room.words(room.sends(room.told(token, once="770")))
    assert room.row().snoozed_until == room.desk.now + timedelta(hours=1)


def test_a_click_that_found_its_work_done_cannot_be_kept_for_later(room: Room) -> None:
    incidents.resolve(room.desk.store, room.desk.settings, room.n, "jan", room.desk.now)
    told = room.told(room.buttons.resolve)
    assert "Jan Wrona" in room.words(room.sends(told))
    incidents.reopen(room.desk.store, room.desk.settings, room.n, "jan", room.desk.now)
    room.words(room.sends(told))
    assert room.row().state is IncidentState.OPEN


def test_on_a_resolved_incident_a_click_says_who_ended_it(room: Room) -> None:
    incidents.resolve(room.desk.store, room.desk.settings, room.n, "jan", room.desk.now)
    for token in (room.buttons.acknowledge, room.buttons.resolve, room.buttons.snooze):
        assert room.clicks(token) == f"Incydent {room.n}: już zrobione przez: Jan Wrona. Nic się nie zmieniło."
    assert [kind for _, kind, _ in room.events()] == ["resolved"]


def test_what_somebody_else_took_is_not_taken_away(room: Room) -> None:
    incidents.acknowledge(room.desk.store, room.desk.settings, room.n, "jan", room.desk.now)
    assert "Jan Wrona" in room.clicks(room.buttons.acknowledge)
    assert room.row().acknowledged_by == "jan"


def test_a_forged_request_is_refused_and_leaves_nothing_but_the_channels_name(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    forged = room.bench.forges(room.bench.user, room.buttons.acknowledge, "77", room.clock.now)
    with caplog.at_level(logging.DEBUG, "czujka"):
        answer = room.sends(forged)
    assert (answer.status_code, answer.json()) == (401, {"error": "forged"})
    assert room.events() == room.audited() == []
    [line] = [record.getMessage() for record in caplog.records if record.name.startswith("czujka")]
    assert line == "channel chat: a request that should tell of a click was refused"


def test_without_any_proof_nothing_happens(room: Room) -> None:
    told = room.told(room.buttons.acknowledge.rsplit(".", 1)[0] + ".AAAAAAAAAAAAAAAAAAAAAA")
    assert room.sends(told).status_code == 401
    bare = room.told(room.buttons.acknowledge)
    if room.bench.signed:
        assert room.sends(Told({}, bare.body)).status_code == 401
    assert room.row().state is IncidentState.OPEN


def test_an_old_request_is_refused(room: Room) -> None:
    told = room.told(room.buttons.acknowledge)
    room.clock.now += timedelta(minutes=5, seconds=1) if room.bench.dated else CLICK_MAX_AGE + timedelta(seconds=1)
    answer = room.sends(told)
    if room.bench.dated:
        assert (answer.status_code, answer.json()) == (401, {"error": "stale"})
    else:
        assert f"{ADDRESS}/incidents/{room.n}" in room.words(answer)
    assert room.row().state is IncidentState.OPEN


def test_an_old_button_leads_to_the_page_instead(room: Room) -> None:
    token = room.buttons.acknowledge
    room.clock.now += CLICK_MAX_AGE + timedelta(seconds=1)
    assert f"{ADDRESS}/incidents/{room.n}" in room.clicks(token)
    assert room.row().state is IncidentState.OPEN


def test_who_is_nobodys_contact_is_told_so_and_does_nothing(room: Room) -> None:
    said = room.clicks(room.buttons.acknowledge, room.bench.stranger)
    assert "nie zna Cię" in said
    assert room.bench.stranger in said
    assert room.row().state is IncidentState.OPEN
    assert room.audited() == []


def test_a_known_person_without_the_right_is_told_so(room: Room) -> None:
    roles = tuple(one.model_copy(update={"roles": ("staff",) if one.id == "anna" else ("admin",)}) for one in room.desk.settings.person)
    owners = tuple(one.model_copy(update={"people": ("jan",)}) for one in room.desk.settings.owner)
    limited = room.desk.settings.model_copy(update={"person": roles, "owner": owners})
    with serve(Context(room.desk.store, limited, SECRET, clock=room.clock)) as url:
        told = room.told(room.buttons.resolve)
        answer = httpx.post(f"{url}/in/chat/clicks", content=told.body, headers=dict(told.headers), trust_env=False)
    assert answer.status_code == 200
    assert room.bench.said is None or "nie należy do Ciebie" in room.bench.said(answer.json())
    assert room.row().state is IncidentState.OPEN
    assert room.audited() == []


def test_garbage_is_refused_or_forgotten(room: Room) -> None:
    for body in (b"", b"\x00\xff\xfe", b"payload=%7B", b'{"a":' * 2000, b"[]", b'{"type": 3, "callback_query": 5, "context": []}'):
        signed = signed_by_discord(body, room.clock.now).headers if room.desk.settings.channel[-1].kind == "discord" else {}
        answer = room.sends(Told({**signed, "X-Telegram-Bot-Api-Secret-Token": SECRETS["webhook"]}, body))
        assert answer.status_code in (200, 400, 401)
        assert len(answer.content) < 200
    assert room.events() == room.audited() == []


def test_a_megabyte_is_not_read(room: Room) -> None:
    told = room.told(room.buttons.acknowledge + "x" * 1_000_000)
    answer = room.sends(told)
    assert (answer.status_code, answer.json()) == (413, {"error": "too_large"})
    assert room.row().state is IncidentState.OPEN


def test_looking_does_not_act(room: Room) -> None:
    told = room.told(room.buttons.acknowledge)
    answer = room.client.request("GET", "/in/chat/clicks", content=told.body, headers=dict(told.headers))
    assert answer.status_code == 405
    assert room.row().state is IncidentState.OPEN


def test_only_channels_that_take_clicks_are_there(room: Room) -> None:
    told = room.told(room.buttons.acknowledge)
    for name in ("mail", "nobody", "%00", "x" * 64):
        answer = room.client.post(f"/in/{name}/clicks", content=told.body, headers=dict(told.headers))
        assert (answer.status_code, answer.json()) == (404, {"error": "no_such_channel"})
    assert room.row().state is IncidentState.OPEN


def test_discords_question_whether_we_are_there_is_answered(tmp_path: Path) -> None:
    bench, store, clock = CLICK_BENCHES["discord"], Store.open(f"sqlite:///{tmp_path}/czujka.db"), Clock()
    settings = company(bench, tmp_path, "https://discord.example")
    with serve(Context(store, settings, SECRET, clock=clock)) as url:
        ping = signed_by_discord(b'{"type": 1}', clock.now)
        answer = httpx.post(f"{url}/in/chat/clicks", content=ping.body, headers=dict(ping.headers), trust_env=False)
    store.close()
    assert (answer.status_code, answer.json()) == (200, {"type": 1})


def test_of_one_click_told_many_times_at_once_one_acts(store: Store, tmp_path: Path) -> None:
    bench, desk = CLICK_BENCHES["telegram"], Desk(store)
    desk.settings = company(bench, tmp_path, "https://telegram.example")
    desk.post(finding("leak.internal", Severity.HIGH))
    [row] = store.incidents.list()
    told = bench.tells(bench.user, clicks_of(SECRET, ADDRESS, "chat", row.incident_id, desk.now).snooze, "77", desk.now)
    with serve(Context(store, desk.settings, SECRET, clock=Clock(desk.now))) as url, httpx.Client(trust_env=False, timeout=30) as client:

        def once(_: int) -> str:
            answer = client.post(f"{url}/in/chat/clicks", content=told.body, headers=dict(told.headers))
            assert answer.status_code == 200
            return str(answer.json()["text"])

        with ThreadPoolExecutor(6) as pool:
            said = list(pool.map(once, range(6)))
    assert sum("już zrobione przez: Anna Lis" in text for text in said) == 5
    assert [event.kind for event in store.incidents.card(row.incident_id).events].count("snoozed") == 1
    assert len(store.audit.lines()) == 1
