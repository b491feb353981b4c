"""After a crisis: the review with its time line, figures, what was late, and the actions that follow; as a page and as a file."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from actions import crisis as act
from actions.policy import pointers
from core.access import Right
from core.crisis import About, Room, Stage
from core.errors import Refused
from reports.situation import pdf
from web.context import Context
from web.crisis_review import Told, action_about, effect_words, sheet_of, tell
from web.crisis_telling import Teller
from web.pages.crisis import leading, teller_of
from web.planning import PlanForm
from web.render import page, speech_of
from web.visitor import Posting, SignedIn, Visitor, context_of
from web.wording import Speech

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/crisis/{crisis_id}/review")
def review(request: Request, visitor: SignedIn, crisis_id: Id) -> Response:
    return _page(request, visitor, crisis_id)


@router.get("/crisis/{crisis_id}/review.pdf")
def printed(request: Request, visitor: SignedIn, crisis_id: Id) -> Response:
    """The same as a file."""
    context, speech = context_of(request), speech_of(request, visitor)
    room, teller, told = _told(context, speech, crisis_id)
    named = {"Content-Disposition": f'inline; filename="crisis-{crisis_id}-review.pdf"', "X-Robots-Tag": "noindex, nofollow, noarchive"}
    return Response(pdf(sheet_of(context, speech, teller, room, told)), media_type="application/pdf", headers=named)


@router.post("/crisis/{crisis_id}/actions")
def plan(request: Request, visitor: Posting, crisis_id: Id, form: PlanForm) -> Response:
    """What shall be done, by whom, by when; the lead or compliance plans it."""
    context = context_of(request)
    leading(context, visitor, crisis_id)
    try:
        act.plan(context.store, context.settings, crisis_id, form.planned(context.settings), visitor.person, context.clock())
    except (Refused, ValueError):
        return _page(request, visitor, crisis_id, problem="action", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/crisis/{crisis_id}/review#actions", HTTPStatus.SEE_OTHER)


@router.post("/crisis/{crisis_id}/actions/{action_id}/done")
def done(request: Request, visitor: Posting, crisis_id: Id, action_id: Id) -> Response:
    context = context_of(request)
    act.finish_action(context.store, crisis_id, action_id, visitor.person, context.clock())
    return RedirectResponse(f"/crisis/{crisis_id}/review#actions", HTTPStatus.SEE_OTHER)


@router.post("/crisis/{crisis_id}/close")
def close(request: Request, visitor: Posting, crisis_id: Id, seen: Annotated[int | None, Form(ge=1, le=2**31)] = None) -> Response:
    """The review is written."""
    context = context_of(request)
    leading(context, visitor, crisis_id)
    try:
        act.close_review(context.store, crisis_id, visitor.person, context.clock(), seen=seen)
    except Refused:
        return _page(request, visitor, crisis_id, problem="close", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/crisis/{crisis_id}/review", HTTPStatus.SEE_OTHER)


def _told(context: Context, speech: Speech, crisis_id: int) -> tuple[Room, Teller, Told]:
    room = context.store.crises.room(crisis_id)
    incident_id = room.crisis.incident_id
    card = context.store.incidents.card(incident_id, evidence=0) if incident_id is not None else None
    teller = teller_of(context, speech, room.crisis)
    return room, teller, tell(context, speech, teller, room, card)


def _page(request: Request, visitor: Visitor, crisis_id: int, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    context, speech = context_of(request), speech_of(request, visitor)
    room, teller, told = _told(context, speech, crisis_id)
    one, version = room.crisis, context.store.policies.in_force(context.clock())
    values: dict[str, Any] = {
        "clauses": [clause for clause in version.clauses if not clause.retired] if version is not None else [],
        "rules": sorted({pointer.rule for pointer in pointers()}),
        "kinds": act.kinds(speech.language),
    }
    return page(
        request,
        "crisis_review.html",
        visitor,
        status,
        crisis=one,
        room=room,
        teller=teller,
        told=told,
        facts=told.figures,
        about=action_about,
        effect=lambda one: effect_words(context, speech, one),
        abouts=list(About),
        is_lead=act.may_lead(one, visitor.viewer),
        may_act=act.allowed(context.store, context.settings, one, visitor.viewer, Right.ACT),
        plans=one.stage is Stage.STOOD_DOWN,
        people=[person.id for person in context.settings.person],
        problem=problem,
        **(values if one.stage is Stage.STOOD_DOWN else dict.fromkeys(values, ())),
    )
