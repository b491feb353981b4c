"""The month for everybody on both databases: planned once, sent to the configured address, told as the counts are, with no name in it."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import CliRunner

from actions.summary import summarise
from core.objectives import Initiative
from core.periods import named
from core.settings import Company, Settings, SourceSettings
from core.types import Scope, Voice
from czujka.cli import cli
from czujka.summary_letters import SUMMARY, plan_summaries, summary
from storage import Store
from tests.contract.test_kpis import at, says
from tests.fakes.dying import house_at

NOVEMBER = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)
SHIFT = Initiative.model_validate(
    {"id": "shift", "name": "Druga zmiana", "objective": "o", "kpi": "mentions", "starts": "2026-09-01", "ends": "2026-11-20",
     "expects": "x", "verdict": "worked", "lesson": "Wieczorem pisze połowa."}
)  # fmt: skip
SETTINGS = Settings(
    company=Company(name="Polna"),
    source=(SourceSettings(id="x-mentions", kind="x"), SourceSettings(id="portal", kind="file", scope=Scope.PORTAL)),
    initiative=(SHIFT,),
)


def many_posts(store: Store) -> None:
    for number in range(6):
        says(store, number, at(3 + number), "complaint.delivery", feeling="negative")
    says(store, 20, at(9), "leak.codename")
    says(store, 21, at(9), voice=Voice.OURS, scope=Scope.PORTAL)


def test_a_month_is_summed_up_in_counts(store: Store) -> None:
    many_posts(store)
    told = summarise(store, SETTINGS, named("2026-11"), NOVEMBER)
    assert (told.posts, dict(told.sources)) == ({Scope.MENTION: 7, Scope.PORTAL: 1}, {Scope.MENTION: 1, Scope.PORTAL: 1})
    assert (told.found["complaints"], told.found["leaks"], told.found["incidents"]) == (6, 1, 0)
    assert (told.negative, told.lessons, told.is_known) == (pytest.approx(6 / 7), ("Wieczorem pisze połowa.",), True)
    before = summarise(store, SETTINGS, named("2026-10"), NOVEMBER)
    assert (before.is_known, before.found["complaints"], before.lessons) == (False, None, ())


def test_a_share_of_too_few_is_not_told(store: Store) -> None:
    for number in range(4):
        says(store, number, at(3 + number), feeling="negative")
    assert summarise(store, SETTINGS, named("2026-11"), NOVEMBER).negative is None


def test_it_is_planned_once_and_written_for_the_address(store: Store) -> None:
    many_posts(store)
    to = SETTINGS.model_copy(update={"summary": SETTINGS.summary.model_copy(update={"to": "wszyscy@polna.example"})})
    house = house_at(to, store, NOVEMBER)
    for _ in range(2):
        plan_summaries(house)
    [due] = store.letters.lease_due(NOVEMBER, 10, timedelta(minutes=5))
    assert (due.kind, due.topic, due.reader.address) == (SUMMARY, "2026-11", "wszyscy@polna.example")
    mail = summary(house, due, None, NOVEMBER)  # type: ignore[arg-type]  # which channel carries it does not matter here
    assert mail["To"] == "wszyscy@polna.example"
    assert "user1" not in mail.get_content()
    house.http.close()


def test_without_an_address_nothing_is_planned(store: Store) -> None:
    many_posts(store)
    house = house_at(SETTINGS, store, NOVEMBER)
    plan_summaries(house)
    house.http.close()
    assert store.letters.unsent() == []


def test_the_verb_writes_the_mail(store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many_posts(store)
    monkeypatch.setenv("CZUJKA_HOME", str(tmp_path))
    monkeypatch.setattr("czujka.verbs.summary.utc_now", lambda: NOVEMBER)
    written, mail = tmp_path / "czujka.toml", tmp_path / "summary.eml"
    written.write_text(f'[company]\nname = "Polna"\nlanguages = ["en"]\n[storage]\nurl = "{database_url}"\n', encoding="utf-8")
    run = CliRunner().invoke(cli, ["--config", str(written), "summary", "--to", str(mail)])
    assert run.exit_code == 0, run.output
    text = message_from_bytes(mail.read_bytes(), policy=policy.default).get_content()
    assert "What people write about us: 7 (posts), 0 (sources)" in text
    assert "Complaints: 6" in text
    for wrong in (["--month", "2026-Q4", "--to", str(mail)], ["--send"], []):
        assert CliRunner().invoke(cli, ["--config", str(written), "summary", *wrong]).exit_code != 0
