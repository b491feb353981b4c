"""What a channel is: a module with `Settings`, `capabilities` and `send(message, settings, contact, http) -> Receipt`.

`send` tries once and keeps nothing between calls. It raises DeliveryError: permanent when another try cannot help (the person's
next contact takes over), with `retry_at` where the other side named a time. Text from outside reaches a medium only through
`alerts.quoting` and the medium's own escaping. `message.sent_at` is the present instant of this try.

A channel whose settings decide what it can do says so with `able(settings) -> Capabilities`; `capabilities` is then the least.

A channel whose buttons act by themselves also has `takes_clicks(settings)`, `read_click(knock, settings) -> Click | Reply` and
`answer_click(text, done, knock) -> Reply`; core.links signs what its buttons carry. Where the service shows nothing of our answer,
`whisper(text, knock, settings, http)` says it to whoever clicked.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, Protocol

from core.errors import ClickRefused, ConfigError, DeliveryError, HttpError
from core.http import Answer, Http, retry_at
from core.settings import ChannelSettings
from core.table import Secret
from core.types import Contact, Json, Message, Receipt

EVERY_CHANGE = ("open", "acknowledged", "resolved")

# Source: RFC 9110, 15.5; 409 and 425 are answers to a key or a request that is being handled just now.
_TRY_AGAIN = frozenset({408, 409, 423, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do. `idempotent`: a repeat with the same dedup key is seen once. `max_chars` is what one message holds.

    `edits`: a change of the incident edits what was sent. Where it cannot, `follows_up_on` are the states of which it tells anew.
    """

    idempotent: bool
    edits: bool
    buttons: bool
    max_chars: int
    follows_up_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Knock:
    """A request in which a service tells of a click, as it came. Header names are in small letters; `at` is aware UTC."""

    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Click:
    """A genuine click: `token` is what our button carried, `user` who clicked (a contact's address), `once` the request's own name."""

    token: str
    user: str
    once: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the service gets for an answer."""

    body: Json | None = None
    status: int = 200


class Channel(Protocol):
    """The face of every module in this room that is a channel."""

    capabilities: Capabilities
    Settings: type[ChannelSettings]

    def send(self, message: Message, settings: ChannelSettings, contact: Contact, http: Http) -> Receipt:
        """Send once. Raises DeliveryError."""
        ...


def able(channel: ModuleType, settings: ChannelSettings) -> Capabilities:
    """What a channel can do with these settings."""
    found: Capabilities = channel.able(settings) if hasattr(channel, "able") else channel.capabilities
    return found


def post(http: Http, url: str, who: str, now: datetime, *, timeout: timedelta, **sent: Any) -> Answer:
    """One POST, not repeated and not redirected: a yes (2xx), or DeliveryError."""
    return ask(http, "POST", url, who, now, timeout=timeout, **sent)


def ask(http: Http, method: str, url: str, who: str, now: datetime, *, timeout: timedelta, **sent: Any) -> Answer:
    """`post` with another method."""
    try:
        answer = http.request(method, url, timeout_s=timeout.total_seconds(), max_bytes=1_000_000, follow=False, **sent)
    except HttpError as error:
        raise unreachable(error) from None
    if not 200 <= answer.status < 300:
        raise refused(answer, who, now)
    return answer


def said(answer: Answer, who: str) -> dict[str, Any]:
    """The JSON object in an answer. Raises DeliveryError(garbage), to be tried again: a proxy may have answered."""
    try:
        found = answer.json()
    except HttpError as error:
        raise unreachable(error) from None
    if not isinstance(found, dict):
        raise DeliveryError(f"the answer is not one of {who}", permanent=False, reason="garbage")
    return found


def knocked(body: bytes) -> dict[str, Any]:
    """The JSON object in a request. Raises ClickRefused(unreadable)."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ClickRefused("the request holds no JSON object", reason="unreadable")
    return found


def address(contact: Contact) -> str:
    """The contact's own address, '' when it only names the channel."""
    return "" if contact.address == contact.channel else contact.address


def unreachable(error: HttpError) -> DeliveryError:
    """No usable answer came: worth another try, unless the address itself is refused."""
    permanent = error.reason == "refused_address"
    return DeliveryError(str(error), permanent=permanent, reason=error.reason, may_have_arrived=error.went_out)


def refused(answer: Answer, who: str, now: datetime) -> DeliveryError:
    """An answer that is not a yes: 5xx and a few of 4xx pass by themselves, redirects and other 4xx want a person."""
    permanent = answer.status < 500 and answer.status not in _TRY_AGAIN
    reason = {401: "unauthorized", 403: "unauthorized", 404: "gone", 410: "gone", 429: "rate_limited"}.get(answer.status)
    return DeliveryError(
        f"{who} answered {answer.status}",
        permanent=permanent,
        reason=reason or ("rejected" if permanent else "unavailable"),
        retry_at=None if permanent else retry_at(answer.headers, now),
    )


def revealed(secret: Secret) -> str:
    """A secret's value. Raises DeliveryError(secret_missing): only a person can mend that."""
    try:
        return secret.reveal()
    except ConfigError as error:
        raise DeliveryError(str(error), permanent=True, reason=error.reason) from error
