"""Answers on the platform: send, look it over first, approve, withdraw, say how it ended; like and hide. Forms only, no script needed."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from actions import answering as act
from core.errors import NotFound, Refused
from core.replies import ReplyKind
from web.context import Context
from web.pages.conversations import Id, Version, card
from web.visitor import Posting, context_of

router = APIRouter()

Reply = Annotated[int, Path(ge=1, le=2**63 - 1)]
Anyway = Annotated[str, Form(max_length=8)]
Text = Annotated[str, Form(max_length=act.LONGEST_TEXT)]


@router.post("/conversations/{conversation_id}/reply")
def reply(request: Request, visitor: Posting, conversation_id: Id, version: Version, text: Text, anyway: Anyway = "") -> Response:
    """Send it, or show what is to be said of it first: what is critical or too long is not sent however often it is asked."""
    context = context_of(request)
    found = act.way(context.store, context.settings, context.store.conversations.get(conversation_id))
    if found is None:
        raise Refused("answering here is off", reason="impossible")
    review = act.review(found, text, context.judge)
    if not text.strip() or review.too_long or review.blocked or (review.findings and not anyway):
        return card(request, visitor, conversation_id, text=text, review=review)
    act.write(context.store, context.settings, context.judge, conversation_id, version, text, visitor.person, context.clock())
    return _back(conversation_id)


@router.post("/conversations/{conversation_id}/look-over")
def look_over(request: Request, visitor: Posting, conversation_id: Id, text: Text) -> Response:
    """How long it is and what the rules say of it; nothing is sent."""
    context = context_of(request)
    found = act.way(context.store, context.settings, context.store.conversations.get(conversation_id))
    if found is None:
        raise Refused("answering here is off", reason="impossible")
    return card(request, visitor, conversation_id, text=text, review=act.review(found, text, context.judge))


@router.post("/conversations/{conversation_id}/react/{kind}")
def react(request: Request, visitor: Posting, conversation_id: Id, kind: ReplyKind, version: Version) -> Response:
    """Like or hide their newest post."""
    context = context_of(request)
    if kind is ReplyKind.REPLY:
        raise NotFound("a reply has words")
    act.react(context.store, context.settings, conversation_id, version, kind, visitor.person, context.clock())
    return _back(conversation_id)


@router.post("/conversations/{conversation_id}/replies/{reply_id}/approve")
def approve(request: Request, visitor: Posting, conversation_id: Id, reply_id: Reply, version: Version) -> Response:
    """The second pair of eyes."""
    context = _of(request, conversation_id, reply_id)
    act.approve(context.store, context.settings, context.judge, reply_id, version, visitor.person, context.clock())
    return _back(conversation_id)


@router.post("/conversations/{conversation_id}/replies/{reply_id}/withdraw")
def withdraw(request: Request, visitor: Posting, conversation_id: Id, reply_id: Reply, version: Version) -> Response:
    context = _of(request, conversation_id, reply_id)
    act.withdraw(context.store, context.settings, reply_id, version, visitor.person, context.clock())
    return _back(conversation_id)


@router.post("/conversations/{conversation_id}/replies/{reply_id}/arrived")
def arrived(request: Request, visitor: Posting, conversation_id: Id, reply_id: Reply, version: Version) -> Response:
    """Somebody looked: it is on the platform."""
    context = _of(request, conversation_id, reply_id)
    act.settle(context.store, context.settings, reply_id, version, visitor.person, context.clock(), arrived=True)
    return _back(conversation_id)


@router.post("/conversations/{conversation_id}/replies/{reply_id}/again")
def again(request: Request, visitor: Posting, conversation_id: Id, reply_id: Reply, version: Version) -> Response:
    """Somebody looked: it is not there."""
    context = _of(request, conversation_id, reply_id)
    act.settle(context.store, context.settings, reply_id, version, visitor.person, context.clock(), arrived=False)
    return _back(conversation_id)


def _of(request: Request, conversation_id: int, reply_id: int) -> Context:
    """The context, once the reply is known to be of the conversation on which the visitor may act."""
    context = context_of(request)
    if context.store.replies.get(reply_id).conversation_id != conversation_id:
        raise NotFound("there is no such reply here")
    return context


def _back(conversation_id: int) -> Response:
    return RedirectResponse(f"/conversations/{conversation_id}#replies", HTTPStatus.SEE_OTHER)
