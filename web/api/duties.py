"""The duties of the law over the API: what waits for a decision, and what was decided."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from core.duties import Decision, DutyKind
from web.api.caller import Calling, context_of
from web.api.models import Answer, Listed
from web.api.paging import PAGE, Cursor, Limit, page_of, place_of

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
