"""Who is on call: every instant has exactly one answer, also in the nights that come twice or lack an hour."""

import os
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import hours
from alerts.daysoff import DaysOff
from alerts.oncall import Trouble, check, gaps, preview, who
from core.errors import ConfigError
from core.records import Override
from core.settings import Alerting, Company, Layer, Owner, Person, Schedule
from tests.fakes.dairy import NOON, dairy

LONG = bool(os.environ.get("CZUJKA_LONG"))
ZONES = [
    "Europe/Warsaw",
    "Australia/Lord_Howe",
    "America/New_York",
    "Africa/Casablanca",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Africa/Cairo",
    "America/Santiago",
    "Asia/Beirut",
    "Atlantic/Azores",
    "UTC",
]
YEARS = 3 if LONG else 1
WARSAW = ZoneInfo("Europe/Warsaw")


def warsaw(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW, fold=fold).astimezone(UTC)


def rota(*layers: Layer, zone: str = "Europe/Warsaw") -> Schedule:
    return Schedule(id="rota", timezone=zone, layer=layers)


WEEKLY = rota(Layer(people=("anna", "jan"), start=date(2026, 11, 2)))


def test_a_week_each_changing_on_monday_at_nine() -> None:
    assert who(WEEKLY, [], warsaw("2026-11-02 08:59:59")) is None
    assert who(WEEKLY, [], warsaw("2026-11-02 09:00")) == "anna"
    assert who(WEEKLY, [], warsaw("2026-11-09 08:59:59")) == "anna"
    assert who(WEEKLY, [], warsaw("2026-11-09 09:00")) == "jan"
    assert who(WEEKLY, [], warsaw("2027-03-29 08:59")) == "anna"
    assert who(WEEKLY, [], warsaw("2027-03-29 09:00")) == "jan"


def test_the_night_that_has_2_30_twice() -> None:
    night = rota(Layer(people=("anna",), start=date(2026, 1, 1), hours="22:00-06:00"))
    shift = next(s for s in preview(night, [], warsaw("2026-10-24 12:00"), warsaw("2026-10-25 12:00")) if s.person)
    assert (shift.starts_at, shift.ends_at) == (warsaw("2026-10-24 22:00"), warsaw("2026-10-25 06:00"))
    assert shift.ends_at - shift.starts_at == timedelta(hours=9)
    assert who(night, [], warsaw("2026-10-25 02:30", fold=0)) == who(night, [], warsaw("2026-10-25 02:30", fold=1)) == "anna"


def test_the_night_that_lacks_2_30() -> None:
    daily = rota(Layer(people=("anna", "jan"), every=timedelta(days=1), start=date(2026, 3, 27), handover="02:30"))
    assert who(daily, [], warsaw("2026-03-29 01:59:59")) == "jan"
    assert who(daily, [], warsaw("2026-03-29 03:00:00")) == "anna"
    assert gaps(daily, [], warsaw("2026-03-28 12:00"), warsaw("2026-04-03 12:00")) == []


def test_a_shift_begins_at_the_first_and_its_hours_end_at_the_last_occurrence() -> None:
    daily = rota(Layer(people=("anna", "jan"), every=timedelta(days=1), start=date(2026, 10, 24), handover="02:30"))
    assert who(daily, [], warsaw("2026-10-25 02:29:59", fold=0)) == "anna"
    assert who(daily, [], warsaw("2026-10-25 02:30", fold=0)) == "jan"
    assert who(daily, [], warsaw("2026-10-25 02:10", fold=1)) == "jan"
    evening = rota(Layer(people=("anna",), hours="18:00-02:30"))
    shift = next(s for s in preview(evening, [], warsaw("2026-10-24 12:00"), warsaw("2026-10-25 12:00")) if s.person)
    assert shift.ends_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_half_an_hour_of_lord_howe() -> None:
    """On 5 April 2026 the clock goes from 02:00 back to 01:30: a shift from 01:00 to 02:00 lasts an hour and a half."""
    shift = next(
        s
        for s in preview(
            rota(Layer(people=("anna",), hours="01:00-02:00"), zone="Australia/Lord_Howe"),
            [],
            datetime(2026, 4, 4, 6, tzinfo=UTC),
            datetime(2026, 4, 5, 6, tzinfo=UTC),
        )
        if s.person
    )
    assert shift.ends_at - shift.starts_at == timedelta(minutes=90)


def test_later_layers_win_and_overrides_win_over_them() -> None:
    layered = rota(Layer(people=("anna",)), Layer(people=("jan",), hours="mon-fri 09:00-17:00"))
    assert who(layered, [], warsaw("2026-11-18 12:00")) == "jan"
    assert who(layered, [], warsaw("2026-11-18 17:00")) == "anna"
    holiday = Override(schedule="rota", person="ola", starts_at=warsaw("2026-11-18 10:00"), ends_at=warsaw("2026-11-18 13:00"))
    assert who(layered, [holiday], warsaw("2026-11-18 12:00")) == "ola"
    assert who(layered, [holiday], warsaw("2026-11-18 13:00")) == "jan"
    one_layer = Override(schedule="rota", person=None, starts_at=holiday.starts_at, ends_at=holiday.ends_at, layer=1)
    assert who(layered, [one_layer], warsaw("2026-11-18 12:00")) == "anna"
    everybody = Override(schedule="rota", person=None, starts_at=holiday.starts_at, ends_at=holiday.ends_at)
    assert who(layered, [holiday, everybody], warsaw("2026-11-18 12:00")) is None
    elsewhere = Override(schedule="other", person="ola", starts_at=holiday.starts_at, ends_at=holiday.ends_at)
    assert who(layered, [elsewhere], warsaw("2026-11-18 12:00")) == "jan"


def test_holidays_are_served_by_those_who_took_them() -> None:
    """Independence Day 2026 is a Wednesday; the office keeps it, ola took it, and 12 November is nobody's holiday."""
    office = Layer(people=("anna",), hours="mon-fri 09:00-17:00", holidays="off")
    feast = Layer(people=("ola",), holidays="only")
    schedule = Schedule(id="rota", country="PL", days_off=(date(2026, 11, 13),), layer=(Layer(people=("jan",)), office, feast))
    on = {day: who(schedule, [], warsaw(f"2026-11-{day} 12:00")) for day in (10, 11, 12, 13)}
    assert on == {10: "anna", 11: "ola", 12: "anna", 13: "ola"}
    assert who(schedule, [], warsaw("2026-11-10 23:59:59")) == "jan"
    assert who(schedule, [], warsaw("2026-11-11 00:00")) == "ola"
    assert who(schedule, [], warsaw("2026-11-11 23:59:59")) == "ola"
    assert who(schedule, [], warsaw("2026-11-12 00:00")) == "jan"
    without = schedule.model_copy(update={"country": None, "days_off": ()})
    assert who(without, [], warsaw("2026-11-11 12:00")) == "anna"
    shifts = preview(schedule, [], warsaw("2026-11-11 00:00"), warsaw("2026-11-12 09:00"))
    assert [(shift.person, shift.ends_at - shift.starts_at) for shift in shifts] == [
        ("ola", timedelta(days=1)),
        ("jan", timedelta(hours=9)),
    ]


def test_a_night_that_begins_before_a_holiday_is_worked_to_its_end() -> None:
    night = Schedule(id="rota", country="PL", layer=(Layer(people=("anna",), hours="22:00-06:00", holidays="off"),))
    assert who(night, [], warsaw("2026-11-11 05:59")) == "anna"
    assert who(night, [], warsaw("2026-11-11 22:30")) is None
    assert who(night, [], warsaw("2026-11-12 05:00")) is None
    assert who(night, [], warsaw("2026-11-12 22:30")) == "anna"


def test_business_hours_pass_over_holidays() -> None:
    office = hours.on_duty("mon-fri 08:00-18:00", "off", DaysOff("PL"))
    assert office is not None
    assert office.after(warsaw("2026-11-10 16:00"), timedelta(hours=4), WARSAW) == warsaw("2026-11-12 10:00")
    assert office.after(warsaw("2026-12-24 10:00"), timedelta(hours=1), WARSAW) == warsaw("2026-12-28 09:00")


@pytest.mark.parametrize("country", ["Poland", "pl", "XX", "DE-QQ", ""])
def test_a_country_that_nobody_knows_is_refused_with_an_example(country: str) -> None:
    with pytest.raises(ValueError, match='such as "PL"'):
        Schedule(id="rota", country=country)
    assert Schedule(id="rota", country="DE-BY").country == "DE-BY"


def on_call_by_walking(
    zone: str, weekday: int, hour: str, people: list[str], start: datetime, minutes: int
) -> list[tuple[datetime, str | None]]:
    """What a person with a wall clock and patience finds: each time it first shows the hand-over, the next one takes over.

    A clock that jumps over the hand-over shows a later time of the same day: then it is time, too.
    """
    wanted = time.fromisoformat(hour)
    clock, done, turn, seen = ZoneInfo(zone), set[date](), -1, []
    for n in range(minutes):
        at = start + timedelta(minutes=n)
        shown = at.astimezone(clock)
        if shown.weekday() == weekday and shown.time() >= wanted and shown.date() not in done:
            done.add(shown.date())
            turn += 1
        seen.append((at, people[turn % len(people)] if turn >= 0 else None))
    return seen


@pytest.mark.parametrize("zone", ZONES if LONG else ZONES[:4])
def test_a_rota_is_what_a_walk_along_the_clock_finds(zone: str) -> None:
    """Handing over on Sundays at 02:15, where most zones jump; each minute around each jump and each ninth elsewhere is compared."""
    people = ["anna", "jan", "ola"]
    start = datetime(2025, 12, 31, 12, tzinfo=UTC)
    schedule = rota(Layer(people=tuple(people), start=date(2026, 1, 4), handover="sun 02:15"), zone=zone)
    minutes = YEARS * 365 * 24 * 60
    shifts = preview(schedule, [], start, start + timedelta(minutes=minutes))
    assert shifts[0].starts_at == start
    assert shifts[-1].ends_at == start + timedelta(minutes=minutes)
    assert all(one.ends_at == following.starts_at for one, following in pairwise(shifts))
    position = 0
    for at, person in on_call_by_walking(zone, 6, "02:15", people, start, minutes):
        while shifts[position].ends_at <= at:
            position += 1
        assert shifts[position].person == person, at
        if at.minute % 9 == 0 and at.hour % (1 if LONG else 7) == 0:
            assert who(schedule, [], at) == person, at


layers = st.builds(
    Layer,
    people=st.lists(st.sampled_from(["anna", "jan", "ola"]), min_size=1, max_size=3).map(tuple),
    every=st.sampled_from(
        [timedelta(hours=1), timedelta(hours=12), timedelta(days=1), timedelta(days=3), timedelta(weeks=1), timedelta(weeks=2)]
    ),
    start=st.dates(date(2026, 2, 1), date(2026, 4, 20)),
    handover=st.sampled_from(["mon 09:00", "sun 02:30", "00:00", "sat 24:00", "03:00"]),
    hours=st.sampled_from([None, "22:00-06:00", "mon-fri 08:00-18:00", "sun 01:30-02:30", "fri-mon 00:00-24:00"]),
    holidays=st.sampled_from(["usual", "off", "only"]),
)


@given(
    st.lists(layers, max_size=3),
    st.sampled_from(ZONES),
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(1, 90), st.sampled_from([None, "tom", "ola"]), st.sampled_from([None, 0, 1])), max_size=3
    ),
    st.lists(st.integers(0, 40 * 24 * 60 - 1), max_size=20),
)
@settings(max_examples=400 if LONG else 60)
def test_every_instant_is_covered_exactly_once(
    layers: list[Layer], zone: str, away: list[tuple[int, int, str | None, int | None]], minutes: list[int]
) -> None:
    start = datetime(2026, 3, 15, tzinfo=UTC)
    end = start + timedelta(days=40)
    overrides = [
        Override(schedule="rota", person=p, starts_at=start + timedelta(hours=at), ends_at=start + timedelta(hours=at + n), layer=layer)
        for at, n, p, layer in away
    ]
    schedule = Schedule(id="rota", timezone=zone, country="PL", days_off=(date(2026, 3, 20), date(2026, 3, 29)), layer=tuple(layers))
    shifts = preview(schedule, overrides, start, end)
    edges = [start, *(shift.ends_at for shift in shifts)]
    assert [shift.starts_at for shift in shifts] == edges[:-1]
    assert edges[-1] == end
    assert all(shift.starts_at < shift.ends_at for shift in shifts)
    for minute in minutes:
        at = start + timedelta(minutes=minute)
        (covering,) = [shift for shift in shifts if shift.starts_at <= at < shift.ends_at]
        assert covering.person == who(schedule, overrides, at)


@given(st.sampled_from(ZONES), st.integers(0, 4 * 365 * 24 * 3600))
@settings(max_examples=2000 if LONG else 300)
def test_a_wall_time_is_shown_at_its_instants_or_passed_over(zone: str, seconds: int) -> None:
    clock, wall = ZoneInfo(zone), datetime.fromisoformat("2025-01-01") + timedelta(seconds=seconds)
    first, last = hours.first_instant(wall, clock), hours.last_instant(wall, clock)
    assert first <= last
    shown = first.astimezone(clock).replace(tzinfo=None)
    a_second_before = (first - timedelta(seconds=1)).astimezone(clock).replace(tzinfo=None)
    assert shown == wall or a_second_before < wall < shown
    assert last.astimezone(clock).replace(tzinfo=None) == shown


@pytest.mark.parametrize(
    "text", ["", "mon", "08:00", "moo 08:00-18:00", "08:00-25:00", "08:61-09:00", "mon-fri 08:00–18:00", "mon,tue 08:00-09:00"]
)
def test_hours_that_mean_nothing_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match="expected"):
        hours.read(text)


def test_business_hours_pass_over_the_night_and_the_weekend() -> None:
    office = hours.read("mon-fri 08:00-18:00")
    assert office.after(warsaw("2026-11-18 10:00"), timedelta(hours=4), WARSAW) == warsaw("2026-11-18 14:00")
    assert office.after(warsaw("2026-11-18 16:00"), timedelta(hours=4), WARSAW) == warsaw("2026-11-19 10:00")
    assert office.after(warsaw("2026-11-20 23:00"), timedelta(hours=4), WARSAW) == warsaw("2026-11-23 12:00")
    assert office.after(warsaw("2026-11-20 17:30"), timedelta(hours=10), WARSAW) == warsaw("2026-11-23 17:30")


def test_the_dairy_needs_no_mending() -> None:
    assert check(dairy(), [], NOON) == []


def test_leave_of_both_shows_four_weeks_ahead() -> None:
    """Story 4: gap, and the steps that page nobody meanwhile."""
    leave = Override(schedule="pr-rota", person=None, starts_at=NOON + timedelta(weeks=4), ends_at=NOON + timedelta(weeks=5))
    found = {(one.trouble, one.subject, one.starts_at) for one in check(dairy(), [leave], NOON)}
    assert found == {(Trouble.GAP, "pr-rota", leave.starts_at), (Trouble.STEP_NOBODY, "pr", leave.starts_at)}


def test_check_names_what_would_leave_a_page_without_a_person() -> None:
    settings = dairy(
        company=Company(name="Mleczarnia Polna", fallback="pr"),
        alerting=Alerting(quiet_hours="late"),
        person=(Person(id="anna", contacts=("pigeon:loft",)),),
        owner=(Owner(id="pr", people=("anna",)),),
        schedule=(Schedule(id="pr-rota", layer=(Layer(people=("anna",), every=timedelta(minutes=1)),)),),
        escalation=(),
        channel=(),
    )
    gone = Override(schedule="pr-rota", person="zofia", starts_at=NOON, ends_at=NOON + timedelta(days=1))
    found = {(one.trouble, one.subject) for one in check(settings, [gone], NOON)}
    assert found == {
        (Trouble.UNREADABLE, "Mleczarnia Polna"),
        (Trouble.UNREADABLE, "pr-rota"),
        (Trouble.NO_CONTACT, "anna"),
        (Trouble.OVERRIDE_LEFT, "pr-rota"),
        (Trouble.STEP_NOBODY, "pr"),
        (Trouble.NO_FALLBACK, "Mleczarnia Polna"),
    }
