"""Reddit: subreddits, search, an account with what is written under its posts, and an account's inbox."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self
from urllib.parse import quote

from pydantic import Field, HttpUrl, model_validator

from collector import redditing
from collector.base import FIRST_POLL, Asking, Capabilities, read_json
from collector.overlap import unseen
from collector.reading import Unlike, each, maybe_text, reject, rows
from collector.terms import mentions
from collector.things import children, flatten, is_gone, made_at, name_of, read_thing
from collector.voice import is_ours
from core.errors import BadResponse, CollectError, Gone
from core.http import Answer
from core.settings import SourceSettings
from core.table import SecretRef
from core.types import Author, Item, Json, Page, Quota, Voice

_LIMIT = 100
_MAX_PAGES = 10
_OVERLAP = timedelta(minutes=30)
_TREES = 10
_POSTS = 40
_MORE = 5
_ANSWERED_FOR = timedelta(days=14)


class Settings(SourceSettings):
    """Reddit, by an app that Reddit has approved.

    One of: `subreddits`, `search` (words, or `search = ""` for the brand's terms), `account` (our own: its posts and what is written
    under them), `inbox = true` (mentions of and answers to the account that signs in). Of a subreddit only what names the brand is
    kept, unless `everything` is true. `username` with `password`, or a `refresh_token`, is needed for the inbox and to answer.
    """

    kind: Literal["reddit"]
    client_id: str = Field(min_length=1)
    client_secret: SecretRef
    subreddits: tuple[str, ...] = ()
    search: str | None = None
    account: str | None = Field(None, min_length=1)
    inbox: bool = False
    comments: bool = True
    everything: bool = False
    username: str | None = None
    password: SecretRef | None = None
    refresh_token: SecretRef | None = None
    server: HttpUrl = HttpUrl("https://www.reddit.com")
    oauth_server: HttpUrl = HttpUrl("https://oauth.reddit.com")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum((bool(self.subreddits), self.search is not None, self.account is not None, self.inbox)) != 1:
            raise ValueError("exactly one was expected of: subreddits, search, account, inbox = true")
        if self.inbox and not (self.refresh_token or (self.username and self.password)):
            raise ValueError("the inbox needs username and password, or a refresh_token")
        return self

    def lists(self) -> tuple[str, ...]:
        """The paths that a sweep begins with."""
        if self.subreddits:
            several = quote("+".join(name.strip().removeprefix("r/") for name in self.subreddits), safe="+")
            return (f"r/{several}/new", *([f"r/{several}/comments"] if self.comments else []))
        if self.account is not None:
            return (f"user/{quote(self.account.removeprefix('u/'), safe='')}/overview",)
        return ("search",) if self.search is not None else ("message/mentions", "message/comments", "message/selfreply")

    def who(self) -> Json:
        """What praw signs in with."""
        who: Json = {"client_id": self.client_id, "client_secret": self.client_secret.reveal()}
        if self.refresh_token is not None:
            return who | {"refresh_token": self.refresh_token.reveal()}
        if self.username is not None and self.password is not None:
            return who | {"username": self.username, "password": self.password.reveal()}
        return who


capabilities = Capabilities(comments=True, mentions=True, edits=True, deletions=True, backfill=True, reply=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """The cursor, read. `until` is the newest time of the last whole sweep by list, `posts` our newest posts with their times."""

    todo: tuple[str, ...] = ()
    after: str = ""
    pages: int = 0
    more: tuple[str, ...] = ()
    until: dict[str, str] = field(default_factory=dict)
    top: str = ""
    posts: dict[str, str] = field(default_factory=dict)
    checked: int = 0
    seen: tuple[str, ...] = ()

    @classmethod
    def read(cls, cursor: Json | None) -> "_State":
        found: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in (cursor or {}).items()}
        return cls(**found)

    def cursor(self) -> Json:
        return {name: list(value) if isinstance(value := getattr(self, name), tuple) else value for name in self.__slots__}

    def done(self) -> "_State":
        return replace(self, todo=self.todo[1:], after="", pages=0, top="", more=())


def collect(settings: Settings, cursor: Json | None, asking: Asking) -> Page:
    """One page of one list, one tree of comments, or one recheck of a hundred things. Raises CollectError."""
    state = _State.read(cursor)
    if not state.todo:
        state = replace(state, todo=(*settings.lists(), "trees", "recheck"))
    step = {"trees": _plan, "recheck": _recheck}.get(state.todo[0], _tree if state.todo[0].startswith("t3_") else _list)
    state, page = step(settings, state, asking)
    return replace(page, cursor=state.cursor(), more=bool(state.todo))


def _ask(settings: Settings, asking: Asking, path: str, **params: Any) -> Answer:
    server, oauth = (str(url).rstrip("/") for url in (settings.server, settings.oauth_server))
    return redditing.ask(asking, settings.who(), server, oauth, path, **params)


def _list(settings: Settings, state: _State, asking: Asking) -> tuple[_State, Page]:
    """One page of a list, newest first, back to half an hour before where the last sweep began."""
    path = state.todo[0]
    words = {"q": settings.search or _query(asking.terms), "sort": "new", "t": "month"} if path == "search" else {}
    answer = _ask(settings, asking, path, limit=_LIMIT, after=state.after or None, **words)
    raw = read_json(answer)
    try:
        found = children(raw)
    except Unlike as error:
        raise BadResponse(f"Reddit answered {path} without a list: {error}", reason="garbage") from error
    since = datetime.fromisoformat(state.until[path]) - _OVERLAP if path in state.until else asking.now - FIRST_POLL
    times = [time for thing in found if (time := made_at(thing)) is not None and time <= asking.now]
    top = max([state.top, *(time.isoformat() for time in times)])
    following = maybe_text(raw, "data", "after")
    after = replace(state, after=following, pages=state.pages + 1, top=top, posts=_posts(settings, state, found))
    if not following or following == state.after or after.pages >= _MAX_PAGES or (times and max(times) < since):
        after = replace(after, until={**state.until, path: max(top, state.until.get(path, since.isoformat()))}).done()
    floor = min(since, asking.now - FIRST_POLL)
    young = [thing for thing in found if (made := made_at(thing)) is None or made >= floor]
    return _page(settings, after, young, answer, asking, sieve=path.startswith("r/") and not settings.everything)


def _plan(settings: Settings, state: _State, asking: Asking) -> tuple[_State, Page]:
    """The trees under our own newest posts come next."""
    since = (asking.now - _ANSWERED_FOR).isoformat()
    young = sorted((post for post, time in state.posts.items() if time >= since), key=lambda post: state.posts[post], reverse=True)
    trees = tuple(young[:_TREES]) if settings.account is not None and settings.comments else ()
    return replace(state, todo=(*trees, *state.todo[1:])), Page(items=(), cursor={}, requests=0)


def _tree(settings: Settings, state: _State, asking: Asking) -> tuple[_State, Page]:
    """What is written under one post, or some of what its tree left out. A tree that cannot be read is noted and passed over."""
    post = state.todo[0]
    try:
        answer, things = _things(settings, state, asking, post)
    except Gone:
        posts = {known: time for known, time in state.posts.items() if known != post}
        return replace(state, posts=posts).done(), Page(items=(), cursor={}, deleted=(post,))
    except (BadResponse, Unlike) as error:
        reason = error.reason if isinstance(error, CollectError) else "unreadable"
        return state.done(), Page(items=(), cursor={}, rejected=(reject(reason, f"comments: {error}", post),))
    found, stubs = flatten(things)
    asks = [",".join(stub.children[start : start + _LIMIT]) for stub in stubs for start in range(0, len(stub.children), _LIMIT)]
    asks += [stub.parent for stub in stubs if not stub.children and stub.parent.startswith("t1_")]
    more = (*state.more[1:], *asks)[: max(0, _MORE - state.pages)]
    after = replace(state, more=more, pages=state.pages + 1) if more else state.done()
    return _page(settings, after, found, answer, asking)


def _things(settings: Settings, state: _State, asking: Asking, post: str) -> tuple[Answer, list[Any]]:
    wanted = state.more[0] if state.more else ""
    if wanted and not wanted.startswith("t1_"):
        answer = _ask(settings, asking, "api/morechildren", link_id=post, children=wanted, api_type="json", sort="new")
        return answer, rows(read_json(answer), "json", "data", "things")
    under = wanted.removeprefix("t1_") or None
    answer = _ask(settings, asking, f"comments/{quote(post.removeprefix('t3_'), safe='')}", limit=500, sort="new", comment=under)
    return answer, children(rows([read_json(answer)], 0)[-1] if rows([read_json(answer)], 0) else None)


def _recheck(settings: Settings, state: _State, asking: Asking) -> tuple[_State, Page]:
    """The newest known things, and a batch of older ones in turn: edits, and what was deleted or removed."""
    known = [name for name in asking.known if name.startswith(("t1_", "t3_"))]
    newest, older = known[: _LIMIT // 2], known[_LIMIT // 2 :]
    start = state.checked if state.checked < len(older) else 0
    turn = older[start : start + _LIMIT - len(newest)]
    after = replace(state, checked=start + len(turn)).done()
    batch = [*newest, *turn]
    if not batch:
        return after, Page(items=(), cursor={}, requests=0)
    answer = _ask(settings, asking, "api/info", id=",".join(batch))
    try:
        found = children(read_json(answer))
        names = {name_of(thing) for thing in found}
    except Unlike:
        # an answer that cannot be read in full says nothing about what is missing in it
        return after, Page(items=(), cursor={}, rejected=(reject("unreadable", "api/info: no list of things", answer.text()),))
    if not names and len(batch) > 1:
        # that everything is gone at once is a hiccup of the platform, not news
        return after, Page(items=(), cursor={}, quotas=_quotas(answer, asking.now))
    after, page = _page(settings, after, found, answer, asking)
    return after, replace(page, deleted=tuple(dict.fromkeys((*page.deleted, *(name for name in batch if name not in names)))))


def _page(
    settings: Settings, state: _State, found: Iterable[Any], answer: Answer, asking: Asking, *, sieve: bool = False
) -> tuple[_State, Page]:
    deleted: list[str] = []

    def read(thing: Any) -> Item | None:
        if is_gone(thing):
            deleted.append(name_of(thing))
            return None
        item = read_thing(thing, asking.now, lambda author: _voice(settings, author))
        return item if not sieve or mentions(f"{item.title} {item.text}", asking.terms) else None

    items, rejected = each(found, read)
    fresh, seen = unseen({item.external_id: item for item in items}.values(), list(state.seen))
    posts = {post: time for post, time in state.posts.items() if post not in deleted}
    page = Page(items=fresh, cursor={}, rejected=rejected, deleted=tuple(dict.fromkeys(deleted)), quotas=_quotas(answer, asking.now))
    return replace(state, seen=tuple(seen), posts=posts), page


def _posts(settings: Settings, state: _State, found: Iterable[Any]) -> dict[str, str]:
    """The account's newest posts, under which answers are looked for."""
    if settings.account is None:
        return state.posts
    posts = [thing for thing in found if maybe_text(thing, "kind") == "t3" and maybe_text(thing, "data", "name").startswith("t3_")]
    made = {maybe_text(post, "data", "name"): time.isoformat() for post in posts if (time := made_at(post)) is not None}
    merged = state.posts | made
    return dict(sorted(merged.items(), key=lambda post: post[1])[-_POSTS:])


def _voice(settings: Settings, author: Author) -> Voice:
    watched = [name.removeprefix("u/") for name in (settings.account, settings.username) if name]
    return Voice.OURS if is_ours(author, (*settings.ours, *watched)) else Voice.PUBLIC


def _query(terms: tuple[str, ...]) -> str:
    """The brand's terms as a search of at most 512 characters. Raises BadResponse without any."""
    words = ['"' + term.replace('"', "") + '"' for term in terms if term.strip()]
    while len(" OR ".join(words)) > 512:
        words.pop()
    if not words:
        raise BadResponse("there is nothing to search for: give search, or a brand with terms", reason="no_query")
    return " OR ".join(words)


def _quotas(answer: Answer, now: datetime) -> tuple[Quota, ...]:
    """Reddit tells of its window in part of its answers only; what remains may be a decimal."""
    try:
        used, left = (float(answer.headers.get(f"x-ratelimit-{name}", "")) for name in ("used", "remaining"))
    except ValueError:
        return ()
    return (Quota(name="requests", used=used, limit=used + left, reset_at=redditing.reset(answer, now)),)
