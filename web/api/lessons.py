"""Lessons over the API: what was learned, what is done about it, and what changed after that."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from actions import lessons as acts
from core.access import Right
from core.crisis import About
from core.errors import NotFound
from core.lessons import Measure, Origin, Verdict
from web.api.act_models import ActionWanted
from web.api.caller import Caller, Calling, Id, context_of
from web.api.crisis_models import Asked
from web.api.models import Answer, Clean
from web.api.problems import Trouble

router = APIRouter()


class Lesson(Answer):
    """What one incident or exercise taught. `subject` is the incident's id or the exercise's name."""

    lesson_id: int
    origin: Origin
    subject: str
    text: str
    learned_by: str
    learned_at: datetime


class Side(Answer):
    """One side of an action: `value` is a share, breaches a week or seconds, by the measure; null where there was nothing."""

    cases: int
    value: float | None
    low: float | None
    high: float | None


class Effect(Answer):
    """Before and after, the same length on both sides; null while nothing can be said."""

    verdict: Verdict
    measure: Measure
    closes_at: datetime | None
    before: Side | None
    after: Side | None


class Task(Answer):
    """An action of any review, and its effect. `origin_id` is the crisis or the lesson."""

    origin: Origin
    origin_id: int
    number: int
    text: str
    owner: str
    due_at: datetime
    about: About
    pointer: str
    done_by: str | None
    done_at: datetime | None
    effect: Effect


class Learned(Asked):
    """What it taught, in a sentence."""

    text: Annotated[Clean, Field(min_length=1, max_length=acts.LONGEST_TEXT)]


@router.get("/lessons")
def lessons(request: Request, caller: Calling) -> list[Lesson]:
    """Lessons of incidents and exercises, the newest first."""
    context = context_of(request)
    found = context.store.lessons.list()
    return [Lesson.model_validate(one) for one in found if acts.sees(context.store, context.settings, one, caller.viewer)]


@router.get("/lessons/effects")
def effects(request: Request, caller: Calling) -> list[Task]:
    """Every action of any review with what changed after it, the newest first."""
    context = context_of(request)
    found = acts.effects(context.store, context.clock())
    return [_told(one) for one in found if acts.sees(context.store, context.settings, one.task, caller.viewer)]


@router.post("/incidents/{incident_id}/learned", status_code=HTTPStatus.CREATED)
def learn(request: Request, caller: Calling, incident_id: Id, wanted: Learned) -> Lesson:
    """What a resolved incident taught; once."""
    context = context_of(request)
    card = context.store.incidents.card(incident_id, evidence=0)
    owners = (card.row.owner, *card.participants)
    if not caller.viewer.may(Right.SEE, owners, card.row.brand):
        raise NotFound(f"there is no incident {incident_id}")
    caller.demand(Right.ACT, owners, card.row.brand)
    number = acts.learn(context.store, incident_id, wanted.text, caller.token.subject, context.clock())
    return Lesson.model_validate(context.store.lessons.get(number))


@router.post("/lessons/{lesson_id}/actions", status_code=HTTPStatus.CREATED)
def plan(request: Request, caller: Calling, lesson_id: Id, wanted: ActionWanted) -> Task:
    """Plan an action; one that points at a clause opens a review of the policy."""
    context = context_of(request)
    _acting(request, caller, lesson_id)
    number = acts.plan(context.store, context.settings, lesson_id, wanted.planned(), caller.token.subject, context.clock())
    return _one(request, lesson_id, number)


@router.post("/lessons/{lesson_id}/actions/{number}/done")
def done(request: Request, caller: Calling, lesson_id: Id, number: Id) -> Task:
    """It is done; from now on what changes is compared."""
    context = context_of(request)
    _acting(request, caller, lesson_id)
    acts.finish(context.store, lesson_id, number, caller.token.subject, context.clock())
    return _one(request, lesson_id, number)


def _acting(request: Request, caller: Caller, lesson_id: int) -> None:
    """Raises NotFound for what may not be seen, Trouble(403) for what may be seen and not acted on."""
    context = context_of(request)
    one = context.store.lessons.get(lesson_id)
    if not acts.sees(context.store, context.settings, one, caller.viewer):
        raise NotFound(f"there is no lesson {lesson_id}")
    caller.demand(Right.ACT)
    if not acts.sees(context.store, context.settings, one, caller.viewer, Right.ACT):
        raise Trouble(HTTPStatus.FORBIDDEN, "scope_missing", "this token's person may not act on it")


def _one(request: Request, lesson_id: int, number: int) -> Task:
    context = context_of(request)
    mine = context.store.lessons.task(lesson_id, number)
    return _told(acts.Told(mine, acts.effect(context.store, mine, context.clock())))


def _told(one: acts.Told) -> Task:
    task, plan = one.task, one.task.planned
    return Task(
        origin=task.origin,
        origin_id=task.origin_id,
        number=task.number,
        text=plan.text,
        owner=plan.owner,
        due_at=plan.due_at,
        about=plan.about,
        pointer=plan.pointer,
        done_by=task.done_by,
        done_at=task.done_at,
        effect=Effect.model_validate(one.effect),
    )
