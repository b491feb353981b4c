"""The demonstration as a stranger meets it: one command, incidents and mails within a minute, an end without loss."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

import demo.__main__ as player
from classifiers.understand import Classifiers
from core.settings import Settings
from core.toml import read
from core.types import IncidentState
from czujka.config import validate
from czujka.house import House, open_http
from czujka.pipeline import STAGES
from czujka.reading import classifiers_of
from storage import Store
from tests.fakes.demonstration import ROOT, running, wait_until


@pytest.mark.timeout(400)
def test_within_a_minute_there_is_something_to_see_and_starting_again_doubles_nothing(tmp_path: Path) -> None:
    with running(tmp_path, "--demo") as first:
        wait_until(lambda: {"leak.codename", "crisis.safety"} <= {str(row["label"]) for row in first.rows("incidents")}, within_s=90)
        wait_until(first.mails, within_s=30)
        assert first.metric("czujka_items_collected_total") > 1_500
        assert first.metric("czujka_deliveries_total") >= 1
        assert httpx.get(first.address + "/readyz").json()["ready"] is True
        assert "Projekt Bursztyn" in first.verb("incidents")
        before = {str(row["external_id"]) for row in first.rows("items", "--limit", "10000")}
    assert (tmp_path / "var" / "demo.db").exists()
    with running(tmp_path, "--demo") as second:
        wait_until(lambda: second.metric("czujka_stage_seconds_count") > 10, within_s=60)
        again = [str(row["external_id"]) for row in second.rows("items", "--limit", "10000")]
        leaks = [row for row in second.rows("incidents") if row["label"] == "leak.codename"]
    assert len(again) == len(set(again))
    assert before <= set(again)
    assert [row["items"] for row in leaks] == [1]


@pytest.fixture(scope="module")
def demo_classifiers() -> Classifiers:
    return classifiers_of(_settings(Path("unused")))


def _settings(home: Path) -> Settings:
    settings, problems = validate(read((ROOT / "demo" / "czujka.toml").read_text(encoding="utf-8"), "czujka.toml"), home)
    assert settings is not None, problems
    return settings


@pytest.mark.parametrize(("was", "becomes", "is_leak"), [("", "", True), ("Projekcie Bursztyn", "sernik bez rodzynek", False)])
def test_the_leak_is_found_in_its_words_and_nowhere_else(
    was: str, becomes: str, is_leak: bool, tmp_path: Path, demo_classifiers: Classifiers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No code knows the demonstration: with other words in the planted post its incident is gone."""
    week = tmp_path / "week"
    week.mkdir()
    for file in (ROOT / "demo" / "week").glob("*.jsonl"):
        text = file.read_text(encoding="utf-8")
        (week / file.name).write_text(text.replace(was, becomes) if was else text, encoding="utf-8")
    monkeypatch.setattr(player, "WEEK", week)
    labels = _watched(tmp_path, demo_classifiers)
    assert ("leak.codename" in labels) is is_leak
    assert "crisis.safety" in labels


def _watched(folder: Path, classifiers: Classifiers) -> set[str]:
    """What is open after the past was laid out and the first minute has arrived."""
    now = datetime.now(UTC)
    settings = _settings(folder)
    store = Store.open(f"sqlite:///{folder / 'demo.db'}")
    house = House(settings, store, classifiers, open_http(settings), "secret", clock=lambda: now, jitter=lambda: 0.0)
    try:
        player.prepare(folder, now)
        store.sources.sync([source.id for source in settings.source], now)
        _settle(house)
        now += timedelta(seconds=61)
        player.play(folder, now - timedelta(seconds=60), iter([60.0]))
        _settle(house)
        return {row.label for row in store.incidents.list([IncidentState.OPEN])}
    finally:
        house.close()


def _settle(house: House) -> None:
    while sum(stage(house) for stage in STAGES.values()):
        pass
