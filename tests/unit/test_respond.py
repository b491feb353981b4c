"""Conversations as people handle them: every act leads to one state, or is refused with a sentence; clocks tell in time from late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.clocks import answer_by, clocks_of, resolve_by
from alerts.respond import respond
from core.errors import Conflict, Refused
from core.records import ConversationRow
from core.settings import Alerting, Owner
from core.talks import Talks
from core.types import ConversationState, Quote
from tests.fakes.dairy import NOON, dairy

HOUR = timedelta(hours=1)
LATEST = Quote(item_id=1, platform="x", author="@kasia", reach=None, text="gdzie paczka?", url="", created_at=NOON)
ROW = ConversationRow(
    conversation_id=5,
    key="x:kasia",
    platform="x",
    author="@kasia",
    owner="care",
    brand="polna",
    state=ConversationState.NEW,
    opened_at=NOON,
    due_at=NOON + 4 * HOUR,
    answered_at=None,
    items=1,
    labels=("complaint.delivery",),
    latest=LATEST,
    version=2,
    resolve_by=NOON + 20 * HOUR,
)
STATES = list(ConversationState)


def test_its_way_from_new_to_closed_and_back() -> None:
    taken = respond(ROW, Talks.ASSIGN, "anna", NOON, assignee="ola")
    assert (taken.state, taken.assignee, taken.version) == (ConversationState.ASSIGNED, "ola", 2)
    assert (taken.event.actor, taken.event.detail) == ("anna", {"from": "new", "assignee": "ola"})
    said = respond(replace(ROW, state=ConversationState.ASSIGNED, assignee="ola"), Talks.ANSWER, "ola", NOON + HOUR)
    assert (said.state, said.answered_at) == (ConversationState.ANSWERED, NOON + HOUR)
    over = respond(replace(ROW, state=ConversationState.ANSWERED, answered_at=NOON), Talks.CLOSE, "ola", NOON + 2 * HOUR)
    assert (over.state, over.closed_at, over.answered_at) == (ConversationState.CLOSED, NOON + 2 * HOUR, NOON)
    closed = replace(ROW, state=ConversationState.CLOSED, assignee="ola", closed_at=NOON)
    back = respond(closed, Talks.REOPEN, "ola", NOON, due_at=NOON + 4 * HOUR)
    assert (back.state, back.closed_at, back.due_at) == (ConversationState.ASSIGNED, None, NOON + 4 * HOUR)
    assert respond(replace(closed, assignee=None), Talks.REOPEN, "ola", NOON).state is ConversationState.NEW


@pytest.mark.parametrize(
    ("state", "what", "said"),
    [
        (ConversationState.CLOSED, Talks.ASSIGN, "is closed already; reopen it first"),
        (ConversationState.ANSWERED, Talks.ANSWER, "is answered already; reopen it first"),
        (ConversationState.CLOSED, Talks.CLOSE, "is closed already"),
        (ConversationState.NEW, Talks.REOPEN, "waits for an answer already"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(state: ConversationState, what: Talks, said: str) -> None:
    with pytest.raises(Refused, match=said):
        respond(replace(ROW, state=state), what, "ola", NOON, assignee="ola")


def test_to_be_assigned_it_takes_somebody() -> None:
    with pytest.raises(Refused, match="name a person"):
        respond(ROW, Talks.ASSIGN, "anna", NOON)


@given(st.sampled_from(STATES), st.sampled_from(Talks), st.sampled_from(["anna", "jan"]), st.booleans())
def test_nobody_ends_what_somebody_else_is_answering(state: ConversationState, what: Talks, actor: str, lives: bool) -> None:
    claimed = replace(ROW, state=state, claimed_by="anna", claimed_until=NOON + (HOUR if lives else -HOUR))
    try:
        done = respond(claimed, what, actor, NOON, assignee="ola")
    except Conflict:
        return
    assert actor == "anna" or not lives or done.state in {ConversationState.NEW, ConversationState.ASSIGNED}


class TestClocks:
    def test_they_count_business_hours_and_stand_still_on_holidays(self) -> None:
        care = Owner(id="care", country="PL", first_response=2 * HOUR)
        settings = dairy(owner=(care,))
        eve = datetime(2026, 11, 10, 16, tzinfo=UTC)  # Tuesday 17:00 in Warsaw; Wednesday is Independence Day
        assert answer_by(eve, "care", settings) == datetime(2026, 11, 12, 8, tzinfo=UTC)
        assert resolve_by(eve, "care", settings) == datetime(2026, 11, 13, 16, tzinfo=UTC), "20 hours: 1, none, 10 and 9"

    def test_without_targets_of_its_own_an_owner_has_everybodys(self) -> None:
        settings = dairy(alerting=Alerting(first_response=HOUR, resolution=3 * HOUR))
        assert (answer_by(NOON, "care", settings), resolve_by(NOON, "care", settings)) == (NOON + HOUR, NOON + 3 * HOUR)

    def test_what_is_late_says_since_when(self) -> None:
        first, second = clocks_of(ROW, NOON + 5 * HOUR)
        assert (first.name, first.ended_at, first.breached_at) == ("first_response", None, NOON + 4 * HOUR)
        assert (second.name, second.breached_at) == ("resolution", None)

    def test_an_answer_in_time_stops_the_first_and_the_second_runs_on(self) -> None:
        answered = replace(ROW, state=ConversationState.ANSWERED, answered_at=NOON + 3 * HOUR)
        first, second = clocks_of(answered, NOON + 30 * HOUR)
        assert (first.ended_at, first.breached_at) == (NOON + 3 * HOUR, None)
        assert (second.ended_at, second.breached_at) == (None, NOON + 20 * HOUR)

    def test_closed_too_late_stays_late(self) -> None:
        closed = replace(ROW, state=ConversationState.CLOSED, closed_at=NOON + 21 * HOUR)
        assert [clock.breached_at for clock in clocks_of(closed, NOON + 90 * HOUR)] == [NOON + 4 * HOUR, NOON + 20 * HOUR]

    def test_what_never_had_a_clock_has_none(self) -> None:
        assert clocks_of(replace(ROW, due_at=None, resolve_by=None), NOON) == ()
