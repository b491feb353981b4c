"""The register of accounts: who answers for each, what is to be mended, who uses the brand without being in it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from actions import register as acts
from actions.checking import check_again
from core.access import Right
from core.errors import Conflict, NotFound, Refused
from core.register import Account, Settled
from web.render import page
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/accounts")
def accounts(request: Request, visitor: SignedIn) -> Response:
    """Every account that the visitor may see."""
    return _page(request, visitor)


@router.post("/accounts/{number}/reviewed")
def reviewed(
    request: Request,
    visitor: Posting,
    number: Number,
    two_factor: Annotated[str, Form(max_length=3)],
    access: Annotated[str, Form(max_length=2000)] = "",
    recovery: Annotated[str, Form(max_length=256)] = "",
) -> Response:
    """Whoever answers for an account says how it stands. Raises PageError(403) for anybody else, NotFound."""
    context = context_of(request)
    account = _visible(request, visitor, number)
    if not acts.may_review(context.settings, account, visitor.person):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")
    looked = acts.as_typed(two_factor == "yes", access, recovery.strip())
    try:
        acts.review(context.store, context.settings, number, looked, visitor.person, context.clock())
    except Refused:
        return _page(request, visitor, problem="access", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    check_again(context.store, context.settings, context.clock())
    return RedirectResponse(f"/accounts#account-{number}", HTTPStatus.SEE_OTHER)


@router.post("/accounts/strangers/{stranger_id}/settle")
def settle(
    request: Request,
    visitor: Posting,
    stranger_id: Number,
    how: Annotated[Settled, Form()],
    reason: Annotated[str, Form(max_length=500)],
) -> Response:
    """A stranger may go on, or was reported. Raises PageError(403), NotFound."""
    context = context_of(request)
    met = context.store.account_checks.stranger(stranger_id)
    if not visitor.viewer.may(Right.SEE, (met.owner,), met.brand):
        raise NotFound(f"there is no stranger {stranger_id}")
    if not visitor.viewer.may(Right.ACT, (met.owner,), met.brand):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")
    try:
        acts.settle(context.store, stranger_id, how, reason, visitor.person, context.clock())
    except Conflict:
        return _page(request, visitor, problem="settle", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/accounts", HTTPStatus.SEE_OTHER)


def _visible(request: Request, visitor: Visitor, number: int) -> Account:
    account = context_of(request).store.register.get(number)
    if not visitor.viewer.may(Right.SEE, (account.owner,), account.brand):
        raise NotFound(f"there is no account {number}")
    return account


def _page(request: Request, visitor: Visitor, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    context = context_of(request)
    rows = [one for one in context.store.register.list() if visitor.viewer.may(Right.SEE, (one.owner,), one.brand)]
    standing = context.store.account_checks.standing()
    met = [one for one in context.store.account_checks.strangers() if visitor.viewer.may(Right.SEE, (one.owner,), one.brand)]
    return page(
        request,
        "accounts.html",
        visitor,
        status,
        accounts=[(one, [each for each in standing if each.account == one.number]) for one in rows],
        mine={one.number for one in rows if acts.may_review(context.settings, one, visitor.person)},
        strangers=met,
        settling={one.stranger_id for one in met if visitor.viewer.may(Right.ACT, (one.owner,), one.brand)},
        problem=problem,
    )
