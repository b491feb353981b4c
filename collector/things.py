"""Reads Reddit's things: t1 comments, t3 posts, t4 messages, and stubs of what a tree leaves out. Source: Reddit API, "Types"."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collector.reading import Unlike, counts, identifier, maybe_text, rows, table, text
from core.types import Attachment, Author, Item, ItemKind, Json, Voice

_KINDS = {"t1": ItemKind.COMMENT, "t3": ItemKind.POST, "t4": ItemKind.MESSAGE}
_GONE = frozenset({"[deleted]", "[removed]", "[ Removed by Reddit ]"})


@dataclass(frozen=True, slots=True)
class Stub:
    """What a tree leaves out: ids of comments to ask for, or, without any, a thread to go on with under `parent`."""

    parent: str
    children: tuple[str, ...]


def children(listing: Any) -> list[Any]:
    """The things of a Listing. Raises Unlike for anything else."""
    if maybe_text(listing, "kind") != "Listing" or not isinstance(table(listing, "data").get("children"), list):
        raise Unlike("a Listing was expected")
    return rows(listing, "data", "children")


def flatten(things: list[Any]) -> tuple[list[Any], list[Stub]]:
    """All comments of a tree in order, and its stubs. `replies` is "" where there are none."""
    found: list[Any] = []
    stubs: list[Stub] = []
    waiting = list(reversed(things))
    while waiting:
        thing = waiting.pop()
        if maybe_text(thing, "kind") == "more":
            ids = tuple(child for child in rows(thing, "data", "children") if isinstance(child, str))
            stubs.append(Stub(maybe_text(thing, "data", "parent_id"), ids))
            continue
        found.append(thing)
        waiting += reversed(rows(thing, "data", "replies", "data", "children"))
    return found, stubs


def is_gone(thing: Any) -> bool:
    """Deleted by its author or removed by moderators. An author who left takes nothing along."""
    body = maybe_text(thing, "data", "body") or maybe_text(thing, "data", "selftext")
    return body.strip() in _GONE or bool(maybe_text(thing, "data", "removed_by_category"))


def name_of(thing: Any) -> str:
    """The fullname of a thing: t3_abc. Raises Unlike."""
    data = table(thing, "data")
    return maybe_text(data, "name") or f"{_kind(thing)}_{identifier(data, 'id')}"


def made_at(thing: Any) -> datetime | None:
    return _time(table(thing, "data").get("created_utc"))


def read_thing(thing: Any, now: datetime, voice: Callable[[Author], Voice]) -> Item:
    """The item of a thing. Raises Unlike."""
    data, kind = table(thing, "data"), _KINDS[_kind(thing)]
    author = _author(data)
    is_post = kind is ItemKind.POST
    written = _post_text(data) if is_post else text(data, "body")
    title = text(data, "title") if is_post else maybe_text(data, "subject") if kind is ItemKind.MESSAGE else ""
    created_at, edited_at = _time(data.get("created_utc")), _time(data.get("edited"))
    if created_at is None:
        raise Unlike("created_utc: a time was expected")
    permalink = maybe_text(data, "permalink") or maybe_text(data, "context")
    return Item(
        platform="reddit",
        external_id=name_of(thing),
        kind=kind,
        text=written,
        voice=voice(author),
        created_at=created_at if created_at <= now else None,
        author=author,
        title=title,
        url=f"https://www.reddit.com{permalink}" if permalink.startswith("/") else "",
        parent_id=None if is_post else maybe_text(data, "parent_id") or _post_of(data),
        thread_id=None if is_post else _post_of(data),
        edited_at=edited_at if edited_at is not None and edited_at <= now else None,
        attachments=_attachments(data) if is_post else (),
        engagement=counts(data, likes="score", replies="num_comments"),
        raw=data,
    )


def _kind(thing: Any) -> str:
    kind = maybe_text(thing, "kind")
    if kind not in _KINDS:
        raise Unlike(f"kind: t1, t3 or t4 was expected, {kind[:20]!r} came")
    return kind


def _author(data: Json) -> Author:
    handle = maybe_text(data, "author")
    if handle in {"", "[deleted]"}:
        return Author()
    return Author(id=maybe_text(data, "author_fullname") or handle, name=handle, handle=handle)


def _post_text(data: Json) -> str:
    """A post may be a title alone."""
    return text(data, "selftext") if "selftext" in data else ""


def _post_of(data: Json) -> str | None:
    """The post that a comment stands under; in the inbox only its link says it."""
    linked = re.search(r"/comments/([0-9a-z]+)/", maybe_text(data, "context") or maybe_text(data, "permalink"))
    return maybe_text(data, "link_id") or (f"t3_{linked[1]}" if linked else maybe_text(data, "first_message_name") or None)


def _attachments(data: Json) -> tuple[Attachment, ...]:
    address = maybe_text(data, "url_overridden_by_dest")
    return (Attachment(kind=maybe_text(data, "post_hint") or "link", url=address),) if address.startswith("http") else ()


def _time(value: Any) -> datetime | None:
    """Seconds since 1970 as aware UTC; `edited` is false, or true of long ago, where there is no time."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 6e8 < value < 4e9:
        return None
    return datetime.fromtimestamp(value, UTC)
