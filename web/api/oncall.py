"""Who is on call over the API: the days to come in shifts, gaps included, overrides of them, and the note of the next hand-over."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field

from actions import handover as notes
from actions import oncall as act
from core.access import Right
from core.handover import LONGEST_REMARK
from core.records import Override as Known
from web.api.act_models import At, Name
from web.api.caller import Caller, Calling, Id, context_of
from web.api.crisis_models import Asked
from web.api.models import Answer, Clean
from web.api.problems import Trouble

router = APIRouter()

MOST_DAYS = 92


class Shift(Answer):
    """Who is on call, null is nobody; the end is not included."""

    person: str | None
    starts_at: datetime
    ends_at: datetime


class Preview(Answer):
    """A schedule over the days asked for: every instant once, in shifts. `now` is who is on call at this moment."""

    schedule: str
    timezone: str
    now: str | None
    shifts: list[Shift]


class OverrideWanted(Asked):
    """Who is on call instead, null is nobody; the end is not included, and at most 92 days after the start."""

    schedule: Name
    person: Name | None
    starts_at: At
    ends_at: At


class HandOverPart(Answer):
    """A heading, empty for none, and its lines, each with the path of the page that it is about, empty for none."""

    heading: str
    lines: list[tuple[str, str]]


class HandOverNote(Answer):
    """The next hand-over of a schedule; `leaves` null: nobody is on call, `comes` null: nobody is to come."""

    schedule: str
    leaves: str | None
    comes: str | None
    at: datetime | None
    parts: list[HandOverPart]


class RemarkWanted(Asked):
    """A line for whoever comes."""

    schedule: Name
    text: Annotated[Clean, Field(min_length=1, max_length=LONGEST_REMARK)]


class Remark(Answer):
    """A line of the next hand-over note."""

    schedule: str
    person: str
    text: str
    at: datetime


class Override(Answer):
    """Somebody else is on call for a while, or nobody."""

    id: int
    schedule: str
    person: str | None
    starts_at: datetime
    ends_at: datetime


@router.get("/oncall/preview")
def preview(
    request: Request,
    caller: Calling,  # noqa: ARG001 - whoever calls may see
    days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 7,
    since: At | None = None,
) -> list[Preview]:
    """Every schedule for some days from now, or from `since` on."""
    context, now = context_of(request), context_of(request).clock()
    start = since or now
    found = act.rotas(context.store, context.settings, start, start + timedelta(days=days), now)
    return [
        Preview(
            schedule=one.schedule.id,
            timezone=one.schedule.timezone,
            now=one.now,
            shifts=[Shift.model_validate(shift) for shift in one.shifts],
        )
        for one in found
    ]


@router.post("/oncall/overrides", status_code=HTTPStatus.CREATED)
def override(request: Request, caller: Calling, wanted: OverrideWanted) -> Override:
    """Somebody else, or nobody, is on call for a while; who may act for a team whose schedule it is may say so."""
    context = context_of(request)
    _may(request, caller, wanted.schedule, Right.ACT)
    made = act.override(
        context.store,
        context.settings,
        wanted.schedule,
        wanted.person,
        wanted.starts_at,
        wanted.ends_at,
        caller.token.subject,
        context.clock(),
    )
    return Override(id=made, schedule=wanted.schedule, person=wanted.person, starts_at=wanted.starts_at, ends_at=wanted.ends_at)


@router.get("/oncall/overrides")
def overrides(request: Request, caller: Calling) -> list[Override]:  # noqa: ARG001 - whoever calls may see
    """Overrides that hold or are to come."""
    context = context_of(request)
    return [_override(one.number, one.override) for one in act.standing(context.store, context.clock())]


@router.post("/oncall/overrides/{number}/end")
def end_override(request: Request, caller: Calling, number: Id) -> list[Override]:
    """It was a slip, or is not needed any more: the rota counts again from now on."""
    context = context_of(request)
    found = next((one for one in act.standing(context.store, context.clock()) if one.number == number), None)
    if found is not None:
        _may(request, caller, found.override.schedule, Right.ACT)
    act.end_override(context.store, number, caller.token.subject, context.clock())
    return overrides(request, caller)


@router.get("/oncall/handover")
def handover(
    request: Request, caller: Calling, schedule: Annotated[Name, Query()], language: Annotated[Literal["pl", "en"], Query()] = "en"
) -> HandOverNote:
    """What the next hand-over of a schedule would hand over, as it stands now, in words; null is nobody. Those of whom it tells may read
    it: it names what is open."""
    context, now = context_of(request), context_of(request).clock()
    _may(request, caller, schedule, Right.SEE)
    found = notes.coming(context.store, context.settings, schedule, now)
    if found is None:
        return HandOverNote(schedule=schedule, leaves=None, comes=None, at=None, parts=[])
    said = notes.note(context.store, context.settings, found, language, now, caller.sight)
    parts = [HandOverPart.model_validate(one) for one in said]
    return HandOverNote(schedule=schedule, leaves=found.leaves, comes=found.comes, at=found.at, parts=parts)


@router.post("/oncall/handover", status_code=HTTPStatus.CREATED)
def remark(request: Request, caller: Calling, wanted: RemarkWanted) -> Remark:
    """A line of the token's person in the next note."""
    context = context_of(request)
    _may(request, caller, wanted.schedule, Right.ACT)
    line = notes.remark(context.store, context.settings, wanted.schedule, wanted.text, caller.token.subject, context.clock())
    return Remark.model_validate(line)


def _may(request: Request, caller: Caller, schedule: str, scope: Right) -> None:
    """Whoever may act for a team whose schedule it is. Raises Trouble(403)."""
    owners = [one.id for one in context_of(request).settings.owner if one.schedule == schedule]
    if scope not in caller.token.scopes or not caller.viewer.may(Right.ACT, owners, None):
        raise Trouble(HTTPStatus.FORBIDDEN, "scope_missing", "this token's person does not act for a team on call there")


def _override(number: int, one: Known) -> Override:
    return Override(id=number, schedule=one.schedule, person=one.person, starts_at=one.starts_at, ends_at=one.ends_at)
