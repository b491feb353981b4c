"""Alertmanager: an incident is an alert that fires for a day; routes, groups and silences there are yours.

Source: Prometheus, "Alerts API" (POST api/v2/alerts; labels are what an alert is known by; `endsAt` says until when it fires).
"""

from datetime import UTC, datetime, timedelta
from typing import Literal, Self

from pydantic import Field, HttpUrl, model_validator

from alerts.channels.base import Capabilities, post, revealed
from alerts.mail import digest
from alerts.quoting import one_line
from alerts.telling import Style, write
from core.errors import DeliveryError
from core.http import Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Json, Message, Receipt


class Settings(ChannelSettings):
    """Alertmanager.

    `server` is its address; one that is not public must be allowed under [http] allow_private. `token`, or `username` and `password`,
    where a proxy asks for them. An alert fires for `lasts` after the last word about it, so that a lost Czujka does not page for ever.
    Labels: alertname="CzujkaIncident", incident, severity, channel.
    """

    kind: Literal["alertmanager"] = "alertmanager"
    server: HttpUrl
    token: SecretRef | None = None
    username: str | None = None
    password: SecretRef | None = None
    lasts: Duration = Field(timedelta(hours=24), gt=timedelta(0))
    timeout: Duration = Field(timedelta(seconds=10), gt=timedelta(0))

    @model_validator(mode="after")
    def _login(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together: give both or none")
        return self


capabilities = Capabilities(idempotent=True, edits=True, buttons=False, max_chars=15_000)


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:  # noqa: ARG001 - its routes say where to
    """Post the incident's alert as it is now. The receipt is the incident.

    Raises DeliveryError: permanent for alerts and logins that are refused.
    """
    answer = post(
        http,
        f"{str(settings.server).rstrip('/')}/api/v2/alerts",
        "Alertmanager",
        message.sent_at,
        timeout=settings.timeout,
        json=[alert(message, settings)],
        bearer=revealed(settings.token) if settings.token else None,
        auth=(settings.username, revealed(settings.password)) if settings.username and settings.password else None,
    )
    if answer.body.lstrip().startswith(b"<"):
        raise DeliveryError("a page answered in place of Alertmanager", permanent=False, reason="garbage")
    return Receipt(remote_id=f"incident-{message.incident_id}")


def alert(message: Message, settings: Settings) -> Json:
    """One alert. Its annotations are always the latest; it ends now when the incident is resolved."""
    ends_at = message.sent_at if message.state == "resolved" else message.sent_at + settings.lasts
    return {
        "labels": {
            "alertname": "CzujkaIncident",
            "incident": str(message.incident_id),
            "severity": message.severity.value,
            "channel": settings.id,
        },
        "annotations": {
            "summary": one_line(message.line, 300),
            "description": write(message, Style(), 14_000),
            "state": message.state,
            "acknowledge": message.ack_url,
            "delivery": digest(message.dedup_key),
        },
        "generatorURL": message.url,
        "endsAt": _time(ends_at),
    }


def _time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
