"""What people do, on a real store: each act leaves its state and its line of history, and nobody acts on what they did not see."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actions import conversations, incidents
from actions.sign_in import invite, sign_in, sign_out
from alerts.act import act as decide
from core.errors import Conflict, NotFound
from core.links import digest
from core.records import IncidentRow
from core.settings import Settings
from core.transitions import Transition
from core.types import ConversationState, IncidentState, Severity
from storage import Store
from tests.web.seed import City, Seed, evening, settings

NOW = datetime(2026, 11, 20, 21, 14, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(f"sqlite:///{tmp_path}/czujka.db")


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    return settings(tmp_path)


@pytest.fixture
def city(store: Store, config: Settings) -> City:
    return evening(store, config, NOW)


def history(store: Store, incident_id: int) -> list[tuple[str, str]]:
    return [(event.actor, event.kind) for event in store.incidents.card(incident_id).events if event.actor != "czujka"]


def test_an_incident_is_taken_put_off_ended_and_opened_again(store: Store, config: Settings, city: City) -> None:
    incidents.acknowledge(store, config, city.leak, "anna", NOW, seen=IncidentState.OPEN)
    card = store.incidents.card(city.leak)
    assert (card.row.state, card.row.acknowledged_by) == (IncidentState.ACKNOWLEDGED, "anna")
    assert card.ack_expires_at == NOW + timedelta(hours=1), "a critical one is kept for an hour"

    incidents.snooze(store, config, city.leak, "anna", NOW, until=NOW + timedelta(hours=2))
    assert store.incidents.card(city.leak).row.snoozed_until == NOW + timedelta(hours=2)

    incidents.resolve(store, config, city.leak, "jan", NOW + timedelta(hours=1))
    row = store.incidents.card(city.leak).row
    assert (row.state, row.resolved_at) == (IncidentState.RESOLVED, NOW + timedelta(hours=1))

    incidents.reopen(store, config, city.leak, "jan", NOW + timedelta(hours=1, minutes=1))
    card = store.incidents.card(city.leak)
    assert (card.row.state, card.row.resolved_at, card.next_step_at) == (IncidentState.OPEN, None, NOW + timedelta(hours=1, minutes=1))
    assert history(store, city.leak) == [("anna", "acknowledged"), ("anna", "snoozed"), ("jan", "resolved"), ("jan", "reopened")]


def test_doing_it_twice_is_doing_it_once(store: Store, config: Settings, city: City) -> None:
    assert incidents.acknowledge(store, config, city.leak, "anna", NOW) is not None
    assert incidents.acknowledge(store, config, city.leak, "anna", NOW) is None
    assert incidents.resolve(store, config, city.leak, "anna", NOW) is not None
    assert incidents.resolve(store, config, city.leak, "jan", NOW) is None
    assert incidents.reopen(store, config, city.leak, "anna", NOW) is not None
    assert incidents.reopen(store, config, city.leak, "anna", NOW) is None
    assert len(history(store, city.leak)) == 3


def test_a_post_that_joins_meanwhile_does_not_stop_the_person(store: Store, config: Settings, city: City) -> None:
    """The version of an incident grows with every post; only a change of its state makes a page old."""
    seed = Seed(store, NOW, ids=[0] * 500)
    for n in range(3):
        joined = seed.post("jeszcze o Projekcie Bursztyn", ("Projekcie Bursztyn", "leak.codename", Severity.CRITICAL), author=f"@late{n}")
        seed.grows(city.leak, [joined], None, "same_story", timedelta())
    incidents.acknowledge(store, config, city.leak, "anna", NOW, seen=IncidentState.OPEN)
    assert store.incidents.card(city.leak).row.acknowledged_by == "anna"


def test_a_post_that_joins_between_reading_and_writing_is_decided_again(
    store: Store, config: Settings, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = Seed(store, NOW, ids=[0] * 500)
    decided: list[int] = []

    def interrupted(row: IncidentRow, *rest: Any) -> Transition:
        decided.append(row.version)
        if len(decided) == 1:
            seed.grows(city.leak, [seed.post("i znowu o tym samym")], None, "same_story", timedelta())
        return decide(row, *rest)

    monkeypatch.setattr("actions.incidents.act", interrupted)
    incidents.acknowledge(store, config, city.leak, "anna", NOW, seen=IncidentState.OPEN)
    assert decided == [decided[0], decided[0] + 1]
    assert store.incidents.card(city.leak).row.acknowledged_by == "anna"
    assert history(store, city.leak) == [("anna", "acknowledged")]


def test_of_many_who_click_at_once_on_an_open_incident_one_has_it(store: Store, config: Settings, city: City) -> None:
    def click(person: str) -> str:
        try:
            incidents.acknowledge(store, config, city.safety, person, NOW, seen=IncidentState.OPEN)
        except Conflict as error:
            return error.reason
        return "taken"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(click, [f"person{n}" for n in range(8)]))
    assert sorted(outcomes) == ["state_changed"] * 7 + ["taken"]
    winner = f"person{outcomes.index('taken')}"
    assert store.incidents.card(city.safety).row.acknowledged_by == winner
    assert history(store, city.safety) == [(winner, "acknowledged")]


def test_what_is_not_there_cannot_be_acted_on(store: Store, config: Settings, city: City) -> None:
    for act in (incidents.acknowledge, incidents.resolve, incidents.reopen):
        with pytest.raises(NotFound):
            act(store, config, 10**6, "anna", NOW)
    with pytest.raises(NotFound):
        incidents.reveal(store, 10**6, "anna", NOW)
    with pytest.raises(NotFound):
        conversations.close(store, 10**6, 0, "anna", NOW)


def test_a_snooze_wants_a_time_in_the_future(store: Store, config: Settings, city: City) -> None:
    with pytest.raises(Conflict, match="future"):
        incidents.snooze(store, config, city.leak, "anna", NOW, until=NOW)


def test_a_look_at_personal_data_is_a_line_of_history(store: Store, city: City) -> None:
    incidents.reveal(store, city.personal, "anna", NOW)
    assert history(store, city.personal) == [("anna", "revealed")]


def test_a_conversation_changes_only_from_the_page_that_was_seen(store: Store, city: City) -> None:
    version = store.conversations.get(city.late_talk).version
    conversations.assign(store, city.late_talk, version, "ewa", NOW)
    with pytest.raises(Conflict):
        conversations.close(store, city.late_talk, version, "ewa", NOW)
    conversations.mark_answered(store, city.late_talk, version + 1, "ewa", NOW)
    row = store.conversations.get(city.late_talk)
    assert (row.state, row.answered_at) == (ConversationState.ANSWERED, NOW)


def test_a_sign_in_link_works_once_and_for_a_while(store: Store) -> None:
    token = invite(store, "anna", NOW, timedelta(hours=1))
    signed = sign_in(store, token, NOW + timedelta(minutes=59))
    assert signed is not None
    assert signed.person == "anna"
    assert sign_in(store, token, NOW + timedelta(minutes=59)) is None
    late = invite(store, "anna", NOW, timedelta(hours=1))
    assert sign_in(store, late, NOW + timedelta(hours=1)) is None
    assert sign_in(store, "made up", NOW) is None


def test_sessions_end_by_themselves_and_by_hand(store: Store) -> None:
    signed = sign_in(store, invite(store, "anna", NOW), NOW)
    assert signed is not None
    assert store.people.session(digest(signed.session), NOW) == "anna"
    assert store.people.session(digest(signed.session), signed.expires_at) is None
    sign_out(store, signed.session, NOW)
    assert store.people.session(digest(signed.session), NOW) is None


def test_the_database_holds_no_secret_that_signs_anybody_in(store: Store, tmp_path: Path) -> None:
    token = invite(store, "anna", NOW)
    signed = sign_in(store, invite(store, "jan", NOW), NOW)
    assert signed is not None
    store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert digest(token).encode() in stored
    assert token.encode() not in stored
    assert signed.session.encode() not in stored
