"""The watcher is watched: what is stuck or blind is named with its mend, and the heartbeat stays away until it is mended."""

from pathlib import Path

import pytest

from core import metrics
from core.sending import Outcome, Tried
from core.settings import Heartbeat
from core.table import Secret
from czujka.auditing import beat_if_well
from czujka.doctor import audit, examine
from tests.acceptance.city import City
from tests.fakes.sink import Reply, Sink


@pytest.fixture
def heart(dairy: City, tmp_path: Path) -> Sink:
    """The address outside that alarms when it is not asked."""
    (tmp_path / "url").write_text(dairy.hook.url + "/beat", encoding="utf-8")
    dairy.house.settings = dairy.house.settings.model_copy(update={"heartbeat": Heartbeat(url=Secret(file=str(tmp_path / "url")))})
    dairy.at("2026-11-20 10:00")
    return dairy.hook


def beats(heart: Sink) -> int:
    return sum(one.path == "/beat" for one in heart.arrived)


def named(dairy: City) -> set[tuple[str, str]]:
    return {(ill.kind, ill.what) for ill in audit(dairy.house.settings, dairy.house.store, dairy.now)}


def test_all_is_well(dairy: City, heart: Sink) -> None:
    assert examine(dairy.house.settings, dairy.house.store, dairy.now) == []
    assert beat_if_well(dairy.house) == 0
    assert beats(heart) == 1


def test_a_source_that_nobody_asks_any_more(dairy: City, heart: Sink) -> None:
    dairy.now = dairy.now.replace(hour=20)
    assert {("blind", f"source {platform}") for platform in ("x", "facebook", "mastodon")} <= named(dairy)
    beat_if_well(dairy.house)
    assert beats(heart) == 0
    dairy.settle()
    beat_if_well(dairy.house)
    assert beats(heart) == 1


def test_a_page_that_is_overdue_and_one_that_nobody_got(dairy: City, heart: Sink) -> None:
    dairy.post("x", "Projekt Bursztyn w Mleczarni Polnej to chyba nowa fabryka", "a", followers=20_000)
    incident = dairy.house.store.incidents.list()[0].incident_id
    with dairy.house.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET state = 'waiting', token = 0, tries = 0")
    [*waiting] = dairy.house.store.deliveries.lease_due(dairy.now, 10, dairy.now - dairy.now)
    assert waiting
    dairy.now = dairy.now.replace(minute=30)
    assert {("stuck", "deliver"), ("stuck", "notify")} <= named(dairy)
    beat_if_well(dairy.house)
    assert beats(heart) == 0
    for one in dairy.house.store.deliveries.lease_due(dairy.now, 10, dairy.now - dairy.now):
        failed = Tried(delivery_id=one.delivery_id, token=one.token, outcome=Outcome.FAILED, reason="rejected")
        dairy.house.store.deliveries.record(failed, dairy.now)
    assert {what for kind, what in named(dairy) if kind == "unreached"} == {"contact email:anna@polna.example"}
    assert str(incident) in next(ill.detail for ill in audit(dairy.house.settings, dairy.house.store, dairy.now) if ill.kind == "unreached")


def test_posts_that_nobody_reads(dairy: City, heart: Sink) -> None:
    dairy.post("x", "dzień dobry", "a")
    with dairy.house.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE item SET classified_by = NULL")
    dairy.now = dairy.now.replace(minute=30)
    assert ("stuck", "classify") in named(dairy)
    beat_if_well(dairy.house)
    assert beats(heart) == 0


def test_an_address_that_does_not_take_it_is_counted_and_stops_nothing(dairy: City, heart: Sink) -> None:
    before = metrics.render().decode()
    heart.usual = lambda _: Reply(status=500)
    assert beat_if_well(dairy.house) == 0
    assert count(metrics.render().decode()) == count(before) + 1


def count(rendered: str) -> float:
    found = [line for line in rendered.splitlines() if line.startswith('czujka_heartbeats_total{heartbeat="failed"}')]
    return float(found[0].rsplit(" ", 1)[1]) if found else 0.0
