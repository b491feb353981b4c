"""Who owes which training since when, and the sheet of completions: whole, or refused with what and where."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.errors import ConfigError
from core.readers import Colleague
from core.training import Completed, Training, TrainingOwed
from governance.training import owed, read_completions

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BASICS = Training(id="basics", title="Social media at work", since=date(2026, 11, 1), within=30 * DAY)
YEARLY = Training(id="crisis", title="The first hour", roles=("manager",), since=date(2026, 11, 1), within=14 * DAY, renew_every=365 * DAY)
ANNA = Colleague(person="anna", name="Anna Lis", address="anna@polna.example", language="pl")
KIM = replace(ANNA, person="kim", role="manager")


def owing(who: Colleague, *done: Completed, now: datetime = NOW, of: tuple[Training, ...] = (BASICS, YEARLY)) -> list[TrainingOwed]:
    return list(owed([who], done, of, WARSAW, now))


def completed(training: str, at: datetime, person: str = "kim") -> Completed:
    return Completed(person=person, training=training, at=at, by=person)


def test_each_role_owes_its_own_from_midnight_of_the_day_in_the_company_s_zone() -> None:
    [one] = owing(ANNA)
    first = datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert (one.training.id, one.since, one.due_at) == ("basics", first, first + 30 * DAY)
    assert [one.training.id for one in owing(KIM)] == ["basics", "crisis"]
    assert owing(KIM, now=first - timedelta(seconds=1)) == []


def test_who_joined_later_has_their_own_time_and_who_left_owes_nothing() -> None:
    joined = NOW - 2 * DAY
    [one] = owing(replace(ANNA, joined_at=joined))
    assert one.due_at == joined + 30 * DAY
    assert owing(replace(ANNA, joined_at=NOW + DAY)) == []
    assert owing(replace(ANNA, left_at=NOW)) == []


def test_what_is_completed_is_owed_again_only_where_it_is_renewed() -> None:
    done = (completed("basics", NOW - 5 * DAY), completed("crisis", NOW - 5 * DAY))
    assert owing(KIM, *done) == owing(KIM, *done, now=NOW + 359 * DAY) == []
    [again] = owing(KIM, *done, now=NOW + 360 * DAY)
    assert (again.training.id, again.since) == ("crisis", NOW + 360 * DAY)
    assert not again.is_late(NOW + 373 * DAY)
    assert again.is_late(NOW + 374 * DAY)


def test_of_several_completions_the_newest_counts() -> None:
    done = (completed("crisis", NOW), completed("crisis", NOW - 400 * DAY))
    assert owing(KIM, *done, of=(YEARLY,)) == []


def sheet(folder: Path, *rows: str) -> Path:
    path = folder / "trained.csv"
    path.write_text("person,training,done_on\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_sheet_is_taken_whole(tmp_path: Path) -> None:
    path = sheet(tmp_path, "kim,basics,2026-11-20", "anna,basics,2026-11-02")
    found = read_completions(path, {"kim", "anna"}, ["basics"], "cli:ola", NOW)
    assert [(one.person, one.at, one.by) for one in found] == [
        ("kim", datetime(2026, 11, 20, tzinfo=UTC), "cli:ola"),
        ("anna", datetime(2026, 11, 2, tzinfo=UTC), "cli:ola"),
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("zoe,basics,2026-11-20", "line 3: person: 'zoe' is nobody's id"),
        ("anna,dance,2026-11-20", "line 3: training: 'dance'; one of the configuration was expected: basics"),
        ("anna,basics,20.11.2026", "line 3: done_on: '20.11.2026'; a day such as"),
        ("anna,basics,2026-11-21", "line 3: done_on: 2026-11-21 is still to come"),
        ("kim,basics,2026-11-19", "line 3: the same stands in line 2 already"),
    ],
)
def test_one_fault_refuses_it_with_line_and_what_was_expected(tmp_path: Path, row: str, told: str) -> None:
    with pytest.raises(ConfigError, match="nothing was imported") as refused:
        read_completions(sheet(tmp_path, "kim,basics,2026-11-19", row), {"kim", "anna"}, ["basics"], "cli:ola", NOW)
    assert told in str(refused.value)
