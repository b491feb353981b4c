"""The policy over the API, to be read: what is in force, every version, what was said of the draft."""

from fastapi import APIRouter, Request

from core.errors import NotFound
from core.policy import Version
from web.api import models
from web.api.caller import Calling, Id, context_of
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


def _told(context: Context, one: Version) -> models.PolicyVersion:
    told = models.PolicyVersion.model_validate(one)
    return told.model_copy(update={"stage": one.stage(context.clock()), "missing": list(one.missing())})


def _whole(context: Context, one: Version) -> models.PolicyWhole:
    return models.PolicyWhole(
        version=_told(context, one),
        clauses=[models.PolicyClause.model_validate(clause) for clause in one.clauses],
        comments=[models.PolicyComment.model_validate(said) for said in context.store.policies.comments(one.number)],
    )
