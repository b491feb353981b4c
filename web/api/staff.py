"""The token's person over the API: what they must read and complete, that they have done it, and whether pages reach them."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from actions import message_plan, training
from core.access import Right
from core.errors import DeliveryError
from web import test_page as trial
from web.api.caller import Calling, context_of
from web.api.crisis_models import Asked
from web.api.models import Answer, Clean
from web.api.problems import Trouble
from web.security import Limiter

router = APIRouter()

Name = Annotated[Clean, Field(min_length=1, max_length=64)]


class TrainingAsked(Answer):
    """A training that the token's person owes."""

    training: str
    title: str
    since: datetime
    due_at: datetime


class MessageAsked(Answer):
    """A message that went out to the token's person and is not confirmed."""

    message: str
    title: str
    day: date
    sent_at: datetime


class OfMe(Answer):
    """All that is asked of the token's person."""

    trainings: list[TrainingAsked]
    messages: list[MessageAsked]


class TrainingDone(Asked):
    """Which training was completed today."""

    training: Name


class MessageRead(Asked):
    """Which message was read, and on which day it went out."""

    message: Name
    day: date


class TestPage(Asked):
    """One of the person's own contacts, `kind:address`."""

    contact: Annotated[Clean, Field(min_length=1, max_length=400)]


@router.get("/me/asked")
def asked(request: Request, caller: Calling) -> OfMe:
    """What the token's person must still complete and confirm."""
    context, now, person = context_of(request), context_of(request).clock(), caller.token.subject
    owed = training.owing(context.store, context.settings, person, now)
    unread = message_plan.unread(context.store, context.settings, person, now)
    return OfMe(
        trainings=[TrainingAsked(training=one.training.id, title=one.training.title, since=one.since, due_at=one.due_at) for one in owed],
        messages=[MessageAsked(message=one.plan.id, title=one.plan.title, day=one.day, sent_at=one.sent_at) for one in unread],
    )


@router.post("/me/trainings")
def completed(request: Request, caller: Calling, said: TrainingDone) -> OfMe:
    """The token's person has completed a training today; said twice is said once."""
    caller.demand(Right.ACT)
    context = context_of(request)
    training.complete(context.store, context.settings, caller.token.subject, said.training, context.clock())
    return asked(request, caller)


@router.post("/me/messages")
def confirmed(request: Request, caller: Calling, said: MessageRead) -> OfMe:
    """The token's person has read what went out on that day; said twice is said once."""
    caller.demand(Right.ACT)
    context = context_of(request)
    message_plan.confirm(context.store, context.settings, caller.token.subject, said.message, said.day, context.clock())
    return asked(request, caller)


@router.post("/me/test-page", status_code=HTTPStatus.NO_CONTENT)
def test_page(request: Request, caller: Calling, wanted: TestPage) -> None:
    """Send the token's person a test page, to one of their own contacts."""
    caller.demand(Right.ACT)
    context, person = context_of(request), caller.token.subject
    tries: Limiter = request.app.state.test_pages
    if not tries.take(person, context.clock()):
        raise Trouble(HTTPStatus.TOO_MANY_REQUESTS, "too_many", "too many test pages", Retry_After="300")
    try:
        trial.send(request, context, person, wanted.contact)
    except DeliveryError as error:
        raise Trouble(HTTPStatus.BAD_GATEWAY, "not_delivered", f"{wanted.contact}: {error.reason}: {error}") from error
