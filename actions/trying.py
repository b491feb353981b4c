"""A test page: the person who asks gets one message at one of their own contacts, through the real channel."""

import secrets
from datetime import datetime

from alerts import contacts
from alerts.channels import CHANNELS
from core.errors import DeliveryError, NotFound
from core.http import Http
from core.settings import Settings
from core.types import Message, Severity


def send_test(http: Http, settings: Settings, person: str, contact: str, title: str, line: str, url: str, now: datetime) -> None:
    """Send it, once. `contact` is `kind:address` as the person's `contacts` have it; `title` and `line` are in their language.

    Raises NotFound (no such contact of theirs), DeliveryError with what the channel said.
    """
    wanted = next((one for one in contacts.of_person(person, settings) if contacts.key(one) == contact), None)
    if wanted is None:
        raise NotFound(f"{contact!r} is not a contact of {person}")
    channel = next(one for one in settings.channel if one.id == wanted.channel)
    said = Message(
        delivery_id=0,
        dedup_key=f"test-{secrets.token_hex(8)}",
        incident_id=0,
        kind="page",
        severity=Severity.INFO,
        language=wanted.language,
        title=title,
        line=line,
        because=line,
        quotes=(),
        count=0,
        told=(),
        url=url,
        ack_url=url,
        timezone=settings.company.timezone,
        sent_at=now,
    )
    try:
        CHANNELS.get(channel.kind).send(said, channel, wanted, http)
    except DeliveryError:
        raise
    except Exception as error:  # a channel's bug is an answer here, not a broken page
        raise DeliveryError(f"{type(error).__name__} in channel {channel.id}", permanent=True, reason="channel_bug") from error


def reachable(settings: Settings, person: str) -> tuple[str, ...]:
    """A person's contacts that some channel can take, as `kind:address`."""
    return tuple(contacts.key(one) for one in contacts.of_person(person, settings))
