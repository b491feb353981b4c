"""What a week's digest is told of: gathered once, for the mail, the page and the sheet alike."""

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime

from actions.case_sight import judges
from actions.kpis import tell
from actions.lessons import closed_between, overdue
from actions.spoken import spoken
from actions.staff import shares
from core.access import Grant, Role, Sight, Viewer, grants_of
from core.blindness import promise
from core.cases import NO_CASES
from core.errors import ConfigError, NotFound
from core.figures import WeekFigures, last_full_week, week_bounds
from core.periods import named
from core.settings import Settings
from reports.kpis import Figure
from storage import Store

OFFICE = "compliance"
ANSWERING = frozenset({Role.ACCOUNT_OWNER, Role.COMPLIANCE})


def week_figures(settings: Settings, store: Store, week: str, sight: Sight | None = None) -> WeekFigures:
    """What a digest tells of an ISO week such as "2026-W46", or of its part that lies in `sight`. Raises ConfigError: no such week."""
    zone = settings.zone()
    start, end = week_bounds(week, zone)
    since, until = start.astimezone(UTC), end.astimezone(UTC)
    known = tuple((each.task, each.effect) for each in closed_between(store, since, until))
    figures = store.figures.week(start, end, zone, {source.id: promise(source) for source in settings.source}, sight)
    told = replace(figures, spoken=spoken(store, settings.fact, since, until, sight), overdue=overdue(store, until), learned=known)
    if sight is not None:
        return _cut(told, settings, sight)
    return replace(told, staff=shares(store, settings, until), cases=store.cases.counts(since, until))


def week_kpis(settings: Settings, store: Store, week: str, now: datetime, sight: Sight | None = None) -> Sequence[Figure]:
    """The KPIs of an ISO week, for its digest. Raises ConfigError: no such week."""
    return tell(store, settings, named(week), now, sight=sight, points=1).figures


def week_over(settings: Settings, store: Store, viewer: Viewer, week: str, now: datetime) -> tuple[WeekFigures, Sequence[Figure]]:
    """A week that is over (without a name the last one) as far as `viewer` may see; cases are counted for who judges them.

    Raises NotFound: no such week, or not over.
    """
    sight = viewer.sight()
    try:
        figures = week_figures(settings, store, week or last_full_week(now, settings.zone()), sight)
    except ConfigError as error:
        raise NotFound(str(error)) from error
    if figures.ends_at > now:
        raise NotFound("that week is not over")
    cases = figures.cases if judges(viewer, None) else NO_CASES
    return replace(figures, cases=cases), week_kpis(settings, store, figures.name, now, sight)


def readers_of_all(settings: Settings) -> frozenset[str]:
    """Who gets the digest of the whole company: the fallback team, the office of compliance, and whoever is compliance everywhere."""
    fallback = _team(settings, settings.company.fallback)
    officers = (one.id for one in settings.person if Grant(Role.COMPLIANCE) in grants_of(one))
    return frozenset((*fallback, *settings.holders(OFFICE), *officers))


def part_of(settings: Settings, people: Set[str]) -> Sight:
    """What these people answer for together: their teams', and what they are account-owner or compliance of."""
    held = [grant for one in settings.person if one.id in people for grant in grants_of(one) if grant.role in ANSWERING]
    teams = (owner.id for owner in settings.owner if people & frozenset(owner.people))
    owners = frozenset((*teams, *(grant.owner for grant in held if grant.owner is not None)))
    return Sight(owners, frozenset(grant.brand for grant in held if grant.brand is not None))


def _cut(figures: WeekFigures, settings: Settings, sight: Sight) -> WeekFigures:
    """Without the sources and actions of others; of their answers, incidents and posts the store has counted none."""
    sources = {one.id for one in settings.source if one.owner in sight.owners or one.brand in sight.brands}
    theirs = sight.owners.union(*(owner.people for owner in settings.owner if owner.id in sight.owners))
    return replace(
        figures,
        blind=tuple(one for one in figures.blind if one.source_id in sources),
        overdue=tuple(one for one in figures.overdue if one.planned.owner in theirs),
        learned=tuple(one for one in figures.learned if one[0].planned.owner in theirs),
        whose=(*sorted(sight.owners), *sorted(sight.brands)),
    )


def _team(settings: Settings, owner_id: str | None) -> tuple[str, ...]:
    return next((owner.people for owner in settings.owner if owner.id == owner_id), ())
