"""Who calls, and what there is to see: sources, who is on call, posts."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request

from actions import feeds
from core.access import Right
from core.blindness import judged
from web.api import models
from web.api.caller import Calling, Id, context_of
from web.api.masked import posts_of
from web.api.paging import PAGE, Cursor, Limit, page_of, place_of

router = APIRouter()


@router.get("/me")
def me(caller: Calling) -> models.Me:
    """Who am I, and what may I?"""
    token = caller.token
    return models.Me(person=token.subject, token=token.name, scopes=list(token.scopes), expires_at=token.expires_at)


@router.get("/sources")
def sources(request: Request, caller: Calling) -> list[models.Source]:  # noqa: ARG001 - whoever calls may see
    """How every source does."""
    context = context_of(request)
    now, known = context.clock(), {source.id: source for source in context.settings.source}
    return [models.Source.model_validate(judged(known.get(one.source_id), one, now)) for one in context.store.sources.health(now)]


@router.get("/oncall")
def oncall(request: Request, caller: Calling) -> list[models.OnCall]:  # noqa: ARG001 - whoever calls may see
    """Who is on call now, in every schedule."""
    context = context_of(request)
    found = feeds.who(context.store, context.settings, context.clock())
    return [models.OnCall(schedule=schedule, person=person) for schedule, person in found]


@router.get("/posts")
def posts(
    request: Request, caller: Calling, q: Annotated[str, Query(max_length=200)] = "", cursor: Cursor = None, limit: Limit = PAGE
) -> models.Listed[models.Post]:
    """Posts that hold all words of `q` (folded: zolw finds żółw), the newest first."""
    context = context_of(request)
    found = context.store.items.search(q, limit + 1, place_of(context, "posts", cursor), caller.sight)
    shown, following = page_of(context, "posts", found, limit, lambda one: one.item_id)
    return models.Listed(items=posts_of(shown), next=following)


@router.get("/pictures")
def pictures(request: Request, caller: Calling, cursor: Cursor = None, limit: Limit = PAGE) -> models.Listed[models.Post]:
    """Posts with a picture or film that nobody has described or looked at, the newest first."""
    context = context_of(request)
    found = context.store.pictures.waiting(limit + 1, place_of(context, "pictures", cursor), caller.sight)
    shown, following = page_of(context, "pictures", found, limit, lambda one: one.item_id)
    return models.Listed(items=posts_of(shown), next=following)


@router.post("/pictures/{item_id}/seen", status_code=HTTPStatus.NO_CONTENT)
def seen(request: Request, caller: Calling, item_id: Id) -> None:
    """The caller has looked at the pictures of a post; saying so again changes nothing."""
    caller.demand(Right.ACT)
    context = context_of(request)
    context.store.pictures.seen([item_id], caller.token.subject, context.clock(), caller.sight)
