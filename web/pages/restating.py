"""What people change about an incident beside its state: gravity, owner, what belongs to it, notes, verdicts, duties of the law."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from actions import duties, verdicts
from actions import incidents as act
from core.access import Right
from core.duties import Decision
from core.errors import NotFound
from core.types import Severity
from core.verdicts import Said
from web.context import Context
from web.security import PageError, local_path
from web.visitor import Posting, Visitor, context_of

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Because = Annotated[str, Form(max_length=500)]
Back = Annotated[str, Form(max_length=2000)]
Number = Annotated[int, Form(ge=1, le=2**63 - 1)]
MOST_SPLIT = 500


@router.post("/incidents/{incident_id}/grade")
def grade(request: Request, visitor: Posting, incident_id: Id, severity: Annotated[Severity, Form()], reason: Because = "") -> Response:
    context = context_of(request)
    act.grade(context.store, incident_id, severity, visitor.person, context.clock(), reason=reason)
    return _there(incident_id)


@router.post("/incidents/{incident_id}/hand-over")
def hand_over(
    request: Request, visitor: Posting, incident_id: Id, owner: Annotated[str, Form(max_length=64)], reason: Because = ""
) -> Response:
    """Another team answers. Whoever hands it over may not see it any more, and is shown the list instead."""
    context = context_of(request)
    act.hand_over(context.store, context.settings, incident_id, owner, visitor.person, context.clock(), reason=reason)
    card = context.store.incidents.card(incident_id, evidence=0)
    still = visitor.viewer.may(Right.SEE, (card.row.owner, *card.participants), card.row.brand)
    return _there(incident_id) if still else RedirectResponse("/incidents", HTTPStatus.SEE_OTHER)


@router.post("/incidents/{incident_id}/renew-policy")
def renew_policy(request: Request, visitor: Posting, incident_id: Id) -> Response:
    """It escalates by its owner's policy of today. A second click finds nothing that differs, and pages nobody again."""
    context = context_of(request)
    row = context.store.incidents.card(incident_id, evidence=0).row
    if act.has_new_policy(context.store, context.settings, row):
        act.renew_policy(context.store, context.settings, incident_id, visitor.person, context.clock())
    return _there(incident_id)


@router.post("/incidents/{incident_id}/irrelevant")
def irrelevant(request: Request, visitor: Posting, incident_id: Id, reason: Because = "") -> Response:
    """The whole story, in one tap."""
    context = context_of(request)
    act.dismiss(context.store, context.settings, incident_id, visitor.person, context.clock(), reason=reason)
    return _there(incident_id)


@router.post("/incidents/{incident_id}/merge")
def merge(request: Request, visitor: Posting, incident_id: Id, other: Number) -> Response:
    """The visitor must be allowed to act on both."""
    context = context_of(request)
    _may_act(context, visitor, other)
    act.merge(context.store, incident_id, other, visitor.person, context.clock())
    return _there(incident_id)


@router.post("/incidents/{incident_id}/split")
def split(
    request: Request, visitor: Posting, incident_id: Id, item: Annotated[Sequence[Number], Form(max_length=MOST_SPLIT)] = ()
) -> Response:
    context = context_of(request)
    return _there(act.split(context.store, context.settings, incident_id, list(item), visitor.person, context.clock()))


@router.post("/incidents/{incident_id}/note")
def note(request: Request, visitor: Posting, incident_id: Id, text: Annotated[str, Form(max_length=act.LONGEST_NOTE)]) -> Response:
    context = context_of(request)
    act.note(context.store, incident_id, visitor.person, text, context.clock())
    return _there(incident_id)


@router.post("/findings/{finding_id}/verdict")
def verdict(request: Request, visitor: Posting, finding_id: Id, said: Annotated[Said, Form()], back: Back = "") -> Response:
    """Right or wrong; another label is said by the command line or the API."""
    context = context_of(request)
    if said is Said.OTHER:
        raise PageError(HTTPStatus.BAD_REQUEST, "bad_request")
    if not context.store.verdicts.may_be_judged(finding_id, visitor.viewer.sight(Right.ACT)):
        raise NotFound("there is nothing here for this visitor")
    verdicts.judge(context.store, finding_id, said, visitor.person, context.clock())
    return RedirectResponse(local_path(back, "/"), HTTPStatus.SEE_OTHER)


@router.post("/duties/{duty_id}/decide")
def decide(
    request: Request, visitor: Posting, duty_id: Id, decision: Annotated[Decision, Form()], reason: Because, back: Back = ""
) -> Response:
    context = context_of(request)
    one = context.store.duties.get(duty_id)
    if one.incident_id is not None:
        _may_act(context, visitor, one.incident_id)
    elif one.conversation_id is not None:
        row = context.store.conversations.get(one.conversation_id)
        _allow(visitor, (row.owner,), row.brand)
    duties.decide(context.store, duty_id, decision, reason, visitor.person, context.clock())
    return RedirectResponse(local_path(back, "/"), HTTPStatus.SEE_OTHER)


def _may_act(context: Context, visitor: Visitor, incident_id: int) -> None:
    card = context.store.incidents.card(incident_id, evidence=0)
    _allow(visitor, (card.row.owner, *card.participants), card.row.brand)


def _allow(visitor: Visitor, owners: tuple[str, ...], brand: str | None) -> None:
    if not visitor.viewer.may(Right.ACT, owners, brand):
        raise NotFound("there is nothing here for this visitor")


def _there(incident_id: int) -> Response:
    return RedirectResponse(f"/incidents/{incident_id}", HTTPStatus.SEE_OTHER)
