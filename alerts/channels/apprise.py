"""Apprise: the rest of the world, through an Apprise API server of your own; it knows more than a hundred services.

The library itself asks every service by its own means, past our limits and address guards; its server stands outside and is one POST.
Source: Apprise API, "Persistent storage" (POST /notify/KEY; 204: nobody has that tag; 424: at least one service failed).
"""

import re
from datetime import timedelta
from typing import Literal

from pydantic import Field, HttpUrl

from alerts.channels.base import Capabilities, address, refused, revealed, unreachable
from alerts.mail import digest
from alerts.message import with_link
from alerts.quoting import one_line
from alerts.telling import Style, telling, write
from core.errors import DeliveryError, HttpError
from core.http import Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Json, Message, Receipt, Severity

TYPES = {Severity.CRITICAL: "failure", Severity.HIGH: "failure", Severity.MEDIUM: "warning", Severity.LOW: "info", Severity.INFO: "info"}


class Settings(ChannelSettings):
    """Apprise.

    `server` is the address of an Apprise API server; one that is not public must be allowed under [http] allow_private. `key` names
    the list of services that is kept there; whoever knows it may send, so it is a secret. A contact "apprise:duty" goes to the services
    tagged "duty"; `tag` is for contacts that name none, else all of them. Where one of several services fails the message is sent again
    to all: one service a tag avoids doubles.
    """

    kind: Literal["apprise"] = "apprise"
    server: HttpUrl
    key: SecretRef
    tag: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,64}$")
    timeout: Duration = Field(timedelta(seconds=30), gt=timedelta(0))


capabilities = Capabilities(idempotent=False, edits=False, buttons=False, max_chars=15_000)


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:
    """Give one message to the server. The receipt is our own number of it.

    Raises DeliveryError: permanent for keys and tags that the server does not know.
    """
    key, tag = revealed(settings.key), _tag(settings, contact)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", key):
        raise DeliveryError("the key holds letters that no key of Apprise has", permanent=True, reason="unauthorized")
    url = f"{str(settings.server).rstrip('/')}/notify/{key}"
    content = body(message) | ({"tag": tag} if tag else {})
    headers = {"X-Czujka-Delivery": digest(message.dedup_key), "Accept": "application/json"}
    try:
        answer = http.post(
            url, json=content, headers=headers, timeout_s=settings.timeout.total_seconds(), max_bytes=1_000_000, follow=False
        )
    except HttpError as error:
        # the key is part of the address, and may be too short to be known for a secret there
        known = unreachable(error)
        words = str(known).replace(key, "***")
        raise DeliveryError(words, permanent=known.permanent, reason=error.reason, may_have_arrived=known.may_have_arrived) from None
    if answer.status == 424:
        raise DeliveryError("a service behind Apprise did not take it", permanent=False, reason="unavailable")
    if answer.status == 204:
        raise DeliveryError("Apprise has no service for this key and tag", permanent=True, reason="bad_address")
    if answer.status != 200:
        raise refused(answer, "Apprise", message.sent_at)
    return Receipt(remote_id=digest(message.dedup_key))


def body(message: Message) -> Json:
    """Title and text; plain, as the services behind it differ."""
    told = telling(message)
    link = one_line(with_link(message), 2400).removeprefix(one_line(message.line, 2000)).lstrip(". ")
    return {
        "title": one_line(f"{told.mark}: {told.title}", 200),
        "body": f"{write(message, Style(), 14_000)}\n\n{link}\n{message.url}",
        "type": "success" if message.state != "open" else TYPES[message.severity],
        "format": "text",
    }


def _tag(settings: Settings, contact: Contact) -> str:
    tag = address(contact) or settings.tag or ""
    if tag and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", tag):
        raise DeliveryError(f"{one_line(tag, 80)!r} is not a tag", permanent=True, reason="bad_address")
    return tag
