"""Crowds for tests of numbers: a usual week that was counted, and posts that come in a wave, read already."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.series import BUCKET
from core.types import Author, Feeling, Finding, Item, ItemKind, Scope, Understanding, Voice
from storage import Store
from storage.items import Arrival
from storage.reading import Read
from storage.schema import rollup, source_state

ANGRY = Feeling(label="negative", negative=0.9, neutral=0.1, positive=0.0)
CALM = Feeling(label="neutral", negative=0.1, neutral=0.8, positive=0.1)


def looked(store: Store, at: datetime, source_id: str = "x-mentions") -> None:
    """The source was last read then."""
    with store.database.write() as connection:
        connection.execute(sa.delete(source_state).where(source_state.c.source_id == source_id))
        connection.execute(sa.insert(source_state).values(source_id=source_id, next_poll_at=at, last_success_at=at))


def usual_days(store: Store, until: datetime, days: int = 2, *, source_id: str = "x-mentions", brand: str = "polna") -> None:
    """So many days of eight to twelve posts in five minutes, one of them negative."""
    start = until - timedelta(days=days)
    rows = []
    for step in range(days * 288):
        at = start + step * BUCKET
        names = {"brand": brand, "source_id": source_id, "minute": at}
        rows += [names | {"measure": "volume", "value": 8 + step * 7 % 5}, names | {"measure": "negative", "value": 1}]
    with store.database.write() as connection:
        connection.execute(sa.insert(rollup), rows)


def crowd(
    store: Store,
    at: datetime,
    posts: int,
    negative: int = 0,
    findings: Sequence[Finding] = (),
    *,
    name: str = "crowd",
    platform: str = "x",
    may_page: bool = True,
) -> None:
    """So many strangers post within the minute; the first `negative` of them are angry and are found to say `findings`. All is assessed."""
    arrivals = []
    for number in range(posts):
        item = Item(
            platform=platform,
            external_id=f"{name}-{number}",
            kind=ItemKind.POST,
            text=f"{name} {number}",
            voice=Voice.PUBLIC,
            created_at=at,
            author=Author(id=f"{name}-{number}"),
        )
        arrivals.append(Arrival(item=item, source_id="x-mentions", brand="polna", scope=Scope.MENTION, may_page=may_page, collected_at=at))
    store.items.add(arrivals, at)
    unread = store.reading.unread("v1", posts, at)
    calm = Understanding(lang="pl", feeling=CALM, findings=())
    angry = replace(calm, feeling=ANGRY, findings=tuple(findings))
    store.reading.apply([Read(one, angry if number < negative else calm) for number, one in enumerate(unread)], "v1", at)
