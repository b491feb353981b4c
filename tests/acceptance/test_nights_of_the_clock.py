"""The night that has 2:30 twice and the one that lacks it: a shift is as long as it is, a wait of ten minutes is ten minutes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from actions import oncall
from classifiers.understand import Classifiers
from core.settings import Escalation, Layer, Schedule, Step
from tests.acceptance.city import WARSAW, City, city

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Night = Callable[[str], City]


def warsaw(wall: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=WARSAW, fold=fold).astimezone(UTC)


@pytest.fixture
def night(database_url: str, tmp_path: Path, classifiers: Classifiers) -> Iterator[Night]:
    """The dairy on an evening: Anna by day, Jan from 22:00 to 6:00, Tom after ten minutes."""
    opened: list[AbstractContextManager[City]] = []

    def made(evening: str) -> City:
        opened.append(city(database_url, tmp_path / "city", classifiers, warsaw(evening) - HOUR))
        built = opened[-1].__enter__()
        layers = (Layer(people=("anna",), start=date(2026, 1, 1)), Layer(people=("jan",), start=date(2026, 1, 1), hours="22:00-06:00"))
        steps = (Step(notify=("schedule:pr-rota",), wait=10 * MINUTE), Step(notify=("person:tom",), wait=20 * MINUTE))
        change = {"schedule": (Schedule(id="pr-rota", layer=layers),), "escalation": (Escalation(id="page-now", step=steps),)}
        built.house.settings = built.house.settings.model_copy(update=change)
        built.at(evening)
        return built

    yield made
    for one in opened:
        one.__exit__(None, None, None)


def shift_of_jan(dairy: City) -> tuple[datetime, datetime]:
    """When the night's shift begins and ends, as the calendar has it."""
    [rota] = oncall.rotas(dairy.house.store, dairy.house.settings, dairy.now, dairy.now + 18 * HOUR, dairy.now)
    [shift] = [one for one in rota.shifts if one.person == "jan"]
    return shift.starts_at, shift.ends_at


def answers(dairy: City, start: datetime, end: datetime) -> list[str | None]:
    """Who is on call, minute by minute; and each minute lies in exactly one shift of the calendar."""
    [rota] = oncall.rotas(dairy.house.store, dairy.house.settings, start, end, start)
    found: list[str | None] = []
    at = start
    while at < end:
        [covering] = [one.person for one in rota.shifts if one.starts_at <= at < one.ends_at]
        [asked] = oncall.rotas(dairy.house.store, dairy.house.settings, at, at + MINUTE, at)
        assert asked.now == covering
        found.append(covering)
        at += MINUTE
    return found


def leaks(dairy: City, at: datetime, by: str) -> None:
    """At this instant; before it Anna and Jan have had the note of their hand-over at ten, and nobody anything else."""
    dairy.now = at - timedelta(seconds=1)
    dairy.settle()
    notes = [mail.recipients[0].partition("@")[0] for mail in dairy.new_mails() if "pr-rota:" in str(mail.message["Subject"])]
    assert sorted(notes) == ["anna", "jan"]
    dairy.post("x", f"co to jest Projekcie Bursztyn? pyta {by}", by, followers=12_000)


def test_the_night_of_25_october(night: Night) -> None:
    dairy = night("2026-10-24 20:00")
    starts, ends = shift_of_jan(dairy)
    assert (starts, ends) == (warsaw("2026-10-24 22:00"), warsaw("2026-10-25 06:00"))
    assert ends - starts == 9 * HOUR
    assert answers(dairy, warsaw("2026-10-25 01:00"), warsaw("2026-10-25 07:00")) == ["jan"] * 360 + ["anna"] * 60

    leaks(dairy, warsaw("2026-10-25 02:55", fold=0), "marek")
    dairy.expect_page("jan", containing="Projekt Bursztyn")
    dairy.forward("9m30s")
    dairy.expect_nothing_else()
    dairy.forward("31s")
    assert dairy.now.astimezone(WARSAW).strftime("%H:%M") == "02:05", "the clock of the wall was put back meanwhile"
    dairy.expect_page("tom", containing="Projekt Bursztyn")


def test_both_half_past_two_have_their_answer(night: Night) -> None:
    dairy = night("2026-10-24 20:00")
    leaks(dairy, warsaw("2026-10-25 02:30", fold=0), "marek")
    dairy.expect_page("jan", containing="Projekt Bursztyn")
    dairy.now = warsaw("2026-10-25 02:30", fold=1)
    dairy.settle()
    dairy.expect_page("tom", containing="Projekt Bursztyn")
    [row] = dairy.house.store.incidents.list()
    assert dairy.now - row.opened_at == HOUR, "not a moment, an hour has passed"


def test_the_night_in_march_that_lacks_half_past_two(night: Night) -> None:
    dairy = night("2027-03-27 20:00")
    starts, ends = shift_of_jan(dairy)
    assert ends - starts == 7 * HOUR
    assert answers(dairy, warsaw("2027-03-28 01:00"), warsaw("2027-03-28 07:00")) == ["jan"] * 240 + ["anna"] * 60

    leaks(dairy, warsaw("2027-03-28 01:55"), "marek")
    dairy.expect_page("jan", containing="Projekt Bursztyn")
    dairy.forward("9m30s")
    dairy.expect_nothing_else()
    dairy.forward("31s")
    assert dairy.now.astimezone(WARSAW).strftime("%H:%M") == "03:05"
    dairy.expect_page("tom", containing="Projekt Bursztyn")
