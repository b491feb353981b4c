"""Post views as items. `createdAt` is the author's claim, `indexedAt` the server's; facets count bytes of UTF-8."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from collector.reading import Unlike, counts, identifier, maybe_moment, maybe_text, rows, table, text
from core.text import strip_controls
from core.types import Attachment, Author, Item, ItemKind, Json, Voice

Ours = Callable[[Author], bool]

_POST_TYPES = frozenset({"", "app.bsky.feed.post"})


def read_post(view: Any, now: datetime, ours: Ours) -> Item:
    """An item from a post view. Raises Unlike for what is none."""
    record = table(view, "record")
    if maybe_text(record, "$type") not in _POST_TYPES:
        raise Unlike(f"a post was expected, {maybe_text(record, '$type')[:60]} came")
    uri = identifier(view, "uri")
    author = Author(id=identifier(view, "author", "did"), name=maybe_text(view, "author", "displayName"), handle=_handle(view))
    parent = maybe_text(record, "reply", "parent", "uri") or None
    langs = rows(record, "langs")
    return Item(
        platform="bluesky",
        external_id=uri,
        kind=ItemKind.COMMENT if parent else ItemKind.POST,
        text=_with_links(text(record, "text"), rows(record, "facets")),
        voice=Voice.OURS if ours(author) else Voice.PUBLIC,
        created_at=_believed(record, view, now),
        author=author,
        url=f"https://bsky.app/profile/{author.handle or author.id}/post/{uri.rsplit('/', 1)[-1]}",
        lang=maybe_text(langs, 0)[:8] or None if len(langs) == 1 else None,
        parent_id=parent,
        thread_id=(maybe_text(record, "reply", "root", "uri") or parent) if parent else None,
        attachments=tuple(_attachments(table(view, "embed"))),
        engagement=counts(view, replies="replyCount", shares="repostCount", likes="likeCount", quotes="quoteCount"),
        raw=view,
    )


def thread_posts(thread: Any) -> Iterator[Any]:
    """The post views under a thread's first post, in any depth; what is blocked or not found is passed over."""
    waiting = list(rows(thread, "replies"))
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and isinstance(node.get("post"), dict):
            yield node["post"]
            waiting.extend(rows(node, "replies"))


def _handle(view: Any) -> str:
    handle = maybe_text(view, "author", "handle")
    return "" if handle == "handle.invalid" else handle


def _believed(record: Json, view: Any, now: datetime) -> datetime | None:
    """When it was written, as claimed; a claim in the future, or none, is replaced by when the server saw it, if it says so."""
    claimed, indexed = maybe_moment(record, "createdAt"), maybe_moment(view, "indexedAt")
    limit = min(indexed, now) if indexed is not None else now
    if claimed is not None and claimed <= limit:
        return claimed
    return limit if indexed is not None else None


def _with_links(shown: str, facets: Iterable[Any]) -> str:
    """The text with whole addresses where the platform shortened them. Facets that overlap or point outside are passed over."""
    body, at, parts = shown.encode(), 0, list[bytes]()
    for start, end, uri in sorted(_links(facets)):
        if at <= start < end <= len(body):
            parts += [body[at:start], _whole(body[start:end].decode("utf-8", "ignore"), uri).encode()]
            at = end
    return strip_controls(b"".join([*parts, body[at:]]).decode("utf-8", "ignore"))


def _links(facets: Iterable[Any]) -> Iterator[tuple[int, int, str]]:
    for facet in facets:
        index = table(facet, "index")
        start, end = index.get("byteStart"), index.get("byteEnd")
        for feature in rows(facet, "features"):
            uri = maybe_text(feature, "uri")
            if uri and isinstance(start, int) and isinstance(end, int):
                yield start, end, uri


def _whole(shown: str, uri: str) -> str:
    """The address in place of its beginning; other words keep standing, with the address behind them."""
    begins = shown.strip().rstrip("….").removeprefix("https://").removeprefix("http://").removeprefix("www.")
    bare = uri.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return uri if begins and bare.casefold().startswith(begins.casefold()) else f"{shown} ({uri})"


def _attachments(embed: Json) -> Iterator[Attachment]:
    media = table(embed, "media") or embed
    for image in rows(media, "images"):
        if url := maybe_text(image, "fullsize") or maybe_text(image, "thumb"):
            yield Attachment(kind="image", url=url, alt=maybe_text(image, "alt"))
    if url := maybe_text(media, "external", "uri"):
        yield Attachment(kind="link", url=url, alt=maybe_text(media, "external", "title"))
    if url := maybe_text(media, "playlist"):
        yield Attachment(kind="video", url=url, alt=maybe_text(media, "alt"))
