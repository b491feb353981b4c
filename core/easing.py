"""What people set by hand so that less is paged, always with an end: mutes, and events that are expected. Times are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MuteKind(StrEnum):
    """What a mute names: a detector's id, a label (also `leak.*`), an author's key or handle, a source's id, words of the text."""

    RULE = "rule"
    LABEL = "label"
    AUTHOR = "author"
    SOURCE = "source"
    TERM = "term"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Findings that fit it open nothing, count for nothing and start no clock; the posts are stored and shown.

    `brand` None holds for all. `held` is how many findings it has held back so far.
    """

    mute_id: int = 0
    kind: MuteKind
    value: str
    reason: str
    brand: str | None = None
    starts_at: datetime
    ends_at: datetime
    made_by: str
    ended_by: str | None = None
    held: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A campaign, a price rise, a match: while it lasts it takes `factor` times as many people to make complaints an incident.

    `brand` None holds for all.
    """

    expected_id: int = 0
    name: str
    factor: float
    brand: str | None = None
    starts_at: datetime
    ends_at: datetime
    made_by: str
    ended_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A finding's label on an item that a mute held back."""

    mute_id: int
    item_id: int
    label: str
