"""Signing in: by a one-time link, by a password, or by the company's own provider. Secrets are stored as hashes alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from core.accounts import AuditLine, named
from core.errors import ConfigError
from core.links import SESSION_MAX_AGE, SIGN_IN_MAX_AGE, digest, random_token
from core.settings import Settings
from storage import Store

SHORTEST_PASSWORD = 12


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
    return admit(store, person, now, "link") if person is not None else None


def sign_in_by_password(store: Store, settings: Settings, person: str, password: str, now: datetime) -> SignedIn | None:
    """None for a wrong password, and for a person who is unknown or has none: it takes as long, so that nobody learns which."""
    known = any(one.id == person for one in settings.person)
    kept = store.accounts.password(person) if known else None
    try:
        _hasher().verify(kept or _nobodys(), password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return None
    if kept is None:
        return None
    if _hasher().check_needs_rehash(kept):
        store.accounts.set_password(person, _hasher().hash(password), now)
    return admit(store, person, now, "password")


def admit(store: Store, person: str, now: datetime, how: str) -> SignedIn:
    """Open a session for somebody who has shown who they are; `how` stands in the audit."""
    session = SignedIn(person, random_token(), now + SESSION_MAX_AGE)
    store.people.add_session(digest(session.session), person, session.expires_at, now)
    store.accounts.write_down(AuditLine(at=now, actor=person, act="signed_in", subject=how))
    return session


def sign_out(store: Store, session: str, now: datetime) -> None:
    """End a session."""
    store.people.end_session(digest(session), now)


def set_password(store: Store, person: str, password: str, now: datetime, session: str = "") -> None:
    """A new password; every other session of the person ends. Raises ConfigError: too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise ConfigError(f"a password of at least {SHORTEST_PASSWORD} characters was expected", reason="short_password")
    store.accounts.set_password(person, _hasher().hash(password), now)
    store.accounts.end_sessions(person, now, keep=digest(session))
    store.accounts.write_down(AuditLine(at=now, actor=person, act="password_set", subject=named(person)))


def is_password(store: Store, person: str, password: str) -> bool:
    """Is this the person's present password? Somebody without one has nothing to show."""
    kept = store.accounts.password(person)
    try:
        return kept is None or _hasher().verify(kept, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    """Argon2id as RFC 9106 recommends it where memory is short: 64 MiB, 3 passes."""
    return PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


@cache
def _nobodys() -> str:
    """A hash that no password fits."""
    return _hasher().hash(random_token())
