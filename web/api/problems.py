"""Every error as a problem in JSON, with how to mend it. Source: RFC 9457."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from core.errors import Conflict, CzujkaError, NotFound, StoreError

MEDIA_TYPE = "application/problem+json"

MENDS: Mapping[str, str] = {
    "unauthorized": "send `Authorization: Bearer …` with a token of `czujka tokens add`",
    "scope_missing": "make a token with this scope, for a person whose roles allow it",
    "not_the_lead": "ask the lead of the crisis, or somebody of compliance",
    "not_found": "look at the list: it is not there, or not yours to see",
    "invalid": "send what `/api/v1/openapi.json` describes; `errors` names each place",
    "conflict": "read it again, decide again, and send its present version",
    "version_changed": "read it again: somebody changed it; send its present ETag as If-Match",
    "look_at_it": "ask with `dry_run` first, look at what would go, and send that answer's ETag as If-Match",
    "look_first": "read what the rules find; change the text, or send it with `anyway`",
    "too_long": "make it shorter: `look-over` counts as the platform does",
    "critical": "change the text: what would be a leak is never sent",
    "off": "set `answer = true` for a source whose platform can do this, or answer there",
    "own_words": "let another responder of the team approve it",
    "bad_cursor": "begin without a cursor; take the next ones from `next`",
    "too_many": "wait as long as Retry-After says",
    "method_not_allowed": "look into `/api/v1/openapi.json` for the methods of this address",
    "not_delivered": "look at the channel's settings and at the contact, then try again",
    "database_down": "nothing is lost; try again in a moment",
    "unexpected": "try again; if it stays, tell whoever runs Czujka here",
}


class Trouble(CzujkaError):
    """An error of the API itself."""

    def __init__(self, status: HTTPStatus, reason: str, detail: str, **headers: str) -> None:
        super().__init__(detail, reason=reason)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Problem(BaseModel):
    """What went wrong. `type` names the kind for programs, `mend` says what to do; `errors` are the places in the request."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    mend: str
    errors: list[str] = []


def answer(
    request: Request,
    status: HTTPStatus,
    reason: str,
    detail: str,
    errors: list[str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """One problem as an answer."""
    mend = MENDS.get(reason, MENDS["unexpected"])
    found = Problem(
        type=f"urn:czujka:problem:{reason}",
        title=status.phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        mend=mend,
        errors=errors or [],
    )
    return JSONResponse(found.model_dump(), status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def install(api: FastAPI) -> None:
    """Have every error answered as a problem."""

    @api.exception_handler(Trouble)
    def _trouble(request: Request, error: Trouble) -> JSONResponse:
        return answer(request, error.status, error.reason, str(error), headers=error.headers)

    @api.exception_handler(NotFound)
    def _not_found(request: Request, error: NotFound) -> JSONResponse:
        return answer(request, HTTPStatus.NOT_FOUND, "not_found", str(error))

    @api.exception_handler(Conflict)
    def _conflict(request: Request, error: Conflict) -> JSONResponse:
        return answer(request, HTTPStatus.CONFLICT, error.reason if error.reason in MENDS else "conflict", str(error))

    @api.exception_handler(StoreError)
    def _store(request: Request, error: StoreError) -> JSONResponse:
        return answer(request, HTTPStatus.SERVICE_UNAVAILABLE, "database_down", error.reason)

    @api.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        places = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
        return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "the request is not what was expected", places)

    @api.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        reasons = {HTTPStatus.NOT_FOUND: "not_found", HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed"}
        return answer(request, status, reasons.get(status, "invalid"), str(error.detail), headers=error.headers)

    @api.exception_handler(Exception)
    def _unexpected(request: Request, _error: Exception) -> JSONResponse:
        return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", "something broke here")
