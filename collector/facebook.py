"""Facebook: a page's posts, what is written on and under them, and posts that tag the page."""

from typing import Any, Literal, Self
from urllib.parse import parse_qs, quote, urlsplit

from pydantic import Field, HttpUrl, model_validator

from collector.base import Asking, Capabilities
from collector.graph import Account, Job, Network, data, sweep
from collector.reading import Unlike, identifier, maybe_count, maybe_text, moment, rows, table, text
from core.settings import SourceSettings
from core.table import SecretRef
from core.types import PICTURE_KINDS, Attachment, Author, Item, ItemKind, Json, Page, Voice

_LIMIT = 50
_SHOWN = "attachments{media_type,title,description,unshimmed_url,media,subattachments{media_type,type,url,media}}"
_POST = (
    f"id,message,story,created_time,permalink_url,from{{id,name}},{_SHOWN},shares,"
    "reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count)"
)
_TAGGED = f"id,message,story,created_time,permalink_url,from{{id,name}},{_SHOWN}"
_COMMENT = "id,message,created_time,permalink_url,from{id,name},parent{id},like_count,comment_count,attachment{type,title,url,media}"


class Settings(SourceSettings):
    """A Facebook page that we manage.

    `page` is its id or name; `token` a page token with pages_read_engagement, and pages_read_user_content for what others write.
    `comments` reads what is written under the ten newest posts of two weeks, `mentions` the posts that tag the page.
    """

    kind: Literal["facebook"]
    page: str = Field(min_length=1)
    token: SecretRef
    posts: bool = True
    comments: bool = True
    mentions: bool = False
    server: HttpUrl = HttpUrl("https://graph.facebook.com")
    version: str = Field("v23.0", pattern=r"^v\d+\.\d+$")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.posts or self.mentions):
            raise ValueError("at least one was expected of: posts = true, mentions = true")
        return self


capabilities = Capabilities(comments=True, mentions=True, edits=True, deletions=True, backfill=True, reply=True, hide=True, like=True)


def collect(settings: Settings, cursor: Json | None, asking: Asking) -> Page:
    """One page of the feed, of what tags the page, or of the comments under one post. Raises CollectError."""
    lists = [*(["feed"] if settings.posts else []), *(["tagged"] if settings.mentions else [])]
    network = Network(
        server=settings.server,
        version=settings.version,
        token=settings.token.reveal(),
        name_fields="id,name",
        lists=tuple(Job(edge, "") for edge in lists),
        own=frozenset({"feed"}),
        under="comments" if settings.comments else "",
        params=_params,
        path=lambda job, account: f"{quote(job.target or account.id, safe='')}/{job.edge}",
        entries=data,
        further=lambda _job, _entry: (),
        read=lambda job, entry, account: _item(job, entry, account, settings.ours),
    )
    return sweep(network, settings.page, cursor, asking)


def _params(job: Job) -> Json:
    if job.edge == "comments":
        return {"fields": _COMMENT, "filter": "stream", "order": "reverse_chronological", "limit": _LIMIT}
    return {"fields": _POST if job.edge == "feed" else _TAGGED, "limit": _LIMIT}


def _item(job: Job, entry: Any, account: Account, ours: tuple[str, ...]) -> Item:
    """Without a permission `from` is missing; our page's own is always shown, so the missing ones are the public's."""
    author = Author(id=maybe_text(entry, "from", "id"), name=maybe_text(entry, "from", "name"))
    attachments = tuple(_attachment(part) for one in _attached(entry) for part in rows(one, "subattachments", "data") or [one])
    written = maybe_text(entry, "message") or maybe_text(entry, "story") or next(filter(None, map(_caption, _attached(entry))), "")
    if entry.get("message") is None and not written and not attachments:
        raise Unlike("message: a text was expected, nothing came")
    if "message" in entry:
        text(entry, "message")
    return Item(
        platform="facebook",
        external_id=_id(entry),
        kind=ItemKind.COMMENT if job.post else ItemKind.POST,
        text=written,
        voice=Voice.OURS if author.id and author.id in {account.id, *ours} else Voice.PUBLIC,
        created_at=moment(entry, "created_time"),
        author=author,
        url=maybe_text(entry, "permalink_url"),
        parent_id=(maybe_text(entry, "parent", "id") or job.post) if job.post else None,
        thread_id=job.post or None,
        attachments=attachments,
        engagement=_engagement(entry),
        raw=entry,
    )


def _id(entry: Any) -> str:
    """The id, or what the link to a comment says: the post, and the comment or the answer to it."""
    if "id" in entry:
        return identifier(entry, "id")
    link = urlsplit(maybe_text(entry, "permalink_url"))
    query = parse_qs(link.query)
    comment = (query.get("reply_comment_id") or query.get("comment_id") or [""])[0]
    post = next((part for part in reversed(link.path.split("/")) if part.isdecimal()), "")
    return identifier({"id": f"{post}_{comment}" if post and comment else ""}, "id")


def _attached(entry: Any) -> list[Any]:
    return [*rows(entry, "attachments", "data"), *([table(entry, "attachment")] if table(entry, "attachment") else [])]


def _caption(attached: Any) -> str:
    return maybe_text(attached, "title") or maybe_text(attached, "description")


def _attachment(one: Any) -> Attachment:
    """A photo's title and description repeat the post or are Facebook's own ("Photos from ...'s post"): they describe no picture."""
    kind = maybe_text(one, "media_type") or maybe_text(one, "type") or "link"
    where = maybe_text(one, "unshimmed_url") or maybe_text(one, "url")
    if kind.casefold() in PICTURE_KINDS:
        return Attachment(kind=kind, url=maybe_text(one, "media", "image", "src") or where)
    return Attachment(kind=kind, url=where, alt=_caption(one))


def _engagement(entry: Any) -> dict[str, int]:
    found = {
        "likes": maybe_count(entry, "reactions", "summary", "total_count"),
        "replies": maybe_count(entry, "comments", "summary", "total_count"),
        "shares": maybe_count(entry, "shares", "count"),
    }
    under = {"likes": maybe_count(entry, "like_count"), "replies": maybe_count(entry, "comment_count")}
    return {name: count for name, count in (*under.items(), *found.items()) if count is not None}
