"""The inbox's questions on both databases: each filter finds what fits and nothing else, and a storm costs no more than a calm day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bench.inbox import flood
from core.access import Sight
from core.errors import NotFound
from core.types import Severity
from core.wanted import Asked, Tab, Wanted
from storage import Store
from storage.inbox import conversations_query, incidents_query, platforms_query
from tests.integration.test_query_plans import plan
from tests.web.seed import City, evening, settings
from web.context import Context
from web.filters import Filters, offered
from web.pages.inbox import gather
from web.visitor import Visitor, viewer_of

NOW = datetime(2026, 11, 20, 21, 14, tzinfo=UTC)
STORM = 10_000


@pytest.fixture
def city(store: Store, tmp_path: Path) -> City:
    return evening(store, settings(tmp_path), NOW)


def asked(person: str = "anna", teams: tuple[str, ...] = ("pr",), sight: Sight | None = None, **wanted: Any) -> Asked:
    return Asked(wanted=Wanted(**wanted), person=person, teams=frozenset(teams), sight=sight, now=NOW)


def found(store: Store, tab: Tab = Tab.ALL, **wanted: Any) -> tuple[set[int], set[int]]:
    question = asked(**wanted)
    incidents = {row.incident_id for row in store.inbox.incidents(question, tab, 50)}
    talks = {row.conversation_id for row in store.inbox.conversations(question, tab, 50)}
    assert store.inbox.incident_counts(question)[tab] == len(incidents)
    assert store.inbox.conversation_counts(question)[tab] == len(talks)
    return incidents, talks


def test_every_filter_finds_what_fits_and_nothing_else(store: Store, city: City) -> None:
    everything, talks = found(store)
    assert everything == {city.leak, city.safety, city.parcels, city.personal}
    assert {city.late_talk, city.fresh_talk} <= talks
    assert found(store, severity=Severity.CRITICAL)[0] == {city.leak}
    assert found(store, severity=Severity.HIGH)[0] == everything
    assert found(store, severity=Severity.CRITICAL)[1] == set()
    assert found(store, owner="security")[0] == {city.leak, city.personal}, "in the leak it takes part"
    assert found(store, label="complaint")[0] == {city.safety, city.parcels}
    assert found(store, label="complaint.delivery")[0] == {city.parcels}
    assert found(store, label="compl") == (set(), set()), "a label, not its first letters"
    assert found(store, platform="mastodon")[0] == {city.leak, city.parcels}
    assert found(store, lang="en") == (set(), {city.fresh_talk})
    assert found(store, brand="gorna") == (set(), set())
    assert found(store, state="acknowledged") == ({city.parcels}, set())
    assert found(store, held_by="jan") == ({city.parcels}, set())
    assert found(store, words="SŁYSZELISCIE polna") == ({city.leak}, set())
    assert found(store, words="!!!") == (set(), set())
    assert found(store, label="complaint.billing")[1] == {city.late_talk}
    assert found(store, platform="mastodon", severity=Severity.CRITICAL, owner="pr")[0] == {city.leak}
    assert found(store, words="'; drop table item --") == (set(), set())


def test_the_tabs_part_what_waits(store: Store, city: City) -> None:
    mine, _ = found(store, Tab.MINE)
    assert (city.leak in mine, city.parcels in mine, city.safety in mine) == (True, False, False)
    assert found(store, Tab.UNASSIGNED)[0] == {city.leak, city.safety, city.personal}
    late_incidents, late = found(store, Tab.LATE)
    assert (late_incidents, city.late_talk in late, city.fresh_talk in late) == (set(), True, False)
    jans = store.inbox.incidents(asked("jan", ()), Tab.MINE, 50)
    assert [row.incident_id for row in jans] == [city.parcels], "he took it, whoever owns it"


def test_nobody_finds_by_a_filter_what_they_may_not_see(store: Store, city: City) -> None:
    care = asked(sight=Sight(owners=frozenset({"care"})), words="bursztyn")
    assert not store.inbox.incidents(care, Tab.ALL, 50)
    assert store.inbox.incident_counts(care)[Tab.ALL] == 0
    assert not store.inbox.conversations(asked(sight=Sight(), label="complaint"), Tab.ALL, 50)
    assert not store.items.search("", sight=Sight(owners=frozenset({"care"})), wanted=Wanted(label="leak"))
    assert store.items.search("", wanted=Wanted(label="leak.codename"))


def test_posts_are_narrowed_by_the_same_filters(store: Store, city: City) -> None:
    def texts(query: str = "", **wanted: Any) -> list[str]:
        return [one.quote.text for one in store.items.search(query, wanted=Wanted(**wanted))]

    assert {one.quote.platform for one in store.items.search("", wanted=Wanted(platform="facebook"))} == {"facebook"}
    assert len(texts("bursztyn", label="leak", platform="x")) == 1
    assert texts("paczka", severity=Severity.HIGH) == []
    assert len(texts(owner="security")) == 1
    assert len(texts(owner="care", label="complaint.delivery")) == 10
    assert texts(brand="gorna") == texts(lang="de") == []


def test_the_platforms_are_those_that_posts_came_from(store: Store, city: City) -> None:
    assert list(store.inbox.platforms()) == sorted({one.quote.platform for one in store.items.search("", limit=500)})


def test_ended_incidents_come_newest_first(store: Store, city: City) -> None:
    assert [row.incident_id for row in store.inbox.ended(Wanted(), 10, None)] == [city.resolved]
    ids = [row.incident_id for row in store.inbox.ended(Wanted(), 10, None, everything=True)]
    assert ids == sorted({city.leak, city.safety, city.parcels, city.personal, city.resolved}, reverse=True)
    assert not store.inbox.ended(Wanted(severity=Severity.CRITICAL), 10, Sight(owners=frozenset({"care"})))


def test_a_view_is_kept_replaced_shared_begun_with_and_forgotten(store: Store) -> None:
    first = store.views.keep("anna", "Parcels", "show=all&label=complaint.delivery", "care", NOW)
    assert store.views.keep("anna", "Parcels", "show=late", "care", NOW) == first
    assert [(one.name, one.query, one.team) for one in store.views.of("anna", ())] == [("Parcels", "show=late", "care")]
    assert [one.view_id for one in store.views.of("ewa", {"care"})] == [first]
    assert store.views.of("jan", {"pr"}) == []
    store.views.begin_with("ewa", first, {"care"})
    default = store.views.default("ewa", {"care"})
    assert default is not None
    assert default.view_id == first
    assert store.views.default("ewa", ()) is None, "she has left the team"
    assert store.views.default("anna", ()) is None
    with pytest.raises(NotFound):
        store.views.begin_with("jan", first, {"pr"})
    with pytest.raises(NotFound):
        store.views.drop(first, "ewa")
    store.views.drop(first, "anna")
    assert store.views.of("ewa", {"care"}) == []
    assert store.views.default("ewa", {"care"}) is None


class TestStorm:
    """Ten thousand incidents and as many conversations."""

    def test_the_inbox_asks_and_reads_no_more_than_on_a_calm_day(self, store: Store, tmp_path: Path) -> None:
        context = Context(store, settings(tmp_path), "a secret of forty characters for the tests", clock=lambda: NOW)
        flood(store, 40, NOW)
        with counted(store) as calm:
            shown(context)
        flood(store, STORM - 40, NOW, start=40)
        with counted(store) as stormy:
            inbox = shown(context)
        assert (len(inbox.incidents), len(inbox.conversations), inbox.counts[Tab.ALL]) == (20, 20, 2 * STORM)
        assert {row.severity for row in inbox.incidents} == {Severity.CRITICAL}
        assert stormy["statements"] == calm["statements"]
        assert stormy["rows"] <= calm["rows"] <= 400

    def test_what_comes_first_is_read_in_the_order_of_an_index(self, store: Store) -> None:
        flood(store, 200, NOW)
        with store.database.read() as connection:
            if not store.database.is_sqlite:
                for one in ("enable_seqscan", "enable_bitmapscan"):
                    connection.execute(sa.text(f"SET LOCAL {one} = off"))
            burning = " ".join(plan(connection, incidents_query(sa.true(), Wanted(), 20)))
            talks = " ".join(plan(connection, conversations_query(sa.true(), 20)))
            platforms = " ".join(plan(connection, platforms_query()))
        assert burning.count("ix_incident_unresolved") == len(Severity)
        assert talks.count("ix_conversation_state_due_at") >= 2
        assert "SCAN item " not in platforms


def shown(context: Context) -> Any:
    """What the page asks for beside its head."""
    visitor = Visitor("anna", "Anna", "", "", frozenset({"pr"}), viewer_of("anna", context.settings))
    offered(context, Filters(), ("platform",))
    return gather(context, visitor, Tab.ALL, 20, Filters())


@contextmanager
def counted(store: Store) -> Iterator[dict[str, int]]:
    """How many statements are sent, and how many rows come back, as the drivers see it."""
    seen = {"statements": 0, "rows": 0}

    def sent(*_: object) -> None:
        seen["statements"] += 1

    def lent(connection: Any, *_: object) -> None:
        def kept(row: Any) -> Any:
            seen["rows"] += 1
            return row

        is_sqlite = store.database.is_sqlite
        connection.row_factory = (lambda _cursor, row: kept(row)) if is_sqlite else (lambda _cursor: lambda values: kept(tuple(values)))

    sa.event.listen(store.database.engine, "before_cursor_execute", sent)
    sa.event.listen(store.database.engine, "checkout", lent)
    yield seen
    sa.event.remove(store.database.engine, "before_cursor_execute", sent)
    sa.event.remove(store.database.engine, "checkout", lent)
    assert seen["rows"]
