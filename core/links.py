"""Links that carry a right: to acknowledge one incident as one person, to sign in once. And the secret that signs them.

An acknowledge link is signed and expires; nothing is stored for it. A sign-in link is random and works once: only its hash is kept.
"""

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from itsdangerous import BadData, URLSafeSerializer

from core.errors import ConfigError
from core.types import ClickAct, Clicks

ACK_MAX_AGE = timedelta(days=7)
SIGN_IN_MAX_AGE = timedelta(hours=24)
SESSION_MAX_AGE = timedelta(days=14)

CLICK_MAX_AGE = timedelta(days=7)

READER_MAX_AGE = timedelta(days=90)

_SALT = "czujka.ack.1"
_READER_SALT = "czujka.read.1"
_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class AckLink:
    """What a valid acknowledge link says. `person` is a person's id, or a channel's contact where no person is known."""

    incident_id: int
    person: str
    made_at: datetime


def ack_token(secret: str, incident_id: int, person: str, now: datetime) -> str:
    """A token with which `person` may acknowledge this one incident. `now` is aware UTC."""
    return str(URLSafeSerializer(secret, salt=_SALT).dumps([incident_id, person, int(now.timestamp())]))


def read_ack(secret: str, token: str, now: datetime, max_age: timedelta = ACK_MAX_AGE) -> AckLink | None:
    """What the token allows; None when it is not ours, was changed, or is older than `max_age`."""
    try:
        incident_id, person, made = URLSafeSerializer(secret, salt=_SALT).loads(token)
        link = AckLink(int(incident_id), str(person), datetime.fromtimestamp(int(made), UTC))
    except (BadData, TypeError, ValueError):
        return None
    return link if -_SKEW <= now - link.made_at <= max_age else None


def reader_token(secret: str, person: str, now: datetime) -> str:
    """A token with which `person` may say that they have read the policy. `now` is aware UTC."""
    return str(URLSafeSerializer(secret, salt=_READER_SALT).dumps([person, int(now.timestamp())]))


def read_reader(secret: str, token: str, now: datetime, max_age: timedelta = READER_MAX_AGE) -> str | None:
    """Whose token it is; None when it is not ours, was changed, or is older than `max_age`."""
    try:
        person, made = URLSafeSerializer(secret, salt=_READER_SALT).loads(token)
        age = now - datetime.fromtimestamp(int(made), UTC)
    except (BadData, TypeError, ValueError):
        return None
    return str(person) if -_SKEW <= age <= max_age else None


@dataclass(frozen=True, slots=True)
class ClickToken:
    """What a button's token says: which act on which incident."""

    act: ClickAct
    incident_id: int
    made_at: datetime


_ACTS = {act.value[0]: act for act in ClickAct}


def click_token(secret: str, channel: str, act: ClickAct, incident_id: int, now: datetime) -> str:
    """A token for one button in one channel: at most 64 characters, as Telegram allows no more. `now` is aware UTC."""
    said = f"{act.value[0]}.{incident_id}.{int(now.timestamp())}"
    return f"{said}.{_click_signature(secret, channel, said)}"


def read_click(secret: str, channel: str, token: str, now: datetime, max_age: timedelta = CLICK_MAX_AGE) -> ClickToken | None:
    """What the token allows in this channel; None when it is not ours, was changed, or is older than `max_age`."""
    said, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_click_signature(secret, channel, said).encode(), signature.encode("utf-8", "replace")):
        return None
    act, incident_id, made = said.split(".")
    found = ClickToken(_ACTS[act], int(incident_id), datetime.fromtimestamp(int(made), UTC))
    return found if -_SKEW <= now - found.made_at <= max_age else None


def clicks_of(secret: str, address: str, channel: str, incident_id: int, now: datetime) -> Clicks:
    """All buttons of one message in one channel. `address` is where our pages are; `now` is aware UTC."""
    tokens = {act.value: click_token(secret, channel, act, incident_id, now) for act in ClickAct}
    return Clicks(url=f"{address}/in/{channel}/clicks", **tokens)


def _click_signature(secret: str, channel: str, said: str) -> str:
    """128 bits of an HMAC, fit for an address."""
    signed = hmac.new(secret.encode(), f"czujka.click.1:{channel}:{said}".encode("utf-8", "replace"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(signed[:16]).decode().rstrip("=")


def random_token() -> str:
    """A secret for a sign-in link or a session: 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a random token: its SHA-256 as hex."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def form_token(secret: str, session: str) -> str:
    """What a form of this session must carry, so that no other site can send it. Source: OWASP, "HMAC-based token pattern"."""
    return hmac.new(secret.encode(), f"czujka.form.1:{digest(session)}".encode(), hashlib.sha256).hexdigest()


def is_form_token(secret: str, session: str, token: str) -> bool:
    """Does the form come from a page that we gave to this session?"""
    return hmac.compare_digest(form_token(secret, session).encode(), token.encode("utf-8", "replace"))


def secret_key(home: Path) -> str:
    """The signing secret in the data folder, made when there is none; readable by its owner only. Raises ConfigError.

    Two processes that start together end with the same secret: it is written aside and linked into place, and the first wins.
    """
    path = home / "secret.key"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_secret(path)
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the signing secret can be neither read nor made: {error}", reason="secret_missing") from error
    if len(secret) < 32:
        raise ConfigError(f"{path} holds less than 32 characters; remove it and a new secret is made", reason="secret_short")
    return secret


def _write_secret(path: Path) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    aside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(0o600)
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink(missing_ok=True)
