"""Whose turn it is in one layer. Turns change at wall times; their ends are wall times too, never a start plus a duration in UTC."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.daysoff import DaysOff
from alerts.hours import DAY, DAYS, clock, first_instant, on_duty
from core.errors import ConfigError
from core.settings import Layer

WEEK = timedelta(weeks=1)
SHORTEST = timedelta(hours=1)


def turn(layer: Layer, zone: ZoneInfo, at: datetime, days_off: DaysOff) -> str | None:
    """Who is on call in this layer at an instant (aware UTC): nobody before its start, outside of its hours and on its days off.

    Turns shorter than an hour are no turns: the first person stays on call, and `oncall.check` says so.
    """
    hours = on_duty(layer.hours, layer.holidays, days_off)
    if not layer.people or (hours is not None and hours.span_at(at, zone) is None):
        return None
    if layer.every < SHORTEST:
        return layer.people[0]
    number = _number(layer, zone, at)
    return layer.people[number % len(layer.people)] if number >= 0 else None


def changes(layer: Layer, zone: ZoneInfo, start: datetime, end: datetime, days_off: DaysOff) -> Iterator[datetime]:
    """Every instant inside (start, end) at which this layer may change; aware UTC."""
    hours = on_duty(layer.hours, layer.holidays, days_off)
    if hours is not None:
        yield from (edge for span in hours.spans(zone, start, end) for edge in span)
    if layer.people and layer.every >= SHORTEST:
        number = max(_number(layer, zone, start), -1) + 1
        while (at := _begins(layer, zone, number)) < end:
            yield at
            number += 1


def _number(layer: Layer, zone: ZoneInfo, at: datetime) -> int:
    """The turn that runs at an instant, below zero before the first. Guessed by wall time, then moved to where it is right."""
    number = (at.astimezone(zone).replace(tzinfo=None) - first_wall(layer)) // layer.every
    while _begins(layer, zone, number) > at:
        number -= 1
    while _begins(layer, zone, number + 1) <= at:
        number += 1
    return number


def _begins(layer: Layer, zone: ZoneInfo, number: int) -> datetime:
    return first_instant(first_wall(layer) + number * layer.every, zone)


def first_wall(layer: Layer) -> datetime:
    """The first hand-over (naive wall time). Turns of whole weeks begin on the hand-over's day, the last one up to `start`."""
    weekday, after_midnight = handover(layer.handover)
    day: date = layer.start
    if weekday is not None and layer.every % WEEK == timedelta(0):
        day -= DAY * ((day.weekday() - weekday) % 7)
    return datetime.combine(day, time.min) + after_midnight


def handover(text: str) -> tuple[int | None, timedelta]:
    """Read "mon 09:00" or "09:00" as (weekday, time after midnight); what cannot be read counts as midnight, see `oncall.check`."""
    try:
        return read_handover(text)
    except ConfigError:
        return None, timedelta(0)


def read_handover(text: str) -> tuple[int | None, timedelta]:
    """The same. Raises ConfigError with what was expected."""
    *days, hour = text.lower().split() or [""]
    if len(days) > 1 or not set(days) <= set(DAYS):
        raise ConfigError(f'a hand-over such as "mon 09:00" was expected, {text!r} came', reason="hours")
    return (DAYS.index(days[0]) if days else None), clock(hour)
