"""What one process measures in the database shows on /metrics, also when it is nothing."""

from datetime import timedelta
from pathlib import Path

from actions import conversations, incidents
from actions.verdicts import judge
from core import metrics
from core.crisis import Kind
from core.series import BUCKET, SeriesKey, Signal, Watched
from core.verdicts import Said
from czujka.measuring import measure_answers, measure_store
from storage import Store
from tests.contract.test_store import NOW, an_incident, an_item, arrive, lease, result
from tests.contract.test_verdicts import a_finding
from tests.fakes.measured import counted
from tests.web.seed import Seed
from tests.web.seed import settings as dairy


def shown(name: str) -> dict[str, float]:
    """The series of a metric by their labels, as Prometheus would read them."""
    rows = [line.rsplit(" ", 1) for line in metrics.render().decode().splitlines() if line.startswith(name)]
    return {series.removeprefix(name): float(value) for series, value in rows}


def test_incidents_backlogs_and_sources(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    store.sources.apply_page(result(lease(store), [], {}), NOW)
    measure_store(store, NOW)
    assert set(shown("czujka_incidents{").values()) == {0.0}
    assert shown("czujka_source_last_success_timestamp_seconds")['{source="x-mentions"}'] == NOW.timestamp()

    an_incident(store)
    store.items.add([arrive(an_item(90)), arrive(an_item(91))], NOW)
    measure_store(store, NOW + timedelta(seconds=1))
    assert shown("czujka_incidents{")['severity="high",state="open"}'] == 1.0
    backlog = shown("czujka_backlog_rows")
    assert (backlog['{stage="classify"}'], backlog['{stage="notify"}']) == (2.0, 1.0)


def test_verdicts_show_by_label_and_leave_after_a_quarter(store: Store) -> None:
    right, wrong = (a_finding(store, "complaint.billing") for _ in range(2))
    judge(store, right, Said.RIGHT, "anna", NOW)
    judge(store, wrong, Said.WRONG, "anna", NOW)
    measure_store(store, NOW)
    mine = {said: f'{{label="complaint.billing",said="{said}"}}' for said in Said}
    assert (shown("czujka_verdicts")[mine[Said.RIGHT]], shown("czujka_verdicts")[mine[Said.WRONG]]) == (1.0, 1.0)
    measure_store(store, NOW + timedelta(weeks=14))
    assert shown("czujka_verdicts")[mine[Said.RIGHT]] == 0.0


def test_the_first_answers_of_a_week_by_their_half_and_their_slow_end(store: Store) -> None:
    seed = Seed(store, NOW)
    for minutes in range(1, 21):
        seed.post("gdzie paczka?", author=f"@u{minutes}")
        talk = seed.converses(seed.ids[-1], f"@u{minutes}", "care", None)
        row = store.conversations.get(talk)
        conversations.mark_answered(store, talk, row.version, "ewa", row.opened_at + timedelta(minutes=minutes))
    seed.post("nikt tu nie odpisał", author="@nobody")
    seed.converses(seed.ids[-1], "@nobody", "care", None)
    measure_answers(store, NOW)
    assert shown("czujka_first_answer_seconds") == {'{part="50"}': 600.0, '{part="95"}': 1140.0}


def test_how_long_an_incident_waited_for_somebody_is_seen_once(store: Store, tmp_path: Path) -> None:
    incident_id = an_incident(store)
    opened_at = store.incidents.card(incident_id).row.opened_at
    before = {name: counted(f"czujka_acknowledged_seconds_{name}", severity="high") for name in ("count", "sum")}
    for later in (5, 9):
        incidents.acknowledge(store, dairy(tmp_path), incident_id, "anna", opened_at + timedelta(minutes=later))
    after = {name: counted(f"czujka_acknowledged_seconds_{name}", severity="high") for name in ("count", "sum")}
    assert (after["count"] - before["count"], after["sum"] - before["sum"]) == (1, 300)


def test_what_stands_out_and_what_is_declared(store: Store) -> None:
    key = SeriesKey("polna", "mention", "negative")
    numbers = {"window_min": 60, "seen": 90.0, "usual_low": 3.0, "usual_high": 9.0, "line": 20.0, "is_cold": False}
    opened = Signal(key=key, opened_at=NOW, ended_at=None, **numbers)
    store.series.apply([Watched(key=key, before=None, upto=NOW, blob="{}", opened=(opened,), ended_at=None)])
    crisis_id = store.crises.declare(Kind.HARM, "Jogurty", "anna", "anna", NOW, brand="polna", incident_id=None)
    measure_store(store, NOW)
    assert (shown("czujka_signals{")['measure="negative"}'], shown("czujka_signals{")['measure="volume"}']) == (1.0, 0.0)
    assert shown("czujka_crises") == {"": 1.0}
    store.crises.stand_down(crisis_id, "po wszystkim", "anna", NOW)
    store.series.apply([Watched(key=key, before=NOW, upto=NOW + BUCKET, blob="{}", opened=(), ended_at=NOW + BUCKET)])
    measure_store(store, NOW)
    assert (shown("czujka_signals{")['measure="negative"}'], shown("czujka_crises")) == (0.0, {"": 0.0})
