"""The demonstration as a stranger meets it: one command, incidents and mails within a minute, an end without loss."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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

ROOT = Path(__file__).resolve().parents[2]
READY = "Czujka is ready: "


@dataclass
class Running:
    """`czujka run --demo` in a process of its own, in an empty folder, with a bare environment."""

    folder: Path
    process: "subprocess.Popen[str]"
    address: str

    def verb(self, *words: str) -> str:
        command = [sys.executable, "-m", "czujka", *words]
        return subprocess.run(command, cwd=self.folder, env=bare(self.folder), check=True, capture_output=True, text=True).stdout

    def rows(self, *words: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.verb(*words, "--json").splitlines()]

    def mails(self) -> list[Path]:
        return sorted((self.folder / "var" / "mail").glob("*.eml"))

    def metric(self, name: str) -> float:
        """The sum of a metric's series."""
        lines = httpx.get(self.address + "/metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


def bare(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT)}


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Start it, wait for the ready line, end it as Ctrl-C does."""
    command = [sys.executable, "-u", "-m", "czujka", "run", "--demo", "--port", "0"]
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(command, cwd=folder, env=bare(folder), stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    line = next((line for line in process.stdout if line.startswith(READY)), None)
    assert line is not None, (folder / "errors").read_text()
    try:
        yield Running(folder, process, line.removeprefix(READY).split("/sign-in")[0])
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 0, (folder / "errors").read_text()


def wait_until(is_so: Callable[[], object], within_s: float) -> None:
    """Look again until it is so."""
    end = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < end, "it did not come to pass in time"
        threading.Event().wait(0.5)


@pytest.mark.timeout(400)
def test_within_a_minute_there_is_something_to_see_and_starting_again_doubles_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        wait_until(lambda: {"leak.codename", "crisis.safety"} <= {str(row["label"]) for row in first.rows("incidents")}, within_s=90)
        wait_until(first.mails, within_s=30)
        assert first.metric("czujka_items_collected_total") > 1_500
        assert first.metric("czujka_deliveries_total") >= 1
        assert httpx.get(first.address + "/readyz").json()["ready"] is True
        assert "Projekt Bursztyn" in first.verb("incidents")
        before = {str(row["external_id"]) for row in first.rows("items", "--limit", "10000")}
    assert (tmp_path / "var" / "demo.db").exists()
    with running(tmp_path) as second:
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
