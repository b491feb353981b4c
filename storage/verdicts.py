"""What people say of findings. Of one person on one finding the newest verdict counts; what they said before stays as history."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.errors import Conflict, NotFound
from core.types import Finding
from core.verdicts import Example, Judged, Judgement, Said, Verdict
from storage.database import Database
from storage.evidence import finding_of
from storage.schema import finding, incident_event, incident_item, item, verdict
from storage.sight import items_in

AT_ONCE = 500


@dataclass(frozen=True)
class Verdicts:
    """Questions about verdicts."""

    database: Database

    def finding(self, finding_id: int) -> Finding:
        """What was found. Raises NotFound."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(finding).where(finding.c.id == finding_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no finding {finding_id}; `czujka items --json` shows each finding with its number")
        return finding_of(row)

    def may_be_judged(self, finding_id: int, sight: Sight | None) -> bool:
        """Is it a finding in a post that may be seen?"""
        query = sa.select(finding.c.id).join(item, item.c.id == finding.c.item_id).where(finding.c.id == finding_id, items_in(sight))
        with self.database.read() as connection:
            return connection.execute(query).first() is not None

    def history(self, finding_id: int) -> list[Verdict]:
        """All that was ever said of a finding, oldest first."""
        with self.database.read() as connection:
            return [_verdict(row) for row in connection.execute(history_query(finding_id))]

    def page(self, finding_id: int | None, before: int | None, limit: int, sight: Sight | None = None) -> list[Verdict]:
        """Verdicts that count, of one finding or of all in posts that may be seen, by id from the newest, before that one."""
        query = sa.select(verdict).join(finding, finding.c.id == verdict.c.finding_id).join(item, item.c.id == finding.c.item_id)
        query = query.where(verdict.c.superseded_at.is_(None), items_in(sight))
        query = query.where(verdict.c.finding_id == finding_id) if finding_id is not None else query
        query = query.where(verdict.c.id < before) if before is not None else query
        with self.database.read() as connection:
            return [_verdict(row) for row in connection.execute(query.order_by(verdict.c.id.desc()).limit(limit))]

    def counting(self, finding_ids: Sequence[int]) -> dict[int, tuple[Verdict, ...]]:
        """The verdicts that count on these findings, one a person, oldest first."""
        gathered: defaultdict[int, list[Verdict]] = defaultdict(list)
        with self.database.read() as connection:
            for row in connection.execute(counting_query(finding_ids)) if finding_ids else ():
                gathered[row.finding_id].append(_verdict(row))
        return {key: tuple(values) for key, values in gathered.items()}

    def judged(self, since: datetime | None = None) -> list[Judged]:
        """Every finding with a verdict (given since then), and how many people say what of it."""
        with self.database.read() as connection:
            return judged_of(connection, since)

    def examples(self) -> Iterator[Example]:
        """Judged posts for retraining, in pages. What was edited, deleted or erased has no text any more and is left out."""
        after = 0
        while True:
            with self.database.read() as connection:
                rows = connection.execute(examples_query(after, AT_ONCE)).all()
                named = _named_labels(connection, [row.id for row in rows])
            for row in rows:
                yield _example(row, named[row.id])
            if len(rows) < AT_ONCE:
                return
            after = rows[-1].id

    def record(self, judged: Judgement) -> int:
        """Write a verdict, and the event in the history of each incident that holds the post; answers the verdict's id.

        Raises Conflict: the same person said something else at the same moment.
        """
        mine = sa.and_(verdict.c.finding_id == judged.finding_id, verdict.c.person == judged.person, verdict.c.superseded_at.is_(None))
        row = {"finding_id": judged.finding_id, "person": judged.person, "said": judged.said.value, "label": judged.label}
        row |= {"note": judged.note, "at": judged.at}
        with self.database.write() as connection:
            connection.execute(sa.update(verdict).where(mine).values(superseded_at=judged.at))
            try:
                verdict_id = connection.execute(sa.insert(verdict).values(row).returning(verdict.c.id)).scalar_one()
            except sa.exc.IntegrityError as error:
                raise Conflict("you judged this at the same moment elsewhere; look again before you act") from error
            for incident_id in connection.execute(incidents_query(judged.finding_id)).scalars().all():
                event = {"incident_id": incident_id, "at": judged.at, "actor": judged.person, "kind": "verdict"}
                connection.execute(sa.insert(incident_event).values(event | {"reason": judged.said.value, "detail": judged.detail}))
        return int(verdict_id)


def judged_of(connection: sa.Connection, since: datetime | None) -> list[Judged]:
    """Every finding with a verdict given since then."""
    return [judged_row(row) for row in connection.execute(judged_query(since))]


def history_query(finding_id: int) -> sa.Select[Any]:
    """What was ever said of a finding?"""
    return sa.select(verdict).where(verdict.c.finding_id == finding_id).order_by(verdict.c.id)


def counting_query(finding_ids: Sequence[int]) -> sa.Select[Any]:
    """What do people say of these findings now?"""
    return sa.select(verdict).where(verdict.c.finding_id.in_(finding_ids), verdict.c.superseded_at.is_(None)).order_by(verdict.c.id)


def incidents_query(finding_id: int) -> sa.Select[Any]:
    """Which incidents hold the post of this finding?"""
    joined = sa.select(incident_item.c.incident_id).join(finding, finding.c.item_id == incident_item.c.item_id)
    return joined.where(finding.c.id == finding_id)


def judged_query(since: datetime | None) -> sa.Select[Any]:
    """How many people say what of each finding?"""
    right = sa.func.sum(sa.case((verdict.c.said == Said.RIGHT.value, 1), else_=0)).label("right")
    columns = (finding.c.id, finding.c.detector, finding.c.label, finding.c.score, right, sa.func.count().label("people"))
    query = sa.select(*columns).join(verdict, verdict.c.finding_id == finding.c.id).where(verdict.c.superseded_at.is_(None))
    if since is not None:
        query = query.where(verdict.c.at >= since)
    return query.group_by(finding.c.id, finding.c.detector, finding.c.label, finding.c.score).order_by(finding.c.id)


def examples_query(after: int, limit: int) -> sa.Select[Any]:
    """Which judged findings still have the text that they were found in?"""
    present = sa.and_(item.c.id == finding.c.item_id, item.c.revision == finding.c.revision, item.c.deleted_at.is_(None), item.c.text != "")
    judged = judged_query(None).order_by(None).add_columns(item.c.text, item.c.lang).join(item, present)
    return judged.where(finding.c.id > after).group_by(item.c.text, item.c.lang).order_by(finding.c.id).limit(limit)


def _named_labels(connection: sa.Connection, finding_ids: Sequence[int]) -> defaultdict[int, tuple[str, ...]]:
    named: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for row in connection.execute(counting_query(finding_ids)) if finding_ids else ():
        if row.label is not None and row.label not in named[row.finding_id]:
            named[row.finding_id] = tuple(sorted((*named[row.finding_id], row.label)))
    return named


def judged_row(row: sa.Row[Any]) -> Judged:
    """A row of `judged_query`."""
    right = int(row.right)
    return Judged(finding_id=row.id, detector=row.detector, label=row.label, score=row.score, right=right, wrong=row.people - right)


def _example(row: sa.Row[Any], labels: tuple[str, ...]) -> Example:
    judged = judged_row(row)
    wrong = Said.OTHER if labels else Said.WRONG
    return Example(
        finding_id=judged.finding_id,
        text=row.text,
        lang=row.lang,
        label=judged.label,
        detector=judged.detector,
        score=judged.score,
        said=None if judged.is_right is None else Said.RIGHT if judged.is_right else wrong,
        labels=labels,
    )


def _verdict(row: sa.Row[Any]) -> Verdict:
    return Verdict(
        verdict_id=row.id,
        finding_id=row.finding_id,
        person=row.person,
        said=Said(row.said),
        label=row.label,
        note=row.note,
        at=row.at,
        superseded_at=row.superseded_at,
    )
