"""The digest's figures as a sheet: read back by a CSV reader, held against the week as it is written down in the fake."""

import csv
import io
from dataclasses import replace

import pytest

from core.cases import CaseCounts
from core.figures import Waiting, WeekFigures
from core.kpis import KPIS
from reports.kpis import Figure
from reports.sheet import sheet
from tests.fakes.weeks import busy_week, quiet_week


def rows(figures: WeekFigures, *kpis: Figure) -> dict[tuple[str, str, str], str]:
    read = list(csv.DictReader(io.StringIO(sheet(figures, kpis), newline="")))
    assert {row["week"] for row in read} == {"2026-W46"}
    found = {(row["part"], row["name"], row["figure"]): row["value"] for row in read}
    assert len(found) == len(read), "a figure stands twice"
    return found


def test_every_figure_of_the_week_stands_in_it() -> None:
    found = rows(replace(busy_week(), cases=CaseCounts(opened=2, decided=1, late=0)))
    assert [found["said", f"2026-11-{day:02}", "posts"] for day in range(9, 16)] == ["220", "231", "208", "612", "402", "150", "131"]
    assert found["said", "2026-11-12", "negative"] == "401"
    assert [found["answers", "", figure] for figure in ("opened", "answered", "late", "median_seconds")] == ["164", "121", "37", "9600.0"]
    assert [found["open now", "care", figure] for figure in ("conversations", "late", "incidents")] == ["31", "9", "1"]
    assert found["incidents", "complaint.billing", "medium"] == "3"
    assert (found["breaches", "policy.undisclosed", "posts"], found["leaks", "leak.pii.phone", "posts"]) == ("2", "4")
    assert found["blind", "facebook-page", "seconds"] == "9600"
    assert [found["cases", "", figure] for figure in ("opened", "decided", "late")] == ["2", "1", "0"]


def test_what_nobody_knows_is_an_empty_cell_and_never_nought() -> None:
    week = replace(busy_week(), answers=replace(busy_week().answers, median_s=None))
    found = rows(week, Figure(kpi=KPIS["mentions"], value=1954.0), Figure(kpi=KPIS["share_of_voice"], value=None))
    assert found["answers", "", "median_seconds"] == ""
    assert found["kpi", "mentions", "count"] == "1954.0"
    assert found["kpi", "share_of_voice", "share"] == ""


@pytest.mark.parametrize("name", ["=1+1", "+48 500", "-x", "@care"])
def test_no_name_is_taken_for_a_formula(name: str) -> None:
    week = replace(quiet_week(days=busy_week().days), waiting=(Waiting(owner=name, incidents=0, conversations=1, late=0),))
    assert rows(week)["open now", f"'{name}", "conversations"] == "1"
