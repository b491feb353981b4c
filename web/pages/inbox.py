"""The inbox: is something on fire, is it mine, what do I do next? And the first question: what is your brand called?"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from core.errors import ConfigError
from core.records import ConversationRow, IncidentRow
from core.types import IncidentState, Severity
from web.context import Context
from web.evidence import MASKED, one_line
from web.evidence import show as show_post
from web.render import UNRESOLVED, WAITING, page
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Show = Literal["all", "mine", "unassigned", "late"]
SHOWN = 50
READ = 500


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the first page shows: incidents, conversations with the words of their newest post, and how many each filter would show."""

    incidents: Sequence[IncidentRow]
    conversations: Sequence[tuple[ConversationRow, str]]
    counts: dict[str, int]


@router.get("/")
def inbox(request: Request, visitor: SignedIn, show: Show = "all") -> Response:
    return _page(request, visitor, show)


@router.post("/brand")
def brand(request: Request, visitor: Posting, name: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Start to watch a brand."""
    context = context_of(request)
    if context.brand_form is None:
        raise PageError(HTTPStatus.NOT_FOUND, "not_found")
    try:
        context.brand_form(name)
    except ConfigError as error:
        return _page(request, visitor, "all", name=name, problem=str(error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/?watching=yes", HTTPStatus.SEE_OTHER)


def _page(
    request: Request, visitor: Visitor, show: Show, *, name: str = "", problem: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Response:
    context = context_of(request)
    found = gather(context, visitor, show)
    unresolved = [(Severity(severity), state, n) for severity, state, n in context.store.incidents.counts()]
    return page(
        request,
        "inbox.html",
        visitor,
        status,
        show_only=show,
        inbox=found,
        worst=max((severity for severity, _, _ in unresolved), default=None),
        nobody=sum(n for _, state, n in unresolved if state == IncidentState.OPEN),
        asks_brand=context.brand_form is not None,
        watching=request.query_params.get("watching") == "yes",
        brand_name=name,
        brand_problem=problem,
    )


def gather(context: Context, visitor: Visitor, show: Show) -> Inbox:
    """All that waits, and of it what the filter asks for."""
    incidents = context.store.incidents.list(UNRESOLVED, limit=READ)
    conversations = context.store.conversations.list(WAITING, limit=READ)
    now = context.clock()

    def fits_incident(row: IncidentRow, wanted: str) -> bool:
        if wanted == "mine":
            return row.acknowledged_by == visitor.person or (row.acknowledged_by is None and row.owner in visitor.owners)
        return wanted == "all" or (wanted == "unassigned" and row.state is IncidentState.OPEN)

    def fits_conversation(row: ConversationRow, wanted: str) -> bool:
        if wanted == "mine":
            return row.owner in visitor.owners
        if wanted == "late":
            return row.due_at is not None and row.due_at < now
        return wanted == "all" or row.state == "new"

    counts = {
        wanted: sum(fits_incident(row, wanted) for row in incidents) + sum(fits_conversation(row, wanted) for row in conversations)
        for wanted in ("all", "mine", "unassigned", "late")
    }
    return Inbox(
        [row for row in incidents if fits_incident(row, show)][:SHOWN],
        [(row, _snippet(context, row)) for row in [row for row in conversations if fits_conversation(row, show)][:SHOWN]],
        counts,
    )


def _snippet(context: Context, row: ConversationRow) -> str:
    """The newest post on one line. Where personal data were found in the conversation, they are dots."""
    if any(label.startswith(MASKED) for label in row.labels):
        return one_line("".join(piece.text for piece in show_post(context.store.items.get(row.latest.item_id)).pieces))
    return one_line(row.latest.text)
