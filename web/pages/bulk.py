"""One act on all that was chosen in the inbox. Each is its own act: what may not be done or was changed meanwhile is left as it is."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from actions import conversations, incidents
from core.access import Right
from core.errors import Conflict, NotFound
from core.types import IncidentState
from web.context import Context
from web.security import PageError, local_path
from web.visitor import Posting, Visitor, context_of

router = APIRouter()

MOST = 100
_CHOSEN = re.compile(r"i(\d{1,18})|c(\d{1,18})\.(\d{1,9})", re.ASCII)


@router.post("/inbox/act")
def act(
    request: Request,
    visitor: Posting,
    what: Annotated[Literal["take", "close"], Form()],
    chosen: Annotated[Sequence[str], Form(max_length=MOST)] = (),
    back: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Take: acknowledge incidents, answer conversations oneself. Close: conversations that need no answer; incidents stay."""
    context = context_of(request)
    found = [_CHOSEN.fullmatch(one) for one in chosen]
    for one in found:
        if one is None:
            raise PageError(HTTPStatus.BAD_REQUEST, "bad_request")
    done = sum(_one(context, visitor, what, *one.groups()) for one in found if one is not None)
    there = local_path(back, "/")
    kept = re.sub(r"[?&](done|left)=\d+", "", there)
    return RedirectResponse(f"{kept}{'&' if '?' in kept else '?'}done={done}&left={len(found) - done}", HTTPStatus.SEE_OTHER)


def _one(context: Context, visitor: Visitor, what: str, incident: str | None, talk: str | None, version: str | None) -> bool:
    try:
        if incident is not None:
            return what == "take" and _incident(context, visitor, int(incident))
        return _talk(context, visitor, what, int(talk or 0), int(version or 0))
    except (Conflict, NotFound):
        return False


def _incident(context: Context, visitor: Visitor, incident_id: int) -> bool:
    card = context.store.incidents.card(incident_id, evidence=0)
    if not visitor.viewer.may(Right.ACT, (card.row.owner, *card.participants), card.row.brand):
        return False
    incidents.acknowledge(context.store, context.settings, incident_id, visitor.person, context.clock(), seen=IncidentState.OPEN)
    return True


def _talk(context: Context, visitor: Visitor, what: str, conversation_id: int, version: int) -> bool:
    row = context.store.conversations.get(conversation_id)
    if not visitor.viewer.may(Right.ACT, (row.owner,), row.brand):
        return False
    if what == "take":
        conversations.assign(context.store, conversation_id, version, visitor.person, context.clock())
    else:
        conversations.close(context.store, conversation_id, version, visitor.person, context.clock())
    return True
