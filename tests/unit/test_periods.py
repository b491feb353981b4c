"""Periods are days of the company's zone, however long those are; names are read and written alike."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.periods import Period, Span, current, holding, last_over, named, run_up_to

WARSAW = ZoneInfo("Europe/Warsaw")
DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


def test_a_week_in_which_the_clocks_change_is_an_hour_longer_or_shorter() -> None:
    def hours(name: str) -> float:
        start, end = named(name).bounds(WARSAW)
        return (end - start) / timedelta(hours=1)

    assert hours("2026-W43") == 7 * 24 + 1
    assert hours("2026-W13") == 7 * 24 - 1
    assert hours("2026-10") == 31 * 24 + 1
    assert hours("2026-03") == 31 * 24 - 1
    assert hours("2026") == 365 * 24


def test_bounds_are_midnights_of_the_zone() -> None:
    assert named("2026-11").bounds(WARSAW) == (datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))
    assert named("2026-Q3").bounds(WARSAW) == (datetime(2026, 6, 30, 22, tzinfo=UTC), datetime(2026, 9, 30, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "before", "year_before"),
    [
        ("2026-W01", "2025-W52", "2025-W01"),
        ("2020-W53", "2020-W52", None),
        ("2026-W53", "2026-W52", None),
        ("2026-01", "2025-12", "2025-01"),
        ("2026-Q1", "2025-Q4", "2025-Q1"),
        ("2026", "2025", "2025"),
        ("2023-2026", "2019-2022", None),
    ],
)
def test_what_stands_beside_it(name: str, before: str, year_before: str | None) -> None:
    period = named(name)
    beside = period.year_before()
    assert (period.name, period.before().name, beside.name if beside else None) == (name, before, year_before)


@pytest.mark.parametrize(
    "text", ["", "2026-W54", "2025-W53", "2026-13", "2026-00", "2026-Q5", "26", "2022-2026", "2026-2023", "last week", "0000", "9999"]
)
def test_what_is_no_period_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ConfigError, match="2026-W46, 2026-11, 2026-Q4, 2026 or 2023-2026 was expected"):
        named(text)


def test_the_running_period_is_that_of_the_companys_day() -> None:
    new_year_in_warsaw = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert [current(new_year_in_warsaw, span, WARSAW).name for span in Span] == ["2026-W53", "2027-01", "2027-Q1", "2027", "2024-2027"]
    assert [last_over(new_year_in_warsaw, span, WARSAW).name for span in Span] == ["2026-W52", "2026-12", "2026-Q4", "2026", "2020-2023"]
    assert not named("2026-12").is_over(new_year_in_warsaw - timedelta(hours=1), WARSAW)
    assert named("2026-12").is_over(new_year_in_warsaw, WARSAW)


def test_a_run_ends_with_its_period() -> None:
    assert [one.name for one in run_up_to(named("2026-02"), 4)] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert [one.name for one in run_up_to(named("2023-2026"), 3)] == ["2021-2024", "2022-2025", "2023-2026"]


@given(DAYS, st.sampled_from(list(Span)))
def test_a_day_lies_in_its_period_and_the_name_leads_back(day: date, span: Span) -> None:
    period = holding(day, span)
    assert period.holds(day)
    assert named(period.name) == period
    assert period.before().after == period.first


@given(DAYS, st.sampled_from([Span.WEEK, Span.MONTH, Span.QUARTER, Span.YEAR]))
def test_periods_lie_edge_to_edge(day: date, span: Span) -> None:
    period = holding(day, span)
    assert holding(period.after, span).first == period.after
    assert Period(period.first, period.after, span) == holding(period.after - timedelta(days=1), span)
