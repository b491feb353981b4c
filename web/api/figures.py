"""KPIs over the API: a period's figures beside what they were and what they should be."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from actions.kpis import tell
from core.errors import ConfigError, NotFound
from core.kpis import Better, Unit
from core.periods import period_of
from web.api.caller import Calling, context_of

router = APIRouter()


class KpiFigure(BaseModel):
    """One figure. Shares are 0 to 1, durations seconds; null is unknown."""

    kpi: str
    name: str
    counts: str
    unit: Unit
    better: Better
    value: float | None
    before: float | None
    year_before: float | None
    target: float | None
    is_met: bool | None
    trend: list[float | None]


class KpiPeriod(BaseModel):
    """A period's figures. `since` is when collection began; `periods` are those of each trend, the last one is this period."""

    period: str
    is_over: bool
    since: str | None
    periods: list[str]
    figures: list[KpiFigure]


@router.get("/kpis")
def kpis(
    request: Request,
    caller: Calling,
    period: Annotated[str, Query(max_length=16)] = "month",
    brand: Annotated[str, Query(max_length=64)] = "",
) -> KpiPeriod:
    """The KPIs of a period: week, month, quarter, year or years (the running one), or one by name such as 2026-11."""
    context = context_of(request)
    settings, now = context.settings, context.clock()
    if brand and brand not in {one.id for one in settings.brand}:
        raise NotFound("there is no such brand")
    try:
        wanted = period_of(period, now, settings.zone())
    except ConfigError as error:
        raise NotFound(str(error)) from error
    told = tell(context.store, settings, wanted, now, brand=brand, sight=caller.sight)
    return KpiPeriod(
        period=wanted.name,
        is_over=told.is_over,
        since=told.since.isoformat() if told.since else None,
        periods=[one.name for one in told.periods],
        figures=[
            KpiFigure(
                kpi=one.kpi.id,
                name=one.kpi.name,
                counts=one.kpi.counts,
                unit=one.kpi.unit,
                better=one.kpi.better,
                value=one.value,
                before=one.before,
                year_before=one.year_before,
                target=one.target.target if one.target else None,
                is_met=one.is_met,
                trend=list(told.trends[one.kpi.id]),
            )
            for one in told.figures
        ],
    )
