"""What people say of findings, and what they set so that less rings: verdicts, mutes, expected events. The acts are those of the pages."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request

from actions import easing, verdicts
from core.access import Right
from core.easing import Expected, Mute
from core.errors import ConfigError, NotFound
from web.api import models
from web.api.caller import Caller, Calling, Id, context_of
from web.api.paging import PAGE, Cursor, Limit, page_of, place_of
from web.api.problems import Trouble
from web.context import Context

router = APIRouter()

Number = Annotated[int | None, Query(ge=1, le=2**63 - 1)]
Ended = Annotated[bool, Query(description="Also those that are over.")]

Eased = TypeVar("Eased", Mute, Expected)


@router.get("/verdicts")
def judged(
    request: Request, caller: Calling, finding: Number = None, cursor: Cursor = None, limit: Limit = PAGE
) -> models.Listed[models.Verdict]:
    """What people say of findings, one verdict a person, the newest first."""
    context = context_of(request)
    rows = context.store.verdicts.page(finding, place_of(context, "verdicts", cursor), limit + 1, caller.sight)
    shown, following = page_of(context, "verdicts", rows, limit, lambda one: one.verdict_id)
    return models.Listed(items=[models.Verdict.model_validate(one) for one in shown], next=following)


@router.post("/findings/{finding_id}/verdict")
def judge(request: Request, caller: Calling, finding_id: Id, verdict: models.Judge) -> list[models.Verdict]:
    """The token's person says whether a finding is right; answers what people say of it now."""
    context = context_of(request)
    if not context.store.verdicts.may_be_judged(finding_id, caller.sight):
        raise NotFound(f"there is no finding {finding_id}")
    caller.demand(Right.ACT)
    if not context.store.verdicts.may_be_judged(finding_id, caller.viewer.sight(Right.ACT)):
        raise Trouble(HTTPStatus.FORBIDDEN, "scope_missing", "this token may not act here")
    try:
        person = caller.token.subject
        verdicts.judge(context.store, finding_id, verdict.said, person, context.clock(), label=verdict.label, note=verdict.note)
    except ConfigError as error:
        raise Trouble(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", str(error)) from error
    said = context.store.verdicts.counting([finding_id]).get(finding_id, ())
    return [models.Verdict.model_validate(one) for one in said]


@router.get("/mutes")
def mutes(
    request: Request, caller: Calling, cursor: Cursor = None, limit: Limit = PAGE, *, ended: Ended = False
) -> models.Listed[models.Mute]:
    """What rings less, and how much each mute held back; the newest first."""
    context = context_of(request)
    found, following = _page(
        context, caller, context.store.easing.mutes(context.clock(), ended=ended), lambda one: one.mute_id, "mutes", cursor, limit
    )
    return models.Listed(items=[models.Mute.model_validate(one) for one in found], next=following)


@router.post("/mutes", status_code=HTTPStatus.CREATED)
def mute(request: Request, caller: Calling, wanted: models.MuteWanted) -> models.Mute:
    """From now on, or from later, what fits opens nothing, for a while."""
    context, now = context_of(request), context_of(request).clock()
    caller.demand(Right.TUNE)
    _demand(caller, wanted.brand)
    starts = now + timedelta(minutes=wanted.starts_in_minutes)
    made = easing.mute(
        context.store,
        context.settings,
        wanted.kind,
        wanted.value,
        wanted.reason,
        caller.token.subject,
        now,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=wanted.minutes),
        brand=wanted.brand,
    )
    return models.Mute.model_validate(made)


@router.post("/mutes/{mute_id}/end")
def unmute(request: Request, caller: Calling, mute_id: Id) -> models.Mute:
    """It ends now."""
    context = context_of(request)
    _one(caller, context.store.easing.mutes(context.clock(), ended=True), lambda one: one.mute_id, mute_id, "mute")
    easing.unmute(context.store, mute_id, caller.token.subject, context.clock())
    found = context.store.easing.mutes(context.clock(), ended=True)
    return models.Mute.model_validate(next(one for one in found if one.mute_id == mute_id))


@router.get("/expected")
def expected(
    request: Request, caller: Calling, cursor: Cursor = None, limit: Limit = PAGE, *, ended: Ended = False
) -> models.Listed[models.Expected]:
    """Campaigns, price rises and matches: while one lasts more people must complain; the newest first."""
    context = context_of(request)
    found, following = _page(
        context,
        caller,
        context.store.easing.expected(context.clock(), ended=ended),
        lambda one: one.expected_id,
        "expected",
        cursor,
        limit,
    )
    return models.Listed(items=[models.Expected.model_validate(one) for one in found], next=following)


@router.post("/expected", status_code=HTTPStatus.CREATED)
def expect(request: Request, caller: Calling, wanted: models.ExpectedWanted) -> models.Expected:
    """Put one on the calendar. Safety, leaks and accounts ring as ever."""
    context, now = context_of(request), context_of(request).clock()
    caller.demand(Right.TUNE)
    _demand(caller, wanted.brand)
    starts = now + timedelta(minutes=wanted.starts_in_minutes)
    made = easing.expect(
        context.store,
        context.settings,
        wanted.name,
        wanted.factor,
        caller.token.subject,
        now,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=wanted.minutes),
        brand=wanted.brand,
    )
    return models.Expected.model_validate(made)


@router.post("/expected/{expected_id}/end")
def expect_no_more(request: Request, caller: Calling, expected_id: Id) -> models.Expected:
    """It ends now."""
    context = context_of(request)
    known = context.store.easing.expected(context.clock(), ended=True)
    _one(caller, known, lambda one: one.expected_id, expected_id, "expected event")
    easing.expect_no_more(context.store, expected_id, caller.token.subject, context.clock())
    found = context.store.easing.expected(context.clock(), ended=True)
    return models.Expected.model_validate(next(one for one in found if one.expected_id == expected_id))


def _seen(caller: Caller, brand: str | None) -> bool:
    """What holds for all concerns everybody; of the rest those brands that may be seen."""
    return brand is None or caller.viewer.may(Right.SEE, (), brand)


def _demand(caller: Caller, brand: str | None) -> None:
    """What holds for every brand wants the right everywhere. Raises Trouble(403)."""
    if Right.TUNE not in caller.token.scopes or not caller.viewer.may(Right.TUNE, (), brand):
        raise Trouble(HTTPStatus.FORBIDDEN, "scope_missing", "this token may not tune what rings there")


def _page(
    context: Context, caller: Caller, all_of_them: Sequence[Eased], name: Callable[[Eased], int], what: str, cursor: str | None, limit: int
) -> tuple[Sequence[Eased], str | None]:
    """One page of what may be seen, by id from the newest, and the cursor of the next. People make these by hand: there are few."""
    before = place_of(context, what, cursor)
    newest = sorted((one for one in all_of_them if _seen(caller, one.brand)), key=name, reverse=True)
    rest = [one for one in newest if before is None or name(one) < before]
    return page_of(context, what, rest, limit, name)


def _one(caller: Caller, known: Sequence[Eased], name: Callable[[Eased], int], wanted: int, what: str) -> None:
    """Raises NotFound for what is not there or may not be seen, Trouble(403) for what may not be ended."""
    found = next((one for one in known if name(one) == wanted), None)
    if found is None or not _seen(caller, found.brand):
        raise NotFound(f"there is no {what} {wanted}")
    _demand(caller, found.brand)
