"""What our own accounts posted before: with which program, when, in which language, to where."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.habits import HABITS, LABEL, SCORE, Posted, Ways, client_of, detector_of, hosts_of
from core.records import FreshItem
from core.types import Finding, Scope, Voice
from core.verdicts import Said
from storage.database import Database
from storage.evidence import WHOLE_TEXT
from storage.rulings import holding_in
from storage.schema import finding, item, verdict

REMEMBERED = 200
"""Posts of an account that make its habits."""
_COLUMNS = (item.c.id, item.c.raw, item.c.lang, item.c.text, item.c.created_at)


def ways_of(connection: sa.Connection, items: Sequence[FreshItem]) -> Mapping[int, Ways]:
    """How each fresh post of our official accounts was posted, and what its account posted before it."""
    own = [one for one in items if one.voice is Voice.OURS and one.scope is Scope.OFFICIAL and one.may_page]
    found: dict[int, Ways] = {}
    if not own:
        return found
    rulings = holding_in(connection)
    out = frozenset(one for one in HABITS if rulings.rules_out(detector_of(one), LABEL, SCORE))
    for one in own:
        this = connection.execute(sa.select(*_COLUMNS).where(item.c.id == one.item_id)).one()
        before = connection.execute(before_query(one.author_key, one.item_id))
        found[one.item_id] = Ways(
            post=_posted(this),
            before=tuple(_posted(row) for row in before),
            vouched=tuple(_posted(row) for row in connection.execute(vouched_query(one.author_key))),
            ruled_out=out,
        )
    return found


def before_query(author_key: str, item_id: int) -> sa.Select[Any]:
    """What did this account post before, the newest first?"""
    same = sa.and_(item.c.author_key == author_key, item.c.id < item_id, item.c.deleted_at.is_(None))
    own = sa.and_(item.c.voice == Voice.OURS.value, item.c.scope == Scope.OFFICIAL.value)
    return sa.select(*_COLUMNS).where(same, own).order_by(item.c.id.desc()).limit(REMEMBERED)


def vouched_query(author_key: str) -> sa.Select[Any]:
    """Which posts of this account were found strange, and somebody said that it was us, and nobody that it was not?"""
    judged = sa.select(finding.c.item_id).join(verdict, verdict.c.finding_id == finding.c.id)
    judged = judged.where(finding.c.label == LABEL, verdict.c.superseded_at.is_(None))
    ours, strangers = judged.where(verdict.c.said != Said.RIGHT.value), judged.where(verdict.c.said == Said.RIGHT.value)
    mine = sa.and_(item.c.author_key == author_key, item.c.deleted_at.is_(None))
    query = sa.select(*_COLUMNS).where(mine, item.c.id.in_(ours), item.c.id.not_in(strangers))
    return query.order_by(item.c.id.desc()).limit(REMEMBERED)


def write_found(database: Database, connection: sa.Connection, found: Sequence[tuple[int, Finding]], now: datetime) -> None:
    """Write what was found in an account's habits beside what was found in its words, in the caller's transaction; each once."""
    ids = [item_id for item_id, _ in found]
    posts = {row.id: row for row in connection.execute(sa.select(item).where(item.c.id.in_(ids)))} if ids else {}
    rows = [
        {
            "item_id": item_id,
            "revision": posts[item_id].revision,
            "label": one.label,
            "score": one.score,
            "severity": one.severity.value,
            "detector": one.detector,
            "start": WHOLE_TEXT,
            "end": WHOLE_TEXT,
            "reported": one.reported,
            "brand": posts[item_id].brand,
            "said_at": posts[item_id].created_at,
            "found_at": now,
            "unannounced": None,
        }
        for item_id, one in found
    ]
    database.insert_new(connection, finding, rows)


def _posted(row: Any) -> Posted:
    return Posted(at=row.created_at, client=client_of(row.raw), lang=row.lang, hosts=hosts_of(row.text))
