"""Incidents: the list, one incident with its evidence and history, and the forms by which people act on it."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from actions import case_sight, sharing
from actions import incidents as act
from core.likeness.alike import told_of
from core.number_words import sentences, told_last
from core.policy import Clause
from core.records import IncidentCard
from core.table import parse_duration
from core.transitions import Transition
from core.types import IncidentState
from core.wanted import Tab
from web.advice import event_line, event_reason, steps_for, taken_lines
from web.context import Context
from web.desk import desk_at
from web.evidence import has_personal_data
from web.filters import MORE, Narrowed, asked, offered
from web.growth import Growth, growth
from web.render import page, speech_of
from web.security import PageError, local_path
from web.situation import facts_of
from web.visitor import Posting, SignedIn, Visitor, context_of, person_name
from web.wording import Speech

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Seen = Annotated[IncidentState | None, Form()]
Take = Annotated[Literal["", "yes"], Form()]
Back = Annotated[str, Form(max_length=2000)]

REPRESENTATIVE = 3
POSTS = 20
COUNTED = 300
TALKS = 10
SHOWN, LISTED = 50, 500
SNOOZES = ("30m", "1h", "4h", "12h")


@router.get("/incidents")
def incidents(
    request: Request,
    visitor: SignedIn,
    filters: Narrowed,
    show: Literal["open", "resolved", "all"] = "open",
    shown: Annotated[int, Query(ge=1, le=LISTED)] = SHOWN,
) -> Response:
    """Unresolved ones by severity; ended ones and all by age. One more than is shown is asked for, to know whether there are more."""
    context, inbox = context_of(request), context_of(request).store.inbox
    question = asked(context, visitor, filters)
    if show == "open":
        rows = inbox.incidents(question, Tab.ALL, shown + 1)
    else:
        rows = inbox.ended(question.wanted, shown + 1, visitor.sight, everything=show == "all")
    return page(
        request,
        "incidents.html",
        visitor,
        show_only=show,
        rows=rows[:shown],
        more=min(LISTED, 2 * shown) if len(rows) > shown and shown < LISTED else None,
        filters=filters,
        offered=offered(context, filters, MORE[:-2], ("open", "acknowledged") if show != "resolved" else ()),
    )


@router.get("/incidents/{incident_id}")
def incident(request: Request, visitor: SignedIn, incident_id: Id, after: int = 0) -> Response:
    return _card(request, visitor, incident_id, after=max(0, min(after, 2**63 - 1)))


@router.get("/incidents/{incident_id}/report")
def report(request: Request, visitor: SignedIn, incident_id: Id) -> Response:
    """Is it real, how fast, what story, answered, our last statement, next update: one sheet for whoever must know."""
    return report_page(request, visitor, incident_id)


def report_page(request: Request, visitor: Visitor, incident_id: int, *, made: str = "") -> Response:
    """`made` is the address of a link that was just made."""
    context = context_of(request)
    card = context.store.incidents.card(incident_id, evidence=REPRESENTATIVE)
    facts = facts_of(context, speech_of(request, visitor), card, growth_of(context, card))
    links = sharing.links(context.store, incident_id, context.clock())
    return _card(request, visitor, incident_id, template="report.html", facts=facts, links=links, made=made)


@router.get("/incidents/{incident_id}/reveal")
def revealed_before(incident_id: Id) -> Response:
    """The address of a page that was shown once, typed or loaded again."""
    return RedirectResponse(f"/incidents/{incident_id}", HTTPStatus.SEE_OTHER)


@router.post("/incidents/{incident_id}/reveal")
def reveal(request: Request, visitor: Posting, incident_id: Id) -> Response:
    """Show personal data, once, in this answer; the look is an event of the incident."""
    context = context_of(request)
    act.reveal(context.store, incident_id, visitor.person, context.clock())
    return _card(request, visitor, incident_id, revealed=True)


@router.post("/incidents/{incident_id}/acknowledge")
def acknowledge(request: Request, visitor: Posting, incident_id: Id, seen: Seen = None, back: Back = "") -> Response:
    return _acted(request, visitor, incident_id, act.acknowledge, back, seen=seen)


@router.post("/incidents/{incident_id}/resolve")
def resolve(request: Request, visitor: Posting, incident_id: Id, seen: Seen = None, back: Back = "") -> Response:
    return _acted(request, visitor, incident_id, act.resolve, back, "resolved", seen=seen)


@router.post("/incidents/{incident_id}/reopen")
def reopen(request: Request, visitor: Posting, incident_id: Id, seen: Seen = None, take: Take = "") -> Response:
    """Open it again; `take` at once, when a person takes back that it is over: then nobody is paged for the slip."""
    context = context_of(request)
    response = _acted(request, visitor, incident_id, act.reopen, "", seen=seen)
    if take:
        act.acknowledge(context.store, context.settings, incident_id, visitor.person, context.clock())
    return response


@router.post("/incidents/{incident_id}/snooze")
def snooze(
    request: Request, visitor: Posting, incident_id: Id, length: Annotated[str, Form()], seen: Seen = None, back: Back = ""
) -> Response:
    if length not in SNOOZES:
        raise PageError(HTTPStatus.BAD_REQUEST, "bad_request")
    until = context_of(request).clock() + parse_duration(length)
    return _acted(request, visitor, incident_id, act.snooze, back, seen=seen, until=until)


def _acted(
    request: Request,
    visitor: Visitor,
    incident_id: int,
    what: Callable[..., Transition | None],
    back: str,
    done: str = "",
    **how: Any,
) -> Response:
    context = context_of(request)
    what(context.store, context.settings, incident_id, visitor.person, context.clock(), **how)
    there = local_path(back, f"/incidents/{incident_id}")
    return RedirectResponse(f"/incidents/{incident_id}?done={done}" if done else there, HTTPStatus.SEE_OTHER)


def _card(
    request: Request,
    visitor: Visitor,
    incident_id: int,
    *,
    after: int = 0,
    revealed: bool = False,
    template: str = "incident.html",
    **more: Any,
) -> Response:
    context, speech = context_of(request), speech_of(request, visitor)
    card = context.store.incidents.card(incident_id, evidence=REPRESENTATIVE)
    posts = context.store.incidents.items(incident_id, after=after, limit=POSTS + 1)
    masked = has_personal_data([*card.evidence, *posts]) and not revealed
    return page(
        request,
        template,
        visitor,
        card=card,
        row=card.row,
        here=f"/incidents/{incident_id}",
        posts=posts[:POSTS],
        more=posts[POSTS - 1].item_id if len(posts) > POSTS else None,
        after=after,
        events=_history(context, card, speech, masked=masked),
        revealed=revealed,
        masked=masked,
        is_mine=card.row.owner in visitor.owners or card.row.acknowledged_by == visitor.person,
        done=request.query_params.get("done", ""),
        snoozes=[(length, parse_duration(length)) for length in SNOOZES],
        owners=[owner.id for owner in context.settings.owner],
        cases=case_sight.of_incident(desk_at(context, visitor.viewer), incident_id),
        **_beside(context, card, speech, visitor),
        **more,
    )


def _beside(context: Context, card: IncidentCard, speech: Speech, visitor: Visitor) -> dict[str, Any]:
    """What the page shows beside the incident itself: numbers, verdicts, tasks, the clause, the crisis, what to do, the conversations."""
    found = [found.finding_id for item in card.evidence for found in item.findings if found.finding_id is not None]
    return {
        "growth": growth_of(context, card),
        "numbers": numbers_of(context, card, speech.language),
        "verdicts": context.store.verdicts.counting(found),
        "duties": context.store.duties.of(incident_id=card.row.incident_id),
        "clause": _clause(context, card.row.label),
        "crisis": context.store.crises.of_incident(card.row.incident_id),
        "steps": steps_for(card.row.label, speech),
        "new_policy": act.has_new_policy(context.store, context.settings, card.row),
        "talks": context.store.situations.talks(card.row.incident_id, TALKS + 1, visitor.sight),
        "most_talks": TALKS,
    }


def _history(context: Context, card: IncidentCard, speech: Speech, *, masked: bool) -> list[tuple[Any, ...]]:
    """The newest event first: itself, who, what, why, and the posts that it speaks of unless personal data are hidden."""
    people = {person.id: person.name for person in context.settings.person if person.name}
    owners = {owner.id: owner.name for owner in context.settings.owner if owner.name}
    taken = {item_id for event in card.events for item_id in told_of(event.detail.get("taken"))}
    texts = {} if masked else context.store.assessing.texts(taken)
    return [
        (
            event,
            _actor(context, event.actor),
            event_line(event, speech, owners, people),
            event_reason(event, speech),
            taken_lines(event, texts, speech),
        )
        for event in reversed(card.events)
    ]


def _clause(context: Context, label: str) -> Clause | None:
    """The clause of the policy in force that this label is detected for."""
    version = context.store.policies.in_force(context.clock())
    return version.clause_of(label) if version is not None else None


def numbers_of(context: Context, card: IncidentCard, language: str) -> list[str]:
    """What its history says of numbers, in sentences."""
    numbers = told_last(card.events)
    return sentences(numbers, language, context.settings.zone()) if numbers is not None else []


def growth_of(context: Context, card: IncidentCard) -> Growth | None:
    return growth(times_of(context, card), context.clock())


def times_of(context: Context, card: IncidentCard) -> list[datetime]:
    """When the posts were written; of a very large incident when they joined, which its history knows without reading them."""
    if card.row.items <= COUNTED:
        return [item.quote.created_at for item in context.store.incidents.items(card.row.incident_id, limit=COUNTED)]
    joined = [(event.at, int(event.detail.get("items", 0))) for event in card.events if event.kind == "grew"]
    first = card.row.items - sum(n for _, n in joined)
    return [at for at, n in [(card.row.opened_at, max(0, first)), *joined] for _ in range(n)]


def _actor(context: Context, actor: str) -> str:
    return "Czujka" if actor == "czujka" else person_name(context.settings, actor)
