"""One conversation: what was said, how long it has waited, and what to do with it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from actions import answering
from actions import conversations as act
from core.records import ConversationRow
from core.talks import Remedy
from web.drafts import draft_for, tone_for
from web.render import page, speech_of
from web.replies import reply_line, reply_mend
from web.security import local_path
from web.talk import REMEDIES, talk_lines, writer_of
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Version = Annotated[int, Form(ge=0, le=2**31 - 1)]
Back = Annotated[str, Form(max_length=2000)]

STORIES, AFTERWARDS = 10, 10


@router.get("/conversations/{conversation_id}")
def conversation(request: Request, visitor: SignedIn, conversation_id: Id) -> Response:
    return card(request, visitor, conversation_id)


@router.post("/conversations/{conversation_id}/assign")
def assign(
    request: Request,
    visitor: Posting,
    conversation_id: Id,
    version: Version,
    assignee: Annotated[str, Form(max_length=64)] = "",
    back: Back = "",
) -> Response:
    """The visitor takes it, or gives it to a colleague."""
    context = context_of(request)
    if assignee:
        act.hand_to(context.store, context.settings, conversation_id, version, assignee, visitor.person, context.clock())
    else:
        act.assign(context.store, conversation_id, version, visitor.person, context.clock())
    return _back(conversation_id, back)


@router.post("/conversations/{conversation_id}/claim")
def claim(request: Request, visitor: Posting, conversation_id: Id) -> Response:
    """The visitor is answering: colleagues see it, and cannot answer too. Asked again while they type, it is renewed."""
    context = context_of(request)
    act.claim(context.store, conversation_id, visitor.person, context.clock())
    return RedirectResponse(f"/conversations/{conversation_id}#draft", HTTPStatus.SEE_OTHER)


@router.post("/conversations/{conversation_id}/release")
def release(request: Request, visitor: Posting, conversation_id: Id) -> Response:
    act.release(context_of(request).store, conversation_id, visitor.person)
    return _back(conversation_id, "")


@router.post("/conversations/{conversation_id}/note")
def note(request: Request, visitor: Posting, conversation_id: Id, text: Annotated[str, Form(max_length=act.LONGEST_NOTE)]) -> Response:
    """A word for colleagues."""
    context = context_of(request)
    act.note(context.store, conversation_id, visitor.person, text, context.clock())
    return _back(conversation_id, "")


@router.post("/conversations/{conversation_id}/remedy")
def remedy(
    request: Request,
    visitor: Posting,
    conversation_id: Id,
    given: Annotated[Remedy, Form()],
    text: Annotated[str, Form(max_length=act.LONGEST_NOTE)] = "",
) -> Response:
    """What its author was given."""
    context = context_of(request)
    act.remedy(context.store, conversation_id, given, text, visitor.person, context.clock())
    return _back(conversation_id, "")


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


@router.post("/conversations/{conversation_id}/reopen")
def reopen(request: Request, visitor: Posting, conversation_id: Id, version: Version) -> Response:
    """It wants another word."""
    context = context_of(request)
    act.reopen(context.store, context.settings, conversation_id, version, visitor.person, context.clock())
    return _back(conversation_id, "")


def card(
    request: Request, visitor: Visitor, conversation_id: int, *, text: str | None = None, review: answering.Review | None = None
) -> Response:
    """The page. `text` is a draft that was looked over, `review` what is to be said of it."""
    context, speech = context_of(request), speech_of(request, visitor)
    row, thread = context.store.conversations.get(conversation_id), context.store.conversations.thread(conversation_id)
    spoken = next((item.lang for item in reversed(thread) if item.lang), "")
    events = context.store.conversations.events(conversation_id)
    made_good_at = act.made_good_at(events)
    afterwards = context.store.conversations.afterwards(conversation_id, made_good_at, AFTERWARDS, visitor.sight) if made_good_at else ()
    written = draft_for(row.labels, spoken, context.settings.company.languages[0], row.author)
    return page(
        request,
        "conversation.html",
        visitor,
        row=row,
        thread=thread,
        writer=writer_of(row, context.clock()),
        draft=written if text is None else text,
        tone=tone_for(row.labels, speech),
        events=talk_lines(events, speech, context.settings),
        remedies=[(one.value, speech.say(REMEDIES[one])) for one in Remedy],
        made_good_at=made_good_at,
        afterwards=afterwards,
        duties=context.store.duties.of(conversation_id=conversation_id),
        stories=context.store.situations.stories(conversation_id, STORIES, visitor.sight),
        colleagues=_others(act.colleagues(context.settings, row), row, visitor),
        review=review,
        way=answering.way(context.store, context.settings, row),
        replies=[(one, reply_line(one, speech), reply_mend(one, speech)) for one in context.store.replies.of(conversation_id)],
    )


def _others(known: list[str], row: ConversationRow, visitor: Visitor) -> list[str]:
    """To whom it can be given: not to whom has it, and not to the visitor where a button of their own takes it."""
    return [one for one in known if one != row.assignee and (row.assignee or one != visitor.person)]


def _back(conversation_id: int, back: str) -> Response:
    return RedirectResponse(local_path(back, f"/conversations/{conversation_id}"), HTTPStatus.SEE_OTHER)
