"""Events on their way to hooks. What happened is marked in the transaction in which it happened; `announce` makes calls of the marks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.canary import CANARY
from core.errors import Conflict
from core.failpoint import reach
from core.hooks import HookCall, HookHealth, Wish
from core.types import Json
from storage.database import Database
from storage.schema import conversation, finding, incident, incident_event
from storage.schema_crisis import crisis, crisis_entry
from storage.schema_daily import conversation_event, hook_call

AT_ONCE = 500
DAY = timedelta(days=1)
QUIET = ("text", "because")

MARKED = {
    "incident": incident_event,
    "conversation": conversation_event,
    "opened": conversation,
    "finding": finding,
    "crisis": crisis_entry,
}


class Hooks:
    """Questions about what hooks are told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def announce(self, wishes: Sequence[Wish], now: datetime) -> int:
        """Make a call for each hook that wants it of each event that nobody was told of yet; answers how many events there were."""
        done = 0
        for name in self._marked():
            table = MARKED[name]
            with self._database.write() as connection:
                rows = connection.execute(self._database.skip_locked(unannounced_query(table))).all()
                told = [_told(connection, name, row) for row in rows if not _is_canary(connection, name, row)] if wishes else []
                calls = [_call(wish, one, now) for one in told for wish in wishes if wish.takes(one["kind"])]
                self._database.insert_new(connection, hook_call, calls)
                ids = [row.id for row in rows]
                connection.execute(sa.update(table).where(table.c.id.in_(ids)).values(unannounced=None))
                reach("hooks.announced")
            done += len(rows)
        return done

    def lease_due(self, now: datetime, limit: int, lease: timedelta) -> list[HookCall]:
        """Take the calls whose time has come, oldest event first; nobody else makes them until the lease ends."""
        if not self._waits(now):
            return []
        with self._database.write() as connection:
            rows = connection.execute(self._database.skip_locked(due_query(now, limit))).all()
            for row in rows:
                change = {"lease_until": now + lease, "token": row.token + 1, "first_try_at": row.first_try_at or now}
                connection.execute(sa.update(hook_call).where(hook_call.c.id == row.id).values(change))
        return [_due(row, now) for row in rows]

    def sent(self, call: HookCall, now: datetime) -> None:
        """It was taken. Raises Conflict when the lease was lost."""
        self._record(call, {"state": "sent", "sent_at": now, "reason": ""})

    def failed(self, call: HookCall, reason: str, due_at: datetime | None) -> None:
        """It was not; another try is due then, or never (None). Raises Conflict when the lease was lost."""
        ends: dict[str, Any] = {"state": "failed"} if due_at is None else {"due_at": due_at}
        self._record(call, ends | {"reason": reason[:96]})

    def health(self, now: datetime) -> list[HookHealth]:
        """How each hook does that was ever called."""
        waits, tried = hook_call.c.state == "waiting", sa.and_(hook_call.c.state == "waiting", hook_call.c.reason != "")
        columns = (
            hook_call.c.hook,
            sa.func.count().filter(waits).label("waiting"),
            sa.func.count().filter(tried).label("failing"),
            sa.func.min(hook_call.c.at).filter(tried).label("since"),
            sa.func.max(hook_call.c.reason).filter(tried).label("reason"),
            sa.func.count().filter(hook_call.c.state == "failed", hook_call.c.created_at > now - 2 * DAY).label("given_up"),
            sa.func.max(hook_call.c.sent_at).label("sent_at"),
        )
        with self._database.read() as connection:
            rows = connection.execute(sa.select(*columns).group_by(hook_call.c.hook).order_by(hook_call.c.hook)).all()
        return [HookHealth(**{**row._mapping, "reason": row.reason or ""}) for row in rows]

    def forget(self, before: datetime) -> int:
        """Let go of calls that ended before then."""
        ended = sa.and_(hook_call.c.state != "waiting", hook_call.c.created_at < before)
        with self._database.read() as connection:
            if connection.execute(sa.select(hook_call.c.id).where(ended).limit(1)).scalar() is None:
                return 0
        with self._database.write() as connection:
            return int(connection.execute(sa.delete(hook_call).where(ended)).rowcount)

    def _marked(self) -> list[str]:
        """Where something happened that was not announced; looked up without a write, for mostly nothing has."""
        with self._database.read() as connection:
            return [name for name, table in MARKED.items() if connection.execute(unannounced_query(table).limit(1)).first() is not None]

    def _waits(self, now: datetime) -> bool:
        with self._database.read() as connection:
            return connection.execute(due_query(now, 1)).first() is not None

    def _record(self, call: HookCall, change: dict[str, Any]) -> None:
        held = sa.and_(hook_call.c.id == call.call_id, hook_call.c.token == call.token, hook_call.c.state == "waiting")
        with self._database.write() as connection:
            values = {"lease_until": None, "tries": call.token} | change
            if connection.execute(sa.update(hook_call).where(held).values(values)).rowcount != 1:
                raise Conflict(f"call {call.call_id} is no longer ours", reason="lease_lost")


def unannounced_query(table: sa.Table) -> sa.Select[Any]:
    """What happened of which hooks were not told yet?"""
    return sa.select(table).where(table.c.unannounced.is_(sa.true())).order_by(table.c.id).limit(AT_ONCE)


def due_query(now: datetime, limit: int) -> sa.Select[Any]:
    """Which calls are to be made now?"""
    free = sa.or_(hook_call.c.lease_until.is_(None), hook_call.c.lease_until <= now)
    due = sa.and_(hook_call.c.state == sa.literal("waiting", literal_execute=True), hook_call.c.due_at <= now, free)
    return sa.select(hook_call).where(due).order_by(hook_call.c.due_at, hook_call.c.id).limit(limit)


def _is_canary(connection: sa.Connection, name: str, row: sa.Row[Any]) -> bool:
    """Nobody outside is told of the canary."""
    if name in {"finding", "opened"}:
        return bool(row.brand == CANARY)
    if name == "crisis":
        return False
    table, row_id = (incident, row.incident_id) if name == "incident" else (conversation, row.conversation_id)
    return connection.execute(sa.select(table.c.brand).where(table.c.id == row_id)).scalar() == CANARY


def _told(connection: sa.Connection, name: str, row: sa.Row[Any]) -> Json:
    """One event: what happened, to what, as that stands now. No post's text and no author's name leaves by this way."""
    if name == "finding":
        return {"kind": f"finding.{row.label}", "key": f"finding-{row.id}", "at": row.found_at, "data": {"finding": _finding(row)}}
    if name == "opened":
        return {
            "kind": "conversation.opened",
            "key": f"conversation-{row.id}",
            "at": row.opened_at,
            "data": {"conversation": _conversation(row)},
        }
    if name == "crisis":
        data = {"crisis": _crisis(connection, row.crisis_id), "event": {"actor": row.actor, "reason": "", "detail": row.detail}}
        return {"kind": f"crisis.{row.kind}", "key": f"crisis-entry-{row.id}", "at": row.at, "data": data}
    shown = _incident(connection, row.incident_id) if name == "incident" else _named(connection, row.conversation_id)
    event = {"actor": row.actor, "reason": row.reason, "detail": {key: value for key, value in row.detail.items() if key not in QUIET}}
    return {"kind": f"{name}.{row.kind}", "key": f"{name}-event-{row.id}", "at": row.at, "data": {name: shown, "event": event}}


def _incident(connection: sa.Connection, incident_id: int) -> Json:
    row = connection.execute(sa.select(incident).where(incident.c.id == incident_id)).one()
    names = ("id", "label", "title", "severity", "state", "owner", "brand", "items", "authors", "acknowledged_by", "version")
    return {name: getattr(row, name) for name in names} | {"opened_at": _time(row.opened_at), "resolved_at": _time(row.resolved_at)}


def _crisis(connection: sa.Connection, crisis_id: int) -> Json:
    """Without what was written into its log."""
    row = connection.execute(sa.select(crisis).where(crisis.c.id == crisis_id)).one()
    names = ("id", "kind", "title", "brand", "incident_id", "stage", "version")
    times = ("declared_at", "stood_down_at", "reviewed_at")
    return {name: getattr(row, name) for name in names} | {name: _time(getattr(row, name)) for name in times}


def _named(connection: sa.Connection, conversation_id: int) -> Json:
    return _conversation(connection.execute(sa.select(conversation).where(conversation.c.id == conversation_id)).one())


def _conversation(row: sa.Row[Any]) -> Json:
    names = ("id", "platform", "state", "owner", "brand", "items", "assignee", "version")
    times = ("opened_at", "due_at", "answered_at", "closed_at")
    return {name: getattr(row, name) for name in names} | {name: _time(getattr(row, name)) for name in times}


def _finding(row: sa.Row[Any]) -> Json:
    names = ("id", "item_id", "label", "severity", "score", "detector", "brand")
    return {name: getattr(row, name) for name in names} | {"said_at": _time(row.said_at)}


def _time(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _call(wish: Wish, told: Json, now: datetime) -> dict[str, Any]:
    return {"hook": wish.hook, **told, "state": "waiting", "due_at": now, "created_at": now}


def _due(row: sa.Row[Any], now: datetime) -> HookCall:
    return HookCall(
        call_id=row.id,
        token=row.token + 1,
        hook=row.hook,
        key=row.key,
        kind=row.kind,
        at=row.at,
        data=row.data,
        tries=row.token,
        first_try_at=row.first_try_at or now,
        uncertain=row.token > row.tries,
    )
