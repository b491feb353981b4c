"""Time is aware UTC everywhere. Only shells ask for it; deciders are given `now`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """This instant, aware UTC."""
    return datetime.now(UTC)
