"""Items with what was found in them, as pages, messages and lists quote them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from core.records import EvidenceItem
from core.types import Feeling, Finding, ItemKind, Quote, Scope, Severity, Voice
from storage.schema import finding, item

WHOLE_TEXT = -1


def evidence_of(connection: sa.Connection, item_ids: Sequence[int]) -> list[EvidenceItem]:
    """The items with these ids, in this order; unknown ids are left out."""
    if not item_ids:
        return []
    rows = {row.id: row for row in connection.execute(sa.select(item).where(item.c.id.in_(item_ids)))}
    found = findings_of(connection, item_ids)
    return [_evidence(rows[item_id], found[item_id]) for item_id in item_ids if item_id in rows]


def findings_of(connection: sa.Connection, item_ids: Sequence[int], reported_only: bool = True) -> defaultdict[int, tuple[Finding, ...]]:
    """The findings of each item's present text, most severe first."""
    query = sa.select(finding).join(item, sa.and_(item.c.id == finding.c.item_id, item.c.revision == finding.c.revision))
    query = query.where(finding.c.item_id.in_(item_ids))
    if reported_only:
        query = query.where(finding.c.reported)
    gathered: defaultdict[int, list[Finding]] = defaultdict(list)
    for row in connection.execute(query.order_by(finding.c.id)):
        gathered[row.item_id].append(finding_of(row))
    ordered: defaultdict[int, tuple[Finding, ...]] = defaultdict(tuple)
    ordered.update({key: tuple(sorted(values, key=lambda f: (-f.severity.rank, -f.score))) for key, values in gathered.items()})
    return ordered


def finding_of(row: sa.Row[Any]) -> Finding:
    """A finding as it was stored."""
    whole = row.start == WHOLE_TEXT
    return Finding(
        label=row.label,
        score=row.score,
        severity=Severity(row.severity),
        detector=row.detector,
        start=None if whole else row.start,
        end=None if whole else row.end,
        reported=row.reported,
        finding_id=row.id,
    )


def feeling_of(row: sa.Row[Any]) -> Feeling | None:
    """The stored sentiment of an item, None before it has been read."""
    if row.negative is None:
        return None
    scores = {"negative": row.negative, "neutral": row.neutral, "positive": row.positive}
    return Feeling(label=max(scores, key=lambda name: scores[name]), **scores)


def author_shown(row: sa.Row[Any]) -> str:
    """How an author is named to people: by handle, else by name."""
    handle = row.author_handle
    return (handle if handle.startswith("@") else f"@{handle}") if handle else row.author_name


def quote_of(row: sa.Row[Any], findings: Sequence[Finding] = ()) -> Quote:
    """An item's row as a quotation."""
    spans = tuple(sorted({(f.start, f.end, f.label) for f in findings if f.start is not None and f.end is not None}))
    return Quote(
        item_id=row.id,
        platform=row.platform,
        author=author_shown(row),
        reach=row.followers,
        text=row.text,
        url=row.url,
        created_at=row.created_at,
        spans=spans,
    )


def _evidence(row: sa.Row[Any], findings: tuple[Finding, ...]) -> EvidenceItem:
    return EvidenceItem(
        item_id=row.id,
        quote=quote_of(row, findings),
        scope=Scope(row.scope),
        voice=Voice(row.voice),
        kind=ItemKind(row.kind),
        lang=row.lang,
        feeling=feeling_of(row),
        findings=findings,
        collected_at=row.collected_at,
        is_edited=row.edited_at is not None,
        deleted_at=row.deleted_at,
        truncated=row.truncated,
        source_id=row.source_id,
        brand=row.brand,
        external_id=row.external_id,
        title=row.title,
        hash=row.hash,
        read_by=row.classified_by,
    )
