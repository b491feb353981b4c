"""The audit over the API: who did what, the newest first."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from core.access import Right
from web.api.caller import Calling, context_of
from web.api.models import Answer, Listed
from web.api.paging import PAGE, Cursor, Limit, page_of, place_of

router = APIRouter()


class AuditLine(Answer):
    """Who did what to what, and when. The forgotten stand under a pseudonym."""

    id: Annotated[int, Field(validation_alias="line_id")]
    at: datetime
    actor: str
    act: str
    subject: str


@router.get("/audit")
def audit(
    request: Request,
    caller: Calling,
    actor: Annotated[str, Query(max_length=96)] = "",
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Listed[AuditLine]:
    """What everybody did, or one person; for who may audit."""
    caller.demand(Right.AUDIT)
    context = context_of(request)
    found = context.store.audit.lines(limit + 1, place_of(context, "audit", cursor), actor or None)
    shown, following = page_of(context, "audit", found, limit, lambda line: line.line_id)
    return Listed(items=[AuditLine.model_validate(line) for line in shown], next=following)
