"""When a digest is due: each Monday at 8:00 on the wall, once, whatever the clocks and the server did meanwhile."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reports.calendar import due_weeks, planned_at
from tests.conftest import LONG

WARSAW = ZoneInfo("Europe/Warsaw")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ZONES = ("Europe/Warsaw", "Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu", "UTC", "Pacific/Apia")


def wall(text: str, zone: ZoneInfo = WARSAW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("week", "instant"),
    [
        ("2026-W42", "2026-10-19T06:00:00+00:00"),
        ("2026-W43", "2026-10-26T07:00:00+00:00"),
        ("2026-W12", "2026-03-23T07:00:00+00:00"),
        ("2026-W13", "2026-03-30T06:00:00+00:00"),
        ("2026-W53", "2027-01-04T07:00:00+00:00"),
    ],
)
def test_it_goes_out_at_eight_on_the_wall_in_summer_and_in_winter(week: str, instant: str) -> None:
    assert planned_at(week, WARSAW).isoformat() == instant


def test_not_a_minute_before() -> None:
    assert due_weeks("2026-W45", LONG_AGO, wall("2026-11-16 07:59:59"), WARSAW) == []
    assert due_weeks("2026-W45", LONG_AGO, wall("2026-11-16 08:00:00"), WARSAW) == ["2026-W46"]
    assert due_weeks("2026-W46", LONG_AGO, wall("2026-11-16 08:00:01"), WARSAW) == []


def test_what_was_missed_is_caught_up_the_oldest_first_and_at_most_four() -> None:
    assert due_weeks("2026-W44", LONG_AGO, wall("2026-11-18 12:00"), WARSAW) == ["2026-W45", "2026-W46"]
    assert due_weeks("2026-W20", LONG_AGO, wall("2026-11-18 12:00"), WARSAW) == ["2026-W43", "2026-W44", "2026-W45", "2026-W46"]


def test_nothing_is_owed_from_before_the_watching_began() -> None:
    assert due_weeks(None, None, wall("2026-11-18 12:00"), WARSAW) == []
    assert due_weeks(None, wall("2026-11-16 08:01"), wall("2026-11-18 12:00"), WARSAW) == []
    assert due_weeks(None, wall("2026-11-15 20:00"), wall("2026-11-18 12:00"), WARSAW) == ["2026-W46"]
    assert due_weeks(None, LONG_AGO, wall("2026-11-16 07:00"), WARSAW) == ["2026-W45"]


@pytest.mark.parametrize("name", ZONES if LONG else ZONES[:2])
def test_three_years_of_hours_give_every_monday_once(name: str) -> None:
    zone, now, last, seen = ZoneInfo(name), datetime(2025, 1, 1, tzinfo=UTC), "2024-W52", []
    while now < datetime(2028, 1, 1, tzinfo=UTC):
        for week in due_weeks(last, LONG_AGO, now, zone):
            last = week
            seen.append((week, now.astimezone(zone)))
        now += timedelta(minutes=30)
    assert len(seen) == len({week for week, _ in seen}) == 156
    assert {(at.weekday(), at.hour) for _, at in seen} == {(0, 8)}
