"""The API's routes. A list has a cursor; one thing has an ETag, its version, which an act may demand by If-Match."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request, Response

from actions import feeds
from actions import incidents as acts
from core.access import Right
from core.errors import NotFound
from core.records import IncidentCard
from core.types import IncidentState
from core.version import VERSION
from web.api import models
from web.api.caller import PAGE, Caller, Calling, IfMatch, context_of, cursor_for, place_of, same_version
from web.api.conversations import conversations
from web.api.masked import posts_of
from web.api.policy import policy
from web.api.problems import MEDIA_TYPE, Problem, install
from web.api.replies import replies
from web.api.tuning import tuning
from web.context import Context
from web.security import Limiter

CALLS_A_MINUTE = 600

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200)]

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": HTTPStatus(status).phrase}
    for status in (400, 401, 403, 404, 409, 412, 422, 429, 503)
}


def create_api(context: Context) -> FastAPI:
    """The API over the same context as the pages."""
    api = FastAPI(title="Czujka", version=VERSION, docs_url=None, redoc_url=None, openapi_url="/openapi.json", responses=PROBLEMS)
    api.state.context = context
    api.state.calls = Limiter(CALLS_A_MINUTE, timedelta(minutes=1))
    install(api)
    for part in ROOMS:
        part(api)
    return api


def description() -> dict[str, Any]:
    """The API in OpenAPI 3.1, without a running Czujka."""
    api = FastAPI(title="Czujka", version=VERSION, responses=PROBLEMS)
    for part in ROOMS:
        part(api)
    return api.openapi()


def _about(api: FastAPI) -> None:
    @api.get("/me")
    def me(caller: Calling) -> models.Me:
        """Who am I, and what may I?"""
        token = caller.token
        return models.Me(person=token.subject, token=token.name, scopes=list(token.scopes), expires_at=token.expires_at)

    @api.get("/sources")
    def sources(request: Request, caller: Calling) -> list[models.Source]:  # noqa: ARG001 - whoever calls may see
        """How every source does."""
        context = context_of(request)
        return [models.Source.model_validate(one) for one in context.store.sources.health(context.clock())]

    @api.get("/oncall")
    def oncall(request: Request, caller: Calling) -> list[models.OnCall]:  # noqa: ARG001 - whoever calls may see
        """Who is on call now, in every schedule."""
        context = context_of(request)
        found = feeds.who(context.store, context.settings, context.clock())
        return [models.OnCall(schedule=schedule, person=person) for schedule, person in found]


def _incidents(api: FastAPI) -> None:
    @api.get("/incidents")
    def incidents(
        request: Request,
        caller: Calling,
        state: Annotated[list[IncidentState] | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = PAGE,
    ) -> models.Listed[models.Incident]:
        """Incidents, the newest first."""
        context = context_of(request)
        rows = context.store.incidents.page(state, place_of(context, "incidents", cursor), limit + 1, caller.sight)
        following = cursor_for(context, "incidents", rows[limit - 1].incident_id) if len(rows) > limit else None
        return models.Listed(items=[models.Incident.model_validate(row) for row in rows[:limit]], next=following)

    @api.get("/incidents/{incident_id}")
    def incident(request: Request, response: Response, caller: Calling, incident_id: Id) -> models.IncidentWhole:
        """One incident with its most telling posts and its history."""
        card = _card(request, caller, incident_id)
        response.headers["ETag"] = f'"{card.row.version}"'
        return _whole(card)

    @api.get("/incidents/{incident_id}/posts")
    def incident_posts(
        request: Request, caller: Calling, incident_id: Id, cursor: Cursor = None, limit: Limit = PAGE
    ) -> models.Listed[models.Post]:
        """All posts of an incident, the oldest first."""
        context = context_of(request)
        _card(request, caller, incident_id)
        after = place_of(context, f"posts-of-{incident_id}", cursor) or 0
        found = context.store.incidents.items(incident_id, after, limit + 1)
        following = cursor_for(context, f"posts-of-{incident_id}", found[limit - 1].item_id) if len(found) > limit else None
        return models.Listed(items=posts_of(found[:limit]), next=following)

    @api.post("/incidents/{incident_id}/acknowledge")
    def acknowledge(request: Request, caller: Calling, incident_id: Id, if_match: IfMatch = None) -> models.IncidentWhole:
        """The token's person takes it; nobody else is paged."""
        return _act(request, caller, incident_id, if_match, acts.acknowledge)

    @api.post("/incidents/{incident_id}/resolve")
    def resolve(request: Request, caller: Calling, incident_id: Id, if_match: IfMatch = None) -> models.IncidentWhole:
        """It is over."""
        return _act(request, caller, incident_id, if_match, acts.resolve)

    @api.post("/incidents/{incident_id}/reopen")
    def reopen(request: Request, caller: Calling, incident_id: Id, if_match: IfMatch = None) -> models.IncidentWhole:
        """It is not over."""
        return _act(request, caller, incident_id, if_match, acts.reopen)

    @api.post("/incidents/{incident_id}/snooze")
    def snooze(request: Request, caller: Calling, incident_id: Id, length: models.Snooze, if_match: IfMatch = None) -> models.IncidentWhole:
        """Nobody is paged for a while."""
        until = context_of(request).clock() + timedelta(minutes=length.minutes)
        return _act(request, caller, incident_id, if_match, acts.snooze, until=until)


def _posts(api: FastAPI) -> None:
    @api.get("/posts")
    def posts(
        request: Request, caller: Calling, q: Annotated[str, Query(max_length=200)] = "", cursor: Cursor = None, limit: Limit = PAGE
    ) -> models.Listed[models.Post]:
        """Posts that hold all words of `q` (folded: zolw finds żółw), the newest first."""
        context = context_of(request)
        found = context.store.items.search(q, limit + 1, place_of(context, "posts", cursor), caller.sight)
        following = cursor_for(context, "posts", found[limit - 1].item_id) if len(found) > limit else None
        return models.Listed(items=posts_of(found[:limit]), next=following)


def _card(request: Request, caller: Caller, incident_id: int, right: Right = Right.SEE) -> IncidentCard:
    """Raises NotFound for what the caller may not see, Trouble(403) for what they may not do."""
    card = context_of(request).store.incidents.card(incident_id)
    owners = (card.row.owner, *card.participants)
    if not caller.viewer.may(Right.SEE, owners, card.row.brand):
        raise NotFound(f"there is no incident {incident_id}")
    caller.demand(right, owners, card.row.brand)
    return card


def _whole(card: IncidentCard) -> models.IncidentWhole:
    return models.IncidentWhole(
        incident=models.Incident.model_validate(card.row),
        posts=posts_of(card.evidence),
        participants=list(card.participants),
        events=[models.Event.model_validate(event) for event in card.events],
        next_step_at=card.next_step_at,
        follows=card.follows,
    )


def _act(
    request: Request, caller: Caller, incident_id: int, if_match: str | None, what: Callable[..., Any], **how: Any
) -> models.IncidentWhole:
    context = context_of(request)
    card = _card(request, caller, incident_id, Right.ACT)
    same_version(if_match, card.row.version)
    what(context.store, context.settings, incident_id, caller.token.subject, context.clock(), seen=card.row.state, **how)
    return _whole(_card(request, caller, incident_id))


ROOMS = (_about, _incidents, conversations, replies, _posts, tuning, policy)
