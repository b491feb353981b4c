"""Situation reports: shared by an address that needs no sign-in, ends by itself, can be revoked and shows that report alone."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from actions import sharing as act
from core.records import IncidentCard
from reports.situation import pdf
from web.address import address_of
from web.growth import by_hour, growth
from web.pages.incidents import growth_of, report_page, times_of
from web.render import incident_title, page, speech_of
from web.security import PageError
from web.situation import facts_of, sheet_of
from web.visitor import Posting, Visitor, context_of

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Token = Annotated[str, Path(max_length=100)]
Hours = Annotated[int, Form(ge=1, le=168)]
Later = Annotated[int, Form(ge=0, le=168)]

HIDING = {"X-Robots-Tag": "noindex, nofollow, noarchive"}


@router.post("/incidents/{incident_id}/report/share")
def share(
    request: Request,
    visitor: Posting,
    incident_id: Id,
    hours: Hours = 24,
    again: Later = 0,
    statement: Annotated[str, Form(max_length=act.LONGEST_STATEMENT)] = "",
) -> Response:
    """A new address, shown in this answer alone."""
    context = context_of(request)
    now = context.clock()
    following = now + timedelta(hours=again) if again else None
    path = act.share(
        context.store, incident_id, visitor.person, now, valid=timedelta(hours=hours), statement=statement, next_update=following
    )
    return report_page(request, visitor, incident_id, made=address_of(request, context.settings, path))


@router.get("/incidents/{incident_id}/report/share")
def shared_before(incident_id: Id) -> Response:
    """The address of a page that was shown once, typed or loaded again."""
    return RedirectResponse(f"/incidents/{incident_id}/report", HTTPStatus.SEE_OTHER)


@router.post("/incidents/{incident_id}/report/links/{link}/revoke")
def revoke(request: Request, visitor: Posting, incident_id: Id, link: Id) -> Response:
    context = context_of(request)
    act.revoke(context.store, incident_id, link, visitor.person, context.clock())
    return RedirectResponse(f"/incidents/{incident_id}/report", HTTPStatus.SEE_OTHER)


@router.get("/incidents/{incident_id}/report.pdf")
def printed(request: Request, incident_id: Id) -> Response:
    """The report as a file, for those who are signed in."""
    return _file(request, context_of(request).store.incidents.card(incident_id, evidence=3))


@router.get("/report/{token}.pdf")
def printed_for_others(request: Request, token: Token) -> Response:
    return _file(request, _opened(request, token))


@router.get("/report/{token}")
def for_others(request: Request, token: Token) -> Response:
    """The report, for whoever holds its address: nothing else leads on from here."""
    context, speech = context_of(request), speech_of(request)
    card = _opened(request, token)
    facts = facts_of(context, speech, card, growth_of(context, card))
    answer = page(request, "shared.html", None, card=card, row=card.row, facts=facts, file=f"/report/{token}.pdf")
    answer.headers.update(HIDING)
    return answer


def _opened(request: Request, token: str) -> IncidentCard:
    """Raises PageError when the address opens nothing."""
    context = context_of(request)
    card = act.opened(context.store, context.settings, token, context.clock())
    if card is None:
        raise PageError(HTTPStatus.NOT_FOUND, "report_link_old")
    return card


def _file(request: Request, card: IncidentCard, visitor: Visitor | None = None) -> Response:
    context, speech = context_of(request), speech_of(request, visitor)
    times = times_of(context, card)
    facts = facts_of(context, speech, card, growth(times, context.clock()))
    title = incident_title(context, speech, card.row)
    drawn = pdf(sheet_of(context, speech, card, title, facts, by_hour(times, context.clock())))
    named = {"Content-Disposition": f'inline; filename="incident-{card.row.incident_id}.pdf"'}
    return Response(drawn, media_type="application/pdf", headers=HIDING | named)
