"""Incidents as a machine: strangers post, people act, time passes, in any order. And the stories of paging, told in the same world."""

import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.errors import Conflict
from core.records import Override
from core.settings import Alerting, Escalation, Step
from core.transitions import Acts
from core.types import Author, IncidentState, Severity
from tests.fakes.dairy import NOON, dairy, finding, late_parcel, post
from tests.fakes.world import World, timer_of

LONG = bool(os.environ.get("CZUJKA_LONG"))
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def warsaw(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Warsaw")).astimezone(UTC)


def test_late_parcels() -> None:
    """Story 1: forty-one strangers in two hours are one incident that tells care once and brings pr when it grows high."""
    world = World(dairy(), warsaw("2026-11-18 10:00"))
    for _ in range(41):
        world.collect(late_parcel(at=world.now))
        if world.incidents and world.incidents[1].seen.state is IncidentState.OPEN:
            world.act(1, Acts.ACKNOWLEDGE, "ola")
        world.forward(3 * MINUTE)
    (one,) = world.incidents.values()
    assert (one.seen.items, one.seen.authors, one.seen.severity, one.seen.owner) == (41, 41, Severity.HIGH, "care")
    assert one.seen.participants == ("pr",)
    assert (world.paged("page"), world.paged("participant"), world.paged("fallback")) == (["ola"], ["anna"], [])
    assert len(world.conversations) == 41


def test_code_name_at_night() -> None:
    """Story 2, with amber jewellery the same night."""
    world = World(dairy(), warsaw("2026-11-20 02:14"))
    text = "co to jest Projekcie Bursztyn?"
    world.collect(
        post(finding("leak.codename", Severity.HIGH, (11, 29)), text=text, author=Author(id="marek", followers=12_000), at=world.now),
        post(text="piękny bursztyn z Gdańska", at=world.now),
    )
    assert [(one.contact, one.at) for one in world.sent] == [("anna", world.now)]
    world.forward(10 * MINUTE)
    assert world.paged() == ["anna", "jan"]
    world.act(1, Acts.ACKNOWLEDGE, "jan")
    world.forward(50 * MINUTE)
    assert world.paged() == ["anna", "jan"]
    world.forward(10 * MINUTE)
    assert [(one.contact, one.reason) for one in world.sent[2:]] == [("anna", "ack_expired")]


def test_nobody_on_call() -> None:
    """Story 4: the fallback at once, and why."""
    rota_only = Escalation(id="page-now", step=(Step(notify=("schedule:pr-rota",)),))
    leave = Override(schedule="pr-rota", person=None, starts_at=NOON - HOUR, ends_at=NOON + timedelta(days=7))
    world = World(dairy(escalation=(rota_only,)), NOON, (leave,))
    world.collect(post(finding("crisis.press", Severity.HIGH)))
    assert [(one.contact, one.reason, one.at) for one in world.sent] == [("email:board@example.com", "nobody_on_call", NOON)]


def test_ten_minutes_are_ten_minutes_in_the_night_that_has_2_30_twice() -> None:
    """Story 5."""
    at = datetime(2026, 10, 25, 0, 55, tzinfo=UTC)
    world = World(dairy(), at)
    world.collect(post(finding("leak.finance", Severity.CRITICAL), at=at))
    world.forward(HOUR)
    assert [one.at - at for one in world.sent[:2]] == [0 * MINUTE, 10 * MINUTE]


def test_a_quiet_night_ends_in_the_morning_and_a_crisis_ends_the_quiet() -> None:
    night, morning = warsaw("2026-11-20 02:14"), warsaw("2026-11-20 07:00")
    world = World(dairy(), night)
    world.collect(post(finding("leak.internal", Severity.HIGH), bands=(1,), at=night))
    world.forward(HOUR)
    assert world.paged() == []
    world.forward(5 * HOUR)
    assert (world.sent[0].contact, world.sent[0].at) == ("anna", morning)
    other = World(dairy(), night)
    other.collect(post(finding("leak.internal", Severity.HIGH), bands=(1,), at=night))
    other.forward(HOUR)
    other.collect(post(finding("leak.internal", Severity.CRITICAL), bands=(1,), at=other.now))
    assert [(one.contact, one.at) for one in other.sent] == [("anna", night + HOUR)]


class Incidents(RuleBasedStateMachine):
    """Whatever happens: one unresolved incident per key, severity only rises, silence is never for ever, old news pages nobody."""

    @initialize(quiet=st.sampled_from(["", "22:00-07:00"]), leave=st.booleans(), volume=st.integers(2, 4))
    def begin(self, quiet: str, leave: bool, volume: int) -> None:
        away = Override(schedule="pr-rota", person=None, starts_at=NOON, ends_at=NOON + timedelta(days=30))
        alerting = Alerting(quiet_hours=quiet, volume=volume, volume_high=volume + 2)
        self.world = World(dairy(alerting=alerting), NOON, (away,) if leave else ())
        self.gravest: dict[int, Severity] = {}

    @rule(
        labels=st.lists(
            st.tuples(
                st.sampled_from(
                    ["complaint.delivery", "complaint.safety", "leak.internal", "crisis.boycott", "policy.quarrel", "question"]
                ),
                st.sampled_from(Severity),
            ),
            max_size=2,
        ),
        by=st.sampled_from("abcdefgh"),
        band=st.integers(1, 4),
        may_page=st.booleans(),
        copies=st.integers(1, 3),
        age=st.sampled_from([0 * MINUTE, 30 * MINUTE, timedelta(days=2)]),
    )
    def strangers_post(self, labels: list[tuple[str, Severity]], by: str, band: int, may_page: bool, copies: int, age: timedelta) -> None:
        found = [finding(*one) for one in labels]
        self.world.collect(*(post(*found, by=f"{by}{n}", at=self.world.now - age, bands=(band,), may_page=may_page) for n in range(copies)))

    @rule(by=st.sampled_from([0 * MINUTE, 1 * MINUTE, 11 * MINUTE, 90 * MINUTE, 5 * HOUR, 13 * HOUR]))
    def time_passes(self, by: timedelta) -> None:
        self.world.forward(by)

    @precondition(lambda self: self.world.incidents)
    @rule(data=st.data(), what=st.sampled_from(Acts), actor=st.sampled_from(["anna", "jan"]))
    def somebody_acts(self, data: st.DataObject, what: Acts, actor: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.world.incidents)))
        newer = {one.seen.dedup_key for one in self.world.incidents.values() if not one.is_resolved}
        if what is Acts.REOPEN and self.world.incidents[number].is_resolved and self.world.incidents[number].seen.dedup_key in newer:
            return
        try:
            self.world.act(number, what, actor, self.world.now + HOUR)
        except Conflict as refused:
            assert refused.reason == "impossible"
        self.world.notify()

    @invariant()
    def severity_only_rises(self) -> None:
        for number, one in self.world.incidents.items():
            assert one.seen.severity >= self.gravest.get(number, Severity.INFO)
            self.gravest[number] = one.seen.severity

    @invariant()
    def what_may_page_has_told_somebody_or_waits_for_a_time(self) -> None:
        """Nobody on call is never silence; nothing due is left undone."""
        for number, one in self.world.incidents.items():
            timer = timer_of(one)
            assert timer is None or timer > self.world.now
            if one.seen.paging and not one.is_resolved:
                assert timer is not None or one.told or one.acknowledged_by
            if (
                one.seen.severity is Severity.CRITICAL
                and one.seen.paging
                and one.seen.state is IncidentState.OPEN
                and not one.snoozed_until
            ):
                assert one.told, number

    @invariant()
    def what_never_pages_has_paged_nobody(self) -> None:
        paged = {one.incident_id for one in self.world.sent}
        for number, one in self.world.incidents.items():
            if not any(self.world.items[item].may_page for item in one.item_ids):
                assert number not in paged

    @invariant()
    def participants_are_told_once(self) -> None:
        for number, one in self.world.incidents.items():
            told = [sent.contact for sent in self.world.sent if sent.incident_id == number and sent.kind == "participant"]
            assert len(told) == len(set(told))
            assert one.seen.owner not in one.seen.participants


Incidents.TestCase.settings = settings(max_examples=400 if LONG else 40, stateful_step_count=40)
TestIncidents = Incidents.TestCase
