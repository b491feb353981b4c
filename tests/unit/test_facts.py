"""What our accounts say is held against approved facts, and against each other where none holds; a wrong fact names its line and mend."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from classifiers.facts import contradictions, is_valid, plain
from core.facts import Statement
from core.settings import Fact
from core.toml import read
from czujka.config import validate

MATURES = Fact(id="maturing", statement="Bursztyn dojrzewa 12 miesięcy.", pattern=r"dojrzewa (\d+) mies", approved_by="Anna")
YEAR = {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 31)}


def said(number: int, text: str, day: str = "2026-11-20") -> Statement:
    return Statement(
        item_id=number, at=datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC), platform="x", account="@polna", text=text
    )


def test_another_value_is_named_with_both_statements() -> None:
    told = [said(1, "Nasz ser DOJRZEWA 12 miesięcy"), said(2, "Ten ser dojrzewa 18 miesięcy!"), said(3, "Ser dojrzewa długo")]
    [found] = contradictions([MATURES], told)
    assert (found.fact, found.said.item_id, found.value, found.expected, found.against) == (
        "maturing",
        2,
        "18",
        "12",
        "Bursztyn dojrzewa 12 miesięcy.",
    )
    assert found.other_item_id is None


def test_outside_its_time_our_statements_are_held_against_each_other() -> None:
    fact = MATURES.model_copy(update=YEAR)
    told = [
        said(3, "dojrzewa 18 mies.", "2027-02-03"),
        said(1, "dojrzewa 14 mies.", "2027-02-01"),
        said(2, "dojrzewa 14 mies.", "2027-02-02"),
    ]
    [found] = contradictions([fact], told)
    assert (found.said.item_id, found.value, found.expected, found.against, found.other_item_id) == (3, "18", "14", "dojrzewa 14 mies.", 2)


def test_both_ends_of_the_time_are_inside() -> None:
    fact = MATURES.model_copy(update={"valid_from": date(2026, 3, 1), "valid_until": date(2026, 11, 20)})
    days = ("2026-02-28", "2026-03-01", "2026-11-20", "2026-11-21")
    assert [is_valid(fact, date.fromisoformat(day)) for day in days] == [False, True, True, False]
    told = [said(number, "dojrzewa 18 mies.", day) for number, day in enumerate(days)]
    assert [one.said.item_id for one in contradictions([fact], told)] == [1, 2]


def test_each_value_of_one_statement_counts() -> None:
    found = contradictions([MATURES], [said(1, "Młody dojrzewa 3 miesiące, Bursztyn dojrzewa 12 miesięcy")])
    assert [one.value for one in found] == ["3"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("1 200", "1200"), ("12,5", "12.5"), ("Łódź", "lodz"), ("1\u00a0200", "1200"), ("Anna Lis", "anna  lis"), ("12.", "12")],
)
def test_the_same_value_is_written_in_several_ways(one: str, other: str) -> None:
    assert plain(one) == plain(other)


def test_names_and_dates_may_differ_too() -> None:
    fact = Fact(id="ceo", statement="Prezesem jest Jan Wrona.", pattern=r"prezesem jest (\pL+ \pL+)", approved_by="Rada")
    found = contradictions([fact], [said(1, "Od dziś prezesem jest Ewa Sroka, gratulujemy"), said(2, "prezesem jest jan wrona")])
    assert [(one.value, one.expected) for one in found] == [("Ewa Sroka", "Jan Wrona")]


@pytest.mark.parametrize(
    ("change", "line", "told"),
    [
        ({"pattern": "'dojrzewa (\\d+'"}, 5, "RE2 cannot take this pattern"),
        ({"pattern": "'dojrzewa \\d+ mies'"}, 5, "one pair of brackets around what may differ was expected"),
        ({"pattern": "'(\\d+) (mies)'"}, 5, "one pair of brackets"),
        ({"pattern": "'starzeje się (\\d+)'"}, 5, "the approved statement does not fit its own pattern"),
        ({"valid_until": "2025-12-31"}, 7, "a day from 2026-01-01 on was expected"),
    ],
)
def test_a_wrong_fact_names_its_line_and_what_was_expected(change: dict[str, str], line: int, told: str, tmp_path: Path) -> None:
    values = {"id": '"maturing"', "statement": '"Bursztyn dojrzewa 12 miesięcy."', "pattern": "'dojrzewa (\\d+) mies'"}
    values |= {"valid_from": "2026-01-01", "valid_until": "2026-12-31", "approved_by": '"Anna"'} | change
    text = 'company = { name = "Polna" }\n[[fact]]\n' + "".join(f"{key} = {value}\n" for key, value in values.items())
    _, problems = validate(read(text, "czujka.toml"), tmp_path)
    [problem] = problems
    assert (problem.line, told in problem.message) == (line, True), problem
