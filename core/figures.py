"""A week in figures: what the digest tells. Filled by the store, told by reports.

A week is an ISO week in the company's zone: from Monday's first instant to the next Monday's, however long its days are.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.cases import NO_CASES, CaseCounts
from core.errors import ConfigError
from core.lessons import Effect, Task
from core.rulings import NOTHING_RULED, Ruling, Rulings
from core.spoken import NOTHING_SPOKEN, Spoken
from core.staff import Share
from core.types import Severity
from core.verdicts import Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the public said on one day: posts, and how many of them were negative."""

    day: date
    posts: int
    negative: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The conversations opened in the week. `late`: answered after their time, or not answered and their time was over by its end.

    `median_s` is the median time to the first answer in seconds, None if nothing was answered.
    """

    opened: int
    answered: int
    late: int
    median_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """How many incidents of one label and severity were opened."""

    label: str
    severity: Severity
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many posts carry one label."""

    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What one owner has not finished: incidents not resolved, conversations not answered, and how many of those are late."""

    owner: str
    incidents: int
    conversations: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Burning:
    """An incident that is not resolved."""

    incident_id: int
    label: str
    severity: Severity
    owner: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """A source that was blind for so many seconds of the week, first since `since` (None: it was never read). `lasts`: up to its end."""

    source_id: str
    since: datetime | None
    seconds: float
    reason: str
    lasts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How tries to deliver ended, by channel. `failed`: given up for this contact; `unsure`: nobody knows whether they arrived."""

    channel: str
    sent: int
    failed: int
    unsure: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unalarmed:
    """In how many posts of the week a rule found something that alarmed nobody: on trial, or not sure enough. `ruling` says who wanted
    that, if anybody did."""

    detector: str
    posts: int
    ruling: Ruling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFigures:
    """One week. `ours` is how many posts our own accounts made; `breaches` are policy labels on our own voice, `leaks` on any.

    What is still open (`waiting`, `burning`) is counted when asked, not at the end of the week. `rules` is how often each rule was right
    in the verdicts of the quarter before the week's end, the worst first; `rulings` hold when this is
    asked, and `unalarmed` is what was found and alarmed nobody. `spoken` is what our own side said, looked through; `overdue` are
    actions of reviews whose day is over, the longest first; `learned` are done ones of which it is known since
    this week what changed. `staff` is how far the people are with what they must read and complete. `before` is the week before.
    `whose` names the owners and brands whose part this is, None: the whole company.
    """

    starts_at: datetime
    ends_at: datetime
    zone: str
    days: tuple[Day, ...]
    ours: int
    answers: Answers
    opened: tuple[Opened, ...]
    breaches: tuple[Counted, ...]
    leaks: tuple[Counted, ...]
    waiting: tuple[Waiting, ...]
    burning: tuple[Burning, ...]
    blind: tuple[Blind, ...]
    sent: tuple[Sent, ...]
    rules: tuple[Precision, ...] = ()
    rulings: Rulings = NOTHING_RULED
    unalarmed: tuple[Unalarmed, ...] = ()
    spoken: Spoken = NOTHING_SPOKEN
    overdue: tuple[Task, ...] = ()
    learned: tuple[tuple[Task, Effect], ...] = ()
    staff: tuple[Share, ...] = ()
    cases: CaseCounts = NO_CASES
    before: "WeekFigures | None" = None
    whose: tuple[str, ...] | None = None

    @property
    def posts(self) -> int:
        """What the public said in the whole week."""
        return sum(day.posts for day in self.days)

    @property
    def negative(self) -> int:
        return sum(day.negative for day in self.days)

    @property
    def is_empty(self) -> bool:
        """Nothing was said, opened, missed or promised, and nothing stands open."""
        told = (self.opened, self.breaches, self.leaks, self.burning, self.blind, self.overdue, self.learned)
        heard = self.posts or self.ours or self.answers.opened or self.spoken.weighed or self.spoken.contradictions
        waits = any(each.conversations or each.incidents for each in self.waiting)
        return not (heard or waits or any(told))

    @property
    def name(self) -> str:
        """The ISO week: "2026-W46"."""
        year, week, _ = self.days[0].day.isocalendar()
        return f"{year}-W{week:02d}"


def week_bounds(week: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of a week and of the next one, for "2026-W46", aware in the zone. Raises ConfigError. Source: ISO 8601."""
    found = re.fullmatch(r"(\d{4})-?W(\d{2})", week.strip().upper())
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        monday = None
    if monday is None:
        raise ConfigError(f"{week!r} is not a week; one such as 2026-W46 was expected", reason="week")
    return midnight(monday, zone), midnight(monday + timedelta(days=7), zone)


def last_full_week(now: datetime, zone: ZoneInfo) -> str:
    """The ISO week that ended last, in the zone."""
    year, week, _ = (now.astimezone(zone) - timedelta(days=7)).date().isocalendar()
    return f"{year}-W{week:02d}"


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """A day's first instant in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)
