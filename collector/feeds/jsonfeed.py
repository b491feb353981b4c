"""JSON Feed 1.0 and 1.1. Source: jsonfeed.org, "JSON Feed Version 1.1"."""

from typing import Any
from urllib.parse import urljoin

from collector.feeds.dates import parse_date
from collector.feeds.entry import Entry, Feed
from collector.reading import maybe_text, reject, rows, table
from core.errors import BadResponse
from core.http import redact
from core.text import html_to_text
from core.types import Attachment, Rejected


def read_json_feed(raw: Any, url: str) -> Feed:
    """Read a JSON Feed that was fetched from `url`. Raises BadResponse(not_a_feed)."""
    if not isinstance(raw, dict) or not isinstance(raw.get("items"), list):
        raise BadResponse(f"{redact(url)} is JSON, but not a JSON Feed: it has no list of items", reason="not_a_feed")
    entries: list[Entry] = []
    rejected: list[Rejected] = []
    for item in raw["items"]:
        entry = _entry(item, url)
        if entry.guid or entry.link:
            entries.append(entry)
        else:
            rejected.append(reject("unreadable", "an item without id and address", item))
    next_url = maybe_text(raw, "next_url")
    return Feed(entries=tuple(entries), rejected=tuple(rejected), next_url=urljoin(url, next_url) if next_url else "")


def _entry(raw: Any, url: str) -> Entry:
    author = next(iter(rows(raw, "authors")), None) or table(raw, "author")
    link = maybe_text(raw, "url") or maybe_text(raw, "external_url")
    text = maybe_text(raw, "content_text").strip() or html_to_text(maybe_text(raw, "content_html")) or maybe_text(raw, "summary").strip()
    return Entry(
        guid=_id(raw),
        link=urljoin(url, link) if link else "",
        title=" ".join(maybe_text(raw, "title").split()),
        text=text,
        author=maybe_text(author, "name").strip(),
        author_url=maybe_text(author, "url").strip(),
        published_at=parse_date(maybe_text(raw, "date_published")) or parse_date(maybe_text(raw, "date_modified")),
        updated_at=parse_date(maybe_text(raw, "date_modified")),
        attachments=tuple(
            Attachment(kind=(maybe_text(part, "mime_type") or "document").split("/", maxsplit=1)[0], url=maybe_text(part, "url"))
            for part in rows(raw, "attachments")
            if maybe_text(part, "url")
        ),
        raw=raw,
    )


def _id(raw: Any) -> str:
    """The id, which some feeds give as a number. Source: JSON Feed 1.1, "items", id."""
    found = table(raw).get("id")
    return str(found) if isinstance(found, int | float) and not isinstance(found, bool) else maybe_text(raw, "id").strip()
