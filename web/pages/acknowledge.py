"""The link in a page or mail: GET shows, POST acknowledges. No sign-in; the signed link is the right to this one act."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from actions import incidents as act
from core.errors import Conflict
from core.links import AckLink, read_ack
from core.records import IncidentCard
from core.types import IncidentState
from web.render import page
from web.security import PageError
from web.visitor import context_of, visitor_or_none

router = APIRouter()

Token = Annotated[str, Path(max_length=500)]


@router.get("/ack/{token}")
def look(request: Request, token: Token) -> Response:
    """Mail scanners open links: nothing changes here."""
    link = _link(request, token)
    return _page(request, link, _card(request, link))


@router.post("/ack/{token}")
def acknowledge(request: Request, token: Token) -> Response:
    context, link = context_of(request), _link(request, token)
    seen = _card(request, link).row.state
    if seen is IncidentState.OPEN:
        try:
            act.acknowledge(context.store, context.settings, link.incident_id, link.person, context.clock(), seen=seen)
        except Conflict:
            return _page(request, link, _card(request, link))
    return _page(request, link, _card(request, link))


def _link(request: Request, token: str) -> AckLink:
    context = context_of(request)
    link = read_ack(context.secret, token, context.clock())
    if link is None:
        raise PageError(HTTPStatus.GONE, "ack_link_old")
    return link


def _card(request: Request, link: AckLink) -> IncidentCard:
    return context_of(request).store.incidents.card(link.incident_id, evidence=1)


def _page(request: Request, link: AckLink, card: IncidentCard) -> Response:
    visitor = visitor_or_none(request)
    return page(request, "acknowledge.html", visitor, link=link, card=card, row=card.row, is_theirs=card.row.acknowledged_by == link.person)
