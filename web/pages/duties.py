"""What the law asks of us within a time: one list of the tasks that wait for a decision, the late ones first."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from core.access import Right
from web.render import page
from web.visitor import SignedIn, context_of

router = APIRouter()

SHOWN = 50


@router.get("/tasks")
def tasks(request: Request, visitor: SignedIn, after: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None) -> Response:
    """Those of what the visitor may see; with a form for those that they may act on."""
    duties = context_of(request).store.duties
    found = duties.list(sight=visitor.sight, after=after, limit=SHOWN + 1)
    mine = duties.list(sight=visitor.viewer.sight(Right.ACT), after=after, limit=SHOWN)
    more = found[SHOWN - 1].duty_id if len(found) > SHOWN else None
    return page(request, "tasks.html", visitor, duties=found[:SHOWN], mine={one.duty_id for one in mine}, more=more)
