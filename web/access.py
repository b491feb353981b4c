"""Asks, before any page, whether this visitor may: by the route's right, and by the incident or conversation that its path names.

A route that is new here is for those who may see (GET) or act (everything else); only what `OPEN` names is for everybody, and `OWN`
for everybody who is signed in (the list of cases asks `actions.case_sight` itself). Everything but looking, and asking what one may
post, is written into the audit.
"""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Request

from actions.case_sight import visible
from actions.crisis import allowed
from core.access import Right, Viewer
from core.accounts import AuditLine, named
from core.errors import NotFound
from storage import Store
from web.desk import desk_at
from web.security import UNRECORDED, PageError
from web.visitor import Visitor, context_of, signed_in

OPEN = frozenset(
    {
        "/sign-in",
        "/sign-in/password",
        "/sign-in/provider",
        "/sign-in/provider/back",
        "/sign-out",
        "/language",
        "/ack/{token}",
        "/in/{channel}/clicks",
        "/in/{source}/posts",
        "/calendar/{token}.ics",
        "/report/{token}",
        "/read/{token}",
        "/read/{token}/trained",
        "/read/{token}/message",
        "/report/{token}.pdf",
        "/healthz",
        "/readyz",
        "/metrics",
    }
)
OWN = frozenset(
    {
        "/account",
        "/account/password",
        "/account/sign-out-elsewhere",
        "/views",
        "/views/{view_id}/forget",
        "/views/{view_id}/begin",
        "/consent",
        "/consent/{consent_id}/prove",
        "/consent/{consent_id}/grant",
        "/consent/{consent_id}/decline",
        "/consent/{consent_id}/withdraw",
        "/policy",
        "/policy/draft",
        "/policy/draft/comment",
        "/policy/draft/approve",
        "/policy/history",
        "/policy/read",
        "/policy/read/trained",
        "/policy/read/message",
        "/may-i-post",
        "/summary",
        "/policy/reviews",
        "/policy/reviews/{review_id}/decide",
        "/cases",
        "/cases/open",
    }
)
NEEDS: Mapping[tuple[str, str], Right] = {
    ("POST", "/brand"): Right.ADMINISTER,
    ("GET", "/users"): Right.ADMINISTER,
    ("POST", "/users/{person}/invite"): Right.ADMINISTER,
    ("POST", "/users/{person}/sign-out"): Right.ADMINISTER,
    ("GET", "/audit"): Right.AUDIT,
    ("GET", "/settings"): Right.ADMINISTER,
    ("POST", "/policy/draft/publish"): Right.GOVERN,
    ("GET", "/consents"): Right.GOVERN,
    ("GET", "/staff"): Right.GOVERN,
    ("POST", "/consents"): Right.GOVERN,
    ("POST", "/mutes"): Right.TUNE,
    ("POST", "/mutes/{mute_id}/end"): Right.TUNE,
    ("POST", "/expected"): Right.TUNE,
    ("POST", "/expected/{expected_id}/end"): Right.TUNE,
    ("POST", "/rules/accept"): Right.TUNE,
    ("POST", "/rules/trial"): Right.TUNE,
    ("POST", "/rules/revoke"): Right.TUNE,
    ("POST", "/incidents/{incident_id}/reveal"): Right.REVEAL,
}


def guard(request: Request) -> None:
    """Raises SignInNeeded, NotFound for what may not be seen, PageError(403) for what may be seen and not be done."""
    path = request.scope["route"].path
    if path in OPEN:
        return
    visitor = signed_in(request)
    method = "GET" if request.method == "HEAD" else request.method
    right = NEEDS.get((method, path), Right.SEE if method == "GET" else Right.ACT)
    if path not in OWN and not _allowed(request, visitor, right):
        raise PageError(HTTPStatus.FORBIDDEN, "not_yours")
    if method != "GET" and path not in UNRECORDED:
        _write_down(request, visitor, f"{method} {path}")


def _allowed(request: Request, visitor: Visitor, right: Right) -> bool:
    store, named = context_of(request).store, request.path_params
    if "incident_id" in named:
        return _on(visitor.viewer, right, *_incident(store, _number(named["incident_id"])))
    if "crisis_id" in named:
        found = store.crises.get(_number(named["crisis_id"]))
        if not allowed(store, context_of(request).settings, found, visitor.viewer, Right.SEE):
            raise NotFound("there is nothing here for this visitor")
        return allowed(store, context_of(request).settings, found, visitor.viewer, right)
    if "case_number" in named:
        visible(desk_at(context_of(request), visitor.viewer), _number(named["case_number"]))
        return True
    if "conversation_id" in named:
        row = store.conversations.get(_number(named["conversation_id"]))
        return _on(visitor.viewer, right, (row.owner,), row.brand)
    return visitor.viewer.has(right)


def _write_down(request: Request, visitor: Visitor, act: str) -> None:
    """Before it happens, so that nothing happens unseen; a try that is refused later stands there too."""
    context = context_of(request)
    context.store.accounts.write_down(AuditLine(at=context.clock(), actor=visitor.person, act=act, subject=_subject(request)))


def _subject(request: Request) -> str:
    """The address; a person in it is marked, so that the audit keeps a pseudonym."""
    person, path = str(request.path_params.get("person", "")), request.url.path
    return path.replace(f"/{person}", f"/{named(person)}") if person else path


def _on(viewer: Viewer, right: Right, owners: tuple[str, ...], brand: str | None) -> bool:
    if not viewer.may(Right.SEE, owners, brand):
        raise NotFound("there is nothing here for this visitor")
    return viewer.may(right, owners, brand)


def _incident(store: Store, incident_id: int) -> tuple[tuple[str, ...], str | None]:
    card = store.incidents.card(incident_id, evidence=0)
    return (card.row.owner, *card.participants), card.row.brand


def _number(text: object) -> int:
    number = int(str(text)) if str(text).isdecimal() else 0
    if not 0 < number < 2**63:
        raise PageError(HTTPStatus.BAD_REQUEST, "bad_request")
    return number
