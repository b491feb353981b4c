"""Reads X's payloads: posts with their includes, versions of edited posts, times inside ids. Source: X API v2, data dictionary."""

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collector.reading import identifier, maybe_count, maybe_moment, maybe_text, rows, table, text
from core.types import Attachment, Author, Item, ItemKind, Json, Voice

_EPOCH_MS = 1_288_834_974_657
PROGRAM = "source"
"""The program a post was sent by, where X tells it: a habit of our own accounts, and nobody else's is kept."""
FIELDS = {
    "tweet_fields": [
        "id", "text", "author_id", "created_at", "lang", "conversation_id", "referenced_tweets", "edit_history_tweet_ids", "public_metrics",
        "note_tweet", "entities", "attachments", "in_reply_to_user_id",
    ],
    "expansions": ["author_id", "referenced_tweets.id", "attachments.media_keys"],
    "user_fields": ["id", "name", "username", "public_metrics"],
    "media_fields": ["type", "url", "preview_image_url", "alt_text"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Includes:
    """What an answer carries beside its posts, by id."""

    users: dict[str, Json]
    posts: dict[str, Json]
    media: dict[str, Json]

    @classmethod
    def of(cls, raw: Any) -> "Includes":
        posts = [*rows(raw, "includes", "tweets"), *rows(raw, "includes", "posts")]
        return cls(_by("id", rows(raw, "includes", "users")), _by("id", posts), _by("media_key", rows(raw, "includes", "media")))


def _by(key: str, found: Iterable[Any]) -> dict[str, Json]:
    return {maybe_text(one, key): one for one in found if isinstance(one, dict) and maybe_text(one, key)}


def time_of(post_id: str) -> datetime | None:
    """When the post with this id was made: ids hold the time. None for ids from before 2010 and what is no id."""
    if not post_id.isdecimal() or not 2**41 < int(post_id) < 2**63:
        return None
    return datetime.fromtimestamp(((int(post_id) >> 22) + _EPOCH_MS) / 1000, UTC)


def id_at(time: datetime) -> str:
    """The smallest id of a moment."""
    return str(max(0, round(time.timestamp() * 1000) - _EPOCH_MS) << 22)


def versions(post: Any) -> list[str]:
    """The ids of all versions of a post, the first one first."""
    found = rows(post, "edit_history_tweet_ids") or rows(post, "edit_history_post_ids")
    return [version for version in found if isinstance(version, str) and version.isdecimal()] or [identifier(post, "id")]


def read_post(post: Any, includes: Includes, now: datetime, voice: Callable[[Author], Voice]) -> Item:
    """The item of a post; its id is that of its first version, so that an edit is the same item. Raises Unlike."""
    external_id, *later = versions(post)
    referenced = {maybe_text(one, "type"): maybe_text(one, "id") for one in _referenced(post)}
    author = _author(includes, maybe_text(post, "author_id"))
    parent, thread = referenced.get("replied_to") or None, maybe_text(post, "conversation_id") or None
    said_by = voice(author)
    own = maybe_moment(post, "created_at") or time_of(identifier(post, "id"))
    created_at = (time_of(external_id) or own) if later else own
    return Item(
        platform="x",
        external_id=external_id,
        kind=ItemKind.COMMENT if parent else ItemKind.POST,
        text=_text(post, includes, referenced.get("retweeted", "")),
        voice=said_by,
        created_at=created_at if created_at is not None and created_at <= now else None,
        author=author,
        url=f"https://x.com/{author.handle or 'i'}/status/{external_id}",
        lang=_language(maybe_text(post, "lang")),
        parent_id=parent,
        thread_id=None if thread == external_id else thread,
        edited_at=own if later and own is not None and own <= now else None,
        attachments=_attachments(post, includes),
        engagement=_engagement(table(post, "public_metrics")),
        raw=post if said_by is Voice.OURS else {key: value for key, value in post.items() if key != PROGRAM},
    )


def _referenced(post: Any) -> list[Any]:
    return rows(post, "referenced_tweets") or rows(post, "referenced_posts")


def _text(post: Any, includes: Includes, retweeted: str) -> str:
    """The whole text: long posts have it in a note, reposts in the post that they pass on. Entities of HTML are undone."""
    original = includes.posts.get(retweeted)
    if original is not None:
        whole = maybe_text(original, "note_tweet", "text") or maybe_text(original, "text")
        return html.unescape(text(post, "text").split(": ", 1)[0] + ": " + whole)
    note = maybe_text(post, "note_tweet", "text") or maybe_text(post, "note_post", "text")
    return html.unescape(note or text(post, "text"))


def _author(includes: Includes, author_id: str) -> Author:
    user = includes.users.get(author_id, {})
    followers = maybe_count(user, "public_metrics", "followers_count")
    return Author(id=author_id, name=maybe_text(user, "name"), handle=maybe_text(user, "username"), followers=followers)


def _language(code: str) -> str | None:
    """X has codes of its own for what it cannot tell: und, qme, zxx."""
    return code if len(code) == 2 else None


def _attachments(post: Any, includes: Includes) -> tuple[Attachment, ...]:
    keys = [key for key in rows(post, "attachments", "media_keys") if isinstance(key, str)]
    found = [includes.media[key] for key in keys if key in includes.media]
    return tuple(
        Attachment(
            kind=maybe_text(one, "type") or "media",
            url=maybe_text(one, "url") or maybe_text(one, "preview_image_url"),
            alt=maybe_text(one, "alt_text"),
        )
        for one in found
    )


def _engagement(metrics: Json) -> dict[str, int]:
    names = {"likes": ("like_count",), "replies": ("reply_count",), "shares": ("retweet_count", "repost_count"), "quotes": ("quote_count",),
             "views": ("impression_count",)}  # fmt: skip
    found = {
        ours: next((count for name in theirs if (count := maybe_count(metrics, name)) is not None), None) for ours, theirs in names.items()
    }
    return {name: count for name, count in found.items() if count is not None}
