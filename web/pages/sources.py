"""Sources: which are read, which are late or failing, and what to do about it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.advice import SOURCE_MARKS, SOURCE_STATES, source_step
from web.render import page, speech_of
from web.visitor import SignedIn, context_of

router = APIRouter()


@router.get("/sources")
def sources(request: Request, visitor: SignedIn) -> Response:
    context, speech = context_of(request), speech_of(request, visitor)
    health = context.store.sources.health(context.clock())
    kinds = {source.id: source.kind for source in context.settings.source}
    worst = sorted(health, key=lambda one: (list(SOURCE_STATES).index(one.state), one.source_id))
    return page(
        request,
        "sources.html",
        visitor,
        rows=[(one, kinds.get(one.source_id, ""), speech.say(SOURCE_STATES[one.state]), source_step(one, speech)) for one in worst],
        marks=SOURCE_MARKS,
        bluesky_missing=context.brand_form is None and bool(kinds) and "bluesky" not in kinds.values(),
    )
