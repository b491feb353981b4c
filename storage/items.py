"""Items: stored once, revised when edited, emptied when deleted on the platform; found again by their words."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.consent import account_name
from core.errors import NotFound
from core.failpoint import reach
from core.records import EvidenceItem
from core.text import clean_json, fold
from core.types import Attachment, Item, Json, Scope
from core.wanted import ANYTHING, Wanted, words_of
from storage.case_evidence import let_go
from storage.consents import consented
from storage.database import Database
from storage.evidence import evidence_of
from storage.schema import conversation, conversation_item, item, item_revision
from storage.schema_privacy import tombstone, tombstone_key
from storage.sight import items_in
from storage.wanted import holds, items_wanted

IDS_AT_ONCE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An item as it came, with what its source says of it. `may_page` is False for what never pages."""

    item: Item
    source_id: str
    brand: str | None
    scope: Scope
    may_page: bool
    collected_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """How many items were new, edited and deleted by one apply."""

    new: int = 0
    edited: int = 0
    deleted: int = 0


class Items:
    """Questions about items."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, arrivals: Sequence[Arrival], now: datetime) -> Stored:
        """Store what an import brings, in one transaction."""
        with self._database.write() as connection:
            return store_items(self._database, connection, arrivals, (), now)

    def get(self, item_id: int) -> EvidenceItem:
        """One item with its findings. Raises NotFound."""
        with self._database.read() as connection:
            found = evidence_of(connection, [item_id])
        if not found:
            raise NotFound(f"there is no item {item_id}")
        return found[0]

    def several(self, item_ids: Sequence[int]) -> list[EvidenceItem]:
        """These items with their findings, in this order; unknown ids are left out."""
        with self._database.read() as connection:
            return evidence_of(connection, item_ids)

    def search(
        self, query: str, limit: int = 50, before: int | None = None, sight: Sight | None = None, wanted: Wanted = ANYTHING
    ) -> list[EvidenceItem]:
        """The newest items that may be seen, fit, and hold all the words of `query` (folded: ł finds l); all when it is empty."""
        words = words_of(query)
        if query.strip() and not words:
            return []
        fits = sa.and_(items_in(sight), items_wanted(self._database, wanted))
        with self._database.read() as connection:
            ids = connection.execute(self.found_query(words, limit, before).where(fits)).scalars().all()
            return evidence_of(connection, ids)

    def found_query(self, words: list[str], limit: int, before: int | None) -> sa.Select[Any]:
        """Which items hold words that begin like these?"""
        query = sa.select(item.c.id).where(item.c.deleted_at.is_(None)).order_by(item.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(item.c.id < before)
        return query.where(holds(self._database, words)) if words else query

    def count(self) -> int:
        """How many items are stored?"""
        with self._database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(item)).scalar_one()


def store_items(
    database: Database, connection: sa.Connection, arrivals: Sequence[Arrival], deleted: Sequence[tuple[str, str]], now: datetime
) -> Stored:
    """Store new items, revise edited ones, empty deleted ones (platform, external id), inside the caller's transaction."""
    allowed = _agreed(connection, arrivals)
    newest = {(arrival.item.platform, arrival.item.external_id): arrival for arrival in allowed}
    present = _present(connection, list(newest))
    gone = _buried(connection, [key for key in newest if key not in present])
    fresh = [_row(arrival) for key, arrival in newest.items() if key not in present and key not in gone]
    before = connection.execute(sa.select(sa.func.max(item.c.id))).scalar() or 0
    database.insert_new(connection, item, fresh)
    added = _index_words(database, connection, fresh, before)
    reach("collect.rows_inserted")
    edited = sum(_revise(database, connection, present[key], arrival, now) for key, arrival in newest.items() if key in present)
    return Stored(added, edited, _empty(database, connection, deleted, now))


def _agreed(connection: sa.Connection, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Of what accounts of staff wrote, only that to which its author has agreed; the rest is not even counted."""
    staff = [arrival.item for arrival in arrivals if arrival.scope is Scope.EMPLOYEE]
    agreed = {
        (platform, account)
        for platform in {it.platform for it in staff}
        for account in consented(connection, platform, {it.author.handle for it in staff if it.platform == platform})
    }
    return [
        arrival
        for arrival in arrivals
        if arrival.scope is not Scope.EMPLOYEE or (arrival.item.platform, account_name(arrival.item.author.handle)) in agreed
    ]


def tomb_of(key: str, platform: str, external_id: str) -> str:
    """What is kept of a post that was erased: an HMAC-SHA256 under the key of this database, as hex."""
    said = f"{platform}\n{external_id}".encode("utf-8", "surrogatepass")
    return hmac.new(bytes.fromhex(key), said, hashlib.sha256).hexdigest()


def _buried(connection: sa.Connection, keys: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these were erased for good? They may still stand on their platform."""
    secret = connection.execute(sa.select(tombstone_key.c.key)).scalar() if keys else None
    if secret is None:
        return set()
    digests = {tomb_of(secret, *key): key for key in keys}
    found: set[tuple[str, str]] = set()
    for start in range(0, len(keys), IDS_AT_ONCE):
        some = list(digests)[start : start + IDS_AT_ONCE]
        found |= {digests[one] for one in connection.execute(sa.select(tombstone.c.digest).where(tombstone.c.digest.in_(some))).scalars()}
    return found


def _present(connection: sa.Connection, keys: list[tuple[str, str]]) -> dict[tuple[str, str], sa.Row[Any]]:
    found: dict[tuple[str, str], sa.Row[Any]] = {}
    for platform in {key[0] for key in keys}:
        ids = [external_id for p, external_id in keys if p == platform]
        for start in range(0, len(ids), IDS_AT_ONCE):
            for row in connection.execute(present_query(platform, ids[start : start + IDS_AT_ONCE])):
                found[(row.platform, row.external_id)] = row
    return found


def present_query(platform: str, ids: Sequence[str]) -> sa.Select[Any]:
    """Which of these items are stored already?"""
    told = (item.c.hash, item.c.folded, item.c.attachments, item.c.unseen, item.c.may_page)
    columns = (item.c.id, item.c.platform, item.c.external_id, item.c.revision, item.c.deleted_at, *told)
    return sa.select(*columns).where(item.c.platform == platform, item.c.external_id.in_(ids))


def _hash(arrival: Arrival) -> str:
    return hashlib.sha256(f"{arrival.item.title}\n{arrival.item.text}".encode("utf-8", "surrogatepass")).hexdigest()


def _clean(text: str) -> str:
    """PostgreSQL takes no NUL and no lone surrogate."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _whole(it: Item) -> str:
    """What there is to read: an article's headline before its text, once; what is said of pictures and films after it, in brackets."""
    title = "" if it.text.lstrip().startswith(it.title) else it.title
    written = [part for part in (title, it.text) if part.strip()]
    said = dict.fromkeys(part.strip() for picture in it.attachments if picture.is_seen for part in (picture.alt, picture.letters))
    return "\n\n".join(written + [f"[{one}]" for one in said if one and not any(one in part for part in written)])


def _row(arrival: Arrival) -> Json:
    it = arrival.item
    known = it.author.id or it.author.handle or it.author.name
    text = _clean(_whole(it))
    return {
        "platform": it.platform,
        "external_id": it.external_id,
        "source_id": arrival.source_id,
        "brand": arrival.brand,
        "scope": arrival.scope.value,
        "voice": it.voice.value,
        "kind": it.kind.value,
        "lang": it.lang or "",
        "title": _clean(it.title),
        "text": text,
        "folded": fold(f"{text} {_clean(it.author.name)} {_clean(it.author.handle)}"),
        "hash": _hash(arrival),
        "url": _clean(it.url),
        "author_id": _clean(it.author.id)[:256],
        "author_name": _clean(it.author.name),
        "author_handle": _clean(it.author.handle),
        "author_key": _clean(f"{it.platform}:{known}" if known else f"{it.platform}:?{it.external_id}")[:320],
        "followers": it.author.followers,
        "parent_id": it.parent_id,
        "thread_id": it.thread_id,
        "attachments": as_json(it.attachments),
        "engagement": dict(it.engagement),
        "raw": clean_json(dict(it.raw)),
        "created_at": it.created_at or arrival.collected_at,
        "collected_at": arrival.collected_at,
        "edited_at": it.edited_at,
        "may_page": arrival.may_page,
        "unseen": _undescribed(it.attachments) if arrival.may_page else 0,
        "letters_due_at": arrival.collected_at if arrival.may_page and any(one.is_to_read for one in it.attachments) else None,
    }


def as_json(attachments: Sequence[Attachment]) -> list[Json]:
    """Attachments as they are stored; what was read in a picture only where it was read."""
    return [{k: _clean(v) for k, v in asdict(one).items() if v or k in {"kind", "url", "alt"}} for one in attachments]


def _undescribed(attachments: Sequence[Attachment]) -> int:
    return sum(one.is_seen and not one.alt.strip() for one in attachments)


def _index_words(database: Database, connection: sa.Connection, rows: list[Json], before: int) -> int:
    """Make the new rows findable; answers how many there are."""
    if not rows:
        return 0
    if not database.is_sqlite:
        return len(_present(connection, [(row["platform"], row["external_id"]) for row in rows]))
    new = sa.select(item.c.id, item.c.folded).where(item.c.id > before)
    pairs = [{"id": row.id, "folded": row.folded} for row in connection.execute(new)]
    if pairs:
        connection.execute(sa.text("INSERT INTO item_words(rowid, folded) VALUES (:id, :folded)"), pairs)
    return len(pairs)


def _revise(database: Database, connection: sa.Connection, was: sa.Row[Any], arrival: Arrival, now: datetime) -> bool:
    """Keep the former text and have the new one read again. Nothing to do when the text is the same and no picture is new."""
    shown = [Attachment(**one) for one in was.attachments or ()]
    is_same = was.hash == _hash(arrival) and not _is_more_to_see(shown, arrival.item.attachments)
    if is_same or was.deleted_at is not None:
        return False
    former = sa.select(item.c.text, item.c.hash).where(item.c.id == was.id)
    old = connection.execute(former).one()
    revision = {"item_id": was.id, "revision": was.revision, "text": old.text, "hash": old.hash, "seen_at": now}
    connection.execute(sa.insert(item_revision).values(revision))
    known = {one.url: one for one in shown if one.sha256}
    attachments = tuple(_with_letters(one, known.get(one.url)) for one in arrival.item.attachments)
    row = _row(replace(arrival, item=replace(arrival.item, attachments=attachments)))
    change = {key: row[key] for key in ("title", "text", "folded", "hash", "raw", "engagement", "attachments", "letters_due_at")}
    change |= {"unseen": _still_unseen(was, _undescribed(shown), _undescribed(arrival.item.attachments))}
    change |= {"revision": was.revision + 1, "edited_at": arrival.item.edited_at or now, "classified_by": None, "assessed_at": None}
    connection.execute(sa.update(item).where(item.c.id == was.id).values(change))
    reindex(database, connection, was.id, was.folded, row["folded"])
    return True


def _with_letters(picture: Attachment, before: Attachment | None) -> Attachment:
    return picture if before is None else replace(picture, sha256=before.sha256, letters=before.letters)


def _is_more_to_see(before: Sequence[Attachment], after: Sequence[Attachment]) -> bool:
    """More pictures, or new words about one. Addresses do not count: many platforms give a picture a new one each time. Nor does what is
    missing: another source may bring the same post without its pictures."""
    old, new = ([one.alt.strip() for one in some if one.is_seen] for some in (before, after))
    return len(new) > len(old) or not set(new) - {""} <= set(old)


def _still_unseen(was: sa.Row[Any], before: int, after: int) -> int:
    """An edit that brings an undescribed picture makes a person look again; one that describes them leaves less to look at."""
    if after > before:
        return after if was.may_page else 0
    return min(was.unseen or 0, after)


def reindex(database: Database, connection: sa.Connection, item_id: int, old: str, new: str | None) -> None:
    """The words by which an item is found change, or go."""
    if not database.is_sqlite:
        return
    gone = sa.text("INSERT INTO item_words(item_words, rowid, folded) VALUES ('delete', :id, :folded)")
    connection.execute(gone, {"id": item_id, "folded": old})
    if new is not None:
        connection.execute(sa.text("INSERT INTO item_words(rowid, folded) VALUES (:id, :folded)"), {"id": item_id, "folded": new})


def forget_words(database: Database, connection: sa.Connection, item_id: int, folded: str) -> None:
    """An item that is about to go is no longer found by its words."""
    reindex(database, connection, item_id, folded, None)


def _empty(database: Database, connection: sa.Connection, deleted: Sequence[tuple[str, str]], now: datetime) -> int:
    """Honour deletions: text, author and payload go; hash, times and findings stay as proof that it was there."""
    mine = [row for row in _present(connection, list(deleted)).values() if row.deleted_at is None]
    empty_rows(database, connection, mine, now)
    let_go(connection, [row.id for row in mine], now, "deleted")
    return len(mine)


def empty_rows(database: Database, connection: sa.Connection, rows: Sequence[sa.Row[Any]], now: datetime) -> None:
    """Text, author and payload of these items go; they are rows of `item` with at least id, platform and folded."""
    blank: Json = {"text": "", "title": "", "folded": "", "url": "", "author_id": "", "author_name": "", "author_handle": "", "raw": None}
    blank |= {"attachments": None, "unseen": 0, "letters_due_at": None, "deleted_at": now}
    blank |= {"classified_by": sa.func.coalesce(item.c.classified_by, "deleted"), "assessed_at": sa.func.coalesce(item.c.assessed_at, now)}
    for row in rows:
        connection.execute(sa.update(item).where(item.c.id == row.id).values({**blank, "author_key": f"{row.platform}:?deleted-{row.id}"}))
        connection.execute(sa.update(item_revision).where(item_revision.c.item_id == row.id).values(text=""))
        reindex(database, connection, row.id, row.folded, None)
        _leave_conversations(connection, row.id)


def _leave_conversations(connection: sa.Connection, item_id: int) -> None:
    """A conversation of which nothing that its author wrote is left names the author no longer."""
    mine = sa.select(conversation_item.c.conversation_id).where(conversation_item.c.item_id == item_id)
    said = sa.select(conversation_item.c.conversation_id).join(item, item.c.id == conversation_item.c.item_id)
    said = said.where(conversation_item.c.conversation_id == conversation.c.id, item.c.author_key == conversation.c.key)
    left = connection.execute(sa.select(conversation).where(conversation.c.id.in_(mine), ~said.exists())).all()
    for row in left:
        nobody = {"author": "", "key": f"{row.platform}:?deleted-conversation-{row.id}"}
        connection.execute(sa.update(conversation).where(conversation.c.id == row.id).values(nobody))
