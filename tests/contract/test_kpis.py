"""The figures of longer spans, on both databases: what is counted for good, and KPIs beside sums that the test writes down itself."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from actions.digest import week_figures, week_kpis
from actions.kpis import Told, tell
from core import metrics
from core.access import Sight
from core.blindness import Promise
from core.kpis import KPIS
from core.objectives import Objective, Target
from core.periods import named
from core.privacy import Kept
from core.settings import Brand, Company, Settings
from core.types import Author, Feeling, Finding, Page, Scope, Severity, Understanding, Voice
from czujka import measuring
from czujka.cli import cli
from reports.digest import build_mail
from storage import Store
from storage.blindness import spells_query
from storage.kpis import MEASURES, PUBLIC, Asked, alarms_query, counted_query, judged_query, talks_query
from storage.reading import Read
from storage.schema import incident_event, item, verdict
from storage.schema_tally import blind_spell
from storage.sources import PageResult
from tests.contract.test_store import an_item, arrive
from tests.integration.test_query_plans import is_scan, plan
from tests.integration.test_week_figures import Week

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SETTINGS = Settings(company=Company(name="Polna"), brand=(Brand(id="polna", name="Polna", competitors=("Mleczarnia Górna",)),))


def at(day: int, hour: int = 12, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=WARSAW)


def says(store: Store, number: int, when: datetime, *labels: str, feeling: str = "neutral", **arrival: Any) -> None:
    """A post, read at once; `voice`, `platform`, `engagement` and `text` are the post's, anything else its arrival's."""
    known = {name: arrival.pop(name) for name in ("voice", "platform", "engagement", "text") if name in arrival}
    post = an_item(number, created_at=when, author=Author(id=f"a{number}"), **known)
    store.items.add([replace(arrive(post, **arrival), collected_at=when)], when)
    read_all(store, *labels, feeling=feeling)


def read_all(store: Store, *labels: str, feeling: str = "neutral", version: str = "v1", zone: ZoneInfo = WARSAW) -> None:
    shares = {"negative": 0.1, "neutral": 0.1, "positive": 0.1} | {feeling: 0.8}
    found = tuple(Finding(label=one, score=0.9, severity=Severity.MEDIUM, detector=f"{one}.r@1") for one in labels)
    understood = Understanding(lang="pl", feeling=Feeling(label=feeling, **shares), findings=found)
    unread = store.reading.unread(version, 100, NOW)
    store.reading.apply([Read(one, understood) for one in unread], version, NOW, zone=zone)


def counted(store: Store) -> dict[tuple[str, str], int]:
    """How much of each measure on each day, whoever said it."""
    with store.database.read() as connection:
        rows = connection.execute(sa.text("SELECT measure, CAST(day AS TEXT) AS day, SUM(value) AS n FROM tally GROUP BY measure, day"))
        return {(row.measure, row.day[5:]): int(row.n) for row in rows}


def several_posts(store: Store) -> None:
    says(store, 1, at(20, 23, 59), "complaint.delivery", "complaint.quality", feeling="negative", engagement={"likes": 3, "replies": 1})
    says(store, 2, at(21, 0), "praise", feeling="positive", engagement={"likes": 0})
    says(store, 3, at(21, 9), "policy.insult", voice=Voice.OURS, scope=Scope.OFFICIAL)
    says(store, 4, at(21, 10), "leak.pii.phone", scope=Scope.PORTAL, voice=Voice.OURS)


SEVERAL = {
    ("volume", "11-20"): 1,
    ("negative", "11-20"): 1,
    ("complaint", "11-20"): 1,
    ("complaint.delivery", "11-20"): 1,
    ("complaint.quality", "11-20"): 1,
    ("reactions", "11-20"): 4,
    ("reacted", "11-20"): 1,
    ("volume", "11-21"): 3,
    ("positive", "11-21"): 1,
    ("neutral", "11-21"): 1,
    ("praise", "11-21"): 1,
    ("reactions", "11-21"): 0,
    ("reacted", "11-21"): 1,
    ("policy", "11-21"): 1,
    ("policy.insult", "11-21"): 1,
    ("leak", "11-21"): 1,
    ("leak.pii.phone", "11-21"): 1,
}


def test_a_post_counts_once_on_its_day_however_often_it_is_read(store: Store) -> None:
    several_posts(store)
    assert counted(store) == SEVERAL
    edited = replace(an_item(1, "zupełnie inny tekst"), created_at=at(20, 23, 59))
    store.items.add([arrive(edited)], NOW)
    read_all(store, "complaint.billing")
    read_all(store, "complaint.other", version="v2")
    assert counted(store) == SEVERAL


def test_what_was_counted_stays_when_posts_go(store: Store) -> None:
    several_posts(store)
    store.retention.forget(Kept.POSTS, Scope.MENTION, NOW, NOW)
    assert [row.text for row in _rows(store, sa.select(item.c.text).where(item.c.scope == "mention"))] == ["", ""]
    assert counted(store) == SEVERAL


def test_the_first_count_counts_all_that_is_there(store: Store) -> None:
    several_posts(store)
    with store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM tally"))
        connection.execute(sa.text("DELETE FROM tally_zone"))
    says(store, 5, at(22, 8), feeling="negative")
    assert counted(store) == SEVERAL | {("volume", "11-22"): 1, ("negative", "11-22"): 1}


def test_a_company_that_moves_has_other_days(store: Store) -> None:
    several_posts(store)
    store.items.add([arrive(an_item(5, created_at=at(22, 8)))], NOW)
    read_all(store, zone=ZoneInfo("America/New_York"))
    days = {day: n for (measure, day), n in counted(store).items() if measure == "volume"}
    assert days == {"11-20": 2, "11-21": 2, "11-22": 1}


def test_the_canary_is_not_counted(store: Store) -> None:
    says(store, 1, at(20), brand="~canary")
    assert counted(store) == {}


def test_a_source_that_is_read_again_was_blind(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    kept = Promise(gap=timedelta(minutes=5), after=timedelta(minutes=20))

    def poll(now: datetime) -> None:
        [leased] = store.sources.lease_due(now, 10, timedelta(minutes=1), only=["x-mentions"])
        done = PageResult(source_id="x-mentions", token=leased.token, platform="x", page=Page(items=(), cursor={}), arrivals=(),
                          next_poll_at=now, releases=True, promise=kept)  # fmt: skip
        assert store.sources.apply_page(done, now) is not None

    for minutes in (0, 20, 41, 45):
        poll(NOW + timedelta(minutes=minutes))
    spells = [(row.source_id, row.starts_at - NOW, row.ends_at - NOW) for row in _rows(store, sa.select(blind_spell))]
    assert spells == [("x-mentions", timedelta(minutes=25), timedelta(minutes=41))]


@pytest.fixture
def autumn(store: Store) -> Week:
    """What was said and done in October and November."""
    week = Week(store)
    says(store, 12, at(20, month=10), feeling="negative")
    for number, (when, feeling) in enumerate([(at(3), "negative"), (at(4), "neutral"), (at(5), "negative"), (at(6), "positive")]):
        says(store, number, when, *(["complaint.billing"] if feeling == "negative" else []), feeling=feeling, engagement={"likes": number})
    says(store, 10, at(7), "policy.quarrel", voice=Voice.OURS, scope=Scope.OFFICIAL)
    says(store, 11, at(8), "leak.codename", brand="other", feeling="negative")
    week.talks(at(2), at(2, 16), answered=at(2, 13), state="answered")
    week.talks(at(3), at(3, 16), answered=at(4, 12), state="closed")
    week.talks(at(9), at(9, 16))
    week.talks(at(25, 11), at(25, 20))
    week.talks(at(9, month=10), at(9, 16, month=10))
    for label, severity, when, minutes in (
        ("leak.pii", "critical", at(2), 5),
        ("complaint", "high", at(3), 25),
        ("complaint", "low", at(4), None),
    ):
        number = week.opens(label, severity, when)
        for taken in [] if minutes is None else [when + timedelta(minutes=minutes), when + timedelta(hours=9)]:
            week.write(incident_event, incident_id=number, at=taken, actor="anna", kind="acknowledged", reason="by_hand", detail={})
    for place, (person, said) in enumerate([("anna", "right"), ("jan", "right"), ("ola", "wrong"), ("tom", "other")]):
        week.found(week.says(at(12), source_id=f"s{place}"), "complaint.delivery", at(12))
        with store.database.read() as connection:
            found = connection.execute(sa.text("SELECT MAX(id) FROM finding")).scalar_one()
        week.write(verdict, finding_id=found, person=person, said=said, at=at(13))
    week.write(blind_spell, source_id="x", starts_at=at(1, 0), ends_at=at(1, 6))
    week.write(blind_spell, source_id="y", starts_at=at(31, 20, month=10), ends_at=at(1, 2))
    return week


def november(store: Store, **asked: Any) -> Told:
    return tell(store, SETTINGS, named("2026-11"), NOW, **asked)


def shown(told: Told) -> Mapping[str, float | None]:
    return {one.kpi.id: one.value for one in told.figures}


NOVEMBER = {
    "mentions": 5,
    "negative_share": 0.6,
    "complaints": 2,
    "share_of_voice": None,
    "engagement": 1.5,
    "answered_share": 0.5,
    "first_answer_median": 12.5 * 3600,
    "first_answer_p90": 24 * 3600,
    "within_target": 1 / 3,
    "unanswered_late": 1,
    "acknowledge_median": 15 * 60,
    "incidents": 3,
    "incidents_critical": 1,
    "incidents_high": 1,
    "incidents_medium": 0,
    "incidents_low": 1,
    "false_alarm_share": 0.5,
    "leaks": 1,
    "breaches": 1,
    "blind_time": 8 * 3600,
    "portal_active": None,
    "managers_active": None,
    "policy_read": None,
}


def asked_in_sql(store: Store) -> dict[str, int]:
    within = "{0} >= '2026-10-31 23:00:00' AND {0} < '2026-11-30 23:00:00'"
    opened, late = within.format("opened_at"), "answered_at IS NULL AND due_at < '2026-11-25 12:00:00'"
    of_public = "voice = 'public' AND source_id = 'x-mentions'"
    asked = {
        "mentions": f"SELECT COUNT(*) FROM item WHERE {of_public} AND {within.format('created_at')}",
        "unanswered_late": f"SELECT COUNT(*) FROM conversation WHERE {late} AND {opened}",
        "incidents_high": f"SELECT COUNT(*) FROM incident WHERE severity = 'high' AND {opened}",
        "leaks": "SELECT COUNT(DISTINCT item_id) FROM finding WHERE label LIKE 'leak%'",
    }
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL TIME ZONE 'UTC'"))
        return {name: connection.execute(sa.text(query)).scalar_one() for name, query in asked.items()}


def test_a_month_counted_by_hand(autumn: Week) -> None:
    told = november(autumn.store)
    assert shown(told) == pytest.approx(NOVEMBER, nan_ok=True)
    assert list(NOVEMBER) == list(KPIS)
    in_sql = asked_in_sql(autumn.store)
    assert {name: shown(told)[name] for name in in_sql} == in_sql
    assert (told.is_over, told.figure("mentions").before, told.figure("mentions").year_before) == (False, 1, None)
    assert told.trends["mentions"][-2:] == (1, 5)
    assert told.trends["mentions"][:-2] == (None,) * 11, "nothing is known of what was before collection began"


def _posts(week: Week) -> None:
    says(week.store, 50, at(10), "complaint.delivery", feeling="negative", engagement={"likes": 90})


CHANGES: tuple[tuple[tuple[str, ...], Callable[[Week], object]], ...] = (
    (("mentions", "negative_share", "complaints", "engagement"), _posts),
    (("answered_share", "unanswered_late"), lambda week: week.talks(at(9), at(9, 16))),
    (("first_answer_median", "within_target"), lambda week: week.talks(at(9), at(9, 16), answered=at(9, 13))),
    (("first_answer_p90",), lambda week: week.talks(at(9), at(9, 16), answered=at(19, 13))),
    (("incidents", "incidents_medium"), lambda week: week.opens("complaint", "medium", at(9))),
    (("leaks",), lambda week: says(week.store, 51, at(10), "leak.secret.token", voice=Voice.OURS)),
    (("breaches",), lambda week: says(week.store, 52, at(10), "policy.politics", voice=Voice.OURS)),
    (("blind_time",), lambda week: week.write(blind_spell, source_id="z", starts_at=at(9, 0), ends_at=at(9, 1))),
)


def test_one_row_more_and_the_number_is_another(autumn: Week) -> None:
    before = shown(november(autumn.store))
    for names, change in CHANGES:
        change(autumn)
        after = shown(november(autumn.store))
        assert [name for name in names if after[name] == before[name]] == []
        before = after


def test_whoever_sees_one_brand_sees_its_figures_alone(autumn: Week) -> None:
    brand = shown(november(autumn.store, brand="polna"))
    sight = shown(november(autumn.store, sight=Sight(brands=frozenset({"polna"}))))
    for found in (brand, sight):
        assert (found["mentions"], found["leaks"], found["blind_time"]) == (4, 0, None)
    nothing = shown(november(autumn.store, sight=Sight(owners=frozenset({"legal"}))))
    assert (nothing["mentions"], nothing["incidents"], nothing["answered_share"]) == (None, 0, None)


def test_the_digest_of_a_week_carries_that_weeks_figures(autumn: Week) -> None:
    found = {one.kpi.id: one for one in week_kpis(SETTINGS, autumn.store, "2026-W45", NOW)}
    assert (found["mentions"].value, found["complaints"].value, found["incidents"].value) == (5, 2, 3)
    assert found["mentions"].before == 0
    aims = Objective(id="trust", name="Zaufanie", kpi=(Target.model_validate({"kpi": "within_target", "target": "90 %"}),))
    wanted = SETTINGS.model_copy(update={"objective": (aims,)})
    figures = week_figures(wanted, autumn.store, "2026-W45")
    mail = build_mail(figures, wanted, "anna@polna.example", "en", kpis=week_kpis(wanted, autumn.store, "2026-W45", NOW))
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Answered in time | 50\u00a0% | unknown | at least 90\u00a0% missed" in text.get_content()


def test_its_queries_use_an_index(store: Store) -> None:
    asked = Asked(start=at(1), end=at(30), first=date(2026, 11, 1), after=date(2026, 12, 1), now=NOW)
    queries = (
        counted_query(asked, MEASURES, (Voice.PUBLIC,), PUBLIC),
        talks_query(asked),
        alarms_query(asked),
        judged_query(asked),
        spells_query(asked.start, asked.end),
    )
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        assert {str(query): [line for line in plan(connection, query) if is_scan(line)] for query in queries} == {
            str(query): [] for query in queries
        }


def test_the_verb_says_what_is_known_and_what_is_met(
    autumn: Week, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CZUJKA_HOME", str(tmp_path))
    monkeypatch.setattr("czujka.verbs.kpis.utc_now", lambda: NOW)
    written = tmp_path / "czujka.toml"
    written.write_text(
        f'[company]\nname = "Polna"\n[storage]\nurl = "{database_url}"\n[[objective]]\nid = "trust"\nname = "Zaufanie"\n'
        '[[objective.kpi]]\nkpi = "answered_share"\ntarget = "90 %"\n',
        encoding="utf-8",
    )
    run = CliRunner().invoke(cli, ["--config", str(written), "kpis", "--period", "2026-11", "--json"])
    assert run.exit_code == 0, run.output
    rows = {row["kpi"]: row for row in map(json.loads, run.stdout.splitlines())}
    assert list(rows) == list(KPIS)
    assert rows["answered_share"] == {"kpi": "answered_share", "unit": "share", "period": "2026-11", "is_over": False,
                                      "value": 0.5, "before": 0.0, "year_before": None, "target": 0.9, "is_met": False}  # fmt: skip
    table = CliRunner().invoke(cli, ["--config", str(written), "kpis", "--period", "2026-11", "--language", "en"])
    assert "Answered" in table.output
    assert "at least 90 %  missed" in table.output
    assert CliRunner().invoke(cli, ["--config", str(written), "kpis", "--period", "2026-13"]).exit_code != 0


def _rows(store: Store, query: "sa.Select[Any]") -> list[sa.Row[Any]]:
    with store.database.read() as connection:
        return list(connection.execute(query))


def test_prometheus_hears_of_the_month_and_of_nothing_that_nobody_knows(autumn: Week) -> None:
    def told() -> dict[str, str]:
        lines = (line.split() for line in metrics.render().decode().splitlines() if line.startswith("czujka_kpi_"))
        return {name.split('"')[1]: value for name, value in lines}

    measuring.measure_kpis(SETTINGS, autumn.store, NOW)
    found = told()
    assert (found["mentions"], found["answered_share"], found["incidents_high"]) == ("5.0", "0.5", "1.0")
    assert "policy_read" not in found
    measuring.measure_kpis(SETTINGS, autumn.store, NOW - timedelta(days=90))
    assert told() == {}
