"""The weekly digest as a page, week by week, and its figures as a sheet: what the mail says, counted when it is asked."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from actions.digest import week_over
from core.access import Right
from core.figures import WeekFigures
from core.periods import Period, Span, last_over, run_up_to
from reports import charts
from reports.digest import digest as digest_of
from reports.digest import names_of
from reports.kpis import Figure
from reports.sheet import sheet
from web.render import page, speech_of
from web.security import PageError
from web.visitor import SignedIn, Visitor, context_of

router = APIRouter()
ARCHIVE = 12
Week = Annotated[str, Query(max_length=16)]


@router.get("/digest")
def digest(request: Request, visitor: SignedIn, week: Week = "") -> Response:
    """A week that is over; without a name the last one."""
    context, speech = context_of(request), speech_of(request, visitor)
    settings = context.settings
    figures, kpis = _figures(request, visitor, week)
    policy = context.store.policies.in_force(context.clock())
    told = digest_of(figures, speech.language, settings.company.name, "", names_of(settings), policy=policy, kpis=kpis, pictures=False)
    return page(
        request,
        "digest.html",
        visitor,
        told=told,
        week=figures.name,
        weeks=[one.name for one in _known(request)],
        posts_of_week=figures.posts,
        days=figures.days,
        posts=charts.trend([float(day.posts) for day in figures.days]),
        negative=charts.trend([float(day.negative) for day in figures.days], max((day.posts for day in figures.days), default=0)),
        wide=charts.BARS_WIDE,
        high=charts.BARS_HIGH,
    )


@router.get("/digest.csv")
def download(request: Request, visitor: SignedIn, week: Week = "") -> Response:
    """The figures of a week, as they lie beside the mail."""
    figures, kpis = _figures(request, visitor, week)
    name = {"Content-Disposition": f'attachment; filename="czujka-{figures.name}.csv"'}
    return Response(sheet(figures, kpis), media_type="text/csv; charset=utf-8", headers=name)


def _figures(request: Request, visitor: Visitor, week: str) -> tuple[WeekFigures, Sequence[Figure]]:
    """As far as the visitor may see; cases are counted for who judges them. Raises PageError: they may see nothing; NotFound."""
    context = context_of(request)
    if not visitor.viewer.has(Right.SEE):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")
    return week_over(context.settings, context.store, visitor.viewer, week, context.clock())


def _known(request: Request) -> Sequence[Period]:
    """The last weeks since anything is watched, the newest first."""
    context = context_of(request)
    zone, since = context.settings.zone(), context.store.letters.watching_since()
    weeks = reversed(run_up_to(last_over(context.clock(), Span.WEEK, zone), ARCHIVE))
    return [one for one in weeks if since is not None and one.bounds(zone)[1] > since]
