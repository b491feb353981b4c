"""Events that other programs are told of: who wants which, what one call says, and how it is signed.

Source: Standard Webhooks 1.0.0 (headers webhook-id, webhook-timestamp, webhook-signature; secrets that begin with whsec_).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from core.settings import Hook
from core.types import Json

PREFIX = "whsec_"


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
    seconds = int(at.timestamp())
    said = hmac.new(key_of(secret), f"{name}.{seconds}.".encode() + content, hashlib.sha256).digest()
    return {"webhook-id": name, "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{base64.b64encode(said).decode()}"}


def key_of(secret: str) -> bytes:
    """A secret of the form "whsec_…" is Base64; any other is taken as it is written."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()
