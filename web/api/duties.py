"""The duties of the law over the API: what waits for a decision, what was decided, and deciding."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from actions import duties as acts
from core.access import Right
from core.duties import Decision, DutyKind
from core.duties import Duty as Known
from core.errors import NotFound
from web.api.caller import Calling, Id, context_of
from web.api.crisis_models import Asked
from web.api.models import Answer, Clean, Listed
from web.api.paging import PAGE, Cursor, Limit, page_of, place_of
from web.context import Context

router = APIRouter()


class Duty(Answer):
    """A task of an incident or of a conversation; open while `decision` is null, and late from `due_at` on. `owner` answers for it."""

    id: Annotated[int, Field(validation_alias="duty_id")]
    kind: DutyKind
    owner: str
    incident_id: int | None
    conversation_id: int | None
    opened_at: datetime
    due_at: datetime
    decision: Decision | None
    reason: str
    decided_by: str | None
    decided_at: datetime | None


class DutyDecided(Asked):
    """What was decided, and why: an authority may ask for it."""

    decision: Decision
    reason: Annotated[Clean, Field(min_length=1, max_length=acts.LONGEST_REASON)]


@router.get("/duties")
def duties(
    request: Request,
    caller: Calling,
    decided: Annotated[bool, Query(description="Decided ones too.")] = False,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Listed[Duty]:
    """Legal duties that wait for a decision, by when it is due: the late ones first."""
    context = context_of(request)
    rows = context.store.duties.list(decided=decided, sight=caller.sight, after=place_of(context, "duties", cursor), limit=limit + 1)
    shown, following = page_of(context, "duties", rows, limit, lambda row: row.duty_id)
    return Listed(items=[Duty.model_validate(row) for row in shown], next=following)


@router.post("/duties/{duty_id}/decide")
def decide(request: Request, caller: Calling, duty_id: Id, said: DutyDecided) -> Duty:
    """It was done, or does not apply, and why; for good."""
    context = context_of(request)
    owners, brand = _place_of(context, context.store.duties.get(duty_id))
    if not caller.viewer.may(Right.SEE, owners, brand):
        raise NotFound(f"there is no duty {duty_id}")
    caller.demand(Right.ACT, owners, brand)
    done = acts.decide(context.store, duty_id, said.decision, said.reason, caller.token.subject, context.clock())
    return Duty.model_validate(done)


def _place_of(context: Context, one: Known) -> tuple[tuple[str, ...], str | None]:
    """Who answers for what the duty is of, and its brand."""
    if one.incident_id is not None:
        card = context.store.incidents.card(one.incident_id, evidence=0)
        return (card.row.owner, *card.participants), card.row.brand
    if one.conversation_id is not None:
        row = context.store.conversations.get(one.conversation_id)
        return (row.owner,), row.brand
    return (one.owner,), None
