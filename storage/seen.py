"""What the public said about a brand lately, counted: the words beside the numbers. Bounded: of a flood the newest posts are a sample."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core.signals import Seen
from core.types import Severity, Voice
from storage.easing import held_query
from storage.evidence import feeling_of
from storage.schema import finding, incident_item, item, story_signature

SAMPLE = 5000
TELLING = 20
GRAVE = frozenset({"complaint.safety", "crisis.safety", "crisis.breach"})
"""Harm to people and stolen data: a few who tell of it are enough."""


@dataclass(frozen=True, slots=True)
class _Post:
    """One post: `labels` are the crises and complaints reported in it with their severities."""

    item_id: int
    platform: str
    author: str
    followers: int | None
    negative: bool
    ours: bool
    labels: dict[str, Severity]

    @property
    def complains(self) -> bool:
        return self.negative or bool(self.labels)

    @property
    def weight(self) -> tuple[int, int, bool, int]:
        worst = max((severity.rank for severity in self.labels.values()), default=-1)
        return worst, self.followers or 0, self.negative, -self.item_id


def seen_since(
    connection: sa.Connection, brand: str, source_ids: Collection[str], since: datetime, until: datetime, incident_ids: Sequence[int]
) -> Seen:
    """What the public wrote in [since, until] that may page; posts that were deleted or not yet read are left out."""
    sample = sample_query(brand, source_ids, since, until).subquery()
    labels: defaultdict[int, dict[str, Severity]] = defaultdict(dict)
    for row in connection.execute(labels_query(sample)):
        labels[row.item_id][row.label] = max(Severity(row.severity), labels[row.item_id].get(row.label, Severity.INFO))
    posts = [_post(row, labels[row.id]) for row in connection.execute(sa.select(sample))]
    complaining = [one for one in posts if one.complains]
    told = connection.execute(story_query(sample)).first()
    held = _held(connection, sample, {one.item_id for one in complaining}, incident_ids)
    return Seen(
        since=since,
        posts=len(posts),
        negative=sum(one.negative for one in posts),
        negative_authors=len({one.author for one in posts if one.negative}),
        complaint_authors=_authors(posts, lambda label: label.startswith("complaint.")),
        crisis_authors=_by_crisis(posts),
        grave_authors=_authors(posts, lambda label: label in GRAVE),
        platforms=Counter(one.platform for one in complaining),
        reach=max((one.followers for one in complaining if one.followers is not None), default=None),
        ours=sum(one.ours for one in complaining),
        story=told.posts if told is not None and told.posts > 1 else 0,
        complaining=len(complaining),
        telling=tuple(one.item_id for one in sorted(complaining, key=lambda one: one.weight, reverse=True)[:TELLING]),
        held=held,
    )


def sample_query(brand: str, source_ids: Collection[str], since: datetime, until: datetime) -> sa.Select[Any]:
    """What did the public write, the newest first?"""
    parent = aliased(item)
    answers_us = sa.exists().where(
        parent.c.platform == item.c.platform, parent.c.external_id == item.c.parent_id, parent.c.voice == Voice.OURS.value
    )
    names = (item.c.id, item.c.platform, item.c.author_key, item.c.followers, item.c.negative, item.c.neutral, item.c.positive)
    said = sa.and_(item.c.created_at >= since, item.c.created_at <= until, item.c.source_id.in_(source_ids))
    about = sa.and_(sa.func.coalesce(item.c.brand, "") == brand, item.c.voice == Voice.PUBLIC.value)
    counts = sa.and_(item.c.may_page, item.c.deleted_at.is_(None), item.c.classified_by.is_not(None))
    query = sa.select(*names, item.c.revision, answers_us.label("ours")).where(said, about, counts)
    return query.order_by(item.c.created_at.desc(), item.c.id.desc()).limit(SAMPLE)


def labels_query(sample: sa.Subquery) -> sa.Select[Any]:
    """Which complaints and crises were reported in these posts, and not muted?"""
    present = sa.and_(finding.c.item_id == sample.c.id, finding.c.revision == sample.c.revision)
    families = sa.or_(*(finding.c.label.startswith(f"{family}.", autoescape=True) for family in ("complaint", "crisis")))
    query = sa.select(finding.c.item_id, finding.c.label, finding.c.severity).join(sample, present)
    return query.where(finding.c.reported, families, ~held_query())


def story_query(sample: sa.Subquery) -> sa.Select[Any]:
    """How many of these posts read alike, at most?"""
    posts = sa.func.count().label("posts")
    joined = sa.select(posts).join(sample, sample.c.id == story_signature.c.item_id).select_from(story_signature)
    return joined.group_by(story_signature.c.band).order_by(posts.desc()).limit(1)


def _post(row: sa.Row[Any], labels: dict[str, Severity]) -> _Post:
    feeling = feeling_of(row)
    is_negative = feeling is not None and feeling.label == "negative"
    return _Post(row.id, row.platform, row.author_key, row.followers, is_negative, bool(row.ours), labels)


def _authors(posts: Iterable[_Post], fits: Callable[[str], bool]) -> int:
    """How many people say something of this kind?"""
    return len({one.author for one in posts if any(fits(label) for label in one.labels)})


def _by_crisis(posts: Sequence[_Post]) -> dict[str, int]:
    """How many people say each kind of crisis?"""
    labels = sorted({label for one in posts for label in one.labels if label.startswith("crisis.")})
    return {label: len({one.author for one in posts if label in one.labels}) for label in labels}


def _held(
    connection: sa.Connection, sample: sa.Subquery, complaining: Collection[int], incident_ids: Sequence[int]
) -> dict[int, frozenset[int]]:
    """Which of the complaining posts does each of these incidents hold?"""
    if not incident_ids or not complaining:
        return {}
    joined = sa.select(incident_item).join(sample, sample.c.id == incident_item.c.item_id)
    held: defaultdict[int, set[int]] = defaultdict(set)
    for row in connection.execute(joined.where(incident_item.c.incident_id.in_(incident_ids))):
        if row.item_id in complaining:
            held[row.incident_id].add(row.item_id)
    return {incident_id: frozenset(ids) for incident_id, ids in held.items()}
