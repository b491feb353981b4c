"""Sources: which are read, which are late or failing, and what to do about it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from core.blindness import judged
from web.address import address_of
from web.render import page, speech_of
from web.source_words import SOURCE_MARKS, SOURCE_STATES, budget_lines, sent_lines, source_state, source_step
from web.visitor import SignedIn, context_of

router = APIRouter()


@router.get("/sources")
def sources(request: Request, visitor: SignedIn) -> Response:
    context, speech = context_of(request), speech_of(request, visitor)
    now, known = context.clock(), {source.id: source for source in context.settings.source}
    health = [judged(known.get(one.source_id), one, now) for one in context.store.sources.health(now)]
    kinds = {name: source.kind for name, source in known.items()}
    worst = sorted(health, key=lambda one: (list(SOURCE_STATES).index(one.state), one.source_id))
    return page(
        request,
        "sources.html",
        visitor,
        rows=[
            (
                one,
                kinds.get(one.source_id, ""),
                source_state(known.get(one.source_id), one, speech),
                [
                    *filter(None, [source_step(one, speech)]),
                    *sent_lines(kinds.get(one.source_id, ""), one, address_of(request, context.settings, ""), speech),
                    *budget_lines(one, now, speech),
                ],
            )
            for one in worst
        ],
        marks=SOURCE_MARKS,
        bluesky_missing=context.brand_form is None and bool(kinds) and "bluesky" not in kinds.values(),
    )
