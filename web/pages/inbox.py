"""The inbox: is something on fire, is it mine, what do I do next? And the first question: what is your brand called?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from core.errors import ConfigError
from core.records import ConversationRow, IncidentRow
from core.types import ConversationState, IncidentState, Severity
from web.context import Context
from web.evidence import MASKED, one_line
from web.evidence import show as show_post
from web.render import UNRESOLVED, WAITING, page
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Show = Literal["all", "mine", "unassigned", "late"]
SHOWN = 20
READ = 500


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the first page shows: incidents, conversations with the words of their newest post, how many each filter would show.

    `left` is how many more there are than are shown.
    """

    incidents: Sequence[IncidentRow]
    conversations: Sequence[tuple[ConversationRow, str]]
    counts: dict[str, int]
    left: int


@router.get("/")
def inbox(
    request: Request,
    visitor: SignedIn,
    show: Show = "all",
    shown: Annotated[int, Query(ge=1, le=READ)] = SHOWN,
    owner: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    return _page(request, visitor, show, shown=shown, owner=owner)


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
    request: Request,
    visitor: Visitor,
    show: Show,
    *,
    shown: int = SHOWN,
    owner: str = "",
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
        show_only=show,
        inbox=gather(context, visitor, show, shown, owner or None),
        owner_only=owner,
        owners=[one.id for one in context.settings.owner],
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


def gather(context: Context, visitor: Visitor, show: Show, shown: int, owner: str | None = None) -> Inbox:
    """All that waits, and of it what the filter asks for; conversations that are due first come first."""
    incidents = context.store.incidents.list(UNRESOLVED, owner, limit=READ, sight=visitor.sight)
    conversations = context.store.conversations.list(WAITING, owner, limit=READ, sight=visitor.sight)
    fitting = [row for row in conversations if _fits_conversation(row, show, visitor, context)]
    snippets = _snippets(context, fitting[:shown])
    counts = {
        wanted: sum(_fits_incident(row, wanted, visitor) for row in incidents)
        + sum(_fits_conversation(row, wanted, visitor, context) for row in conversations)
        for wanted in ("mine", "late")
    }
    unresolved = (
        [(state, n) for _, state, n in context.store.incidents.counts(visitor.sight)]
        if owner is None
        else [(row.state.value, 1) for row in incidents]
    )
    counts["all"] = sum(n for _, n in unresolved) + context.store.conversations.count(WAITING, visitor.sight)
    counts["unassigned"] = sum(n for state, n in unresolved if state == IncidentState.OPEN)
    counts["unassigned"] += context.store.conversations.count([ConversationState.NEW], visitor.sight)
    burning = [row for row in incidents if _fits_incident(row, show, visitor)]
    return Inbox(
        burning[:shown],
        [(row, snippets[row.conversation_id]) for row in fitting[:shown]],
        counts,
        max(0, len(fitting) - shown) + max(0, len(burning) - shown),
    )


def _fits_incident(row: IncidentRow, wanted: str, visitor: Visitor) -> bool:
    if wanted == "mine":
        return row.acknowledged_by == visitor.person or (row.acknowledged_by is None and row.owner in visitor.owners)
    return wanted == "all" or (wanted == "unassigned" and row.state is IncidentState.OPEN)


def _fits_conversation(row: ConversationRow, wanted: str, visitor: Visitor, context: Context) -> bool:
    if wanted == "mine":
        return row.owner in visitor.owners
    if wanted == "late":
        return row.due_at is not None and row.due_at < context.clock()
    return wanted == "all" or row.state is ConversationState.NEW


def _snippets(context: Context, rows: Sequence[ConversationRow]) -> dict[int, str]:
    """The newest post of each on one line. Where personal data were found in a conversation, they are dots."""
    masked = [row.latest.item_id for row in rows if any(label.startswith(MASKED) for label in row.labels)]
    shown = {item.item_id: "".join(piece.text for piece in show_post(item).pieces) for item in context.store.items.several(masked)}
    return {row.conversation_id: one_line(shown.get(row.latest.item_id, row.latest.text)) for row in rows}
