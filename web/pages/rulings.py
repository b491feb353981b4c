"""Rules that people judged: how often each was right, what follows from it, and who put which on trial."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from actions import rulings as act
from core.access import Right
from core.errors import ConfigError, NotFound, Refused
from core.rulings import Standing
from core.verdicts import by_detector, precisions
from web.render import page
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Name = Annotated[str, Form(max_length=120)]
Reason = Annotated[str, Form(max_length=400)]


@router.get("/rules")
def rules(request: Request, visitor: SignedIn) -> Response:
    return _page(request, visitor)


@router.post("/rules/accept")
def accept(request: Request, visitor: Posting, name: Name, reason: Reason = "") -> Response:
    """Do what the verdicts propose."""
    _may(visitor)
    context = context_of(request)
    try:
        act.accept(context.store, name, visitor.person, context.clock(), reason=reason)
    except (ConfigError, Refused):
        return _page(request, visitor, problem="accept", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/rules", HTTPStatus.SEE_OTHER)


@router.post("/rules/trial")
def trial(request: Request, visitor: Posting, name: Name, reason: Reason) -> Response:
    """Page nobody for a rule or a label from now on, proposed or not."""
    _may(visitor)
    context = context_of(request)
    try:
        act.rule_on(context.store, name, Standing.TRIAL, reason, visitor.person, context.clock())
    except (ConfigError, Refused):
        return _page(request, visitor, problem="trial", name=name, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/rules", HTTPStatus.SEE_OTHER)


@router.post("/rules/revoke")
def revoke(request: Request, visitor: Posting, name: Name) -> Response:
    """What the pack says holds again."""
    _may(visitor)
    context = context_of(request)
    try:
        act.revoke(context.store, name, visitor.person, context.clock())
    except ConfigError as error:
        raise NotFound(str(error)) from error
    return RedirectResponse("/rules", HTTPStatus.SEE_OTHER)


def _may(visitor: Visitor) -> None:
    """A rule speaks of every brand: only who may tune everywhere rules on it. Raises PageError(403)."""
    if not visitor.viewer.everywhere(Right.TUNE):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")


def _page(request: Request, visitor: Visitor, *, problem: str = "", name: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    store = context_of(request).store
    return page(
        request,
        "rules.html",
        visitor,
        status,
        proposed=[each for each in act.proposals(store) if each.is_open],
        precisions=precisions(store.verdicts.judged(), by_detector),
        holding=store.rulings.holding().holding,
        may=visitor.viewer.everywhere(Right.TUNE),
        problem=problem,
        name=name,
    )
