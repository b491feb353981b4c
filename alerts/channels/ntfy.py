"""ntfy: a push to phones, from your own server or ntfy.sh, with a button that acknowledges at once.

Source: ntfy, "Publishing" (publish as JSON; action buttons; updating notifications, from server 2.16 on) and "Limitations": 4096 bytes
a message, more becomes an attachment.
"""

import re
from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, HttpUrl, model_validator

from alerts.channels.base import Capabilities, address, post, revealed, said
from alerts.headlines import speak
from alerts.mail import digest
from alerts.quoting import one_line
from alerts.telling import Style, buttons, telling, write
from core.errors import DeliveryError
from core.http import Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Json, Message, Receipt, Severity

MAX_BYTES = 4000
PRIORITIES = {Severity.CRITICAL: 5, Severity.HIGH: 4, Severity.MEDIUM: 3, Severity.LOW: 2, Severity.INFO: 1}
TAGS = {Severity.CRITICAL: "rotating_light", Severity.HIGH: "warning", Severity.MEDIUM: "eyes"}


class Settings(ChannelSettings):
    """ntfy.

    `topic` is for contacts that name none; a contact is "ntfy:topic". `token` (tk_…), or `username` and `password`, for a server
    that asks for them. Whoever may read a topic can acknowledge from it: protect it, or give it a name that nobody guesses.
    """

    kind: Literal["ntfy"] = "ntfy"
    server: HttpUrl = HttpUrl("https://ntfy.sh/")
    topic: str | None = Field(None, pattern=r"^[-_A-Za-z0-9]{1,64}$")
    token: SecretRef | None = None
    username: str | None = None
    password: SecretRef | None = None
    timeout: Duration = Field(timedelta(seconds=10), gt=timedelta(0))

    @model_validator(mode="after")
    def _login(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together: give both or none")
        if self.token is not None and self.username is not None:
            raise ValueError("a token, or username and password, was expected; not both")
        return self


capabilities = Capabilities(idempotent=False, edits=True, buttons=True, max_chars=4096)


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:
    """Publish one notification, or replace the incident's first one on the phone. The receipt is its sequence id.

    Raises DeliveryError: permanent for topics and logins that the server refuses.
    """
    sequence = message.thread if message.thread and message.kind == "update" else digest(message.dedup_key)
    answer = post(
        http,
        str(settings.server),
        "ntfy",
        message.sent_at,
        timeout=settings.timeout,
        json=body(message, _topic(settings, contact), sequence),
        bearer=revealed(settings.token) if settings.token else None,
        auth=(settings.username, revealed(settings.password)) if settings.username and settings.password else None,
    )
    if not isinstance(said(answer, "ntfy").get("id"), str):
        raise DeliveryError("the answer is not one of ntfy", permanent=False, reason="garbage")
    return Receipt(remote_id=sequence)


def body(message: Message, topic: str, sequence: str) -> Json:
    """What is published. A change of state comes quietly: nobody is woken to hear that somebody else is on it."""
    told = telling(message)
    quiet = message.kind == "update"
    return {
        "topic": topic,
        "sequence_id": sequence,
        "title": one_line(f"{told.mark}: {told.title}", 200),
        "message": write(message, Style(), MAX_BYTES, size=lambda text: len(text.encode())),
        "priority": 2 if quiet else PRIORITIES[message.severity],
        "tags": ["white_check_mark"] if message.state != "open" else [TAGS[message.severity]] if message.severity in TAGS else [],
        "click": message.url,
        "actions": _actions(message),
        "markdown": False,
    }


def _actions(message: Message) -> list[Json]:
    """Acknowledging is a POST to the signed link: that is what acts there, while opening it only shows a page."""
    found: list[Json] = []
    for button in buttons(message):
        if button.act == "acknowledge":
            found.append({"action": "http", "label": button.label, "url": button.url, "method": "POST", "clear": True})
        elif button.act == "open":
            found.append({"action": "view", "label": button.label, "url": button.url})
    link = next((post.url for post in telling(message).posts if post.url), "")
    return [*found, {"action": "view", "label": speak(message.language).say("Open the post"), "url": link}] if link else found


def _topic(settings: Settings, contact: Contact) -> str:
    topic = address(contact) or settings.topic or ""
    if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", topic):
        raise DeliveryError(f"{one_line(topic, 80)!r} is not an ntfy topic", permanent=True, reason="bad_address")
    return topic
