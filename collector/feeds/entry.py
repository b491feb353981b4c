"""An entry of a feed, the same for all formats, and the feed around it."""

from dataclasses import dataclass, field
from datetime import datetime

from core.types import Attachment, Json, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. `guid` is what the feed calls its id, "" if it has none. `text` is plain. Times are aware UTC, None where unknown."""

    guid: str
    link: str
    title: str
    text: str
    author: str = ""
    author_url: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    comments_url: str = ""
    attachments: tuple[Attachment, ...] = ()
    engagement: dict[str, int] = field(default_factory=dict)
    raw: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What one address answered: entries in the feed's order, what could not be read, and the address of older entries, if it says."""

    entries: tuple[Entry, ...]
    rejected: tuple[Rejected, ...]
    next_url: str = ""
