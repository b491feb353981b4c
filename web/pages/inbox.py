"""The inbox: is something on fire, is it mine, what do I do next? And the first question: what is your brand called?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from core.errors import ConfigError
from core.records import ConversationRow, IncidentRow
from core.types import IncidentState, Severity
from core.wanted import Tab
from web.context import Context
from web.evidence import MASKED, one_line
from web.evidence import show as show_post
from web.filters import MORE, Filters, Narrowed, asked, offered
from web.pages.views import views_of
from web.render import page
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

SHOWN = 20
READ = 500


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the first page shows: incidents, conversations with the words of their newest post, how many each filter would show.

    `left` is how many more there are than are shown.
    """

    incidents: Sequence[IncidentRow]
    conversations: Sequence[tuple[ConversationRow, str]]
    counts: dict[Tab, int]
    left: int


@router.get("/")
def inbox(
    request: Request,
    visitor: SignedIn,
    filters: Narrowed,
    show: Tab = Tab.ALL,
    shown: Annotated[int, Query(ge=1, le=READ)] = SHOWN,
) -> Response:
    """What waits. An address that asks for nothing opens the view that the visitor begins with."""
    context = context_of(request)
    begins = None if request.query_params else context.store.views.default(visitor.person, visitor.owners)
    if begins is not None:
        return RedirectResponse(f"/?{begins.query}", HTTPStatus.SEE_OTHER)
    return _page(request, visitor, show, filters, shown=shown)


@router.post("/brand")
def brand(request: Request, visitor: Posting, name: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Start to watch a brand."""
    context = context_of(request)
    if context.brand_form is None:
        raise PageError(HTTPStatus.NOT_FOUND, "not_found")
    try:
        context.brand_form(name)
    except ConfigError as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, visitor, Tab.ALL, Filters(), name=name, problem=str(error), status=status)
    return RedirectResponse("/?watching=yes", HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    visitor: Visitor,
    show: Tab,
    filters: Filters,
    *,
    shown: int = SHOWN,
    name: str = "",
    problem: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    context = context_of(request)
    unresolved = [(Severity(severity), state, n) for severity, state, n in context.store.incidents.counts(visitor.sight)]
    return page(
        request,
        "inbox.html",
        visitor,
        status,
        show_only=show.value,
        inbox=gather(context, visitor, show, shown, filters),
        filters=filters,
        offered=offered(context, filters, MORE[:-2], ("open", "acknowledged", "new", "assigned")),
        here_query=filters.query(show=show.value),
        views=views_of(request, visitor),
        more=min(READ, shown + 2 * SHOWN),
        worst=max((severity for severity, _, _ in unresolved), default=None),
        nobody=sum(n for _, state, n in unresolved if state == IncidentState.OPEN),
        asks_brand=context.brand_form is not None,
        watching=request.query_params.get("watching") == "yes",
        done=_number(request, "done"),
        left_over=_number(request, "left"),
        brand_name=name,
        brand_problem=problem,
    )


def _number(request: Request, name: str) -> int:
    """What an act on many reported in the address; 0 where nothing stands."""
    written = request.query_params.get(name, "")
    return int(written) if re.fullmatch(r"[0-9]{1,3}", written) else 0


def gather(context: Context, visitor: Visitor, show: Tab, shown: int, filters: Filters) -> Inbox:
    """Of all that waits what the tab and the filters ask for, and how much stands under each tab; what presses most comes first."""
    store, question = context.store.inbox, asked(context, visitor, filters)
    burning, waiting = store.incident_counts(question), store.conversation_counts(question)
    incidents = store.incidents(question, show, shown)
    talks = store.conversations(question, show, shown)
    snippets = _snippets(context, talks)
    counts = {tab: burning[tab] + waiting[tab] for tab in Tab}
    said = [(row, snippets[row.conversation_id]) for row in talks]
    return Inbox(incidents, said, counts, counts[show] - len(incidents) - len(talks))


def _snippets(context: Context, rows: Sequence[ConversationRow]) -> dict[int, str]:
    """The newest post of each on one line. Where personal data were found in a conversation, they are dots."""
    masked = [row.latest.item_id for row in rows if any(label.startswith(MASKED) for label in row.labels)]
    shown = {item.item_id: "".join(piece.text for piece in show_post(item).pieces) for item in context.store.items.several(masked)}
    return {row.conversation_id: one_line(shown.get(row.latest.item_id, row.latest.text)) for row in rows}
