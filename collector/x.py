"""X: an account with the answers to it, mentions of it, and search. Every post read is paid for, so reads are counted and capped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Self

import requests
import tweepy
from pydantic import Field, HttpUrl, model_validator

from collector.base import FIRST_POLL, Asking, Capabilities, check, read_json
from collector.overlap import unseen
from collector.reading import Unlike, each, identifier, maybe_text, rows, table
from collector.tweets import FIELDS, PROGRAM, Includes, id_at, read_post, time_of
from collector.voice import is_ours
from collector.x_limits import judge, next_month, quotas, reset
from core.budgets import LEAST, MENTIONS, READS
from core.errors import BadResponse, BudgetSpent, Gone, HttpError
from core.http import Answer, redact
from core.settings import SourceSettings
from core.table import Duration, SecretRef
from core.types import Author, Json, Page, Quota, Scope, Voice

_LIMIT = 100
_MAX_PAGES = 30
_MAX_QUERY = 512
_OVERLAP = timedelta(minutes=15)
_SEARCHED = timedelta(days=7) - timedelta(minutes=10)
_POSTS = 10
_WINDOW = timedelta(days=7)


class Settings(SourceSettings):
    """X (formerly Twitter), by a paid app.

    `account` (a handle or an id) reads its posts, with `comments` what is written under its newest posts, with `mentions` what
    mentions it. Without an account it searches for `query`, or for the brand's terms. At most `monthly_reads` posts are read in a
    calendar month (UTC). Of these `reserve` (a fifth, unless it is given) are kept for the account's own posts, the answers to them and
    deletions, where a source reads mentions too: mentions stop first, until the next month. Posts of the last week are looked up again
    every `recheck`, for deletions; those reads count too.
    """

    kind: Literal["x"]
    token: SecretRef
    account: str | None = Field(None, min_length=1)
    posts: bool = True
    comments: bool = True
    mentions: bool = False
    query: str | None = Field(None, min_length=1, max_length=_MAX_QUERY)
    monthly_reads: int = Field(10_000, ge=LEAST)
    reserve: int | None = Field(None, ge=0)
    recheck: Duration = timedelta(hours=12)
    server: HttpUrl = HttpUrl("https://api.x.com")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.account is not None and self.query is not None:
            raise ValueError("one was expected of account and query; make two sources of it")
        if self.account is not None and not (self.posts or self.mentions):
            raise ValueError("at least one was expected of: posts = true, mentions = true")
        if self.reserve is not None and self.reserve > self.monthly_reads:
            raise ValueError("reserve is a part of monthly_reads and cannot be more")
        return self

    def kept(self) -> int:
        """How many of the month's reads mentions must leave for the account's own posts."""
        if self.account is None or not (self.posts and self.mentions):
            return 0
        return self.monthly_reads // 5 if self.reserve is None else self.reserve

    def steps(self) -> tuple[str, ...]:
        """What a sweep reads, in order; the recheck comes when it is due."""
        if self.account is None:
            return ("search",)
        wanted = (("timeline", self.posts), ("mentions", self.mentions), ("comments", self.posts and self.comments))
        return tuple(step for step, is_wanted in wanted if is_wanted)


capabilities = Capabilities(comments=True, mentions=True, edits=True, deletions=True, backfill=True, paid_reads=True, reply=True, hide=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """The cursor, read. `until` is the newest id of the last whole sweep by step, `top` of this one; `spent` the month's reads."""

    todo: tuple[str, ...] = ()
    page: str = ""
    pages: int = 0
    until: dict[str, str] = field(default_factory=dict)
    top: str = ""
    posts: tuple[str, ...] = ()
    account: tuple[str, str] = ("", "")
    month: str = ""
    spent: int = 0
    checked: int = 0
    rechecked_at: str = ""
    seen: tuple[str, ...] = ()

    @classmethod
    def read(cls, cursor: Json | None, now: datetime) -> "_State":
        found: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in (cursor or {}).items()}
        state = cls(**found)
        month = f"{now:%Y-%m}"
        return state if state.month == month else replace(state, month=month, spent=0)

    def cursor(self) -> Json:
        return {name: list(value) if isinstance(value := getattr(self, name), tuple) else value for name in self.__slots__}

    def done(self) -> "_State":
        """After a step: the next one of this sweep."""
        return replace(self, todo=self.todo[1:], page="", pages=0, top="")

    def without(self, step: str) -> "_State":
        """Leave a step out; where its list was left, it is begun again another time."""
        state = self.done() if self.todo[:1] == (step,) else self
        return replace(state, todo=tuple(one for one in state.todo if one != step))


class _Client(tweepy.Client):  # type: ignore[misc]
    """tweepy's endpoints over our own session: its answers come as they are, whatever their status."""

    def __init__(self, settings: Settings, asking: Asking) -> None:
        super().__init__(bearer_token=settings.token.reveal(), return_type=requests.Response, wait_on_rate_limit=False)
        self.session = asking.http.session()
        self.server = str(settings.server).rstrip("/")
        self.now = asking.now

    def request(
        self,
        method: str,
        route: str,
        params: Json | None = None,
        json: Any = None,
        **_: Any,  # whether to sign as a user: a token of the app or of a user is given as bearer
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.bearer_token}"}
        response: requests.Response = self.session.request(method, self.server + route, params=params, json=json, headers=headers)
        return response

    def ask(self, call: Callable[..., requests.Response], *args: Any, **params: Any) -> Answer:
        """One call of an endpoint. Raises CollectError."""
        try:
            response = call(*args, **{name: value for name, value in params.items() if value is not None})
        except HttpError as error:
            raise BadResponse(str(error), reason=error.reason) from error
        except requests.TooManyRedirects as error:
            raise BadResponse("X redirects for ever", reason="redirect") from error
        except requests.RequestException as error:
            raise BadResponse("X redirects to what is no address of the web", reason="refused_address") from error
        answer = Answer(response.status_code, response.headers, response.content, response.url)
        check(answer, self.now, reset=reset, judge=judge)
        return answer


def collect(settings: Settings, cursor: Json | None, asking: Asking) -> Page:
    """One page of one list, or one recheck of a hundred posts. Raises CollectError, BudgetSpent when the month's reads are used up."""
    state = _State.read(cursor, asking.now)
    client = _Client(settings, asking)
    state, asked = _with_account(settings, client, state)
    if not state.todo:
        due = not state.rechecked_at or asking.now - datetime.fromisoformat(state.rechecked_at) >= settings.recheck
        state = replace(state, todo=(*settings.steps(), *(["recheck"] if due and asking.known else [])))
    left = settings.monthly_reads - state.spent
    if left < LEAST:
        raise BudgetSpent(f"{state.spent} of {settings.monthly_reads} posts of this month were read", retry_at=next_month(asking.now))
    if left - settings.kept() < LEAST:
        state = state.without("mentions")
    page = Page(items=(), cursor={}, requests=0)
    if state.todo:
        step = {"recheck": _recheck, "comments": _comments}.get(state.todo[0], _list)
        may = left - settings.kept() if state.todo[0] == "mentions" else left
        state, page = step(settings, state, client, asking, min(_LIMIT, may))
    budgets = (*_budgets(settings, state, asking.now), *page.quotas)
    return replace(page, cursor=state.cursor(), more=bool(state.todo), quotas=budgets, requests=page.requests + asked)


def _list(settings: Settings, state: _State, client: _Client, asking: Asking, limit: int) -> tuple[_State, Page]:
    """One page, newest first, back to a quarter of an hour before where the last sweep began."""
    step, account_id = state.todo[0], state.account[1]
    since = _since(step, state, asking.now)
    wanted: Json = {**_fields(settings, step), "max_results": limit, "since_id": since}
    try:
        if step == "timeline":
            page = {"pagination_token": state.page or None, "exclude": ["retweets"]}
            answer = client.ask(client.get_users_tweets, account_id, **wanted, **page)
        elif step == "mentions":
            answer = client.ask(client.get_users_mentions, account_id, **wanted, pagination_token=state.page or None)
        else:
            query = _conversations(state) if step == "comments" else settings.query or query_for(asking.terms)
            answer = client.ask(client.search_recent_tweets, query, **wanted, next_token=state.page or None)
    except BadResponse as error:
        if error.reason != "bad_request" or not state.page:
            raise
        # X forgot its own page: begin this list again
        return replace(state, page="", pages=0, top="", todo=()), Page(items=(), cursor={})
    return _read(settings, state, answer, asking)


def _fields(settings: Settings, step: str) -> Json:
    """What to ask of each post; of our own also the program that sent it."""
    if settings.scope is not Scope.OFFICIAL or step not in {"timeline", "recheck"}:
        return FIELDS
    return {**FIELDS, "tweet_fields": [*FIELDS["tweet_fields"], PROGRAM]}


def _comments(settings: Settings, state: _State, client: _Client, asking: Asking, limit: int) -> tuple[_State, Page]:
    """What is written under our newest posts, all of them in one search."""
    young = tuple(post for post in state.posts if (time := time_of(post)) is not None and time > asking.now - _SEARCHED)
    state = replace(state, posts=young)
    if not young:
        return state.done(), Page(items=(), cursor={}, requests=0)
    return _list(settings, state, client, asking, limit)


def _read(settings: Settings, state: _State, answer: Answer, asking: Asking) -> tuple[_State, Page]:
    raw = read_json(answer)
    found = _posts(raw, answer)
    includes = Includes.of(raw)
    items, rejected = each(found, lambda post: read_post(post, includes, asking.now, lambda author: _voice(settings, state, author)))
    items = tuple({item.external_id: item for item in reversed(items)}.values())[::-1]
    fresh, seen = unseen(items, list(state.seen))
    ids = [post_id for post in found if (time := time_of(post_id := maybe_text(post, "id"))) is not None and time <= asking.now]
    top = max([state.top, *ids], key=lambda post: int(post or 0))
    token, step = maybe_text(raw, "meta", "next_token"), state.todo[0]
    roots = (item.external_id for item in items if item.parent_id is None and time_of(item.external_id) is not None)
    ours = set(roots) if step == "timeline" else set()
    after = replace(
        state,
        seen=tuple(seen),
        top=top,
        page=token,
        pages=state.pages + 1,
        spent=state.spent + len(found),
        posts=tuple(sorted({*state.posts, *ours}, key=int)[-_POSTS:]),
    )
    if not token or token == state.page or after.pages >= _MAX_PAGES:
        until = max(top, state.until.get(step, id_at(asking.now - FIRST_POLL)), key=lambda post: int(post or 0))
        after = replace(after, until={**state.until, step: until}).done()
    return after, Page(items=fresh, cursor={}, rejected=rejected, quotas=quotas(answer, asking.now))


def _recheck(settings: Settings, state: _State, client: _Client, asking: Asking, limit: int) -> tuple[_State, Page]:
    """Up to a hundred posts of the last week by their ids: those that X does not show any more, and those that were edited."""
    week = [known for known in asking.known if (time := time_of(known)) is not None and time > asking.now - _WINDOW]
    batch = week[state.checked : state.checked + limit]
    over = state.checked + len(batch) >= len(week)
    after = replace(state, checked=0 if over else state.checked + len(batch))
    if over:
        after = replace(after, rechecked_at=asking.now.isoformat()).done()
    if not batch:
        return after, Page(items=(), cursor={}, requests=0)
    answer = client.ask(client.get_tweets, batch, **_fields(settings, "recheck"))
    raw = read_json(answer)
    found = _posts(raw, answer)
    newest = [post for post in found if maybe_text(post, "id") in rows(post, "edit_history_tweet_ids")[-1:]]
    includes = Includes.of(raw)
    items, rejected = each(newest, lambda post: read_post(post, includes, asking.now, lambda author: _voice(settings, state, author)))
    fresh, seen = unseen({item.external_id: item for item in items}.values(), list(state.seen))
    missing = {maybe_text(error, "resource_id") or maybe_text(error, "value") for error in rows(raw, "errors") if _is_missing(error)}
    after = replace(after, seen=tuple(seen), spent=after.spent + len(found))
    deleted = tuple(known for known in batch if known in missing)
    after = replace(after, posts=tuple(post for post in after.posts if post not in missing))
    return after, Page(items=fresh, cursor={}, deleted=deleted, rejected=rejected, quotas=quotas(answer, asking.now))


def query_for(terms: tuple[str, ...]) -> str:
    """The brand's terms as a search, as many as fit into 512 characters. Raises BadResponse without any."""
    words = [
        term if term.startswith(("#", "@")) and " " not in term else '"' + term.replace('"', "") + '"' for term in terms if term.strip()
    ]
    while words:
        query = f"({' OR '.join(words)}) -is:retweet"
        if len(query) <= _MAX_QUERY:
            return query
        words.pop()
    raise BadResponse("there is nothing to search for: give query, or a brand with terms", reason="no_query")


def _conversations(state: _State) -> str:
    ours = f" -from:{state.account[1]}" if state.account[1] else ""
    return f"({' OR '.join(f'conversation_id:{post}' for post in state.posts)}){ours}"


def _since(step: str, state: _State, now: datetime) -> str | None:
    """The id to read from. Search knows the last seven days only, and refuses to be asked for more."""
    until = time_of(state.until.get(step, ""))
    since = until - _OVERLAP if until else now - FIRST_POLL
    if step in {"search", "comments"} and since < now - _SEARCHED:
        return None
    return id_at(since)


def _with_account(settings: Settings, client: _Client, state: _State) -> tuple[_State, int]:
    """The id of the configured account, asked for once."""
    name = (settings.account or "").lstrip("@")
    if not name or state.account[0] == name:
        return state, 0
    if name.isdecimal():
        return replace(state, account=(name, name)), 0
    answer = client.ask(client.get_user, username=name)
    raw = read_json(answer)
    if any(_is_missing(error) for error in rows(raw, "errors")):
        raise Gone(f"{redact(answer.url)}: there is no account {name!r} on X")
    try:
        return replace(state, account=(name, identifier(raw, "data", "id"))), 1
    except Unlike as error:
        raise BadResponse(f"{redact(answer.url)} answered without an account: {error}", reason="garbage") from error


def _voice(settings: Settings, state: _State, author: Author) -> Voice:
    """By id or handle; the display name says nothing: anybody may take ours."""
    watched = state.account if settings.scope in {Scope.OFFICIAL, Scope.EMPLOYEE} else ()
    names = [name for name in (*watched, *settings.ours) if name]
    return Voice.OURS if is_ours(replace(author, name=""), names) else Voice.PUBLIC


def _posts(raw: Any, answer: Answer) -> list[Any]:
    """The posts of an answer, none when there is nothing new. Raises Gone, BadResponse."""
    for name in ("data", "posts"):
        if isinstance(raw, dict) and isinstance(raw.get(name), list):
            return list(raw[name])
    if table(raw, "meta"):
        return []
    errors = rows(raw, "errors")
    if errors and all(_is_missing(error) for error in errors):
        if any(maybe_text(error, "resource_type") == "user" for error in errors):
            raise Gone(f"{redact(answer.url)}: there is no such account on X")
        return []
    raise BadResponse(f"{redact(answer.url)} answered without posts", reason="garbage")


def _is_missing(error: Any) -> bool:
    """By type: the title says Forbidden of accounts that are suspended."""
    return maybe_text(error, "type").rsplit("/", 1)[-1] in {"resource-not-found", "not-authorized-for-resource"}


def _budgets(settings: Settings, state: _State, now: datetime) -> Iterator[Quota]:
    """The month's reads; and what of them mentions may have, where some are kept for the account's own posts."""
    whole = Quota(name=READS, used=state.spent, limit=settings.monthly_reads, reset_at=next_month(now))
    yield whole
    if settings.kept():
        yield replace(whole, name=MENTIONS, limit=settings.monthly_reads - settings.kept())
