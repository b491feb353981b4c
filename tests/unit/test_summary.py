"""The month for everybody: in both languages, of nobody, and due on the first morning of the next month however the clocks stand."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.periods import named
from core.settings import Settings
from core.summary import MonthSummary
from core.toml import read
from core.types import Scope
from czujka import config
from reports.calendar import due_months, summary_planned_at
from reports.summary import build_summary, summary

WARSAW = ZoneInfo("Europe/Warsaw")
SETTINGS = Settings.model_validate({"company": {"name": "Polna", "languages": ["pl", "en"]}, "privacy": {"contact": "iod@polna.example"}})
OCTOBER = MonthSummary(
    month=named("2026-10"),
    is_known=True,
    posts={Scope.MENTION: 1204, Scope.EMPLOYEE: 4},
    sources={Scope.MENTION: 3, Scope.EMPLOYEE: 1},
    found={"complaints": 57, "leaks": 4, "breaches": 0, "incidents": 5},
    negative=0.31,
    crises=1,
    lessons=("Wieczorem pisze połowa ludzi.",),
    clauses=True,
    changed=6,
    helped=2,
)


def lines(language: str, heading: str, month: MonthSummary = OCTOBER) -> list[str]:
    part = next(one for one in summary(month, SETTINGS, language).parts if one.heading == heading)
    return [line.replace("\u00a0", " ") for line in part.lines]


def test_counts_below_five_tell_of_nobody() -> None:
    assert lines("en", "What was watched") == [
        "What people write about us: 1,204 (posts), 3 (sources)",
        "Accounts of staff who agreed to it: fewer than five (posts), 1 (sources)",
    ]
    assert lines("en", "What was found") == [
        "Negative share: 31 %",
        "Complaints: 57",
        "Leaks: fewer than five",
        "Breaches: fewer than five",
        "Incidents: 5",
        "Crises: fewer than five",
    ]
    assert lines("pl", "Czego się nauczyliśmy") == [
        "Wieczorem pisze połowa ludzi.",
        "Weszła w życie nowa wersja zasad.",
        "Działania po przeglądach, które sprawdzono ponownie: 6; pomogło: mniej niż pięć.",
    ]


def test_the_mail_says_it_in_the_companys_languages() -> None:
    sent = message_from_bytes(
        build_summary(OCTOBER, SETTINGS, "wszyscy@polna.example", sent_at=datetime(2026, 11, 1, 7, tzinfo=UTC)).as_bytes(),
        policy=policy.default,
    )
    text = sent.get_content()
    assert (sent["To"], sent["Content-Language"]) == ("wszyscy@polna.example", "pl, en")
    assert text.index("Co obserwowaliśmy") < text.index("What was watched")
    assert text.count("iod@polna.example") == 2
    again = build_summary(OCTOBER, SETTINGS, "wszyscy@polna.example", sent_at=datetime(2026, 11, 3, tzinfo=UTC))
    assert again["Message-ID"] == sent["Message-ID"], "sent twice it is the same mail"


def test_it_goes_out_at_eight_on_the_wall_in_summer_and_in_winter() -> None:
    assert summary_planned_at(named("2026-09"), WARSAW) == datetime(2026, 10, 1, 6, tzinfo=UTC)
    assert summary_planned_at(named("2026-10"), WARSAW) == datetime(2026, 11, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, datetime(2026, 11, 1, 6, 59, tzinfo=UTC), ["2026-09"]),
        (None, datetime(2026, 11, 1, 7, tzinfo=UTC), ["2026-10"]),
        ("2026-10", datetime(2026, 11, 30, tzinfo=UTC), []),
        ("2026-09", datetime(2026, 11, 5, tzinfo=UTC), ["2026-10"]),
        ("2026-08", datetime(2026, 11, 5, tzinfo=UTC), ["2026-09", "2026-10"]),
        ("2026-05", datetime(2026, 11, 5, tzinfo=UTC), ["2026-09", "2026-10"]),
    ],
)
def test_a_month_is_due_once_and_what_was_missed_is_caught_up(last: str | None, now: datetime, due: list[str]) -> None:
    since = datetime(2026, 4, 1, tzinfo=UTC)
    assert [one.name for one in due_months(last, since, now, WARSAW)] == due


def test_a_month_before_the_watching_is_nobodys_miss() -> None:
    now = datetime(2026, 11, 5, tzinfo=UTC)
    assert due_months(None, None, now, WARSAW) == []
    assert due_months("2026-08", datetime(2026, 10, 20, tzinfo=UTC), now, WARSAW) == [named("2026-10")]
    assert due_months(None, datetime(2026, 11, 2, tzinfo=UTC), now, WARSAW) == []


def test_an_address_that_is_none_is_refused_with_its_line() -> None:
    document = read('[company]\nname = "Polna"\n[summary]\nto = "everybody"\n', "czujka.toml")
    [problem] = config.validate(document, Path("var"))[1]
    assert str(problem).startswith("line 4: summary.to: an e-mail address such as staff@example.com was expected")
