"""Erasure: everything that leads to one person goes from every table; counts and histories stay, under a pseudonym of nobody."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine
from core.chain import ERASED
from core.consent import account_name
from core.forgetting import Erased, Somebody, Traces, words_of
from core.text import fold
from core.types import Scope
from storage.audience import forget_authors
from storage.audit import write_line
from storage.case_evidence import let_go
from storage.consents import consented
from storage.database import Database
from storage.items import reindex, tomb_of
from storage.schema import audit_line, conversation, incident, item, item_revision, metadata, story_signature
from storage.schema_people import access_token, password, session, sign_in_token
from storage.schema_privacy import pseudonym, tombstone, tombstone_key
from storage.schema_readers import colleague
from storage.schema_register import stranger

_UNTOUCHED = {audit_line.name, pseudonym.name, tombstone.name, tombstone_key.name, "alembic_version"}
_KEYS_OF_PEOPLE = (password, session, sign_in_token)
AT_ONCE = 400
MOST_IN_A_LINE = 6
_PERSONS = {("crisis_action", "owner")}
"""Columns of that name elsewhere hold teams; here it is who does it."""
_AUTHORS = {"author", "key", "author_id", "author_name", "author_handle", "author_key"}
_OUR_WORDS = {
    *("source_id", "brand", "scope", "voice", "kind", "lang", "platform", "label", "severity", "detector", "state", "owner", "schedule"),
    *(
        "channel",
        "hook",
        "measure",
        "clause",
        "hash",
        "seal",
        "dedup_key",
        "external_id",
        "classified_by",
        "language",
        "act",
        "once",
        "team",
    ),
}


@dataclass(frozen=True)
class Change:
    """One row that names somebody, and what it will say instead."""

    table: sa.Table
    row: sa.Row[Any]
    values: dict[str, Any]


class Erasing:
    """Questions about one person's traces, and their end."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def who(self, author: str, platform: str | None = None) -> list[Somebody]:
        """The authors that this handle, name, id or key means: one for each platform and account."""
        with self._database.read() as connection:
            keys = connection.execute(_who_query(author, platform)).scalars().all()
            return [_somebody(connection, key) for key in sorted(keys)]

    def candidates(self) -> Iterator[tuple[str, str]]:
        """Everybody who stands here by name, as (what they are found by, the word): authors by key, colleagues by id, name and address."""
        authors = sa.select(item.c.author_key).distinct().where(item.c.author_key.not_like("%:~%"))
        people = sa.select(colleague.c.person, colleague.c.name, colleague.c.address)
        met = sa.select(stranger.c.author_key)
        with self._database.read() as connection:
            yield from (("author", key) for key in connection.execute(authors).scalars().all())
            yield from (("author", key) for key in connection.execute(met).scalars().all())
            yield from (("word", word) for row in connection.execute(people).all() for word in row)

    def somebody(self, key: str) -> Somebody | None:
        """An author by their key: of their posts, else of the entry that says that they use the brand."""
        with self._database.read() as connection:
            if connection.execute(sa.select(item.c.id).where(item.c.author_key == key).limit(1)).first() is not None:
                return _somebody(connection, key)
            row = connection.execute(sa.select(stranger).where(stranger.c.author_key == key)).one_or_none()
        if row is None:
            return None
        handles, names = ((word,) if word else () for word in (row.handle, row.name))
        return Somebody(platform=row.platform, key=key, ids=(), handles=handles, names=names, items=0)

    def items_of(self, somebody: Somebody) -> list[int]:
        """The ids of their posts, the oldest first."""
        with self._database.read() as connection:
            return list(connection.execute(sa.select(item.c.id).where(item.c.author_key == somebody.key).order_by(item.c.id)).scalars())

    def named(self, words: Sequence[str], limit: int = 10_000) -> dict[str, list[int]]:
        """Where these words stand in what others wrote: ids of rows by table; of tables without one, how many."""
        found: dict[str, list[int]] = {}
        with self._database.read() as connection:
            for change in _changes(connection, Traces(words=tuple(words), pseudonym="~")):
                ids = found.setdefault(change.table.name, [])
                if len(ids) < limit:
                    ids.append(int(change.row._mapping["id"]) if "id" in change.table.c else len(ids) + 1)
        return found

    def erase(self, people: Sequence[Somebody], also: Sequence[str], actor: str, now: datetime, *, dry_run: bool = False) -> Erased:
        """Take everything out that leads to these people or contains the words of `also`; all of it, or with `dry_run` nothing.

        Afterwards `settle` takes the old bytes out of the files.
        """
        name = f"~{secrets.token_hex(16)}"
        traces, rows = Traces(words=words_of(people, also), pseudonym=name), Counter[str]()
        with self._database.write() as connection:
            savepoint = connection.begin_nested()
            for one in people:
                rows += self._empty(connection, one, name, now)
            rows += _forget_keys(connection, also)
            self._bury_named(connection, traces)
            for change in list(_changes(connection, traces, {one.platform for one in people})):
                self._apply(connection, change)
                rows[change.table.name] += 1
            known = _forget_aliases(connection, traces)
            if dry_run:
                savepoint.rollback()
            else:
                savepoint.commit()
                for start in range(0, len(known) + 1, MOST_IN_A_LINE):
                    subject = " ".join((name, *known[start : start + MOST_IN_A_LINE]))
                    write_line(connection, AuditLine(at=now, actor=actor, act=ERASED, subject=subject))
        return Erased(pseudonym=name, people=tuple(people), rows=dict(sorted(rows.items())), too_short=traces.short)

    def settle(self) -> None:
        """Write the files anew, so that nothing that was taken out lingers in free pages, the full-text index or the log of writes."""
        if self._database.is_sqlite:
            with closing(self._database.engine.raw_connection()) as raw:
                for statement in ("INSERT INTO item_words(item_words) VALUES ('optimize')", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    raw.cursor().execute(statement)
            return
        with self._database.engine.connect() as connection:
            anew = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in metadata.sorted_tables:
                anew.exec_driver_sql(f'VACUUM "{table.name}"')

    def erase_account(self, platform: str, account: str, scope: Scope, now: datetime) -> int:
        """The posts of one account that came by sources of this scope; answers how many. `account` is a handle in small letters."""
        named = sa.func.lower(item.c.author_handle).in_((account, f"@{account}"))
        query = sa.select(item).where(item.c.platform == platform, item.c.scope == scope.value, named)
        with self._database.write() as connection:
            mine = connection.execute(query.order_by(item.c.id)).all()
            name = f"~{secrets.token_hex(16)}"
            self._empty_rows(connection, mine, f"{platform}:{name}", now)
            for key in {row.author_key for row in mine}:
                _leave(connection, key, f"{platform}:{name}", name)
        return len(mine)

    def erase_unagreed(self, now: datetime) -> int:
        """Posts of staff accounts for which no consent stands, or stands no longer; answers how many."""
        query = sa.select(item.c.platform, item.c.author_handle).distinct()
        query = query.where(item.c.scope == Scope.EMPLOYEE.value, item.c.deleted_at.is_(None))
        with self._database.read() as connection:
            rows = {(row.platform, account_name(row.author_handle)) for row in connection.execute(query)}
            agreed = {(platform, name) for platform, account in rows for name in consented(connection, platform, {account})}
        return sum(self.erase_account(platform, account, Scope.EMPLOYEE, now) for platform, account in sorted(rows - agreed))

    def _empty(self, connection: sa.Connection, one: Somebody, name: str, now: datetime) -> Counter[str]:
        """Their own posts and conversations."""
        mine = connection.execute(sa.select(item).where(item.c.author_key == one.key).order_by(item.c.id)).all()
        self._empty_rows(connection, mine, f"{one.platform}:{name}", now)
        _rename_stories(connection, one.key, f"{one.platform}:{name}")
        return Counter(item=len(mine), conversation=_leave(connection, one.key, f"{one.platform}:{name}", name))

    def _empty_rows(self, connection: sa.Connection, rows: Sequence[sa.Row[Any]], key: str, now: datetime) -> None:
        """Text, author, links and payload go, also of former revisions; what was found, and when, stays."""
        self._bury(connection, rows)
        forget_authors(connection, rows)
        for row in rows:
            said = dict.fromkeys(("text", "title", "folded", "url", "author_id", "author_name", "author_handle", "hash"), "")
            gone = {
                "raw": None,
                "attachments": None,
                "unseen": 0,
                "letters_due_at": None,
                "followers": None,
                "author_key": key,
                "deleted_at": row.deleted_at or now,
            }
            read = {"classified_by": row.classified_by or "deleted", "assessed_at": row.assessed_at or now}
            connection.execute(sa.update(item).where(item.c.id == row.id).values({**said, **gone, **read}))
            connection.execute(sa.update(item_revision).where(item_revision.c.item_id == row.id).values(text="", hash=""))
            connection.execute(sa.delete(story_signature).where(story_signature.c.item_id == row.id))
            if not row.deleted_at:
                reindex(self._database, connection, row.id, row.folded, None)
        let_go(connection, [row.id for row in rows], now, "erased")

    def _bury(self, connection: sa.Connection, rows: "Sequence[sa.Row[*tuple[Any, ...]]]") -> None:
        """These posts are never stored again, though nothing here says any more which they were: their ids there become others, also
        where others answer them."""
        hidden = {(row.platform, row.external_id): f"~{secrets.token_hex(16)}" for row in rows}
        key = _tomb_key(connection)
        self._database.insert_new(connection, tombstone, [{"digest": tomb_of(key, *post)} for post in hidden])
        for row in rows:
            new = hidden[row.platform, row.external_id]
            connection.execute(sa.update(item).where(item.c.id == row.id).values(external_id=new))
        posts = list(hidden)
        for start in range(0, len(posts), AT_ONCE):
            _answer_others(connection, hidden, posts[start : start + AT_ONCE])

    def _bury_named(self, connection: sa.Connection, traces: Traces) -> None:
        """Posts that were deleted before have no author any more, and may still have an id that leads to them."""
        columns = (item.c.id, item.c.platform, item.c.external_id)
        rows = connection.execute(sa.select(*columns).where(_likely(traces, [item.c.external_id]))).all()
        self._bury(connection, [row for row in rows if traces.in_text(row.external_id) != row.external_id])

    def _apply(self, connection: sa.Connection, change: Change) -> None:
        """Two rows that named one person in two ways may become the same: then one is enough."""
        values = dict(change.values)
        if change.table is item and "folded" in values and not change.row.deleted_at:
            values["folded"] = fold(values["folded"])
            reindex(self._database, connection, change.row.id, change.row.folded, values["folded"])
        keys = [column == change.row._mapping[column.name] for column in change.table.primary_key.columns]
        try:
            with connection.begin_nested():
                connection.execute(sa.update(change.table).where(*keys).values(values))
        except sa.exc.IntegrityError:
            connection.execute(sa.delete(change.table).where(*keys))


def _leave(connection: sa.Connection, old: str, key: str, name: str) -> int:
    """Conversations with an author become the pseudonym's."""
    return connection.execute(sa.update(conversation).where(conversation.c.key == old).values(key=key, author=name)).rowcount


def _answer_others(connection: sa.Connection, hidden: Mapping[tuple[str, str], str], posts: Sequence[tuple[str, str]]) -> None:
    """What answers one of these posts names it by its new id."""
    ids = [external_id for _, external_id in posts]
    columns = (item.c.id, item.c.platform, item.c.parent_id, item.c.thread_id)
    for row in connection.execute(sa.select(*columns).where(sa.or_(item.c.parent_id.in_(ids), item.c.thread_id.in_(ids)))).all():
        new = {
            "parent_id": hidden.get((row.platform, row.parent_id), row.parent_id),
            "thread_id": hidden.get((row.platform, row.thread_id), row.thread_id),
        }
        connection.execute(sa.update(item).where(item.c.id == row.id).values(new))


def _tomb_key(connection: sa.Connection) -> str:
    """The key of what is never stored again, made at the first erasure."""
    key = connection.execute(sa.select(tombstone_key.c.key)).scalar()
    if key is None:
        key = secrets.token_hex(32)
        connection.execute(sa.insert(tombstone_key).values(id=1, key=key))
    return str(key)


def _who_query(author: str, platform: str | None) -> sa.Select[Any]:
    """Whose posts carry this handle, name, id or key?"""
    bare = author.strip().removeprefix("@")
    handles = {bare.lower(), f"@{bare.lower()}"}
    columns = (
        sa.func.lower(item.c.author_handle).in_(handles),
        item.c.author_handle.in_((bare, f"@{bare}")),
        item.c.author_id == author.strip(),
        item.c.author_name == author.strip(),
        item.c.author_key == author.strip(),
    )
    query = sa.select(item.c.author_key).distinct().where(sa.or_(*columns), item.c.author_key.not_like("%:~%"))
    return query.where(item.c.platform == platform) if platform else query


def _somebody(connection: sa.Connection, key: str) -> Somebody:
    columns = (item.c.platform, item.c.author_id, item.c.author_handle, item.c.author_name, item.c.created_at)
    rows = connection.execute(sa.select(*columns).where(item.c.author_key == key)).all()
    return Somebody(
        platform=rows[0].platform,
        key=key,
        ids=tuple(sorted({row.author_id for row in rows if row.author_id})),
        handles=tuple(sorted({row.author_handle for row in rows if row.author_handle})),
        names=tuple(sorted({row.author_name for row in rows if row.author_name})),
        items=len(rows),
        first_at=min(row.created_at for row in rows),
        last_at=max(row.created_at for row in rows),
    )


def _changes(connection: sa.Connection, traces: Traces, platforms: Collection[str] = ()) -> Iterator[Change]:
    """Every row of every table that says one of the words, with what it shall say instead.

    Columns that hold an author say it only where that is all they say, and on these platforms: others may be called alike.
    """
    if not traces.words:
        return
    for table in metadata.sorted_tables:
        texts = [column for column in table.c if isinstance(column.type, sa.String | sa.JSON) and _may_name(table, column)]
        if table.name in _UNTOUCHED or not texts:
            continue
        for row in connection.execute(sa.select(table).where(_likely(traces, texts))):
            there = not platforms or row._mapping.get("platform") in platforms
            values = {column.name: _without(traces, column.name, row._mapping[column.name], there=there) for column in texts}
            changed = {name: value for name, value in values.items() if value != row._mapping[name]}
            if changed:
                sealed = {"redacted": traces.pseudonym} if "redacted" in table.c else {}
                yield Change(table, row, {name: _fitting(table.c[name], value) for name, value in changed.items()} | sealed)


def _may_name(table: sa.Table, column: sa.Column[Any]) -> bool:
    return column.name not in _OUR_WORDS or (table.name, column.name) in _PERSONS


def _likely(traces: Traces, texts: Sequence[sa.Column[Any]]) -> sa.ColumnElement[bool]:
    if traces.likely is None:
        return sa.true()
    return sa.or_(*(sa.func.lower(sa.cast(column, sa.Text)).contains(run, autoescape=True) for column in texts for run in traces.likely))


def _without(traces: Traces, name: str, value: Any, *, there: bool) -> Any:
    if name in _AUTHORS:
        return traces.whole(value) if there else value
    return traces.in_text(value) if isinstance(value, str) else traces.in_json(value)


def _fitting(column: sa.Column[Any], value: Any) -> Any:
    """No longer than the column allows."""
    length = getattr(column.type, "length", None)
    return value[:length] if isinstance(value, str) and length else value


def _rename_stories(connection: sa.Connection, key: str, new: str) -> None:
    """A story of one account is keyed by a hash of its author: it becomes the pseudonym's."""
    old, fresh = (blake2b(one.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest() for one in (key, new))
    for row in connection.execute(sa.select(incident.c.id, incident.c.dedup_key).where(incident.c.dedup_key.contains(old))).all():
        connection.execute(sa.update(incident).where(incident.c.id == row.id).values(dedup_key=row.dedup_key.replace(old, fresh)))


def _forget_aliases(connection: sa.Connection, traces: Traces) -> list[str]:
    """Destroy the keys of the audit's pseudonyms for these names. Answers the pseudonyms."""
    gone = [row for row in connection.execute(sa.select(pseudonym)).all() if traces.in_text(row.name) != row.name]
    connection.execute(sa.delete(pseudonym).where(pseudonym.c.pseudonym.in_([row.pseudonym for row in gone])))
    return [row.pseudonym for row in gone]


def _forget_keys(connection: sa.Connection, people: Sequence[str]) -> Counter[str]:
    """Nobody signs in any more as somebody who was erased."""
    columns = (*(table.c.person for table in _KEYS_OF_PEOPLE), access_token.c.subject)
    return Counter(
        {column.table.name: connection.execute(sa.delete(column.table).where(column.in_(people))).rowcount for column in columns}
    )
