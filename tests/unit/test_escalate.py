"""Whom to page next: steps and repeats, the fallback, quiet hours, acknowledgements that expire. Nobody on call is never silence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.escalate import escalate, pace
from alerts.policy import policy_of
from core.records import Override
from core.sending import DueIncident, Pages
from core.settings import Alerting, Company, Escalation, Owner, Person, Settings, Step
from core.types import Contact, IncidentState, Severity
from tests.fakes.dairy import NOON, dairy


def warsaw(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Warsaw")).astimezone(UTC)


def due(owner: str = "pr", settings: Settings | None = None, at: datetime = NOON, **changes: object) -> DueIncident:
    one = DueIncident(
        incident_id=7,
        version=3,
        dedup_key="polna:leak:x",
        severity=Severity.HIGH,
        state=IncidentState.OPEN,
        owner=owner,
        policy=policy_of(owner, settings or dairy()),
        step=0,
        repeated=0,
        next_step_at=at,
        ack_expires_at=None,
        snoozed_until=None,
        opened_at=at,
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def then(incident: DueIncident, pages: Pages, **changes: object) -> DueIncident:
    """The incident as the store keeps it after these pages."""
    told = (*incident.told, *(f"{c.kind}:{c.address}" for c in pages.contacts))
    changed = replace(
        incident,
        version=incident.version + 1,
        step=pages.step,
        repeated=pages.repeated,
        next_step_at=pages.next_step_at,
        told=told,
        untold=tuple(owner for owner in incident.untold if owner not in pages.told),
    )
    return replace(changed, **changes)  # type: ignore[arg-type]


def paged(incident: DueIncident, now: datetime, settings: Settings | None = None, overrides: tuple[Override, ...] = ()) -> Pages:
    pages = escalate(incident, settings or dairy(), overrides, now)
    assert pages is not None
    return pages


def people(pages: Pages) -> list[str | None]:
    return [contact.person or contact.address for contact in pages.contacts]


def test_code_name_at_night() -> None:
    """Story 2: at 02:14 the first step despite quiet hours, ten minutes later the second, after an acknowledgement nobody else."""
    at = warsaw("2026-11-20 02:14")
    first = due("security", at=at, severity=Severity.CRITICAL)
    one = paged(first, at)
    assert (people(one), one.reason, one.hold_until) == (["anna"], "step_due", None)
    assert one.contacts[0] == Contact(kind="slack", address="U123", channel="slack-pr", person="anna", language="pl")
    assert one.next_step_at == at + timedelta(minutes=10)
    waiting = then(first, one)
    assert escalate(waiting, dairy(), (), at + timedelta(minutes=9, seconds=59)) is None
    two = paged(waiting, at + timedelta(minutes=10))
    assert people(two) == ["jan"]
    taken = then(waiting, two, state=IncidentState.ACKNOWLEDGED, next_step_at=None, ack_expires_at=at + timedelta(minutes=72))
    assert escalate(taken, dairy(), (), at + timedelta(minutes=62)) is None


def test_nobody_on_call_pages_the_fallback_at_once_and_says_why() -> None:
    """Story 4: the policy has schedule steps only, both are on leave."""
    rota_only = Escalation(id="page-now", step=(Step(notify=("schedule:pr-rota",)), Step(notify=("schedule:pr-rota",))))
    settings = dairy(escalation=(rota_only,))
    leave = Override(schedule="pr-rota", person=None, starts_at=NOON - timedelta(days=1), ends_at=NOON + timedelta(days=7))
    pages = paged(due(settings=settings), NOON, settings, (leave,))
    assert (pages.kind, pages.reason, people(pages)) == ("fallback", "nobody_on_call", ["board@example.com"])
    assert pages.hold_until is None


def test_a_step_that_resolves_to_nobody_is_skipped_at_once() -> None:
    leave = Override(schedule="pr-rota", person=None, starts_at=NOON - timedelta(days=1), ends_at=NOON + timedelta(days=7))
    pages = paged(due(), NOON, overrides=(leave,))
    assert (people(pages), pages.reason, pages.step) == (["anna", "slack-pr"], "step_empty", 2)
    assert pages.next_step_at == NOON + timedelta(minutes=20)


def test_steps_repeat_then_the_fallback_is_told_that_nobody_answered_and_even_that_ends() -> None:
    settings = dairy(escalation=(Escalation(id="page-now", step=(Step(notify=("person:jan",), repeat=1), Step(notify=("person:ola",)))),))
    incident, at, seen = due(settings=settings), NOON, []
    while incident.next_step_at is not None:
        at = incident.next_step_at
        pages = paged(incident, at, settings)
        seen.append((people(pages)[0], str(pages.reason), at - NOON))
        incident = then(incident, pages)
    minute = timedelta(minutes=1)
    assert seen == [
        ("jan", "step_due", 0 * minute),
        ("jan", "repeat", 10 * minute),
        ("ola", "step_due", 20 * minute),
        ("board@example.com", "nobody_answered", 30 * minute),
        ("board@example.com", "nobody_answered", 90 * minute),
        ("board@example.com", "nobody_answered", 150 * minute),
        ("board@example.com", "nobody_answered", 210 * minute),
    ]


def test_without_a_policy_the_one_on_call_then_the_team() -> None:
    settings = dairy(owner=(Owner(id="pr", people=("anna", "jan"), schedule="pr-rota"), Owner(id="care", people=("ola", "jan"))))
    one = paged(due("pr", settings), NOON, settings)
    assert people(one) == ["anna"]
    assert people(paged(then(due("pr", settings), one), NOON + timedelta(minutes=10), settings)) == ["anna", "jan"]
    assert people(paged(due("care", settings), NOON, settings)) == ["ola", "jan"]


def test_an_owner_without_people_is_not_silence() -> None:
    settings = dairy(owner=(Owner(id="care"),))
    assert paged(due("care", settings), NOON, settings).reason == "nobody_on_call"


def test_without_any_fallback_contact_the_fallback_owner_then_everybody() -> None:
    quiet = Company(name="Polna", fallback="pr")
    settings = dairy(company=quiet, owner=(Owner(id="care"), Owner(id="pr", people=("jan",))))
    assert people(paged(due("care", settings), NOON, settings)) == ["jan"]
    settings = dairy(company=quiet, owner=(Owner(id="care"), Owner(id="pr")))
    assert people(paged(due("care", settings, severity=Severity.CRITICAL), NOON, settings)) == ["anna", "jan", "ola", "tom"]


def test_nobody_reachable_at_all_is_said_and_tried_again() -> None:
    settings = dairy(channel=())
    pages = paged(due(settings=settings), NOON, settings)
    assert (pages.contacts, pages.reason, pages.next_step_at) == ((), "nobody_reachable", NOON + timedelta(hours=1))
    mended = paged(then(due(settings=settings), pages), NOON + timedelta(hours=1))
    assert people(mended) == ["anna"]


def test_a_policy_is_copied_so_that_editing_it_changes_no_running_escalation() -> None:
    incident = due("security")
    edited = dairy(escalation=(Escalation(id="night-watch", step=(Step(notify=("person:tom",)),)),))
    assert people(paged(incident, NOON, edited)) == ["anna"]


def test_the_one_on_call_is_asked_for_when_the_step_is_due_not_when_it_opened() -> None:
    at = warsaw("2026-11-23 08:55")
    incident = due("pr", at=at)
    before, after = paged(incident, at), paged(incident, at + timedelta(minutes=6))
    assert (people(before), people(after)) == (["anna"], ["jan"])


class TestQuietHours:
    NIGHT = warsaw("2026-11-20 02:14")
    MORNING = warsaw("2026-11-20 07:00")

    def test_hold_back_all_but_critical_until_the_morning(self) -> None:
        pages = paged(due(at=self.NIGHT), self.NIGHT)
        assert (pages.contacts, pages.reason) == ((), "quiet_hours")
        assert (pages.next_step_at, pages.hold_until, pages.step) == (self.MORNING, self.MORNING, 0)
        morning = paged(then(due(at=self.NIGHT), pages), self.MORNING)
        assert people(morning) == ["anna"]

    def test_what_becomes_critical_meanwhile_pages_at_once(self) -> None:
        asleep = then(due(at=self.NIGHT), paged(due(at=self.NIGHT), self.NIGHT))
        raised = replace(asleep, severity=Severity.CRITICAL, next_step_at=self.NIGHT + timedelta(minutes=5))
        assert len(paged(raised, self.NIGHT + timedelta(minutes=5)).contacts) == 1

    def test_a_person_elsewhere_is_paged_in_their_day(self) -> None:
        """02:14 in Warsaw is 20:14 in New York; at 05:00 Tom sleeps, too."""
        assert people(paged(due("compliance", at=self.NIGHT), self.NIGHT)) == ["tom"]
        five = warsaw("2026-11-20 05:00")
        assert paged(due("compliance", at=five), five).next_step_at == warsaw("2026-11-20 13:00")

    def test_who_is_awake_is_enough(self) -> None:
        settings = dairy(owner=(Owner(id="care", people=("ola", "tom")),))
        assert people(paged(due("care", settings, at=self.NIGHT), self.NIGHT, settings)) == ["tom"]

    def test_none_are_configured(self) -> None:
        for written in ("", "unreadable"):
            settings = dairy(alerting=Alerting(quiet_hours=written))
            assert len(paged(due(at=self.NIGHT), self.NIGHT, settings).contacts) == 1

    def test_the_night_of_25_october_is_an_hour_longer(self) -> None:
        at = warsaw("2026-10-24 23:00")
        assert paged(due("care", at=at), at).next_step_at == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_ten_minutes_are_ten_minutes_when_the_clock_goes_back() -> None:
    """Story 5."""
    at = datetime(2026, 10, 25, 0, 55, tzinfo=UTC)
    pages = paged(due("security", at=at, severity=Severity.CRITICAL), at)
    assert pages.next_step_at == datetime(2026, 10, 25, 1, 5, tzinfo=UTC)


class TestComingBack:
    def test_an_acknowledgement_expires_and_the_escalation_goes_on(self) -> None:
        taken = due("security", state=IncidentState.ACKNOWLEDGED, step=1, next_step_at=None, ack_expires_at=NOON)
        pages = paged(taken, NOON)
        assert (people(pages), pages.reason, pages.reopens) == (["jan"], "ack_expired", True)

    def test_when_all_steps_were_used_it_starts_again(self) -> None:
        taken = due("security", state=IncidentState.ACKNOWLEDGED, step=3, repeated=2, next_step_at=None, ack_expires_at=NOON)
        pages = paged(taken, NOON)
        assert (people(pages), pages.step) == (["anna"], 1)

    def test_a_snooze_is_silent_and_its_end_pages_from_the_first_step(self) -> None:
        later = NOON + timedelta(hours=1)
        snoozed = due("security", step=1, next_step_at=later, snoozed_until=later)
        assert escalate(snoozed, dairy(), (), NOON) is None
        pages = paged(snoozed, later)
        assert (people(pages), pages.reason, pages.reopens) == (["anna"], "snooze_ended", True)

    def test_nothing_that_is_over_pages(self) -> None:
        assert escalate(due(state=IncidentState.RESOLVED, untold=("care",)), dairy(), (), NOON) is None

    def test_downtime_ends_in_one_message(self) -> None:
        late = NOON + timedelta(hours=3)
        pages = paged(due("security"), late)
        assert (people(pages), pages.reason, pages.next_step_at) == (["anna"], "catch_up", late + timedelta(minutes=10))
        assert escalate(then(due("security"), pages), dairy(), (), late) is None


class TestParticipants:
    def test_are_told_once_after_the_first_page(self) -> None:
        incident = due("security", untold=("care", "compliance"), severity=Severity.CRITICAL)
        first = paged(incident, NOON)
        assert first.kind == "page"
        told = paged(then(incident, first), NOON)
        assert (told.kind, told.reason, people(told), told.told) == ("participant", "concerned", ["ola", "tom"], ("care", "compliance"))
        after = then(then(incident, first), told)
        assert (after.step, after.next_step_at) == (1, NOON + timedelta(minutes=10))
        assert escalate(after, dairy(), (), NOON) is None

    def test_who_sleeps_is_told_in_their_morning(self) -> None:
        """Noon in Warsaw is six in New York."""
        incident = due("security", untold=("care", "compliance"), next_step_at=None)
        first = paged(incident, NOON)
        assert (people(first), first.told) == (["ola"], ("care",))
        assert escalate(then(incident, first), dairy(), (), NOON) is None
        assert people(paged(then(incident, first), NOON + timedelta(hours=1))) == ["tom"]

    def test_whoever_was_paged_is_not_told_again(self) -> None:
        incident = due("security", untold=("care",), next_step_at=None, told=("email:ola@example.com",))
        assert (paged(incident, NOON).contacts, paged(incident, NOON).told) == ((), ("care",))

    def test_sleep_unless_it_is_critical(self) -> None:
        night = warsaw("2026-11-20 02:14")
        incident = due("security", untold=("care",), next_step_at=None)
        assert escalate(incident, dairy(), (), night) is None
        assert people(paged(replace(incident, severity=Severity.CRITICAL), night)) == ["ola"]

    def test_an_owner_with_a_rota_is_told_through_the_one_on_call(self) -> None:
        assert people(paged(due("security", untold=("pr",), next_step_at=None), NOON)) == ["anna"]


class TestPace:
    ANNA = Contact(kind="slack", address="U123", channel="slack-pr", person="anna")
    JAN = Contact(kind="email", address="jan@example.com", channel="mail", person="jan")

    def page(self, number: int, *contacts: Contact) -> Pages:
        return Pages(
            incident_id=number, version=0, kind="page", contacts=contacts, step=1, repeated=0, next_step_at=None, reason="step_due"
        )

    def holds(
        self, pages: list[Pages], due: dict[str, list[datetime]], critical: tuple[int, ...] = (), **alerting: object
    ) -> list[datetime | None]:
        severities = dict.fromkeys(critical, Severity.CRITICAL)
        return [one.hold_until for one in pace(pages, due, severities, Alerting(**alerting), NOON)]

    def test_the_first_page_at_once_and_what_follows_together_half_a_minute_later(self) -> None:
        gathered = NOON + timedelta(seconds=30)
        storm = [self.page(n, self.ANNA) for n in range(5)]
        assert self.holds(storm, {}) == [None, gathered, gathered, gathered, gathered]

    def test_what_came_seconds_ago_gathers_too(self) -> None:
        ago = NOON - timedelta(seconds=12)
        assert self.holds([self.page(1, self.ANNA), self.page(2, self.JAN)], {"slack:U123": [ago]}) == [NOON + timedelta(seconds=18), None]
        assert self.holds([self.page(1, self.ANNA)], {"slack:U123": [NOON - timedelta(seconds=31)]}) == [None]

    def test_critical_does_not_wait_to_be_gathered(self) -> None:
        storm = [self.page(n, self.ANNA) for n in range(3)]
        assert self.holds(storm, {}, critical=(0, 1, 2)) == [None, None, None]

    def test_no_more_than_so_many_a_minute_even_when_critical_and_none_dropped(self) -> None:
        storm = [self.page(n, self.ANNA) for n in range(7)]
        holds = self.holds(storm, {}, critical=tuple(range(7)), page_rate=3)
        assert holds == [None] * 3 + [NOON + timedelta(minutes=1)] * 4, "the rest is one message"


targets = st.sampled_from(
    ["person:anna", "person:zofia", "schedule:pr-rota", "schedule:gone", "owner:care", "owner:none", "channel:none", ""]
)
policies = st.lists(
    st.builds(Step, notify=st.lists(targets, max_size=2).map(tuple), wait=st.just(timedelta(0)), repeat=st.integers(0, 3)), max_size=3
)


@given(policies, st.booleans(), st.integers(0, 24 * 60), st.sampled_from(Severity), st.integers(0, 8), st.integers(0, 5))
def test_a_due_incident_is_paged_or_has_a_timer(
    steps: list[Step], on_leave: bool, minute: int, severity: Severity, step: int, repeated: int
) -> None:
    settings = dairy(escalation=(Escalation(id="page-now", step=tuple(steps)),))
    now = NOON + timedelta(minutes=minute)
    leave = Override(schedule="pr-rota", person=None, starts_at=NOON - timedelta(days=1), ends_at=NOON + timedelta(days=7))
    incident = due(settings=settings, at=now, severity=severity, step=step, repeated=repeated)
    pages = paged(incident, now, settings, (leave,) if on_leave else ())
    assert pages.contacts or (pages.next_step_at is not None and pages.reason == "quiet_hours")
    assert pages.next_step_at is None or pages.next_step_at >= now + timedelta(minutes=1) or not pages.contacts
    assert severity is not Severity.CRITICAL or pages.contacts


@given(policies, st.integers(0, 24 * 60), st.sampled_from(Severity))
def test_no_policy_pages_for_ever(steps: list[Step], minute: int, severity: Severity) -> None:
    settings = dairy(escalation=(Escalation(id="page-now", step=tuple(steps)),))
    incident = due(settings=settings, at=NOON + timedelta(minutes=minute), severity=severity)
    times: list[datetime] = []
    while incident.next_step_at is not None:
        times.append(incident.next_step_at)
        incident = then(incident, paged(incident, times[-1], settings))
    assert times == sorted(set(times))
    assert len(times) <= sum(one.repeat + 1 for one in steps) + 4 + 2


@pytest.mark.parametrize("written", [("email:board@example.com",), ("channel:slack-pr",), ("pigeon:loft", "email:a:b@example.com")])
def test_fallback_contacts_as_people_write_them(written: tuple[str, ...]) -> None:
    settings = dairy(company=Company(name="Polna", fallback_contacts=written), escalation=(Escalation(id="page-now"),))
    (contact,) = paged(due(settings=settings), NOON, settings).contacts
    assert f"{contact.kind}:{contact.address}" in {"email:board@example.com", "slack:slack-pr", "email:a:b@example.com"}
    assert contact.channel == ("slack-pr" if contact.kind == "slack" else "mail")


def test_a_person_without_a_usable_contact_does_not_stop_the_page() -> None:
    settings = dairy(person=(Person(id="anna", contacts=("pigeon:loft",)), Person(id="jan", contacts=("email:jan@example.com",))))
    pages = paged(due("security", settings), NOON, settings)
    assert (people(pages), pages.reason) == (["jan"], "step_empty")
