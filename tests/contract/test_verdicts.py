"""What people say of findings, on both databases: the newest verdict of each person counts, and nothing that was said is lost."""

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from actions.verdicts import judge
from core.errors import ConfigError, Conflict, NotFound
from core.figures import week_bounds
from core.types import Finding, Severity
from core.verdicts import Judgement, Precision, Said, by_detector, by_label, precisions
from storage import Store
from storage.reading import Read
from storage.schema import finding
from storage.verdicts import counting_query, history_query, incidents_query, judged_query
from tests.contract.test_store import NOW, an_incident, an_item, arrive, found, lease, read_all, result, understood
from tests.integration.test_query_plans import is_scan, plan

LATER = NOW + timedelta(minutes=5)


def a_finding(store: Store, label: str = "complaint.delivery", score: float = 0.9, text: str = "paczka nie doszła") -> int:
    """One more post with one finding; answers the finding's number."""
    store.items.add([arrive(an_item(store.items.count() + 1, text))], NOW)
    one = Finding(label=label, score=score, severity=Severity.MEDIUM, detector=f"{label}.words@1", start=0, end=6)
    store.reading.apply([Read(each, understood(one)) for each in store.reading.unread("v1", 100, NOW)], "v1", NOW)
    with store.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.max(finding.c.id))).scalar_one())


def test_a_person_changes_their_mind_and_only_the_newest_counts(store: Store) -> None:
    number = a_finding(store)
    assert judge(store, number, Said.RIGHT, "anna", NOW) is not None
    assert judge(store, number, Said.OTHER, "anna", LATER, label="complaint.service", note="about the hotline") is not None
    assert judge(store, number, Said.OTHER, "anna", LATER, label="complaint.service", note="about the hotline") is None, "said already"
    [counts] = store.verdicts.counting([number])[number]
    assert (counts.person, counts.said, counts.label, counts.note) == ("anna", Said.OTHER, "complaint.service", "about the hotline")
    before, now = store.verdicts.history(number)
    assert (before.said, before.superseded_at, now.superseded_at) == (Said.RIGHT, LATER, None)


def test_precision_counts_each_finding_once_by_the_majority(store: Store) -> None:
    right, wrong, disputed, alone = (a_finding(store) for _ in range(4))
    for person in ("anna", "jan", "ewa"):
        judge(store, right, Said.RIGHT, person, NOW)
        judge(store, wrong, Said.WRONG if person != "ewa" else Said.RIGHT, person, NOW)
    judge(store, disputed, Said.RIGHT, "anna", NOW)
    judge(store, disputed, Said.OTHER, "jan", NOW, label="question")
    judge(store, alone, Said.RIGHT, "anna", NOW)
    assert precisions(store.verdicts.judged(), by_detector) == (Precision(name="complaint.delivery.words@1", right=2, wrong=1, disputed=1),)
    assert [each.name for each in precisions(store.verdicts.judged(), by_label)] == ["complaint.delivery"]


def test_only_verdicts_since_a_time_are_counted(store: Store) -> None:
    old, new = a_finding(store), a_finding(store)
    judge(store, old, Said.WRONG, "anna", NOW)
    judge(store, new, Said.RIGHT, "anna", LATER)
    assert [one.finding_id for one in store.verdicts.judged(LATER)] == [new]
    assert [one.finding_id for one in store.verdicts.judged()] == [old, new]


def test_the_week_tells_the_precision_of_a_quarter_up_to_its_end(store: Store) -> None:
    judge(store, a_finding(store), Said.WRONG, "anna", NOW - timedelta(weeks=12))
    judge(store, a_finding(store), Said.RIGHT, "anna", NOW)
    judge(store, a_finding(store), Said.RIGHT, "anna", NOW - timedelta(weeks=14))
    zone = ZoneInfo("Europe/Warsaw")
    figures = store.figures.week(*week_bounds("2026-W47", zone), zone)
    assert figures.rules == (Precision(name="complaint.delivery.words@1", right=1, wrong=1, disputed=0),)


def test_the_verdict_stands_in_the_history_of_the_incident(store: Store) -> None:
    incident_id = an_incident(store)
    with store.database.read() as connection:
        number = connection.execute(sa.select(finding.c.id)).scalar_one()
    judge(store, number, Said.WRONG, "anna", NOW)
    judge(store, number, Said.WRONG, "anna", LATER)
    told = [event for event in store.incidents.card(incident_id).events if event.kind == "verdict"]
    assert [(event.actor, event.reason, event.detail["finding"]) for event in told] == [("anna", "wrong", number)]


@pytest.mark.parametrize(
    ("label", "what"), [("complaint.nonsense", "not a label"), (None, "not a label"), ("complaint.delivery", "already")]
)
def test_another_label_must_be_one_that_is_known_and_another(store: Store, label: str | None, what: str) -> None:
    number = a_finding(store)
    with pytest.raises(ConfigError, match=what):
        judge(store, number, Said.OTHER, "anna", NOW, label=label)
    with pytest.raises(NotFound, match="finding 999"):
        judge(store, 999, Said.RIGHT, "anna", NOW)
    assert store.verdicts.history(number) == []


def test_what_was_edited_or_deleted_is_not_exported(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    store.sources.apply_page(result(lease(store), [an_item(1), an_item(2, "paczka zaginęła"), an_item(3, "faktura")], {}), NOW)
    read_all(store, found())
    with store.database.read() as connection:
        numbers = connection.execute(sa.select(finding.c.id).order_by(finding.c.item_id)).scalars().all()
    for number in numbers:
        judge(store, number, Said.WRONG, "anna", NOW)
    judge(store, numbers[1], Said.OTHER, "jan", NOW, label="question")
    assert [(one.text, one.said, one.labels) for one in store.verdicts.examples()] == [
        ("paczka nie doszła", Said.WRONG, ()),
        ("paczka zaginęła", Said.OTHER, ("question",)),
        ("faktura", Said.WRONG, ()),
    ]
    again = lease(store, NOW + timedelta(minutes=6))
    store.sources.apply_page(result(again, [an_item(3, "faktura poprawiona")], {}, deleted=("post-1",)), LATER)
    assert [one.text for one in store.verdicts.examples()] == ["paczka zaginęła"]
    assert len(store.verdicts.judged()) == 3, "what was judged still counts"


def test_two_clicks_of_one_person_leave_one_verdict_that_counts(store: Store) -> None:
    number = a_finding(store)
    start, refused = threading.Barrier(6), []

    def click(said: Said) -> None:
        start.wait(10)
        try:
            store.verdicts.record(Judgement(finding_id=number, person="anna", said=said, at=NOW, detail={}))
        except Conflict:
            refused.append(said)

    clicks = [threading.Thread(target=click, args=(said,)) for said in (Said.RIGHT, Said.WRONG) * 3]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(30)
    assert len(store.verdicts.counting([number])[number]) == 1
    assert len(store.verdicts.history(number)) == 6 - len(refused)


def test_more_examples_than_one_page_come_once_each(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.verdicts.AT_ONCE", 2)
    numbers = [a_finding(store, text=f"paczka {n}") for n in range(5)]
    for number in numbers:
        judge(store, number, Said.RIGHT, "anna", NOW)
    assert [one.finding_id for one in store.verdicts.examples()] == numbers


@pytest.mark.parametrize(
    "query",
    [history_query(1), counting_query([1, 2]), incidents_query(1), judged_query(datetime(2026, 11, 1, tzinfo=UTC))],
    ids=["history", "counting", "incidents", "judged"],
)
def test_the_plan_uses_an_index(store: Store, query: sa.Select[tuple[object, ...]]) -> None:
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        lines = plan(connection, query)
    assert [line for line in lines if is_scan(line) or (line.split()[:2] == ["SCAN", "verdict"] and "INDEX" not in line)] == []
