"""PagerDuty: an incident of ours is an alert of theirs, triggered when it pages.

Source: PagerDuty, "Send an alert event" (summary at most 1024 characters, dedup_key 255; once resolved, a trigger opens a new alert, and
acknowledge and resolve are dropped) and "Events API v2 overview" (an event at most 512 KB, 429 when too many). Its own SDK brings a
transport and sleeping retries of its own, around which our limits and address guards would not hold; an event is one POST.
"""

from datetime import UTC, timedelta
from typing import Literal

from pydantic import Field, HttpUrl

from alerts.channels.base import Capabilities, post, revealed, said
from alerts.mail import digest
from alerts.quoting import one_line
from alerts.telling import telling
from core.errors import DeliveryError
from core.http import Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Json, Message, Receipt, Severity

SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
    Severity.INFO: "info",
}
ACTIONS = {"acknowledged": "acknowledge", "resolved": "resolve"}


class Settings(ChannelSettings):
    """PagerDuty.

    `routing_key` is the integration key of an "Events API v2" integration. Whom PagerDuty then tells is its own business: name this
    channel in a step as "channel:<id>". `base_url` is https://events.eu.pagerduty.com/ for accounts in the EU. What is done in
    PagerDuty stays there.
    """

    kind: Literal["pagerduty"] = "pagerduty"
    routing_key: SecretRef
    base_url: HttpUrl = HttpUrl("https://events.pagerduty.com/")
    timeout: Duration = Field(timedelta(seconds=15), gt=timedelta(0))


capabilities = Capabilities(idempotent=True, edits=True, buttons=False, max_chars=500_000)


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:  # noqa: ARG001 - the key says where to
    """Send one event; all events of an incident have its one dedup key, which is the receipt.

    Raises DeliveryError: permanent for events and keys that PagerDuty refuses.
    """
    key = f"czujka-incident-{message.incident_id}"
    answer = post(
        http,
        f"{str(settings.base_url).rstrip('/')}/v2/enqueue",
        "PagerDuty",
        message.sent_at,
        timeout=settings.timeout,
        json={"routing_key": revealed(settings.routing_key), "dedup_key": key, **event(message)},
    )
    if said(answer, "PagerDuty").get("status") != "success":
        raise DeliveryError("the answer is not one of PagerDuty", permanent=False, reason="garbage")
    return Receipt(remote_id=key)


def event(message: Message) -> Json:
    """What happened, and all that we know of it. A page triggers; a change of state says which."""
    told = telling(message, 1500)
    return {
        "event_action": ACTIONS.get(message.state, "trigger"),
        "client": "Czujka",
        "client_url": message.url,
        "links": [{"href": post.url, "text": one_line(post.head, 200)} for post in told.posts if post.url],
        "payload": {
            "summary": one_line(message.line, 1000),
            "source": "czujka",
            "severity": SEVERITIES[message.severity],
            "timestamp": message.sent_at.astimezone(UTC).isoformat(),
            "class": told.title,
            "custom_details": {
                **dict(told.facts),
                **{f"post {n}": "\n".join((one.head, "".join(piece.text for piece in one.words))) for n, one in enumerate(told.posts, 1)},
                "incident": message.url,
                "acknowledge": message.ack_url,
                "delivery": digest(message.dedup_key),
            },
        },
    }
