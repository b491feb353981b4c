"""The policy over the API: what is in force, every version, what was said of the draft, that it was read; reviews, which owners decide."""

from http import HTTPStatus

from fastapi import APIRouter, Request

from actions import policy as act
from actions import readers as reading
from actions import reviews as looking
from core.access import Right
from core.errors import NotFound
from core.policy import Version
from web.api import policy_models as models
from web.api.caller import Caller, Calling, Id, context_of
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


@router.get("/policy/read")
def has_read(request: Request, caller: Calling) -> models.PolicyRead:
    """What the token's person has said of the version in force: that they have read the policy, the notice of what is watched."""
    return _read(request, caller)


@router.post("/policy/read")
def acknowledge(request: Request, caller: Calling, said: models.PolicyReadSaid) -> models.PolicyRead:
    """The token's person has read the version in force; said twice is said once."""
    caller.demand(Right.ACT)
    context = context_of(request)
    reading.acknowledge(context.store, caller.token.subject, said.version, said.what, said.language, context.clock())
    return _read(request, caller)


@router.post("/policy/versions/{number}/comments", status_code=HTTPStatus.CREATED)
def comment(request: Request, caller: Calling, number: Id, said: models.PolicyCommentSaid) -> models.PolicyWhole:
    """The token's person says something of the draft, or of one of its clauses."""
    caller.demand(Right.ACT)
    context = context_of(request)
    act.comment(context.store, number, said.text, caller.token.subject, context.clock(), clause=said.clause)
    return _whole(context, context.store.policies.get(number))


@router.post("/policy/versions/{number}/approve")
def approve(request: Request, caller: Calling, number: Id, said: models.PolicyApproved) -> models.PolicyWhole:
    """The token's person, who holds the office, approves the draft for it."""
    caller.demand(Right.ACT)
    context = context_of(request)
    done = act.approve(context.store, context.settings, number, said.office, caller.token.subject, context.clock())
    return _whole(context, done)


@router.post("/policy/versions/{number}/publish")
def publish(request: Request, caller: Calling, number: Id, said: models.PolicyPublished) -> models.PolicyWhole:
    """The draft that every office has approved binds from then on."""
    caller.demand(Right.GOVERN)
    context = context_of(request)
    return _whole(context, act.publish(context.store, number, said.effective_at, caller.token.subject, context.clock()))


def _read(request: Request, caller: Caller) -> models.PolicyRead:
    """Raises NotFound: no policy is in force."""
    context = context_of(request)
    found = context.store.policies.in_force(context.clock())
    if found is None:
        raise NotFound("no policy is in force yet")
    return models.PolicyRead(version=found.number, what=sorted(reading.has_read(context.store, found, caller.token.subject)))


def _told(context: Context, one: Version) -> models.PolicyVersion:
    return models.PolicyVersion(
        number=one.number,
        stage=one.stage(context.clock()),
        note=one.note,
        fingerprint=one.fingerprint,
        made_by=one.made_by,
        made_at=one.made_at,
        effective_at=one.effective_at,
        ended_at=one.ended_at,
        needs=list(one.needs),
        missing=list(one.missing()),
        approvals=[models.PolicyApproval.model_validate(given) for given in one.approvals],
    )


def _whole(context: Context, one: Version) -> models.PolicyWhole:
    return models.PolicyWhole(
        version=_told(context, one),
        clauses=[models.PolicyClause.model_validate(clause) for clause in one.clauses],
        comments=[models.PolicyComment.model_validate(said) for said in context.store.policies.comments(one.number)],
    )
