"""On call: this week as bands, who would be paged now, what has no person, overrides and calendar feeds."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from actions import feeds, oncall
from actions import handover as notes
from core.access import Right
from core.errors import Refused
from core.handover import LONGEST_REMARK
from web.address import address_of
from web.context import Context
from web.render import page, speech_of
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

WEEK = timedelta(days=7)
SHOWN_PROBLEMS = 4
FURTHEST = 52


@dataclass(frozen=True, slots=True)
class Band:
    """A shift inside one local day: who (None: nobody), where it begins and how wide it is, in quarters of an hour of that day."""

    person: str | None
    starts_at: datetime
    ends_at: datetime
    left: int
    wide: int


@router.get("/on-call")
def on_call(request: Request, visitor: SignedIn, week: Annotated[int, Query(ge=-FURTHEST, le=FURTHEST)] = 0) -> Response:
    return _page(request, visitor, week=week)


@router.post("/on-call/override")
def override(
    request: Request,
    visitor: Posting,
    schedule: Annotated[str, Form(max_length=64)],
    starts: Annotated[datetime, Form()],
    ends: Annotated[datetime, Form()],
    person: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Somebody else, or nobody, is on call; times are wall time of the schedule's zone."""
    context = context_of(request)
    found = next((one for one in context.settings.schedule if one.id == schedule), None)
    if found is None or starts.tzinfo is not None or ends.tzinfo is not None:
        raise PageError(HTTPStatus.BAD_REQUEST, "bad_request")
    _may(context, visitor, schedule)
    zone = ZoneInfo(found.timezone)
    first, last = (at.replace(tzinfo=zone).astimezone(UTC) for at in (starts, ends))
    try:
        oncall.override(context.store, context.settings, schedule, person or None, first, last, visitor.person, context.clock())
    except Refused:
        return _page(request, visitor, problem="override", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/on-call", HTTPStatus.SEE_OTHER)


@router.post("/on-call/override/{number}/end")
def end_override(request: Request, visitor: Posting, number: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> Response:
    """It was a slip, or is not needed any more: the rota counts again."""
    context = context_of(request)
    found = next((one for one in oncall.standing(context.store, context.clock()) if one.number == number), None)
    if found is not None:
        _may(context, visitor, found.override.schedule)
    oncall.end_override(context.store, number, visitor.person, context.clock())
    return RedirectResponse("/on-call#overrides", HTTPStatus.SEE_OTHER)


@router.get("/on-call/handover")
def handover(request: Request, visitor: SignedIn, schedule: Annotated[str, Query(max_length=64)] = "") -> Response:
    """What the next hand-over of a schedule (the first one without a name) would hand over, as it stands now."""
    return _note(request, visitor, schedule)


@router.post("/on-call/handover")
def remark(
    request: Request, visitor: Posting, schedule: Annotated[str, Form(max_length=64)], text: Annotated[str, Form(max_length=2000)]
) -> Response:
    """A line of the visitor's in the next note."""
    context = context_of(request)
    _may(context, visitor, schedule)
    try:
        notes.remark(context.store, context.settings, schedule, text, visitor.person, context.clock())
    except Refused:
        return _note(request, visitor, schedule, problem=True, text=text, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/on-call/handover?schedule={quote(schedule)}", HTTPStatus.SEE_OTHER)


@router.post("/on-call/feed")
def feed(request: Request, visitor: Posting) -> Response:
    """The visitor's own shifts for a calendar program; the address is shown in this answer alone."""
    context = context_of(request)
    made = feeds.make(context.store, context.settings, f"person:{visitor.person}", visitor.person, context.clock())
    return _page(request, visitor, link=address_of(request, context.settings, made))


def _note(
    request: Request, visitor: Visitor, name: str, *, problem: bool = False, text: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Those of whom it tells may read it: it names what is open. Raises PageError(403), NotFound."""
    context, now = context_of(request), context_of(request).clock()
    schedules = [one.id for one in context.settings.schedule if _allowed(context, visitor, one.id)]
    if context.settings.schedule and not schedules:
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")
    chosen = name or next(iter(schedules), "")
    if chosen:
        _may(context, visitor, notes.schedule_of(context.settings, chosen).id)
    found = notes.coming(context.store, context.settings, chosen, now) if chosen else None
    said = notes.note(context.store, context.settings, found, speech_of(request, visitor).language, now, visitor.sight) if found else []
    return page(
        request,
        "handover.html",
        visitor,
        status,
        schedules=schedules,
        chosen=chosen,
        handover=found,
        parts=said,
        problem=problem,
        text=text,
        longest=LONGEST_REMARK,
    )


def _may(context: Context, visitor: Visitor, schedule: str) -> None:
    """Whoever may act for a team may say who is on call in its schedule. Raises PageError(403)."""
    owners = [one.id for one in context.settings.owner if one.schedule == schedule]
    if not visitor.viewer.may(Right.ACT, owners, None):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")


def _page(
    request: Request, visitor: Visitor, *, week: int = 0, problem: str = "", link: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Response:
    context = context_of(request)
    now = context.clock()
    zone = context.settings.zone()
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday()) + week * WEEK
    start, end = _midnight(monday, zone), _midnight(monday + WEEK, zone)
    rotas = oncall.rotas(context.store, context.settings, start, end, now)
    return page(
        request,
        "on_call.html",
        visitor,
        status,
        rotas=[(rota, _days(rota, monday, zone)) for rota in rotas],
        monday=start,
        today=today,
        week=week,
        overrides=oncall.standing(context.store, now),
        problems=oncall.problems(context.store, context.settings, now)[:SHOWN_PROBLEMS],
        mine={one.id for one in context.settings.schedule if _allowed(context, visitor, one.id)},
        people=[one.id for one in context.settings.person],
        problem=problem,
        link=link,
        is_person=visitor.person in {one.id for one in context.settings.person},
    )


def _allowed(context: Context, visitor: Visitor, schedule: str) -> bool:
    owners = [one.id for one in context.settings.owner if one.schedule == schedule]
    return visitor.viewer.may(Right.ACT, owners, None)


def _days(rota: oncall.Rota, monday: date, zone: ZoneInfo) -> list[tuple[datetime, date, list[Band]]]:
    """(its midnight, the day, its bands): each shift cut at the midnights of the company's zone."""
    days = []
    for number in range(7):
        day = monday + timedelta(days=number)
        begins, ends = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
        bands = []
        for shift in rota.shifts:
            first, last = max(shift.starts_at, begins), min(shift.ends_at, ends)
            if first < last:
                whole = (ends - begins).total_seconds()
                left = round(96 * (first - begins).total_seconds() / whole)
                wide = max(1, round(96 * (last - begins).total_seconds() / whole) - left)
                bands.append(Band(shift.person, first, last, left, wide))
        days.append((begins, day, bands))
    return days


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
