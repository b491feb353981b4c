"""Bluesky: an account with the replies to it, and search."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import Field, HttpUrl, model_validator

from collector.atproto import read_post, session_for, thread_posts
from collector.base import FIRST_POLL, Asking, Capabilities, ask, epoch, read_json
from collector.overlap import unseen
from collector.reading import each, maybe_moment, maybe_text, reject, rows, table
from collector.voice import is_ours
from core.errors import BadResponse, CollectError, Gone, HttpError, Unauthorized
from core.http import Answer, redact
from core.settings import SourceSettings
from core.table import SecretRef
from core.types import Author, Item, Json, Page, Quota, Rejected, Scope

_LIMIT = 100
_MAX_PAGES = 30
_OVERLAP = timedelta(minutes=30)
_RECHECKED = 25
_THREADS = 10
_POSTS = 40
_ANSWERED_FOR = timedelta(days=14)
_ABSENT = re.compile("not found|could not locate record", re.IGNORECASE)


class Settings(SourceSettings):
    """Bluesky: an account, or a search.

    One of: `account` (a handle such as "polna.example.com", or a did), which needs no sign-in; `search` (words as typed into the
    search field), which needs `handle` and `app_password`. `replies` also reads what is written under the account's posts. `server`
    answers what is public, `pds` is where the account that searches, or answers, is at home.
    """

    kind: Literal["bluesky"]
    account: str | None = Field(None, min_length=1)
    search: str | None = Field(None, min_length=1)
    replies: bool = True
    handle: str | None = None
    app_password: SecretRef | None = None
    server: HttpUrl = HttpUrl("https://public.api.bsky.app")
    pds: HttpUrl = HttpUrl("https://bsky.social")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.account is None) == (self.search is None):
            raise ValueError("exactly one was expected of: account, search")
        if self.search is not None and not (self.handle and self.app_password):
            raise ValueError('a search needs handle = "…" and app_password = { env = "…" }')
        return self


capabilities = Capabilities(comments=True, mentions=True, deletions=True, backfill=True, reply=True, like=True)


@dataclass(frozen=True, slots=True)
class _State:
    """The cursor, read. Steps of a sweep: feed (newest first, until what was read before), recheck (deletions), threads (replies).

    `until` is the newest time of the last whole sweep, `top` of this one so far; `page` is the platform's own cursor. `posts` are the
    account's newest posts as (uri, time), `threads` those whose replies are still to be read. `checked` counts rechecked ids.
    """

    step: str
    until: str
    top: str
    page: str
    pages: int
    checked: int
    posts: tuple[tuple[str, str], ...]
    threads: tuple[str, ...]
    seen: list[str]

    @classmethod
    def read(cls, cursor: Json | None) -> "_State":
        return cls(
            step=maybe_text(cursor, "step") or "feed",
            until=maybe_text(cursor, "until"),
            top=maybe_text(cursor, "top"),
            page=maybe_text(cursor, "page"),
            pages=int(cursor["pages"]) if cursor else 0,
            checked=int(cursor["checked"]) if cursor else 0,
            posts=tuple((str(uri), str(time)) for uri, time in rows(cursor, "posts")),
            threads=tuple(rows(cursor, "threads")),
            seen=rows(cursor, "seen"),
        )

    def cursor(self) -> Json:
        return {
            "step": self.step,
            "until": self.until,
            "top": self.top,
            "page": self.page,
            "pages": self.pages,
            "checked": self.checked,
            "posts": [list(post) for post in self.posts],
            "threads": list(self.threads),
            "seen": self.seen,
        }

    def swept(self, now: datetime, *, replies: bool) -> "_State":
        """After the recheck: the threads of the newest posts are next, or the sweep is over."""
        young = [uri for uri, time in self.posts if time >= (now - _ANSWERED_FOR).isoformat()] if replies else []
        threads = tuple(reversed(young))[:_THREADS]
        return replace(self, step="threads" if threads else "feed", threads=threads)


def collect(settings: Settings, cursor: Json | None, asking: Asking) -> Page:
    """One page of the feed or the search, one batch of posts asked for again, or one thread. Raises CollectError."""
    return _STEPS[(state := _State.read(cursor)).step](settings, state, asking)


def _feed(settings: Settings, state: _State, asking: Asking) -> Page:
    """Newest first, until half an hour before what the last sweep began with; on the first poll 30 days back."""
    since = datetime.fromisoformat(state.until) - _OVERLAP if state.until else asking.now - FIRST_POLL
    try:
        answer = _ask_feed(settings, state, asking)
    except BadResponse as error:
        if error.reason != "bad_request" or not state.page:
            raise
        # the platform forgot its own cursor: begin this sweep again
        return Page(items=(), cursor=replace(state, page="", pages=0).cursor(), more=False)
    raw = read_json(answer)
    name = "posts" if settings.search else "feed"
    if not isinstance(raw, dict) or not isinstance(raw.get(name), list):
        raise BadResponse(f"{redact(answer.url)} answered without {name}", reason="garbage")
    entries: list[Any] = raw[name]
    views = [entry if settings.search else table(entry, "post") for entry in entries if not _is_repeat(entry)]
    items, rejected = _read(settings, views, asking)
    times = [time for entry in entries if (time := _listed_at(entry)) is not None]
    top = max([time for time in times if time <= asking.now], default=asking.now - FIRST_POLL).isoformat()
    page, pages = maybe_text(raw, "cursor"), state.pages + 1
    ends = not page or page == state.page or pages >= _MAX_PAGES or (bool(times) and max(times) < since)
    young = tuple(item for item in items if state.until or item.created_at is None or item.created_at >= since)
    fresh, seen = unseen(young, state.seen)
    after = replace(state, top=max(state.top, top), page=page, pages=pages, seen=seen, posts=_posts(settings, state, items))
    if ends:
        after = replace(after, step="recheck", until=max(after.top, state.until), top="", page="", pages=0)
    return _page(fresh, after, answer, asking.now, rejected=rejected)


def _recheck(settings: Settings, state: _State, asking: Asking) -> Page:
    """The newest posts and a batch of older ones again: those that are not shown any more were deleted.

    It is asked without a session: whoever blocks the account that searches would look deleted otherwise.
    """
    known = [uri for uri in asking.known if uri.startswith("at://")]
    batch, checked = _batch(known, state.checked)
    after = replace(state, checked=checked).swept(asking.now, replies=settings.account is not None and settings.replies)
    if not batch:
        return Page(items=(), cursor=after.cursor(), more=bool(after.threads), requests=0)
    answer = ask(asking, "GET", _url(settings, "getPosts"), params={"uris": batch}, reset=reset, judge=judge)
    shown = table(read_json(answer)).get("posts")
    # an answer that cannot be read in full says nothing about what is missing in it
    readable = isinstance(shown, list) and all(maybe_text(view, "uri") for view in shown)
    there = {maybe_text(view, "uri") for view in shown} if readable and isinstance(shown, list) else set(batch)
    deleted = tuple(uri for uri in batch if uri not in there)
    after = replace(after, posts=tuple(post for post in after.posts if post[0] not in deleted))
    return _page((), after, answer, asking.now, deleted=deleted)


def _threads(settings: Settings, state: _State, asking: Asking) -> Page:
    """What is written under one post. One thread that cannot be read is noted and passed over."""
    uri, threads = state.threads[0], state.threads[1:]
    after = replace(state, threads=threads, step="threads" if threads else "feed")
    try:
        params = {"uri": uri, "depth": 100, "parentHeight": 0}
        answer = ask(asking, "GET", _url(settings, "getPostThread"), params=params, reset=reset, judge=judge)
        thread = table(read_json(answer), "thread")
    except Gone:
        posts = tuple(post for post in state.posts if post[0] != uri)
        return Page(items=(), cursor=replace(after, posts=posts).cursor(), more=bool(threads), deleted=(uri,))
    except BadResponse as error:
        noted = reject(error.reason, f"replies: {error}", uri)
        return Page(items=(), cursor=after.cursor(), more=bool(threads), rejected=(noted,))
    items, rejected = _read(settings, thread_posts(thread), asking)
    fresh, seen = unseen({item.external_id: item for item in items}.values(), state.seen)
    return _page(fresh, replace(after, seen=seen), answer, asking.now, rejected=rejected)


_STEPS = {"feed": _feed, "recheck": _recheck, "threads": _threads}


def _page(
    items: Iterable[Item],
    state: _State,
    answer: Answer,
    now: datetime,
    *,
    rejected: tuple[Rejected, ...] = (),
    deleted: tuple[str, ...] = (),
) -> Page:
    """A page; the sweep is over when the next step would be a new one."""
    more = state.step != "feed" or bool(state.page)
    return Page(items=tuple(items), cursor=state.cursor(), more=more, deleted=deleted, rejected=rejected, quotas=_quotas(answer, now))


def _ask_feed(settings: Settings, state: _State, asking: Asking) -> Answer:
    if settings.account is not None:
        params = {"actor": settings.account.lstrip("@"), "filter": "posts_with_replies", "limit": _LIMIT, "cursor": state.page or None}
        return ask(asking, "GET", _url(settings, "getAuthorFeed"), params=params, reset=reset, judge=judge)
    params = {"q": settings.search, "sort": "latest", "limit": _LIMIT, "cursor": state.page or None}
    return _with_session(settings, asking, f"{_host(settings.pds)}/xrpc/app.bsky.feed.searchPosts", params)


def _with_session(settings: Settings, asking: Asking, url: str, params: Json) -> Answer:
    """Ask as the account that searches; an expired token is renewed once."""
    password = settings.app_password.reveal() if settings.app_password else ""
    session = session_for(_host(settings.pds), settings.handle or "")
    token = session.access(password, asking, reset)
    try:
        return ask(asking, "GET", url, params=params, bearer=token, reset=reset, judge=judge)
    except Unauthorized as error:
        if error.reason != "expired":
            raise
    token = session.renew(token, password, asking, reset)
    return ask(asking, "GET", url, params=params, bearer=token, reset=reset, judge=judge)


def _read(settings: Settings, views: Iterable[Any], asking: Asking) -> tuple[tuple[Item, ...], tuple[Rejected, ...]]:
    return each(views, lambda view: read_post(view, asking.now, lambda author: _is_ours(settings, author)))


def _is_ours(settings: Settings, author: Author) -> bool:
    """By did or handle. The display name says nothing: anybody may take ours."""
    watched = (settings.account,) if settings.account and settings.scope in {Scope.OFFICIAL, Scope.EMPLOYEE} else ()
    return is_ours(replace(author, name=""), (*settings.ours, *watched))


def _is_repeat(entry: Any) -> bool:
    """A repost or a pin: the post itself stands elsewhere, or is somebody else's."""
    return bool(table(entry, "reason"))


def _listed_at(entry: Any) -> datetime | None:
    """The time by which the platform sorts an entry; pins stand where they like."""
    if maybe_text(entry, "reason", "$type").endswith("reasonPin"):
        return None
    view = table(entry, "post") or entry
    times = [maybe_moment(entry, "reason", "indexedAt")] if _is_repeat(entry) else [maybe_moment(view, "indexedAt")]
    times += [] if _is_repeat(entry) else [maybe_moment(view, "record", "createdAt")]
    return min((time for time in times if time is not None), default=None)


def _posts(settings: Settings, state: _State, items: Iterable[Item]) -> tuple[tuple[str, str], ...]:
    """The account's newest posts that begin a thread."""
    if settings.account is None:
        return ()
    found = {item.external_id: item.created_at.isoformat() for item in items if item.parent_id is None and item.created_at is not None}
    return tuple(sorted({**dict(state.posts), **found}.items(), key=lambda post: post[1])[-_POSTS:])


def _batch(known: list[str], checked: int) -> tuple[list[str], int]:
    """The newest half of a batch, and the next of the older ones in turn."""
    newest, older = known[: _RECHECKED // 2], known[_RECHECKED // 2 :]
    start = checked if checked < len(older) else 0
    turn = older[start : start + _RECHECKED - len(newest)]
    return newest + turn, start + len(turn)


def _host(url: HttpUrl) -> str:
    return str(url).rstrip("/")


def _url(settings: Settings, method: str) -> str:
    return f"{_host(settings.server)}/xrpc/app.bsky.feed.{method}"


def judge(answer: Answer, _now: datetime) -> CollectError | None:
    """Bluesky says with 400 what others say with 401 and 404. Source: the lexicons' errors."""
    if answer.status != 400:
        return None
    try:
        said = answer.json()
    except HttpError:
        said = {}
    name, message = maybe_text(said, "error")[:60], maybe_text(said, "message")[:200]
    words = f"{redact(answer.url)} answered 400 {name}: {message}"
    if name in {"ExpiredToken", "InvalidToken"}:
        return Unauthorized(words, reason="expired")
    if name in {"NotFound", "ActorNotFound", "RecordNotFound"} or (name == "InvalidRequest" and _ABSENT.search(message)):
        return Gone(words)
    return BadResponse(words, reason="bad_request")


def reset(answer: Answer, now: datetime) -> datetime | None:
    """When the window ends, as the server says."""
    return epoch(answer.headers.get("ratelimit-reset"), now)


def _quotas(answer: Answer, now: datetime) -> tuple[Quota, ...]:
    limit, left = (answer.headers.get(f"ratelimit-{name}", "") for name in ("limit", "remaining"))
    if not (limit.isdecimal() and left.isdecimal()):
        return ()
    return (Quota(name="requests", used=float(int(limit) - int(left)), limit=float(limit), reset_at=reset(answer, now)),)
