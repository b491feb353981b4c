"""On which days a message of the communication plan goes out. Pure: dates on a wall, no clock."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.message_plan import Cadence, MessagePlan

MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}
FURTHEST = date(9000, 1, 1)


def days(plan: MessagePlan) -> Iterator[date]:
    """Every day on which it goes out, from the first on."""
    day, turn = plan.start, 0
    while day < FURTHEST:
        yield day
        turn += 1
        if plan.every is Cadence.ONCE:
            return
        day = plan.start + timedelta(weeks=turn) if plan.every is Cadence.WEEKLY else _months_on(plan.start, turn * MONTHS[plan.every])


def newest(plan: MessagePlan, zone: ZoneInfo, now: datetime) -> date | None:
    """The last day whose time has come; None before the first."""
    found = None
    for day in days(plan):
        if plan.due_at(day, zone) > now:
            return found
        found = day
    return found


def following(plan: MessagePlan, zone: ZoneInfo, now: datetime) -> date | None:
    """The next day; None when there is none any more."""
    return next((day for day in days(plan) if plan.due_at(day, zone) > now), None)


def _months_on(start: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
