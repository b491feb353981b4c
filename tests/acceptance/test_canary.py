"""The canary goes the whole way and is seen by nobody; whichever stage stops, it is late, the heartbeat stays away, and doctor names it."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core import metrics
from core.canary import CANARY
from core.settings import Canary, Heartbeat, Hook
from core.table import Secret
from czujka.auditing import beat_if_well
from czujka.doctor import audit
from czujka.hooking import tell_hooks
from czujka.pipeline import STAGES
from storage.schema import conversation, finding, incident, item, metadata, rollup
from storage.schema_audience import audience, audience_mark
from storage.schema_delivery import delivery
from tests.acceptance.city import City

HIS = "kanarek@czujka.example"
SECOND = timedelta(seconds=1)


@pytest.fixture
def flown(dairy: City, tmp_path: Path) -> City:
    """The dairy with a canary and a heartbeat, and the canary's first flight behind it."""
    (tmp_path / "url").write_text(dairy.hook.url + "/beat", encoding="utf-8")
    beat, canary = Heartbeat(url=Secret(file=str(tmp_path / "url"))), Canary(contact=f"email:{HIS}")
    dairy.house.settings = dairy.house.settings.model_copy(update={"heartbeat": beat, "canary": canary})
    dairy.at("2026-11-20 02:00")
    return dairy


def his(dairy: City) -> int:
    return sum(mail.recipients == (HIS,) for mail in dairy.mails())


def beats(dairy: City) -> int:
    return sum(one.path == "/beat" for one in dairy.hook.arrived)


def ills(dairy: City) -> list[str]:
    return [str(ill.detail) for ill in audit(dairy.house.settings, dairy.house.store, dairy.now) if ill.kind == "canary"]


def rows(dairy: City, table: sa.Table) -> int:
    with dairy.house.store.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def run(dairy: City, seconds: int, without: str = "") -> None:
    """Time passes while all stages run but one."""
    for _ in range(seconds // 20):
        dairy.now += 20 * SECOND
        while sum(stage(dairy.house) for name, stage in STAGES.items() if name != without):
            pass


def test_it_returns_from_the_whole_way_even_at_night_and_nobody_sees_it(flown: City) -> None:
    assert his(flown) == 1
    assert [mail.recipients for mail in flown.new_mails()] == [(HIS,)]
    beat_if_well(flown.house)
    assert (ills(flown), beats(flown)) == ([], 1)
    store = flown.house.store
    assert (list(store.incidents.list()), store.items.search(""), list(store.incidents.counts())) == ([], [], [])
    assert list(store.conversations.list(limit=10)) == []
    zone = flown.house.settings.zone()
    week = store.figures.week(flown.now - 7 * 24 * 3600 * SECOND, flown.now + SECOND, zone)
    assert (sum(day.posts for day in week.days), week.answers.opened, week.opened, week.waiting) == (0, 0, (), ())
    rendered = metrics.render().decode()
    assert "czujka_canary_late 0.0" in rendered
    assert "czujka_canary_seconds 0.0" in rendered


WAY = ("collect", "classify", "assess", "notify", "deliver")


@pytest.mark.parametrize("stopped", WAY)
def test_whichever_stage_stops_it_is_late_and_comes_back_when_that_is_mended(flown: City, stopped: str) -> None:
    run(flown, 420, without=stopped)
    [said] = ills(flown)
    assert said.endswith(f"it waits for {stopped}")
    before = beats(flown)
    beat_if_well(flown.house)
    assert beats(flown) == before
    assert "czujka_canary_late 1.0" in metrics.render().decode()
    run(flown, 220, without=stopped)
    assert len(ills(flown)) == 1, "another was planted forty seconds ago, and the first is missing still"
    run(flown, 440, without=stopped)
    assert len(ills(flown)) == 1

    run(flown, 40)
    beat_if_well(flown.house)
    assert ills(flown) == []
    assert beats(flown) == before + 1
    assert "czujka_canary_late 0.0" in metrics.render().decode()


def test_the_former_one_leaves_nothing_behind_and_no_number_is_used_twice(flown: City) -> None:
    first = {table.name: rows(flown, table) for table in metadata.sorted_tables}
    run(flown, 1000)
    assert his(flown) == 4
    assert {table.name: rows(flown, table) for table in metadata.sorted_tables if table is not incident} == {
        name: count for name, count in first.items() if name != "incident"
    }
    links = {mail.part("plain").partition("/incidents/")[2].split()[0] for mail in flown.mails()}
    assert len(links) == 4
    flown.house.settings = flown.house.settings.model_copy(update={"canary": None})
    run(flown, 20)
    assert [rows(flown, table) for table in (item, finding, conversation, delivery, rollup, audience, audience_mark)] == [0] * 7
    with flown.house.store.database.read() as connection:
        shell = connection.execute(sa.select(incident.c.brand, incident.c.state, incident.c.title)).all()
    assert [tuple(row) for row in shell] == [(CANARY, "resolved", "")]
    flown.post("x", "co to jest Projekcie Bursztyn?", "marek", followers=12_000)
    assert [mail.recipients for mail in flown.new_mails()][-1] == ("anna@polna.example",)


def test_other_programs_are_not_told(flown: City, tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", encoding="utf-8")
    hook = Hook(id="all", url=flown.hook.url + "/all", secret=Secret(file=str(tmp_path / "hook")), events=("*",))
    flown.house.settings = flown.house.settings.model_copy(update={"hook": (hook,)})
    run(flown, 320)
    flown.post("x", "co to jest Projekcie Bursztyn?", "marek", followers=12_000)
    tell_hooks(flown.house)
    told = [one.body for one in flown.hook.arrived if one.path == "/all"]
    assert told
    assert not any(b"~canary" in body or b"leak.secret" in body for body in told)
