"""Where other programs send posts. No session and no form token: the signature is the proof."""

import logging
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response

from actions import pushed as act
from core import metrics
from core.errors import PushRefused
from web.bodies import at_most
from web.visitor import context_of

MAX_BYTES = 4 * 1024 * 1024

STATUSES = {
    "no_such_source": HTTPStatus.NOT_FOUND,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_many": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unreadable": HTTPStatus.BAD_REQUEST,
    "secret_missing": HTTPStatus.SERVICE_UNAVAILABLE,
}

Body = Annotated[bytes | None, Depends(at_most(MAX_BYTES))]

log = logging.getLogger("czujka.pushed")
router = APIRouter()


@router.post("/in/{source}/posts")
def posts(request: Request, source: Annotated[str, Path(max_length=64)], body: Body) -> Response:
    """200 only when all is stored; what could not be read is told by its place and kept. Anything else: nothing was stored."""
    context = context_of(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        if body is None:
            raise PushRefused(f"more than {MAX_BYTES} bytes came at once; send the posts in parts", reason="too_large")
        taken = act.take(context.store, context.settings, source, headers, body, context.clock())
    except PushRefused as error:
        metrics.ERRORS.add(stage="push", reason=error.reason)
        if any(one.id == source for one in context.settings.source):
            log.warning("source %s: posts that were sent were refused: %s", source, error.reason)
        return JSONResponse({"error": error.reason, "detail": str(error)}, STATUSES.get(error.reason, HTTPStatus.UNAUTHORIZED))
    unreadable = [{"reason": bad.reason, "detail": bad.detail} for bad in taken.unreadable]
    return JSONResponse({"new": taken.new, "edited": taken.edited, "known": taken.known, "unreadable": unreadable})
