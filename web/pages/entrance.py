"""Signing in by a one-time link, a password or the company's provider; signing out; choosing a language.

Opening a link changes nothing; only its button does.
"""

import logging
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from actions import provider, vouched
from actions.sign_in import SignedIn, admit, sign_in, sign_in_by_password, sign_out
from core.errors import SignInRefused
from core.links import SESSION_MAX_AGE
from web.address import address_of
from web.render import page
from web.security import PageError, local_path
from web.visitor import SESSION_COOKIE, Posting, context_of, visitor_or_none
from web.wording import LANGUAGE_COOKIE

router = APIRouter()

YEAR_S = 31_536_000
NOTE_COOKIE = "czujka_provider"
NOTE_PATH = "/sign-in/provider"

log = logging.getLogger("czujka.web")


@router.get("/sign-in")
def entrance(
    request: Request, token: Annotated[str, Query(max_length=200)] = "", there: Annotated[str, Query(alias="next", max_length=1500)] = "/"
) -> Response:
    if not token and visitor_or_none(request) is not None:
        return RedirectResponse(local_path(there), HTTPStatus.SEE_OTHER)
    return _entrance(request, token=token, there=local_path(there))


def _entrance(
    request: Request, *, token: str = "", there: str = "/", person: str = "", wrong: bool = False, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    oidc = context_of(request).settings.oidc
    named = (oidc.name or str(oidc.issuer.host)) if oidc is not None else ""
    return page(request, "sign_in.html", None, status, token=token, there=there, person=person, wrong=wrong, provider=named)


@router.post("/sign-in")
def enter(request: Request, token: Annotated[str, Form(max_length=200)], there: Annotated[str, Form(max_length=500)] = "/") -> Response:
    """Use the link up. A browser that is signed in as somebody else is signed out first."""
    context = context_of(request)
    _throttle(request)
    signed = sign_in(context.store, token, context.clock())
    if signed is None:
        raise PageError(HTTPStatus.FORBIDDEN, "link_used")
    return _admitted(request, signed, there)


@router.post("/sign-in/password")
def enter_by_password(
    request: Request,
    person: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=1000)],
    there: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    """Tries are counted for the browser's address and for the person: neither many names nor many machines help to guess."""
    context = context_of(request)
    _throttle(request, person)
    signed = sign_in_by_password(context.store, context.settings, person.strip(), password, context.clock())
    if signed is None:
        return _entrance(request, there=local_path(there), person=person, wrong=True, status=HTTPStatus.FORBIDDEN)
    return _admitted(request, signed, there)


@router.get("/sign-in/provider")
def to_provider(request: Request, there: Annotated[str, Query(alias="next", max_length=1500)] = "/") -> Response:
    """Send the browser to the company's own sign-in."""
    context = context_of(request)
    if context.settings.oidc is None or context.http is None:
        raise PageError(HTTPStatus.NOT_FOUND, "not_found")
    _throttle(request)
    try:
        leaving = provider.depart(context.settings.oidc, context.http, context.secret, _back(request), local_path(there), context.clock())
    except SignInRefused as error:
        raise _refused(error) from error
    response = RedirectResponse(leaving.address, HTTPStatus.SEE_OTHER)
    age = int(provider.MAX_AGE.total_seconds())
    response.set_cookie(NOTE_COOKIE, leaving.note, max_age=age, httponly=True, samesite="lax", secure=_is_secure(request), path=NOTE_PATH)
    return response


@router.get("/sign-in/provider/back")
def from_provider(
    request: Request, code: Annotated[str, Query(max_length=4000)] = "", state: Annotated[str, Query(max_length=500)] = ""
) -> Response:
    """The browser comes back: the note in its cookie says that it left from here. It is good for one return."""
    context = context_of(request)
    note = request.cookies.get(NOTE_COOKIE, "")
    if context.settings.oidc is None or context.http is None:
        raise PageError(HTTPStatus.NOT_FOUND, "not_found")
    _throttle(request)
    try:
        come = provider.arrive(context.settings, context.http, context.secret, _back(request), note, state, code, context.clock())
    except SignInRefused as error:
        raise _refused(error) from error
    vouched.keep(context.store, context.settings, come.person, come.claims, context.clock())
    response = _admitted(request, admit(context.store, come.person, context.clock(), "provider"), come.there)
    response.delete_cookie(NOTE_COOKIE, path=NOTE_PATH)
    return response


def _throttle(request: Request, person: str = "") -> None:
    """Raises PageError: too many tries from this address, or for this person."""
    now, tries = context_of(request).clock(), request.app.state.sign_in_tries
    address = request.client.host if request.client else ""
    if not tries.take(address, now) or (person and not tries.take(f"person {person.strip().lower()}", now)):
        raise PageError(HTTPStatus.TOO_MANY_REQUESTS, "too_many_tries")


def _refused(error: SignInRefused) -> PageError:
    log.warning("signing in at the provider: %s", error)
    return PageError(HTTPStatus.FORBIDDEN, error.reason)


def _back(request: Request) -> str:
    """Our address to which the provider sends the browser."""
    return address_of(request, context_of(request).settings, "/sign-in/provider/back")


def _admitted(request: Request, signed: SignedIn, there: str) -> Response:
    """A session for this browser; whoever was signed in before is signed out."""
    context = context_of(request)
    former = request.cookies.get(SESSION_COOKIE)
    if former:
        sign_out(context.store, former, context.clock())
    response = RedirectResponse(local_path(there), HTTPStatus.SEE_OTHER)
    age = int(SESSION_MAX_AGE.total_seconds())
    response.set_cookie(SESSION_COOKIE, signed.session, max_age=age, httponly=True, samesite="lax", secure=_is_secure(request))
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
