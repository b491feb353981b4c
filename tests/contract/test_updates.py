"""What was sent follows its incident: on every channel, in the transaction of the change, once, and as it is in the end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions import incidents
from alerts.channels import CHANNELS
from classifiers.understand import Classifiers
from core.accounts import Clicked
from core.errors import Conflict
from core.http import Http
from core.settings import Person, Settings
from core.types import IncidentState, Severity
from czujka.house import House
from czujka.reading import classifiers_of
from czujka.sending import send_due
from storage import Store
from storage.schema_delivery import attempt, delivery
from tests.contract.channel_benches import BENCHES, Bench, WebFar
from tests.fakes.dairy import dairy, finding
from tests.fakes.desk import Desk
from tests.fakes.sink import Arrived, Reply

ALWAYS = {"open", "acknowledged", "resolved"}
EDITING = {"slack", "discord", "telegram", "ntfy", "pagerduty", "opsgenie", "alertmanager"}
FOLLOWS: dict[str, set[str]] = {
    **dict.fromkeys(EDITING, ALWAYS),
    **dict.fromkeys(("teams", "mattermost", "webhook"), ALWAYS),
    "mattermost-bot": ALWAYS,
    "email": {"resolved"},
    "sms": set(),
    "apprise": set(),
}
FOLLOWED = [name for name in BENCHES if name in FOLLOWS]
WORDLESS = {"pagerduty", "opsgenie", "webhook"}
NEWS = {
    "acknowledged": "Przyjęte przez: Jan Wrona.",
    "resolved": "Zakończone przez: Jan Wrona.",
    "open": "Otwarte ponownie przez: Jan Wrona.",
}


@pytest.fixture(scope="module")
def classifiers() -> Classifiers:
    return classifiers_of(dairy())


@dataclass
class Watch:
    """A desk whose deliveries really go out to one far side; `bench` is that channel."""

    desk: Desk
    bench: Bench
    house: House

    def sends(self) -> int:
        return send_due(self.house)

    def settles(self) -> None:
        """What is gathered or under way goes out, too."""
        self.sends()
        self.desk.forward(timedelta(seconds=31))
        self.sends()

    def heard(self) -> int:
        return len(self.bench.far.seen())

    def rows(self, kind: str = "update") -> list[Any]:
        with self.desk.store.database.read() as connection:
            return list(connection.execute(sa.select(delivery).where(delivery.c.kind == kind).order_by(delivery.c.id)).all())

    def reasons(self) -> list[tuple[str, str]]:
        """How the tries of updates ended, in order."""
        joined = sa.select(attempt.c.outcome, attempt.c.reason).join(delivery, delivery.c.id == attempt.c.delivery_id)
        with self.desk.store.database.read() as connection:
            return [tuple(row) for row in connection.execute(joined.where(delivery.c.kind == "update").order_by(attempt.c.id))]

    def pages(self, band: int = 1) -> int:
        """A leak, and Anna is paged; the incident's id."""
        self.desk.post(finding("leak.internal", Severity.HIGH), bands=(band,), text=f"wyciek {band}")
        self.desk.notify()
        return max(row.incident_id for row in self.desk.store.incidents.list(limit=100))

    def acknowledge(self, n: int, who: str = "jan") -> None:
        incidents.acknowledge(self.desk.store, self.desk.settings, n, who, self.desk.now)

    def resolve(self, n: int, who: str = "jan") -> None:
        incidents.resolve(self.desk.store, self.desk.settings, n, who, self.desk.now)

    def reopen(self, n: int, who: str = "jan") -> None:
        incidents.reopen(self.desk.store, self.desk.settings, n, who, self.desk.now)


def watch_on(name: str, store: Store, classifiers: Classifiers, folder: Path, stack: ExitStack) -> Watch:
    http = Http(allow_private=("127.0.0.0/8", "::1/128"))
    stack.callback(http.close)
    bench = stack.enter_context(BENCHES[name](folder, http))
    desk = Desk(store, company(bench))
    return Watch(desk, bench, House(desk.settings, store, classifiers, http, "a secret", clock=lambda: desk.now, jitter=lambda: 0.0))


def company(bench: Bench) -> Settings:
    """Anna is reached in this channel and then by a second way; Jan acts, and is never told."""
    kind, address = bench.contact.kind, bench.contact.address
    people = (
        Person(id="anna", name="Anna Lis", language="pl", contacts=(f"{kind}:{address}" if address else f"channel:{bench.settings.id}",)),
    )
    owner = tuple(one.model_copy(update={"schedule": None, "people": ("anna",), "escalation": "anna"}) for one in dairy().owner)
    policy = dairy().escalation[0].model_copy(update={"id": "anna", "step": (dairy().escalation[1].step[0],)})
    return dairy(person=(*people, *dairy().person[1:]), owner=owner, escalation=(policy,), channel=(bench.settings,))


def alone_on(name: str, classifiers: Classifiers, folder: Path, stack: ExitStack) -> Watch:
    """With a database of its own."""
    store = Store.open(f"sqlite:///{folder}/czujka.db")
    stack.callback(store.close)
    return watch_on(name, store, classifiers, folder, stack)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def slack(store: Store, classifiers: Classifiers, tmp_path: Path, stack: ExitStack) -> Watch:
    return watch_on("slack", store, classifiers, tmp_path, stack)


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_message_follows_its_incident(name: str, classifiers: Classifiers, tmp_path: Path, stack: ExitStack) -> None:
    watch = alone_on(name, classifiers, tmp_path, stack)
    n = watch.pages()
    assert (watch.sends(), watch.heard()) == (1, 1)
    for state, act in (("acknowledged", watch.acknowledge), ("resolved", watch.resolve), ("open", watch.reopen)):
        before = watch.heard()
        act(n)
        watch.settles()
        assert watch.heard() - before == (state in FOLLOWS[name]), state
        if state in FOLLOWS[name] and name not in WORDLESS:
            assert NEWS[state] in watch.bench.far.seen()[-1]
    heard = watch.heard()
    watch.settles()
    assert watch.heard() == heard, "nothing is told twice"
    assert {row.state for row in watch.rows()} <= {"sent", "dropped"}


def test_what_follows_is_what_the_channels_say_of_themselves() -> None:
    assert {kind for kind in CHANNELS.kinds() if CHANNELS.get(kind).capabilities.edits} == EDITING
    assert {kind: set(CHANNELS.get(kind).capabilities.follows_up_on) for kind in CHANNELS.kinds() if kind not in EDITING} == {
        kind: states for kind, states in FOLLOWS.items() if kind not in {*EDITING, "mattermost-bot"}
    }


PAGERS: dict[str, tuple[Callable[[Arrived], str], list[str]]] = {
    "pagerduty": (
        lambda got: f"{got.json()['event_action']} {got.json()['dedup_key']}",
        [f"{act} czujka-incident-1" for act in ("trigger", "acknowledge", "resolve", "trigger")],
    ),
    "opsgenie": (
        lambda got: got.path,
        [
            "/v2/alerts",
            "/v2/alerts/czujka-incident-1/acknowledge?identifierType=alias",
            "/v2/alerts/czujka-incident-1/close?identifierType=alias",
            "/v2/alerts",
        ],
    ),
    "alertmanager": (
        lambda got: got.json()[0]["endsAt"],
        ["2026-11-19T11:00:00Z", "2026-11-19T11:00:00Z", "2026-11-18T11:00:00Z", "2026-11-19T11:00:00Z"],
    ),
}


@pytest.mark.parametrize("name", PAGERS)
def test_a_pagers_alert_is_acknowledged_ended_and_begun_again(
    name: str, classifiers: Classifiers, tmp_path: Path, stack: ExitStack
) -> None:
    watch = alone_on(name, classifiers, tmp_path, stack)
    n = watch.pages()
    watch.sends()
    for act in (watch.acknowledge, watch.resolve, watch.reopen):
        act(n)
        watch.sends()
    shown, expected = PAGERS[name]
    far = watch.bench.far
    assert isinstance(far, WebFar)
    assert [shown(arrived) for arrived in far.sink.arrived] == expected


def test_the_change_and_its_updates_are_one_transaction(slack: Watch) -> None:
    n = slack.pages()
    slack.sends()
    slack.acknowledge(n)
    [row] = slack.rows()
    assert (row.contact, row.channel, row.person, row.state, row.severity) == ("slack:U123", "chat", "anna", "waiting", "high")
    incidents.acknowledge(slack.desk.store, slack.desk.settings, n, "jan", slack.desk.now)
    assert len(slack.rows()) == 1, "a second click changes nothing and tells nothing"
    clicked = Clicked(channel="chat", once="x" * 64, person="jan", act="resolve", incident_id=n, at=slack.desk.now)
    slack.desk.store.clicks.note(clicked)
    with pytest.raises(Conflict):
        incidents.resolve(slack.desk.store, slack.desk.settings, n, "jan", slack.desk.now, clicked=clicked)
    assert len(slack.rows()) == 1, "an act that was rolled back tells nothing"
    assert slack.desk.store.incidents.card(n).row.state is IncidentState.ACKNOWLEDGED


def test_an_act_whose_updates_cannot_be_written_has_not_happened(classifiers: Classifiers, tmp_path: Path, stack: ExitStack) -> None:
    watch = alone_on("slack", classifiers, tmp_path, stack)
    n = watch.pages()
    watch.sends()
    before = watch.desk.store.incidents.card(n)
    full = "CREATE TRIGGER full BEFORE INSERT ON delivery WHEN NEW.kind = 'update' BEGIN SELECT RAISE(ABORT, 'full'); END"
    with watch.desk.store.database.write() as connection:
        connection.execute(sa.text(full))
    with pytest.raises(sa.exc.SQLAlchemyError):
        watch.acknowledge(n)
    assert watch.desk.store.incidents.card(n) == before


def test_a_rise_an_expired_acknowledgement_and_a_merge_are_told_too(slack: Watch) -> None:
    n, other = slack.pages(1), slack.pages(2)
    slack.settles()
    incidents.grade(slack.desk.store, n, Severity.CRITICAL, "jan", slack.desk.now)
    slack.sends()
    assert "Waga: wysoki → krytyczny" in slack.bench.far.seen()[-1]
    slack.acknowledge(n)
    slack.settles()
    slack.desk.forward(timedelta(hours=1))
    slack.desk.notify()
    slack.sends()
    assert [row.incident_id for row in slack.rows()] == [n, n, n]
    assert sum("Otwarte ponownie." in text for text in slack.bench.far.seen()) == 1
    incidents.merge(slack.desk.store, n, other, "jan", slack.desk.now)
    slack.sends()
    assert slack.rows()[-1].incident_id == other
    assert "Zakończone przez: Jan Wrona." in slack.bench.far.seen()[-1]


def test_an_edit_waits_for_the_message_that_is_under_way(slack: Watch) -> None:
    n = slack.pages()
    slack.bench.far.drop()
    slack.sends()
    slack.acknowledge(n)
    slack.bench.far.work()
    slack.sends()
    assert slack.reasons() == [("retry", "under_way")]
    slack.desk.forward(timedelta(seconds=3))
    slack.sends()
    slack.desk.forward(timedelta(seconds=3))
    slack.sends()
    assert set(slack.reasons()[:-1]) == {("retry", "under_way")}
    assert slack.reasons()[-1] == ("sent", "sent")
    assert "Przyjęte przez: Jan Wrona." in slack.bench.far.seen()[-1]


def test_where_nothing_arrived_there_is_nothing_to_edit(slack: Watch) -> None:
    n = slack.pages()
    slack.bench.far.refuse()
    slack.sends()
    assert [row.state for row in slack.rows("page")] == ["failed"]
    slack.acknowledge(n)
    slack.settles()
    assert slack.rows() == []


def test_an_update_that_fails_wakes_nobody_else(classifiers: Classifiers, tmp_path: Path, stack: ExitStack) -> None:
    watch = alone_on("slack", classifiers, tmp_path, stack)
    anna = watch.desk.settings.person[0].model_copy(update={"contacts": ("slack:U123", "slack:U456")})
    watch.desk.settings = watch.house.settings = watch.desk.settings.model_copy(update={"person": (anna, *watch.desk.settings.person[1:])})
    n = watch.pages()
    watch.sends()
    watch.acknowledge(n)
    watch.bench.far.refuse()
    watch.settles()
    assert [(row.contact, row.state) for row in watch.rows()] == [("slack:U123", "failed")]


def test_updates_of_two_incidents_edit_two_messages_even_when_both_had_to_wait(slack: Watch) -> None:
    n, other = slack.pages(1), slack.pages(2)
    slack.settles()
    assert len(slack.rows("page")) == 2
    slack.resolve(n)
    slack.acknowledge(other)
    far = slack.bench.far
    far.later()
    far.later()
    slack.sends()
    slack.desk.forward(timedelta(seconds=121))
    before = slack.heard()
    slack.sends()
    said = far.seen()[before:]
    assert len(said) == 2
    assert sum("Zakończone" in text for text in said) == sum("Przyjęte" in text for text in said) == 1


def test_two_changes_at_once_are_one_edit_and_the_newest_state_is_the_last_word(slack: Watch) -> None:
    n = slack.pages()
    slack.sends()
    slack.acknowledge(n)
    slack.resolve(n)
    before = slack.heard()
    slack.sends()
    assert [row.state for row in slack.rows()] == ["sent", "sent"]
    assert len(slack.bench.far.seen()[before:]) == 1
    assert "Zakończone" in slack.bench.far.seen()[-1]


def test_a_change_made_while_an_edit_is_on_its_way_is_what_remains(slack: Watch) -> None:
    n = slack.pages()
    slack.sends()
    slack.acknowledge(n)
    far = slack.bench.far
    assert isinstance(far, WebFar)
    usual = far.sink.usual

    def meanwhile(arrived: Arrived) -> Reply:
        far.sink.usual = usual
        slack.resolve(n)
        return usual(arrived)

    far.sink.usual = meanwhile
    slack.sends()
    assert ["Przyjęte" in text for text in far.seen()[1:]] == [True, False]
    assert "Zakończone" in far.seen()[-1]


def test_what_is_told_anew_is_gathered_and_not_told_to_whoever_did_it(classifiers: Classifiers, tmp_path: Path, stack: ExitStack) -> None:
    watch = alone_on("email", classifiers, tmp_path, stack)
    numbers = [watch.pages(band) for band in (1, 2, 3)]
    watch.settles()
    before = watch.heard()
    watch.resolve(numbers[0], who="anna")
    watch.resolve(numbers[1])
    watch.resolve(numbers[2])
    watch.sends()
    assert watch.heard() == before
    watch.desk.forward(timedelta(seconds=31))
    watch.sends()
    [mail] = watch.bench.far.seen()[before:]
    assert "oraz 1 więcej" in mail
    assert [row.state for row in watch.rows()] == ["dropped", "sent", "sent"]


def test_no_page_waits_for_an_update(slack: Watch) -> None:
    slack.pages()
    slack.settles()
    slack.desk.forward(timedelta(minutes=5))
    [row] = slack.desk.store.incidents.list()
    slack.acknowledge(row.incident_id)
    slack.sends()
    slack.pages(2)
    assert [one.due_at for one in slack.rows("page")][-1] == slack.desk.now


def test_a_page_does_not_stand_in_line_behind_updates(slack: Watch) -> None:
    for n in (slack.pages(1), slack.pages(2), slack.pages(3)):
        slack.settles()
        slack.acknowledge(n)
    slack.desk.forward(timedelta(minutes=2))
    slack.pages(4)
    first, *rest = slack.desk.store.deliveries.lease_due(slack.desk.now, 10, timedelta(minutes=1))
    assert first.kind == "page"
    assert {one.kind for one in rest} == {"update"}
    assert first.due_at > max(one.due_at for one in rest)
