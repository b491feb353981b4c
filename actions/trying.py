"""Test messages through the real channels: a page to whoever asks, at one of their own contacts, or one to a channel's own room."""

import secrets
from dataclasses import replace
from datetime import datetime

from alerts import contacts
from alerts.channels import CHANNELS
from alerts.headlines import speak
from core.errors import DeliveryError, NotFound
from core.http import Http
from core.settings import ChannelSettings, Settings
from core.types import Contact, Message, Receipt, Severity

PERSONAL = ("email", "sms")
"""What has no room of its own: somebody's address is needed."""

TITLE = "Test message"
LINE = "[info] A test message from Czujka: nothing has happened, and nobody has to do anything."


def send_test(http: Http, settings: Settings, person: str, contact: str, title: str, line: str, url: str, now: datetime) -> None:
    """Send it, once. `contact` is `kind:address` as the person's `contacts` have it; `title` and `line` are in their language.

    Raises NotFound (no such contact of theirs), DeliveryError with what the channel said.
    """
    wanted = next((one for one in contacts.of_person(person, settings) if contacts.key(one) == contact), None)
    if wanted is None:
        raise NotFound(f"{contact!r} is not a contact of {person}")
    channel = next(one for one in settings.channel if one.id == wanted.channel)
    _send(http, channel, wanted, _message(wanted, title, line, url, settings.company.timezone, now))


def try_channel(http: Http, settings: Settings, channel: ChannelSettings, contact: Contact, url: str, now: datetime) -> Receipt:
    """Send a harmless message through a channel and answer what came back; a pager's alert is ended at once.

    Raises DeliveryError with what the channel said.
    """
    spoken = speak(contact.language)
    said = _message(contact, spoken.say(TITLE), spoken.say(LINE), url, settings.company.timezone, now)
    receipt = _send(http, channel, contact, said)
    can = CHANNELS.get(channel.kind).capabilities
    if can.idempotent and can.edits:
        _send(http, channel, contact, replace(said, kind="update", state="resolved", thread=receipt.remote_id))
    return receipt


def place_of(settings: Settings, channel: ChannelSettings, to: str | None = None) -> Contact | None:
    """Where a test of this channel goes: `to` (an address), its own room, else the first contact that uses it; None where none does."""
    here = Contact(kind=channel.kind, address=channel.id, channel=channel.id, language=settings.company.languages[0])
    if to is not None:
        return replace(here, address=to.removeprefix(f"{channel.kind}:"))
    if any(getattr(channel, name, None) for name in ("room", "topic")):
        return here
    theirs = (one for person in settings.person for one in contacts.of_person(person.id, settings))
    fallback = (contacts.contact(written, settings) for written in settings.company.fallback_contacts)
    known = next((one for one in (*theirs, *fallback) if one is not None and one.channel == channel.id), None)
    return known or (None if channel.kind in PERSONAL else here)


def reachable(settings: Settings, person: str) -> tuple[str, ...]:
    """A person's contacts that some channel can take, as `kind:address`."""
    return tuple(contacts.key(one) for one in contacts.of_person(person, settings))


def _message(contact: Contact, title: str, line: str, url: str, timezone: str, now: datetime) -> Message:
    return Message(
        delivery_id=0,
        dedup_key=f"test-{secrets.token_hex(8)}",
        incident_id=0,
        kind="page",
        severity=Severity.INFO,
        language=contact.language,
        title=title,
        line=line,
        because=line,
        quotes=(),
        count=0,
        told=(),
        url=url,
        ack_url=url,
        timezone=timezone,
        sent_at=now,
    )


def _send(http: Http, channel: ChannelSettings, contact: Contact, message: Message) -> Receipt:
    try:
        receipt: Receipt = CHANNELS.get(channel.kind).send(message, channel, contact, http)
    except DeliveryError:
        raise
    except Exception as error:  # a channel's bug is an answer here, not a broken page
        raise DeliveryError(f"{type(error).__name__} in channel {channel.id}", permanent=True, reason="channel_bug") from error
    return receipt
