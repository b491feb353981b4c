"""Where staff read the policy in force and say that they have: signed in, or by the link of their letter."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from actions import message_plan as messages
from actions import readers as acts
from actions import training as trainings
from core.errors import ConfigError, Refused
from core.links import read_reader
from core.message_plan import Sent
from core.readers import NOTICE, What
from web.context import Context
from web.render import page, speech_of
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Training = Annotated[str, Form(max_length=64)]
Day = Annotated[date, Form()]
Number = Annotated[int, Form(ge=1, le=2**63 - 1)]
Ticked = Annotated[list[What], Form(default_factory=list, max_length=2)]


@router.get("/policy/read")
def read(request: Request, visitor: SignedIn) -> Response:
    """The policy in force, and what this visitor has said of it."""
    return _page(request, visitor, visitor.person, "/policy/read")


@router.post("/policy/read")
def say(request: Request, visitor: Posting, number: Number, what: Ticked) -> Response:
    """This visitor has read it."""
    return _say(request, visitor, visitor.person, "/policy/read", (number, what))


@router.get("/read/{token}")
def read_by_link(request: Request, token: str) -> Response:
    """The same by the link of a letter. Opening it says nothing yet: mail scanners open links too. Raises PageError(404)."""
    return _page(request, None, _person(request, token), f"/read/{token}")


@router.post("/read/{token}")
def say_by_link(request: Request, token: str, number: Number, what: Ticked) -> Response:
    """Whoever the letter went to has read it. Raises PageError(404)."""
    return _say(request, None, _person(request, token), f"/read/{token}", (number, what))


@router.post("/policy/read/trained")
def trained(request: Request, visitor: Posting, training: Training) -> Response:
    """This visitor has completed a training. Raises NotFound: there is none for them."""
    return _trained(request, visitor.person, "/policy/read", training)


@router.post("/read/{token}/trained")
def trained_by_link(request: Request, token: str, training: Training) -> Response:
    """Whoever the letter went to has completed it. Raises PageError(404), NotFound."""
    return _trained(request, _person(request, token), f"/read/{token}", training)


def _trained(request: Request, person: str, there: str, training: str) -> Response:
    context = context_of(request)
    trainings.complete(context.store, context.settings, person, training, context.clock())
    return RedirectResponse(f"{there}#trainings", HTTPStatus.SEE_OTHER)


@router.post("/policy/read/message")
def heard(request: Request, visitor: Posting, plan: Training, day: Day) -> Response:
    """This visitor has read a message. Raises NotFound: it did not go out to them."""
    return _heard(request, visitor.person, "/policy/read", plan, day)


@router.post("/read/{token}/message")
def heard_by_link(request: Request, token: str, plan: Training, day: Day) -> Response:
    """Whoever the mail went to has read it. Raises PageError(404), NotFound."""
    return _heard(request, _person(request, token), f"/read/{token}", plan, day)


def _heard(request: Request, person: str, there: str, plan: str, day: date) -> Response:
    context = context_of(request)
    messages.confirm(context.store, context.settings, person, plan, day, context.clock())
    return RedirectResponse(f"{there}#messages", HTTPStatus.SEE_OTHER)


def _messages(request: Request, person: str, language: str) -> list[tuple[Sent, str]]:
    """What this person has not confirmed, with its words; a message whose file is gone is still there to be confirmed."""
    context = context_of(request)
    found = messages.unread(context.store, context.settings, person, context.clock())
    return [(one, _words(context, one, language)) for one in found]


def _words(context: Context, one: Sent, language: str) -> str:
    try:
        return messages.words(context.settings, one.plan, language)
    except ConfigError:
        return ""


def _person(request: Request, token: str) -> str:
    context = context_of(request)
    person = read_reader(context.secret, token, context.clock())
    if person is None or not any(one.person == person and one.is_here(context.clock()) for one in context.store.readers.staff()):
        raise PageError(HTTPStatus.NOT_FOUND, "read_link_old")
    return person


def _say(request: Request, visitor: Visitor | None, person: str, there: str, said: tuple[int, Sequence[What]]) -> Response:
    context, language = context_of(request), speech_of(request, visitor).language
    try:
        acts.acknowledge(context.store, person, said[0], said[1], language, context.clock())
    except Refused:
        return _page(request, visitor, person, there, problem=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"{there}#said", HTTPStatus.SEE_OTHER)


def _page(
    request: Request, visitor: Visitor | None, person: str, there: str, *, problem: bool = False, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    context = context_of(request)
    version = context.store.policies.in_force(context.clock())
    values: dict[str, Any] = {"version": version, "there": there, "problem": problem, "holders": context.settings.holders}
    values["done"] = acts.has_read(context.store, version, person) if version is not None else frozenset()
    values["notice"] = version.clause(NOTICE) if version is not None else None
    values["owed"] = trainings.owing(context.store, context.settings, person, context.clock())
    values["messages"] = _messages(request, person, speech_of(request, visitor).language)
    values["completed"] = trainings.completed(context.store, context.settings, person)
    return page(request, "policy_read.html", visitor, status, **values)
