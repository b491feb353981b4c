"""One's own account: password, sessions. For those who administer: everybody's. For those who audit: who did what."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from actions.sign_in import invite, is_password, set_password
from core.access import grants_of
from core.errors import ConfigError, NotFound
from core.links import digest
from web.address import address_of
from web.render import page
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Named = Annotated[str, Path(max_length=64)]
LINES = 100


@router.get("/account")
def account(request: Request, visitor: SignedIn, done: Annotated[str, Query(max_length=20)] = "") -> Response:
    return _account(request, visitor, done=done)


@router.post("/account/password")
def change_password(
    request: Request,
    visitor: Posting,
    new: Annotated[str, Form(max_length=1000)],
    present: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Whoever has a password shows it first; every other session of theirs ends."""
    context = context_of(request)
    if not request.app.state.sign_in_tries.take(f"person {visitor.person}", context.clock()) or not is_password(
        context.store, visitor.person, present
    ):
        return _account(request, visitor, problem="wrong", status=HTTPStatus.FORBIDDEN)
    try:
        set_password(context.store, visitor.person, new, context.clock(), visitor.session)
    except ConfigError as error:
        return _account(request, visitor, problem=error.reason, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/account?done=password", HTTPStatus.SEE_OTHER)


@router.post("/account/sign-out-elsewhere")
def sign_out_elsewhere(request: Request, visitor: Posting) -> Response:
    context = context_of(request)
    context.store.accounts.end_sessions(visitor.person, context.clock(), keep=digest(visitor.session))
    return RedirectResponse("/account?done=elsewhere", HTTPStatus.SEE_OTHER)


@router.get("/users")
def users(request: Request, visitor: SignedIn) -> Response:
    return _users(request, visitor)


@router.post("/users/{person}/invite")
def send_invitation(request: Request, visitor: Posting, person: Named) -> Response:
    """A link that signs the person in once, shown in this answer alone."""
    context = context_of(request)
    _known(request, person)
    path = f"/sign-in?token={invite(context.store, person, context.clock())}"
    return _users(request, visitor, invited=person, link=address_of(request, context.settings, path))


@router.post("/users/{person}/sign-out")
def sign_out_everywhere(request: Request, visitor: Posting, person: Named) -> Response:  # noqa: ARG001 - the visitor's right is asked before
    context = context_of(request)
    _known(request, person)
    context.store.accounts.end_sessions(person, context.clock())
    return RedirectResponse("/users", HTTPStatus.SEE_OTHER)


@router.get("/audit")
def audit(
    request: Request,
    visitor: SignedIn,
    actor: Annotated[str, Query(max_length=96)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    lines = context_of(request).store.audit.lines(LINES + 1, before, actor or None)
    older = lines[LINES - 1].line_id if len(lines) > LINES else None
    return page(request, "audit.html", visitor, lines=lines[:LINES], older=older, actor=actor)


def _known(request: Request, person: str) -> None:
    if person not in {one.id for one in context_of(request).settings.person}:
        raise NotFound(f"there is no person {person!r}")


def _account(request: Request, visitor: Visitor, *, done: str = "", problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    context = context_of(request)
    sessions = [row for row in context.store.people.sessions(context.clock()) if row[1] == visitor.person]
    return page(
        request,
        "account.html",
        visitor,
        status,
        has_password=context.store.accounts.password(visitor.person) is not None,
        elsewhere=len(sessions) - 1,
        done=done,
        problem=problem,
    )


def _users(request: Request, visitor: Visitor, *, invited: str = "", link: str = "") -> Response:
    context = context_of(request)
    with_password = context.store.accounts.with_password()
    signed_in = [row[1] for row in context.store.people.sessions(context.clock())]
    rows = [
        (
            one,
            [str(grant.role) + _place(grant.owner, grant.brand) for grant in grants_of(one)],
            one.id in with_password,
            signed_in.count(one.id),
        )
        for one in context.settings.person
    ]
    roles_given = any(one.roles for one in context.settings.person)
    return page(request, "users.html", visitor, rows=rows, roles_given=roles_given, invited=invited, link=link)


def _place(owner: str | None, brand: str | None) -> str:
    return f" ({owner or brand})" if owner or brand else ""
