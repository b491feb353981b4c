"""What our own side said lately: statements that differ from the key facts, replies that a person would not have wanted."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from actions.spoken import spoken
from web.render import page
from web.visitor import SignedIn, context_of

router = APIRouter()

SHOWN = 50


@router.get("/our-words")
def our_words(request: Request, visitor: SignedIn, days: Annotated[int, Query(ge=1, le=366)] = 30) -> Response:
    context = context_of(request)
    now = context.clock()
    told = spoken(context.store, context.settings.fact, now - timedelta(days=days), now, visitor.sight)
    faulty, differing = told.faulty[:SHOWN], told.contradictions[:SHOWN]
    wanted = {one.replied.item_id for one in faulty} | {one.replied.answers_id for one in faulty} | {one.said.item_id for one in differing}
    posts = {one.item_id: one for one in context.store.items.several(sorted(wanted))}
    return page(request, "our_words.html", visitor, told=told, faulty=faulty, differing=differing, posts=posts, days=days)
