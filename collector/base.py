"""What a collector is: a module with `Settings`, `capabilities` and `collect(settings, cursor, asking) -> Page`.

`collect` asks for one page and returns at once: items, the cursor to go on from, and `more` when there is more to fetch now. It
keeps nothing between calls; what it must remember is in the cursor, which is stored in the same transaction as the items. With
`cursor=None` it is the first poll: the last 30 days where the platform allows (newest page first is fine). It raises a
CollectError and then nothing is stored.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.http import Http
from core.types import Json, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a platform's collector can do."""

    comments: bool = False
    mentions: bool = False
    edits: bool = False
    deletions: bool = False
    backfill: bool = False
    reply: bool = False
    hide: bool = False
    paid_reads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What `collect` may use: the client, the present instant (aware UTC), the brand's terms, and what to read again.

    `known` are external ids of this source's recent items whose comments, edits or deletions may be asked for (newest first).
    """

    http: Http
    now: datetime
    terms: tuple[str, ...] = ()
    known: tuple[str, ...] = field(default=())


class Collector(Protocol):
    """The face of every module in this room."""

    capabilities: Capabilities

    def collect(self, settings: object, cursor: Json | None, asking: Asking) -> Page:
        """Ask for one page. Raises CollectError."""
        ...
