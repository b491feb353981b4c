"""Mutes and expected events: what holds now, until when, why, who wanted it, and what it held back."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from actions import easing as act
from core.access import Right
from core.easing import MuteKind
from core.errors import Refused
from core.table import parse_duration
from web.context import Context
from web.render import page, speech_of
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of
from web.wording import msg

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
LENGTHS = ("1h", "8h", "1d", "1w", "4w")
KINDS = {
    MuteKind.TERM: msg("posts with these words"),
    MuteKind.AUTHOR: msg("an author"),
    MuteKind.LABEL: msg("a label, such as complaint.delivery"),
    MuteKind.RULE: msg("a rule"),
    MuteKind.SOURCE: msg("a source"),
}
FACTORS = (2, 3, 5, 10, 20)


@router.get("/mutes")
def mutes(request: Request, visitor: SignedIn) -> Response:
    return _page(request, visitor)


@router.post("/mutes")
def mute(
    request: Request,
    visitor: Posting,
    kind: Annotated[MuteKind, Form()],
    value: Annotated[str, Form(max_length=320)],
    reason: Annotated[str, Form(max_length=500)],
    length: Annotated[str, Form()],
    brand: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Say nothing of what fits, for a time."""
    context = context_of(request)
    _may(visitor, brand)
    try:
        act.mute(
            context.store,
            context.settings,
            kind,
            value,
            reason,
            visitor.person,
            context.clock(),
            ends_at=context.clock() + _length(length),
            brand=brand or None,
        )
    except Refused:
        return _page(request, visitor, problem="mute", value=value, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/mutes", HTTPStatus.SEE_OTHER)


@router.post("/mutes/{mute_id}/end")
def unmute(request: Request, visitor: Posting, mute_id: Id) -> Response:
    context = context_of(request)
    _may(visitor, next((one.brand or "" for one in context.store.easing.mutes(context.clock()) if one.mute_id == mute_id), ""))
    act.unmute(context.store, mute_id, visitor.person, context.clock())
    return RedirectResponse("/mutes", HTTPStatus.SEE_OTHER)


@router.post("/expected")
def expect(
    request: Request,
    visitor: Posting,
    name: Annotated[str, Form(max_length=120)],
    factor: Annotated[float, Form(gt=1, le=100)],
    length: Annotated[str, Form()],
    starts: Annotated[datetime | None, Form()] = None,
    brand: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """A campaign begins, now or at `starts` (wall time of the visitor's zone): it takes more people to make complaints an incident."""
    context = context_of(request)
    _may(visitor, brand)
    try:
        begins = _begin(starts, speech_of(request, visitor).zone, context.clock())
        act.expect(
            context.store,
            context.settings,
            name,
            factor,
            visitor.person,
            context.clock(),
            starts_at=begins,
            ends_at=begins + _length(length),
            brand=brand or None,
        )
    except Refused:
        return _page(request, visitor, problem="expected", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/mutes", HTTPStatus.SEE_OTHER)


@router.post("/expected/{expected_id}/end")
def expect_no_more(request: Request, visitor: Posting, expected_id: Id) -> Response:
    context = context_of(request)
    found = (one.brand or "" for one in context.store.easing.expected(context.clock()) if one.expected_id == expected_id)
    _may(visitor, next(found, ""))
    act.expect_no_more(context.store, expected_id, visitor.person, context.clock())
    return RedirectResponse("/mutes", HTTPStatus.SEE_OTHER)


def _may(visitor: Visitor, brand: str) -> None:
    """What holds for every brand wants the right everywhere. Raises PageError(403)."""
    if not visitor.viewer.may(Right.TUNE, (), brand or None):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")


def _length(written: str) -> timedelta:
    if written not in LENGTHS:
        raise PageError(HTTPStatus.BAD_REQUEST, "bad_request")
    return parse_duration(written)


def _begin(starts: datetime | None, zone: ZoneInfo, now: datetime) -> datetime:
    """When it begins (aware UTC). Raises Refused for what is no wall time of this year or its neighbours: that is a slip."""
    if starts is None:
        return now
    if starts.tzinfo is not None or abs(starts.year - now.year) > 1:
        raise Refused("a beginning within a year was expected, in the visitor's own time")
    return starts.replace(tzinfo=zone).astimezone(UTC)


def _page(request: Request, visitor: Visitor, *, problem: str = "", value: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    context = context_of(request)
    now = context.clock()
    return page(
        request,
        "mutes.html",
        visitor,
        status,
        mutes=[one for one in context.store.easing.mutes(now) if _seen(visitor, one.brand)],
        expected=[one for one in context.store.easing.expected(now) if _seen(visitor, one.brand)],
        brands=_brands(context, visitor),
        everywhere=visitor.viewer.everywhere(Right.TUNE),
        kinds={kind: speech_of(request, visitor).say(name) for kind, name in KINDS.items()},
        factors=FACTORS,
        lengths=[(written, parse_duration(written)) for written in LENGTHS],
        problem=problem,
        value=value,
    )


def _seen(visitor: Visitor, brand: str | None) -> bool:
    """What holds for all concerns everybody; of the rest those brands that may be seen."""
    return brand is None or visitor.viewer.may(Right.SEE, (), brand)


def _brands(context: Context, visitor: Visitor) -> list[tuple[str, str]]:
    return [(one.id, one.name) for one in context.settings.brand if visitor.viewer.may(Right.TUNE, (), one.id)]
