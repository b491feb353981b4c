"""Instagram: a professional account's media, the comments and replies under them, and where it is tagged or mentioned."""

from collections.abc import Iterable
from typing import Any, Literal, Self
from urllib.parse import quote

from pydantic import Field, HttpUrl, model_validator

from collector.base import Asking, Capabilities
from collector.graph import Account, Job, Network, data, sweep
from collector.reading import counts, identifier, maybe_text, moment, rows, table, text
from collector.voice import is_ours
from core.settings import SourceSettings
from core.table import SecretRef
from core.types import Attachment, Author, Item, ItemKind, Json, Page, Voice

_LIMIT = 50
_MEDIA = "id,caption,media_type,permalink,timestamp,username,like_count,comments_count,media_url"
_ALBUM = f"{_MEDIA},children{{media_type,media_url}}"
_COMMENT = "id,text,timestamp,username,from{id,username},like_count,parent_id"
_FIELDS = {
    "media": _ALBUM,
    "tags": _ALBUM,
    "comments": f"{_COMMENT},replies.limit({_LIMIT}){{{_COMMENT}}}",
    "replies": _COMMENT,
}


class Settings(SourceSettings):
    """A professional Instagram account.

    `account` is its id (a number, as the Graph API knows it); `token` that of the page it belongs to, with instagram_basic and
    instagram_manage_comments. `comments` reads what is written under the ten newest media of two weeks, `mentions` where it is tagged
    in pictures. Mentions in captions and comments come only by id: `mentioned_media`, `mentioned_comments`.
    """

    kind: Literal["instagram"]
    account: str = Field(min_length=1)
    token: SecretRef
    posts: bool = True
    comments: bool = True
    mentions: bool = False
    mentioned_media: tuple[str, ...] = ()
    mentioned_comments: tuple[str, ...] = ()
    server: HttpUrl = HttpUrl("https://graph.facebook.com")
    version: str = Field("v23.0", pattern=r"^v\d+\.\d+$")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.posts or self.mentions or self.mentioned_media or self.mentioned_comments):
            raise ValueError("at least one was expected of: posts = true, mentions = true, mentioned_media, mentioned_comments")
        return self

    def lists(self) -> tuple[Job, ...]:
        """The lists that a sweep begins with."""
        edges = [*(["media"] if self.posts else []), *(["tags"] if self.mentions else [])]
        mentioned = [("mentioned_media", one) for one in self.mentioned_media]
        mentioned += [("mentioned_comment", one) for one in self.mentioned_comments]
        return (*(Job(edge, "") for edge in edges), *(Job(edge, target) for edge, target in mentioned))


capabilities = Capabilities(comments=True, mentions=True, edits=True, deletions=True, backfill=True, reply=True, hide=True)


def collect(settings: Settings, cursor: Json | None, asking: Asking) -> Page:
    """One page of the media, of where we are tagged, or of the comments under one of them. Raises CollectError."""
    network = Network(
        server=settings.server,
        version=settings.version,
        token=settings.token.reveal(),
        name_fields="id,username",
        lists=settings.lists(),
        own=frozenset({"media"}),
        under="comments" if settings.comments else "",
        params=_params,
        path=_path,
        entries=_entries,
        further=_further,
        read=lambda job, entry, account: _item(job, entry, account, settings.ours),
    )
    return sweep(network, settings.account, cursor, asking)


def _path(job: Job, account: Account) -> str:
    if job.edge in {"mentioned_media", "mentioned_comment"}:
        return quote(account.id, safe="")
    return f"{quote(job.target or account.id, safe='')}/{job.edge}"


def _params(job: Job) -> Json:
    if job.edge == "mentioned_media":
        return {"fields": f"mentioned_media.media_id({job.target}){{{_MEDIA}}}"}
    if job.edge == "mentioned_comment":
        return {"fields": f"mentioned_comment.comment_id({job.target}){{id,text,timestamp,username,like_count,media{{id}}}}"}
    return {"fields": _FIELDS[job.edge], "limit": _LIMIT}


def _entries(job: Job, raw: Any) -> list[Any]:
    """Replies come inside their comments; a mention comes inside our own account."""
    if job.edge in {"mentioned_media", "mentioned_comment"}:
        return [table(raw, job.edge)] if table(raw, job.edge) else []
    found: list[Any] = []
    for entry in data(job, raw):
        found.append(entry)
        found += [
            {**reply, "parent_id": maybe_text(reply, "parent_id") or maybe_text(entry, "id")}
            for reply in rows(entry, "replies", "data")
            if isinstance(reply, dict)
        ]
    return found


def _further(job: Job, entry: Any) -> Iterable[Job]:
    """The replies that did not fit into their comment."""
    if job.edge == "comments" and maybe_text(entry, "replies", "paging", "next"):
        after = maybe_text(entry, "replies", "paging", "cursors", "after")
        return [Job("replies", maybe_text(entry, "id"), job.post, {"after": after} if after else {})]
    return ()


def _item(job: Job, entry: Any, account: Account, ours: tuple[str, ...]) -> Item:
    """A caption may be missing, a comment's text never. What deleted accounts wrote has no author."""
    is_comment = bool(job.post) or job.edge == "mentioned_comment"
    handle = maybe_text(entry, "from", "username") or maybe_text(entry, "username")
    if job.edge == "media":
        handle = handle or account.name
    author = Author(id=maybe_text(entry, "from", "id") or handle, name=handle, handle=handle)
    under = job.post or maybe_text(entry, "media", "id") or None
    parent = maybe_text(entry, "parent_id") or (job.target if job.edge == "replies" else "") or under
    return Item(
        platform="instagram",
        external_id=identifier(entry, "id"),
        kind=ItemKind.COMMENT if is_comment else ItemKind.POST,
        text=text(entry, "text") if is_comment else text(entry, "caption") if "caption" in entry else "",
        voice=Voice.OURS if job.edge == "media" or is_ours(author, (account.id, account.name, *ours)) else Voice.PUBLIC,
        created_at=moment(entry, "timestamp"),
        author=author,
        url=maybe_text(entry, "permalink"),
        parent_id=parent if is_comment else None,
        thread_id=under if is_comment else None,
        attachments=_attachments(entry),
        engagement=counts(entry, likes="like_count", replies="comments_count"),
        raw=entry,
    )


def _attachments(entry: Any) -> tuple[Attachment, ...]:
    """Each picture and film of an album, or the one that there is."""
    shown = rows(entry, "children", "data") or [entry]
    kinds = [(maybe_text(one, "media_type").lower(), maybe_text(one, "media_url")) for one in shown]
    return tuple(Attachment(kind=kind, url=url) for kind, url in kinds if kind)
