"""Mastodon's statuses as items, its paging links and its rate limits. Source: docs.joinmastodon.org, "Status", "Guidelines"."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from collector.reading import (
    Unlike,
    counts,
    identifier,
    maybe_count,
    maybe_moment,
    maybe_text,
    moment,
    rows,
    table,
    text,
)
from core.http import Answer
from core.text import html_to_text
from core.types import Attachment, Author, Item, ItemKind, Json, Quota, Voice

_LINK = re.compile(r'<([^>]*)>\s*;[^,]*?\brel="?(next|prev)"?')


@dataclass(frozen=True, slots=True)
class Row:
    """A status that was shown: the id by which its list is paged, its id on this server, its id in the world, when it was written.

    `parent` is the id on this server of what it answers, "" for a post of its own.
    """

    page_id: str
    status_id: str
    uri: str
    created: str
    parent: str

    @classmethod
    def read(cls, raw: Any) -> "Row":
        return cls(*(str(part) for part in raw))

    def row(self) -> list[str]:
        return [self.page_id, self.status_id, self.uri, self.created, self.parent]


class Family:
    """What answers what: ids on this server to uris. `others` are uris of statuses that are no rows of ours."""

    def __init__(self, known: Iterable[Row], others: Mapping[str, str] | None = None) -> None:
        self._rows = {row.status_id: row for row in known}
        self._others = others or {}

    def __contains__(self, status_id: str) -> bool:
        return status_id in self._rows

    def uri(self, status_id: str) -> str | None:
        """The uri of a status, None if it is not known."""
        return self._rows[status_id].uri if status_id in self._rows else self._others.get(status_id)

    def root(self, status_id: str) -> str | None:
        """The uri of the first post of the thread, as far up as it is known."""
        climbed = set[str]()
        while status_id in self._rows and self.uri(above := self._rows[status_id].parent) and above not in climbed:
            climbed.add(status_id)
            status_id = above
        return self.uri(status_id)


def order(page_id: str) -> tuple[int, str]:
    """Ids in the order of time: longer ones are later, equally long ones by their letters."""
    return len(page_id), page_id


def row_of(raw: Any) -> Row:
    """The row of a status, or of a notification with a status in it. Raises Unlike."""
    status = status_of(raw)
    created = moment(status, "created_at").isoformat()
    return Row(identifier(raw, "id"), identifier(status, "id"), identifier(status, "uri"), created, maybe_text(status, "in_reply_to_id"))


def status_of(raw: Any) -> Any:
    """The status itself: notifications wrap it."""
    return raw["status"] if isinstance(raw, dict) and isinstance(raw.get("status"), dict) and "type" in raw else raw


def read_status(raw: Any, now: datetime, host: str, voice: Callable[[str, Author], Voice], family: Family) -> Item | None:
    """An item from a status, or from a notification of a mention; None for boosts, other notifications, and mentions since deleted.

    `voice` tells who speaks, by account id and author.

    Raises Unlike for what is not a status.
    """
    status = status_of(raw)
    if isinstance(raw, dict) and "type" in raw and raw.get("status") is None:
        return None
    if not isinstance(status, dict):
        raise Unlike("a status was expected")
    if isinstance(status.get("reblog"), dict) or (status is not raw and maybe_text(raw, "type") != "mention"):
        return None
    created_at = moment(status, "created_at")
    author = _author(status, host)
    parent = maybe_text(status, "in_reply_to_id")
    direct = maybe_text(status, "visibility") == "direct"
    return Item(
        platform="mastodon",
        external_id=identifier(status, "uri"),
        kind=ItemKind.MESSAGE if direct else ItemKind.COMMENT if parent else ItemKind.POST,
        text=_text(status),
        voice=voice(identifier(status, "account", "id"), author),
        created_at=created_at if created_at <= now else None,
        edited_at=_not_ahead(maybe_moment(status, "edited_at"), now),
        author=author,
        url=maybe_text(status, "url") or maybe_text(status, "uri"),
        lang=maybe_text(status, "language")[:8] or None,
        parent_id=family.uri(parent),
        thread_id=family.root(parent),
        attachments=tuple(_attachments(status)),
        engagement=counts(status, replies="replies_count", shares="reblogs_count", likes="favourites_count"),
        raw=status,
    )


def links(answer: Answer) -> dict[str, str]:
    """The ids that the Link header pages by: {"next": max_id, "prev": min_id}. Its addresses are not followed, only read."""
    found: dict[str, str] = {}
    for url, rel in _LINK.findall(answer.headers.get("link", "")):
        query = parse_qs(urlsplit(url).query)
        values = query.get("max_id" if rel == "next" else "min_id") or (query.get("since_id") if rel == "prev" else None)
        if values and values[0].isascii():
            found[rel] = values[0][:64]
    return found


def quotas(answer: Answer, now: datetime) -> tuple[Quota, ...]:
    """What the server says is left of its 300 requests in five minutes."""
    limit, left = (answer.headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining"))
    if not (re.fullmatch(r"[0-9]{1,9}", limit) and re.fullmatch(r"[0-9]{1,9}", left)):
        return ()
    return (Quota(name="requests", used=float(int(limit) - int(left)), limit=float(limit), reset_at=reset_at(answer, now)),)


def reset_at(answer: Answer, now: datetime) -> datetime | None:
    """When the limit is lifted: an ISO time."""
    found = maybe_moment(answer.headers.get("x-ratelimit-reset", ""))
    return max(found, now) if found else None


def _author(status: Json, host: str) -> Author:
    account = table(status, "account")
    handle = text(account, "acct")
    home = urlsplit(maybe_text(account, "url")).hostname or host
    return Author(
        id=maybe_text(account, "uri") or maybe_text(account, "url") or identifier(account, "id"),
        name=maybe_text(account, "display_name"),
        handle=handle if "@" in handle else f"{handle}@{home}",
        followers=maybe_count(account, "followers_count"),
    )


def _text(status: Json) -> str:
    """The warning, the text and the choices of a poll, as a reader sees them."""
    options = [f"• {maybe_text(option, 'title')}" for option in rows(status, "poll", "options") if maybe_text(option, "title")]
    parts = [maybe_text(status, "spoiler_text").strip(), html_to_text(text(status, "content")), "\n".join(options)]
    return "\n\n".join(part for part in parts if part)


def _attachments(status: Json) -> Iterable[Attachment]:
    for part in rows(status, "media_attachments"):
        url = maybe_text(part, "url") or maybe_text(part, "remote_url")
        if url:
            yield Attachment(kind=maybe_text(part, "type") or "document", url=url, alt=maybe_text(part, "description"))


def _not_ahead(time: datetime | None, now: datetime) -> datetime | None:
    return time if time is not None and time <= now else None
