"""The API. A list has a cursor; one thing has an ETag, its version, which an act may demand by If-Match."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from core.version import VERSION
from web.api import (
    accounts,
    audit,
    cases,
    conversations,
    crisis,
    duties,
    figures,
    incidents,
    lessons,
    may_post,
    oncall,
    overview,
    policy,
    privacy,
    replies,
    restating,
    rulings,
    sharing,
    signals,
    staff,
    told,
    tuning,
)
from web.api.problems import MEDIA_TYPE, Problem, install
from web.context import Context
from web.security import Limiter

CALLS_A_MINUTE = 600
ROOMS = (
    overview,
    oncall,
    incidents,
    restating,
    sharing,
    conversations,
    replies,
    tuning,
    rulings,
    policy,
    may_post,
    accounts,
    cases,
    crisis,
    duties,
    signals,
    lessons,
    privacy,
    figures,
    told,
    staff,
    audit,
)

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": HTTPStatus(status).phrase}
    for status in (400, 401, 403, 404, 409, 412, 422, 429, 502, 503)
}


def create_api(context: Context) -> FastAPI:
    """The API over the same context as the pages."""
    api = FastAPI(title="Czujka", version=VERSION, docs_url=None, redoc_url=None, openapi_url="/openapi.json", responses=PROBLEMS)
    api.state.context = context
    api.state.calls = Limiter(CALLS_A_MINUTE, timedelta(minutes=1))
    api.state.test_pages = Limiter()
    install(api)
    _furnish(api)
    return api


def description() -> dict[str, Any]:
    """The API in OpenAPI 3.1, without a running Czujka."""
    api = FastAPI(title="Czujka", version=VERSION, responses=PROBLEMS)
    _furnish(api)
    return api.openapi()


def _furnish(api: FastAPI) -> None:
    for room in ROOMS:
        api.include_router(room.router)
