"""Incidents: what is known of them, and the acts of the pages. A list has a cursor; an incident has an ETag, its version."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from actions import incidents as acts
from core.access import Right
from core.errors import NotFound
from core.records import IncidentCard
from core.types import IncidentState
from web.api import models
from web.api.caller import Caller, Calling, Id, IfMatch, context_of, same_version
from web.api.masked import posts_of
from web.api.paging import PAGE, Cursor, Limit, page_of, place_of

router = APIRouter()


@router.get("/incidents")
def incidents(
    request: Request,
    caller: Calling,
    state: Annotated[list[IncidentState] | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> models.Listed[models.Incident]:
    """Incidents, the newest first."""
    context = context_of(request)
    rows = context.store.incidents.page(state, place_of(context, "incidents", cursor), limit + 1, caller.sight)
    shown, following = page_of(context, "incidents", rows, limit, lambda row: row.incident_id)
    return models.Listed(items=[models.Incident.model_validate(row) for row in shown], next=following)


@router.get("/incidents/{incident_id}")
def incident(request: Request, response: Response, caller: Calling, incident_id: Id) -> models.IncidentWhole:
    """One incident with its most telling posts and its history."""
    card = card_of(request, caller, incident_id)
    response.headers["ETag"] = f'"{card.row.version}"'
    return whole_of(request, caller, card)


@router.get("/incidents/{incident_id}/posts")
def incident_posts(
    request: Request, caller: Calling, incident_id: Id, cursor: Cursor = None, limit: Limit = PAGE
) -> models.Listed[models.Post]:
    """All posts of an incident, the oldest first."""
    context = context_of(request)
    card_of(request, caller, incident_id)
    after = place_of(context, f"posts-of-{incident_id}", cursor) or 0
    found = context.store.incidents.items(incident_id, after, limit + 1)
    shown, following = page_of(context, f"posts-of-{incident_id}", found, limit, lambda one: one.item_id)
    return models.Listed(items=posts_of(shown), next=following)


@router.post("/incidents/{incident_id}/acknowledge")
def acknowledge(request: Request, caller: Calling, incident_id: Id, if_match: IfMatch = None) -> models.IncidentWhole:
    """The token's person takes it; nobody else is paged."""
    return _act(request, caller, incident_id, if_match, acts.acknowledge)


@router.post("/incidents/{incident_id}/resolve")
def resolve(request: Request, caller: Calling, incident_id: Id, if_match: IfMatch = None) -> models.IncidentWhole:
    """It is over."""
    return _act(request, caller, incident_id, if_match, acts.resolve)


@router.post("/incidents/{incident_id}/reopen")
def reopen(request: Request, caller: Calling, incident_id: Id, if_match: IfMatch = None) -> models.IncidentWhole:
    """It is not over."""
    return _act(request, caller, incident_id, if_match, acts.reopen)


@router.post("/incidents/{incident_id}/snooze")
def snooze(request: Request, caller: Calling, incident_id: Id, length: models.Snooze, if_match: IfMatch = None) -> models.IncidentWhole:
    """Nobody is paged for a while."""
    until = context_of(request).clock() + timedelta(minutes=length.minutes)
    return _act(request, caller, incident_id, if_match, acts.snooze, until=until)


def card_of(request: Request, caller: Caller, incident_id: int, right: Right = Right.SEE) -> IncidentCard:
    """Raises NotFound for what the caller may not see, Trouble(403) for what they may not do."""
    card = context_of(request).store.incidents.card(incident_id)
    owners = (card.row.owner, *card.participants)
    if not caller.viewer.may(Right.SEE, owners, card.row.brand):
        raise NotFound(f"there is no incident {incident_id}")
    caller.demand(right, owners, card.row.brand)
    return card


def whole_of(request: Request, caller: Caller, card: IncidentCard) -> models.IncidentWhole:
    """All that is told of an incident that the caller may see."""
    talks = context_of(request).store.conversations.ids_of_incident(card.row.incident_id, caller.sight)
    return models.IncidentWhole(
        incident=models.Incident.model_validate(card.row),
        posts=posts_of(card.evidence),
        participants=list(card.participants),
        conversations=list(talks),
        events=[models.Event.model_validate(event) for event in card.events],
        next_step_at=card.next_step_at,
        follows=card.follows,
    )


def _act(
    request: Request, caller: Caller, incident_id: int, if_match: str | None, what: Callable[..., Any], **how: Any
) -> models.IncidentWhole:
    context = context_of(request)
    card = card_of(request, caller, incident_id, Right.ACT)
    same_version(if_match, card.row.version)
    what(context.store, context.settings, incident_id, caller.token.subject, context.clock(), seen=card.row.state, **how)
    return whole_of(request, caller, card_of(request, caller, incident_id))
