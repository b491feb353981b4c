"""Conversations: who answers, what was said, and when it is over. The acts are those of the pages."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from actions import conversations as talks
from core.access import Right
from core.errors import NotFound
from core.records import ConversationRow
from core.types import ConversationState
from web.api import models
from web.api.act_models import Answers, MadeGood, Note
from web.api.caller import Caller, Calling, Id, IfMatch, context_of, same_version
from web.api.masked import posts_of
from web.api.paging import PAGE, Cursor, Limit, page_of, place_of

router = APIRouter()


@router.get("/conversations")
def listed(
    request: Request,
    caller: Calling,
    state: Annotated[list[ConversationState] | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> models.Listed[models.Conversation]:
    """Conversations, the newest first."""
    context = context_of(request)
    rows = context.store.conversations.page(state, place_of(context, "conversations", cursor), limit + 1, caller.sight)
    shown, following = page_of(context, "conversations", rows, limit, lambda row: row.conversation_id)
    return models.Listed(items=[models.Conversation.model_validate(row) for row in shown], next=following)


@router.get("/conversations/{conversation_id}")
def conversation(request: Request, response: Response, caller: Calling, conversation_id: Id) -> models.ConversationWhole:
    """One conversation with all that was said."""
    row = talk_of(request, caller, conversation_id)
    response.headers["ETag"] = f'"{row.version}"'
    return _said(request, caller, row)


@router.post("/conversations/{conversation_id}/assign")
def assign(
    request: Request, caller: Calling, conversation_id: Id, said: Answers | None = None, if_match: IfMatch = None
) -> models.ConversationWhole:
    """The token's person answers it, or the colleague who is named."""
    context, row = context_of(request), acting_on(request, caller, conversation_id, if_match)
    person, now = caller.token.subject, context.clock()
    if said is None:
        talks.assign(context.store, conversation_id, row.version, person, now)
    else:
        talks.hand_to(context.store, context.settings, conversation_id, row.version, said.person, person, now)
    return _said(request, caller, talk_of(request, caller, conversation_id))


@router.post("/conversations/{conversation_id}/claim")
def claim(request: Request, caller: Calling, conversation_id: Id, if_match: IfMatch = None) -> models.ConversationWhole:
    """The token's person is answering: for ten minutes nobody else can. Asked again, it is renewed."""
    context = context_of(request)
    acting_on(request, caller, conversation_id, if_match)
    talks.claim(context.store, conversation_id, caller.token.subject, context.clock())
    return _said(request, caller, talk_of(request, caller, conversation_id))


@router.post("/conversations/{conversation_id}/release")
def release(request: Request, caller: Calling, conversation_id: Id, if_match: IfMatch = None) -> models.ConversationWhole:
    """The token's person is not answering after all; what others claim stays."""
    context = context_of(request)
    acting_on(request, caller, conversation_id, if_match)
    talks.release(context.store, conversation_id, caller.token.subject)
    return _said(request, caller, talk_of(request, caller, conversation_id))


@router.post("/conversations/{conversation_id}/note")
def note(request: Request, caller: Calling, conversation_id: Id, said: Note, if_match: IfMatch = None) -> models.ConversationWhole:
    """A word for colleagues; nobody outside sees it."""
    context = context_of(request)
    acting_on(request, caller, conversation_id, if_match)
    talks.note(context.store, conversation_id, caller.token.subject, said.text, context.clock())
    return _said(request, caller, talk_of(request, caller, conversation_id))


@router.post("/conversations/{conversation_id}/remedy")
def remedy(request: Request, caller: Calling, conversation_id: Id, said: MadeGood, if_match: IfMatch = None) -> models.ConversationWhole:
    """What its author was given. `afterwards` tells what they wrote since."""
    context = context_of(request)
    acting_on(request, caller, conversation_id, if_match)
    talks.remedy(context.store, conversation_id, said.given, said.text, caller.token.subject, context.clock())
    return _said(request, caller, talk_of(request, caller, conversation_id))


@router.post("/conversations/{conversation_id}/answered")
def answered(request: Request, caller: Calling, conversation_id: Id, if_match: IfMatch = None) -> models.ConversationWhole:
    """It has been answered: its clock stops."""
    context, row = context_of(request), acting_on(request, caller, conversation_id, if_match)
    talks.mark_answered(context.store, conversation_id, row.version, caller.token.subject, context.clock())
    return _said(request, caller, talk_of(request, caller, conversation_id))


@router.post("/conversations/{conversation_id}/close")
def close(request: Request, caller: Calling, conversation_id: Id, if_match: IfMatch = None) -> models.ConversationWhole:
    """It needs nothing more."""
    context, row = context_of(request), acting_on(request, caller, conversation_id, if_match)
    talks.close(context.store, conversation_id, row.version, caller.token.subject, context.clock())
    return _said(request, caller, talk_of(request, caller, conversation_id))


@router.post("/conversations/{conversation_id}/reopen")
def reopen(request: Request, caller: Calling, conversation_id: Id, if_match: IfMatch = None) -> models.ConversationWhole:
    """It wants another word: a new clock runs."""
    context, row = context_of(request), acting_on(request, caller, conversation_id, if_match)
    talks.reopen(context.store, context.settings, conversation_id, row.version, caller.token.subject, context.clock())
    return _said(request, caller, talk_of(request, caller, conversation_id))


def talk_of(request: Request, caller: Caller, conversation_id: int, right: Right = Right.SEE) -> ConversationRow:
    """Raises NotFound for what the caller may not see, Trouble(403) for what they may not do."""
    row = context_of(request).store.conversations.get(conversation_id)
    if not caller.viewer.may(Right.SEE, (row.owner,), row.brand):
        raise NotFound(f"there is no conversation {conversation_id}")
    caller.demand(right, (row.owner,), row.brand)
    return row


def acting_on(request: Request, caller: Caller, conversation_id: int, if_match: str | None, *, exact: bool = False) -> ConversationRow:
    """The conversation, if the caller may act on it and has seen it as it is. Raises NotFound, Trouble(403, 412)."""
    row = talk_of(request, caller, conversation_id, Right.ACT)
    same_version(if_match, row.version, exact=exact)
    return row


def _said(request: Request, caller: Caller, row: ConversationRow) -> models.ConversationWhole:
    talk = context_of(request).store.conversations
    events = talk.events(row.conversation_id)
    since = talks.made_good_at(events)
    return models.ConversationWhole(
        conversation=models.Conversation.model_validate(row),
        posts=posts_of(talk.thread(row.conversation_id)),
        events=[models.Event.model_validate(event) for event in events],
        afterwards=posts_of(talk.afterwards(row.conversation_id, since, PAGE, caller.sight)) if since else None,
    )
