"""Who answers for what, and where they can be reached; anybody can have a test page sent to a contact of their own."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from actions import trying
from core.errors import DeliveryError
from core.settings import Owner
from web import test_page
from web.render import page
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()


@router.get("/owners")
def owners(request: Request, visitor: SignedIn) -> Response:
    return _page(request, visitor)


@router.post("/owners/test")
def test(request: Request, visitor: Posting, contact: Annotated[str, Form(max_length=400)]) -> Response:
    """Send the visitor a test page, to one of their own contacts, and say how it went."""
    context = context_of(request)
    if context.http is None or not request.app.state.test_pages.take(visitor.person, context.clock()):
        raise PageError(HTTPStatus.TOO_MANY_REQUESTS, "too_many_tries")
    try:
        test_page.send(request, context, visitor.person, contact)
    except DeliveryError as error:
        return _page(request, visitor, tried=contact, failed=f"{error.reason}: {error}", status=HTTPStatus.BAD_GATEWAY)
    return _page(request, visitor, tried=contact)


def _page(request: Request, visitor: Visitor, *, tried: str = "", failed: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    context = context_of(request)
    return page(
        request,
        "owners.html",
        visitor,
        status,
        owners=[(one, _routes(context.settings.route, one)) for one in context.settings.owner],
        fallback=context.settings.company.fallback,
        mine=trying.reachable(context.settings, visitor.person),
        can_try=context.http is not None,
        tried=tried,
        failed=failed,
    )


def _routes(routes: object, owner: Owner) -> list[str]:
    """The labels that come to this owner, as the routes name them."""
    assert isinstance(routes, tuple)  # noqa: S101 pydantic made it
    return list(dict.fromkeys(route.label for route in routes if route.owner == owner.id))
