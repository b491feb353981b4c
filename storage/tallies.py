"""Counts posts by day, as they are read for the first time: what was counted stays when posts are edited, deleted or let go.

Days are the company's. The first count, and one after the company has moved to another zone, counts all that is there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.canary import CANARY
from core.kpis import REACTED, REACTIONS, VOLUME, measure_of, reactions_of
from core.types import Scope
from storage.database import Database
from storage.schema import finding, item
from storage.schema_tally import tally, tally_zone

FEELINGS = ("negative", "neutral", "positive")
NAMING = "named"
"""What begins so is read off the text, which may be gone: it is not counted anew."""
FAMILIES = ("complaint", "leak", "policy", "crisis")
ROWS_AT_ONCE = 1000

Key = tuple[str, date, str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is counted of one post. `feelings` are the shares of negative, neutral and positive, None where it has none; `named` are the
    competitors that it names, and '' for us."""

    created_at: datetime
    brand: str
    platform: str
    scope: str
    voice: str
    feelings: tuple[float, float, float] | None
    labels: frozenset[str]
    engagement: Mapping[str, int]
    named: tuple[str, ...] = ()


def count(database: Database, connection: sa.Connection, posts: Iterable[Post], zone: ZoneInfo) -> None:
    """Add posts that were read for the first time in this transaction."""
    if _is_begun(database, connection, zone):
        _add(database, connection, counted(posts, zone))
        return
    kept = tally.c.measure.startswith(NAMING, autoescape=True)
    connection.execute(sa.delete(tally).where(~kept))
    _add(database, connection, counted(_stored(connection), zone))
    _add(database, connection, Counter({key: n for key, n in counted(posts, zone).items() if key[0].startswith(NAMING)}))


def counted(posts: Iterable[Post], zone: ZoneInfo) -> "Counter[Key]":
    """How much each measure grows on each day."""
    found: Counter[Key] = Counter()
    for one in posts:
        day = one.created_at.astimezone(zone).date()
        for measure, amount in _measures(one):
            found[(measure, day, one.brand, one.platform, one.scope, one.voice)] += amount
    return found


def _measures(one: Post) -> Iterator[tuple[str, int]]:
    yield VOLUME, 1
    if one.feelings is not None:
        negative, neutral, positive = one.feelings
        yield FEELINGS[0 if negative > neutral and negative > positive else 2 if positive > neutral else 1], 1
    families = {label.partition(".")[0] for label in one.labels}.intersection(FAMILIES)
    for label in families | {label for label in one.labels if not label.startswith("sentiment.")}:
        yield label, 1
    reactions = [n for n in one.engagement.values() if isinstance(n, int) and n >= 0]
    if reactions:
        yield from ((REACTIONS, sum(reactions)), (REACTED, 1))
    for name in one.named:
        yield measure_of(name), 1
        yield from zip(reactions_of(name), (sum(reactions), 1), strict=True) if reactions else ()


def _is_begun(database: Database, connection: sa.Connection, zone: ZoneInfo) -> bool:
    """False for whoever begins: then all is counted that is there, once."""
    known = connection.execute(sa.select(tally_zone.c.zone)).scalar()
    if known is None:
        begun = database.insert(tally_zone).values(id=1, zone=zone.key).on_conflict_do_nothing().returning(tally_zone.c.id)
        return connection.execute(begun).first() is None
    if known == zone.key:
        return True
    moved = sa.update(tally_zone).where(tally_zone.c.zone == known).values(zone=zone.key)
    return connection.execute(moved).rowcount != 1


def _stored(connection: sa.Connection) -> Iterator[Post]:
    """Every post that was read, as it stands now."""
    after = 0
    while rows := connection.execute(stored_query(after)).all():
        labels: dict[int, set[str]] = {row.id: set() for row in rows}
        for found in connection.execute(labels_query(rows[0].id, rows[-1].id)):
            labels.setdefault(found.item_id, set()).add(found.label)
        yield from (_post(row, frozenset(labels[row.id])) for row in rows)
        after = rows[-1].id


def stored_query(after: int) -> sa.Select[Any]:
    """Which posts were read, in their order?"""
    columns = (item.c.id, item.c.created_at, item.c.brand, item.c.platform, item.c.scope, item.c.voice, item.c.engagement)
    read = sa.and_(item.c.id > after, item.c.classified_at.is_not(None), sa.or_(item.c.brand.is_(None), item.c.brand != CANARY))
    return sa.select(*columns, item.c.negative, item.c.neutral, item.c.positive).where(read).order_by(item.c.id).limit(ROWS_AT_ONCE)


def labels_query(first: int, last: int) -> sa.Select[Any]:
    """What was found in these posts?"""
    return sa.select(finding.c.item_id, finding.c.label).where(finding.c.item_id.between(first, last), finding.c.reported)


def _post(row: sa.Row[Any], labels: frozenset[str]) -> Post:
    return Post(
        created_at=row.created_at,
        brand=row.brand or "",
        platform=row.platform,
        scope=Scope(row.scope).value,
        voice=row.voice,
        feelings=None if row.negative is None else (row.negative, row.neutral, row.positive),
        labels=labels,
        engagement=row.engagement or {},
    )


def _add(database: Database, connection: sa.Connection, more: "Counter[Key]") -> None:
    """In the order of the keys, so that two workers do not wait for each other."""
    names = ("measure", "day", "brand", "platform", "scope", "voice")
    rows = [dict(zip(names, key, strict=True)) | {"value": value} for key, value in sorted(more.items())]
    insert = database.insert(tally)
    upsert = insert.on_conflict_do_update(index_elements=names, set_={"value": tally.c.value + insert.excluded.value})
    for start in range(0, len(rows), ROWS_AT_ONCE):
        connection.execute(upsert, rows[start : start + ROWS_AT_ONCE])
