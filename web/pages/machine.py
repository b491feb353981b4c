"""What machines ask: is it alive, is it ready, its metrics, and what is new for a page that is open."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from actions import feeds
from core import metrics
from core.access import Right
from core.errors import NotFound, StoreError
from web.render import WAITING, speech_of
from web.security import PageError
from web.talk import writer_of
from web.visitor import SignedIn, Visitor, context_of, person_name

router = APIRouter()
probes = APIRouter()
"""Those that a process without pages answers too."""


@probes.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
def healthz() -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


@probes.api_route("/readyz", methods=["GET", "HEAD"], include_in_schema=False)
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


@probes.get("/metrics")
def show_metrics() -> Response:
    return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)


router.include_router(probes)


@router.get("/calendar/{token}.ics")
def calendar(request: Request, token: Annotated[str, Path(max_length=100)]) -> Response:
    """Shifts for a calendar program; the token is the right to read them."""
    context = context_of(request)
    found = feeds.read(context.store, context.settings, token, context.clock())
    if found is None:
        raise PageError(HTTPStatus.NOT_FOUND, "not_found")
    return Response(found, media_type="text/calendar; charset=utf-8")


@router.get("/events")
def events(
    request: Request,
    visitor: SignedIn,
    after: Annotated[int, Query(ge=0)] = 0,
    talk: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Has anything changed since event `after`? A page that is open asks every few seconds; 304 costs next to nothing.

    A conversation's page names it as `talk` and is told who is answering right now, and the version that it should show.
    """
    store = context_of(request).store
    newest, waiting = store.incidents.newest_event(), store.conversations.count(WAITING, visitor.sight)
    said = _talk(request, visitor, talk) if talk is not None else {}
    etag = f'"{newest}-{waiting}-{said.get("version", "")}-{said.get("writer_id", "")}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if if_none_match == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    unresolved = sum(n for _, _, n in store.incidents.counts(visitor.sight))
    answer = {"newest": newest, "changed": newest > after, "incidents": unresolved, "conversations": waiting}
    return JSONResponse(answer | {name: value for name, value in said.items() if name != "writer_id"}, headers=headers)


def _talk(request: Request, visitor: Visitor, conversation_id: int) -> dict[str, str | int]:
    """Raises NotFound for what the visitor may not see."""
    context, speech = context_of(request), speech_of(request, visitor)
    row = context.store.conversations.get(conversation_id)
    if not visitor.viewer.may(Right.SEE, (row.owner,), row.brand):
        raise NotFound("there is nothing here for this visitor")
    writer = writer_of(row, context.clock())
    other = writer if writer != visitor.person else None
    line = speech.say("{name} is answering right now.", name=person_name(context.settings, other)) if other else ""
    return {"version": row.version, "writer": line, "writer_id": writer or ""}
