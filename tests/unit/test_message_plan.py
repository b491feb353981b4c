"""When a message of the communication plan goes out: on the wall's day and time, in short months, over the changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from core.message_plan import Cadence, MessagePlan
from core.readers import Colleague
from governance.message_plan import days, following, newest

WARSAW = ZoneInfo("Europe/Warsaw")
SECOND = timedelta(seconds=1)


def plan(start: date, every: str = "monthly", at: time = time(9), **how: object) -> MessagePlan:
    return MessagePlan.model_validate({"id": "m", "title": "M", "text": "m.md", "start": start, "every": every, "at": at} | how)


@pytest.mark.parametrize(
    ("start", "every", "expected"),
    [
        (date(2027, 1, 31), "monthly", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        (date(2027, 11, 30), "quarterly", ["2027-11-30", "2028-02-29", "2028-05-30", "2028-08-30"]),
        (date(2028, 2, 29), "yearly", ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        (date(2026, 12, 28), "weekly", ["2026-12-28", "2027-01-04", "2027-01-11"]),
        (date(2026, 12, 28), "once", ["2026-12-28"]),
    ],
)
def test_on_which_days(start: date, every: str, expected: list[str]) -> None:
    assert [day.isoformat() for day in islice(days(plan(start, every)), len(expected))] == expected


def test_nine_o_clock_is_nine_o_clock_on_both_sides_of_the_change() -> None:
    weekly = plan(date(2027, 3, 21), Cadence.WEEKLY)
    assert weekly.due_at(date(2027, 3, 21), WARSAW) == datetime(2027, 3, 21, 8, tzinfo=UTC)
    assert weekly.due_at(date(2027, 3, 28), WARSAW) == datetime(2027, 3, 28, 7, tzinfo=UTC)


def test_an_hour_that_is_not_there_and_one_that_comes_twice_are_one_instant() -> None:
    night = plan(date(2027, 3, 28), Cadence.WEEKLY, time(2, 30))
    assert newest(night, WARSAW, datetime(2027, 3, 28, 1, 30, tzinfo=UTC)) == date(2027, 3, 28)
    assert newest(night, WARSAW, datetime(2027, 3, 28, 1, 29, 59, tzinfo=UTC)) is None
    autumn = plan(date(2027, 10, 31), Cadence.WEEKLY, time(2, 30))
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert newest(autumn, WARSAW, first - SECOND) is None
    assert newest(autumn, WARSAW, first) == newest(autumn, WARSAW, first + timedelta(hours=1)) == date(2027, 10, 31)


def test_of_what_was_missed_the_newest_is_due_and_before_the_first_nothing() -> None:
    monthly = plan(date(2027, 1, 15))
    now = datetime(2027, 4, 20, tzinfo=UTC)
    assert (newest(monthly, WARSAW, now), following(monthly, WARSAW, now)) == (date(2027, 4, 15), date(2027, 5, 15))
    assert newest(monthly, WARSAW, datetime(2027, 1, 15, 7, 59, tzinfo=UTC)) is None
    assert following(plan(date(2027, 1, 15), "once"), WARSAW, now) is None


def test_whom_it_goes_to() -> None:
    anna = Colleague(person="anna", name="Anna", address="a@b.example", language="pl", role="manager", department="Sales")
    none = Colleague(person="jan", name="Jan", address="", language="pl")
    day = date(2027, 1, 1)
    assert plan(day).goes_to(anna)
    assert not plan(day).goes_to(none), "without an address"
    assert plan(day, roles=("manager",)).goes_to(anna)
    assert plan(day, roles=("staff",), departments=("Sales",)).goes_to(anna)
    assert not plan(day, roles=("staff",), departments=("IT",)).goes_to(anna)
    assert (plan(day).file("pl"), plan(day, text_pl="p.md").file("pl"), plan(day, title_pl="P").name("pl")) == ("m.md", "p.md", "P")
