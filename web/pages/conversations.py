"""One conversation: what was said, how long it has waited, and what to do with it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from actions import conversations as act
from web.render import page
from web.security import local_path
from web.visitor import Posting, SignedIn, context_of

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Version = Annotated[int, Form(ge=0, le=2**31 - 1)]
Back = Annotated[str, Form(max_length=500)]


@router.get("/conversations/{conversation_id}")
def conversation(request: Request, visitor: SignedIn, conversation_id: Id) -> Response:
    store = context_of(request).store
    row = store.conversations.get(conversation_id)
    return page(request, "conversation.html", visitor, row=row, thread=store.conversations.thread(conversation_id))


@router.post("/conversations/{conversation_id}/assign")
def assign(request: Request, visitor: Posting, conversation_id: Id, version: Version, back: Back = "") -> Response:
    """The visitor takes it."""
    context = context_of(request)
    act.assign(context.store, conversation_id, version, visitor.person, context.clock())
    return _back(conversation_id, back)


@router.post("/conversations/{conversation_id}/answered")
def answered(request: Request, visitor: Posting, conversation_id: Id, version: Version, back: Back = "") -> Response:
    context = context_of(request)
    act.mark_answered(context.store, conversation_id, version, visitor.person, context.clock())
    return _back(conversation_id, back)


@router.post("/conversations/{conversation_id}/close")
def close(request: Request, visitor: Posting, conversation_id: Id, version: Version, back: Back = "") -> Response:
    context = context_of(request)
    act.close(context.store, conversation_id, version, visitor.person, context.clock())
    return _back(conversation_id, back)


def _back(conversation_id: int, back: str) -> Response:
    return RedirectResponse(local_path(back, f"/conversations/{conversation_id}"), HTTPStatus.SEE_OTHER)
