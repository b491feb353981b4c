"""Answers on platforms: look a draft over, send, like, hide, approve, withdraw, say how it ended. The acts are those of the pages.

What is said in public cannot be taken back, so every act here demands the ETag that its caller has seen: of the conversation to begin
something, of the reply to go on with it. A call that is repeated after a time-out is refused, and nothing is said twice.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from actions import answering as act
from core.errors import NotFound, Refused
from core.replies import ReplyKind, ReplyRow
from web.api import models
from web.api.caller import Caller, Calling, Id, context_of, same_version
from web.api.conversations import acting_on, talk_of
from web.api.problems import Trouble

router = APIRouter()

Seen = Annotated[str, Header(alias="If-Match", description="The ETag that you have seen: the act is refused when it is no longer true.")]


@router.get("/conversations/{conversation_id}/replies")
def listed(request: Request, caller: Calling, conversation_id: Id) -> models.Replies:
    """What is answered in a conversation from here, the newest first, and how it can be answered."""
    context, row = context_of(request), talk_of(request, caller, conversation_id)
    way = act.way(context.store, context.settings, row)
    found = context.store.replies.of(conversation_id)
    return models.Replies(way=_way(way) if way else None, items=[models.Reply.model_validate(one) for one in found])


@router.get("/conversations/{conversation_id}/replies/{reply_id}")
def one(request: Request, response: Response, caller: Calling, conversation_id: Id, reply_id: Id) -> models.Reply:
    """One answer, and how it stands."""
    talk_of(request, caller, conversation_id)
    return _shown(response, _one(request, conversation_id, reply_id))


@router.post("/conversations/{conversation_id}/look-over")
def look_over(request: Request, caller: Calling, conversation_id: Id, draft: models.Draft) -> models.Review:
    """How long a draft is as the platform counts, and what the rules find in it; nothing is sent."""
    acting_on(request, caller, conversation_id, None)
    return models.Review.model_validate(_review(request, conversation_id, draft.text))


@router.post("/conversations/{conversation_id}/replies", status_code=HTTPStatus.CREATED)
def reply(
    request: Request, response: Response, caller: Calling, conversation_id: Id, wanted: models.ReplyWanted, if_match: Seen
) -> models.Reply:
    """The token's person answers: it goes out within about a second, or waits until another person approves it."""
    context, version = context_of(request), acting_on(request, caller, conversation_id, if_match, exact=True).version
    review = _review(request, conversation_id, wanted.text)
    if review.findings and not (wanted.anyway or review.blocked or review.too_long):
        found = ", ".join(sorted({one.label for one in review.findings}))
        raise Trouble(HTTPStatus.CONFLICT, "look_first", f"the rules find in it: {found}")
    now, person = context.clock(), caller.token.subject
    made = act.write(context.store, context.settings, context.judge, conversation_id, version, wanted.text, person, now)
    return _shown(response, context.store.replies.get(made))


@router.post("/conversations/{conversation_id}/like", status_code=HTTPStatus.CREATED)
def like(request: Request, response: Response, caller: Calling, conversation_id: Id, if_match: Seen) -> models.Reply:
    """Like their newest post."""
    return _react(request, response, caller, conversation_id, if_match, ReplyKind.LIKE)


@router.post("/conversations/{conversation_id}/hide", status_code=HTTPStatus.CREATED)
def hide(request: Request, response: Response, caller: Calling, conversation_id: Id, if_match: Seen) -> models.Reply:
    """Hide their newest post."""
    return _react(request, response, caller, conversation_id, if_match, ReplyKind.HIDE)


@router.post("/conversations/{conversation_id}/replies/{reply_id}/approve")
def approve(request: Request, response: Response, caller: Calling, conversation_id: Id, reply_id: Id, if_match: Seen) -> models.Reply:
    """The second pair of eyes: the token's person, who did not write it, has read it, and it goes out."""
    judge = context_of(request).judge
    return _decide(request, response, caller, (conversation_id, reply_id), if_match, act.approve, judge)


@router.post("/conversations/{conversation_id}/replies/{reply_id}/withdraw")
def withdraw(request: Request, response: Response, caller: Calling, conversation_id: Id, reply_id: Id, if_match: Seen) -> models.Reply:
    """It is not to go out."""
    return _decide(request, response, caller, (conversation_id, reply_id), if_match, act.withdraw)


@router.post("/conversations/{conversation_id}/replies/{reply_id}/arrived")
def arrived(request: Request, response: Response, caller: Calling, conversation_id: Id, reply_id: Id, if_match: Seen) -> models.Reply:
    """Somebody looked at the platform: it is there."""
    return _decide(request, response, caller, (conversation_id, reply_id), if_match, act.settle, arrived=True)


@router.post("/conversations/{conversation_id}/replies/{reply_id}/again")
def again(request: Request, response: Response, caller: Calling, conversation_id: Id, reply_id: Id, if_match: Seen) -> models.Reply:
    """Somebody looked at the platform: it is not there, so it is sent again."""
    return _decide(request, response, caller, (conversation_id, reply_id), if_match, act.settle, arrived=False)


def _react(request: Request, response: Response, caller: Caller, conversation_id: int, if_match: str, kind: ReplyKind) -> models.Reply:
    context, version = context_of(request), acting_on(request, caller, conversation_id, if_match, exact=True).version
    made = act.react(context.store, context.settings, conversation_id, version, kind, caller.token.subject, context.clock())
    return _shown(response, context.store.replies.get(made))


def _decide(
    request: Request,
    response: Response,
    caller: Caller,
    which: tuple[int, int],
    if_match: str,
    what: Callable[..., None],
    *judge: act.Judge,
    **how: Any,
) -> models.Reply:
    context, (conversation_id, reply_id) = context_of(request), which
    acting_on(request, caller, conversation_id, None)
    row = _one(request, conversation_id, reply_id)
    same_version(if_match, row.version, exact=True)
    what(context.store, context.settings, *judge, reply_id, row.version, caller.token.subject, context.clock(), **how)
    return _shown(response, context.store.replies.get(reply_id))


def _review(request: Request, conversation_id: int, text: str) -> act.Review:
    """Raises Refused: answering there is off."""
    context = context_of(request)
    found = act.way(context.store, context.settings, context.store.conversations.get(conversation_id))
    if found is None:
        raise Refused("answering on this platform is off", reason="off")
    return act.review(found, text, context.judge)


def _one(request: Request, conversation_id: int, reply_id: int) -> ReplyRow:
    """Raises NotFound: there is none in this conversation."""
    row = context_of(request).store.replies.get(reply_id)
    if row.conversation_id != conversation_id:
        raise NotFound(f"there is no reply {reply_id} in conversation {conversation_id}")
    return row


def _way(found: act.Way) -> models.Way:
    return models.Way(
        source=found.source.id,
        speaks_as=found.writer.speaks_as,
        can=sorted(found.kinds),
        limit=found.writer.limit,
        approval=found.approval,
    )


def _shown(response: Response, row: ReplyRow) -> models.Reply:
    response.headers["ETag"] = f'"{row.version}"'
    return models.Reply.model_validate(row)
