"""What follows from a try to send: patience for what may pass, the person's next contact for what does not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.deliver import after, gather
from core.errors import DeliveryError
from core.sending import DueDelivery, Outcome, Tried
from core.types import Contact, Receipt, Severity
from tests.fakes.dairy import NOON, dairy

SLACK = Contact(kind="slack", address="U123", channel="slack-pr", person="anna", language="pl")
MAIL = Contact(kind="email", address="anna@example.com", channel="mail", person="anna", language="pl")
ROOM = Contact(kind="slack", address="slack-pr", channel="slack-pr")
BUSY = DeliveryError("come back later", permanent=False, reason="busy")
REFUSED = DeliveryError("no such user", permanent=True, reason="bad_address")

FIRST = DueDelivery(
    delivery_id=5,
    token=2,
    dedup_key="7/1/page",
    incident_id=7,
    contact=SLACK,
    kind="page",
    tries=0,
    first_try_at=NOON,
    due_at=NOON,
    severity=Severity.HIGH,
)


def tried(error: DeliveryError | None, now: datetime = NOON, jitter: float = 1.0, **changes: object) -> Tried:
    return after(replace(FIRST, **changes), error, Receipt(remote_id="1700.1") if error is None else None, dairy(), now, jitter)  # type: ignore[arg-type]


def test_what_was_taken_is_sent() -> None:
    assert tried(None) == Tried(delivery_id=5, token=2, outcome=Outcome.SENT, reason="sent", remote_id="1700.1")


def test_waits_double_up_to_five_minutes() -> None:
    waits = [tried(BUSY, contact=ROOM, tries=n).retry_at for n in (0, 1, 2, 7, 30)]
    assert waits == [NOON + timedelta(seconds=s) for s in (2, 4, 8, 256, 300)]


def test_jitter_takes_a_part_of_the_wait_but_never_all() -> None:
    assert tried(BUSY, contact=ROOM, tries=4, jitter=0.5).retry_at == NOON + timedelta(seconds=16)
    assert tried(BUSY, contact=ROOM, tries=4, jitter=0.0).retry_at == NOON + timedelta(seconds=1)


def test_the_other_side_may_say_when() -> None:
    wanted = NOON + timedelta(seconds=77)
    assert tried(DeliveryError("429", permanent=False, reason="rate_limited", retry_at=wanted)).retry_at == wanted


def test_a_wait_longer_than_our_patience_moves_on_at_once() -> None:
    late = DeliveryError("429", permanent=False, reason="rate_limited", retry_at=NOON + timedelta(hours=1))
    assert tried(late).moves_to == MAIL
    assert tried(late, contact=ROOM).retry_at == NOON + timedelta(hours=1)


def test_a_permanent_failure_moves_to_the_next_contact_at_once() -> None:
    moved = tried(REFUSED)
    assert (moved.outcome, moved.reason, moved.moves_to) == (Outcome.FAILED, "bad_address", MAIL)


@pytest.mark.parametrize(("severity", "patience_s"), [(Severity.HIGH, 120), (Severity.MEDIUM, 120), (Severity.CRITICAL, 30)])
def test_patience_ends(severity: Severity, patience_s: int) -> None:
    before = tried(BUSY, NOON + timedelta(seconds=patience_s - 1), severity=severity, tries=6)
    assert (before.outcome, before.retry_at) == (Outcome.RETRY, NOON + timedelta(seconds=patience_s))
    over = tried(BUSY, NOON + timedelta(seconds=patience_s), severity=severity, tries=6)
    assert (over.outcome, over.moves_to) == (Outcome.FAILED, MAIL)


def test_the_last_contact_is_tried_for_a_day_and_then_failed() -> None:
    assert tried(BUSY, NOON + timedelta(hours=23), contact=MAIL, tries=9).outcome is Outcome.RETRY
    over = tried(BUSY, NOON + timedelta(hours=24), contact=MAIL, tries=9)
    assert (over.outcome, over.moves_to, over.reason) == (Outcome.FAILED, None, "busy")
    assert tried(REFUSED, contact=MAIL).moves_to is None


def test_a_contact_that_is_no_longer_configured_moves_to_the_first_that_is() -> None:
    assert tried(REFUSED, contact=replace(SLACK, address="U999")).moves_to == SLACK
    assert tried(REFUSED, contact=replace(SLACK, person="zofia")).moves_to is None


class TestGather:
    """What had to wait for one contact is one message, led by the gravest."""

    def waits(self, number: int, contact: Contact = MAIL, severity: Severity = Severity.HIGH, **changes: object) -> DueDelivery:
        return replace(FIRST, delivery_id=number, contact=contact, severity=severity, held=True, **changes)  # type: ignore[arg-type]

    def ids(self, *due: DueDelivery) -> list[tuple[int, ...]]:
        return [tuple(one.delivery_id for one in group) for group in gather(due)]

    def test_the_gravest_leads_and_then_the_oldest(self) -> None:
        assert self.ids(self.waits(1), self.waits(2, severity=Severity.CRITICAL), self.waits(3)) == [(2, 1, 3)]

    def test_what_goes_at_once_goes_alone(self) -> None:
        assert self.ids(replace(FIRST, delivery_id=1), replace(FIRST, delivery_id=2), self.waits(3)) == [(1,), (2,), (3,)]

    def test_each_contact_and_each_kind_has_its_own(self) -> None:
        assert self.ids(self.waits(1), self.waits(2, SLACK), self.waits(3, kind="fallback"), self.waits(4)) == [(1, 4), (2,), (3,)]


@given(
    st.integers(0, 40),
    st.integers(0, 100_000),
    st.floats(0, 1),
    st.sampled_from([SLACK, MAIL, ROOM]),
    st.sampled_from(Severity),
    st.booleans(),
    st.one_of(st.none(), st.integers(-60, 100_000)),
)
def test_nothing_is_ever_lost(
    tries: int, lasted_s: int, jitter: float, contact: Contact, severity: Severity, permanent: bool, retry_after_s: int | None
) -> None:
    """A try that fails is tried again in the future, moves on, or has lasted a day or was refused for good where nobody else is left."""
    now = NOON + timedelta(seconds=lasted_s)
    retry_at = None if retry_after_s is None else now + timedelta(seconds=retry_after_s)
    error = DeliveryError("no", permanent=permanent, reason="no", retry_at=retry_at)
    done = tried(error, now, jitter, tries=tries, contact=contact, severity=severity)
    if done.outcome is Outcome.RETRY:
        assert done.retry_at is not None
        assert done.retry_at > now
    else:
        assert done.moves_to is not None or permanent or lasted_s >= 24 * 3600
        assert done.moves_to != contact
