"""What machines ask: is it alive, is it ready, its metrics, and what is new for a page that is open."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from actions import feeds
from core import metrics
from core.errors import StoreError
from web.render import WAITING
from web.security import PageError
from web.visitor import SignedIn, context_of

router = APIRouter()


@router.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
def healthz() -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


@router.api_route("/readyz", methods=["GET", "HEAD"], include_in_schema=False)
def readyz(request: Request) -> Response:
    """The database answers and every sweep is alive; 503 names what is not."""
    context = context_of(request)
    problems = {name: problem for name, check in context.checks.items() if (problem := check()) is not None}
    try:
        context.store.ping()
    except StoreError as error:
        problems["database"] = error.reason
    if problems:
        return JSONResponse({"ready": False, "problems": problems}, HTTPStatus.SERVICE_UNAVAILABLE)
    return JSONResponse({"ready": True, "problems": {}})


@router.get("/calendar/{token}.ics")
def calendar(request: Request, token: Annotated[str, Path(max_length=100)]) -> Response:
    """Shifts for a calendar program; the token is the right to read them."""
    context = context_of(request)
    found = feeds.read(context.store, context.settings, token, context.clock())
    if found is None:
        raise PageError(HTTPStatus.NOT_FOUND, "not_found")
    return Response(found, media_type="text/calendar; charset=utf-8")


@router.get("/metrics")
def show_metrics() -> Response:
    return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)


@router.get("/events")
def events(
    request: Request, visitor: SignedIn, after: Annotated[int, Query(ge=0)] = 0, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """Has anything changed since event `after`? A page that is open asks every few seconds; 304 costs next to nothing."""
    store = context_of(request).store
    newest, waiting = store.incidents.newest_event(), store.conversations.count(WAITING, visitor.sight)
    etag = f'"{newest}-{waiting}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if if_none_match == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    unresolved = sum(n for _, _, n in store.incidents.counts(visitor.sight))
    answer = {"newest": newest, "changed": newest > after, "incidents": unresolved, "conversations": waiting}
    return JSONResponse(answer, headers=headers)
