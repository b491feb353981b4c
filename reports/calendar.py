"""When letters of the calendar are due, on the wall of the company's zone: the weekly digest on Monday at 8:00 for the week that ended at
that Monday's midnight, the summary of a month at 8:00 on the first day of the next one."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.figures import last_full_week, week_bounds
from core.periods import Period, Span, last_over, run_up_to

AT = time(8)
MOST_AT_ONCE = 4
MOST_MONTHS = 2
LATE_AFTER = timedelta(minutes=15)


def planned_at(week: str, zone: ZoneInfo) -> datetime:
    """The instant (aware UTC) at which that week's digest goes out, such as "2026-W46". Raises ConfigError: no such week."""
    _, end = week_bounds(week, zone)
    return datetime.combine(end.date(), AT, tzinfo=zone).astimezone(UTC)


def due_weeks(last: str | None, since: datetime | None, now: datetime, zone: ZoneInfo) -> list[str]:
    """The weeks whose digest is to be planned now, the oldest first: the one that is due, and those missed since the `last` planned one.

    At most four. A time before `since`, when the watching began, is nobody's miss. Without a last one only the newest is due.
    """
    if since is None:
        return []
    weeks = [last_full_week(now - timedelta(weeks=back), zone) for back in range(MOST_AT_ONCE if last else 2)]
    due = [week for week in weeks if since < planned_at(week, zone) <= now and (last is None or week > last)]
    return due[::-1] if last else due[:1]


def summary_planned_at(month: Period, zone: ZoneInfo) -> datetime:
    """The instant (aware UTC) at which that month's summary goes out."""
    return datetime.combine(month.after, AT, tzinfo=zone).astimezone(UTC)


def due_months(last: str | None, since: datetime | None, now: datetime, zone: ZoneInfo) -> list[Period]:
    """The months whose summary is to be planned now, the oldest first: at most two, none of before the watching began (`since`) or up to
    the `last` planned one. Without a last one only the newest is due."""
    if since is None:
        return []
    months = run_up_to(last_over(now, Span.MONTH, zone), MOST_MONTHS)
    due = [one for one in months if since < summary_planned_at(one, zone) <= now and (last is None or one.name > last)]
    return due if last else due[-1:]
