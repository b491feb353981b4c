"""Puts the pages together: routes, headers on every answer, metrics, error pages."""

import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from core import metrics
from core.errors import Conflict, NotFound, Refused, StoreError
from core.version import VERSION
from web import clicks, pushed
from web.access import guard
from web.api.app import create_api
from web.context import Context
from web.pages import (
    accounts,
    acknowledge,
    answers,
    bulk,
    cases,
    consent,
    conversations,
    crisis,
    crisis_review,
    crisis_wall,
    digest,
    duties,
    duty_rota,
    easing,
    entrance,
    figures,
    inbox,
    incidents,
    lessons,
    machine,
    may_post,
    owners,
    people,
    pictures,
    policy,
    posts,
    read_policy,
    restating,
    rulings,
    setup,
    sharing,
    signals,
    sources,
    spoken,
    staff,
    summary,
    views,
)
from web.render import STATIC, error_page
from web.security import HEADERS, Limiter, PageError, SignInNeeded

Next = Callable[[Request], Awaitable[Response]]

ROOMS = (
    inbox,
    bulk,
    views,
    incidents,
    sharing,
    restating,
    conversations,
    answers,
    posts,
    pictures,
    sources,
    duties,
    duty_rota,
    easing,
    rulings,
    consent,
    cases,
    read_policy,
    policy,
    accounts,
    crisis,
    may_post,
    signals,
    figures,
    digest,
    summary,
    crisis_review,
    crisis_wall,
    lessons,
    spoken,
    staff,
    owners,
    setup,
    entrance,
    people,
    acknowledge,
    clicks,
    pushed,
    machine,
)

_MACHINES = ("/healthz", "/readyz", "/metrics", "/events")


def create_app(context: Context) -> FastAPI:
    """The web application. Everything that it needs is in `context`, which may change while it runs."""
    app = FastAPI(title="Czujka", version=VERSION, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.context = context
    app.state.sign_in_tries = Limiter()
    app.state.test_pages = Limiter()
    app.middleware("http")(_guard)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for room in ROOMS:
        app.include_router(room.router, dependencies=[Depends(guard)])
    app.mount("/api/v1", create_api(context))
    for kind, answer in _ANSWERS.items():
        app.add_exception_handler(kind, answer)
    return app


def create_probes(context: Context) -> FastAPI:
    """What machines ask of a process without pages: is it alive, is it ready, its metrics."""
    app = FastAPI(title="Czujka", version=VERSION, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.context = context
    app.middleware("http")(_guard)
    app.include_router(machine.probes)
    return app


async def _guard(request: Request, call_next: Next) -> Response:
    """Headers for every answer; pages are never kept by browsers or proxies, static files for a year."""
    started = time.perf_counter()
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers[name] = value
    is_static = request.url.path.startswith("/static/") and response.status_code == HTTPStatus.OK
    response.headers.setdefault("Cache-Control", "public, max-age=31536000, immutable" if is_static else "no-store")
    metrics.WEB_REQUESTS.add(method=request.method, status=metrics.status_class(response.status_code))
    metrics.WEB_SECONDS.observe(time.perf_counter() - started, method=request.method)
    return response


def _sign_in_first(request: Request, _error: Exception) -> Response:
    if request.url.path in _MACHINES:
        return JSONResponse({"error": "sign_in_needed"}, HTTPStatus.UNAUTHORIZED)
    there = request.url.path + (f"?{request.url.query}" if request.url.query else "") if request.method == "GET" else "/"
    return RedirectResponse(f"/sign-in?next={quote(there, safe='')}" if there != "/" else "/sign-in", HTTPStatus.SEE_OTHER)


def _page_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PageError)  # noqa: S101 registered for this kind alone
    return error_page(request, error.status, error.reason)


def _http_error(request: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
    return error_page(request, status, "not_found" if status is HTTPStatus.NOT_FOUND else "bad_request")


def _not_found(request: Request, _error: Exception) -> Response:
    return error_page(request, HTTPStatus.NOT_FOUND, "not_found")


def _conflict(request: Request, error: Exception) -> Response:
    told = isinstance(error, Conflict) and error.reason in ("newer_incident", "being_answered", "impossible")
    otherwise = "impossible" if isinstance(error, Refused) else "conflict"
    return error_page(request, HTTPStatus.CONFLICT, error.reason if told and isinstance(error, Conflict) else otherwise)


def _bad_request(request: Request, _error: Exception) -> Response:
    return error_page(request, HTTPStatus.BAD_REQUEST, "bad_request")


def _store_down(request: Request, _error: Exception) -> Response:
    return error_page(request, HTTPStatus.SERVICE_UNAVAILABLE, "database_down")


def _broken(request: Request, _error: Exception) -> Response:
    """Asked outside of `_guard`, so it sends the headers itself."""
    metrics.ERRORS.add(stage="web", reason="unexpected")
    response = error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected")
    response.headers.update({**HEADERS, "Cache-Control": "no-store"})
    return response


_ANSWERS: dict[type[Exception], Callable[[Request, Exception], Response]] = {
    SignInNeeded: _sign_in_first,
    PageError: _page_error,
    HTTPException: _http_error,
    RequestValidationError: _bad_request,
    NotFound: _not_found,
    Conflict: _conflict,
    StoreError: _store_down,
    Exception: _broken,
}
