"""The outbox of answers on platforms: written with the conversation's act, leased with a fencing token, never tried twice blindly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.errors import Conflict, NotFound
from core.failpoint import reach
from core.replies import Answered, DueReply, NewReply, ReplyKind, ReplyRow, ReplyState, Target
from storage.conversations import NOT_CLAIMED
from storage.database import Database
from storage.schema import CLOSED, conversation, item
from storage.schema_daily import conversation_event
from storage.schema_reply import IS_TRIED, reply

WRITTEN = {ReplyKind.REPLY: "reply_written", ReplyKind.LIKE: "like_asked", ReplyKind.HIDE: "hide_asked"}


@dataclass(frozen=True)
class Replies:
    """Questions about what we answer."""

    database: Database

    def write(self, new: NewReply) -> int:
        """Put it into the outbox with the conversation's next version. Raises Conflict: somebody was faster, or is answering."""
        same = sa.and_(conversation.c.id == new.conversation_id, conversation.c.version == new.version, conversation.c.state != CLOSED)
        free = sa.or_(conversation.c.claimed_by.is_(None), conversation.c.claimed_by == new.actor, conversation.c.claimed_until <= new.at)
        values = {name: getattr(new, name) for name in ("conversation_id", "item_id", "source_id", "text")}
        values |= {"kind": new.kind.value, "written_by": new.actor, "written_at": new.at, "due_at": new.at}
        values["state"] = "approval" if new.approval else "waiting"
        with self.database.write() as connection:
            changed = sa.update(conversation).where(same, free).values(version=conversation.c.version + 1)
            if not connection.execute(changed).rowcount:
                raise Conflict("the conversation was changed, or somebody else is answering; look again before you send")
            try:
                reply_id: int = connection.execute(sa.insert(reply).values(values).returning(reply.c.id)).scalar_one()
            except sa.exc.IntegrityError as error:
                raise Conflict("the same is on its way already; look again before you send", reason="on_its_way") from error
            _tell(connection, new.conversation_id, new.at, new.actor, WRITTEN[new.kind], {"reply": reply_id})
        return reply_id

    def approve(self, reply_id: int, version: int, actor: str, now: datetime) -> None:
        """`actor` has read it: it goes out. Raises Conflict: it is not what they saw, or their own."""
        mine = sa.and_(reply.c.id == reply_id, reply.c.version == version, reply.c.state == "approval", reply.c.written_by != actor)
        self._decide(mine, reply_id, now, actor, "reply_approved", {"state": "waiting", "approved_by": actor, "due_at": now})

    def withdraw(self, reply_id: int, version: int, actor: str, now: datetime) -> None:
        """It is not to go out. Raises Conflict: it is being tried, or it is not what they saw."""
        free = sa.or_(reply.c.lease_until.is_(None), reply.c.lease_until <= now)
        untried = sa.and_(reply.c.state == "waiting", reply.c.token == reply.c.tries, free)
        ours = sa.or_(reply.c.state.in_(("approval", "undecided")), untried)
        mine = sa.and_(reply.c.id == reply_id, reply.c.version == version, ours)
        self._decide(mine, reply_id, now, actor, "reply_withdrawn", {"state": "withdrawn"})

    def settle(self, reply_id: int, version: int, actor: str, now: datetime, *, arrived: bool) -> None:
        """A person has looked at the platform: it is there, or it is to be tried again. Raises Conflict."""
        mine = sa.and_(reply.c.id == reply_id, reply.c.version == version, reply.c.state == "undecided")
        if not arrived:
            again = {"state": "waiting", "due_at": now, "looks": 0, "first_try_at": None}
            self._decide(mine, reply_id, now, actor, "reply_again", again)
            return
        self._decide(mine, reply_id, now, actor, "reply_arrived", {"state": "sent", "sent_at": now}, sent=True)

    def lease_due(self, now: datetime, limit: int, lease: timedelta) -> list[DueReply]:
        """Take what is to be tried or looked for now. A lease that ended without a word is a try of unknown outcome: it is looked for."""
        with self.database.write() as connection:
            rows = connection.execute(self.database.skip_locked(due_query(now, limit))).all()
            for row in rows:
                change: dict[str, Any] = {"lease_until": now + lease, "token": row.token + 1, "first_try_at": row.first_try_at or now}
                if _is_uncertain(row):
                    change |= {"state": "checking", "tries": row.token}
                connection.execute(sa.update(reply).where(reply.c.id == row.id).values(change))
            found = [_due(connection, row, now) for row in rows]
        reach("answer.leased")
        return found

    def record(self, due: DueReply, answered: Answered, now: datetime) -> None:
        """Write how a try or a look ended; what was sent answers the conversation. Raises Conflict: the lease was lost."""
        held = sa.and_(reply.c.id == due.row.reply_id, reply.c.token == due.token, IS_TRIED)
        change: dict[str, Any] = {"state": answered.state.value, "lease_until": None, "reason": answered.reason[:96]}
        change |= {"detail": answered.detail[:500], "version": reply.c.version + 1, "tries": due.token}
        change |= {"looks": due.looks + 1} if answered.looked else {}
        change |= {"due_at": answered.due_at} if answered.due_at else {}
        if answered.state is ReplyState.SENT:
            change |= {"sent_at": now, "remote_id": answered.remote_id[:512]}
        with self.database.write() as connection:
            if connection.execute(sa.update(reply).where(held).values(change)).rowcount != 1:
                raise Conflict(f"reply {due.row.reply_id} is no longer ours", reason="lease_lost")
            _ended(connection, due, answered, now)
            reach("answer.recorded")
        reach("answer.committed")

    def get(self, reply_id: int) -> ReplyRow:
        """One of the outbox. Raises NotFound."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(reply).where(reply.c.id == reply_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no reply {reply_id}")
        return _row(row)

    def of(self, conversation_id: int) -> Sequence[ReplyRow]:
        """What was or is to be answered in a conversation, the newest first."""
        query = sa.select(reply).where(reply.c.conversation_id == conversation_id).order_by(reply.c.id.desc())
        with self.database.read() as connection:
            return [_row(row) for row in connection.execute(query)]

    def target(self, item_id: int) -> Target:
        """The post to answer. Raises NotFound: there is none, or it is deleted."""
        with self.database.read() as connection:
            return _target(connection, item_id)

    def counts(self) -> dict[str, int]:
        """How many are in each state that is not final?"""
        query = sa.select(reply.c.state, sa.func.count()).where(reply.c.state.in_(("approval", "waiting", "checking", "undecided")))
        with self.database.read() as connection:
            return {state: number for state, number in connection.execute(query.group_by(reply.c.state))}  # noqa: C416 - rows are no pairs

    def stuck(self, now: datetime) -> list[ReplyRow]:
        """What waited for its try before `now`, and what a person must decide; the oldest first."""
        late = sa.or_(sa.and_(IS_TRIED, reply.c.due_at <= now), reply.c.state == "undecided")
        with self.database.read() as connection:
            return [_row(row) for row in connection.execute(sa.select(reply).where(late).order_by(reply.c.id).limit(100))]

    def refused(self) -> list[ReplyRow]:
        """The newest refusal of each source and kind of act, while nothing of that kind has been sent by it since."""
        with self.database.read() as connection:
            rows = connection.execute(refused_query(100)).all()
        newest = {(row.source_id, row.kind): _row(row) for row in reversed(rows)}
        return sorted(newest.values(), key=lambda row: row.reply_id)

    def unsent(self, limit: int = 100) -> list[ReplyRow]:
        """The newest that failed, or that a person must decide."""
        query = sa.select(reply).where(reply.c.state.in_(("failed", "undecided"))).order_by(reply.c.id.desc()).limit(limit)
        with self.database.read() as connection:
            return [_row(row) for row in connection.execute(query)]

    def _decide(
        self,
        which: sa.ColumnElement[bool],
        reply_id: int,
        now: datetime,
        actor: str,
        kind: str,
        change: dict[str, Any],
        *,
        sent: bool = False,
    ) -> None:
        with self.database.write() as connection:
            query = sa.update(reply).where(which).values(change | {"version": reply.c.version + 1}).returning(reply)
            row = connection.execute(query).one_or_none()
            if row is None:
                raise Conflict("this was changed by somebody else, or is being tried right now; look again")
            _tell(connection, row.conversation_id, now, actor, kind, {"reply": reply_id})
            if sent and row.kind == "reply":
                _answers(connection, row.conversation_id, now)


def due_query(now: datetime, limit: int) -> sa.Select[Any]:
    """Which answers are to be tried or looked for now?"""
    free = sa.or_(reply.c.lease_until.is_(None), reply.c.lease_until <= now)
    return sa.select(reply).where(IS_TRIED, reply.c.due_at <= now, free).order_by(reply.c.due_at).limit(limit)


def refused_query(limit: int) -> sa.Select[Any]:
    """Which answers did a platform refuse our token, and nothing of their kind went out by that source since?"""
    later = reply.alias()
    same = sa.and_(later.c.source_id == reply.c.source_id, later.c.kind == reply.c.kind)
    sent = sa.exists().where(later.c.state == "sent", later.c.id > reply.c.id, same)
    ours = sa.and_(reply.c.state == "failed", reply.c.reason.in_(("refused", "expired")))
    return sa.select(reply).where(ours, ~sent).order_by(reply.c.id.desc()).limit(limit)


def _is_uncertain(row: sa.Row[Any]) -> bool:
    """Every lease raises the token and every recorded try catches up: a token ahead is a try that nobody recorded."""
    return bool(row.token > row.tries)


def _due(connection: sa.Connection, row: sa.Row[Any], now: datetime) -> DueReply:
    return DueReply(
        row=_row(row),
        target=_target(connection, row.item_id, deleted=True),
        token=row.token + 1,
        check=row.state == "checking" or _is_uncertain(row),
        first_try_at=row.first_try_at or now,
        looks=row.looks,
    )


def _ended(connection: sa.Connection, due: DueReply, answered: Answered, now: datetime) -> None:
    row = due.row
    if answered.state is ReplyState.SENT:
        _tell(connection, row.conversation_id, now, "czujka", f"{row.kind}_sent", {"reply": row.reply_id, "by": row.written_by})
        if row.kind is ReplyKind.REPLY:
            _answers(connection, row.conversation_id, now)
    elif answered.state in (ReplyState.FAILED, ReplyState.UNDECIDED):
        kind = f"{row.kind}_{answered.state}"
        _tell(connection, row.conversation_id, now, "czujka", kind, {"reply": row.reply_id, "reason": answered.reason})


def _answers(connection: sa.Connection, conversation_id: int, now: datetime) -> None:
    """The conversation is answered; its line of history is the reply's own."""
    first = sa.func.coalesce(conversation.c.answered_at, now)
    change = {"state": "answered", "answered_at": first, "last_answer_at": now, "version": conversation.c.version + 1, **NOT_CLAIMED}
    is_open = sa.and_(conversation.c.id == conversation_id, conversation.c.state != CLOSED)
    connection.execute(sa.update(conversation).where(is_open).values(change))


def _tell(connection: sa.Connection, conversation_id: int, now: datetime, actor: str, kind: str, detail: dict[str, Any]) -> None:
    line = {"conversation_id": conversation_id, "at": now, "actor": actor, "kind": kind, "reason": "on_platform", "detail": detail}
    connection.execute(sa.insert(conversation_event).values(line))


def _target(connection: sa.Connection, item_id: int, *, deleted: bool = False) -> Target:
    row = connection.execute(sa.select(item).where(item.c.id == item_id)).one_or_none()
    if row is None or (row.deleted_at is not None and not deleted):
        raise NotFound(f"post {item_id} is not there any more")
    return Target(
        item_id=row.id,
        source_id=row.source_id,
        platform=row.platform,
        external_id=row.external_id,
        author=row.author_handle or row.author_name,
        parent_id=row.parent_id,
        thread_id=row.thread_id,
        created_at=row.created_at,
        raw=row.raw or {},
    )


def _row(row: sa.Row[Any]) -> ReplyRow:
    return ReplyRow(
        reply_id=row.id,
        conversation_id=row.conversation_id,
        item_id=row.item_id,
        source_id=row.source_id,
        kind=ReplyKind(row.kind),
        text=row.text,
        state=ReplyState(row.state),
        written_by=row.written_by,
        written_at=row.written_at,
        approved_by=row.approved_by,
        due_at=row.due_at,
        tries=row.tries,
        sent_at=row.sent_at,
        remote_id=row.remote_id,
        reason=row.reason,
        detail=row.detail,
        version=row.version,
    )
