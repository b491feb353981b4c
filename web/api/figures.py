"""KPIs over the API: a period's figures beside what they were and what they should be."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from actions.kpis import tell
from actions.voice import share_of_voice
from core.errors import ConfigError, NotFound
from core.kpis import Better, Unit
from core.periods import Period, period_of
from web.api.caller import Calling, context_of
from web.context import Context

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
    wanted = _wanted(context, period, brand)
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


class NamedOne(BaseModel):
    """How often one was named: `name` is a competitor's, or "" for us. Null is unknown."""

    name: str
    posts: int
    share: float | None
    reactions_per_post: float | None
    platforms: dict[str, int]


class QuestionsOfPeriod(BaseModel):
    """Questions in public of posts that are still kept, and how many of them we, or other customers, answered right under them."""

    asked: int
    answered_by_us: int
    answered_by_customers: int


class VoicePeriod(BaseModel):
    """The share of voice of a period. `topics` are labels with their posts."""

    period: str
    is_known: bool
    named: list[NamedOne]
    topics: dict[str, int]
    questions: QuestionsOfPeriod


@router.get("/share-of-voice")
def voice(
    request: Request,
    caller: Calling,
    period: Annotated[str, Query(max_length=16)] = "month",
    brand: Annotated[str, Query(max_length=64)] = "",
) -> VoicePeriod:
    """How often we and our competitors were named in a period, by platform; periods as for /kpis."""
    context = context_of(request)
    wanted = _wanted(context, period, brand)
    told = share_of_voice(context.store, context.settings, wanted, context.clock(), brand=brand, sight=caller.sight)
    return VoicePeriod(
        period=wanted.name,
        is_known=told.is_known,
        named=[
            NamedOne(name=one.name, posts=one.total, share=told.share(one), reactions_per_post=one.reactions, platforms=dict(one.posts))
            for one in told.named
        ],
        topics=dict(told.topics),
        questions=QuestionsOfPeriod(
            asked=told.questions.asked, answered_by_us=told.questions.by_us, answered_by_customers=told.questions.by_customers
        ),
    )


def _wanted(context: Context, period: str, brand: str) -> Period:
    """Raises NotFound: no such brand or period."""
    if brand and brand not in {one.id for one in context.settings.brand}:
        raise NotFound("there is no such brand")
    try:
        return period_of(period, context.clock(), context.settings.zone())
    except ConfigError as error:
        raise NotFound(str(error)) from error
