"""Periods that figures are counted over: a week, month, quarter, year, or four years, as days of the company's zone.

A day is from its first instant to the next day's, however many hours it has. Names: "2026-W46", "2026-11", "2026-Q4", "2026", "2023-2026".
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.errors import ConfigError
from core.figures import midnight

_MOST_YEARS = 9990
_NAMES = (r"(\d{4})-W(\d{2})", r"(\d{4})-(\d{2})", r"(\d{4})-Q([1-4])", r"(\d{4})", r"(\d{4})-(\d{4})")


class Span(StrEnum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    YEARS = "years"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From the first instant of `first` to that of `after`, days of the company's zone."""

    first: date
    after: date
    span: Span

    @property
    def name(self) -> str:
        """Such as "2026-W46", "2026-11", "2026-Q4", "2026" or "2023-2026"."""
        year, week, _ = self.first.isocalendar()
        match self.span:
            case Span.WEEK:
                return f"{year}-W{week:02d}"
            case Span.MONTH:
                return f"{self.first:%Y-%m}"
            case Span.QUARTER:
                return f"{self.first.year}-Q{self.first.month // 3 + 1}"
            case Span.YEAR:
                return f"{self.first.year}"
            case Span.YEARS:
                return f"{self.first.year}-{self.after.year - 1}"

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """First instant of the period and of what follows it, aware UTC."""
        return midnight(self.first, zone).astimezone(UTC), midnight(self.after, zone).astimezone(UTC)

    def is_over(self, now: datetime, zone: ZoneInfo) -> bool:
        return now >= self.bounds(zone)[1]

    def holds(self, day: date) -> bool:
        return self.first <= day < self.after

    def before(self) -> "Period":
        """The period that ends where this one begins."""
        return holding(self.first - timedelta(days=1), self.span)

    def following(self) -> "Period":
        """The period that begins where this one ends."""
        return holding(date(self.after.year + 3, 1, 1) if self.span is Span.YEARS else self.after, self.span)

    def year_before(self) -> "Period | None":
        """The same week, month, quarter or year of the year before; None where that year has no such week, and for four years."""
        if self.span is Span.YEARS:
            return None
        if self.span is Span.WEEK:
            year, week, _ = self.first.isocalendar()
            try:
                return holding(date.fromisocalendar(year - 1, week, 1), self.span)
            except ValueError:
                return None
        return holding(date(self.first.year - 1, self.first.month, 1), self.span)


def holding(day: date, span: Span) -> Period:
    """The period of that length that holds the day; four years end with the day's own."""
    if span is Span.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=7), span)
    if span is Span.YEARS:
        return Period(date(day.year - 3, 1, 1), date(day.year + 1, 1, 1), span)
    months = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}[span]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    last = first.month - 1 + months
    return Period(first, date(first.year + last // 12, last % 12 + 1, 1), span)


def current(now: datetime, span: Span, zone: ZoneInfo) -> Period:
    """The period that is running."""
    return holding(now.astimezone(zone).date(), span)


def last_over(now: datetime, span: Span, zone: ZoneInfo) -> Period:
    """The newest period that is over."""
    return (
        holding(current(now, span, zone).first - timedelta(days=1), span) if span is not Span.YEARS else current(now, span, zone).before()
    )


def run_up_to(period: Period, count: int) -> tuple[Period, ...]:
    """So many periods in a row, the last of them this one; four years move on by a year."""
    found = [period]
    while len(found) < count:
        found.append(holding(date(found[-1].after.year - 2, 1, 1), Span.YEARS) if period.span is Span.YEARS else found[-1].before())
    return tuple(reversed(found))


def named(text: str) -> Period:
    """The period of that name. Raises ConfigError."""
    for span, pattern in zip(Span, _NAMES, strict=True):
        found = re.fullmatch(pattern, text.strip().upper())
        if found:
            try:
                return _of(span, *(int(part) for part in found.groups()))
            except ValueError:
                break
    raise ConfigError(f"{text!r} is not a period; 2026-W46, 2026-11, 2026-Q4, 2026 or 2023-2026 was expected", reason="period")


def period_of(text: str, now: datetime, zone: ZoneInfo) -> Period:
    """The running period for a word such as "month", else the one of that name. Raises ConfigError."""
    with suppress(ValueError):
        return current(now, Span(text.strip().lower()), zone)
    return named(text)


def _of(span: Span, year: int, part: int = 1) -> Period:
    if not 5 <= year <= _MOST_YEARS:
        raise ValueError(year)
    match span:
        case Span.WEEK:
            return holding(date.fromisocalendar(year, part, 1), span)
        case Span.QUARTER:
            return holding(date(year, 3 * part - 2, 1), span)
        case Span.YEARS:
            if part - year != 3:
                raise ValueError(part)
            return holding(date(part, 1, 1), span)
        case _:
            return holding(date(year, part, 1), span)
