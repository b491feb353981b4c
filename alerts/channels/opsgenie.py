"""Opsgenie, and what speaks its Alert API: an incident of ours is an alert of theirs, created when it pages.

Source: Opsgenie, "Alert API" (message at most 130 characters, description 15000, alias 512; requests are taken with 202 and handled
later; an alias that is open is counted, not opened again). Atlassian ends Opsgenie in April 2027; others keep its API.
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field, HttpUrl

from alerts.channels.base import Capabilities, post, revealed, said
from alerts.mail import digest
from alerts.quoting import one_line
from alerts.telling import Style, write
from core.errors import DeliveryError
from core.http import Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Json, Message, Receipt, Severity

PRIORITIES = {Severity.CRITICAL: "P1", Severity.HIGH: "P2", Severity.MEDIUM: "P3", Severity.LOW: "P4", Severity.INFO: "P5"}
ACTS = {"acknowledged": "acknowledge", "resolved": "close"}


class Settings(ChannelSettings):
    """Opsgenie and its like.

    `key` is the key of an API integration. `base_url` is https://api.eu.opsgenie.com/ for accounts in the EU, or the address of
    another service with the same API. `team` is the team that answers, if the integration does not say so.
    """

    kind: Literal["opsgenie"] = "opsgenie"
    key: SecretRef
    team: str | None = None
    base_url: HttpUrl = HttpUrl("https://api.opsgenie.com/")
    timeout: Duration = Field(timedelta(seconds=15), gt=timedelta(0))


capabilities = Capabilities(idempotent=True, edits=True, buttons=False, max_chars=15_000)


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:  # noqa: ARG001 - the key says where to
    """Create the incident's alert, or change its state. The receipt is its alias.

    Raises DeliveryError: permanent for keys and alerts that are refused.
    """
    alias = f"czujka-incident-{message.incident_id}"
    act = ACTS.get(message.state)
    answer = post(
        http,
        f"{str(settings.base_url).rstrip('/')}/v2/alerts" + (f"/{alias}/{act}?identifierType=alias" if act else ""),
        "Opsgenie",
        message.sent_at,
        timeout=settings.timeout,
        json=_note(message) if act else alert(message, alias, settings.team),
        headers={"Authorization": f"GenieKey {revealed(settings.key)}"},
    )
    if not isinstance(said(answer, "Opsgenie").get("requestId"), str):
        raise DeliveryError("the answer is not one of Opsgenie", permanent=False, reason="garbage")
    return Receipt(remote_id=alias)


def alert(message: Message, alias: str, team: str | None) -> Json:
    """The alert: the line, and in its description all that we know."""
    return {
        "message": one_line(message.line, 130),
        "alias": alias,
        "description": write(message, Style(), 14_500),
        "priority": PRIORITIES[message.severity],
        "source": "Czujka",
        "entity": one_line(message.title, 500),
        "tags": ["czujka", message.severity.value],
        "details": {"incident": message.url, "acknowledge": message.ack_url, "delivery": digest(message.dedup_key)},
        **({"responders": [{"type": "team", "name": team}]} if team else {}),
    }


def _note(message: Message) -> Json:
    return {"source": "Czujka", "user": "Czujka", "note": one_line(f"{message.line} {message.url}", 500)}
