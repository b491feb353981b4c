"""What a wall screen shows: counts by the five minutes, feelings, stories with their growth, loud voices, what waits for an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.series import Bucket

SPAN = timedelta(hours=12)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An unresolved incident; posts that joined in the last hour and in the one before."""

    incident_id: int
    label: str
    title: str
    severity: str
    items: int
    last_hour: int
    hour_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loud:
    """Somebody who is heard. `followers` None: nobody knows how far."""

    author: str
    platform: str
    followers: int | None
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """One moment of one brand, up to the last five minutes that are over.

    `feelings` and `by_source` are posts of the last hour; `answered` of `opened` conversations are those that began within the chart's
    span, `waiting` are all that wait.
    """

    first: datetime
    upto: datetime
    buckets: tuple[Bucket, ...]
    feelings: Mapping[str, int]
    by_source: Mapping[str, int]
    stories: tuple[Story, ...]
    voices: tuple[Loud, ...]
    waiting: int
    opened: int
    answered: int
    blob: str = ""

    @property
    def last_hour(self) -> int:
        """Posts in the last hour."""
        return sum(one.value for one in self.buckets if one.at >= self.upto - HOUR)

    def reach(self) -> tuple[int, int]:
        """How many follow the voices that are known, and of how many voices nobody knows it."""
        return sum(one.followers or 0 for one in self.voices), sum(one.followers is None for one in self.voices)
