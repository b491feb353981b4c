"""What every store must hold, on SQLite and on PostgreSQL alike: the same tests, the same number."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from alerts.respond import respond
from core.errors import Conflict
from core.records import Assessed, Converses, Opens
from core.sending import Pages
from core.settings import Alerting
from core.talks import Talks
from core.types import (
    Author,
    Contact,
    ConversationState,
    Feeling,
    Finding,
    Item,
    ItemKind,
    Page,
    Quota,
    Rejected,
    Scope,
    Severity,
    Understanding,
    Voice,
)
from storage import Store
from storage.items import Arrival
from storage.reading import Read
from storage.sources import Leased, PageResult

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANNA = Contact(kind="email", address="anna@example.com", channel="mail", person="anna", language="pl")
JAN = Contact(kind="email", address="jan@example.com", channel="mail", person="jan", language="pl")


def an_item(number: int, text: str = "paczka nie doszła", **changes: Any) -> Item:
    base = Item(
        platform="x",
        external_id=f"post-{number}",
        kind=ItemKind.POST,
        text=text,
        voice=Voice.PUBLIC,
        created_at=NOW,
        author=Author(id=f"author-{number}", handle=f"user{number}", followers=number),
    )
    return replace(base, **changes)


def arrive(item: Item, **changes: Any) -> Arrival:
    base = Arrival(item=item, source_id="x-mentions", brand="polna", scope=Scope.MENTION, may_page=True, collected_at=NOW)
    return replace(base, **changes)


def lease(store: Store, now: datetime = NOW) -> Leased:
    [leased] = store.sources.lease_due(now, 10, timedelta(minutes=10))
    return leased


def result(leased: Leased, items: Sequence[Item], cursor: dict[str, Any], **page: Any) -> PageResult:
    made = Page(items=tuple(items), cursor=cursor, **page)
    arrivals = tuple(arrive(item) for item in items)
    due = NOW + timedelta(minutes=5)
    return PageResult(
        source_id="x-mentions", token=leased.token, platform="x", page=made, arrivals=arrivals, next_poll_at=due, releases=not made.more
    )


def found(label: str = "complaint.delivery", severity: Severity = Severity.MEDIUM) -> Finding:
    return Finding(label=label, score=0.9, severity=severity, detector=f"{label}.words@1", start=0, end=6)


def understood(*findings: Finding, bands: tuple[int, ...] = ()) -> Understanding:
    feeling = Feeling(label="negative", negative=0.8, neutral=0.1, positive=0.1)
    return Understanding(lang="pl", feeling=feeling, findings=findings, signature=bands)


def read_all(store: Store, *findings: Finding, bands: tuple[int, ...] = (), version: str = "v1") -> int:
    unread = store.reading.unread(version, 100, NOW)
    return store.reading.apply([Read(one, understood(*findings, bands=bands)) for one in unread], version, NOW)


def opens(*item_ids: int, key: str = "polna:leak", **changes: Any) -> Opens:
    base = Opens(
        dedup_key=key,
        brand="polna",
        label="leak.codename",
        title="Projekt Bursztyn",
        severity=Severity.HIGH,
        owner="security",
        participants=("pr",),
        item_ids=item_ids,
        policy={"id": "page-now", "steps": []},
        paging=True,
        reason="high_severity",
    )
    return replace(base, **changes)


def an_incident(store: Store, **changes: Any) -> int:
    number = store.items.count() + 1
    store.items.add([arrive(an_item(number))], NOW)
    read_all(store, found())
    item_id = store.assessing.load(1, NOW, Alerting()).items[0].item_id
    [incident_id] = store.assessing.apply(Assessed(item_ids=(item_id,), opens=(opens(item_id, **changes),)), NOW)
    return incident_id


def pages(incident_id: int, version: int = 0, contact: Contact = ANNA, **changes: Any) -> Pages:
    base = Pages(
        incident_id=incident_id,
        version=version,
        kind="page",
        contacts=(contact,),
        step=1,
        repeated=0,
        next_step_at=NOW + timedelta(minutes=10),
        reason="step_due",
    )
    return replace(base, **changes)


def test_items_and_their_cursor_are_stored_together_and_a_second_time_changes_nothing(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    first = lease(store)
    stored = store.sources.apply_page(result(first, [an_item(1), an_item(2)], {"since": "2"}), NOW)
    assert stored is not None and stored.new == 2
    again = lease(store, NOW + timedelta(minutes=6))
    assert again.cursor == {"since": "2"}
    stored = store.sources.apply_page(result(again, [an_item(2), an_item(3)], {"since": "3"}), NOW)
    assert stored is not None and stored.new == 1
    assert store.items.count() == 3


def test_a_lost_lease_stores_nothing(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    late = lease(store)
    other = lease(store, NOW + timedelta(minutes=11))
    assert store.sources.apply_page(result(late, [an_item(1)], {"since": "late"}), NOW) is None
    assert store.items.count() == 0
    assert store.sources.apply_page(result(other, [an_item(1)], {"since": "1"}), NOW) is not None


def test_a_source_under_lease_is_not_asked_twice(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    lease(store)
    assert store.sources.lease_due(NOW + timedelta(minutes=9), 10, timedelta(minutes=10)) == []


def test_the_first_poll_lasts_until_its_last_page_is_in(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    first = lease(store)
    assert first.first_poll
    store.sources.apply_page(replace(result(first, [an_item(1)], {"p": 1}, more=True), releases=True), NOW)
    second = lease(store, NOW + timedelta(minutes=6))
    assert second.first_poll
    store.sources.apply_page(result(second, [an_item(2)], {"p": 2}), NOW)
    assert not lease(store, NOW + timedelta(minutes=12)).first_poll


def test_a_failed_poll_keeps_the_cursor_and_says_why(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    store.sources.apply_page(result(lease(store), [an_item(1)], {"since": "1"}), NOW)
    second = lease(store, NOW + timedelta(minutes=6))
    store.sources.apply_failure(second, "rate_limited", "wait", NOW + timedelta(hours=1), NOW)
    [health] = store.sources.health(NOW)
    assert (health.state, health.reason, health.failures, health.next_poll_at) == ("limited", "rate_limited", 1, NOW + timedelta(hours=1))
    assert lease(store, NOW + timedelta(hours=2)).cursor == {"since": "1"}


def test_a_source_taken_out_of_the_configuration_is_ended_and_can_come_back(store: Store) -> None:
    store.sources.sync(["a", "b"], NOW)
    store.sources.sync(["b"], NOW)
    assert [health.source_id for health in store.sources.health(NOW)] == ["b"]
    assert [leased.source_id for leased in store.sources.lease_due(NOW, 10, timedelta(minutes=1))] == ["b"]
    store.sources.sync(["a", "b"], NOW)
    assert [leased.source_id for leased in store.sources.lease_due(NOW, 10, timedelta(minutes=1))] == ["a"]


def test_what_cannot_be_read_is_kept_once_with_its_reason(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    bad = Rejected(reason="no_text", detail="post 7 has no text", raw='{"id": 7, "odd": "\x00"}')
    store.sources.apply_page(result(lease(store), [], {}, rejected=(bad,)), NOW)
    store.sources.apply_page(result(lease(store, NOW + timedelta(minutes=6)), [], {}, rejected=(bad,)), NOW)
    [kept] = store.sources.quarantined("x-mentions")
    assert (kept["reason"], kept["detail"]) == ("no_text", "post 7 has no text")


def test_quotas_are_remembered_as_the_platform_counts_them(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    store.sources.apply_page(result(lease(store), [], {}, quotas=(Quota(name="reads", used=7, limit=100, reset_at=NOW),)), NOW)
    [health] = store.sources.health(NOW)
    assert health.quotas == ({"name": "reads", "used": 7, "limit": 100, "reset_at": NOW.isoformat()},)


def test_an_edit_keeps_the_former_text_and_is_read_again(store: Store) -> None:
    store.items.add([arrive(an_item(1, "stary tekst"))], NOW)
    read_all(store, found())
    changed = store.items.add([arrive(an_item(1, "nowy tekst", edited_at=NOW))], NOW)
    assert (changed.new, changed.edited) == (0, 1)
    [unread] = store.reading.unread("v1", 10, NOW)
    assert (unread.reading.text, unread.revision) == ("nowy tekst", 1)
    assert store.items.get(unread.item_id).findings == ()
    assert [row.quote.text for row in store.items.search("nowy")] == ["nowy tekst"]
    assert store.items.search("stary") == []


def test_a_deletion_takes_text_and_author_and_leaves_the_proof(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    store.sources.apply_page(result(lease(store), [an_item(1, "mój PESEL")], {}), NOW)
    read_all(store, found("leak.pii.pesel", Severity.HIGH))
    [before] = store.items.search("pesel")
    stored = store.sources.apply_page(result(lease(store, NOW + timedelta(minutes=6)), [], {}, deleted=("post-1",)), NOW)
    assert stored is not None and stored.deleted == 1
    after = store.items.get(before.item_id)
    assert (after.quote.text, after.quote.author, after.deleted_at) == ("", "", NOW)
    assert [finding.label for finding in after.findings] == ["leak.pii.pesel"]
    assert store.items.search("pesel") == []


def test_search_finds_polish_words_without_their_marks_and_takes_any_text(store: Store) -> None:
    store.items.add([arrive(an_item(1, "Zażółć gęślą jaźń w Łodzi")), arrive(an_item(2, "nothing here"))], NOW)
    assert [row.quote.text for row in store.items.search("lodzi gesla")] == ["Zażółć gęślą jaźń w Łodzi"]
    for odd in ('"', 'a"b OR *', "':*&|!()", "%_\\", "NEAR("):
        store.items.search(odd)


def test_hostile_characters_are_stored_by_both_databases(store: Store) -> None:
    odd = an_item(1, "nul \x00 and \ud800 alone", raw={"text": "nul \x00", "deep": ["\ud800"]})
    store.items.add([arrive(odd)], NOW)
    [kept] = store.items.search("nul")
    assert kept.quote.text == "nul \ufffd and ? alone"


def test_an_item_is_read_once_and_counted_once_per_minute(store: Store) -> None:
    store.items.add([arrive(an_item(1)), arrive(an_item(2))], NOW)
    unread = store.reading.unread("v1", 10, NOW)
    both = [Read(one, understood(found())) for one in unread]
    assert store.reading.apply(both, "v1", NOW) == 2
    assert store.reading.apply(both, "v1", NOW) == 0
    assert store.reading.unread("v1", 10, NOW) == []
    with store.database.read() as connection:
        rows = connection.execute(sa.text("SELECT measure, value FROM rollup ORDER BY measure")).all()
    assert [tuple(row) for row in rows] == [("complaint.delivery", 2), ("negative", 2), ("volume", 2)]


def test_a_backlog_delays_nothing_that_comes_in_now(store: Store) -> None:
    """Half of a full batch are the oldest, half the newest; in the end everything was read once."""
    store.items.add([arrive(an_item(number)) for number in range(1, 31)], NOW)
    seen: list[int] = []
    batches = []
    for late in (31, 32, 33, 34, 35):
        store.items.add([arrive(an_item(late))], NOW)
        unread = store.reading.unread("v1", 8, NOW)
        batches.append([one.item_id for one in unread])
        seen += batches[-1]
        store.reading.apply([Read(one, understood()) for one in unread], "v1", NOW)
    assert batches[0] == [1, 2, 3, 4, 28, 29, 30, 31]
    assert batches[1] == [5, 6, 7, 8, 25, 26, 27, 32]
    assert sorted(seen) == list(range(1, 36))
    assert store.reading.unread("v1", 8, NOW) == []


def test_newer_classifiers_read_assessed_items_again_and_that_never_pages(store: Store) -> None:
    an_incident(store)
    [again] = store.reading.unread("v2", 10, NOW)
    assert again.again
    store.reading.apply([Read(again, understood(found("leak.codename", Severity.CRITICAL)))], "v2", NOW)
    [fresh] = store.assessing.load(10, NOW, Alerting()).items
    assert fresh.may_page is False
    with store.database.read() as connection:
        assert connection.execute(sa.text("SELECT value FROM rollup WHERE measure = 'volume'")).scalar_one() == 1


def test_a_conversation_is_one_per_author_and_our_answer_stops_its_clock(store: Store) -> None:
    store.items.add([arrive(an_item(1)), arrive(an_item(2)), arrive(an_item(3))], NOW)
    read_all(store, found())
    ids = [fresh.item_id for fresh in store.assessing.load(10, NOW, Alerting()).items]
    talk = Converses(
        key="x:kasia", item_id=ids[0], brand="polna", platform="x", owner="care", author="@kasia", due_at=NOW, reason="complaint"
    )
    store.assessing.apply(Assessed(item_ids=(ids[0],), converses=(talk,)), NOW)
    store.assessing.apply(Assessed(item_ids=(ids[1],), converses=(replace(talk, item_id=ids[1]),)), NOW)
    [row] = store.conversations.list()
    assert (row.items, row.state, row.labels) == (2, ConversationState.NEW, ("complaint.delivery",))
    store.assessing.apply(Assessed(item_ids=(ids[2],), converses=(replace(talk, item_id=ids[2], answered=True),)), NOW)
    [row] = store.conversations.list()
    assert (row.state, row.answered_at, row.items) == (ConversationState.ANSWERED, NOW, 3)
    over = respond(row, Talks.CLOSE, "anna", NOW)
    with pytest.raises(Conflict):
        store.conversations.apply_act(replace(over, version=row.version - 1))
    store.conversations.apply_act(over)
    assert store.conversations.list([ConversationState.NEW, ConversationState.ANSWERED]) == []


def test_who_sweeps_alone_frees_what_the_dead_hold_and_fences_them_off(store: Store, database_url: str) -> None:
    store.sources.sync(["x-mentions"], NOW)
    dead = lease(store)
    assert store.take_over()
    heir = lease(store)
    assert store.sources.apply_page(result(dead, [an_item(1)], {}), NOW) is None
    assert store.sources.apply_page(result(heir, [an_item(1)], {}), NOW) is not None
    other = Store.open(database_url)
    try:
        assert not other.take_over()
    finally:
        other.close()


def test_a_sign_in_token_works_once_and_not_for_ever(store: Store) -> None:
    store.people.add_token("hash-1", "anna", NOW + timedelta(hours=1))
    store.people.add_token("hash-2", "anna", NOW)
    assert store.people.use_token("hash-2", NOW) is None
    assert store.people.use_token("hash-1", NOW) == "anna"
    assert store.people.use_token("hash-1", NOW) is None
    store.people.add_session("session", "anna", NOW + timedelta(days=1), NOW)
    assert store.people.session("session", NOW) == "anna"
    store.people.end_session("session", NOW)
    assert store.people.session("session", NOW) is None


def test_times_come_back_aware_and_in_utc(store: Store) -> None:
    warsaw = NOW.astimezone(ZoneInfo("Europe/Warsaw"))
    store.items.add([arrive(an_item(1, created_at=warsaw))], NOW)
    [row] = store.items.search("")
    assert row.quote.created_at == NOW and row.quote.created_at.tzinfo is UTC
