"""Feeds: RSS, Atom, RDF and JSON Feed, with the comments under their articles where a feed offers them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pydantic import HttpUrl

from collector.base import FIRST_POLL, Asking, Capabilities, ask
from collector.feeds import Entry, Feed, read_feed
from collector.feeds.identity import Known, external_id, recognise
from collector.overlap import unseen
from collector.reading import maybe_text, reject, rows, table
from collector.terms import mentions
from collector.voice import voice_of
from core.errors import CollectError, RateLimited
from core.http import Answer
from core.settings import SourceSettings
from core.types import Author, Item, ItemKind, Json, Page

_MAX_BYTES = 8_000_000
_MAX_PAGES = 20
_COMMENTED_FOR = timedelta(days=14)
_COMMENT_FEEDS = 20
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, */*;q=0.5"


class Settings(SourceSettings):
    """A feed: RSS, Atom, RDF or JSON Feed.

    `url` is the feed's address. `terms_only` keeps only entries that name the brand: for broad feeds, such as a newspaper's.
    `comments` also reads what is written under the articles, where the feed says where that is.
    """

    kind: Literal["rss"]
    url: HttpUrl
    terms_only: bool = False
    comments: bool = False


capabilities = Capabilities(comments=True, edits=True, backfill=True)


@dataclass(frozen=True, slots=True)
class _State:
    """The cursor, read. `next_url` is the page of older entries to ask for now; `todo` are the comment feeds still to ask in this sweep."""

    validators: Json
    known: tuple[Known, ...]
    sweep: int
    next_url: str
    pages: int
    moved_to: str
    comment_feeds: dict[str, Json]
    todo: tuple[str, ...]
    seen_comments: list[str]

    @classmethod
    def read(cls, cursor: Json | None, url: str) -> "_State":
        same = cursor is not None and cursor.get("url") == url
        return cls(
            validators=table(cursor, "validators") if same else {},
            known=tuple(Known.read(row) for row in rows(cursor, "known")),
            sweep=int(cursor["sweep"]) if cursor else 0,
            next_url=maybe_text(cursor, "next_url") if same else "",
            pages=int(cursor["pages"]) if cursor else 0,
            moved_to=maybe_text(cursor, "moved_to") if same else "",
            comment_feeds=table(cursor, "comment_feeds"),
            todo=tuple(rows(cursor, "todo")),
            seen_comments=rows(cursor, "seen_comments"),
        )

    def cursor(self, url: str) -> Json:
        return {
            "url": url,
            "validators": self.validators,
            "known": [known.row() for known in self.known],
            "sweep": self.sweep,
            "next_url": self.next_url,
            "pages": self.pages,
            "moved_to": self.moved_to,
            "comment_feeds": self.comment_feeds,
            "todo": list(self.todo),
            "seen_comments": self.seen_comments,
        }


def collect(settings: Settings, cursor: Json | None, asking: Asking) -> Page:
    """One address: the feed, one page of older entries, or the comments under one article. Raises CollectError."""
    url = str(settings.url)
    state = _State.read(cursor, url)
    if state.todo and not state.next_url:
        return _comments(settings, state, asking, url)
    return _articles(settings, state, asking, url)


def _articles(settings: Settings, state: _State, asking: Asking, url: str) -> Page:
    """The feed itself; then older pages until one holds nothing new, on the first poll at most 30 days back."""
    older = bool(state.next_url)
    sent = {} if older else _conditions(state.validators)
    answer = ask(asking, "GET", state.next_url or url, headers={"Accept": _ACCEPT} | sent, max_bytes=_MAX_BYTES)
    sweep = state.sweep if older else state.sweep + 1
    if answer.status == 304:
        after = replace(state, sweep=sweep, todo=tuple(state.comment_feeds))
        return Page(items=(), cursor=after.cursor(url), more=bool(after.todo))
    feed = read_feed(answer)
    recognised, known = recognise(feed.entries, state.known, sweep, settings.url.host or "")
    items = tuple(
        _item(settings, entry, found.external_id, asking.now)
        for entry, found in recognised
        if found.is_news and (not settings.terms_only or mentions(f"{entry.title}\n{entry.text}", asking.terms))
    )
    first_poll = state.sweep == 0 or (older and state.sweep == 1)
    met_known = any(not found.is_new for _, found in recognised if found.sweep < sweep)
    too_old = first_poll and any(time is not None and time < asking.now - FIRST_POLL for time in map(_time, feed.entries))
    pages = state.pages + 1 if older else 1
    goes_on = bool(feed.next_url) and feed.next_url != answer.url and not met_known and not too_old and pages < _MAX_PAGES
    feeds = _comment_feeds(settings, state.comment_feeds, [(entry, found.external_id) for entry, found in recognised], asking.now)
    after = replace(
        state,
        validators=state.validators if older else _validators(answer),
        known=known,
        sweep=sweep,
        next_url=feed.next_url if goes_on else "",
        pages=pages,
        moved_to=state.moved_to if older else answer.moved_to or "",
        comment_feeds=feeds,
        todo=tuple(feeds),
    )
    return Page(items=items, cursor=after.cursor(url), more=goes_on or bool(after.todo), rejected=feed.rejected)


def _comments(settings: Settings, state: _State, asking: Asking, url: str) -> Page:
    """What is written under one article. One comment feed that fails is noted and passed over, so that it does not hold up the rest."""
    address, todo = state.todo[0], state.todo[1:]
    about = table(state.comment_feeds, address)
    try:
        answer = ask(asking, "GET", address, headers={"Accept": _ACCEPT} | _conditions(about), max_bytes=_MAX_BYTES)
        feed = Feed(entries=(), rejected=()) if answer.status == 304 else read_feed(answer)
    except RateLimited:
        raise
    except CollectError as error:
        rejected = (reject(error.reason, f"comments: {error}", address),)
        return Page(items=(), cursor=replace(state, todo=todo).cursor(url), more=bool(todo), rejected=rejected)
    entries = [(entry, external_id(entry, settings.url.host or "")) for entry in feed.entries]
    comments = {own: _comment(settings, entry, own, maybe_text(about, "article"), asking.now) for entry, own in entries}
    items, seen = unseen(comments.values(), state.seen_comments)
    checked = about | (_validators(answer) if answer.status != 304 else {})
    after = replace(state, todo=todo, seen_comments=seen, comment_feeds=state.comment_feeds | {address: checked})
    return Page(items=items, cursor=after.cursor(url), more=bool(todo), rejected=feed.rejected)


def _item(settings: Settings, entry: Entry, external_id: str, now: datetime) -> Item:
    author = Author(id=entry.author_url, name=entry.author)
    edited = entry.updated_at if entry.updated_at and entry.published_at and entry.updated_at > entry.published_at else None
    return Item(
        platform="rss",
        external_id=external_id,
        kind=ItemKind.ARTICLE,
        text=entry.text or entry.title,
        title=entry.title,
        voice=voice_of(author, settings.ours, settings.scope, ItemKind.ARTICLE, None),
        created_at=_not_ahead(entry.published_at, now),
        edited_at=_not_ahead(edited, now),
        author=author,
        url=entry.link,
        attachments=entry.attachments,
        engagement=entry.engagement,
        raw=entry.raw,
    )


def _comment(settings: Settings, entry: Entry, external_id: str, article: str, now: datetime) -> Item:
    item = _item(settings, entry, external_id, now)
    voice = voice_of(item.author, settings.ours, settings.scope, ItemKind.COMMENT, article)
    return replace(item, kind=ItemKind.COMMENT, voice=voice, parent_id=article, thread_id=article)


def _time(entry: Entry) -> datetime | None:
    return entry.published_at or entry.updated_at


def _not_ahead(time: datetime | None, now: datetime) -> datetime | None:
    """A time in the future is a mistake: then the time of collection counts."""
    return time if time is not None and time <= now else None


def _comment_feeds(settings: Settings, feeds: Mapping[str, Json], entries: list[tuple[Entry, str]], now: datetime) -> dict[str, Json]:
    """The comment feeds to ask in each sweep: those of the newest articles, while they are young."""
    if not settings.comments:
        return {}
    young = {
        entry.comments_url: table(feeds, entry.comments_url)
        | {"article": article, "since": (_not_ahead(_time(entry), now) or now).isoformat()}
        for entry, article in entries
        if entry.comments_url.startswith(("http://", "https://"))
    }
    dated = {address: feed for address, feed in {**feeds, **young}.items() if now - _since(feed, now) <= _COMMENTED_FOR}
    newest = sorted(dated, key=lambda address: _since(dated[address], now), reverse=True)[:_COMMENT_FEEDS]
    return {address: dated[address] for address in newest}


def _since(feed: Json, now: datetime) -> datetime:
    return datetime.fromisoformat(maybe_text(feed, "since") or now.isoformat())


def _validators(answer: Answer) -> Json:
    found = {"etag": answer.headers.get("etag", ""), "modified": answer.headers.get("last-modified", "")}
    return {name: value for name, value in found.items() if value and value.isascii() and len(value) < 500}


def _conditions(validators: Mapping[str, object]) -> dict[str, str]:
    """Ask only for what has changed. Source: RFC 9110, 13.1."""
    names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
    return {header: str(validators[name]) for name, header in names.items() if validators.get(name)}
