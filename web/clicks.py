"""Where services tell of clicks on our messages' buttons. No session and no form token: the service's own signature is the proof."""

import logging
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Request
from fastapi.responses import JSONResponse, Response

from actions import clicks as act
from core import metrics
from core.errors import ClickRefused
from web.bodies import at_most
from web.visitor import context_of

MAX_BYTES = 256 * 1024

STATUSES = {
    "no_such_channel": HTTPStatus.NOT_FOUND,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unreadable": HTTPStatus.BAD_REQUEST,
    "secret_missing": HTTPStatus.SERVICE_UNAVAILABLE,
}

log = logging.getLogger("czujka.clicks")
router = APIRouter()


Body = Annotated[bytes | None, Depends(at_most(MAX_BYTES))]


@router.post("/in/{channel}/clicks")
def clicks(request: Request, tasks: BackgroundTasks, channel: Annotated[str, Path(max_length=64)], body: Body) -> Response:
    """Slack, Discord, Telegram and Mattermost come here. What is refused changes nothing, and only the channel's name is written down."""
    context = context_of(request)
    web = context.settings.web
    address = (web.url or f"http://{web.host}:{web.port}").rstrip("/")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        if body is None:
            raise ClickRefused("more came than a click can be", reason="too_large")
        taken = act.take(context.store, context.settings, context.secret, address, channel, headers, body, context.clock())
    except ClickRefused as error:
        is_known = any(one.id == channel for one in context.settings.channel)
        metrics.ERRORS.add(stage="clicks", reason=error.reason)
        metrics.CLICKS.add(channel=channel if is_known else metrics.OTHER, click="refused")
        if is_known:
            log.warning("channel %s: a request that should tell of a click was refused", channel)
        return JSONResponse({"error": error.reason}, STATUSES.get(error.reason, HTTPStatus.UNAUTHORIZED))
    metrics.CLICKS.add(channel=channel, click=taken.became)
    http = context.http
    if taken.aside is not None and http is not None:
        tasks.add_task(taken.aside, http)
    return Response(status_code=taken.reply.status) if taken.reply.body is None else JSONResponse(taken.reply.body, taken.reply.status)
