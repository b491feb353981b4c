"""What a wall screen asks every half minute. Posts are counted in the roll-ups; of posts themselves only a fixed few are read."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.series import BUCKET, Bucket, SeriesKey
from core.wall import HOUR, SPAN, Loud, Story, Wall
from storage.database import Database
from storage.schema import conversation, incident, incident_event, incident_item, item, rollup
from storage.schema_series import series_state
from storage.series import counted_query

STORIES = 5
EVENTS = 500
POSTS = 300
MOST_TALKS = 2000
FEELINGS = ("negative", "neutral", "positive")


@dataclass(frozen=True)
class Walls:
    """Questions of the wall screen."""

    database: Database

    def of(self, brand: str, scope: str, source_ids: Collection[str], incident_id: int | None, now: datetime) -> Wall:
        """All of it at one moment, of the sources given. `incident_id` is the story whose voices are told, else the largest one's."""
        upto = _floor(now)
        first = upto - SPAN
        with self.database.read() as connection:
            stories = [_story(connection, row, now) for row in connection.execute(stories_query(brand))]
            told = incident_id if incident_id is not None else stories[0].incident_id if stories else None
            felt, by_source = _last_hour(connection, brand, source_ids, now)
            opened, answered = connection.execute(talks_query(brand, first)).one()
            return Wall(
                first=first,
                upto=upto,
                buckets=_buckets(connection, SeriesKey(brand, scope, "volume"), source_ids, first, upto),
                feelings=felt,
                by_source=by_source,
                stories=tuple(stories),
                voices=voices(connection, told) if told is not None else (),
                waiting=connection.execute(waiting_query(brand)).scalar_one(),
                opened=opened,
                answered=answered or 0,
                blob=connection.execute(_blob_query(brand, scope)).scalar() or "",
            )


def stories_query(brand: str) -> sa.Select[Any]:
    """Which unresolved incidents of a brand hold the most posts?"""
    mine = sa.and_(incident.c.state.in_(["open", "acknowledged"]), incident.c.brand == brand)
    return sa.select(incident).where(mine).order_by(incident.c["items"].desc(), incident.c.id.desc()).limit(STORIES)


def grown_query(incident_id: int) -> sa.Select[Any]:
    """What joined an incident lately, the newest first?"""
    mine = incident_event.c.incident_id == incident_id
    columns = (incident_event.c.at, incident_event.c.kind, incident_event.c.detail)
    return sa.select(*columns).where(mine).order_by(incident_event.c.id.desc()).limit(EVENTS)


def newest_query(incident_id: int) -> sa.Select[Any]:
    """Who wrote the newest posts of an incident? Strangers in public alone: nobody of the staff is ranked."""
    newest = sa.select(incident_item.c.item_id).where(incident_item.c.incident_id == incident_id)
    newest = newest.order_by(incident_item.c.item_id.desc()).limit(POSTS)
    public = sa.and_(item.c.voice == "public", item.c.scope.in_(["mention", "official"]), item.c.deleted_at.is_(None))
    columns = (item.c.author_key, item.c.author_handle, item.c.author_name, item.c.platform, item.c.followers)
    return sa.select(*columns).where(item.c.id.in_(newest), public)


def felt_query(brand: str, source_ids: Collection[str], since: datetime) -> sa.Select[Any]:
    """How many posts of each feeling, and in all, by source, since then?"""
    mine = sa.and_(rollup.c.brand == brand, rollup.c.source_id.in_(source_ids), rollup.c.measure.in_(["volume", *FEELINGS]))
    query = sa.select(rollup.c.source_id, rollup.c.measure, sa.func.sum(rollup.c.value).label("value"))
    return query.where(mine, rollup.c.minute >= since).group_by(rollup.c.source_id, rollup.c.measure)


def talks_query(brand: str, since: datetime) -> sa.Select[int, int]:
    """How many conversations began since then, and how many of them are answered? Counts no further than `MOST_TALKS`."""
    mine = sa.select(conversation.c.answered_at).where(conversation.c.opened_at >= since, conversation.c.brand == brand)
    few = mine.limit(MOST_TALKS).subquery()
    return sa.select(sa.func.count(), sa.func.count(few.c.answered_at)).select_from(few)


def waiting_query(brand: str) -> sa.Select[int]:
    """How many conversations wait for an answer? Counts no further than `MOST_TALKS`."""
    waits = sa.and_(conversation.c.state.in_(["new", "assigned"]), conversation.c.brand == brand)
    return sa.select(sa.func.count()).select_from(sa.select(conversation.c.id).where(waits).limit(MOST_TALKS).subquery())


def _blob_query(brand: str, scope: str) -> sa.Select[Any]:
    mine = sa.and_(series_state.c.brand == brand, series_state.c.scope == scope, series_state.c.measure == "volume")
    return sa.select(series_state.c.blob).where(mine)


def _buckets(connection: sa.Connection, key: SeriesKey, source_ids: Collection[str], first: datetime, upto: datetime) -> tuple[Bucket, ...]:
    counted: Counter[datetime] = Counter()
    for row in connection.execute(counted_query(key, source_ids, first, upto)):
        counted[_floor(row.minute)] += row.value
    return tuple(Bucket(at=first + n * BUCKET, value=counted[first + n * BUCKET]) for n in range((upto - first) // BUCKET))


def _last_hour(connection: sa.Connection, brand: str, source_ids: Collection[str], now: datetime) -> tuple[dict[str, int], dict[str, int]]:
    felt, by_source = dict.fromkeys(FEELINGS, 0), {}
    for row in connection.execute(felt_query(brand, source_ids, now - HOUR)):
        if row.measure == "volume":
            by_source[row.source_id] = row.value
        else:
            felt[row.measure] += row.value
    return felt, by_source


def _story(connection: sa.Connection, row: sa.Row[Any], now: datetime) -> Story:
    joined = [(one.at, int(one.detail.get("items", 0))) for one in connection.execute(grown_query(row.id)) if one.kind == "grew"]
    if row.opened_at >= now - 2 * HOUR:
        joined.append((row.opened_at, max(0, row.items - sum(n for _, n in joined))))
    return Story(
        incident_id=row.id,
        label=row.label,
        title=row.title,
        severity=row.severity,
        items=row.items,
        last_hour=_within(joined, now - HOUR, now),
        hour_before=_within(joined, now - 2 * HOUR, now - HOUR),
    )


def _within(joined: Sequence[tuple[datetime, int]], start: datetime, end: datetime) -> int:
    return sum(n for at, n in joined if start < at <= end)


def voices(connection: sa.Connection, incident_id: int) -> tuple[Loud, ...]:
    """The furthest heard first; those of whom nobody knows it after them, the most talkative first."""
    rows: defaultdict[str, list[sa.Row[Any]]] = defaultdict(list)
    for row in connection.execute(newest_query(incident_id)):
        rows[row.author_key].append(row)
    heard = []
    for said in rows.values():
        known = [row.followers for row in said if row.followers is not None]
        name = said[0].author_handle or said[0].author_name
        heard.append(Loud(author=name, platform=said[0].platform, followers=max(known) if known else None, posts=len(said)))
    return tuple(sorted(heard, key=lambda one: (one.followers is None, -(one.followers or 0), -one.posts, one.author)))


def _floor(at: datetime) -> datetime:
    return at - timedelta(seconds=at.timestamp() % BUCKET.total_seconds())
