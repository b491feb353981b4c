"""Situation reports over the API: addresses for people without an account, which end by themselves and can be revoked."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from actions import sharing as act
from core.access import Right
from web.address import address_of
from web.api.caller import Calling, Id, context_of
from web.api.crisis_models import Asked
from web.api.incidents import card_of
from web.api.models import Answer, Clean

router = APIRouter()


class ReportLink(Answer):
    """An address that opens one incident's report until it ends; what it is, was told to whoever made it."""

    id: Annotated[int, Field(validation_alias="token_id")]
    made_by: str
    made_at: datetime
    expires_at: datetime


class ReportShared(Answer):
    """The new address: it is told in this answer alone."""

    url: str
    expires_at: datetime


class ReportWanted(Asked):
    """How long the address works, what the report says from now on, and in how many hours the next update comes; null: it does not say."""

    hours: Annotated[int, Field(ge=1, le=round(act.LONGEST / timedelta(hours=1)))] = 24
    statement: Annotated[Clean, Field(max_length=act.LONGEST_STATEMENT)] = ""
    next_update_in: Annotated[int, Field(ge=1, le=168)] | None = None


@router.get("/incidents/{incident_id}/report/links")
def links(request: Request, caller: Calling, incident_id: Id) -> list[ReportLink]:
    """The addresses that work, the newest first."""
    context = context_of(request)
    card_of(request, caller, incident_id)
    return [ReportLink.model_validate(one) for one in act.links(context.store, incident_id, context.clock())]


@router.post("/incidents/{incident_id}/report/links", status_code=HTTPStatus.CREATED)
def share(request: Request, caller: Calling, incident_id: Id, wanted: ReportWanted) -> ReportShared:
    """A new address of this incident's report; it never shows more than the token's person may see."""
    context, now = context_of(request), context_of(request).clock()
    card_of(request, caller, incident_id, Right.ACT)
    following = now + timedelta(hours=wanted.next_update_in) if wanted.next_update_in is not None else None
    valid = timedelta(hours=wanted.hours)
    path = act.share(context.store, incident_id, caller.token.subject, now, valid=valid, statement=wanted.statement, next_update=following)
    return ReportShared(url=address_of(request, context.settings, path), expires_at=now + valid)


@router.post("/incidents/{incident_id}/report/links/{link}/revoke")
def revoke(request: Request, caller: Calling, incident_id: Id, link: Id) -> list[ReportLink]:
    """The address opens nothing any more."""
    context = context_of(request)
    card_of(request, caller, incident_id, Right.ACT)
    act.revoke(context.store, incident_id, link, caller.token.subject, context.clock())
    return links(request, caller, incident_id)
