"""The letters' outbox on both databases: planned once, sent by one worker, never forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict
from core.sending import Reader
from storage import Store
from storage.letters import due_query

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
ANNA, TOM = Reader(person="anna", address="anna@polna.example"), Reader(person="tom", address="tom@polna.example")


def test_a_reader_gets_a_week_once_however_often_it_is_planned(store: Store) -> None:
    assert (store.letters.last_topic("digest"), store.letters.watching_since()) == (None, None)
    for _ in range(2):
        store.letters.plan("digest", "2026-W46", NOW, [ANNA, TOM], NOW)
    assert store.letters.last_topic("digest") == "2026-W46"
    due = store.letters.lease_due(NOW, 10, LEASE)
    assert [one.reader for one in due] == [ANNA, TOM]
    assert store.letters.lease_due(NOW, 10, LEASE) == []
    for one in due:
        store.letters.sent(one, NOW)
    store.letters.plan("digest", "2026-W46", NOW, [ANNA, TOM], NOW)
    assert store.letters.lease_due(NOW + timedelta(days=1), 10, LEASE) == []


def test_what_failed_is_tried_again_and_a_lost_lease_records_nothing(store: Store) -> None:
    store.letters.plan("digest", "2026-W46", NOW, [ANNA], NOW)
    [first] = store.letters.lease_due(NOW, 10, LEASE)
    store.letters.failed(first, "unavailable", NOW + timedelta(minutes=1))
    assert store.letters.lease_due(NOW + timedelta(seconds=59), 10, LEASE) == []
    [late] = store.letters.lease_due(NOW + timedelta(minutes=1), 10, LEASE)
    assert (late.tries, late.reason) == (1, "unavailable")
    [other] = store.letters.lease_due(NOW + timedelta(minutes=7), 10, LEASE)
    with pytest.raises(Conflict):
        store.letters.sent(late, NOW)
    store.letters.sent(other, NOW + timedelta(minutes=7))
    with pytest.raises(Conflict):
        store.letters.failed(other, "twice", NOW)
    assert store.letters.unsent() == []


def test_a_restart_frees_what_the_dead_one_held(store: Store) -> None:
    store.letters.plan("digest", "2026-W46", NOW, [ANNA], NOW)
    assert len(store.letters.lease_due(NOW, 10, LEASE)) == 1
    assert store.take_over()
    assert len(store.letters.lease_due(NOW, 10, LEASE)) == 1


def test_due_letters_are_found_by_their_index(store: Store) -> None:
    store.letters.plan("digest", "2026-W46", NOW, [Reader(person=f"p{n}", address=f"p{n}@polna.example") for n in range(300)], NOW)
    explain = "EXPLAIN QUERY PLAN " if store.database.is_sqlite else "EXPLAIN "
    query = due_query(NOW, 10).compile(store.database.engine, compile_kwargs={"literal_binds": True})
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = " ".join(str(row) for row in connection.exec_driver_sql(explain + str(query)).all())
    assert "ix_letter_unsent" in plan
