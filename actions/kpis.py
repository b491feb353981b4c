"""The KPIs of a period, as pages, mails, the API, verbs and metrics show them: facts of the store, counted by reports."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from actions.readers import standing
from core.access import Sight
from core.blindness import promise
from core.kpis import KPIS, Facts
from core.periods import Period, Span, run_up_to
from core.settings import Settings
from reports.kpis import Figure, figures, values
from storage import Store
from storage.kpis import Asked

POINTS = {Span.WEEK: 13, Span.MONTH: 13, Span.QUARTER: 9, Span.YEAR: 5, Span.YEARS: 2}
"""How many periods a trend goes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The KPIs of a period, and of each what it was in the periods up to it (`periods`, the last one is this). `since` is when collection
    began, None: not yet."""

    period: Period
    is_over: bool
    since: datetime | None
    figures: tuple[Figure, ...]
    periods: tuple[Period, ...]
    trends: dict[str, tuple[float | None, ...]]

    def figure(self, name: str) -> Figure:
        return next(one for one in self.figures if one.kpi.id == name)


def tell(
    store: Store,
    settings: Settings,
    period: Period,
    now: datetime,
    *,
    brand: str = "",
    sight: Sight | None = None,
    points: int | None = None,
) -> Told:
    """All KPIs of a period, as far as the viewer may see (None: everything)."""
    zone = settings.zone()
    periods = run_up_to(period, points or POINTS[period.span])
    beside = [one for one in (period.before(), period.year_before()) if one is not None]
    facts = _facts(store, settings, [*periods, *beside], now, brand, sight)
    counted = [values(facts, one, now, zone) for one in periods]
    return Told(
        period=period,
        is_over=period.is_over(now, zone),
        since=facts.since,
        figures=figures(facts, period, settings.objective, now, zone),
        periods=periods,
        trends={name: tuple(one[name] for one in counted) for name in KPIS},
    )


def alone(store: Store, settings: Settings, period: Period, now: datetime) -> dict[str, float | None]:
    """Every KPI of one period by its id, without what it was before: cheap enough to be asked all day."""
    return values(_facts(store, settings, [period], now, "", None), period, now, settings.zone())


def rivals_of(settings: Settings, brand: str = "") -> tuple[str, ...]:
    """The competitors of a brand, or of all."""
    return tuple(dict.fromkeys(name for one in settings.brand if brand in ("", one.id) for name in one.competitors))


def _facts(store: Store, settings: Settings, periods: Iterable[Period], now: datetime, brand: str, sight: Sight | None) -> Facts:
    zone, wanted = settings.zone(), sorted(set(periods))
    first, after = wanted[0].first, max(one.after for one in wanted)
    start, end = Period(first, after, Span.YEARS).bounds(zone)
    asked = Asked(start=start, end=end, first=first, after=after, now=now, brand=brand, sight=sight, rivals=rivals_of(settings, brand))
    facts = store.kpis.facts(asked, {source.id: promise(source) for source in settings.source})
    if sight is not None or brand:
        return facts
    read = {one: share for one in wanted if (share := _read(store, settings, one, now, zone)) is not None}
    return replace(facts, policy_read=read, portal=store.portal_use.between(first, after))


def _read(store: Store, settings: Settings, period: Period, now: datetime, zone: ZoneInfo) -> float | None:
    start, end = period.bounds(zone)
    found = standing(store, settings, min(end, now)) if start <= now else None
    return found.done / found.people if found is not None else None
