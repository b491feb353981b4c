"""What one process measures in the database shows on /metrics, also when it is nothing."""

from datetime import timedelta

from actions.verdicts import judge
from core import metrics
from core.verdicts import Said
from czujka.measuring import measure_store
from storage import Store
from tests.contract.test_store import NOW, an_incident, an_item, arrive, lease, result
from tests.contract.test_verdicts import a_finding


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
