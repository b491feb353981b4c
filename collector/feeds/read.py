"""Turns an answer into a Feed. feedparser is given bytes and headers; what it cannot say well (dates, encodings, JSON) is read here."""

import io
import re
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

import feedparser
from selectolax.lexbor import LexborHTMLParser

from collector.base import read_json
from collector.feeds.dates import parse_date
from collector.feeds.encoding import as_utf8
from collector.feeds.entry import Entry, Feed
from collector.feeds.jsonfeed import read_json_feed
from collector.reading import maybe_count, maybe_text, reject, rows, table
from core.errors import BadResponse
from core.http import Answer, redact
from core.text import html_to_text, strip_controls
from core.types import Attachment, Json, Rejected

_HTML = re.compile(r"html|xml", re.IGNORECASE)
_EMPTY = "an entry without id, address, title and text"


def read_feed(answer: Answer) -> Feed:
    """Read RSS, Atom, RDF, CDF or JSON Feed. Raises BadResponse: empty, not_a_feed, garbage. Ill-formed XML alone is no failure."""
    body = answer.body.lstrip()
    if not body:
        raise BadResponse(f"{redact(answer.url)} answered with nothing at all", reason="empty")
    if body.removeprefix(b"\xef\xbb\xbf").startswith((b"{", b"[")):
        return read_json_feed(read_json(answer), answer.url)
    parsed = _parse(answer)
    raws = [_plain(entry) for entry in rows(parsed, "entries")]
    if not raws and not parsed.get("version"):
        raise BadResponse(f"{redact(answer.url)} is not a feed{_hint(answer)}", reason="not_a_feed")
    entries, rejected = _entries(raws)
    return Feed(entries=entries, rejected=rejected, next_url=_next(parsed, answer.url))


def _parse(answer: Answer) -> dict[str, Any]:
    content_type = answer.headers.get("content-type", "")
    recoded = as_utf8(answer.body, content_type)
    headers = {"content-location": answer.url, "content-type": content_type if recoded is None else "application/xml; charset=utf-8"}
    try:
        # a stream, since feedparser would open bytes that name a file
        return dict(feedparser.parse(io.BytesIO(answer.body if recoded is None else recoded), response_headers=headers))
    except Exception as error:  # feedparser has no error of its own: on hostile input anything may come
        raise BadResponse(f"{redact(answer.url)} cannot be read as a feed: {type(error).__name__}", reason="garbage") from error


def _entries(raws: Iterable[Json]) -> tuple[tuple[Entry, ...], tuple[Rejected, ...]]:
    read = [(raw, _entry(raw)) for raw in raws]
    empty = tuple(reject("empty_entry", _EMPTY, raw) for raw, entry in read if _is_empty(entry))
    return tuple(entry for _, entry in read if not _is_empty(entry)), empty


def _is_empty(entry: Entry) -> bool:
    return not (entry.guid or entry.link or entry.title or entry.text)


def _entry(raw: Json) -> Entry:
    title = _shown(table(raw, "title_detail"))
    texts = [_shown(part) for part in rows(raw, "content")] + [_shown(table(raw, "summary_detail"))]
    return Entry(
        guid=maybe_text(raw, "id").strip(),
        link=maybe_text(raw, "link").strip(),
        title=" ".join(title.split()),
        text=max(texts, key=len),
        author=" ".join(html_to_text(maybe_text(raw, "author_detail", "name") or maybe_text(raw, "author")).split()),
        author_url=maybe_text(raw, "author_detail", "href").strip(),
        published_at=_date(raw, "published") or _date(raw, "created") or _date(raw, "updated"),
        updated_at=_date(raw, "updated"),
        comments_url=maybe_text(raw, "wfw_commentrss").strip(),
        attachments=tuple(_attachments(raw)),
        engagement=_engagement(raw),
        raw={key: value for key, value in raw.items() if not key.endswith("_parsed")},
    )


def _shown(detail: Any) -> str:
    value = maybe_text(detail, "value")
    return html_to_text(value) if _HTML.search(maybe_text(detail, "type") or "text/html") else strip_controls(value).strip()


def _date(raw: Json, name: str) -> Any:
    parsed = raw.get(f"{name}_parsed")
    return parse_date(maybe_text(raw, name), parsed if isinstance(parsed, time.struct_time) else None)


def _attachments(raw: Json) -> Iterable[Attachment]:
    for part in [*rows(raw, "enclosures"), *rows(raw, "media_content")]:
        url = maybe_text(part, "href") or maybe_text(part, "url")
        if url:
            yield Attachment(kind=(maybe_text(part, "type") or maybe_text(part, "medium") or "document").split("/", maxsplit=1)[0], url=url)


def _engagement(raw: Json) -> dict[str, int]:
    comments = maybe_text(raw, "slash_comments")
    count = int(comments) if re.fullmatch(r"[0-9]{1,9}", comments) else maybe_count(raw, "slash_comments")
    return {} if count is None else {"replies": count}


def _next(parsed: dict[str, Any], url: str) -> str:
    """Older entries of a paged feed. Source: RFC 5005, 3."""
    for link in rows(_plain(parsed.get("feed")), "links"):
        if maybe_text(link, "rel") == "next" and maybe_text(link, "href"):
            return urljoin(url, maybe_text(link, "href"))
    return ""


def _hint(answer: Answer) -> str:
    """If it is a web page that names its feeds, say which: people paste the address of the page."""
    if b"<html" not in answer.body[:5000].lower():
        return ""
    page = LexborHTMLParser(answer.body)
    types = ("application/rss+xml", "application/atom+xml", "application/feed+json")
    links = [node.attributes.get("href") or "" for node in page.css("link[rel=alternate]") if node.attributes.get("type") in types]
    found = next((link for link in links if link), "")
    return f" but a web page; its feed is {redact(urljoin(answer.url, found))}" if found else " but a web page"


def _plain(value: Any) -> Any:
    """feedparser's dictionaries as plain ones: theirs answer for other keys and warn about it."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in dict.items(value)}
    if isinstance(value, time.struct_time):
        return value
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return strip_controls(value) if isinstance(value, str) else value if isinstance(value, int | float | None) else str(value)
