"""Evidence of cases: posts copied as they are, sealed, and let go of when their platform or a person wants it, as far as it may be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine
from core.cases import CaseEntryKind, Evidence
from core.sealing import moment, seal
from core.text import clean_json
from core.types import Json, Scope, Voice
from storage.audit import write_line
from storage.schema import finding, item, item_revision
from storage.schema_case import case_entry, case_evidence

SYSTEM = "czujka"
AT_ONCE = 400
TIMES = ("created_at", "collected_at", "edited_at", "deleted_at")


def freeze(connection: sa.Connection, case: int, item_ids: Sequence[int], actor: str, key: bytes, now: datetime) -> list[int]:
    """Copy these posts into a case and seal each; answers the evidence's numbers. What is of our own accounts is held from now on: it stays
    when its platform deletes it."""
    made: list[int] = []
    for row in connection.execute(sa.select(item).where(item.c.id.in_(item_ids)).order_by(item.c.id)).all():
        own = row.scope == Scope.OFFICIAL.value and row.voice == Voice.OURS.value
        body = _body(connection, row)
        values = {
            "case_id": case,
            "item_id": row.id,
            "source_id": row.source_id,
            "frozen_at": now,
            "frozen_by": actor,
            "body": body,
            "held_because": f"case {case}: a post of our own account" if own else "",
            "seal": seal(key, "evidence", case, row.id, moment(now), body),
        }
        made.append(int(connection.execute(sa.insert(case_evidence).values(values).returning(case_evidence.c.id)).scalar_one()))
    return made


def let_go(connection: sa.Connection, item_ids: Sequence[int], now: datetime, because: str) -> None:
    """The evidence of these posts goes, but for what is held; its seal, its times and the reason stay."""
    for start in range(0, len(item_ids), AT_ONCE):
        for row in connection.execute(free_query(item_ids[start : start + AT_ONCE])).all():
            empty(connection, row.case_id, row.id, now, because)


def free_query(item_ids: Sequence[int]) -> sa.Select[Any]:
    """Which evidence of these posts nothing holds?"""
    mine = case_evidence.c.item_id.in_(item_ids)
    free = sa.and_(mine, case_evidence.c.held_because == "", case_evidence.c.emptied_at.is_(None))
    return sa.select(case_evidence.c.id, case_evidence.c.case_id).where(free)


def empty(connection: sa.Connection, case: int, number: int, now: datetime, because: str) -> None:
    """One piece of evidence goes; the case's history and the audit say so."""
    gone = {"body": sa.null(), "emptied_at": now, "emptied_because": because}
    connection.execute(sa.update(case_evidence).where(case_evidence.c.id == number).values(gone))
    said = {"case_id": case, "at": now, "actor": SYSTEM, "kind": CaseEntryKind.EMPTIED.value}
    connection.execute(sa.insert(case_entry).values(said | {"detail": {"evidence": number, "because": because}}))
    write_line(connection, AuditLine(at=now, actor=SYSTEM, act="case_emptied", subject=f"case {case} evidence {number}"))


def evidence_of_case(connection: sa.Connection, case: int) -> list[Evidence]:
    """What was frozen for a case, the oldest first."""
    query = sa.select(case_evidence).where(case_evidence.c.case_id == case).order_by(case_evidence.c.id)
    return [_evidence(row) for row in connection.execute(query)]


def _body(connection: sa.Connection, row: sa.Row[Any]) -> Json:
    """The post as it was collected and read, with its former wordings."""
    former = sa.select(item_revision).where(item_revision.c.item_id == row.id).order_by(item_revision.c.revision)
    found = sa.select(finding).where(finding.c.item_id == row.id, finding.c.reported).order_by(finding.c.id)
    plain = ("source_id", "platform", "external_id", "brand", "scope", "voice", "kind", "lang", "title", "text", "url", "followers")
    body: Json = {name: getattr(row, name) for name in (*plain, "attachments", "engagement", "raw", "revision", "parent_id")}
    body |= {name: moment(getattr(row, name)) for name in TIMES if getattr(row, name) is not None}
    body |= {"author": {"id": row.author_id, "name": row.author_name, "handle": row.author_handle}}
    body |= {
        "revisions": [
            {"revision": one.revision, "text": one.text, "replaced_at": moment(one.seen_at)} for one in connection.execute(former)
        ],
        "findings": [
            {"label": one.label, "detector": one.detector, "severity": one.severity, "start": one.start, "end": one.end}
            | {"score": one.score, "revision": one.revision}
            for one in connection.execute(found)
        ],
    }
    kept: Json = clean_json(body)
    return kept


def _evidence(row: sa.Row[Any]) -> Evidence:
    return Evidence(
        number=row.id,
        case=row.case_id,
        item_id=row.item_id,
        source_id=row.source_id,
        frozen_at=row.frozen_at,
        frozen_by=row.frozen_by,
        body=row.body,
        seal=row.seal,
        held_because=row.held_because,
        emptied_at=row.emptied_at,
        emptied_because=row.emptied_because,
        redacted=row.redacted,
    )
