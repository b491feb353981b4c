"""The wall screen over a million posts in PostgreSQL, beside a hundredth of them, and beside a bare SELECT of the counts that it shows.

That it reads counts and not posts is asserted in tests/contract/test_walls.py by the rows that PostgreSQL touches.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from actions.wall import look
from bench.crowds import databases
from bench.frame import Figure, Work, by_the_clock, in_turns, ratios
from core.crisis import Kind
from core.series import SeriesKey
from core.settings import Settings, SourceSettings
from core.wall import SPAN
from storage import Store
from storage.series import counted_query

FEW, MANY = 10_000, 1_000_000
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
COMPANY = {
    "company": {"name": "Mleczarnia Polna", "fallback": "pr"},
    "brand": [{"id": "polna", "name": "Mleczarnia Polna"}],
    "owner": [{"id": "pr"}],
}


def measure() -> Iterator[Figure]:
    with databases(FEW, MANY, until=NOW) as stores:
        few, many, bare = in_turns(*(_wall(store) for store in stores), _bare(stores[-1]), rounds=9, take=by_the_clock)
    yield Figure(f"the wall screen over {MANY:,} posts", tuple(1000 * one for one in many), "ms")
    yield Figure("a bare SELECT of its counts of twelve hours", tuple(1000 * one for one in bare), "ms")
    yield Figure("the wall screen ÷ that SELECT", ratios(many, bare), "times")
    yield Figure(f"the wall screen, {MANY:,} posts ÷ {FEW:,}", ratios(many, few), "times", at_most=5)


def _wall(store: Store) -> Work:
    source = SourceSettings(id="x-mentions", kind="x", brand="polna")
    settings = Settings.model_validate(COMPANY).model_copy(update={"source": (source,)})
    number = store.crises.declare(Kind.HARM, "Ill after the yoghurt", "anna", "anna", NOW, brand="polna", incident_id=1)
    crisis = store.crises.get(number)

    def ask() -> None:
        seen = look(store, settings, crisis, NOW)
        if not seen.wall.last_hour or not seen.wall.stories or not seen.wall.voices:
            raise RuntimeError("the wall is empty")

    return ask


def _bare(store: Store) -> Work:
    query = counted_query(SeriesKey("polna", "mention", "volume"), ["x-mentions"], NOW - SPAN, NOW)

    def ask() -> None:
        with store.database.read() as connection:
            connection.execute(query).all()

    return ask
