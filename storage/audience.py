"""How many different people write about a brand in five minutes, and how far they are known to be heard. Exact, by unique keys.

    posts that were read ─▶ a mark for each author of the bucket ─▶ those marks that are new ─▶ counts, to the source that saw them first

A mark is a number from the author and the bucket together: it leads from no bucket to another, and goes after `KEPT`, in which time what
is judged has long been judged. What is older than that when it is read is not counted. Who is read again is not counted again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from core.series import BUCKET
from storage.database import Database
from storage.schema_audience import audience, audience_mark

KEPT = timedelta(days=35)
"""Longer than a new series looks back."""
_MARK = ("bucket", "brand", "scope", "author")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One post: who wrote it, when (aware UTC), and how many follow them; None: nobody knows."""

    brand: str
    source_id: str
    scope: str
    author_key: str
    at: datetime
    followers: int | None


@dataclass(frozen=True, slots=True)
class _Mark:
    bucket: datetime
    brand: str
    scope: str
    author: int


@dataclass(frozen=True)
class Audience:
    """Questions about who was counted."""

    database: Database

    def forget(self, now: datetime) -> int:
        """Let the marks go that nobody needs any more; answers how many."""
        with self.database.read() as connection:
            old = connection.execute(old_query(now)).first()
        if old is None:
            return 0
        with self.database.write() as connection:
            return connection.execute(sa.delete(audience_mark).where(audience_mark.c.bucket < now - KEPT)).rowcount


def count_audience(database: Database, connection: sa.Connection, posts: Iterable[Heard], now: datetime) -> None:
    """Add the authors whom their bucket has not seen yet, and the reach of those of whom it was not known yet."""
    first: dict[_Mark, Heard] = {}
    for one in posts:
        if one.at >= now - KEPT:
            mark = _Mark(bucket_of(one.at), one.brand, one.scope, author_mark(one.author_key, bucket_of(one.at)))
            before = first.get(mark)
            if before is None or (before.followers is None and one.followers is not None):
                first[mark] = one
    if not first:
        return
    new = _leave_marks(database, connection, first)
    known = [mark for mark, one in first.items() if mark not in new and one.followers is not None and _learn(connection, mark)]
    _add(database, connection, [(mark, first[mark], mark in new) for mark in (*new, *known)])


def _leave_marks(database: Database, connection: sa.Connection, first: dict[_Mark, Heard]) -> list[_Mark]:
    """Answers the marks that nobody had left before. In one order, so that two who write at once wait and do not block each other."""
    rows = [
        {name: getattr(mark, name) for name in _MARK} | {"is_known": one.followers is not None}
        for mark, one in sorted(first.items(), key=lambda pair: (pair[0].bucket, pair[0].brand, pair[0].scope, pair[0].author))
    ]
    insert = database.insert(audience_mark).on_conflict_do_nothing()
    left = connection.execute(insert.returning(*(audience_mark.c[name] for name in _MARK)), rows)
    return [_Mark(*row) for row in left]


def _learn(connection: sa.Connection, mark: _Mark) -> bool:
    """The reach of somebody who was counted without one: once."""
    mine = sa.and_(*(audience_mark.c[name] == getattr(mark, name) for name in _MARK), ~audience_mark.c.is_known)
    return connection.execute(sa.update(audience_mark).where(mine).values(is_known=True)).rowcount == 1


def _add(database: Database, connection: sa.Connection, counted: Sequence[tuple[_Mark, Heard, bool]]) -> None:
    sums: defaultdict[tuple[str, str, datetime], list[int]] = defaultdict(lambda: [0, 0, 0])
    for mark, one, is_new in counted:
        total = sums[(one.brand, one.source_id, mark.bucket)]
        total[0] += is_new
        total[1] += one.followers is not None
        total[2] += one.followers or 0
    if not sums:
        return
    insert = database.insert(audience)
    more = {name: audience.c[name] + insert.excluded[name] for name in ("authors", "known", "reach")}
    names = ("brand", "source_id", "bucket", "authors", "known", "reach")
    rows = [dict(zip(names, (*key, *numbers), strict=True)) for key, numbers in sorted(sums.items())]
    connection.execute(insert.on_conflict_do_update(index_elements=["brand", "source_id", "bucket"], set_=more), rows)


def forget_authors(connection: sa.Connection, rows: "Sequence[sa.Row[Any]]") -> None:
    """Take out the marks of those who wrote these items (rows with at least author_key and created_at); what was counted stays."""
    for bucket, key in {(bucket_of(row.created_at), row.author_key) for row in rows}:
        mine = sa.and_(audience_mark.c.bucket == bucket, audience_mark.c.author == author_mark(key, bucket))
        connection.execute(sa.delete(audience_mark).where(mine))


def heard_query(brand: str, source_ids: Collection[str], start: datetime, end: datetime) -> sa.Select[Any]:
    """Who was counted in [start, end), by bucket: authors, of how many of them the reach is known, and that reach?"""
    mine = sa.and_(audience.c.brand == brand, audience.c.source_id.in_(source_ids))
    sums = (sa.cast(sa.func.sum(audience.c[name]), sa.BigInteger).label(name) for name in ("authors", "known", "reach"))
    query = sa.select(audience.c.bucket, *sums).group_by(audience.c.bucket)
    return query.where(mine, audience.c.bucket >= start, audience.c.bucket < end)


def old_query(now: datetime) -> sa.Select[Any]:
    """Is there a mark that nobody needs?"""
    return sa.select(audience_mark.c.bucket).where(audience_mark.c.bucket < now - KEPT).limit(1)


def bucket_of(at: datetime) -> datetime:
    """The beginning of the bucket that holds this moment (aware UTC)."""
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % int(BUCKET.total_seconds()), UTC)


def author_mark(author_key: str, bucket: datetime) -> int:
    """64 bits of the author in this bucket: of a million people in five minutes two look alike once in tens of millions of times."""
    said = f"{bucket.timestamp():.0f}:{author_key}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(said, digest_size=8).digest(), "big", signed=True)
