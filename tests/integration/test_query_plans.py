"""Every query that looks for work, or reads a table that grows, uses an index: the plan says so, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.policy import Applies
from core.register import Account
from core.series import SeriesKey
from core.types import ConversationState, IncidentState
from storage import (
    Store,
    account_checks,
    assessing,
    audience,
    case_evidence,
    cases,
    conversations,
    deliveries,
    habits,
    handover,
    incidents,
    items,
    oncall,
    reading,
    replies,
    reviews,
    seen,
    series,
    signals,
    situation,
    sources,
    updates,
    walls,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OPEN = (IncidentState.OPEN, IncidentState.ACKNOWLEDGED)

OURS = Account(platform="x", handle="polna", kind=Applies.OFFICIAL, owner="pr", person="anna", account_id="7")

QUERIES: dict[str, Any] = {
    "what was written in the newest posts": reviews.newest_texts_query(5000, NOW),
    "who wrote lately": account_checks.writers_query(7, 10),
    "an account's newest handle": account_checks.handle_query(OURS),
    "who poses as us already": account_checks.posing_query(7),
    "overrides that hold or are to come": oncall.standing_query(NOW),
    "cases due": cases.due_query(NOW),
    "cases that are over": cases.over_query(NOW),
    "evidence of posts that go": case_evidence.free_query([1, 2]),
    "sources due": sources.due_query(NOW, 10),
    "sources named": sources.named_query(["x-mentions"], NOW),
    "items of a source to ask about again": sources.known_query("x-mentions", 10),
    "items present already": items.present_query("x", ["1", "2"]),
    "items nobody has read": reading.unread_query(10),
    "the newest of them": reading.newest_unread_query(10, 500),
    "items read by older classifiers": reading.read_again_queries("v2", 10, NOW)[0],
    "items read by newer classifiers": reading.read_again_queries("v2", 10, NOW)[1],
    "items not assessed": assessing.fresh_query(10),
    "incidents open or lately resolved": assessing.open_incidents_query(NOW, NOW),
    "stories merged into incidents": assessing.merged_query([1, 2]),
    "similar posts of incidents": assessing.shared_bands_query([1, 2], [1, 2]),
    "who said such things lately": assessing.recent_query(["complaint.delivery"], NOW - timedelta(hours=3)),
    "incidents whose step is due": incidents.due_queries(NOW, 10)[0],
    "incidents whose acknowledgement expires": incidents.due_queries(NOW, 10)[1],
    "incidents with participants to tell": incidents.due_queries(NOW, 10)[2],
    "incidents in a list": incidents.list_query(OPEN, None, 10),
    "deliveries due": deliveries.due_query(NOW, 10),
    "who has a message about an incident": updates.told_query(1),
    "what a turn on call hands over": handover.unresolved_query(["pr"]),
    "incidents opened in a turn": handover.counted_queries(["pr"], NOW, NOW)[0],
    "incidents resolved in a turn": handover.counted_queries(["pr"], NOW, NOW)[1],
    "what was sent in a turn": handover.sent_query(["email:anna@example.com"], NOW, NOW),
    "what was counted of a series": series.counted_query(SeriesKey("polna", "mention", "crisis"), ["x"], NOW - timedelta(days=7), NOW),
    "who was heard": audience.heard_query("polna", ["x", "y"], NOW - timedelta(days=7), NOW),
    "marks that nobody needs": audience.old_query(NOW),
    "when sources were read": series.looked_query(["x", "y"]),
    "brands whose signals are due": signals.due_query(NOW),
    "signals of a brand": signals.live_query("polna"),
    "what an account of ours posted before": habits.before_query("x:polna", 100),
    "posts that people called ours": habits.vouched_query("x:polna"),
    "signals by number": signals.page_query(500, 50, ["polna"]),
    "signals of an incident": signals.of_incident_query(1),
    "what the public wrote": seen.sample_query("polna", ["x", "y"], NOW - timedelta(hours=1), NOW),
    "what was found in it": seen.labels_query(seen.sample_query("polna", ["x"], NOW - timedelta(hours=1), NOW).subquery()),
    "which story most of it tells": seen.story_query(seen.sample_query("polna", ["x"], NOW - timedelta(hours=1), NOW).subquery()),
    "answers due": replies.due_query(NOW, 10),
    "conversations of an incident": situation.talks_query(1, 10),
    "incidents of a conversation": situation.stories_query(1, 10),
    "posts an hour before": situation.usual_query("polna", NOW),
    "answers refused": replies.refused_query(10),
    "what contacts were told": deliveries.due_times_query(["email:anna@example.com"], NOW),
    "stories of a wall": walls.stories_query("polna"),
    "how a story on a wall grew": walls.grown_query(1),
    "voices on a wall": walls.newest_query(1),
    "feelings on a wall": walls.felt_query("polna", ["x", "y"], NOW),
    "conversations on a wall": walls.talks_query("polna", NOW),
    "conversations that wait, on a wall": walls.waiting_query("polna"),
    "conversations that have fallen due": conversations.fallen_due_query(NOW, NOW),
    "conversations in the inbox": conversations.list_query((ConversationState.NEW,), None, 10),
}
GROWING = ("item", "item_revision", "finding", "story_signature", "rollup", "incident_item", "incident_event", "delivery", "attempt")
GROWING += (
    "conversation",
    "conversation_item",
    "incident",
    "incident_participant",
    "source_state",
    "reply",
    "signal",
    "audience",
    "audience_mark",
    "compliance_case",
    "case_evidence",
)


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_the_plan_uses_an_index(name: str, store: Store) -> None:
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        scans = [line for line in plan(connection, QUERIES[name]) if is_scan(line)]
    assert scans == []


@pytest.mark.parametrize("words", [["mleczarnia"], ["polna", "jogurt"]])
def test_search_uses_the_index_of_words(words: list[str], store: Store) -> None:
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            for setting in ("enable_seqscan", "enable_indexscan"):
                connection.execute(sa.text(f"SET LOCAL {setting} = off"))
        lines = " ".join(plan(connection, store.items.found_query(words, 10, None)))
    assert "item_words" in lines


def test_a_query_without_an_index_would_be_seen(store: Store) -> None:
    from storage.schema import item

    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        assert any(is_scan(line) for line in plan(connection, sa.select(item.c.id).where(item.c.url == "x").order_by(item.c.url)))


def plan(connection: sa.Connection, query: sa.Select[Any]) -> list[str]:
    """What the database says it will do, a line a step."""
    compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
    is_sqlite = connection.dialect.name == "sqlite"
    explain = ("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + str(compiled)
    values = compiled.params if not compiled.positional else tuple(compiled.params[name] for name in compiled.positiontup or ())
    rows = connection.exec_driver_sql(explain, _bound(compiled, values)).all()
    return [str(row[3] if is_sqlite else row[0]) for row in rows]


def _bound(compiled: Any, values: Any) -> Any:
    """The parameters as the driver takes them."""
    processors = compiled._bind_processors
    if isinstance(values, dict):
        return {name: processors.get(name, lambda v: v)(value) for name, value in values.items()}
    return tuple(processors.get(name, lambda v: v)(value) for name, value in zip(compiled.positiontup, values, strict=True))


def is_scan(line: str) -> bool:
    """A whole table is read: SQLite says SCAN without an index, PostgreSQL Seq Scan."""
    words = line.split()
    if "Seq Scan on" in line:
        return line.split("Seq Scan on ")[1].split(maxsplit=1)[0] in GROWING
    return len(words) > 1 and words[0] == "SCAN" and words[1] in (*GROWING, "item_1") and "INDEX" not in line
