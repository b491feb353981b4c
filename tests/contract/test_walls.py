"""What the wall reads, on both databases: counts by the five minutes, growth, voices; and no more rows however much was posted."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core.records import Assessed, Grows
from core.series import SeriesKey
from core.types import Author, Finding, Severity
from core.wall import Wall
from storage import Store, series, walls
from storage.reading import Read
from storage.schema import item, rollup
from storage.walls import POSTS
from tests.contract.test_store import NOW, an_item, arrive, opens, understood
from tests.fakes.postgres import Postgres

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def look(store: Store, incident_id: int | None = None) -> Wall:
    return store.walls.of("polna", "mention", ["x", "m"], incident_id, NOW)


def count(store: Store, source: str, measure: str, ago: timedelta, value: int, brand: str = "polna") -> None:
    row = {"brand": brand, "source_id": source, "measure": measure, "minute": NOW - ago, "value": value}
    with store.database.write() as connection:
        connection.execute(sa.insert(rollup).values(row))


def story(store: Store, authors: list[tuple[str, int | None]]) -> int:
    """An incident that one author opened ninety minutes ago and the others joined ten minutes ago."""
    ids = []
    for name, followers in authors:
        who = Author(id=name, handle=f"@{name}", followers=followers)
        store.items.add([arrive(replace(an_item(store.items.count() + 1), author=who, created_at=NOW - HOUR))], NOW)
        [unread] = store.reading.unread("v1", 1, NOW)
        grave = Finding(label="crisis.safety", score=0.9, severity=Severity.HIGH, detector="crisis.safety@1", start=0, end=1)
        store.reading.apply([Read(unread, understood(grave))], "v1", NOW)
        ids.append(unread.item_id)
    opened = opens(ids[0], label="crisis.safety", severity=Severity.HIGH)
    [incident_id] = store.assessing.apply(Assessed(item_ids=(ids[0],), opens=(opened,)), NOW - 90 * MINUTE)
    if ids[1:]:
        version = store.incidents.card(incident_id, evidence=0).row.version
        grows = Grows(incident_id=incident_id, version=version, item_ids=tuple(ids[1:]), reason="same_story")
        store.assessing.apply(Assessed(item_ids=tuple(ids[1:]), grows=(grows,)), NOW - 10 * MINUTE)
    return incident_id


def test_posts_are_counted_by_the_five_minutes_from_the_sources_asked_for(store: Store) -> None:
    for source, measure, ago, value in (
        ("x", "volume", 4 * MINUTE, 3),
        ("m", "volume", 5 * MINUTE, 2),
        ("x", "volume", 61 * MINUTE, 7),
        ("x", "volume", 13 * HOUR, 99),
        ("other", "volume", 4 * MINUTE, 99),
        ("x", "negative", 4 * MINUTE, 2),
        ("m", "positive", 5 * MINUTE, 1),
        ("x", "negative", 61 * MINUTE, 5),
    ):
        count(store, source, measure, ago, value)
    count(store, "x", "volume", 4 * MINUTE, 99, brand="other")
    wall = look(store)
    assert (len(wall.buckets), wall.first, wall.upto) == (144, NOW - 12 * HOUR, NOW)
    assert {NOW - one.at: one.value for one in wall.buckets if one.value} == {5 * MINUTE: 5, 65 * MINUTE: 7}
    assert wall.last_hour == 5
    assert wall.feelings == {"negative": 2, "neutral": 0, "positive": 1}
    assert wall.by_source == {"x": 3, "m": 2}


def test_a_story_with_its_growth_and_its_voices_unknown_reach_last(store: Store) -> None:
    number = story(store, [("ola", None), ("ewa", 120), ("jan", 9000), ("ola", None)])
    wall = look(store)
    [told] = wall.stories
    assert (told.incident_id, told.items, told.last_hour, told.hour_before) == (number, 4, 3, 1)
    assert [(one.author, one.followers, one.posts) for one in wall.voices] == [("@jan", 9000, 1), ("@ewa", 120, 1), ("@ola", None, 2)]
    assert wall.reach() == (9120, 1)
    assert look(store, number).voices == wall.voices


def test_where_nothing_happened_everything_is_nought_and_nothing_is_unknown(store: Store) -> None:
    wall = look(store)
    assert (wall.stories, wall.voices, wall.waiting, wall.opened, wall.answered, wall.blob) == ((), (), 0, 0, 0, "")
    assert sum(one.value for one in wall.buckets) == 0


def test_no_more_rows_are_read_however_many_posts_there_are(postgres: Postgres) -> None:
    """Of posts only those of the stories shown are read, all others are seen as counts: PostgreSQL says how many rows it touched."""
    with postgres.database() as url, closing(Store.open(url)) as store:
        number = story(store, [("ola", 5), ("ewa", 6)])
        count(store, "x", "volume", 3 * MINUTE, 2)
        few = touched(store, number)
        with store.database.write() as connection:
            template = dict(connection.execute(sa.select(item).limit(1)).one()._mapping)
            connection.execute(sa.insert(item), [template | {"id": 10_000 + n, "external_id": f"other-{n}"} for n in range(5000)])
            connection.execute(sa.update(rollup).values(value=5002))
        with store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        assert look(store).last_hour == 5002
        many = touched(store, number)
        assert {name: rows for name, rows in many.items() if rows > few[name] + 2} == {}
        assert 1 < few["newest"] <= 2 * POSTS


def touched(store: Store, number: int) -> dict[str, int]:
    """Rows that each query reads, those included that it looks at and leaves."""
    asked = {
        "stories": walls.stories_query("polna"),
        "grown": walls.grown_query(number),
        "newest": walls.newest_query(number),
        "felt": walls.felt_query("polna", ["x", "m"], NOW - HOUR),
        "talks": walls.talks_query("polna", NOW - 12 * HOUR),
        "waiting": walls.waiting_query("polna"),
        "counted": series.counted_query(SeriesKey("polna", "mention", "volume"), ["x", "m"], NOW - 12 * HOUR, NOW),
    }
    with store.database.read() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return {name: _read(_explained(connection, query)) for name, query in asked.items()}


def _explained(connection: sa.Connection, query: sa.Select[Any]) -> dict[str, Any]:
    told = str(query.compile(connection.engine, compile_kwargs={"literal_binds": True}))
    [(plans,)] = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {told}").all()
    found: dict[str, Any] = plans[0]["Plan"]
    return found


def _read(node: dict[str, Any]) -> int:
    own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] if "Scan" in node["Node Type"] else 0
    return round(own) + sum(_read(part) for part in node.get("Plans", ()))
