"""Views that people keep of the inbox: a tab and filters under a name, their own or their team's, and which one they begin with."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from actions import views as act
from core.wanted import SavedView
from web.filters import kept_query
from web.render import page
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/views")
def views(request: Request, visitor: SignedIn) -> Response:
    return page(request, "views.html", visitor, views=views_of(request, visitor))


@router.post("/views")
def keep(
    request: Request,
    visitor: Posting,
    name: Annotated[str, Form(max_length=200)],
    query: Annotated[str, Form(max_length=4000)] = "",
    team: Annotated[str, Form(max_length=64)] = "",
    begin: Annotated[Literal["", "yes"], Form()] = "",
) -> Response:
    """Keep what the inbox shows; it opens with it from now on if `begin`."""
    context = context_of(request)
    kept = kept_query(query)
    view_id = act.keep(context.store, visitor.person, name, kept, context.clock(), teams=visitor.owners, team=team)
    if begin:
        act.begin_with(context.store, visitor.person, view_id, visitor.owners)
    return RedirectResponse(f"/?{kept}", HTTPStatus.SEE_OTHER)


@router.post("/views/{view_id}/forget")
def forget(request: Request, visitor: Posting, view_id: Id) -> Response:
    act.forget(context_of(request).store, visitor.person, view_id)
    return RedirectResponse("/views", HTTPStatus.SEE_OTHER)


@router.post("/views/{view_id}/begin")
def begin_with(request: Request, visitor: Posting, view_id: Id, stop: Annotated[Literal["", "yes"], Form()] = "") -> Response:
    """Begin with this view; `stop`: with everything again."""
    act.begin_with(context_of(request).store, visitor.person, None if stop else view_id, visitor.owners)
    return RedirectResponse("/views", HTTPStatus.SEE_OTHER)


def views_of(request: Request, visitor: Visitor) -> list[SavedView]:
    """What the visitor may choose from."""
    return context_of(request).store.views.of(visitor.person, visitor.owners)
