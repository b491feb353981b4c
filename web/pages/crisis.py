"""The crisis room: the list, one room with its roles, checklist, statements and log, and the forms by which people act in it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from actions import crisis as act
from core.access import Right
from core.crisis import MOST_TEXT, Crisis, EntryKind, Kind, Part, Stage, kind_for, may_approve
from core.errors import Refused
from web.context import Context
from web.crisis_telling import Teller
from web.render import incident_title, page, speech_of
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of
from web.wording import Speech

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Short = Annotated[str, Form(max_length=400)]
Long = Annotated[str, Form(max_length=2 * MOST_TEXT)]
Seen = Annotated[int | None, Form(ge=1, le=2**31)]
Incident = Annotated[int | None, Query(ge=1, le=2**63 - 1)]
SHOWN = 60


@router.get("/crisis")
def crises(request: Request, visitor: SignedIn, incident: Incident = None) -> Response:
    """What runs, what may want to be declared, what was."""
    return _list(request, visitor, incident)


@router.post("/crisis")
def declare(
    request: Request,
    visitor: Posting,
    title: Short,
    kind: Annotated[Kind, Form()],
    incident: Annotated[int | None, Form(ge=1, le=2**63 - 1)] = None,
    brand: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Whoever may act, on the incident where there is one, opens a room and leads until somebody else does."""
    context = context_of(request)
    if incident is not None:
        _may_act_on(context, visitor, incident)
    try:
        number = act.declare(
            context.store, context.settings, title, visitor.person, context.clock(), kind=kind, incident_id=incident, brand=brand or None
        )
    except Refused:
        return _list(request, visitor, incident, problem=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/crisis/{number}", HTTPStatus.SEE_OTHER)


@router.get("/crisis/{crisis_id}")
def crisis(request: Request, visitor: SignedIn, crisis_id: Id) -> Response:
    return _room(request, visitor, crisis_id)


@router.post("/crisis/{crisis_id}/role")
def role(
    request: Request,
    visitor: Posting,
    crisis_id: Id,
    part: Annotated[Part, Form()],
    person: Annotated[str, Form(max_length=64)] = "",
    seen: Seen = None,
) -> Response:
    """The lead says who does what; everybody may take a role that nobody has."""
    context = context_of(request)
    found = context.store.crises.get(crisis_id)
    if not act.may_lead(found, visitor.viewer) and not (person == visitor.person and part not in found.roles):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")
    return _acted(request, visitor, crisis_id, "role", act.give_role, context.settings, crisis_id, part, person, seen=seen)


@router.post("/crisis/{crisis_id}/tick")
def tick(
    request: Request, visitor: Posting, crisis_id: Id, item: Annotated[str, Form(max_length=64)], done: Annotated[bool, Form()] = True
) -> Response:
    return _acted(request, visitor, crisis_id, "checklist", act.tick, crisis_id, item, done=done)


@router.post("/crisis/{crisis_id}/log")
def log(request: Request, visitor: Posting, crisis_id: Id, text: Long, status: Annotated[bool, Form()] = False) -> Response:
    return _acted(request, visitor, crisis_id, "log", act.log, crisis_id, text, status=status)


@router.post("/crisis/{crisis_id}/statements")
def draft(request: Request, visitor: Posting, crisis_id: Id, text: Long, language: Annotated[str, Form(max_length=8)]) -> Response:
    return _acted(request, visitor, crisis_id, "statements", act.draft, crisis_id, text, language)


@router.post("/crisis/{crisis_id}/statements/{statement_id}/approve")
def approve(request: Request, visitor: Posting, crisis_id: Id, statement_id: Id) -> Response:
    return _acted(request, visitor, crisis_id, "statements", act.approve, crisis_id, statement_id)


@router.post("/crisis/{crisis_id}/statements/{statement_id}/publish")
def publish(request: Request, visitor: Posting, crisis_id: Id, statement_id: Id, where: Short = "") -> Response:
    return _acted(request, visitor, crisis_id, "statements", act.publish, crisis_id, statement_id, where)


@router.post("/crisis/{crisis_id}/statements/{statement_id}/drop")
def drop(request: Request, visitor: Posting, crisis_id: Id, statement_id: Id) -> Response:
    return _acted(request, visitor, crisis_id, "statements", act.drop, crisis_id, statement_id)


@router.post("/crisis/{crisis_id}/stand-down")
def stand_down(request: Request, visitor: Posting, crisis_id: Id, why: Long, seen: Seen = None) -> Response:
    """The lead, or compliance, says that it is over; the review follows."""
    context = context_of(request)
    leading(context, visitor, crisis_id)
    return _acted(request, visitor, crisis_id, "over", act.stand_down, crisis_id, why, seen=seen, there=f"/crisis/{crisis_id}/review")


def leading(context: Context, visitor: Visitor, crisis_id: int) -> Crisis:
    """Raises PageError(403) for whoever does not lead."""
    found = context.store.crises.get(crisis_id)
    if not act.may_lead(found, visitor.viewer):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")
    return found


def _may_act_on(context: Context, visitor: Visitor, incident_id: int) -> None:
    card = context.store.incidents.card(incident_id, evidence=0)
    if not visitor.viewer.may(Right.ACT, (card.row.owner, *card.participants), card.row.brand):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")


def _acted(
    request: Request, visitor: Visitor, crisis_id: int, part: str, what: Callable[..., object], *about: Any, there: str = "", **how: Any
) -> Response:
    """Do it and go back to that part of the room; what is refused is said there. Raises Conflict: somebody was faster."""
    context = context_of(request)
    try:
        what(context.store, *about, visitor.person, context.clock(), **how)
    except Refused:
        return _room(request, visitor, crisis_id, problem=part, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(there or f"/crisis/{crisis_id}#{part}", HTTPStatus.SEE_OTHER)


def _list(
    request: Request, visitor: Visitor, incident: int | None, *, problem: bool = False, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    context, speech = context_of(request), speech_of(request, visitor)
    card = context.store.incidents.card(incident, evidence=0) if incident is not None else None
    if card is not None and not visitor.viewer.may(Right.SEE, (card.row.owner, *card.participants), card.row.brand):
        raise PageError(HTTPStatus.NOT_FOUND, "not_found")
    rows = [one for one in context.store.crises.list() if act.allowed(context.store, context.settings, one, visitor.viewer, Right.SEE)]
    proposals = [one for one in context.store.crises.proposals() if visitor.viewer.may(Right.ACT, (one.owner,), one.brand)]
    return page(
        request,
        "crisis_list.html",
        visitor,
        status,
        rows=rows,
        tellers={one.crisis_id: teller_of(context, speech, one) for one in rows},
        proposals=[(one, context.headline(one.label, one.title, speech.language)) for one in proposals if one.incident_id != incident],
        kinds=act.kinds(speech.language),
        chosen=kind_for(card.row.label) if card is not None else None,
        incident=card.row if card is not None else None,
        title=incident_title(context, speech, card.row) if card is not None else "",
        problem=problem,
    )


def teller_of(context: Context, speech: Speech, one: Crisis) -> Teller:
    """Who tells this crisis to this reader."""
    return Teller(speech, context.settings, act.checklist_of(one))


def _room(request: Request, visitor: Visitor, crisis_id: int, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    context, speech = context_of(request), speech_of(request, visitor)
    room = context.store.crises.room(crisis_id)
    one, teller = room.crisis, teller_of(context, speech, room.crisis)
    return page(
        request,
        "crisis_room.html",
        visitor,
        status,
        crisis=one,
        room=room,
        teller=teller,
        parts=list(Part),
        running=one.stage is Stage.DECLARED,
        open=one.stage is not Stage.REVIEWED,
        is_lead=act.may_lead(one, visitor.viewer),
        may_act=act.allowed(context.store, context.settings, one, visitor.viewer, Right.ACT),
        mine={said.statement_id for said in room.statements if said.is_open and may_approve(one, said, visitor.person)},
        people=[person.id for person in context.settings.person],
        latest=next((entry for entry in reversed(room.entries) if entry.kind is EntryKind.STATUS), None),
        promised=act.next_statement(room, context.settings),
        problem=problem,
        shown=SHOWN,
    )
