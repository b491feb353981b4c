"""The communication plan as it is configured: recurring messages to the staff, and who has confirmed which. Times are aware UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field

from core.readers import Colleague
from core.table import Duration, Id, Table


class Cadence(StrEnum):
    """How often a message goes out."""

    ONCE = "once"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class MessagePlan(Table):
    """A message to the staff that comes again and again, by e-mail: to everybody, or to those of `roles` or `departments` in the people
    register.

    It goes out on the day `start` at the wall time `at` of the company's zone, and then `every` so often; in a month that is too short on
    its last day. What was missed while Czujka was not running goes out once, when it runs again. `text` and `text_pl` are files beside
    this one with the words in English and Polish. The mail has a link by which one confirms to have read it, `within` that time; nothing in
    it tells whether it was opened.
    """

    id: Id
    title: str = Field(min_length=1, max_length=120)
    title_pl: str = Field("", max_length=120)
    text: str = ""
    text_pl: str = ""
    roles: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    start: date
    at: time = time(9)
    every: Cadence = Cadence.MONTHLY
    within: Duration = Field(timedelta(days=7), ge=timedelta(days=1))

    def name(self, language: str) -> str:
        return (self.title_pl or self.title) if language == "pl" else self.title

    def file(self, language: str) -> str:
        """The words in this language, or in the other where there are none."""
        return (self.text_pl or self.text) if language == "pl" else (self.text or self.text_pl)

    def goes_to(self, one: Colleague) -> bool:
        wanted = (not self.roles and not self.departments) or one.role in self.roles or one.department in self.departments
        return wanted and bool(one.address)

    def due_at(self, day: date, zone: ZoneInfo) -> datetime:
        """When it goes out on a day: on the wall of the zone, whatever the clocks do that night."""
        return datetime.combine(day, self.at, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """Somebody has read what went out on a day."""

    person: str
    plan: str
    day: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What went out on a day, to whom, and what of that is not confirmed; late from `late_at` on."""

    plan: MessagePlan
    day: date
    sent_at: datetime
    people: tuple[str, ...]
    unread: tuple[str, ...]

    @property
    def late_at(self) -> datetime:
        return self.sent_at + self.plan.within
