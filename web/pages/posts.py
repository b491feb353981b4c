"""All posts, newest first, found by their words."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from web.render import page
from web.visitor import SignedIn, context_of

router = APIRouter()

SHOWN = 30


@router.get("/posts")
def posts(
    request: Request,
    visitor: SignedIn,
    q: Annotated[str, Query(max_length=200)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    found = context_of(request).store.items.search(q, limit=SHOWN + 1, before=before, sight=visitor.sight)
    older = found[SHOWN - 1].item_id if len(found) > SHOWN else None
    return page(request, "posts.html", visitor, q=q, posts=found[:SHOWN], older=older, before=before)
