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

from actions.crisis import allowed
from core.access import Right
from core.crisis import Crisis, Stage
from core.labels import office_name
from core.records import IncidentRow
from core.types import ConversationState, IncidentState
from web.context import Context
from web.evidence import show, web_address
from web.visitor import Visitor, context_of, owner_name, person_name
from web.wording import (
    APPLIES,
    CONSENTS,
    CONTACTS,
    DECISIONS,
    DUTIES,
    FAULTS,
    FEELINGS,
    FILTERS,
    ILLS,
    INDUSTRIES,
    KEPT,
    LANGUAGE_COOKIE,
    OUTCOMES,
    ROOM,
    SAID,
    SEVERITIES,
    STAGES,
    STATES,
    TONGUES,
    TRIGGERS,
    Speech,
    msg,
    pick_language,
    platform_name,
)

STATIC = ROOM / "static"
WAITING = (ConversationState.NEW, ConversationState.ASSIGNED)
UNRESOLVED = (IncidentState.OPEN, IncidentState.ACKNOWLEDGED)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
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
    """What an incident is called in the reader's language, with the words by which people recognise its story."""
    named = context.headline(row.label, row.title, speech.language)
    return named if not row.title or row.title in named else speech.say('{what}: "{words}"', what=named, words=row.title)


def page(
    request: Request, template: str, visitor: Visitor | None = None, status: HTTPStatus = HTTPStatus.OK, **values: Any
) -> HTMLResponse:
    """Answer with a page."""
    context, speech = context_of(request), speech_of(request, visitor)
    shared = _shared(request, context, speech, visitor)
    html = _environment().get_template(template).render(shared | values)
    return HTMLResponse(html, status, {"Content-Language": speech.language, "Vary": "Accept-Language, Cookie"})


def _shared(request: Request, context: Context, speech: Speech, visitor: Visitor | None) -> dict[str, Any]:
    """What every page may use, with the counts in its head."""
    store = context.store
    return (
        _speaking(context, speech)
        | _place(request, context, speech)
        | {
            "visitor": visitor,
            "incidents_open": sum(n for _, _, n in store.incidents.counts(visitor.sight)) if visitor else 0,
            "conversations_waiting": store.conversations.count(WAITING, visitor.sight) if visitor else 0,
            "newest_event": store.incidents.newest_event() if visitor else 0,
            "crises_running": _running(context, visitor) if visitor else (),
        }
    )


def _running(context: Context, visitor: Visitor) -> list[Crisis]:
    """The crises that this visitor should know of, on whatever page."""
    store, settings = context.store, context.settings
    return [one for one in store.crises.list((Stage.DECLARED,)) if allowed(store, settings, one, visitor.viewer, Right.SEE)]


def _place(request: Request, context: Context, speech: Speech) -> dict[str, Any]:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return {
        "banner": context.banner_in(speech.language),
        "company": context.settings.company.name,
        "here": here if request.method == "GET" else "/",
        "path": request.url.path,
        "static": static_address,
    }


def _speaking(context: Context, speech: Speech) -> dict[str, Any]:
    """Words, times and names for a template."""
    words: dict[str, Callable[..., Any]] = {
        name: getattr(speech, name) for name in ("say", "count", "number", "reach", "ago", "at", "span", "exact")
    }
    return words | {
        "speech": speech,
        "language": speech.language,
        "now": speech.now,
        "severity_word": lambda severity: speech.say(SEVERITIES[severity]),
        "state_word": lambda state: speech.say(STATES.get(state, state)),
        "outcome_word": lambda outcome: speech.say(OUTCOMES.get(outcome, outcome)),
        "contact_kind": lambda contact: speech.say(CONTACTS.get(contact.split(":")[0], contact.split(":")[0])),
        "feeling_word": lambda feeling: speech.say(FEELINGS.get(feeling, feeling)),
        "duty_word": lambda kind: speech.say(DUTIES[kind]),
        "duty_decision": lambda decision: speech.say(DECISIONS[decision]),
        "faults": tuple(FAULTS),
        "fault_word": lambda fault: speech.say(FAULTS[fault]),
        "said_word": lambda said: speech.say(SAID[said]),
        "office_word": lambda office: office_name(office, speech.language),
        "applies_word": lambda one: speech.say(APPLIES[one]),
        "industry_word": lambda one: speech.say(INDUSTRIES[one]),
        "trigger_word": lambda one: speech.say(TRIGGERS[one]),
        "outcome_of": lambda one: speech.say(KEPT[one]),
        "consent_word": lambda one: speech.say(CONSENTS[one]),
        "stage_word": lambda one: speech.say(STAGES[one]),
        "platform_name": partial(platform_name, speech),
        "person_name": partial(person_name, context.settings),
        "owner_name": partial(owner_name, context.settings),
        "label_name": lambda label: context.headline(label, "", speech.language),
        "title_of": partial(incident_title, context, speech),
        "ill_word": lambda kind: speech.say(ILLS.get(kind, kind)),
        "filter_word": lambda name: speech.say(FILTERS[name]),
        "language_word": lambda code: speech.say(TONGUES.get(code, code)),
        "brand_name_of": lambda brand: next((one.name for one in context.settings.brand if one.id == brand), brand),
        "because": lambda detector: context.because(detector, speech.language),
        "show": show,
        "web_address": web_address,
    }


ERRORS: dict[str, tuple[str, str]] = {
    "not_yours": (msg("This is not yours to do"), msg("Your role does not allow it. Ask whoever runs Czujka here.")),
    "not_found": (msg("There is nothing here"), msg("The address may be old, or it was typed wrong.")),
    "bad_request": (msg("That did not work"), msg("Something in the request cannot be read. Go back and try again.")),
    "form_expired": (msg("This page was too old"), msg("Nothing was changed. Open the page again and repeat what you did.")),
    "conflict": (
        msg("Somebody was faster"),
        msg("It was changed after your page was loaded. Nothing was done; look again before you act."),
    ),
    "impossible": (
        msg("That cannot be done now"),
        msg("As things stand it is not possible, or something is missing. Nothing was changed."),
    ),
    "being_answered": (msg("Somebody is answering already"), msg("Nothing was changed, so that nobody is answered twice.")),
    "newer_incident": (msg("There is a newer incident"), msg("The same story has a newer open incident. Nothing was done; look there.")),
    "too_many_tries": (msg("Too many tries"), msg("Wait five minutes, then open your sign-in link again.")),
    "sign_in_failed": (
        msg("Signing in did not work"),
        msg("Begin again. If it stays so, ask whoever runs Czujka here to look at the log."),
    ),
    "not_configured": (
        msg("Nobody here knows you yet"),
        msg("Your account works, but Czujka's configuration does not name you. Ask whoever runs it."),
    ),
    "link_used": (msg("This link no longer works"), msg("Sign-in links work once and only for a while. Ask for a new one.")),
    "ack_link_old": (msg("This link no longer works"), msg("It is too old, or was changed on its way. Sign in to act on the incident.")),
    "read_link_old": (msg("This link no longer works"), msg("It is too old, or is nobody's any more. The next letter brings a new one.")),
    "report_link_old": (
        msg("This link no longer works"),
        msg("It is too old, or was ended. Ask whoever sent it for a new one."),
    ),
    "database_down": (msg("The database does not answer"), msg("Nothing is lost. Try again in a moment.")),
    "unexpected": (msg("Something broke here"), msg("Try again; if it stays broken, tell whoever runs Czujka here.")),
}


def error_page(request: Request, status: HTTPStatus, reason: str) -> HTMLResponse:
    """An error in the reader's words. It asks the database nothing, so that it can be shown when the database is away."""
    context, speech = context_of(request), speech_of(request)
    title, text = (speech.say(message) for message in ERRORS[reason])
    shared = _speaking(context, speech) | _place(request, context, speech) | {"visitor": None, "crises_running": ()}
    html = _environment().get_template("error.html").render(shared | {"title": title, "text": text, "status": int(status)})
    return HTMLResponse(html, status, {"Content-Language": speech.language})
