"""Different people and their reach, on both databases: each once in five minutes, in whatever order and however often their posts come."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from alerts.daysoff import DaysOff
from alerts.watching import watch
from core.series import BUCKET, DueSeries
from core.types import Author, Item
from storage import Store
from storage.audience import KEPT
from storage.reading import Read
from storage.schema_audience import audience, audience_mark
from tests.contract.test_store import an_item, arrive, understood
from tests.fakes.crowds import looked

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
END = START + timedelta(hours=2)
WARSAW = ZoneInfo("Europe/Warsaw")


def post(number: int, by: str, minute: float = 0, followers: int | None = None) -> Item:
    author = Author(id=by, handle=by, followers=followers)
    return replace(an_item(number), author=author, created_at=START + timedelta(minutes=minute))


def read(store: Store, *posts: Item, now: datetime = END, source_id: str = "x-mentions") -> int:
    store.items.add([arrive(one, source_id=source_id) for one in posts], now)
    return store.reading.apply([Read(one, understood()) for one in store.reading.unread("v1", 500, now)], "v1", now)


def due(store: Store, measure: str, sources: Sequence[str] = ("x-mentions", "x-search")) -> DueSeries | None:
    looked(store, END)
    return next((one for one in store.series.due("polna", "mention", sources, END) if one.key.measure == measure), None)


def held(store: Store, measure: str) -> dict[int, int]:
    """What the series has, by the minute after the start; a bucket that nobody knows is missing."""
    found = due(store, measure)
    return {(one.at - START) // timedelta(minutes=1): one.value for one in found.buckets} if found is not None else {}


def test_a_person_counts_once_in_five_minutes_by_whichever_source_they_come(store: Store) -> None:
    read(store, post(1, "kasia", 0), post(2, "kasia", 4), post(3, "marek", 4), post(4, "kasia", 5))
    read(store, post(5, "kasia", 3), post(6, "ola", 3), source_id="x-search")
    authors = held(store, "authors")
    assert (authors[0], authors[5], authors[10]) == (3, 1, 0)
    assert held(store, "volume")[0] == 5


def test_in_whatever_order_and_parts_they_come_the_counts_are_the_same(store: Store) -> None:
    dice = Random(7)
    posts = [post(n, f"p{dice.randrange(12)}", dice.randrange(15)) for n in range(60)]
    people: dict[int, set[str]] = {0: set(), 5: set(), 10: set()}
    for one in posts:
        assert one.created_at is not None
        people[(one.created_at - START) // BUCKET * 5].add(one.author.id)
    dice.shuffle(posts)
    while posts:
        part, posts = posts[:7], posts[7:]
        read(store, *part)
        read(store, *part)
    authors = held(store, "authors")
    assert {minute: authors[minute] for minute in people} == {minute: len(names) for minute, names in people.items()}


def test_an_edited_post_is_read_again_and_feeds_no_series_twice(store: Store) -> None:
    read(store, post(1, "kasia", 0, 100))
    assert read(store, replace(post(1, "kasia", 0, 100), text="paczka jednak doszła")) == 1, "the new text is read"
    assert [held(store, measure)[0] for measure in ("volume", "negative", "authors", "reach")] == [1, 1, 1, 100]


def test_a_post_that_was_edited_before_anybody_read_it_is_counted(store: Store) -> None:
    store.items.add([arrive(post(1, "kasia"))], END)
    read(store, replace(post(1, "kasia"), text="paczka jednak doszła"))
    assert (held(store, "volume")[0], held(store, "authors")[0]) == (1, 1)


def test_many_who_count_one_person_at_once_count_one(store: Store) -> None:
    store.items.add([arrive(post(number, "kasia", 1, 50)) for number in range(12)], END)
    unread = store.reading.unread("v1", 50, END)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda one: store.reading.apply([Read(one, understood())], "v1", END), unread))
    assert sum(done) == 12
    assert (held(store, "volume")[0], held(store, "authors")[0], held(store, "reach")[0]) == (12, 1, 50)


def test_reach_is_that_of_people_and_may_be_larger_than_a_country(store: Store) -> None:
    read(store, post(1, "star", 0, 2_100_000_000), post(2, "star", 1, 2_100_000_000), post(3, "comet", 2, 900_000_000))
    read(store, post(4, "nobody", 5, 0))
    reach = held(store, "reach")
    assert (reach[0], reach[5], reach[10]) == (3_000_000_000, 0, 0), "nobody follows them, and nobody wrote: that is known"


def test_a_reach_that_nobody_knows_is_no_data_until_somebody_does(store: Store) -> None:
    read(store, post(1, "kasia", 0, 7), post(2, "marek", 5), post(3, "ola", 10), post(4, "jan", 10, 40))
    assert {minute: value for minute, value in held(store, "reach").items() if minute <= 15} == {0: 7, 10: 40, 15: 0}
    read(store, post(5, "marek", 6, 12))
    read(store, post(6, "marek", 7, 12))
    assert (held(store, "reach")[5], held(store, "authors")[5]) == (12, 1)


def test_a_platform_that_tells_no_followers_has_no_series_of_reach(store: Store) -> None:
    read(store, post(1, "kasia", 0), post(2, "marek", 30))
    assert due(store, "reach") is None
    assert held(store, "authors")[30] == 1


def test_the_detector_passes_over_what_nobody_knows_and_does_not_ask_again(store: Store) -> None:
    read(store, post(1, "kasia", 0, 7), *(post(2 + n, f"anon-{n}", 5 * (n + 1)) for n in range(23)))
    found = due(store, "reach")
    assert found is not None
    assert [bucket.at for bucket in found.buckets] == [START]
    store.series.apply([watch(found, WARSAW, DaysOff())])
    assert due(store, "reach") is None
    assert store.series.known("polna", "mention")["reach"][0] == END
    assert store.series.hours(found.key, ["x-mentions"], END, 3) == (0, 7, None), "no posts, a known reach, an unknown one"


def test_what_was_counted_before_people_were_is_unknown(store: Store) -> None:
    read(store, post(1, "kasia", 10), post(2, "kasia", 20))
    with store.database.write() as connection:
        connection.execute(sa.delete(audience).where(audience.c.bucket == START + timedelta(minutes=20)))
    assert {minute: value for minute, value in held(store, "authors").items() if minute <= 25} == {10: 1, 15: 0, 25: 0}


def test_who_is_erased_leaves_a_count_and_no_mark(store: Store) -> None:
    read(store, post(1, "kasia", 0, 9), post(2, "marek", 1, 5))
    store.erasing.erase(store.erasing.who("kasia"), (), "ola", END)
    with store.database.read() as connection:
        assert len(connection.execute(sa.select(audience_mark)).all()) == 1
    assert (held(store, "authors")[0], held(store, "reach")[0]) == (2, 14)


def test_marks_go_after_five_weeks_and_older_posts_leave_none(store: Store) -> None:
    read(store, post(1, "kasia", 0), post(2, "marek", -KEPT / timedelta(minutes=1) + 60, 5))
    assert store.audience.forget(END) == 0
    assert store.audience.forget(START + KEPT + timedelta(minutes=5)) == 1
    assert held(store, "authors")[0] == 1, "what was counted stays"


def test_a_mark_leads_from_no_bucket_to_another(store: Store) -> None:
    read(store, post(1, "kasia", 0), post(2, "kasia", 5))
    with store.database.read() as connection:
        marks = connection.execute(sa.select(audience_mark.c.author)).scalars().all()
    assert len(set(marks)) == 2
