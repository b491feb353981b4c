"""Time is aware UTC everywhere. Only shells ask for it; deciders are given `now`."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """This instant, aware UTC."""
    return datetime.now(UTC)


def last_minute(day: date, zone: tzinfo) -> datetime:
    """The last minute of a day there, aware UTC: until then something is done by that day."""
    return datetime.combine(day, time(23, 59), zone).astimezone(UTC)
