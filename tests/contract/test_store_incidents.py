"""Incidents, their pages and deliveries in every store: opened once, grown, clicked, told and leased by one worker each."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import Conflict, NotFound
from core.records import Assessed, Event, Grows
from core.sending import Outcome, Tried
from core.settings import Alerting
from core.transitions import Transition
from core.types import (
    Author,
    IncidentState,
    Severity,
)
from storage import Store
from tests.contract.test_store import JAN, NOW, an_incident, an_item, arrive, found, opens, pages, read_all


def test_an_incident_opens_once_however_many_workers_decide(store: Store) -> None:
    store.items.add([arrive(an_item(1)), arrive(an_item(2))], NOW)
    read_all(store, found())
    one, two = (fresh.item_id for fresh in store.assessing.load(10, NOW, Alerting()).items)
    store.assessing.apply(Assessed(item_ids=(one,), opens=(opens(one),)), NOW)
    with pytest.raises(Conflict):
        store.assessing.apply(Assessed(item_ids=(two,), opens=(opens(two),)), NOW)
    assert [row.items for row in store.incidents.list()] == [1]
    assert [fresh.item_id for fresh in store.assessing.load(10, NOW, Alerting()).items] == [two]


def test_the_same_items_are_not_assessed_twice(store: Store) -> None:
    store.items.add([arrive(an_item(1))], NOW)
    read_all(store, found())
    [fresh] = store.assessing.load(10, NOW, Alerting()).items
    store.assessing.apply(Assessed(item_ids=(fresh.item_id,)), NOW)
    with pytest.raises(Conflict):
        store.assessing.apply(Assessed(item_ids=(fresh.item_id,), opens=(opens(fresh.item_id),)), NOW)
    assert store.incidents.list() == []


def test_growth_counts_people_once_and_raises_severity_with_an_event(store: Store) -> None:
    incident_id = an_incident(store)
    more = [arrive(an_item(n, author=Author(id="same"))) for n in (11, 12)]
    store.items.add(more, NOW)
    read_all(store, found(), bands=(7, 8))
    ids = tuple(fresh.item_id for fresh in store.assessing.load(10, NOW, Alerting()).items)
    grows = Grows(
        incident_id=incident_id, version=0, item_ids=ids, reason="same_story", severity=Severity.CRITICAL, participants=("pr", "legal")
    )
    store.assessing.apply(Assessed(item_ids=ids, grows=(grows,)), NOW)
    card = store.incidents.card(incident_id)
    assert (card.row.items, card.row.authors, card.row.severity) == (3, 2, Severity.CRITICAL)
    assert card.participants == ("legal", "pr")
    assert [event.kind for event in card.events] == ["opened", "participant", "severity", "participant", "grew"]
    with pytest.raises(Conflict):
        store.assessing.apply(Assessed(item_ids=ids, grows=(grows,)), NOW)


def test_incidents_that_hold_similar_posts_are_recognised(store: Store) -> None:
    store.items.add([arrive(an_item(1))], NOW)
    read_all(store, found(), bands=(5, 6))
    [fresh] = store.assessing.load(10, NOW, Alerting()).items
    store.assessing.apply(Assessed(item_ids=(fresh.item_id,), opens=(opens(fresh.item_id),)), NOW)
    store.items.add([arrive(an_item(2))], NOW)
    read_all(store, found(), bands=(6, 9))
    [incident] = store.assessing.load(10, NOW, Alerting()).incidents
    assert incident.bands == {6}


def test_a_resolved_incident_makes_room_for_a_new_one(store: Store) -> None:
    first = an_incident(store)
    row = store.incidents.card(first).row
    event = Event(at=NOW, actor="anna", kind="resolved", reason="by_hand")
    over = Transition(incident_id=first, version=row.version, state=IncidentState.RESOLVED, event=event, resolved_at=NOW)
    store.incidents.apply_act(over)
    second = an_incident(store)
    assert second != first
    back = Transition(incident_id=first, version=row.version + 1, state=IncidentState.OPEN, event=replace(event, kind="reopened"))
    with pytest.raises(Conflict) as refused:
        store.incidents.apply_act(back)
    assert refused.value.reason == "newer_incident"


def test_two_clicks_at_once_never_both_win(store: Store) -> None:
    incident_id = an_incident(store)
    event = Event(at=NOW, actor="anna", kind="acknowledged", reason="by_hand")
    act = Transition(
        incident_id=incident_id, version=0, state=IncidentState.ACKNOWLEDGED, event=event, acknowledged_by="anna", ack_expires_at=NOW
    )
    store.incidents.apply_act(act)
    with pytest.raises(Conflict):
        store.incidents.apply_act(replace(act, acknowledged_by="jan"))
    assert store.incidents.card(incident_id).row.acknowledged_by == "anna"
    with pytest.raises(NotFound):
        store.incidents.apply_act(replace(act, incident_id=999))


def test_a_page_and_its_timer_are_written_together_and_once(store: Store) -> None:
    incident_id = an_incident(store)
    [due] = store.incidents.due(NOW, 10)
    assert (due.incident_id, due.next_step_at, due.untold) == (incident_id, NOW, ("pr",))
    assert store.incidents.apply_pages([pages(incident_id, told=("pr",))], NOW) == 1
    assert store.incidents.apply_pages([pages(incident_id)], NOW) == 0
    assert store.incidents.due(NOW + timedelta(minutes=9), 10) == []
    [later] = store.incidents.due(NOW + timedelta(minutes=10), 10)
    assert (later.step, later.told, later.untold) == (1, ("email:anna@example.com",), ())
    assert len(store.deliveries.lease_due(NOW, 10, timedelta(minutes=1))) == 1


def test_an_expired_acknowledgement_wakes_the_incident(store: Store) -> None:
    incident_id = an_incident(store, participants=())
    event = Event(at=NOW, actor="anna", kind="acknowledged", reason="by_hand")
    expires = NOW + timedelta(hours=1)
    act = Transition(
        incident_id=incident_id, version=0, state=IncidentState.ACKNOWLEDGED, event=event, acknowledged_by="anna", ack_expires_at=expires
    )
    store.incidents.apply_act(act)
    assert store.incidents.due(expires - timedelta(seconds=1), 10) == []
    [due] = store.incidents.due(expires, 10)
    assert due.state is IncidentState.ACKNOWLEDGED


def test_a_delivery_belongs_to_one_worker_and_a_late_result_is_refused(store: Store) -> None:
    incident_id = an_incident(store)
    store.incidents.apply_pages([pages(incident_id)], NOW)
    [mine] = store.deliveries.lease_due(NOW, 10, timedelta(minutes=1))
    assert store.deliveries.lease_due(NOW, 10, timedelta(minutes=1)) == []
    [theirs] = store.deliveries.lease_due(NOW + timedelta(minutes=2), 10, timedelta(minutes=1))
    assert theirs.token > mine.token
    with pytest.raises(Conflict):
        store.deliveries.record(Tried(delivery_id=mine.delivery_id, token=mine.token, outcome=Outcome.SENT, reason="sent"), NOW)
    store.deliveries.record(
        Tried(delivery_id=mine.delivery_id, token=theirs.token, outcome=Outcome.SENT, reason="sent", remote_id="r1"), NOW
    )
    [told] = store.incidents.card(incident_id).told
    assert (told.state, told.at) == ("sent", NOW)
    assert [outcome for _, outcome, _ in told.attempts] == ["unknown", "sent"], "what the first one sent may have arrived"
    assert store.deliveries.thread(incident_id, "email:anna@example.com") == "r1"


def test_a_failed_delivery_moves_to_the_next_contact_and_a_retry_waits(store: Store) -> None:
    incident_id = an_incident(store)
    store.incidents.apply_pages([pages(incident_id)], NOW)
    [first] = store.deliveries.lease_due(NOW, 10, timedelta(minutes=1))
    later = NOW + timedelta(seconds=20)
    retry = Tried(delivery_id=first.delivery_id, token=first.token, outcome=Outcome.RETRY, reason="timeout", retry_at=later)
    store.deliveries.record(retry, NOW)
    assert store.deliveries.lease_due(NOW + timedelta(seconds=19), 10, timedelta(minutes=1)) == []
    [again] = store.deliveries.lease_due(later, 10, timedelta(minutes=1))
    assert (again.tries, again.first_try_at, again.uncertain) == (1, NOW, False)
    assert not store.incidents.card(incident_id).told[0].may_have_arrived
    failed = Tried(delivery_id=again.delivery_id, token=again.token, outcome=Outcome.FAILED, reason="rejected", moves_to=JAN)
    store.deliveries.record(failed, later)
    [moved] = store.deliveries.lease_due(later, 10, timedelta(minutes=1))
    assert (moved.contact, moved.tries) == (JAN, 0)
    assert [told.state for told in store.incidents.card(incident_id).told] == ["moved", "waiting"]


def test_what_nobody_answered_after_it_had_gone_out_may_have_arrived_and_is_tried_again(store: Store) -> None:
    incident_id = an_incident(store)
    store.incidents.apply_pages([pages(incident_id)], NOW)
    [first] = store.deliveries.lease_due(NOW, 10, timedelta(minutes=1))
    late = {"delivery_id": first.delivery_id, "reason": "timeout", "may_have_arrived": True}
    store.deliveries.record(Tried(token=first.token, outcome=Outcome.RETRY, retry_at=NOW, **late), NOW)  # type: ignore[arg-type]
    [told] = store.incidents.card(incident_id).told
    assert (told.state, told.may_have_arrived, told.attempts) == ("waiting", True, ((NOW, "unknown", "timeout"),))
    [again] = store.deliveries.lease_due(NOW, 10, timedelta(minutes=1))
    assert not again.uncertain, "its end was recorded: it is not counted twice"
    failed = Tried(token=again.token, outcome=Outcome.FAILED, moves_to=JAN, **late)  # type: ignore[arg-type]
    store.deliveries.record(failed, NOW)
    assert [(told.state, told.may_have_arrived) for told in store.incidents.card(incident_id).told] == [("moved", True), ("waiting", False)]


def test_two_workers_share_the_work_and_nothing_is_leased_twice(store: Store) -> None:
    for number in range(6):
        incident_id = an_incident(store, dedup_key=f"story-{number}")
        store.incidents.apply_pages([pages(incident_id)], NOW)
    taken: list[int] = []
    lock = threading.Lock()

    def work() -> None:
        while leased := store.deliveries.lease_due(NOW, 2, timedelta(minutes=1)):
            with lock:
                taken.extend(one.delivery_id for one in leased)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(taken) == len(set(taken)) == 6
