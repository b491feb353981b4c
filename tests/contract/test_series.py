"""The series of a brand on both databases: buckets close, are judged once, and what comes late is not judged any more."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from alerts.daysoff import DaysOff
from alerts.watching import watch
from core.errors import Conflict
from core.series import BUCKET, DueSeries, SeriesKey
from core.types import Feeling, Finding, Severity, Understanding
from czujka.pipeline import assess
from storage import Store
from storage.reading import Read
from storage.schema import rollup, source_state
from storage.schema_series import series_state
from tests.contract.test_store import an_item, arrive
from tests.fakes.dairy import dairy
from tests.fakes.dying import house_at

START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")
VOLUME = SeriesKey("polna", "mention", "volume")


def count(store: Store, at: datetime, value: int, measure: str = "volume", source_id: str = "x-mentions") -> None:
    with store.database.write() as connection:
        row = {"brand": "polna", "source_id": source_id, "measure": measure, "minute": at, "value": value}
        connection.execute(sa.insert(rollup).values(row))


def looked(store: Store, at: datetime, source_id: str = "x-mentions") -> None:
    with store.database.write() as connection:
        connection.execute(sa.delete(source_state).where(source_state.c.source_id == source_id))
        connection.execute(sa.insert(source_state).values(source_id=source_id, next_poll_at=at, last_success_at=at))


def due(store: Store, until: datetime, measure: str = "volume") -> list[DueSeries]:
    found = store.series.due("polna", "mention", ["x-mentions", "y-mentions"], until)
    return [one for one in found if one.key.measure == measure]


def judge(store: Store, until: datetime) -> None:
    store.series.apply([watch(one, WARSAW, DaysOff()) for one in store.series.due("polna", "mention", ["x-mentions"], until)])


def test_closed_buckets_of_all_sources_are_due_and_an_empty_one_is_zero(store: Store) -> None:
    looked(store, START + timedelta(hours=1))
    count(store, START + timedelta(minutes=1), 2)
    count(store, START + timedelta(minutes=4), 3, source_id="y-mentions")
    count(store, START + timedelta(minutes=11), 4)
    [one] = due(store, START + timedelta(minutes=17))
    assert one.upto is None
    assert [(bucket.at, bucket.value) for bucket in one.buckets] == [(START, 5), (START + BUCKET, 0), (START + 2 * BUCKET, 4)]


def test_while_nobody_looked_nothing_is_due_and_nothing_is_zero(store: Store) -> None:
    count(store, START, 2)
    assert due(store, START + timedelta(hours=1)) == []
    looked(store, START + timedelta(minutes=12))
    [one] = due(store, START + timedelta(hours=1))
    assert [bucket.value for bucket in one.buckets] == [2, 0]


def test_a_bucket_is_judged_once_whatever_comes_late(store: Store) -> None:
    looked(store, START + timedelta(hours=2))
    count(store, START, 2)
    judge(store, START + timedelta(minutes=10))
    count(store, START + timedelta(minutes=3), 500)
    assert due(store, START + timedelta(minutes=10)) == []
    count(store, START + timedelta(minutes=12), 7)
    [one] = due(store, START + timedelta(minutes=15))
    assert one.upto == START + timedelta(minutes=10)
    assert [bucket.value for bucket in one.buckets] == [7]


def test_of_two_who_judge_the_same_buckets_one_is_told(store: Store) -> None:
    looked(store, START + timedelta(hours=2))
    count(store, START, 2)
    first = [watch(one, WARSAW, DaysOff()) for one in due(store, START + timedelta(minutes=10))]
    store.series.apply(first)
    with pytest.raises(Conflict):
        store.series.apply(first)
    again = [watch(one, WARSAW, DaysOff()) for one in due(store, START + timedelta(minutes=20))]
    store.series.apply(again)
    with pytest.raises(Conflict):
        store.series.apply(again)
    with store.database.read() as connection:
        assert [row.upto for row in connection.execute(sa.select(series_state))] == [START + timedelta(minutes=20)]


def test_a_wave_leaves_a_signal_with_its_numbers_and_its_end(store: Store) -> None:
    looked(store, START + timedelta(days=3))
    wave = START + timedelta(hours=9)
    with store.database.write() as connection:
        for step in range(12 * 12):
            at = START + step * BUCKET
            value = 90 if wave <= at < wave + timedelta(minutes=30) else 8 + step % 5
            row = {"brand": "polna", "source_id": "x-mentions", "measure": "volume", "minute": at, "value": value}
            connection.execute(sa.insert(rollup).values(row))
    judge(store, wave + timedelta(minutes=20))
    [signal] = [one for one in store.series.signals(START) if one.key == VOLUME]
    assert (signal.opened_at, signal.ended_at, signal.window_min, signal.seen, signal.is_cold) == (wave, None, 5, 90, True)
    assert signal.usual_low < 10 < signal.usual_high < signal.line < 90
    judge(store, START + timedelta(hours=12))
    [over] = [one for one in store.series.signals(START) if one.key == VOLUME]
    assert over.ended_at is not None
    assert wave + timedelta(minutes=30) < over.ended_at <= wave + timedelta(hours=2)


def test_what_is_read_twice_or_edited_is_counted_and_judged_once(store: Store) -> None:
    looked(store, datetime(2026, 11, 20, 13, 0, tzinfo=UTC))
    store.items.add([arrive(an_item(1)), arrive(an_item(2))], START)
    read = [Read(one, _understood()) for one in store.reading.unread("v1", 10, START)]
    store.reading.apply(read, "v1", START)
    store.reading.apply(read, "v1", START)
    until = datetime(2026, 11, 20, 12, 10, tzinfo=UTC)
    found = {
        one.key.measure: [bucket.value for bucket in one.buckets] for one in store.series.due("polna", "mention", ["x-mentions"], until)
    }
    assert found == {"volume": [2, 0], "negative": [2, 0], "complaint": [2, 0], "crisis": [0, 0], "authors": [2, 0], "reach": [3, 0]}


def _understood() -> Understanding:
    found = Finding(label="complaint.delivery", score=0.9, severity=Severity.LOW, detector="complaint.delivery@1", reported=True)
    return Understanding(lang="pl", feeling=Feeling(label="negative", negative=0.9, neutral=0.1, positive=0.0), findings=(found,))


def test_assessing_watches_the_configured_series_until_five_minutes_ago(store: Store) -> None:
    house = house_at(dairy(), store, START + timedelta(hours=1))
    looked(store, START + timedelta(hours=1))
    count(store, START, 4)
    assess(house)
    house.http.close()
    with store.database.read() as connection:
        judged = {(row.brand, row.scope, row.measure): row.upto for row in connection.execute(sa.select(series_state))}
    assert judged == {("polna", "mention", name): START + timedelta(minutes=55) for name in ("volume", "negative", "complaint", "crisis")}
