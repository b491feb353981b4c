"""The watched series with what is usual for them, and what stood out: incidents, and notes that page nobody."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from actions.signals import Look, looks, noted
from core.number_words import sentences
from core.signals import Noted, Verdict
from web.render import page, speech_of
from web.visitor import SignedIn, context_of
from web.wording import msg

router = APIRouter()

WIDE, HIGH = 10, 44
MEASURES: Mapping[str, str] = {
    "volume": msg("Posts"),
    "negative": msg("Negative posts"),
    "complaint": msg("Complaints"),
    "crisis": msg("Signs of a crisis"),
    "authors": msg("Authors"),
    "reach": msg("Known reach"),
}
SCOPES: Mapping[str, str] = {
    "mention": msg("what people write about us"),
    "official": msg("our accounts and what is under their posts"),
    "portal": msg("the internal portal"),
    "employee": msg("registered employees"),
}
VERDICTS: Mapping[str, str] = {
    Verdict.NONE: msg("Not weighed yet"),
    Verdict.OLD: msg("Seen too late to page"),
    Verdict.EXPECTED: msg("Expected: a note, nobody is paged"),
    Verdict.VOLUME_ALONE: msg("Volume alone: a note, nobody is paged"),
    Verdict.MUTED: msg("Muted: a note, nobody is paged"),
    Verdict.INCIDENT: msg("Became an incident"),
}


@router.get("/signals")
def signals(request: Request, visitor: SignedIn, days: Annotated[int, Query(ge=1, le=366)] = 7) -> Response:
    context = context_of(request)
    speech, zone = speech_of(request, visitor), context.settings.zone()
    grouped: defaultdict[tuple[str, str], list[tuple[Look, str]]] = defaultdict(list)
    for one in looks(context.store, context.settings, visitor.sight):
        grouped[(one.key.brand, one.key.scope)].append((one, band(one)))
    rows = [
        (together, sentences(together[0].numbers, speech.language, zone) if together[0].numbers else [])
        for together in by_incident(noted(context.store, context.clock() - timedelta(days=days), visitor.sight))
    ]
    brands = {one.id: one.name or one.id for one in context.settings.brand}
    tables = {"measures": MEASURES, "scopes": SCOPES, "verdicts": VERDICTS}
    words: dict[str, Any] = {name: {key: speech.say(said) for key, said in table.items()} for name, table in tables.items()}
    return page(request, "signals.html", visitor, grouped=dict(grouped), rows=rows, days=days, brands=brands, wide=WIDE, high=HIGH, **words)


def by_incident(signals: Iterable[Noted]) -> list[list[Noted]]:
    """Signals that came to one incident stand together, for its numbers speak of all of them; every note stands alone."""
    gathered: dict[tuple[str, int], list[Noted]] = {}
    for one in signals:
        key = ("incident", one.incident_id) if one.incident_id is not None else ("note", one.signal_id)
        gathered.setdefault(key, []).append(one)
    return list(gathered.values())


def band(look: Look) -> str:
    """The points of the usual band, there along its top and back along its bottom; '' while nothing is usual yet."""
    if not look.usual:
        return ""
    top = [(n, high) for n, (_, high) in enumerate(look.usual)]
    bottom = [(n, low) for n, (low, _) in enumerate(look.usual)]
    points = [*_steps(top), *reversed(_steps(bottom))]
    return " ".join(f"{x},{HIGH - (HIGH - 2) * y / look.top:.1f}" for x, y in points)


def _steps(edge: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """An hour has one height: two corners each."""
    return [corner for n, height in edge for corner in ((n * WIDE, height), ((n + 1) * WIDE, height))]
