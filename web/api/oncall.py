"""Who is on call over the API: the days to come in shifts, gaps included, and overrides of them."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request

from actions import oncall as act
from core.access import Right
from web.api.act_models import At, Name
from web.api.caller import Calling, context_of
from web.api.crisis_models import Asked
from web.api.models import Answer
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
    owners = [one.id for one in context.settings.owner if one.schedule == wanted.schedule]
    if Right.ACT not in caller.token.scopes or not caller.viewer.may(Right.ACT, owners, None):
        raise Trouble(HTTPStatus.FORBIDDEN, "scope_missing", "this token may not say who is on call there")
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
