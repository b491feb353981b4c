"""The policy for everybody who is signed in: what is in force, the draft that wants comments and approvals, what changed and when."""

from datetime import UTC, datetime, time
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from actions import policy as act
from actions import reviews as looking
from core.access import Right
from core.errors import Conflict, Refused
from core.policy import Outcome
from web.context import Context
from web.render import page, speech_of
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Number = Annotated[int, Form(ge=1, le=2**63 - 1)]
Asked = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@router.get("/policy")
def policy(request: Request, visitor: SignedIn) -> Response:
    """What binds now."""
    context = context_of(request)
    return _page(request, visitor, "policy.html", version=context.store.policies.in_force(context.clock()))


@router.get("/policy/draft")
def draft(request: Request, visitor: SignedIn) -> Response:
    """What shall bind: read, commented, approved here."""
    return _draft(request, visitor)


@router.post("/policy/draft/comment")
def comment(
    request: Request,
    visitor: Posting,
    number: Number,
    text: Annotated[str, Form(max_length=2 * act.LONGEST_COMMENT)],
    clause: Annotated[str, Form(max_length=16)] = "",
) -> Response:
    """Everybody may say something of the draft."""
    context = context_of(request)
    try:
        act.comment(context.store, number, text, visitor.person, context.clock(), clause=clause)
    except Refused:
        return _draft(request, visitor, problem="comment", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/policy/draft#{clause}" if clause else "/policy/draft", HTTPStatus.SEE_OTHER)


@router.post("/policy/draft/approve")
def approve(request: Request, visitor: Posting, number: Number, office: Annotated[str, Form(max_length=64)]) -> Response:
    """Whoever holds an office approves for it."""
    context = context_of(request)
    try:
        act.approve(context.store, context.settings, number, office, visitor.person, context.clock())
    except Conflict:
        return _draft(request, visitor, problem="approve", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/policy/draft", HTTPStatus.SEE_OTHER)


@router.post("/policy/draft/publish")
def publish(request: Request, visitor: Posting, number: Number, day: Annotated[str, Form(max_length=10)] = "") -> Response:
    """Once every office has approved: it binds from a day on, or at once."""
    context = context_of(request)
    try:
        act.publish(context.store, number, _begins(day, context), visitor.person, context.clock())
    except (Refused, ValueError):
        return _draft(request, visitor, problem="publish", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/policy/history", HTTPStatus.SEE_OTHER)


@router.get("/policy/history")
def history(request: Request, visitor: SignedIn, old: Asked = None, new: Asked = None) -> Response:
    """Every version, and how two of them differ: the newest two unless others are asked for."""
    context = context_of(request)
    speech, versions = speech_of(request, visitor), context.store.policies.history()
    shown = [one for one in versions if one.effective_at is not None]
    pair = (old, new) if old and new else (shown[1].number, shown[0].number) if len(shown) > 1 else None
    compared = [context.store.policies.get(number) for number in pair] if pair else []
    found = act.differences(compared[0].clauses, compared[1].clauses, speech.language) if compared else ()
    return _page(request, visitor, "policy_history.html", versions=versions, compared=compared, differences=found)


@router.get("/policy/reviews")
def reviews(request: Request, visitor: SignedIn) -> Response:
    """Which clauses want another look: all for those who see incidents, else what this visitor is to decide."""
    return _reviews(request, visitor)


@router.post("/policy/reviews/{review_id}/decide")
def decide(
    request: Request,
    visitor: Posting,
    review_id: Annotated[int, Path(ge=1, le=2**63 - 1)],
    outcome: Annotated[Outcome, Form()],
    reason: Annotated[str, Form(max_length=500)],
) -> Response:
    """The owner of a clause says that it is kept, or changed. Raises PageError(403) for anybody else."""
    context = context_of(request)
    if not looking.may_decide(context.settings, context.store.reviews.get(review_id), visitor.person):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")
    try:
        looking.decide(context.store, review_id, outcome, reason, visitor.person, context.clock())
    except Conflict:
        return _reviews(request, visitor, problem="review", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/policy/reviews", HTTPStatus.SEE_OTHER)


def _reviews(request: Request, visitor: Visitor, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    context = context_of(request)
    rows = context.store.reviews.list(decided=True)
    mine = {one.review_id for one in rows if looking.may_decide(context.settings, one, visitor.person)}
    shown = [one for one in rows if one.review_id in mine or visitor.viewer.has(Right.SEE)]
    version = context.store.policies.in_force(context.clock())
    return _page(request, visitor, "policy_reviews.html", status, version=version, reviews=shown, mine=mine, problem=problem)


def _begins(day: str, context: Context) -> datetime | None:
    """Midnight in the company's zone; None is at once. Raises ValueError."""
    if not day:
        return None
    return datetime.combine(datetime.strptime(day, "%Y-%m-%d").date(), time.min, context.settings.zone()).astimezone(UTC)  # noqa: DTZ007


def _draft(request: Request, visitor: Visitor, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    context = context_of(request)
    speech, version = speech_of(request, visitor), context.store.policies.draft()
    newest = context.store.policies.newest()
    found = act.differences(newest.clauses, version.clauses, speech.language) if version and newest else ()
    mine = [office for office in version.missing() if visitor.person in context.settings.holders(office)] if version else []
    return _page(
        request,
        visitor,
        "policy_draft.html",
        status,
        version=version,
        comments=context.store.policies.comments(version.number) if version else (),
        differences=found,
        mine=mine,
        may_publish=visitor.viewer.has(Right.GOVERN),
        problem=problem,
    )


def _page(request: Request, visitor: Visitor, template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response:
    context = context_of(request)
    return page(
        request,
        template,
        visitor,
        status,
        holders=context.settings.holders,
        **values,
    )
