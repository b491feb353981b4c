"""Deciding to which story fresh posts belong, over a store with a thousand posts and over one with a hundred times as many."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from alerts.assess import decide
from bench.frame import Figure, Work, in_turns, ratios
from core.settings import Settings
from storage import Store
from storage.database import Database
from storage.schema import finding, incident, incident_item, item

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LABEL, STORIES, FRESH, CHUNK = "leak.confidential", 20, 20, 5_000
FEW, MANY = 1_000, 100_000
WORDS = "fabryka plan zarząd sklep premia umowa cennik kontrakt raport dostawca klient magazyn kurier kasa bilet telefon".split()  # noqa: SIM905


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as home:
        few, many = (_works(Path(home) / f"{size}.db", size) for size in (FEW, MANY))
        small, large = in_turns(few, many)
        yield Figure("stories of fresh posts: 100,000 stored posts ÷ 1,000", ratios(large, small), "times", at_most=3)
        yield Figure("fresh posts a second, over 100,000 stored posts", tuple(FRESH / took for took in large), "posts/s")


def _works(path: Path, size: int) -> Work:
    """A store with so many posts in twenty open incidents, and twenty that nobody has assessed."""
    url, settings = f"sqlite:///{path}", Settings.model_validate({"company": {"name": "Polna"}})
    store = Store.open(url)
    database = Database(url)
    with database.write() as connection:
        for number in range(STORIES):
            connection.execute(sa.insert(incident).values(_incident(number, size // STORIES)))
        for start in range(1, size + FRESH + 1, CHUNK):
            ids = range(start, min(start + CHUNK, size + FRESH + 1))
            connection.execute(sa.insert(item), [_item(number, is_fresh=number > size) for number in ids])
            told = [{"incident_id": 1 + number % STORIES, "item_id": number} for number in ids if number <= size]
            if told:
                connection.execute(sa.insert(incident_item), told)
        connection.execute(sa.insert(finding), [_finding(size + number) for number in range(1, FRESH + 1)])
    database.close()

    def work() -> object:
        return decide(store.assessing.load(FRESH, NOW, settings.alerting), settings, NOW)

    return work


def _text(number: int) -> str:
    said = " ".join(WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 5, 7, 11))
    return f"Poufna notatka {number}: {said} w {number % 977} miejscach"


def _item(number: int, *, is_fresh: bool) -> dict[str, Any]:
    at = NOW - timedelta(minutes=1 if is_fresh else 30)
    return {
        "id": number,
        "platform": "x",
        "external_id": str(number),
        "source_id": "x",
        "scope": "mention",
        "voice": "public",
        "kind": "post",
        "lang": "pl",
        "text": _text(number),
        "hash": str(number),
        "author_id": str(number),
        "author_key": f"x:{number}",
        "created_at": at,
        "collected_at": at,
        "may_page": True,
        "classified_by": "bench",
        "classified_at": at,
        "assessed_at": None if is_fresh else at,
        "negative": 0.5,
        "neutral": 0.5,
        "positive": 0.0,
    }


def _incident(number: int, items: int) -> dict[str, Any]:
    return {
        "id": 1 + number,
        "dedup_key": f"-:leak:{number}",
        "label": LABEL,
        "title": "",
        "severity": "high",
        "state": "open",
        "owner": "pr",
        "policy": {},
        "paging": True,
        "opened_at": NOW - timedelta(hours=1),
        "last_item_at": NOW - timedelta(minutes=30),
        "items": items,
        "authors": items,
    }


def _finding(item_id: int) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "revision": 0,
        "label": LABEL,
        "score": 0.9,
        "severity": "high",
        "detector": "bench@1",
        "start": 0,
        "end": 6,
        "reported": True,
        "said_at": NOW - timedelta(minutes=1),
        "found_at": NOW,
    }
