"""What the share of voice is counted from: the daily counts, and of posts themselves only the newest few thousand, for who spoke most."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core.kpis import measure_of, reactions_of
from core.types import Voice
from core.voice import Named, Questions, Speaker
from storage.database import Database
from storage.kpis import PUBLIC, Asked, brands_of
from storage.schema import finding, item
from storage.schema_tally import tally
from storage.sight import items_in, real

TOPICS, SPEAKERS = 10, 10
NEWEST = 5000
FAMILIES = ("complaint", "crisis")
SINGLE = ("question", "praise")
_IN_PUBLIC = [scope.value for scope in PUBLIC]


@dataclass(frozen=True)
class Voices:
    """Questions about who is named, about what, and by whom."""

    database: Database

    def named(self, asked: Asked) -> tuple[Named, ...]:
        """We and each competitor of `asked.rivals`."""
        names = ("", *asked.rivals)
        measures = [measure for name in names for measure in (measure_of(name), *reactions_of(name))]
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        with self.database.read() as connection:
            for row in connection.execute(by_platform_query(asked, measures)):
                counts[row.measure][row.platform] += int(row.value)
        return tuple(_named(name, counts) for name in names)

    def topics(self, asked: Asked) -> tuple[tuple[str, int], ...]:
        """What people wrote about, the most frequent first."""
        with self.database.read() as connection:
            return tuple((row.measure, int(row.value)) for row in connection.execute(topics_query(asked)))

    def questions(self, asked: Asked) -> Questions:
        """How many questions were asked, and by whom they were answered."""
        with self.database.read() as connection:
            row = connection.execute(questions_query(asked)).one()
        return Questions(asked=row.asked, by_us=row.by_us, by_customers=row.by_customers)

    def speakers(self, asked: Asked) -> tuple[Speaker, ...]:
        """Who is heard furthest among the newest posts; those of whom nobody knows it after them, the most talkative first."""
        rows: defaultdict[str, list[sa.Row[Any]]] = defaultdict(list)
        with self.database.read() as connection:
            for row in connection.execute(speakers_query(asked)):
                rows[row.author_key].append(row)
        found = sorted((_speaker(said) for said in rows.values()), key=lambda one: (-(one.followers or -1), -one.posts, one.name))
        return tuple(found[:SPEAKERS])


def by_platform_query(asked: Asked, measures: Sequence[str]) -> sa.Select[Any]:
    """How much was counted of these measures on each platform?"""
    query = sa.select(tally.c.measure, tally.c.platform, sa.func.sum(tally.c.value).label("value"))
    return query.where(tally.c.measure.in_(measures), *_counted_in(asked)).group_by(tally.c.measure, tally.c.platform)


def topics_query(asked: Asked) -> sa.Select[Any]:
    """Which labels were found most?"""
    families = [sa.and_(tally.c.measure > f"{name}.", tally.c.measure < f"{name}/") for name in FAMILIES]
    about = sa.or_(*families, tally.c.measure.in_(SINGLE))
    value = sa.func.sum(tally.c.value).label("value")
    query = sa.select(tally.c.measure, value).where(about, *_counted_in(asked)).group_by(tally.c.measure)
    return query.order_by(value.desc(), tally.c.measure).limit(TOPICS)


def questions_query(asked: Asked) -> sa.Select[Any]:
    """How many questions were asked in public, and under how many did we answer, or another customer who neither asks nor complains?"""
    reply = aliased(item)
    others = sa.and_(reply.c.voice == Voice.PUBLIC.value, reply.c.author_key != item.c.author_key, ~_tells(reply, *FAMILIES, "question"))
    spoken = sa.and_(finding.c.said_at >= asked.start, finding.c.said_at < asked.end)
    asking = sa.select(finding.c.item_id).where(finding.c.label == "question", spoken)
    columns: tuple[Any, ...] = (
        sa.func.count().label("asked"),
        sa.func.count().filter(_is_answered(reply, reply.c.voice == Voice.OURS.value)).label("by_us"),
        sa.func.count().filter(_is_answered(reply, others)).label("by_customers"),
    )
    return sa.select(*columns).where(item.c.id.in_(asking), _tells(item, "question"), _in_public(asked))


def _is_answered(reply: Any, said: sa.ColumnElement[bool]) -> sa.Exists:
    """Is there such a reply right under the post?"""
    under = sa.and_(reply.c.parent_id == item.c.external_id, reply.c.platform == item.c.platform, reply.c.deleted_at.is_(None))
    return sa.exists().where(under, said).correlate(item)


def _tells(table: Any, *labels: str) -> sa.Exists:
    """Is one of these labels, or one of their families, reported of its present text?"""
    mine = sa.and_(finding.c.item_id == table.c.id, finding.c.revision == table.c.revision, finding.c.reported)
    named = sa.or_(*(finding.c.label == one for one in labels), *(finding.c.label.startswith(f"{one}.") for one in labels))
    return sa.exists().where(mine, named).correlate(table)


def speakers_query(asked: Asked) -> sa.Select[Any]:
    """Who wrote the newest posts in public? Strangers alone: nobody of the staff is ranked, and nobody who was erased or took it back."""
    columns = (item.c.author_key, item.c.author_handle, item.c.author_name, item.c.platform, item.c.followers)
    return sa.select(*columns).where(_in_public(asked)).order_by(item.c.created_at.desc()).limit(NEWEST)


def _in_public(asked: Asked) -> sa.ColumnElement[bool]:
    """What people wrote in public in the span, as far as the viewer sees."""
    public = sa.and_(item.c.voice == Voice.PUBLIC.value, item.c.scope.in_(_IN_PUBLIC), item.c.deleted_at.is_(None))
    within = sa.and_(item.c.created_at >= asked.start, item.c.created_at < asked.end, public, real(item), items_in(asked.sight))
    return sa.and_(within, item.c.brand == asked.brand) if asked.brand else within


def _counted_in(asked: Asked) -> tuple[sa.ColumnElement[bool], ...]:
    public = sa.and_(tally.c.voice == Voice.PUBLIC.value, tally.c.scope.in_(_IN_PUBLIC))
    return tally.c.day >= asked.first, tally.c.day < asked.after, public, brands_of(tally.c.brand, asked)


def _named(name: str, counts: "defaultdict[str, Counter[str]]") -> Named:
    reactions, reacted = reactions_of(name)
    known = counts[reacted].total()
    return Named(name=name, posts=dict(counts[measure_of(name)]), reactions=counts[reactions].total() / known if known else None)


def _speaker(said: Sequence[sa.Row[Any]]) -> Speaker:
    known = [row.followers for row in said if row.followers is not None]
    name = said[0].author_handle or said[0].author_name
    return Speaker(name=name, platform=said[0].platform, posts=len(said), followers=max(known) if known else None)
