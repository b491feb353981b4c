"""What Facebook and Instagram share: Meta's Graph API, its errors, its paging, its usage headers, and the sweep over its lists.

A sweep reads lists (`Job`) one page at a time: the account's own posts, where it is mentioned, what is written under its newest
posts, and last whether known items are still there. Source: Meta for Developers, "Graph API" (paging, error handling, rate limits).
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import HttpUrl

from collector.base import FIRST_POLL, Asking, ask, read_json
from collector.overlap import unseen
from collector.reading import Unlike, each, identifier, maybe_count, maybe_text, reject, rows, table
from core.errors import BadResponse, CollectError, Gone, HttpError, RateLimited, Unauthorized
from core.http import Answer, redact
from core.types import Item, Json, Page, Quota

_TOKEN = frozenset({102, 190, 463, 467})
_THROTTLED = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
_MISSING_SUBCODE = 33
_PAGING = frozenset({"after", "until", "since", "__paging_token", "offset"})
_MAX_PAGES = 30
_OVERLAP = timedelta(minutes=30)
_RECHECKED = 25
_POSTS = 10
_ANSWERED_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Account:
    """The account whose token it is: its id and how others see its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Job:
    """One list being read: `edge` of `target`; `post` is the thread for what is written under it; `page` where to go on."""

    edge: str
    target: str
    post: str = ""
    page: Json = field(default_factory=dict)
    pages: int = 0

    @classmethod
    def read(cls, raw: Json) -> "Job":
        return cls(raw["edge"], raw["target"], raw["post"], raw["page"], raw["pages"])

    def cursor(self) -> Json:
        return {"edge": self.edge, "target": self.target, "post": self.post, "page": self.page, "pages": self.pages}


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How one of Meta's networks is asked.

    `lists` are the edges of the account that a sweep begins with, `own` those whose posts are ours to follow up, `under` the edge
    of what is written under a post. `path` and `params` say what is asked for an edge, `entries` finds the list in an answer,
    `further` names more lists that an entry leads to, `read` makes the item.
    """

    server: HttpUrl
    version: str
    token: str
    name_fields: str
    lists: tuple[Job, ...]
    own: frozenset[str]
    under: str
    params: Callable[[Job], Json]
    path: Callable[[Job, Account], str]
    entries: Callable[[Job, Any], list[Any]]
    further: Callable[[Job, Any], Iterable[Job]]
    read: Callable[[Job, Any, Account], Item | None]

    def url(self, path: str) -> str:
        return f"{str(self.server).rstrip('/')}/{self.version}/{path}"

    def get(self, asking: Asking, path: str, params: Json) -> Answer:
        return ask(asking, "GET", self.url(path), params=params, bearer=self.token, judge=judge)


@dataclass(frozen=True, slots=True)
class _State:
    """The cursor, read. `until` is the newest time of the last whole sweep by list, `top` of this one so far."""

    todo: tuple[Job, ...]
    until: dict[str, str]
    top: dict[str, str]
    posts: dict[str, str]
    checked: int
    seen: list[str]

    @classmethod
    def read(cls, cursor: Json | None) -> "_State":
        found = cursor or {}
        todo = tuple(Job.read(job) for job in rows(found, "todo"))
        return cls(todo, table(found, "until"), table(found, "top"), table(found, "posts"), found.get("checked", 0), rows(found, "seen"))


def sweep(network: Network, account_name: str, cursor: Json | None, asking: Asking) -> Page:
    """One page of one list, or one recheck. Raises CollectError."""
    state, account, asked = _State.read(cursor), *_account(network, account_name, cursor, asking)
    if not state.todo:
        state = replace(state, todo=network.lists)
    job = state.todo[0]
    after, page = (_recheck if job.edge == "recheck" else _list)(network, state, job, account, asking)
    left = {
        "account": [account_name, account.id, account.name],
        "todo": [job.cursor() for job in after.todo],
        "until": after.until,
        "top": after.top,
        "posts": after.posts,
        "checked": after.checked,
        "seen": after.seen,
    }
    return replace(page, cursor=left, more=bool(after.todo), requests=page.requests + asked)


def _account(network: Network, name: str, cursor: Json | None, asking: Asking) -> tuple[Account, int]:
    known = rows(cursor, "account")
    if len(known) == 3 and known[0] == name:
        return Account(known[1], known[2]), 0
    answer = network.get(asking, quote(name, safe=""), {"fields": network.name_fields})
    raw = read_json(answer)
    try:
        return Account(identifier(raw, "id"), maybe_text(raw, "username") or maybe_text(raw, "name")), 1
    except Unlike as error:
        raise BadResponse(f"{redact(answer.url)} answered without an account: {error}", reason="garbage") from error


def _list(network: Network, state: _State, job: Job, account: Account, asking: Asking) -> tuple[_State, Page]:
    """One page of a list. A list under a post, or one that lacks a permission, is noted and passed over when it cannot be read."""
    try:
        answer = network.get(asking, network.path(job, account), {**network.params(job), **job.page})
        raw = read_json(answer)
        found = network.entries(job, raw)
    except Gone:
        if not job.post:
            raise
        posts = {post: time for post, time in state.posts.items() if post != job.target}
        return _next(network, replace(state, posts=posts), state.todo[1:]), Page(items=(), cursor={}, deleted=(job.target,))
    except (BadResponse, Unauthorized) as error:
        if job == network.lists[0] or not (job.post or error.reason == "permission"):
            if job.page and error.reason == "bad_request":
                return _next(network, state, state.todo[1:]), Page(items=(), cursor={})
            raise
        noted = reject(error.reason, f"{job.edge}: {error}", job.target)
        return _next(network, state, state.todo[1:]), Page(items=(), cursor={}, rejected=(noted,))
    return _read_list(network, state, job, account, asking, (answer, raw, found))


def _read_list(
    network: Network, state: _State, job: Job, account: Account, asking: Asking, came: tuple[Answer, Any, list[Any]]
) -> tuple[_State, Page]:
    answer, raw, found = came
    items, rejected = each(found, lambda entry: _believed(network.read(job, entry, account), asking.now))
    since = _since(state, job, asking.now)
    floor = datetime.min.replace(tzinfo=UTC) if job.post else min(since, asking.now - FIRST_POLL)
    young = {item.external_id: item for item in items if item.created_at is None or item.created_at >= floor}
    fresh, seen = unseen(young.values(), state.seen)
    times = [item.created_at for item in items if item.created_at is not None]
    newest = max([*(time.isoformat() for time in times), state.top.get(job.edge, "")])
    following = _following(raw)
    over = not following or following == job.page or job.pages + 1 >= _MAX_PAGES
    over = over or (bool(found) and not fresh if job.post else bool(times) and max(times) < since)
    more = (*(replace(job, page=following, pages=job.pages + 1) for _ in range(not over)), *_further(network, job, found))
    after = replace(state, seen=seen)
    if not job.post:
        after = replace(after, top={**state.top, job.edge: newest}, posts=_posts(network, state, job, items))
        if over:
            oldest = (asking.now - FIRST_POLL).isoformat()
            after = replace(after, until={**state.until, job.edge: max(newest, state.until.get(job.edge, oldest))})
    page = Page(items=fresh, cursor={}, rejected=rejected, quotas=quotas(answer))
    return _next(network, after, (*more, *state.todo[1:])), _rested(page, answer, asking.now)


def _next(network: Network, state: _State, todo: tuple[Job, ...]) -> _State:
    """What is left of the sweep. After the account's own lists come the lists under its newest posts, and the recheck last."""
    if todo or state.todo[0].edge == "recheck":
        return replace(state, todo=todo)
    if state.todo[0].post or not network.under:
        return replace(state, todo=(Job("recheck", ""),))
    newest = sorted(state.posts, key=lambda post: state.posts[post], reverse=True)[:_POSTS]
    return replace(state, todo=(*(Job(network.under, post, post) for post in newest), Job("recheck", "")))


def _recheck(network: Network, state: _State, _job: Job, _account: Account, asking: Asking) -> tuple[_State, Page]:
    """Whether the newest known items, and a batch of older ones in turn, are still there. One request for up to 25."""
    newest, older = asking.known[: _RECHECKED // 2], asking.known[_RECHECKED // 2 :]
    start = state.checked if state.checked < len(older) else 0
    batch = [*newest, *older[start : start + _RECHECKED - len(newest)]]
    after = replace(state, todo=(), top={}, checked=start + len(batch) - len(newest))
    if not batch:
        return after, Page(items=(), cursor={}, requests=0)
    asked = json.dumps([{"method": "GET", "relative_url": f"{network.version}/{quote(known, safe='')}?fields=id"} for known in batch])
    answer = ask(asking, "POST", network.url(""), data={"batch": asked, "include_headers": "false"}, bearer=network.token, judge=judge)
    answers = read_json(answer)
    if not isinstance(answers, list) or len(answers) != len(batch):
        raise BadResponse(f"{redact(answer.url)} answered another number of questions than were asked", reason="garbage")
    deleted = tuple(known for known, one in zip(batch, answers, strict=True) if _is_missing(one))
    posts = {post: time for post, time in state.posts.items() if post not in deleted}
    return replace(after, posts=posts), Page(items=(), cursor={}, deleted=deleted, quotas=quotas(answer))


def _is_missing(one: Any) -> bool:
    try:
        error = table(json.loads(maybe_text(one, "body")), "error")
    except ValueError:
        return False
    return maybe_count(one, "code") in {400, 404} and _says_gone(error)


def _says_gone(error: Json) -> bool:
    code, subcode = maybe_count(error, "code"), maybe_count(error, "error_subcode")
    return code == 803 or (code == 100 and (subcode == _MISSING_SUBCODE or "does not exist" in maybe_text(error, "message")))


def _since(state: _State, job: Job, now: datetime) -> datetime:
    until = state.until.get(job.edge)
    return datetime.fromisoformat(until) - _OVERLAP if until else now - FIRST_POLL


def _believed(item: Item | None, now: datetime) -> Item | None:
    return replace(item, created_at=None) if item is not None and item.created_at is not None and item.created_at > now else item


def _posts(network: Network, state: _State, job: Job, items: Iterable[Item]) -> dict[str, str]:
    """The newest posts of our own that answers may still come to, with their times."""
    if job.edge not in network.own:
        return state.posts
    found = {item.external_id: item.created_at.isoformat() for item in items if item.created_at is not None}
    merged = state.posts | found
    newest = max(merged.values(), default="")
    since = (datetime.fromisoformat(newest) - _ANSWERED_FOR).isoformat() if newest else ""
    return {post: merged[post] for post in sorted(merged, key=lambda post: merged[post])[-4 * _POSTS :] if merged[post] >= since}


def _further(network: Network, job: Job, found: Iterable[Any]) -> list[Job]:
    return [further for entry in found if isinstance(entry, dict) for further in network.further(job, entry)]


def data(job: Job, raw: Any) -> list[Any]:
    """The entries of an ordinary list. Raises BadResponse where there is none."""
    if not isinstance(raw, dict) or not isinstance(raw.get("data"), list):
        raise BadResponse(f"{job.edge} was answered without data", reason="garbage")
    found: list[Any] = raw["data"]
    return found


def _following(raw: Any) -> Json:
    """Where the next page begins: the words of `next` that page, never its address or its token."""
    pairs = parse_qsl(urlsplit(maybe_text(raw, "paging", "next")).query)
    said = {name: value for name, value in pairs if name in _PAGING}
    after = maybe_text(raw, "paging", "cursors", "after")
    return said or ({"after": after} if after and maybe_text(raw, "paging", "next") else {})


def judge(answer: Answer, now: datetime) -> CollectError | None:
    """What the Graph's error envelope means; the type says nothing, the code does. Source: "Handle Errors"."""
    error = _envelope(answer)
    code = maybe_count(error, "code")
    if code is None or 200 <= answer.status < 300:
        return None
    said = re.sub(r"[\w|-]{25,}", "…", maybe_text(error, "message"))[:200]
    words = f"{redact(answer.url)} answered error {code}: {said}"
    if code in _TOKEN:
        return Unauthorized(f"{words}. The access token is not valid any more: make a new one", reason="token")
    if code in _THROTTLED:
        return RateLimited(words, retry_at=_regained(answer, now) or now + timedelta(minutes=15))
    if code in {3, 10} or 200 <= code < 300:
        return Unauthorized(f"{words}. The token lacks a permission: have it granted and make a new token", reason="permission")
    if _says_gone(error):
        return Gone(words)
    return BadResponse(words, reason="bad_request" if code == 100 else "server_error" if answer.status >= 500 else "unexpected_status")


def _envelope(answer: Answer) -> Json:
    try:
        return table(answer.json(), "error")
    except HttpError:
        return {}


def quotas(answer: Answer) -> tuple[Quota, ...]:
    """How much of the hour's calls is used, in percent, as X-App-Usage and X-Business-Use-Case-Usage say."""
    found = {}
    for name, usage in _usages(answer):
        used = [number for key in ("call_count", "total_time", "total_cputime") if (number := maybe_count(usage, key)) is not None]
        if used:
            found[name] = float(max(used))
    return tuple(Quota(name=name, used=used, limit=100.0) for name, used in found.items())


def _usages(answer: Answer) -> list[tuple[str, Json]]:
    app, business = (_header(answer, name) for name in ("x-app-usage", "x-business-use-case-usage"))
    each_case = [("business", case) for cases in business.values() if isinstance(cases, list) for case in cases if isinstance(case, dict)]
    return ([("app", app)] if app else []) + each_case


def _header(answer: Answer, name: str) -> Json:
    try:
        return table(json.loads(answer.headers.get(name, "")))
    except (ValueError, RecursionError):
        return {}


def _regained(answer: Answer, now: datetime) -> datetime | None:
    """When access comes back, by X-Business-Use-Case-Usage (minutes) or Retry-After."""
    minutes = [maybe_count(usage, "estimated_time_to_regain_access") or 0 for _, usage in _usages(answer)]
    after = answer.headers.get("retry-after", "")
    if any(minutes):
        return now + timedelta(minutes=min(max(minutes), 10_080))
    return now + timedelta(seconds=min(int(after), 604_800)) if after.isdecimal() else None


def _rested(page: Page, answer: Answer, now: datetime) -> Page:
    """Above 95 % the next poll waits, before Meta blocks the app."""
    if all(quota.used < 95 for quota in page.quotas):
        return page
    return replace(page, retry_at=_regained(answer, now) or now + timedelta(minutes=10))
