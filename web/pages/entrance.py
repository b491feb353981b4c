"""Signing in by a one-time link, signing out, choosing a language. Opening a link changes nothing; only its button does."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from actions.sign_in import sign_in, sign_out
from core.links import SESSION_MAX_AGE
from web.render import page
from web.security import PageError, local_path
from web.visitor import SESSION_COOKIE, Posting, context_of, visitor_or_none
from web.wording import LANGUAGE_COOKIE

router = APIRouter()

YEAR_S = 31_536_000


@router.get("/sign-in")
def entrance(
    request: Request, token: Annotated[str, Query(max_length=200)] = "", there: Annotated[str, Query(alias="next", max_length=1500)] = "/"
) -> Response:
    if not token and visitor_or_none(request) is not None:
        return RedirectResponse(local_path(there), HTTPStatus.SEE_OTHER)
    return page(request, "sign_in.html", token=token, there=local_path(there))


@router.post("/sign-in")
def enter(request: Request, token: Annotated[str, Form(max_length=200)], there: Annotated[str, Form(max_length=500)] = "/") -> Response:
    """Use the link up. A browser that is signed in as somebody else is signed out first."""
    context = context_of(request)
    now = context.clock()
    address = request.client.host if request.client else ""
    if not request.app.state.sign_in_tries.take(address, now):
        raise PageError(HTTPStatus.TOO_MANY_REQUESTS, "too_many_tries")
    signed = sign_in(context.store, token, now)
    if signed is None:
        raise PageError(HTTPStatus.FORBIDDEN, "link_used")
    former = request.cookies.get(SESSION_COOKIE)
    if former:
        sign_out(context.store, former, now)
    response = RedirectResponse(local_path(there), HTTPStatus.SEE_OTHER)
    response.set_cookie(
        SESSION_COOKIE,
        signed.session,
        max_age=int(SESSION_MAX_AGE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )
    return response


@router.post("/sign-out")
def leave(request: Request, visitor: Posting) -> Response:
    context = context_of(request)
    sign_out(context.store, visitor.session, context.clock())
    response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.post("/language")
def language(
    request: Request, language: Annotated[Literal["pl", "en"], Form()], back: Annotated[str, Form(max_length=500)] = "/"
) -> Response:
    response = RedirectResponse(local_path(back), HTTPStatus.SEE_OTHER)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_S, httponly=True, samesite="lax", secure=_is_secure(request))
    return response


def _is_secure(request: Request) -> bool:
    """Is the page reached by https, here or at the proxy that the configuration names?"""
    return request.url.scheme == "https" or (context_of(request).settings.web.url or "").startswith("https://")
