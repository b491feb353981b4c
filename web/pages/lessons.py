"""What was learned from incidents and exercises, what is done about it, and whether it helped; incidents that still ask."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from actions import lessons as acts
from core.access import Right
from core.crisis import About
from core.errors import NotFound, Refused
from core.lessons import Lesson, Origin, Task
from reports.learned import effect_line
from reports.wording import Speech
from web.context import Context
from web.crisis_telling import ABOUTS
from web.planning import PlanForm
from web.render import page, speech_of
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/lessons")
def lessons(request: Request, visitor: SignedIn) -> Response:
    """Every lesson and action that the visitor may see."""
    return _page(request, visitor)


@router.post("/incidents/{incident_id}/learned")
def learn(
    request: Request, visitor: Posting, incident_id: Number, text: Annotated[str, Form(max_length=2 * acts.LONGEST_TEXT)]
) -> Response:
    """The short review of an incident that is over."""
    context = context_of(request)
    try:
        acts.learn(context.store, incident_id, text, visitor.person, context.clock())
    except Refused:
        return _page(request, visitor, problem="learn", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/lessons", HTTPStatus.SEE_OTHER)


@router.post("/lessons/{lesson_id}/actions")
def plan(request: Request, visitor: Posting, lesson_id: Number, form: PlanForm) -> Response:
    """What shall be done about it, by whom, by when."""
    context = context_of(request)
    _acting(context, visitor, lesson_id)
    try:
        acts.plan(context.store, context.settings, lesson_id, form.planned(context.settings), visitor.person, context.clock())
    except (Refused, ValueError):
        return _page(request, visitor, problem="action", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/lessons#lesson-{lesson_id}", HTTPStatus.SEE_OTHER)


@router.post("/lessons/{lesson_id}/actions/{number}/done")
def done(request: Request, visitor: Posting, lesson_id: Number, number: Number) -> Response:
    context = context_of(request)
    _acting(context, visitor, lesson_id)
    acts.finish(context.store, lesson_id, number, visitor.person, context.clock())
    return RedirectResponse(f"/lessons#lesson-{lesson_id}", HTTPStatus.SEE_OTHER)


def _acting(context: Context, visitor: Visitor, lesson_id: int) -> None:
    """Raises NotFound for what may not be seen, PageError(403) for what may be seen and not acted on."""
    one = context.store.lessons.get(lesson_id)
    if not acts.sees(context.store, context.settings, one, visitor.viewer):
        raise NotFound(f"there is no lesson {lesson_id}")
    if not acts.sees(context.store, context.settings, one, visitor.viewer, Right.ACT):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")


def _page(request: Request, visitor: Visitor, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    context, speech = context_of(request), speech_of(request, visitor)
    store, settings, now = context.store, context.settings, context.clock()

    def seen(one: Lesson | Task, right: Right = Right.SEE) -> bool:
        return acts.sees(store, settings, one, visitor.viewer, right)

    told = [each for each in acts.effects(store, now) if seen(each.task)]
    asked = store.lessons.asked(now - acts.ASKED_FOR)
    mine = [one for one in store.lessons.list() if seen(one)]
    return page(
        request,
        "lessons.html",
        visitor,
        status,
        lessons=[(one, [each for each in told if (each.task.origin, each.task.origin_id) == (one.origin, one.lesson_id)]) for one in mine],
        crises=[each for each in told if each.task.origin is Origin.CRISIS],
        acting={one.lesson_id for one in mine if seen(one, Right.ACT)},
        asking=[
            card.row
            for card in (store.incidents.card(each[0], evidence=0) for each in asked)
            if _may_learn(visitor, card.row.owner, card.row.brand)
        ],
        effect=lambda each: effect_line(each.effect, Speech(speech.language)),
        abouts=list(About),
        about_word=lambda about: speech.say(ABOUTS[about]),
        people=[person.id for person in settings.person],
        problem=problem,
    )


def _may_learn(visitor: Visitor, owner: str, brand: str | None) -> bool:
    return visitor.viewer.may(Right.ACT, (owner,), brand)
