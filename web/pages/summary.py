"""The month's summary for everybody who works here, and those of the months before."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from actions.summary import month_over, summarise
from core.periods import Span, last_over, run_up_to
from reports.kpi_words import period_line
from reports.summary import summary as summary_of
from reports.wording import Speech
from web.render import page, speech_of
from web.visitor import SignedIn, context_of

router = APIRouter()
ARCHIVE = 12


@router.get("/summary")
def summary(request: Request, visitor: SignedIn, month: Annotated[str, Query(max_length=16)] = "") -> Response:
    """A month that is over; without a name the last one. It says no more than the mail does."""
    context = context_of(request)
    settings, now = context.settings, context.clock()
    last = last_over(now, Span.MONTH, settings.zone())
    wanted = month_over(settings, month, now)
    language = speech_of(request, visitor).language
    since = context.store.letters.watching_since()
    known = [one for one in reversed(run_up_to(last, ARCHIVE)) if since is not None and one.bounds(settings.zone())[1] > since]
    return page(
        request,
        "summary.html",
        visitor,
        told=summary_of(summarise(context.store, settings, wanted, now), settings, language),
        month=wanted,
        months=[(one.name, period_line(one, Speech(language))) for one in known],
    )
