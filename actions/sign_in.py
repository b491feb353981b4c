"""Signing in by a one-time link. Links and sessions are random; the database holds only their hashes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.links import SESSION_MAX_AGE, SIGN_IN_MAX_AGE, digest, random_token
from storage import Store


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`session` is the secret for the person's cookie."""

    person: str
    session: str
    expires_at: datetime


def invite(store: Store, person: str, now: datetime, max_age: timedelta = SIGN_IN_MAX_AGE) -> str:
    """A token that signs `person` in once, until it is `max_age` old."""
    token = random_token()
    store.people.add_token(digest(token), person, now + max_age)
    return token


def sign_in(store: Store, token: str, now: datetime) -> SignedIn | None:
    """Use a token up. None when it is unknown, used or too old."""
    person = store.people.use_token(digest(token), now)
    if person is None:
        return None
    session = SignedIn(person, random_token(), now + SESSION_MAX_AGE)
    store.people.add_session(digest(session.session), person, session.expires_at, now)
    return session


def sign_out(store: Store, session: str, now: datetime) -> None:
    """End a session."""
    store.people.end_session(digest(session), now)
