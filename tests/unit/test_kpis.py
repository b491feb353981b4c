"""KPIs counted from facts written by hand, each expected number too; what nobody knows is unknown, never 0."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from core.kpis import KPIS, Alarm, Facts, Judged, Spell, Talk
from core.objectives import Objective, Target
from core.periods import Span, named
from core.toml import read
from core.types import Severity
from czujka import config
from reports.charts import trend
from reports.digest import digest
from reports.kpi_words import amount, met_line, period_line, point_line, target_line
from reports.kpis import Figure, figures, values
from reports.view import Digest, Topic
from reports.wording import Speech
from tests.fakes.weeks import busy_week

WARSAW = ZoneInfo("Europe/Warsaw")
NOVEMBER = named("2026-11")
NOW = datetime(2026, 12, 5, 12, tzinfo=UTC)
BEGAN = datetime(2026, 9, 15, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(day: int, hour: int = 12, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=WARSAW)


def facts(**changed: Any) -> Facts:
    return Facts(since=BEGAN, **changed)


def november(known: Facts, now: datetime = NOW) -> dict[str, float | None]:
    return values(known, NOVEMBER, now, WARSAW)


def test_posts_are_counted_by_their_day() -> None:
    public = {
        ("volume", date(2026, 10, 31)): 900,
        ("volume", date(2026, 11, 1)): 30,
        ("volume", date(2026, 11, 30)): 12,
        ("volume", date(2026, 12, 1)): 700,
        ("negative", date(2026, 11, 1)): 9,
        ("neutral", date(2026, 11, 1)): 20,
        ("positive", date(2026, 11, 30)): 7,
        ("complaint", date(2026, 11, 30)): 4,
        ("reactions", date(2026, 11, 2)): 45,
        ("reacted", date(2026, 11, 2)): 10,
        ("named:", date(2026, 11, 1)): 30,
        ("named:Górna", date(2026, 11, 1)): 8,
        ("named:Dolna", date(2026, 11, 30)): 2,
    }
    found = november(
        facts(public=public, ours={("policy", date(2026, 11, 3)): 2}, anybody={("leak", date(2026, 11, 4)): 5}, rivals=("Górna", "Dolna"))
    )
    told = {name: found[name] for name in ("mentions", "negative_share", "complaints", "engagement", "share_of_voice", "breaches", "leaks")}
    assert told == {
        "mentions": 42,
        "negative_share": 0.25,
        "complaints": 4,
        "engagement": 4.5,
        "share_of_voice": 0.75,
        "breaches": 2,
        "leaks": 5,
    }


def test_what_nobody_knows_is_unknown() -> None:
    found = november(facts(spells=None))
    assert {name for name, value in found.items() if value is None} == {
        "negative_share",
        "share_of_voice",
        "engagement",
        "answered_share",
        "first_answer_median",
        "first_answer_p90",
        "within_target",
        "acknowledge_median",
        "false_alarm_share",
        "blind_time",
        "portal_active",
        "managers_active",
        "policy_read",
    }
    assert {value for value in found.values() if value is not None} == {0}


def test_a_period_before_collection_began_is_unknown_and_never_nought() -> None:
    known = facts(public={("volume", date(2026, 8, 3)): 4})
    for name in ("2026-08", "2026-W37", "2025", "2027-01"):
        assert set(values(known, named(name), NOW, WARSAW).values()) == {None}, name
    assert values(known, named("2026-09"), NOW, WARSAW)["mentions"] == 0
    assert set(values(replace(known, since=None), NOVEMBER, NOW, WARSAW).values()) == {None}


def talk(opened: datetime, answered_after: float | None, promised: float | None = 4) -> Talk:
    """Hours after the conversation was opened."""
    due = opened + promised * HOUR if promised is not None else None
    return Talk(opened_at=opened, due_at=due, answered_at=opened + answered_after * HOUR if answered_after is not None else None)


def test_answers() -> None:
    waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 40]
    talks = [talk(at(3), wait) for wait in waits]
    talks += [talk(at(4), None), talk(at(5), None, promised=None), talk(at(30, 23, 59), None, promised=200)]
    talks += [talk(at(31, 23, 59, month=10), 1), talk(at(1, 0, month=12), 1)]
    found = november(facts(talks=tuple(talks)))
    assert found["answered_share"] == pytest.approx(10 / 13)
    assert found["first_answer_median"] == 5.5 * 3600
    assert found["first_answer_p90"] == 9 * 3600
    assert found["within_target"] == pytest.approx(4 / 11), "one was never answered; one of the open ones still has time"
    assert found["unanswered_late"] == 1


def test_while_a_month_runs_only_what_is_late_by_now_is_late() -> None:
    known = facts(talks=(talk(at(20, 8), None), talk(at(20, 11), None)))
    assert november(known, at(20, 13))["unanswered_late"] == 1
    assert november(known, at(20, 16))["unanswered_late"] == 2


def test_incidents_and_how_soon_they_are_taken() -> None:
    def alarm(severity: Severity, opened: datetime, minutes: int | None) -> Alarm:
        taken = opened + timedelta(minutes=minutes) if minutes is not None else None
        return Alarm(severity=severity, opened_at=opened, taken_at=taken)

    alarms = (
        alarm(Severity.CRITICAL, at(2), 4),
        alarm(Severity.HIGH, at(3), 10),
        alarm(Severity.HIGH, at(4), None),
        alarm(Severity.LOW, at(30, 23), 90),
        alarm(Severity.INFO, at(9), None),
        alarm(Severity.CRITICAL, at(1, 0, month=12), 1),
    )
    found = november(facts(alarms=alarms))
    told = {name.removeprefix("incidents"): value for name, value in found.items() if name.startswith("incidents")}
    assert told == {"": 5, "_critical": 1, "_high": 2, "_medium": 0, "_low": 1}
    assert found["acknowledge_median"] == 600


def test_a_finding_that_people_disagree_on_is_no_false_alarm() -> None:
    said = [(1, False), (1, False), (1, True), (2, True), (3, True), (3, False), (4, True), (5, True)]
    judged = tuple(Judged(finding_id=finding, is_right=right, at=at(7)) for finding, right in said)
    judged += (Judged(finding_id=6, is_right=False, at=at(2, month=12)),)
    assert november(facts(judged=judged))["false_alarm_share"] == 0.25


def test_blind_time_is_what_of_it_lies_in_the_period() -> None:
    spells = (
        Spell(source_id="x", starts_at=at(31, 22, month=10), ends_at=at(1, 3)),
        Spell(source_id="y", starts_at=at(10, 8), ends_at=at(10, 10)),
        Spell(source_id="y", starts_at=at(2, 8, month=12), ends_at=at(3, 8, month=12)),
        Spell(source_id="z", starts_at=at(30, 18), ends_at=None),
    )
    assert november(facts(spells=spells))["blind_time"] == (3 + 2 + 6) * 3600
    assert november(facts(spells=spells[3:]), at(30, 20))["blind_time"] == 2 * 3600, "what lasts is counted up to now"


def test_the_share_of_the_staff_is_that_of_the_period() -> None:
    known = facts(policy_read={NOVEMBER: 0.8, named("2026-10"): 0.5})
    figure = next(one for one in figures(known, NOVEMBER, (), NOW, WARSAW) if one.kpi.id == "policy_read")
    assert (figure.value, figure.before, figure.year_before, figure.target, figure.is_met) == (0.8, 0.5, None, None, None)


def objective(*targets: Target) -> Objective:
    return Objective(id="trust", name="People trust us", kpi=targets)


def figure(name: str, value: float | None, before: float | None = None, **target: Any) -> Figure:
    return Figure(kpi=KPIS[name], value=value, before=before, target=Target(kpi=name, **target) if target else None)


def test_a_target_is_the_least_or_the_most_as_the_kpi_has_it() -> None:
    assert figure("answered_share", 0.9, target="90 %").is_met is True
    assert figure("answered_share", 0.89, target="90 %").is_met is False
    assert figure("first_answer_median", 4 * 3600, target="4h").is_met is True
    assert figure("first_answer_median", 4 * 3600 + 1, target="4h").is_met is False
    assert figure("leaks", None, target=0).is_met is None


def test_a_target_of_a_month_is_none_of_a_week_where_the_figure_adds_up() -> None:
    wanted = objective(
        Target.model_validate({"kpi": "leaks", "target": 3}), Target.model_validate({"kpi": "within_target", "target": "95 %"})
    )
    by_span = {
        name: {one.kpi.id for one in figures(facts(), named(name), (wanted,), NOW, WARSAW) if one.target is not None}
        for name in ("2026-11", "2026-W46")
    }
    assert by_span == {"2026-11": {"leaks", "within_target"}, "2026-W46": {"within_target"}}


@pytest.mark.parametrize(
    ("name", "before", "value", "moved"),
    [
        ("leaks", 2, 6, False),
        ("leaks", 2, 7, True),
        ("mentions", 100, 124, False),
        ("mentions", 100, 125, True),
        ("mentions", 100, 75, True),
        ("mentions", 0, 5, True),
        ("mentions", 0, 0, False),
        ("negative_share", 0.20, 0.24, False),
        ("negative_share", 0.20, 0.26, True),
        ("first_answer_median", 3600, 4500, True),
        ("mentions", None, 400, False),
    ],
)
def test_what_has_moved(name: str, before: float | None, value: float, moved: bool) -> None:
    assert figure(name, value, before).has_moved is moved


def test_amounts_read_in_their_unit() -> None:
    polish, english = Speech("pl"), Speech("en")
    assert amount(0.4149, KPIS["negative_share"], english) == "41\u00a0%"
    assert amount(5400, KPIS["first_answer_median"], english) == "1\u00a0h\u00a030\u00a0min"
    assert amount(1234, KPIS["mentions"], english) == "1,234"
    assert amount(4.25, KPIS["engagement"], polish) == "4,2"
    assert (amount(None, KPIS["leaks"], english), amount(None, KPIS["leaks"], polish)) == ("unknown", "nie wiadomo")
    target = Target.model_validate({"kpi": "first_answer_median", "target": "4h"})
    assert target_line(target, KPIS["first_answer_median"], polish) == "najwyżej 4\u00a0h"
    assert [met_line(one, english) for one in (True, False, None)] == ["met", "missed", "–"]


def test_periods_read_as_people_name_them() -> None:
    names = ("2026-W46", "2026-W53", "2026-11", "2026-Q4", "2026", "2023-2026")
    assert [period_line(named(name), Speech("pl")) for name in names] == [
        "9–15 listopada 2026",
        "28 grudnia 2026 – 3 stycznia 2027",
        "listopad 2026",
        "IV kwartał 2026",
        "2026",
        "2023–2026",
    ]
    assert [period_line(named(name), Speech("en")) for name in names[2:4]] == ["November 2026", "4th quarter 2026"]
    assert [point_line(named(name), Speech("en")) for name in names[:4:2]] == ["9 Nov", "Nov 2026"]


def test_every_name_and_definition_is_polish_too() -> None:
    with (Path(__file__).parents[2] / "core" / "locale" / "pl.po").open("rb") as file:
        catalog = read_po(file, locale="pl")
    for kpi in KPIS.values():
        assert kpi.name_in("pl") == str(catalog[kpi.name].string)
        assert kpi.counts_in("pl") == str(catalog[kpi.counts].string) != kpi.counts


OBJECTIVES = """\
[company]
name = "Polna"

[[objective]]
id = "trust"
name = "Ludzie dostają odpowiedź"
[[objective.kpi]]
kpi = "answered_share"
target = "90 %"
[[objective.kpi]]
kpi = "first_answer_median"
target = "4h"
span = "week"

[[initiative]]
id = "second-shift"
name = "Druga zmiana"
objective = "trust"
kpi = "first_answer_median"
starts = 2026-09-01
ends = 2026-11-30
expects = "Mediana poniżej 2 h"
verdict = "worked"
lesson = "Wieczorem pisze połowa ludzi."
"""


def problems(text: str) -> list[str]:
    return [str(one) for one in config.validate(read(text, "czujka.toml"), Path("var"))[1]]


def test_aims_are_read_from_the_configuration() -> None:
    settings, found = config.validate(read(OBJECTIVES, "czujka.toml"), Path("var"))
    assert found == []
    assert settings is not None
    assert [(one.kpi, one.target, one.span) for one in settings.objective[0].kpi] == [
        ("answered_share", 0.9, Span.MONTH),
        ("first_answer_median", 14400.0, Span.WEEK),
    ]
    assert (settings.initiative[0].ends, settings.initiative[0].verdict) == (date(2026, 11, 30), "worked")


def test_every_mistake_in_aims_is_told_with_its_line_and_the_nearest_name() -> None:
    broken = OBJECTIVES.replace('kpi = "answered_share"', 'kpi = "answred_share"').replace('"4h"', '"four hours"')
    broken = broken.replace("2026-11-30", "2026-08-30").replace('verdict = "worked"', 'verdict = "great"')
    told = problems(broken)
    assert [line.split(": ")[:2] for line in told] == [
        ["line 8", "objective[1].kpi[1].kpi"],
        ["line 12", "objective[1].kpi[2].target"],
        ["line 21", "initiative[1].ends"],
        ["line 23", "initiative[1].verdict"],
    ]
    assert "did you mean 'answered_share'?" in told[0]
    assert '"4h" was expected' in told[1]
    assert problems(OBJECTIVES.replace('objective = "trust"', 'objective = "trsut"')) == [
        "line 18: initiative[1].objective: there is no objective 'trsut'; did you mean 'trust'?"
    ]


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ('target = "90 %"', "target = 90", 'answered_share is a share: "90 %" or 0.9 was expected'),
        ('target = "4h"', "target = -1", "a number that is not negative was expected"),
        ('target = "4h"', "target = inf", "a number that is not negative was expected"),
        ("ends = 2026-11-30\n", "", "a verdict is for what has ended"),
        ('verdict = "worked"\n', "", "a lesson belongs to a verdict"),
    ],
)
def test_what_makes_no_sense_is_refused(was: str, becomes: str, says: str) -> None:
    told = problems(OBJECTIVES.replace(was, becomes))
    assert len(told) == 1
    assert says in told[0]


def told(*found: Figure) -> Digest:
    return digest(busy_week(), "en", "Polna", "https://czujka.example", kpis=found)


def topic(told: Digest, title: str) -> Topic | None:
    return next((one for one in told.topics if one.title == title), None)


def test_the_digest_tells_what_misses_its_target_and_what_has_moved() -> None:
    missed = figure("within_target", 0.8, 0.81, target="90 %")
    met = figure("answered_share", 0.95, 0.94, target="90 %")
    moved, still, unknown = figure("leaks", 9, 2), figure("mentions", 100, 101), figure("engagement", None, 3)
    said = topic(told(still, moved, met, missed, unknown), "Figures")
    assert said is not None
    assert said.table is not None
    assert said.sentence == "1 figure misses its target, 1 other has moved."
    assert said.table.rows == (("Answered in time", "80\u00a0%", "81\u00a0%", "at least 90\u00a0% missed"), ("Leaks", "9", "2", "–"))
    assert said.url == "https://czujka.example/figures?at=2026-W46"
    assert topic(told(still, met), "Figures") is None


def test_bars_stand_on_nought_and_what_is_unknown_is_a_gap() -> None:
    drawn = trend([0, None, 50, 100], goal=200)
    assert [bar.height for bar in drawn.bars] == [0, None, 14, 28]
    assert [bar.y + (bar.height or 0) for bar in drawn.bars] == [60, 60, 60, 60]
    assert (drawn.goal_y, drawn.top) == (4, 200)
    assert trend([None, None]).top == 1
