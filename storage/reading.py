"""What classify needs and leaves: items not yet read by the current classifiers; findings, signatures and minute roll-ups."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core.canary import CANARY
from core.failpoint import reach
from core.register import key_of
from core.rulings import Rulings
from core.types import ItemKind, Reading, Scope, Understanding, Voice
from storage import tallies
from storage.account_checks import known_authors
from storage.audience import Heard, count_audience
from storage.database import Database
from storage.evidence import WHOLE_TEXT
from storage.rulings import holding_when_writing
from storage.schema import finding, item, rollup, story_signature

READ_AGAIN = timedelta(days=7)
NO_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An item to read. `again`: older classifiers have read it; what they find now never pages. `counted`: a former revision was read and
    counted, and what is counted once is not counted again."""

    item_id: int
    revision: int
    reading: Reading
    source_id: str
    created_at: datetime
    again: bool
    author_key: str
    counted: bool
    platform: str = ""
    engagement: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """An item and what was understood of it."""

    unread: Unread
    understanding: Understanding


class ReadingStore:
    """Questions of the classify stage."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unread(self, version: str, limit: int, now: datetime) -> list[Unread]:
        """Items that nobody has read, in their order; then recent ones that older classifiers have read.

        Where more wait than the limit, half are the oldest and half the newest: neither an import nor a long absence delays what comes in
        now.
        """
        with self._database.read() as connection:
            known = known_authors(connection)
            rows = [_unread(row, known, again=False) for row in _from_both_ends(connection, limit)]
            for query in read_again_queries(version, limit - len(rows), now - READ_AGAIN) if len(rows) < limit else ():
                rows += [_unread(row, known, again=True) for row in connection.execute(query)]
        return rows[:limit]

    def backlog(self) -> int:
        """How many items wait to be read?"""
        with self._database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(item).where(item.c.classified_by.is_(None))).scalar_one()

    def oldest_unread(self, now: datetime) -> datetime | None:
        """When was the item collected that has waited longest to be read? None when none waits."""
        query = (
            sa.select(item.c.collected_at).where(item.c.classified_by.is_(None), item.c.collected_at <= now).order_by(item.c.id).limit(1)
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def apply(self, read: Sequence[Read], version: str, now: datetime, *, announce: bool = False, zone: ZoneInfo = NO_ZONE) -> int:
        """Write what was understood, in one transaction. An item that was edited or read meanwhile is left for the next sweep.

        `announce`: hooks are told of what is new and reported. `zone`: whose days new posts are counted by.
        """
        with self._database.write() as connection:
            rulings = holding_when_writing(self._database, connection)
            mine = [_under(rulings, one) for one in self._claim(connection, read, version, now)]
            reach("classify.claimed")
            self._database.insert_new(connection, finding, [row for one in mine for row in _findings(one, now, announce=announce)])
            bands = [{"item_id": one.unread.item_id, "band": band} for one in mine for band in set(one.understanding.signature)]
            self._database.insert_new(connection, story_signature, bands)
            self._count(connection, [one for one in mine if not (one.unread.again or one.unread.counted)], now)
            new = [one for one in mine if not one.unread.counted and one.unread.reading.brand != CANARY]
            tallies.count(self._database, connection, map(_tallied, new), zone)
            reach("classify.counted")
        reach("classify.committed")
        return len(mine)

    def _claim(self, connection: sa.Connection, read: Sequence[Read], version: str, now: datetime) -> list[Read]:
        """Mark the items as read that are still the text that was read and that nobody was faster with; answers those."""
        ids = [one.unread.item_id for one in read]
        columns = (item.c.id, item.c.revision, item.c.classified_by, item.c.assessed_at)
        query = sa.select(*columns).where(item.c.id.in_(ids)).order_by(item.c.id).with_for_update()
        held = {row.id: row for row in connection.execute(query)} if ids else {}
        mine = [one for one in read if _is_still(one, held.get(one.unread.item_id), version)]
        for again in (False, True):
            rows = [_understood(one, version, now) for one in mine if one.unread.again is again]
            if rows:
                less = {"may_page": False} if again else {}
                connection.execute(sa.update(item).where(item.c.id == sa.bindparam("this")).values(less), rows)
        return mine

    def _count(self, connection: sa.Connection, read: Sequence[Read], now: datetime) -> None:
        """Add to the minute buckets of the series, and to who was heard."""
        buckets: Counter[tuple[str, str, str, datetime]] = Counter()
        for one in read:
            minute = one.unread.created_at.replace(second=0, microsecond=0)
            labels = {f.label for f in one.understanding.findings if f.reported}
            felt = {one.understanding.feeling.label} if _may_feel(one) else set()
            for measure in ("volume", *felt, *labels):
                buckets[(one.unread.reading.brand or "", one.unread.source_id, measure, minute)] += 1
        if not buckets:
            return
        insert = self._database.insert(rollup)
        upsert = insert.on_conflict_do_update(
            index_elements=["brand", "source_id", "measure", "minute"], set_={"value": rollup.c.value + insert.excluded.value}
        )
        names = ("brand", "source_id", "measure", "minute")
        rows = [dict(zip(names, key, strict=True)) | {"value": value} for key, value in sorted(buckets.items())]
        connection.execute(upsert, rows)
        count_audience(self._database, connection, map(_heard, read), now)


def _is_still(one: Read, row: Any, version: str) -> bool:
    """Is it the same text, and unread, or for a second look read by another version and through with it?"""
    if row is None or row.revision != one.unread.revision:
        return False
    if one.unread.again:
        return row.classified_by is not None and row.classified_by != version and row.assessed_at is not None
    return row.classified_by is None


def _understood(one: Read, version: str, now: datetime) -> dict[str, Any]:
    """What its row becomes; `this` is the row."""
    feeling = one.understanding.feeling if _may_feel(one) else None
    return {
        "this": one.unread.item_id,
        "classified_by": version,
        "classified_at": now,
        "assessed_at": None,
        "lang": one.understanding.lang,
        "negative": feeling.negative if feeling else None,
        "neutral": feeling.neutral if feeling else None,
        "positive": feeling.positive if feeling else None,
        "truncated": one.understanding.truncated,
    }


def _heard(one: Read) -> Heard:
    unread, reading = one.unread, one.unread.reading
    return Heard(
        brand=reading.brand or "",
        source_id=unread.source_id,
        scope=reading.scope.value,
        author_key=unread.author_key,
        at=unread.created_at,
        followers=reading.followers,
    )


def _tallied(one: Read) -> tallies.Post:
    """What is counted of a post for good."""
    reading, feeling = one.unread.reading, one.understanding.feeling
    return tallies.Post(
        created_at=one.unread.created_at,
        brand=reading.brand or "",
        platform=one.unread.platform,
        scope=reading.scope.value,
        voice=reading.voice.value,
        feelings=(feeling.negative, feeling.neutral, feeling.positive) if _may_feel(one) else None,
        labels=frozenset(found.label for found in one.understanding.findings if found.reported),
        engagement=one.unread.engagement,
        named=one.understanding.named,
    )


def _may_feel(one: Read) -> bool:
    """No sentiment of what staff write: neither on the company's portal nor on accounts to which they agreed."""
    return one.unread.reading.scope not in {Scope.PORTAL, Scope.EMPLOYEE}


def _under(rulings: Rulings, one: Read) -> Read:
    """What was read under older rulings than those that hold now."""
    out = [f for f in one.understanding.findings if f.reported and rulings.rules_out(f.detector, f.label, f.score)]
    found = tuple(replace(f, reported=False) if f in out else f for f in one.understanding.findings)
    return Read(one.unread, replace(one.understanding, findings=found)) if out else one


def _columns() -> tuple[sa.Select[Any], Any]:
    parent = aliased(item)
    joined = sa.and_(parent.c.platform == item.c.platform, parent.c.external_id == item.c.parent_id)
    query = sa.select(item, parent.c.text.label("parent_text")).outerjoin(parent, joined)
    return query, parent


def unread_query(limit: int) -> sa.Select[Any]:
    """Which items has nobody read yet?"""
    query, _ = _columns()
    return query.where(item.c.classified_by.is_(None)).order_by(item.c.id).limit(limit)


def newest_unread_query(limit: int, after: int) -> sa.Select[Any]:
    """Of what nobody has read after that item, which came last?"""
    query, _ = _columns()
    return query.where(item.c.classified_by.is_(None), item.c.id > after).order_by(item.c.id.desc()).limit(limit)


def _from_both_ends(connection: sa.Connection, limit: int) -> list[sa.Row[Any]]:
    oldest, newest = list(connection.execute(unread_query(limit))), limit // 2
    if len(oldest) < limit or not newest:
        return oldest
    oldest = oldest[:-newest]
    return [*oldest, *reversed(connection.execute(newest_unread_query(newest, oldest[-1].id)).all())]


def read_again_queries(version: str, limit: int, since: datetime) -> tuple[sa.Select[Any], ...]:
    """Which recent, assessed items were read by other classifiers than the present ones?"""
    query, _ = _columns()
    query = query.where(item.c.assessed_at.is_not(None), item.c.deleted_at.is_(None), item.c.created_at > since).limit(limit)
    return query.where(item.c.classified_by < version), query.where(item.c.classified_by > version)


def _unread(row: sa.Row[Any], known: frozenset[str], *, again: bool) -> Unread:
    return Unread(
        item_id=row.id,
        revision=row.revision,
        source_id=row.source_id,
        created_at=row.created_at,
        again=again,
        author_key=row.author_key,
        counted=row.classified_at is not None,
        platform=row.platform,
        engagement=row.engagement or {},
        reading=Reading(
            text=row.text,
            lang=row.lang or None,
            author=row.author_handle or row.author_name,
            scope=Scope(row.scope),
            voice=Voice(row.voice),
            brand=row.brand,
            kind=ItemKind(row.kind),
            parent_text=row.parent_text or "",
            followers=row.followers,
            known=row.author_key in known or key_of(row.platform, row.author_handle) in known,
        ),
    )


def _findings(one: Read, now: datetime, *, announce: bool) -> list[dict[str, Any]]:
    return [
        {
            "item_id": one.unread.item_id,
            "revision": one.unread.revision,
            "label": found.label,
            "score": found.score,
            "severity": found.severity.value,
            "detector": found.detector,
            "start": WHOLE_TEXT if found.start is None else found.start,
            "end": WHOLE_TEXT if found.end is None else found.end,
            "reported": found.reported,
            "brand": one.unread.reading.brand,
            "said_at": one.unread.created_at,
            "found_at": now,
            "unannounced": True if announce and found.reported and not one.unread.again else None,
        }
        for found in one.understanding.findings
        if _may_feel(one) or not found.label.startswith("sentiment.")
    ]
