"""All posts, newest first, found by their words."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from core.wanted import words_of
from web.filters import Narrowed, offered
from web.render import page
from web.visitor import SignedIn, context_of

router = APIRouter()

SHOWN = 30
FITTING = ("owner", "brand", "platform", "label", "severity", "lang")


@router.get("/posts")
def posts(
    request: Request,
    visitor: SignedIn,
    filters: Narrowed,
    q: Annotated[str, Query(max_length=200)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    context = context_of(request)
    wanted = filters.wanted(visitor.person)
    found = context.store.items.search(q, limit=SHOWN + 1, before=before, sight=visitor.sight, wanted=wanted)
    older = found[SHOWN - 1].item_id if len(found) > SHOWN else None
    return page(
        request,
        "posts.html",
        visitor,
        q=q,
        sought=words_of(q),
        posts=found[:SHOWN],
        older=older,
        before=before,
        unseen=context.store.pictures.count(visitor.sight),
        filters=filters,
        offered=offered(context, filters, FITTING),
    )
