"""Trainings as they are configured, and who has completed which. Times are aware UTC; a completion counts by its day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field, HttpUrl

from core.readers import Colleague
from core.table import Duration, Id, Table


class Training(Table):
    """A training that people complete: everybody, or those of `roles` as the people register has them.

    It is asked for from the day `since` on, or from when somebody joined, to be done `within` that time; with `renew_every` again so long
    after each time. Who is late is reminded, and named to their manager. `title_pl` is its name in Polish, `link` where it is held.
    """

    id: Id
    title: str = Field(min_length=1, max_length=120)
    title_pl: str = Field("", max_length=120)
    roles: tuple[str, ...] = ()
    since: date
    within: Duration = Field(timedelta(days=30), ge=timedelta(days=1))
    renew_every: Duration | None = Field(None, ge=timedelta(days=30))
    remind_every: Duration = Field(timedelta(days=7), ge=timedelta(days=1))
    reminders: int = Field(6, ge=1, le=50)
    link: HttpUrl | None = None

    def begins_at(self, zone: ZoneInfo) -> datetime:
        """The first instant of its first day (aware UTC)."""
        return datetime.combine(self.since, time(), zone).astimezone(UTC)

    def name(self, language: str) -> str:
        return (self.title_pl or self.title) if language == "pl" else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """Somebody completed a training on the day that begins `at`; `by` says who wrote it down: themselves, or whoever took a sheet in."""

    person: str
    training: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOwed:
    """What a colleague has not completed (again), since when they are asked, and by when."""

    colleague: Colleague
    training: Training
    since: datetime
    due_at: datetime

    def is_late(self, now: datetime) -> bool:
        return now >= self.due_at
