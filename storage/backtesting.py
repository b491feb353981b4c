"""What a trial run of a rule asks: the stored posts as the classifiers see them, and what people said of findings in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core.types import Feeling, ItemKind, Reading, Scope, Voice
from core.verdicts import Said
from storage.database import Database
from storage.schema import finding, item, verdict

AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A stored post that has been read, with its language and feeling as they were read."""

    item_id: int
    reading: Reading
    lang: str
    feeling: Feeling
    source_id: str
    platform: str
    author_id: str
    created_at: datetime
    collected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOf:
    """One person's verdict on a finding in a post. `label` is what was found, `instead` what they named in its place."""

    item_id: int
    label: str
    said: Said
    instead: str | None


@dataclass(frozen=True)
class Backtesting:
    """Questions of a trial run."""

    database: Database

    def posts(self, since: datetime) -> Iterator[Stored]:
        """Every read post written since then, in pages; what was deleted is left out."""
        after = 0
        while True:
            with self.database.read() as connection:
                rows = connection.execute(posts_query(after, since, AT_ONCE)).all()
            yield from map(_stored, rows)
            if len(rows) < AT_ONCE:
                return
            after = rows[-1].id

    def said_of(self, item_ids: Sequence[int]) -> list[SaidOf]:
        """The verdicts that count on any finding in these posts."""
        with self.database.read() as connection:
            pages = [item_ids[start : start + AT_ONCE] for start in range(0, len(item_ids), AT_ONCE)]
            rows = [row for page in pages for row in connection.execute(said_query(page))]
        return [SaidOf(item_id=row.item_id, label=row.found, said=Said(row.said), instead=row.label) for row in rows]


def posts_query(after: int, since: datetime, limit: int) -> sa.Select[Any]:
    """Which read posts come next?"""
    parent = aliased(item)
    answered = sa.and_(parent.c.platform == item.c.platform, parent.c.external_id == item.c.parent_id)
    query = sa.select(item, parent.c.text.label("parent_text")).outerjoin(parent, answered)
    there = sa.and_(item.c.id > after, item.c.created_at >= since, item.c.deleted_at.is_(None), item.c.classified_by.is_not(None))
    return query.where(there).order_by(item.c.id).limit(limit)


def said_query(item_ids: Sequence[int]) -> sa.Select[Any]:
    """What do people say now of the findings in these posts?"""
    joined = sa.join(finding, verdict, verdict.c.finding_id == finding.c.id)
    query = sa.select(finding.c.item_id, finding.c.label.label("found"), verdict.c.said, verdict.c.label).select_from(joined)
    return query.where(finding.c.item_id.in_(item_ids), verdict.c.superseded_at.is_(None)).order_by(verdict.c.id)


def _stored(row: sa.Row[Any]) -> Stored:
    negative, neutral, positive = row.negative or 0.0, 1.0 if row.neutral is None else row.neutral, row.positive or 0.0
    label = max((negative, "negative"), (neutral, "neutral"), (positive, "positive"))[1]
    return Stored(
        item_id=row.id,
        lang=row.lang,
        feeling=Feeling(label=label, negative=negative, neutral=neutral, positive=positive),
        source_id=row.source_id,
        platform=row.platform,
        author_id=row.author_id,
        created_at=row.created_at,
        collected_at=row.collected_at,
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
        ),
    )
