"""Mastodon and what speaks its API: hashtags, an account with the replies to it, and mentions of us."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self
from urllib.parse import quote

from pydantic import Field, HttpUrl, model_validator

from collector.base import FIRST_POLL, Asking, Capabilities, ask, read_json
from collector.fediverse import Family, Row, links, order, quotas, read_status, reset_at, row_of, status_of
from collector.overlap import unseen
from collector.reading import Unlike, each, identifier, maybe_text, reject, rows, table
from collector.voice import is_ours
from core.errors import BadResponse, CollectError, Gone, HttpError, Unauthorized
from core.http import Answer, redact
from core.settings import SourceSettings
from core.table import SecretRef
from core.types import Author, Item, Json, Page, Quota, Rejected, Scope, Voice

_LIMIT = 40
_FIRST_POLL_PAGES = 25
_ROWS = 80
_THREADS = 10
_ANSWERED_FOR = timedelta(days=14)
_LOOKUPS = 5


class Settings(SourceSettings):
    """Mastodon: hashtags, an account, or mentions of us.

    One of: `tag` or `tags` (without #), `account` ("name" on this server, "name@elsewhere" otherwise), `notifications = true` for
    mentions of the account whose `token` is given (scope read:notifications). `replies` also reads what is written under the
    account's posts. Most servers show tags and accounts without a token.
    """

    kind: Literal["mastodon"]
    server: HttpUrl = HttpUrl("https://mastodon.social")
    tag: str | None = Field(None, min_length=1)
    tags: tuple[str, ...] = ()
    account: str | None = Field(None, min_length=1)
    replies: bool = True
    notifications: bool = False
    token: SecretRef | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum((bool(self.tag or self.tags), bool(self.account), self.notifications)) != 1:
            raise ValueError("exactly one was expected of: tag (or tags), account, notifications = true")
        if self.notifications and self.token is None:
            raise ValueError('notifications need a token = { env = "…" }')
        return self

    def lanes(self) -> tuple[str, ...]:
        """The lists to read: one per tag, or the one list of the account or of the notifications."""
        if self.account or self.notifications:
            return ("account",) if self.account else ("notifications",)
        return tuple(dict.fromkeys(name.strip().lstrip("#") for name in (*self.tags, *([self.tag] if self.tag else ()))))


capabilities = Capabilities(comments=True, mentions=True, edits=True, deletions=True, backfill=True, reply=True, like=True)


@dataclass(frozen=True, slots=True)
class _Lane:
    """Where we are in one list. Steps of a sweep: back (first poll only), forward, recheck, replies.

    `last` is the newest id read, `max_id` where to go on backwards, `rows` the newest statuses shown, `threads` the statuses whose
    replies are still to be read in this sweep, `under` the replies shown last time, by status.
    """

    step: str
    last: str
    max_id: str
    pages: int
    rows: tuple[Row, ...]
    threads: tuple[str, ...]
    under: dict[str, list[list[str]]]

    @classmethod
    def read(cls, raw: Json) -> "_Lane":
        return cls(
            step=maybe_text(raw, "step") or "back",
            last=maybe_text(raw, "last"),
            max_id=maybe_text(raw, "max_id"),
            pages=int(raw.get("pages", 0)),
            rows=tuple(Row.read(row) for row in rows(raw, "rows")),
            threads=tuple(rows(raw, "threads")),
            under=table(raw, "under"),
        )

    def cursor(self) -> Json:
        return {
            "step": self.step,
            "last": self.last,
            "max_id": self.max_id,
            "pages": self.pages,
            "rows": [row.row() for row in self.rows],
            "threads": list(self.threads),
            "under": self.under,
        }

    def with_rows(self, shown: Iterable[Row]) -> "_Lane":
        merged = {row.status_id: row for row in (*self.rows, *shown)}
        return replace(self, rows=tuple(sorted(merged.values(), key=lambda row: order(row.page_id))[-_ROWS:]))


@dataclass(frozen=True, slots=True)
class _Step:
    """What one step brought: the lane afterwards, and whether its sweep is over."""

    lane: _Lane
    over: bool
    items: tuple[Item, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    deleted: tuple[str, ...] = ()
    quotas: tuple[Quota, ...] = ()
    requests: int = 1


@dataclass(frozen=True, slots=True)
class _Server:
    """One server asked in one way."""

    settings: Settings
    asking: Asking
    lane: str
    account_id: str

    def get(self, path: str, **params: Any) -> Answer:
        token = self.settings.token.reveal() if self.settings.token else None
        url = f"{str(self.settings.server).rstrip('/')}/api/v1/{path}"
        return ask(self.asking, "GET", url, params=params, bearer=token, reset=reset_at, judge=_judge)

    def page(self, **params: Any) -> tuple[list[Any], Answer]:
        """One page of the lane's list, newest first. Raises BadResponse(garbage) where no list comes."""
        if self.lane == "account" and self.settings.account:
            answer = self.get(f"accounts/{quote(self.account_id, safe='')}/statuses", exclude_reblogs="true", limit=_LIMIT, **params)
        elif self.lane == "notifications" and self.settings.notifications:
            answer = self.get("notifications", limit=_LIMIT, **{"types[]": "mention"}, **params)
        else:
            answer = self.get(f"timelines/tag/{quote(self.lane, safe='')}", limit=_LIMIT, **params)
        return _list(answer), answer

    def is_gone(self, status_id: str) -> bool:
        try:
            self.get(f"statuses/{quote(status_id, safe='')}")
        except Gone:
            return True
        return False

    def voice(self, account_id: str, author: Author) -> Voice:
        """Ours by account or handle. The display name says nothing: anybody may take ours."""
        ours = self.settings.ours
        if self.settings.notifications or self.settings.account is None or self.settings.scope not in {Scope.OFFICIAL, Scope.EMPLOYEE}:
            return Voice.OURS if is_ours(replace(author, name=""), ours) else Voice.PUBLIC
        return Voice.OURS if account_id == self.account_id or is_ours(replace(author, name=""), ours) else Voice.PUBLIC

    def read(self, raws: Iterable[Any], family: Family) -> tuple[tuple[Item, ...], tuple[Rejected, ...]]:
        host = self.settings.server.host or ""
        return each(raws, lambda raw: read_status(raw, self.asking.now, host, self.voice, family))


def collect(settings: Settings, cursor: Json | None, asking: Asking) -> Page:
    """One list's page, one recheck of its newest page, or the replies to one post. Raises CollectError."""
    lanes = settings.lanes()
    todo = [lane for lane in rows(cursor, "todo") if lane in lanes] or list(lanes)
    account_id, asked = _account_id(settings, cursor, asking)
    server = _Server(settings, asking, todo[0], account_id)
    step = _STEPS[(lane := _Lane.read(table(cursor, "lanes", todo[0]))).step](server, lane)
    items, seen = unseen(step.items, rows(cursor, "seen"))
    todo = todo[1:] if step.over else todo
    kept = {name: state for name, state in table(cursor, "lanes").items() if name in lanes}
    return Page(
        items=items,
        cursor={"lanes": kept | {server.lane: step.lane.cursor()}, "todo": todo, "seen": seen, "account": [settings.account, account_id]},
        more=bool(todo),
        deleted=step.deleted,
        rejected=step.rejected,
        quotas=step.quotas,
        requests=step.requests + asked,
        retry_at=next((quota.reset_at for quota in step.quotas if quota.limit is not None and quota.used >= quota.limit), None),
    )


def _back(server: _Server, lane: _Lane) -> _Step:
    """The first poll: from the newest page back, 30 days at most."""
    raws, answer = server.page(**({"max_id": lane.max_id} if lane.max_id else {}))
    shown = _rows(raws)
    since = server.asking.now - FIRST_POLL
    items, rejected = server.read(raws, _family(lane, shown))
    oldest = min(shown, key=lambda row: order(row.page_id), default=None)
    following = links(answer).get("next") or (oldest.page_id if oldest else "")
    ends = not following or following == lane.max_id or lane.pages + 1 >= _FIRST_POLL_PAGES
    ends = ends or (oldest is not None and datetime.fromisoformat(oldest.created) < since)
    newest = max([lane.last, *(row.page_id for row in shown)], key=order)
    after = replace(lane.with_rows(shown), last=newest, max_id=following, pages=lane.pages + 1)
    young = tuple(item for item in items if item.created_at is None or item.created_at >= since)
    found = _Step(after, over=False, items=young, rejected=rejected, quotas=quotas(answer, server.asking.now))
    return _to_replies(server, found) if ends else found


def _forward(server: _Server, lane: _Lane) -> _Step:
    """What came since, oldest first, until nothing comes: a page may be short, or empty while its link leads on."""
    raws, answer = server.page(min_id=lane.last or "0")
    shown = _rows(raws)
    others, asked = _others(server, _family(lane, shown), raws)
    items, rejected = server.read(raws, _family(lane, shown, others))
    newest = max([lane.last, *(row.page_id for row in shown), links(answer).get("prev", "")], key=order)
    step = "forward" if order(newest) > order(lane.last) else "recheck"
    after = replace(lane.with_rows(shown), last=newest, step=step)
    return _Step(after, over=False, items=items, rejected=rejected, quotas=quotas(answer, server.asking.now), requests=1 + asked)


def _recheck(server: _Server, lane: _Lane) -> _Step:
    """The newest page again: edits, what arrived behind what we had, and what is no longer shown."""
    raws, answer = server.page()
    shown = _rows(raws)
    items, rejected = server.read(raws, _family(lane, shown))
    reaches = min((order(row.page_id) for row in shown), default=(0, "")) if links(answer).get("next") else (0, "")
    present = {row.status_id for row in shown}
    missing = [row for row in lane.rows if order(row.page_id) >= reaches and row.status_id not in present][:_LOOKUPS]
    deleted = tuple(row.uri for row in missing if server.is_gone(row.status_id))
    kept = replace(lane, rows=tuple(row for row in lane.rows if row not in missing)).with_rows(shown)
    found = _Step(kept, False, items, rejected, deleted, quotas(answer, server.asking.now), 1 + len(missing))
    return _to_replies(server, found)


def _to_replies(server: _Server, step: _Step) -> _Step:
    """The last step of a sweep: the replies to the account's newest posts, if there are any to ask for."""
    since = (server.asking.now - _ANSWERED_FOR).isoformat()
    wanted = server.settings.account is not None and server.settings.replies
    ours = Family(step.lane.rows)
    firsts = (row.status_id for row in reversed(step.lane.rows) if row.created >= since and row.parent not in ours)
    threads = tuple(firsts)[:_THREADS] if wanted else ()
    under = {status_id: shown for status_id, shown in step.lane.under.items() if status_id in threads}
    lane = replace(step.lane, step="replies" if threads else "forward", threads=threads, under=under)
    return replace(step, lane=lane, over=not threads)


def _replies(server: _Server, lane: _Lane) -> _Step:
    """What is written under one post. One thread that cannot be read is noted and passed over."""
    status_id, threads = lane.threads[0], lane.threads[1:]
    after = replace(lane, threads=threads, step="replies" if threads else "forward")
    root = next((row for row in lane.rows if row.status_id == status_id), None)
    if root is None:
        return _Step(after, over=not threads, requests=0)
    try:
        answer = server.get(f"statuses/{quote(status_id, safe='')}/context")
        raws = rows(read_json(answer), "descendants")
    except Gone:
        return _Step(replace(after, rows=tuple(row for row in lane.rows if row != root)), over=not threads, deleted=(root.uri,))
    except BadResponse as error:
        return _Step(after, over=not threads, rejected=(reject(error.reason, f"replies: {error}", root.uri),))
    shown = _rows(raws)
    items, rejected = server.read(raws, family := _family(lane, shown))
    missing = [Row.read(row) for row in lane.under.get(status_id, []) if row[1] not in {found.status_id for found in shown}][:_LOOKUPS]
    deleted = tuple(row.uri for row in missing if server.is_gone(row.status_id))
    after = replace(after, under=lane.under | {status_id: [row.row() for row in shown]})
    threaded = tuple(replace(item, thread_id=family.root(status_id)) for item in items)
    return _Step(after, not threads, threaded, rejected, deleted, quotas(answer, server.asking.now), 1 + len(missing))


_STEPS = {"back": _back, "forward": _forward, "recheck": _recheck, "replies": _replies}


def _account_id(settings: Settings, cursor: Json | None, asking: Asking) -> tuple[str, int]:
    """The id of the configured account, asked for once; and how many requests that took."""
    if settings.account is None:
        return "", 0
    if rows(cursor, "account")[:1] == [settings.account]:
        return maybe_text(cursor, "account", 1), 0
    answer = _Server(settings, asking, "account", "").get("accounts/lookup", acct=settings.account.lstrip("@"))
    try:
        return identifier(read_json(answer), "id"), 1
    except Unlike as error:
        raise BadResponse(f"{redact(answer.url)} answered without an account: {error}", reason="garbage") from error


def _others(server: _Server, family: Family, raws: Iterable[Any]) -> tuple[dict[str, str], int]:
    """The uris of what an account answers of others: its replies name only ids on this server, so some are looked up."""
    if server.settings.account is None:
        return {}, 0
    unknown = [parent for raw in raws if (parent := maybe_text(status_of(raw), "in_reply_to_id")) and parent not in family]
    wanted, found = list(dict.fromkeys(unknown))[:_LOOKUPS], dict[str, str]()
    for parent in wanted:
        try:
            found[parent] = identifier(read_json(server.get(f"statuses/{quote(parent, safe='')}")), "uri")
        except (Gone, BadResponse, Unlike):
            continue  # what is answered is gone or hidden: the answer still counts
    return found, len(wanted)


def _family(lane: _Lane, shown: Iterable[Row], others: Mapping[str, str] | None = None) -> Family:
    under = (Row.read(row) for replies in lane.under.values() for row in replies)
    return Family((*lane.rows, *under, *shown), others)


def _rows(raws: Iterable[Any]) -> list[Row]:
    found = []
    for raw in raws:
        try:
            found.append(row_of(raw))
        except (Unlike, KeyError, TypeError):
            continue  # read() rejects it with its reason
    return found


def _list(answer: Answer) -> list[Any]:
    raws = read_json(answer)
    if not isinstance(raws, list):
        raise BadResponse(f"{redact(answer.url)} answered with something else than a list", reason="garbage")
    return raws


def _judge(answer: Answer, _now: datetime) -> CollectError | None:
    """A server that shows its public lists to members only says so with 422."""
    if answer.status != 422:
        return None
    try:
        said = maybe_text(answer.json(), "error")[:200]
    except HttpError:
        said = ""
    return Unauthorized(f"{redact(answer.url)} answered 422: {said or 'not without an account'}; a token may be needed on this server")
