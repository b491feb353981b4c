"""Pictures and films that nobody has described: a person looks at them, and a program may read the letters in them before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.accounts import AuditLine
from core.records import EvidenceItem
from core.text import fold
from core.types import Attachment
from storage.audit import write_line
from storage.database import Database
from storage.evidence import evidence_of
from storage.items import as_json, reindex
from storage.schema import item
from storage.sight import items_in

READ_WITHIN = timedelta(hours=24)
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Unread:
    """A post with pictures whose letters nobody has read: their addresses. `is_last`: it is too old for another try."""

    item_id: int
    revision: int
    urls: tuple[str, ...]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Letters:
    """What was read in a picture: its SHA-256 as hex, and the letters in it, '' where there are none."""

    sha256: str
    letters: str


@dataclass(frozen=True)
class Pictures:
    """Questions about what waits to be looked at."""

    database: Database

    def waiting(self, limit: int, before: int | None = None, sight: Sight | None = None) -> Sequence[EvidenceItem]:
        """Posts with a picture or film that nobody has described or looked at, the newest first."""
        with self.database.read() as connection:
            return evidence_of(connection, connection.execute(waiting_query(limit, before, sight)).scalars().all())

    def count(self, sight: Sight | None = None) -> int:
        """How many such posts may be seen?"""
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(item).where(item.c.unseen > 0, items_in(sight))).scalar_one()

    def seen(self, item_ids: Sequence[int], actor: str, now: datetime, sight: Sight | None = None) -> int:
        """`actor` has looked at the pictures of these posts; answers of how many nobody had before. The audit names each."""
        mine = sa.and_(item.c.id.in_(item_ids), item.c.unseen > 0, items_in(sight))
        with self.database.write() as connection:
            new = connection.execute(sa.update(item).where(mine).values(unseen=0).returning(item.c.id)).scalars().all()
            for item_id in sorted(new):
                write_line(connection, AuditLine(at=now, actor=actor, act="picture_seen", subject=f"post {item_id}"))
            return len(new)

    def lease_unread(self, limit: int, now: datetime) -> list[Unread]:
        """Take posts whose pictures are to be read, the newest first; what was not kept comes back, each time after longer, for a day."""
        with self.database.read() as connection:
            if connection.execute(unread_query(1, now)).first() is None:
                return []
        with self.database.write() as connection:
            rows = connection.execute(self.database.skip_locked(unread_query(limit, now))).all()
            for row in rows:
                again_at = now + max(LEASE, now - row.collected_at)
                connection.execute(sa.update(item).where(item.c.id == row.id).values(letters_due_at=again_at))
        return [Unread(row.id, row.revision, _to_read(row), now - row.collected_at > READ_WITHIN) for row in rows]

    def keep_letters(self, unread: Unread, read: Mapping[str, Letters], *, is_over: bool) -> bool:
        """Write down what was read at which address; where there are letters, the post is read and assessed anew, as after an edit.

        `is_over`: the rest will not be tried again. Answers False where the post has changed or gone meanwhile.
        """
        mine = sa.and_(item.c.id == unread.item_id, item.c.revision == unread.revision, item.c.deleted_at.is_(None))
        with self.database.write() as connection:
            query = sa.select(item).where(mine)
            row = connection.execute(query if self.database.is_sqlite else query.with_for_update()).one_or_none()
            if row is None:
                return False
            shown = as_json([_with(Attachment(**one), read) for one in row.attachments or ()])
            change: dict[str, Any] = {"attachments": shown} | ({"letters_due_at": None} if is_over else {})
            letters = dict.fromkeys(f"[{one['letters']}]" for one in shown if one.get("letters"))
            if new := [one for one in letters if one not in row.text]:
                text = "\n\n".join(part for part in (row.text, *new) if part)
                folded = fold(f"{text} {row.author_name} {row.author_handle}")
                change |= {"text": text, "folded": folded, "revision": row.revision + 1, "classified_by": None, "assessed_at": None}
                reindex(self.database, connection, row.id, row.folded, folded)
            connection.execute(sa.update(item).where(mine).values(change))
        return True


def _to_read(row: sa.Row[Any]) -> tuple[str, ...]:
    shown = [Attachment(**one) for one in row.attachments or ()]
    return tuple(dict.fromkeys(one.url for one in shown if one.is_to_read))


def _with(picture: Attachment, read: Mapping[str, Letters]) -> Attachment:
    found = read.get(picture.url) if picture.is_to_read else None
    return picture if found is None else replace(picture, sha256=found.sha256, letters=found.letters)


def unread_query(limit: int, now: datetime) -> sa.Select[Any]:
    """Which posts have pictures whose letters are to be read now?"""
    columns = (item.c.id, item.c.revision, item.c.attachments, item.c.collected_at)
    is_due = sa.and_(item.c.letters_due_at <= now, item.c.letters_due_at > now - READ_WITHIN)
    return sa.select(*columns).where(is_due).order_by(item.c.letters_due_at.desc()).limit(limit)


def waiting_query(limit: int, before: int | None, sight: Sight | None) -> sa.Select[Any]:
    """Which posts have pictures that nobody has looked at?"""
    query = sa.select(item.c.id).where(item.c.unseen > 0, items_in(sight)).order_by(item.c.id.desc()).limit(limit)
    return query if before is None else query.where(item.c.id < before)
