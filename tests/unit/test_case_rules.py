"""When the steps of a case are due, who may decide, and which consequences fit: by hand, from the calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.daysoff import DaysOff
from core.cases import Case, CaseFound, CaseStage, Consequence
from core.policy import Applies, Clause
from governance.cases import fits_scale, why_not_decide, working_days_after

WARSAW = ZoneInfo("Europe/Warsaw")
POLAND = DaysOff("PL")
CASE = Case(
    number=1,
    clause="POL-04",
    policy_version=1,
    label="",
    brand=None,
    incident_id=None,
    concerned="",
    stage=CaseStage.HEARD,
    version=1,
    opened_by="ola",
    opened_at=datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
)
CLAUSE = Clause(
    id="POL-04", owner="hr", watcher="hr", reviewers=("hr",), applies_to=(Applies.PERSONAL,), detected_by=(), scale=(Consequence.TALK,)
)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-02 10:00", 5, "2026-11-09 23:00"),  # Monday; the next Monday ends at midnight in Warsaw
        ("2026-11-06 23:30", 1, "2026-11-09 23:00"),  # half past midnight of a Saturday there
        ("2026-11-10 10:00", 1, "2026-11-12 23:00"),  # Independence Day, the 11th, does not count
        ("2026-12-23 10:00", 2, "2026-12-29 23:00"),  # Christmas Eve, both feast days, and a weekend
        ("2026-10-23 10:00", 1, "2026-10-26 23:00"),  # clocks went back on the 25th
        ("2026-03-27 10:00", 1, "2026-03-30 22:00"),  # clocks went forward on the 29th
    ],
)
def test_working_days_end_at_midnight_and_leave_out_days_off(start: str, days: int, end: str) -> None:
    at = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert working_days_after(at, days, WARSAW, POLAND.__contains__) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@given(st.integers(0, 6 * 366 * 24), st.integers(1, 60))
def test_more_days_are_later_and_it_ends_behind_a_working_day(hours: int, days: int) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    end, next_end = (working_days_after(start, n, WARSAW, POLAND.__contains__) for n in (days, days + 1))
    assert start < end < next_end
    last: date = (end.astimezone(WARSAW)).date()
    before = date.fromordinal(last.toordinal() - 1)
    assert before.weekday() < 5 and before not in POLAND


def test_four_eyes_and_six() -> None:
    assert why_not_decide(CASE, "piotr") is None
    assert why_not_decide(CASE, "ola") == "who opened a case does not decide it: another person must"
    appealed = replace(CASE, decided_by="piotr", stage=CaseStage.APPEALED)
    assert why_not_decide(appealed, "teresa") is None
    assert "third" in str(why_not_decide(appealed, "piotr")) and why_not_decide(appealed, "ola") is not None
    assert why_not_decide(replace(CASE, decider="hanna"), "piotr") == "the decision was given to another person"
    assert why_not_decide(replace(appealed, decider="hanna", appeal_decider="jan"), "hanna") is not None


def test_only_what_the_clause_names_may_follow() -> None:
    assert fits_scale(CLAUSE, CaseFound.BREACH, Consequence.TALK) is None
    assert fits_scale(CLAUSE, CaseFound.BREACH, Consequence.NONE) is None
    assert fits_scale(CLAUSE, CaseFound.BREACH, Consequence.EMPLOYMENT) == "POL-04 knows these consequences: talk"
    assert fits_scale(replace(CLAUSE, scale=()), CaseFound.BREACH, Consequence.EMPLOYMENT) is None
    assert fits_scale(CLAUSE, CaseFound.NO_BREACH, Consequence.TALK) == "where there is no breach, nothing follows"
