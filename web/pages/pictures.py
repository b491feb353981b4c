"""Posts whose pictures nobody has described: no classifier reads a picture, so a person looks."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from web.render import page
from web.visitor import Posting, SignedIn, context_of

router = APIRouter()

SHOWN = 30
Number = Annotated[int, Form(ge=1, le=2**63 - 1)]


@router.get("/pictures")
def pictures(request: Request, visitor: SignedIn, before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None) -> Response:
    """What waits to be looked at, the newest first."""
    context = context_of(request)
    store, letters = context.store, context.settings.pictures.read
    found = store.pictures.waiting(SHOWN + 1, before, visitor.sight)
    older = found[SHOWN - 1].item_id if len(found) > SHOWN else None
    waiting = store.pictures.count(visitor.sight)
    return page(request, "pictures.html", visitor, posts=found[:SHOWN], older=older, before=before, waiting=waiting, letters=letters)


@router.post("/pictures/seen")
def seen(request: Request, visitor: Posting, item: Annotated[list[Number], Form(max_length=SHOWN)]) -> Response:
    """The visitor has looked at the pictures of these posts."""
    context = context_of(request)
    context.store.pictures.seen(item, visitor.person, context.clock(), visitor.sight)
    return RedirectResponse("/pictures", HTTPStatus.SEE_OTHER)
