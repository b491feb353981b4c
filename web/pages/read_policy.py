"""Where staff read the policy in force and say that they have: signed in, or by the link of their letter."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from actions import readers as acts
from actions import training as trainings
from core.errors import Refused
from core.links import read_reader
from core.readers import NOTICE, What
from web.render import page, speech_of
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Training = Annotated[str, Form(max_length=64)]
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
    values["completed"] = trainings.completed(context.store, context.settings, person)
    return page(request, "policy_read.html", visitor, status, **values)
