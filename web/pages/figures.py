"""Figures: the KPIs by objective with target and trend, what each counts, and the list behind it."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from actions.kpis import Told, tell
from actions.voice import share_of_voice
from core.errors import ConfigError, NotFound
from core.objectives import Initiative, Objective
from core.periods import Period, Span, current, named
from core.settings import Settings
from reports import charts, kpi_words
from reports.kpis import Figure, with_target
from reports.wording import Speech as Reporting
from web.render import page, speech_of
from web.visitor import SignedIn, Visitor, context_of
from web.wording import msg

router = APIRouter()

SPANS = {
    Span.WEEK: msg("Week"),
    Span.MONTH: msg("Month"),
    Span.QUARTER: msg("Quarter"),
    Span.YEAR: msg("Year"),
    Span.YEARS: msg("Four years"),
}
VERDICTS = {"worked": msg("It worked"), "partly": msg("It worked in part"), "failed": msg("It did not work")}
Brand = Annotated[str, Query(max_length=64)]


@dataclass(frozen=True, slots=True)
class Card:
    """One figure as the page draws it, already in words."""

    figure: Figure
    name: str
    counts: str
    value: str
    before: str
    year_before: str
    target: str
    met: str
    drawn: charts.Trend | None
    told: str
    top: str


@dataclass(frozen=True, slots=True)
class Group:
    """An objective with its figures and initiatives; without one, all that no objective names."""

    objective: Objective | None
    cards: tuple[Card, ...]
    initiatives: tuple[Initiative, ...] = ()


@router.get("/figures")
def figures(
    request: Request, visitor: SignedIn, span: Span = Span.MONTH, at: Annotated[str, Query(max_length=16)] = "", brand: Brand = ""
) -> Response:
    context = context_of(request)
    settings, now, zone = context.settings, context.clock(), context.settings.zone()
    period = period_at(at, span, now, settings)
    told = tell(context.store, settings, period, now, brand=known_brand(brand, settings), sight=visitor.sight)
    speech = Reporting(speech_of(request, visitor).language)
    return page(
        request,
        "figures.html",
        visitor,
        told=told,
        voice="/figures/voice?" + urlencode({"at": period.name, **({"brand": brand} if brand else {})}),
        ends=tuple(kpi_words.point_line(one, speech) for one in (told.periods[0], told.periods[-1])),
        verdicts={one: speech_of(request, visitor).say(name) for one, name in VERDICTS.items()},
        groups=groups(settings, told, speech),
        today=now.astimezone(zone).date(),
        **_around(request, visitor, period, brand, "/figures"),
        wide=charts.BARS_WIDE,
        high=charts.BARS_HIGH,
    )


@router.get("/figures/voice")
def voice(
    request: Request, visitor: SignedIn, span: Span = Span.MONTH, at: Annotated[str, Query(max_length=16)] = "", brand: Brand = ""
) -> Response:
    """Share of voice: who is named how often, where, about what, and by whom most."""
    context = context_of(request)
    settings, now = context.settings, context.clock()
    period = period_at(at, span, now, settings)
    told = share_of_voice(context.store, settings, period, now, brand=known_brand(brand, settings), sight=visitor.sight)
    return page(request, "voice.html", visitor, told=told, **_around(request, visitor, period, brand, "/figures/voice"))


def _around(request: Request, visitor: Visitor, period: Period, brand: str, path: str) -> dict[str, Any]:
    """What both pages have: the period in words, the ways to other periods and brands."""
    context, spoken = context_of(request), speech_of(request, visitor)
    now, zone, speech = context.clock(), context.settings.zone(), Reporting(spoken.language)
    after = period.following()
    return {
        "address": lambda **said: f"{path}?" + urlencode({key: value for key, value in ({"brand": brand} | said).items() if value}),
        "period": period,
        "period_name": kpi_words.period_line(period, speech),
        "so_far": "" if period.is_over(now, zone) else kpi_words.so_far_line(period, speech),
        "before": period.before(),
        "after": after if after.bounds(zone)[0] <= now else None,
        "spans": {one: spoken.say(name) for one, name in SPANS.items()},
        "brand": brand,
        "brands": context.settings.brand,
        "zone": zone.key,
    }


def period_at(at: str, span: Span, now: datetime, settings: Settings) -> Period:
    """The period of that name; without one, or one that cannot be read, the running one."""
    with suppress(ConfigError):
        return named(at)
    return current(now, span, settings.zone())


def known_brand(brand: str, settings: Settings) -> str:
    """Raises NotFound: no such brand."""
    if brand and brand not in {one.id for one in settings.brand}:
        raise NotFound("there is no such brand")
    return brand


def groups(settings: Settings, told: Told, speech: Reporting) -> Iterable[Group]:
    """The objectives in their order, then what none of them names."""
    seen: set[str] = set()
    for objective in settings.objective:
        wanted = [with_target(told.figure(one.kpi), one, told.period) for one in objective.kpi]
        seen |= {one.kpi.id for one in wanted}
        mine = tuple(one for one in settings.initiative if one.objective == objective.id)
        yield Group(objective, cards(wanted, told, speech), mine)
    yield Group(None, cards([one for one in told.figures if one.kpi.id not in seen], told, speech))


def cards(wanted: Sequence[Figure], told: Told, speech: Reporting) -> tuple[Card, ...]:
    return tuple(_card(one, told, speech) for one in wanted)


def _card(one: Figure, told: Told, speech: Reporting) -> Card:
    values, language = told.trends[one.kpi.id], speech.language
    drawn = charts.trend(values, one.target.target if one.target else None) if any(values) else None
    points = (
        f"{kpi_words.point_line(period, speech)}: {kpi_words.amount(value, one.kpi, speech)}"
        for period, value in zip(told.periods, values, strict=True)
    )
    return Card(
        figure=one,
        name=one.kpi.name_in(language),
        counts=one.kpi.counts_in(language),
        value=kpi_words.amount(one.value, one.kpi, speech),
        before=kpi_words.amount(one.before, one.kpi, speech) if one.before is not None else "",
        year_before=kpi_words.amount(one.year_before, one.kpi, speech) if one.year_before is not None else "",
        target=kpi_words.target_line(one.target, one.kpi, speech),
        met=kpi_words.met_line(one.is_met, speech) if one.is_met is not None else "",
        drawn=drawn,
        told="; ".join(points),
        top=kpi_words.amount(drawn.top, one.kpi, speech) if drawn is not None else "",
    )
