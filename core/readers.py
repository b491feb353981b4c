"""Who must have read the policy, and who has: people as a sheet names them, what they acknowledged, and what they still owe."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from core.table import Duration, Table

SHEET, PROVIDER = "sheet", "provider"
NOTICE = "POL-17"
"""The clause that tells people what the company watches: the monitoring notice."""


class ReadersTable(Table):
    """Who of the people register must read the policy (everybody while `roles` is empty), within which time, how often they are reminded,
    and how many times at most. Whoever is late after that time is named to their manager.
    """

    roles: tuple[str, ...] = ()
    within: Duration = Field(timedelta(days=14), ge=timedelta(days=1))
    remind_every: Duration = Field(timedelta(days=7), ge=timedelta(days=1))
    reminders: int = Field(6, ge=1, le=50)


class What(StrEnum):
    """What is acknowledged: the whole policy, or the notice of what is watched."""

    POLICY = "policy"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody of the staff. `manager` is another colleague's id, '' for nobody; `role` and `department` words of the company's own;
    `source` says who keeps the entry: a sheet, or the company's sign-in."""

    person: str
    name: str
    address: str
    language: str
    role: str = "staff"
    manager: str = ""
    department: str = ""
    source: str = SHEET
    joined_at: datetime | None = None
    left_at: datetime | None = None

    def is_here(self, now: datetime) -> bool:
        return (self.joined_at is None or self.joined_at <= now) and (self.left_at is None or self.left_at > now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Somebody says that they have read a version, in which language they were shown it."""

    person: str
    what: What
    version: int
    language: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What a colleague has not acknowledged of the version in force, since when they are asked, and by when."""

    colleague: Colleague
    version: int
    missing: tuple[What, ...]
    since: datetime
    due_at: datetime

    def is_late(self, now: datetime) -> bool:
        return now >= self.due_at
