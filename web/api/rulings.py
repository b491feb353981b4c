"""Rulings over the API: what verdicts propose about rules and labels, what holds, and the acts of the page."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from actions import rulings as act
from core.access import Right
from core.errors import ConfigError, NotFound
from core.rulings import Ruled, Standing
from web.api.act_models import Because
from web.api.caller import Caller, Calling, context_of
from web.api.crisis_models import Asked
from web.api.models import Answer, Clean
from web.api.problems import Trouble
from web.context import Context

router = APIRouter()

Named = Annotated[Clean, Field(min_length=1, max_length=120)]


class Ruling(Answer):
    """What holds about a rule or a label until it is revoked; `score` is given for `score` alone."""

    id: Annotated[int, Field(validation_alias="ruling_id")]
    about: Ruled
    name: str
    standing: Standing
    score: float | None
    reason: str
    made_by: str
    made_at: datetime


class Proposal(BaseModel):
    """What the verdicts ask for. `name` is what to accept; from `threshold` on enough is right, null: page nobody."""

    name: str
    about: Ruled
    advice: str
    verdicts: int
    right: int
    threshold: float | None


class Rulings(BaseModel):
    """What holds, and what is proposed and not so already."""

    holding: list[Ruling]
    proposed: list[Proposal]


class RulingWanted(Asked):
    """From now on a rule or label (`label:NAME`) stands so. `score`, above 0 and up to 1, is wanted for `score` alone."""

    name: Named
    standing: Standing
    reason: Annotated[Clean, Field(min_length=1, max_length=act.LONGEST_REASON)]
    score: Annotated[float | None, Field(gt=0, le=1)] = None


class Accepted(Asked):
    """What is proposed for this name shall hold, and why."""

    name: Named
    reason: Because = ""


class Revoked(Asked):
    """What the pack says shall hold again for this name."""

    name: Named


@router.get("/rulings")
def rulings(request: Request, caller: Calling) -> Rulings:  # noqa: ARG001 - whoever calls may see
    """What people ruled, and what their verdicts propose."""
    return _all(context_of(request))


@router.post("/rulings", status_code=HTTPStatus.CREATED)
def rule_on(request: Request, caller: Calling, wanted: RulingWanted) -> Ruling:
    """On trial, live, or reported from a score of its own: from now on, in every process."""
    context = _may(request, caller)
    try:
        made = act.rule_on(
            context.store, wanted.name, wanted.standing, wanted.reason, caller.token.subject, context.clock(), score=wanted.score
        )
    except ConfigError as error:
        raise _invalid(error) from error
    return Ruling.model_validate(made)


@router.post("/rulings/accept", status_code=HTTPStatus.CREATED)
def accept(request: Request, caller: Calling, wanted: Accepted) -> Ruling:
    """Do what the verdicts propose."""
    context = _may(request, caller)
    try:
        made = act.accept(context.store, wanted.name, caller.token.subject, context.clock(), reason=wanted.reason)
    except ConfigError as error:
        raise _invalid(error) from error
    return Ruling.model_validate(made)


@router.post("/rulings/revoke")
def revoke(request: Request, caller: Calling, wanted: Revoked) -> Rulings:
    """What the pack says holds again."""
    context = _may(request, caller)
    try:
        act.revoke(context.store, wanted.name, caller.token.subject, context.clock())
    except ConfigError as error:
        raise NotFound(str(error)) from error
    return _all(context)


def _may(request: Request, caller: Caller) -> Context:
    """A rule speaks of every brand: only who may tune everywhere rules on it. Raises Trouble(403)."""
    if Right.TUNE not in caller.token.scopes or not caller.viewer.everywhere(Right.TUNE):
        raise Trouble(HTTPStatus.FORBIDDEN, "scope_missing", "this token may not tune what rings everywhere")
    return context_of(request)


def _all(context: Context) -> Rulings:
    return Rulings(
        holding=[Ruling.model_validate(one) for one in context.store.rulings.holding().holding],
        proposed=[
            Proposal(
                name=one.address,
                about=one.about,
                advice=one.proposal.advice,
                verdicts=one.proposal.verdicts,
                right=one.proposal.right,
                threshold=one.proposal.threshold,
            )
            for one in act.proposals(context.store)
            if one.is_open
        ],
    )


def _invalid(error: ConfigError) -> Trouble:
    return Trouble(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", str(error))
