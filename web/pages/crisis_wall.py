"""The wall screen of a crisis: readable from three metres, renewed by the browser itself, without a script."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from actions.crisis import next_statement
from actions.wall import look
from core.crisis import Stage
from web import wall
from web.pages.crisis import teller_of
from web.render import page, speech_of
from web.visitor import SignedIn, context_of

router = APIRouter()

RENEWED_S = 30


@router.get("/crisis/{crisis_id}/wall")
def screen(request: Request, visitor: SignedIn, crisis_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> Response:
    context, speech = context_of(request), speech_of(request, visitor)
    room = context.store.crises.room(crisis_id)
    seen = look(context.store, context.settings, room.crisis, context.clock())
    drawn, (known, unknown) = wall.chart(seen), seen.wall.reach()
    last = room.last_statement()
    return page(
        request,
        "crisis_wall.html",
        visitor,
        crisis=room.crisis,
        teller=teller_of(context, speech, room.crisis),
        running=room.crisis.stage is Stage.DECLARED,
        seen=seen.wall,
        chart=drawn,
        wide=wall.WIDE,
        high=wall.HIGH,
        times_usual=wall.times_usual(speech, drawn),
        negative=wall.negative_share(seen),
        known=speech.short(known) if known else "",
        unknown=unknown,
        stories=[(one, context.headline(one.label, one.title, speech.language)) for one in seen.wall.stories[: wall.STORIES]],
        voices=seen.wall.voices[: wall.VOICES],
        platforms=wall.platforms(speech, context.settings, seen),
        trend=wall.trend,
        notes=wall.notes(speech, seen),
        said_at=last.published_at if last is not None else None,
        promised=next_statement(room, context.settings),
        renewed_s=RENEWED_S,
    )
