"""What a channel is: a module with `Settings`, `capabilities` and `send(message, settings, contact, http) -> Receipt`.

`send` tries once and keeps nothing between calls. It raises DeliveryError: permanent when another try cannot help (the person's
next contact takes over), with `retry_at` where the other side named a time. Text from outside reaches a medium only through
`alerts.quoting` and the medium's own escaping. `message.sent_at` is the present instant of this try.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.errors import ConfigError, DeliveryError, HttpError
from core.http import Answer, Http, retry_at
from core.settings import ChannelSettings, Secret
from core.types import Contact, Message, Receipt

# Source: RFC 9110, 15.5; 409 and 425 are answers to a key or a request that is being handled just now.
_TRY_AGAIN = frozenset({408, 409, 423, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do. `idempotent`: a repeat with the same dedup key is seen once. `max_chars` is what one message holds."""

    idempotent: bool
    edits: bool
    buttons: bool
    max_chars: int


class Channel(Protocol):
    """The face of every module in this room that is a channel."""

    capabilities: Capabilities
    Settings: type[ChannelSettings]

    def send(self, message: Message, settings: ChannelSettings, contact: Contact, http: Http) -> Receipt:
        """Send once. Raises DeliveryError."""
        ...


def unreachable(error: HttpError) -> DeliveryError:
    """No usable answer came: worth another try, unless the address itself is refused."""
    return DeliveryError(str(error), permanent=error.reason == "refused_address", reason=error.reason)


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
