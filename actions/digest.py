"""What a week's digest is told of: gathered once, for the mail, the page and the sheet alike."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from actions.kpis import tell
from actions.lessons import closed_between, overdue
from actions.spoken import spoken
from actions.staff import shares
from core.blindness import promise
from core.figures import WeekFigures, week_bounds
from core.periods import named
from core.settings import Settings
from reports.kpis import Figure
from storage import Store


def week_figures(settings: Settings, store: Store, week: str) -> WeekFigures:
    """What a digest tells of an ISO week such as "2026-W46". Raises ConfigError: no such week."""
    zone = settings.zone()
    start, end = week_bounds(week, zone)
    since, until = start.astimezone(UTC), end.astimezone(UTC)
    said = spoken(store, settings.fact, since, until)
    known = tuple((each.task, each.effect) for each in closed_between(store, since, until))
    figures = store.figures.week(start, end, zone, {source.id: promise(source) for source in settings.source})
    return replace(
        figures,
        spoken=said,
        overdue=overdue(store, until),
        learned=known,
        staff=shares(store, settings, until),
        cases=store.cases.counts(since, until),
    )


def week_kpis(settings: Settings, store: Store, week: str, now: datetime) -> Sequence[Figure]:
    """The KPIs of an ISO week, for its digest. Raises ConfigError: no such week."""
    return tell(store, settings, named(week), now, points=1).figures
