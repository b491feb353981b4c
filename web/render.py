"""Turns a template and its values into an answer, in the reader's language. Everything is escaped."""

import hashlib
from collections.abc import Callable
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.records import IncidentRow
from core.types import ConversationState, IncidentState
from web.context import Context
from web.evidence import show, web_address
from web.visitor import Visitor, context_of, owner_name, person_name
from web.wording import FEELINGS, LANGUAGE_COOKIE, ROOM, SEVERITIES, STATES, Speech, pick_language, platform_name

STATIC = ROOM / "static"
WAITING = (ConversationState.NEW, ConversationState.ASSIGNED)
UNRESOLVED = (IncidentState.OPEN, IncidentState.ACKNOWLEDGED)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOM / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@cache
def static_address(name: str) -> str:
    """Where a static file is served; the address changes with its content, so that browsers may keep it."""
    return f"/static/{name}?v={hashlib.sha256(Path(STATIC / name).read_bytes()).hexdigest()[:12]}"


def speech_of(request: Request, visitor: Visitor | None = None) -> Speech:
    """How to talk to whoever sent this request."""
    context = context_of(request)
    settings = context.settings
    person = next((one for one in settings.person if visitor is not None and one.id == visitor.person), None)
    zone = ZoneInfo(person.timezone) if person is not None and person.timezone else settings.zone()
    fallback = next(iter(settings.company.languages), "en")
    return Speech(
        pick_language(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"), fallback), zone, context.clock()
    )


def incident_title(context: Context, speech: Speech, row: IncidentRow) -> str:
    """What an incident is called in the reader's language; the code name that was seen stays as it is written."""
    term = next((name for brand in context.settings.brand for name in brand.code_names if name in row.title), "")
    return context.headline(row.label, term, speech.language)


def page(
    request: Request, template: str, visitor: Visitor | None = None, status: HTTPStatus = HTTPStatus.OK, **values: Any
) -> HTMLResponse:
    """Answer with a page."""
    context, speech = context_of(request), speech_of(request, visitor)
    shared = _shared(request, context, speech, visitor)
    html = _environment().get_template(template).render(shared | values)
    return HTMLResponse(html, status, {"Content-Language": speech.language, "Vary": "Accept-Language, Cookie"})


def _shared(request: Request, context: Context, speech: Speech, visitor: Visitor | None) -> dict[str, Any]:
    """What every template may use: words, times, names, and the counts in the head of the page."""
    words: dict[str, Callable[..., Any]] = {
        name: getattr(speech, name) for name in ("say", "count", "number", "reach", "ago", "at", "span", "exact")
    }
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return words | {
        "speech": speech,
        "language": speech.language,
        "now": speech.now,
        "visitor": visitor,
        "banner": context.banner_in(speech.language),
        "company": context.settings.company.name,
        "here": here if request.method == "GET" else "/",
        "path": request.url.path,
        "incidents_open": sum(n for _, _, n in context.store.incidents.counts()) if visitor else 0,
        "conversations_waiting": context.store.conversations.count(WAITING) if visitor else 0,
        "newest_event": context.store.incidents.newest_event() if visitor else 0,
        "static": static_address,
        "severity_word": lambda severity: speech.say(SEVERITIES[severity]),
        "state_word": lambda state: speech.say(STATES.get(state, state)),
        "feeling_word": lambda feeling: speech.say(FEELINGS.get(feeling, feeling)),
        "platform_name": partial(platform_name, speech),
        "person_name": partial(person_name, context.settings),
        "owner_name": partial(owner_name, context.settings),
        "label_name": lambda label: context.headline(label, "", speech.language),
        "title_of": partial(incident_title, context, speech),
        "because": lambda detector: context.because(detector, speech.language),
        "show": show,
        "web_address": web_address,
    }
