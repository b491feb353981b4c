"""What people change about an incident beside its state, over the API: gravity, owner, what belongs to it, notes."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from actions import incidents as act
from core.access import Right
from web.api import act_models as asked
from web.api.caller import Caller, Calling, Id, IfMatch, context_of, same_version
from web.api.incidents import card_of, whole_of
from web.api.models import IncidentWhole
from web.context import Context

router = APIRouter()


@router.post("/incidents/{incident_id}/grade")
def grade(
    request: Request, response: Response, caller: Calling, incident_id: Id, said: asked.Grade, if_match: IfMatch = None
) -> IncidentWhole:
    """How grave it is, by hand, up or down. What becomes critical pages at once."""
    context, person = _acting(request, caller, incident_id, if_match)
    act.grade(context.store, incident_id, said.severity, person, context.clock(), reason=said.reason)
    return _shown(request, response, caller, incident_id)


@router.post("/incidents/{incident_id}/hand-over")
def hand_over(
    request: Request, response: Response, caller: Calling, incident_id: Id, said: asked.HandOver, if_match: IfMatch = None
) -> IncidentWhole:
    """Another team answers for it and is paged; the former one takes part."""
    context, person = _acting(request, caller, incident_id, if_match)
    act.hand_over(context.store, context.settings, incident_id, said.owner, person, context.clock(), reason=said.reason)
    return _shown(request, response, caller, incident_id)


@router.post("/incidents/{incident_id}/renew-policy")
def renew_policy(request: Request, response: Response, caller: Calling, incident_id: Id, if_match: IfMatch = None) -> IncidentWhole:
    """It escalates by its owner's policy of today. Where that is the one it has, nothing happens."""
    context, person = _acting(request, caller, incident_id, if_match)
    if act.has_new_policy(context.store, context.settings, context.store.incidents.card(incident_id, evidence=0).row):
        act.renew_policy(context.store, context.settings, incident_id, person, context.clock())
    return _shown(request, response, caller, incident_id)


@router.post("/incidents/{incident_id}/irrelevant")
def irrelevant(
    request: Request, response: Response, caller: Calling, incident_id: Id, said: asked.Irrelevant, if_match: IfMatch = None
) -> IncidentWhole:
    """The whole story is nothing: it is resolved, more of it joins in silence for a while, conversations that hold nothing else close."""
    context, person = _acting(request, caller, incident_id, if_match)
    act.dismiss(context.store, context.settings, incident_id, person, context.clock(), reason=said.reason)
    return _shown(request, response, caller, incident_id)


@router.post("/incidents/{incident_id}/merge")
def merge(
    request: Request, response: Response, caller: Calling, incident_id: Id, said: asked.Merge, if_match: IfMatch = None
) -> IncidentWhole:
    """Another incident becomes a part of this one; the token's person must be allowed to act on both."""
    context, person = _acting(request, caller, incident_id, if_match)
    card_of(request, caller, said.other, Right.ACT)
    act.merge(context.store, incident_id, said.other, person, context.clock())
    return _shown(request, response, caller, incident_id)


@router.post("/incidents/{incident_id}/split", status_code=HTTPStatus.CREATED)
def split(
    request: Request, response: Response, caller: Calling, incident_id: Id, said: asked.Split, if_match: IfMatch = None
) -> IncidentWhole:
    """Some of its posts become an incident of their own, routed anew; answers that one."""
    context, person = _acting(request, caller, incident_id, if_match)
    made = act.split(context.store, context.settings, incident_id, said.posts, person, context.clock())
    return _shown(request, response, caller, made)


@router.post("/incidents/{incident_id}/note")
def note(
    request: Request, response: Response, caller: Calling, incident_id: Id, said: asked.Note, if_match: IfMatch = None
) -> IncidentWhole:
    """A line in its history."""
    context, person = _acting(request, caller, incident_id, if_match)
    act.note(context.store, incident_id, person, said.text, context.clock())
    return _shown(request, response, caller, incident_id)


def _acting(request: Request, caller: Caller, incident_id: int, if_match: str | None) -> tuple[Context, str]:
    """Whoever acts, if they may and have seen it as it is. Raises NotFound, Trouble(403, 412)."""
    same_version(if_match, card_of(request, caller, incident_id, Right.ACT).row.version)
    return context_of(request), caller.token.subject


def _shown(request: Request, response: Response, caller: Caller, incident_id: int) -> IncidentWhole:
    """What it has become. Whoever gave it away is still told, this once: it is what they did."""
    card = context_of(request).store.incidents.card(incident_id)
    response.headers["ETag"] = f'"{card.row.version}"'
    return whole_of(request, caller, card)
