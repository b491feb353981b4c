"""Events that other programs are told of: who wants which, what one call says, and how it is signed; and whether one that came is.

Source: Standard Webhooks 1.0.0 (headers webhook-id, webhook-timestamp, webhook-signature; secrets that begin with whsec_).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from core.errors import PushRefused
from core.settings import Hook
from core.types import Json

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
LONGEST_TIME = 11
"""Digits of a time in seconds."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A hook and the patterns of the events that it wants, such as "incident.*"."""

    hook: str
    patterns: tuple[str, ...]

    def takes(self, kind: str) -> bool:
        return any(fnmatchcase(kind, pattern) for pattern in self.patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookCall:
    """One event on its way to one hook, leased. `key` names the event for good; `tries` were made before this one."""

    call_id: int
    token: int
    hook: str
    key: str
    kind: str
    at: datetime
    data: Json
    tries: int
    first_try_at: datetime
    uncertain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HookHealth:
    """How a hook does. `since` is when the oldest event happened that waits after a failed try; `given_up` counts the last day."""

    hook: str
    waiting: int
    failing: int
    since: datetime | None
    reason: str
    given_up: int
    sent_at: datetime | None


def wishes(hooks: Iterable[Hook]) -> tuple[Wish, ...]:
    """What the configured hooks want."""
    return tuple(Wish(hook.id, hook.events) for hook in hooks)


def wants_findings(hooks: Iterable[Hook]) -> bool:
    """Does any hook want to know of findings? There are many, so they are kept for hooks only then."""
    return any(pattern.split(".")[0] in ("finding", "*") for hook in hooks for pattern in hook.events)


def signed(secret: str, name: str, at: datetime, content: bytes) -> Mapping[str, str]:
    """The three headers. `name` is the same at each try, so that the other side can tell a repeat."""
    seconds = str(int(at.timestamp()))
    return {"webhook-id": name, "webhook-timestamp": seconds, "webhook-signature": _signature(secret, name, seconds, content)}


def check_signed(secret: str, headers: Mapping[str, str], content: bytes, now: datetime) -> None:
    """Pass what was signed with the secret not long ago. `headers` have names in small letters; `now` is aware UTC.

    Raises PushRefused: forged; stale where the signature is right and the time more than five minutes away.
    """
    name, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    expected = _signature(secret, name, seconds, content).encode()
    given = headers.get("webhook-signature", "").encode("utf-8", "replace").split()
    is_ours = any(hmac.compare_digest(expected, one) for one in given)
    if not is_ours or not seconds.isdecimal() or len(seconds) > LONGEST_TIME:
        raise PushRefused("the signature does not fit: sign <webhook-id>.<webhook-timestamp>.<body> with the secret", reason="forged")
    if abs(now - datetime.fromtimestamp(int(seconds), UTC)) > TOLERANCE:
        raise PushRefused("the signature is more than five minutes away from our time: send anew, and look at the clock", reason="stale")


def _signature(secret: str, name: str, seconds: str, content: bytes) -> str:
    said = hmac.new(key_of(secret), f"{name}.{seconds}.".encode("utf-8", "replace") + content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(said).decode()}"


def key_of(secret: str) -> bytes:
    """A secret of the form "whsec_…" is Base64; any other is taken as it is written."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()
