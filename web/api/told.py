"""What is told to people at the end of a week and a month, for programs: the digest's figures, and the summary for all staff."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from actions.digest import week_over
from actions.summary import month_over, summarise
from reports.sheet import rows
from reports.summary import summary as summary_of
from web.api.caller import Calling, context_of
from web.api.models import Answer

router = APIRouter()

Named = Annotated[str, Query(max_length=16)]


class DigestFigure(BaseModel):
    """One figure. `name` is '' for the whole; null is unknown. Times are seconds, shares 0 to 1."""

    part: str
    name: str
    figure: str
    value: str | float | None


class Digest(BaseModel):
    """A week that is over, in the figures of the sheet that lies beside the mail. `whose` are the teams and brands that it tells of, null
    for the whole company."""

    week: str
    whose: list[str] | None
    starts_at: datetime
    ends_at: datetime
    figures: list[DigestFigure]


class SummaryPart(Answer):
    """A heading and its lines."""

    heading: str
    lines: list[str]


class Summary(Answer):
    """A month as all staff are told of it: counts alone, small ones as "fewer than five"."""

    month: str
    language: str
    title: str
    parts: list[SummaryPart]
    foot: str


@router.get("/digest")
def digest(request: Request, caller: Calling, week: Named = "") -> Digest:
    """A week that is over, such as 2026-W46; without a name the last one; as far as the token's person may see."""
    context = context_of(request)
    figures, kpis = week_over(context.settings, context.store, caller.viewer, week, context.clock())
    told = [DigestFigure(part=part, name=name, figure=figure, value=value) for part, name, figure, value in rows(figures, kpis)]
    return Digest(
        week=figures.name,
        whose=list(figures.whose) if figures.whose is not None else None,
        starts_at=figures.starts_at,
        ends_at=figures.ends_at,
        figures=told,
    )


@router.get("/summary")
def summary(
    request: Request,
    caller: Calling,  # noqa: ARG001 - whoever calls may see
    month: Named = "",
    language: Literal["pl", "en"] = "en",
) -> Summary:
    """A month that is over, such as 2026-10; without a name the last one."""
    context, now = context_of(request), context_of(request).clock()
    wanted = month_over(context.settings, month, now)
    told = summary_of(summarise(context.store, context.settings, wanted, now), context.settings, language)
    parts = [SummaryPart.model_validate(one) for one in told.parts]
    return Summary(month=wanted.name, language=told.language, title=told.title, parts=parts, foot=told.foot)
