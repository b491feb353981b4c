"""What people do: every act leads to one state with its timers, or is refused with a sentence."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.act import act
from core.errors import Conflict
from core.records import IncidentRow
from core.transitions import Acts
from core.types import IncidentState, Severity
from tests.fakes.dairy import NOON, dairy

ROW = IncidentRow(
    incident_id=7,
    label="leak.codename",
    title="Projekt Bursztyn",
    severity=Severity.HIGH,
    state=IncidentState.OPEN,
    owner="security",
    brand="polna",
    items=1,
    authors=1,
    opened_at=NOON - timedelta(minutes=3),
    last_item_at=NOON - timedelta(minutes=3),
    version=4,
)
TAKEN = replace(ROW, state=IncidentState.ACKNOWLEDGED, acknowledged_by="jan")
OVER = replace(ROW, state=IncidentState.RESOLVED, acknowledged_by="jan", resolved_at=NOON)


@pytest.mark.parametrize(("severity", "hours"), [(Severity.CRITICAL, 1), (Severity.HIGH, 4), (Severity.MEDIUM, 4)])
def test_an_acknowledgement_expires(severity: Severity, hours: int) -> None:
    done = act(replace(ROW, severity=severity), Acts.ACKNOWLEDGE, "jan", NOON, dairy())
    assert (done.state, done.acknowledged_by, done.next_step_at) == (IncidentState.ACKNOWLEDGED, "jan", None)
    assert done.ack_expires_at == NOON + timedelta(hours=hours)
    assert (done.incident_id, done.version) == (7, 4)
    assert (done.event.actor, done.event.kind, done.event.detail) == ("jan", "acknowledged", {"from": "open"})


def test_somebody_else_may_take_it_over() -> None:
    assert act(TAKEN, Acts.ACKNOWLEDGE, "anna", NOON, dairy()).acknowledged_by == "anna"


def test_resolving_stops_every_timer() -> None:
    done = act(TAKEN, Acts.RESOLVE, "jan", NOON, dairy())
    assert (done.state, done.resolved_at) == (IncidentState.RESOLVED, NOON)
    assert (done.next_step_at, done.ack_expires_at, done.snoozed_until) == (None, None, None)


def test_a_snooze_keeps_the_state_and_moves_its_timer() -> None:
    until = NOON + timedelta(hours=2)
    waiting = act(ROW, Acts.SNOOZE, "jan", NOON, dairy(), until)
    assert (waiting.state, waiting.snoozed_until, waiting.next_step_at) == (IncidentState.OPEN, until, until)
    taken = act(TAKEN, Acts.SNOOZE, "jan", NOON, dairy(), until)
    assert (taken.state, taken.acknowledged_by, taken.ack_expires_at) == (IncidentState.ACKNOWLEDGED, "jan", until)
    assert taken.next_step_at is None


def test_what_is_opened_again_pages_at_once() -> None:
    for row in (OVER, TAKEN, replace(ROW, snoozed_until=NOON + timedelta(hours=1))):
        done = act(row, Acts.REOPEN, "anna", NOON, dairy())
        assert (done.state, done.next_step_at, done.acknowledged_by, done.snoozed_until) == (IncidentState.OPEN, NOON, None, None)


def test_what_never_pages_keeps_no_timer() -> None:
    quiet = replace(ROW, paging=False)
    until = NOON + timedelta(hours=1)
    for done in (
        act(quiet, Acts.ACKNOWLEDGE, "jan", NOON, dairy()),
        act(replace(quiet, state=IncidentState.RESOLVED), Acts.REOPEN, "jan", NOON, dairy()),
        act(quiet, Acts.SNOOZE, "jan", NOON, dairy(), until),
    ):
        assert (done.next_step_at, done.ack_expires_at) == (None, None)


@pytest.mark.parametrize(
    ("row", "what", "after", "said"),
    [
        (OVER, Acts.ACKNOWLEDGE, None, "incident 7 is resolved already; reopen it first"),
        (OVER, Acts.RESOLVE, None, "incident 7 is resolved already"),
        (OVER, Acts.SNOOZE, timedelta(hours=1), "nothing to put off"),
        (ROW, Acts.REOPEN, None, "incident 7 is open already"),
        (ROW, Acts.SNOOZE, None, "a time in the future"),
        (ROW, Acts.SNOOZE, timedelta(0), "a time in the future"),
        (ROW, Acts.SNOOZE, timedelta(days=31), "at most 30 days"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(row: IncidentRow, what: Acts, after: timedelta | None, said: str) -> None:
    with pytest.raises(Conflict, match=said) as refused:
        act(row, what, "jan", NOON, dairy(), NOON + after if after is not None else None)
    assert refused.value.reason == "impossible"


@given(st.sampled_from(IncidentState), st.sampled_from(Acts), st.booleans(), st.sampled_from(Severity))
def test_an_unresolved_paging_incident_always_has_a_timer(state: IncidentState, what: Acts, snoozed: bool, severity: Severity) -> None:
    row = replace(ROW, state=state, severity=severity, snoozed_until=NOON + timedelta(hours=1) if snoozed else None)
    try:
        done = act(row, what, "jan", NOON, dairy(), NOON + timedelta(hours=2))
    except Conflict:
        return
    timer = done.ack_expires_at if done.state is IncidentState.ACKNOWLEDGED else done.next_step_at
    assert (timer is None) == (done.state is IncidentState.RESOLVED)
    assert timer is None or NOON <= timer <= NOON + timedelta(hours=4)
