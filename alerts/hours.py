"""Wall time and instants: hours as people write them ("mon-fri 08:00-18:00", "22:00-06:00"), and when they are in a zone.

A wall time that comes twice begins at its first and ends at its last occurrence; one that does not exist is the first instant
after the gap. Source: PEP 495 (fold), docs/adr/0005-incidents-and-stories.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from alerts.daysoff import DaysOff
from core.errors import ConfigError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)
LOOK_AHEAD = timedelta(days=60)
STRIDE = timedelta(days=2)

_PART = re.compile(rf"(?:({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))?\s+)?(\d\d?:\d\d)\s*-\s*(\d\d?:\d\d)")

Span = tuple[datetime, datetime]
HolidayDuty = Literal["usual", "off", "only"]


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end` after midnight (wall time) on some days of the week (0 is Monday). `end` may lie in the next day."""

    days: frozenset[int]
    start: timedelta
    end: timedelta


@dataclass(frozen=True, slots=True)
class Hours:
    """Some hours of the week. On `days_off` nothing begins; with `only_then` nothing begins on other days."""

    windows: tuple[Window, ...]
    days_off: DaysOff | None = None
    only_then: bool = False

    def spans(self, zone: ZoneInfo, start: datetime, end: datetime) -> list[Span]:
        """The spans (aware UTC) that touch [start, end), in order, those that meet joined into one."""
        day = datetime.combine(start.astimezone(zone).date() - 2 * DAY, time.min)
        last = datetime.combine(end.astimezone(zone).date() + DAY, time.min)
        found: list[Span] = []
        while day <= last:
            found += [
                (first_instant(day + window.start, zone), last_instant(day + window.end, zone))
                for window in self.windows
                if day.weekday() in window.days and self._begins_on(day.date())
            ]
            day += DAY
        return [span for span in _joined(found) if span[1] > start and span[0] < end]

    def _begins_on(self, day: date) -> bool:
        return self.days_off is None or (day in self.days_off) == self.only_then

    def span_at(self, at: datetime, zone: ZoneInfo) -> Span | None:
        """The span that covers this instant, None outside of these hours."""
        return next((span for span in self.spans(zone, at, at + timedelta(seconds=1)) if span[0] <= at < span[1]), None)

    def after(self, start: datetime, worked: timedelta, zone: ZoneInfo) -> datetime:
        """When `worked` has passed since `start`, counting these hours only; two months at the latest."""
        left, at, latest = worked, start, start + LOOK_AHEAD
        while at < latest:
            for opens, closes in self.spans(zone, at, at + STRIDE):
                begin, end = max(opens, at), min(closes, at + STRIDE)
                if end - begin >= left:
                    return begin + left
                left -= end - begin
            at += STRIDE
        return latest


@cache
def read(text: str) -> Hours:
    """Read "mon-fri 08:00-18:00, sat 09:00-13:00"; without days every day. Raises ConfigError with what was expected."""
    return Hours(tuple(_window(part.strip().lower()) for part in text.split(",")))


def readable(text: str | None) -> Hours | None:
    """The same, None for nothing and for what cannot be read: `oncall.check` names it, and nobody waits for a person to mend it."""
    try:
        return read(text) if text else None
    except ConfigError:
        return None


def on_duty(text: str | None, duty: HolidayDuty, days_off: DaysOff) -> Hours | None:
    """The hours of somebody who works on days off as usual, not at all, or only then; None for always."""
    hours = readable(text)
    return hours if duty == "usual" else Hours((hours or ALWAYS).windows, days_off, only_then=duty == "only")


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """When this wall time (naive) comes first, or ends the gap that swallows it; aware UTC."""
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return early if _shows(early, wall, zone) else _end_of_gap(wall, zone)


def last_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """When this wall time (naive) comes last, or ends the gap that swallows it; aware UTC."""
    late = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return late if _shows(late, wall, zone) else _end_of_gap(wall, zone)


def clock(text: str) -> timedelta:
    """Read "9:00" as time after midnight; "24:00" is the day's end. Raises ConfigError."""
    found = re.fullmatch(r"(\d\d?):(\d\d)", text.strip())
    after_midnight = timedelta(hours=int(found[1]), minutes=int(found[2])) if found else DAY * 2
    if found is None or int(found[2]) > 59 or after_midnight > DAY:
        raise ConfigError(f'a time such as "09:00" was expected, {text!r} came', reason="hours")
    return after_midnight


def _window(part: str) -> Window:
    found = _PART.fullmatch(part)
    if found is None:
        raise ConfigError(f'hours such as "mon-fri 08:00-18:00" or "22:00-06:00" were expected, {part!r} came', reason="hours")
    start, end = clock(found[3]), clock(found[4])
    return Window(_days(found[1], found[2]), start, end if end > start else end + DAY)


def _days(first: str | None, last: str | None) -> frozenset[int]:
    if first is None:
        return frozenset(range(7))
    begin = DAYS.index(first)
    length = (DAYS.index(last or first) - begin) % 7
    return frozenset((begin + n) % 7 for n in range(length + 1))


ALWAYS = Hours((Window(frozenset(range(7)), timedelta(0), DAY),))


def _shows(instant: datetime, wall: datetime, zone: ZoneInfo) -> bool:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(fold=0)


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """Clocks jump somewhere between what `wall` would be by the offset after the gap and by the one before; to the second."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == old else (before, middle)
    return after


def _joined(spans: list[Span]) -> Iterator[Span]:
    current: Span | None = None
    for span in sorted(one for one in spans if one[0] < one[1]):
        if current is not None and span[0] <= current[1]:
            current = (current[0], max(current[1], span[1]))
            continue
        if current is not None:
            yield current
        current = span
    if current is not None:
        yield current
