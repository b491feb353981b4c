"""Who asks: the session behind a request, and whether a form really comes from one of our pages."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Form, Request

from core.access import Right, Sight, Viewer, viewer_of
from core.links import digest, form_token, is_form_token
from core.settings import Owner, Settings
from web.context import Context
from web.security import PageError, SignInNeeded

SESSION_COOKIE = "czujka_session"


def context_of(request: Request) -> Context:
    """What the front door handed over."""
    context: Context = request.app.state.context
    return context


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in. `csrf` is what the forms of this session carry; `owners` the teams that they belong to."""

    person: str
    name: str
    session: str
    csrf: str
    owners: frozenset[str]
    viewer: Viewer

    @property
    def sight(self) -> Sight | None:
        """What this visitor's lists may show, None for everything."""
        return self.viewer.sight()

    def may(self, right: str, owner: str | None = None, brand: str | None = None) -> bool:
        """For templates: has the visitor this right, on what this owner answers for?"""
        wanted = Right(right)
        return self.viewer.may(wanted, (owner,), brand) if owner else self.viewer.has(wanted)


def visitor_or_none(request: Request) -> Visitor | None:
    """Who is signed in, if anyone."""
    context = context_of(request)
    session = request.cookies.get(SESSION_COOKIE)
    person = context.store.people.session(digest(session), context.clock()) if session else None
    if session is None or person is None:
        return None
    owners = frozenset(owner.id for owner in context.settings.owner if is_member(owner, person, context.settings))
    return Visitor(
        person,
        person_name(context.settings, person),
        session,
        form_token(context.secret, session),
        owners,
        viewer_of(person, context.settings),
    )


def is_member(owner: Owner, person: str, settings: Settings) -> bool:
    """Does this person answer for the owner, by its list or by its schedule?"""
    rota = {name for schedule in settings.schedule if schedule.id == owner.schedule for layer in schedule.layer for name in layer.people}
    return person in owner.people or person in rota


def person_name(settings: Settings, person: str) -> str:
    """A person's name, or the id where the configuration has none."""
    return next((one.name for one in settings.person if one.id == person and one.name), person)


def owner_name(settings: Settings, owner: str) -> str:
    """An owner's name, or the id where the configuration has none."""
    return next((one.name for one in settings.owner if one.id == owner and one.name), owner)


def signed_in(request: Request) -> Visitor:
    """Whoever is signed in. Raises SignInNeeded."""
    visitor = visitor_or_none(request)
    if visitor is None:
        raise SignInNeeded("nobody is signed in")
    return visitor


SignedIn = Annotated[Visitor, Depends(signed_in)]


def posting(request: Request, visitor: SignedIn, csrf: Annotated[str, Form()] = "") -> Visitor:
    """A form of this session, from this site. Source: OWASP, Cross-Site Request Forgery Prevention; Fetch Metadata."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none") or not is_form_token(context_of(request).secret, visitor.session, csrf):
        raise PageError(HTTPStatus.FORBIDDEN, "form_expired")
    return visitor


Posting = Annotated[Visitor, Depends(posting)]
