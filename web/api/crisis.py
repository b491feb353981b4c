"""Crises over the API: what runs and what was, and the acts of the room. The roles there are those of the pages."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from actions import crisis as act
from core.access import Right
from core.crisis import Crisis
from core.errors import NotFound
from web.api import crisis_models as models
from web.api.act_models import ActionWanted
from web.api.caller import Caller, Calling, Id, IfMatch, context_of, same_version
from web.api.problems import Trouble

router = APIRouter()


@router.get("/crises")
def crises(request: Request, caller: Calling) -> list[models.Crisis]:
    """Crises, the newest first."""
    context = context_of(request)
    rows = context.store.crises.list()
    seen = [one for one in rows if act.allowed(context.store, context.settings, one, caller.viewer, Right.SEE)]
    return [models.Crisis.model_validate(one) for one in seen]


@router.post("/crises", status_code=HTTPStatus.CREATED)
def declare(request: Request, response: Response, caller: Calling, wanted: models.CrisisWanted) -> models.CrisisWhole:
    """Declare a crisis, on an incident or without one; the token's person leads."""
    context = context_of(request)
    caller.demand(Right.ACT)
    if wanted.incident_id is not None:
        card = context.store.incidents.card(wanted.incident_id, evidence=0)
        owners = (card.row.owner, *card.participants)
        if not caller.viewer.may(Right.SEE, owners, card.row.brand):
            raise NotFound(f"there is no incident {wanted.incident_id}")
        caller.demand(Right.ACT, owners, card.row.brand)
    number = act.declare(
        context.store,
        context.settings,
        wanted.title,
        caller.token.subject,
        context.clock(),
        kind=wanted.kind,
        incident_id=wanted.incident_id,
    )
    return _told(request, response, caller, number)


@router.get("/crises/{crisis_id}")
def crisis(request: Request, response: Response, caller: Calling, crisis_id: Id) -> models.CrisisWhole:
    """One crisis with its log, checklist, statements and actions, and what was late."""
    return _told(request, response, caller, crisis_id)


@router.post("/crises/{crisis_id}/log")
def log(request: Request, response: Response, caller: Calling, crisis_id: Id, wanted: models.LineWanted) -> models.CrisisWhole:
    """Write a line into the log."""
    context = context_of(request)
    _one(request, caller, crisis_id, Right.ACT)
    act.log(context.store, crisis_id, wanted.text, caller.token.subject, context.clock(), status=wanted.status)
    return _told(request, response, caller, crisis_id)


@router.post("/crises/{crisis_id}/tick")
def tick(request: Request, response: Response, caller: Calling, crisis_id: Id, wanted: models.TickWanted) -> models.CrisisWhole:
    """Tick an item of the checklist, or take that back."""
    context = context_of(request)
    _one(request, caller, crisis_id, Right.ACT)
    act.tick(context.store, crisis_id, wanted.item, caller.token.subject, context.clock(), done=wanted.done)
    return _told(request, response, caller, crisis_id)


@router.post("/crises/{crisis_id}/statements", status_code=HTTPStatus.CREATED)
def draft(request: Request, response: Response, caller: Calling, crisis_id: Id, wanted: models.StatementWanted) -> models.CrisisWhole:
    """Write a statement; somebody else approves it."""
    context = context_of(request)
    _one(request, caller, crisis_id, Right.ACT)
    act.draft(context.store, crisis_id, wanted.text, wanted.language, caller.token.subject, context.clock())
    return _told(request, response, caller, crisis_id)


@router.post("/crises/{crisis_id}/statements/{statement_id}/approve")
def approve(request: Request, response: Response, caller: Calling, crisis_id: Id, statement_id: Id) -> models.CrisisWhole:
    """The lead, the spokesperson or legal approves what somebody else wrote."""
    context = context_of(request)
    _one(request, caller, crisis_id, Right.ACT)
    act.approve(context.store, crisis_id, statement_id, caller.token.subject, context.clock())
    return _told(request, response, caller, crisis_id)


@router.post("/crises/{crisis_id}/statements/{statement_id}/publish")
def publish(
    request: Request, response: Response, caller: Calling, crisis_id: Id, statement_id: Id, wanted: models.PublishedWhere
) -> models.CrisisWhole:
    """An approved statement is out."""
    context = context_of(request)
    _one(request, caller, crisis_id, Right.ACT)
    act.publish(context.store, crisis_id, statement_id, wanted.where, caller.token.subject, context.clock())
    return _told(request, response, caller, crisis_id)


@router.post("/crises/{crisis_id}/statements/{statement_id}/drop")
def drop(request: Request, response: Response, caller: Calling, crisis_id: Id, statement_id: Id) -> models.CrisisWhole:
    """A statement shall not go out."""
    context = context_of(request)
    _one(request, caller, crisis_id, Right.ACT)
    act.drop(context.store, crisis_id, statement_id, caller.token.subject, context.clock())
    return _told(request, response, caller, crisis_id)


@router.post("/crises/{crisis_id}/roles")
def role(
    request: Request, response: Response, caller: Calling, crisis_id: Id, wanted: models.RoleWanted, if_match: IfMatch = None
) -> models.CrisisWhole:
    """The lead says who does what; everybody may take a role that nobody has."""
    context = context_of(request)
    found = _one(request, caller, crisis_id, Right.ACT)
    takes_a_free_one = wanted.person == caller.token.subject and wanted.part not in found.roles
    if not takes_a_free_one:
        _leading(found, caller, "gives away a role")
    same_version(if_match, found.version)
    act.give_role(
        context.store,
        context.settings,
        crisis_id,
        wanted.part,
        wanted.person or "",
        caller.token.subject,
        context.clock(),
        seen=found.version,
    )
    return _told(request, response, caller, crisis_id)


@router.post("/crises/{crisis_id}/stand-down")
def stand_down(
    request: Request, response: Response, caller: Calling, crisis_id: Id, wanted: models.StandDownWanted, if_match: IfMatch = None
) -> models.CrisisWhole:
    """It is over; the lead or compliance says so."""
    context = context_of(request)
    found = _one(request, caller, crisis_id, Right.ACT)
    _leading(found, caller, "stands it down")
    same_version(if_match, found.version)
    act.stand_down(context.store, crisis_id, wanted.why, caller.token.subject, context.clock(), seen=found.version)
    return _told(request, response, caller, crisis_id)


@router.post("/crises/{crisis_id}/actions", status_code=HTTPStatus.CREATED)
def plan(request: Request, response: Response, caller: Calling, crisis_id: Id, wanted: ActionWanted) -> models.CrisisWhole:
    """The review asks for something; an action that points at a clause opens a review of the policy."""
    context = context_of(request)
    _leading(_one(request, caller, crisis_id, Right.ACT), caller, "plans what follows")
    act.plan(context.store, context.settings, crisis_id, wanted.planned(), caller.token.subject, context.clock())
    return _told(request, response, caller, crisis_id)


@router.post("/crises/{crisis_id}/actions/{action_id}/done")
def done(request: Request, response: Response, caller: Calling, crisis_id: Id, action_id: Id) -> models.CrisisWhole:
    """An action is done."""
    context = context_of(request)
    _one(request, caller, crisis_id, Right.ACT)
    act.finish_action(context.store, crisis_id, action_id, caller.token.subject, context.clock())
    return _told(request, response, caller, crisis_id)


@router.post("/crises/{crisis_id}/close")
def close(request: Request, response: Response, caller: Calling, crisis_id: Id, if_match: IfMatch = None) -> models.CrisisWhole:
    """The review is written, with at least one action."""
    context = context_of(request)
    found = _one(request, caller, crisis_id, Right.ACT)
    _leading(found, caller, "ends the review")
    same_version(if_match, found.version)
    act.close_review(context.store, crisis_id, caller.token.subject, context.clock(), seen=found.version)
    return _told(request, response, caller, crisis_id)


def _leading(found: Crisis, caller: Caller, does: str) -> None:
    """Raises Trouble(403) for whoever does not lead."""
    if not act.may_lead(found, caller.viewer):
        raise Trouble(HTTPStatus.FORBIDDEN, "not_the_lead", f"the lead of the crisis, or compliance, {does}")


def _one(request: Request, caller: Caller, crisis_id: int, right: Right = Right.SEE) -> Crisis:
    """Raises NotFound for what the caller may not see, Trouble(403) for what they may not do."""
    context = context_of(request)
    found = context.store.crises.get(crisis_id)
    if not act.allowed(context.store, context.settings, found, caller.viewer, Right.SEE):
        raise NotFound(f"there is no crisis {crisis_id}")
    if right not in caller.token.scopes or not act.allowed(context.store, context.settings, found, caller.viewer, right):
        raise Trouble(HTTPStatus.FORBIDDEN, "scope_missing", f"this token may not {right} here")
    return found


def _told(request: Request, response: Response, caller: Caller, crisis_id: int) -> models.CrisisWhole:
    context, found = context_of(request), _one(request, caller, crisis_id)
    room = context.store.crises.room(crisis_id)
    response.headers["ETag"] = f'"{room.crisis.version}"'
    items = [item.id for item in act.checklist_of(found).items]
    now = context.clock()
    return models.whole(room, items, act.late_items_of(room, now), act.silences_of(room, context.settings, now))
