"""The first page over ten thousand open incidents, beside a bare SELECT of the rows that it shows, and beside a calm day."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from fastapi.testclient import TestClient

from actions.sign_in import invite
from bench.frame import Figure, Work, by_the_clock, in_turns, ratios
from core.settings import Settings
from core.types import Severity
from storage import Store
from storage.schema import conversation, conversation_item, incident, incident_item, item
from web import Context, create_app

CALM, STORM = 40, 10_000
NOW = datetime(2026, 11, 20, 21, 14, tzinfo=UTC)
COMPANY = {
    "company": {"name": "Mleczarnia Polna", "fallback": "pr"},
    "person": [{"id": "anna", "name": "Anna"}],
    "owner": [{"id": "pr", "people": ["anna"]}],
}


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        stores = [_store(Path(folder) / f"{many}.db", many) for many in (CALM, STORM)]
        calm, stormy = (_page(store) for store in stores)
        times = in_turns(calm, stormy, _bare(stores[1]), rounds=7, take=by_the_clock)
        names = ("the inbox page, a calm day", f"the inbox page, {STORM} incidents open", "a bare SELECT of what it shows")
        for name, taken in zip(names, times, strict=True):
            yield Figure(name, tuple(1000 * one for one in taken), "ms")
        yield Figure(f"the inbox page, {STORM} incidents ÷ {CALM}", ratios(times[1], times[0]), "times", at_most=3)
        for store in stores:
            store.close()


def _store(path: Path, many: int) -> Store:
    store = Store.open(f"sqlite:///{path}")
    flood(store, many, NOW)
    return store


def _page(store: Store) -> Work:
    context = Context(store, Settings.model_validate(COMPANY), "a secret of forty characters for the bench", clock=lambda: NOW)
    client = TestClient(create_app(context), base_url="https://localhost")
    client.post("/sign-in", data={"token": invite(store, "anna", NOW)}, follow_redirects=False)

    def ask() -> None:
        answer = client.get("/?show=all")
        if answer.status_code != 200 or answer.text.count("data-row") < CALM:
            raise RuntimeError(f"the inbox answered {answer.status_code}")

    return ask


def _bare(store: Store) -> Work:
    def ask() -> None:
        with store.database.read() as connection:
            for table in (incident, conversation, item):
                connection.execute(sa.select(table).limit(20)).all()

    return ask


def flood(store: Store, many: int, now: datetime, start: int = 0) -> None:
    """Incidents and conversations of one post each, of all severities, half of the conversations without a clock."""
    numbers = range(start + 1, start + many + 1)
    when = {number: now - timedelta(seconds=number) for number in numbers}
    grades = list(Severity)
    plain = {"source_id": "x", "brand": "polna", "scope": "mention", "voice": "public", "kind": "post", "platform": "x"}
    posts = [
        plain
        | {"id": n, "external_id": str(n), "text": "paczka", "folded": "paczka", "hash": str(n), "author_key": f"x:{n}", "may_page": True}
        | {"created_at": when[n], "collected_at": when[n], "classified_by": "v", "assessed_at": now, "lang": "pl"}
        for n in numbers
    ]
    fires = [
        {"id": n, "dedup_key": str(n), "label": "complaint", "title": "", "severity": grades[n % len(grades)].value, "state": "open"}
        | {"owner": "pr", "policy": {}, "paging": False, "opened_at": when[n], "last_item_at": when[n], "items": 1, "brand": "polna"}
        for n in numbers
    ]
    talks = [
        {"id": n, "key": str(n), "platform": "x", "author": "@a", "owner": "pr", "state": "new", "opened_at": when[n], "last_item_id": n}
        | {"due_at": now + timedelta(minutes=n) if n % 2 else None, "brand": "polna"}
        for n in numbers
    ]
    with store.database.write() as connection:
        for table, rows in ((item, posts), (incident, fires), (conversation, talks)):
            connection.execute(sa.insert(table), rows)
        connection.execute(sa.insert(incident_item), [{"incident_id": n, "item_id": n} for n in numbers])
        connection.execute(sa.insert(conversation_item), [{"conversation_id": n, "item_id": n} for n in numbers])
        connection.execute(sa.text("ANALYZE"))
