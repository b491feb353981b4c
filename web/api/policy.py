"""The policy over the API: what is in force, every version, what was said of the draft; reviews, which their owners decide."""

from http import HTTPStatus

from fastapi import APIRouter, Request

from actions import reviews as looking
from core.access import Right
from core.errors import NotFound
from core.policy import Version
from web.api import policy_models as models
from web.api.caller import Calling, Id, context_of
from web.api.governed import ClauseReview, Decided
from web.api.problems import Trouble
from web.context import Context

router = APIRouter()


@router.get("/policy")
def in_force(request: Request, caller: Calling) -> models.PolicyWhole:  # noqa: ARG001 - whoever calls may see
    """The policy in force, with its clauses."""
    context = context_of(request)
    found = context.store.policies.in_force(context.clock())
    if found is None:
        raise NotFound("no policy is in force yet")
    return _whole(context, found)


@router.get("/policy/versions")
def versions(request: Request, caller: Calling) -> list[models.PolicyVersion]:  # noqa: ARG001 - whoever calls may see
    """Every version, the newest first."""
    context = context_of(request)
    return [_told(context, one) for one in context.store.policies.history()]


@router.get("/policy/versions/{number}")
def version(request: Request, caller: Calling, number: Id) -> models.PolicyWhole:  # noqa: ARG001 - whoever calls may see
    """One version with its clauses, approvals and comments."""
    context = context_of(request)
    return _whole(context, context.store.policies.get(number))


@router.get("/policy/reviews")
def reviews(request: Request, caller: Calling, *, decided: bool = False) -> list[ClauseReview]:  # noqa: ARG001 - whoever calls may see
    """Which clauses want another look, by when and because of what; with `decided` also how earlier reviews ended."""
    found = context_of(request).store.reviews.list(decided=decided)
    return [ClauseReview.model_validate(one) for one in found]


@router.post("/policy/reviews/{review_id}/decide")
def decide(request: Request, caller: Calling, review_id: Id, said: Decided) -> ClauseReview:
    """The clause's owner says that it is kept, or was changed, and why."""
    context = context_of(request)
    caller.demand(Right.ACT)
    if not looking.may_decide(context.settings, context.store.reviews.get(review_id), caller.token.subject):
        raise Trouble(HTTPStatus.FORBIDDEN, "scope_missing", "this token's person does not answer for the clause")
    done = looking.decide(context.store, review_id, said.outcome, said.reason, caller.token.subject, context.clock())
    return ClauseReview.model_validate(done)


def _told(context: Context, one: Version) -> models.PolicyVersion:
    told = models.PolicyVersion.model_validate(one)
    return told.model_copy(update={"stage": one.stage(context.clock()), "missing": list(one.missing())})


def _whole(context: Context, one: Version) -> models.PolicyWhole:
    return models.PolicyWhole(
        version=_told(context, one),
        clauses=[models.PolicyClause.model_validate(clause) for clause in one.clauses],
        comments=[models.PolicyComment.model_validate(said) for said in context.store.policies.comments(one.number)],
    )
