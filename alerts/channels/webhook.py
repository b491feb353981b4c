"""A signed webhook: the message as JSON to an address of your own. docs/reference/webhook.md describes the body and the signature."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import Field, HttpUrl

from alerts.channels.base import EVERY_CHANGE, Capabilities, refused, revealed, unreachable
from alerts.mail import digest
from alerts.message import with_link
from alerts.quoting import clean, one_line, pieces, web_address
from core.errors import HttpError
from core.http import Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Json, Message, Quote, Receipt

QUOTE = 10_000


class Settings(ChannelSettings):
    """A signed webhook.

    `url` gets a POST for every message; `secret` signs it. An address that is not public must be allowed under [http]
    allow_private.
    """

    kind: Literal["webhook"] = "webhook"
    url: HttpUrl
    secret: SecretRef
    timeout: Duration = Field(timedelta(seconds=10), gt=timedelta(0))


capabilities = Capabilities(idempotent=True, edits=False, buttons=False, max_chars=100_000, follows_up_on=EVERY_CHANGE)


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:
    """POST one message. 2xx is a yes; redirects are not followed. The receipt is the idempotency key.

    Raises DeliveryError: permanent for 4xx but 408, 409, 423, 425 and 429; else to be tried again, at Retry-After if given.
    """
    content = json.dumps(body(message, contact), ensure_ascii=False, separators=(",", ":")).encode()
    key = digest(message.dedup_key)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": key,
        "Czujka-Signature": signature(content, revealed(settings.secret), message.sent_at),
    }
    try:
        answer = http.post(
            str(settings.url),
            content=content,
            headers=headers,
            timeout_s=settings.timeout.total_seconds(),
            max_bytes=1_000_000,
            follow=False,
        )
    except HttpError as error:
        raise unreachable(error) from None
    if not 200 <= answer.status < 300:
        raise refused(answer, "the webhook", message.sent_at)
    return Receipt(remote_id=key)


def signature(content: bytes, secret: str, now: datetime) -> str:
    """ "t=<Unix seconds>,v1=<hex HMAC-SHA256 of "t.content">". Source: RFC 2104."""
    seconds = int(now.timestamp())
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + content, hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"


def body(message: Message, contact: Contact) -> Json:
    """What is sent. Texts are cleaned of control characters; personal data and credentials in them show as dots."""
    return {
        "version": 1,
        "type": f"incident.{message.kind}",
        "delivery": digest(message.dedup_key),
        "sent_at": _time(message.sent_at),
        "to": {"person": contact.person, "channel": contact.channel},
        "language": message.language,
        "line": one_line(with_link(message), 2400),
        "incident": {
            "id": message.incident_id,
            "state": message.state,
            "severity": message.severity.value,
            "title": one_line(message.title, 300),
            "because": one_line(message.because, 2000),
            "posts": message.count,
            "told": [one_line(name, 120) for name in message.told],
            "url": message.url,
            "ack_url": message.ack_url or None,
        },
        "quotes": [_quote(quote) for quote in message.quotes],
    }


def _quote(quote: Quote) -> Json:
    """One post; spans count code points of the text as it stands here."""
    text, spans = "", []
    for piece in pieces(quote, QUOTE):
        if piece.label:
            spans.append({"start": len(text), "end": len(text) + len(piece.text), "label": piece.label})
        text += piece.text
    return {
        "item": quote.item_id,
        "platform": quote.platform,
        "author": one_line(clean(quote.author), 200),
        "reach": quote.reach,
        "text": text,
        "spans": spans,
        "url": web_address(quote.url) or None,
        "created_at": _time(quote.created_at),
    }


def _time(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
