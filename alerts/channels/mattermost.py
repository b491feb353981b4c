"""Mattermost: a message through an incoming webhook, with links to acknowledge and to open the incident.

Source: Mattermost, "Incoming webhooks", "Message attachments" and "Interactive messages": a post holds 16383 characters; what a button's
integration carries as context stays on the server, and comes back with the click.
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from alerts.channels.base import EVERY_CHANGE, Capabilities, Click, Knock, Reply, address, knocked, post, revealed
from alerts.mail import COLOURS, digest
from alerts.markdown import MARKDOWN, escape, link
from alerts.quoting import one_line
from alerts.telling import Button, buttons, telling, write
from core.errors import ClickRefused, DeliveryError
from core.http import Http
from core.settings import ChannelSettings, Duration, SecretRef
from core.types import Clicks, Contact, Json, Message, Receipt

MAX_CHARS = 12_000


class Settings(ChannelSettings):
    """Mattermost.

    `url` is the incoming webhook's address; whoever knows it may write, so it is a secret. Contacts: "mattermost:@anna" (a person) or
    "mattermost:town-square"; `room` is for contacts that name none, else the webhook's own channel. With `clicks` there are buttons that
    act at once, for people who have a contact "mattermost:@<user name>"; the server must be able to reach <[web] url>. Without, links
    open pages.
    """

    kind: Literal["mattermost"] = "mattermost"
    url: SecretRef
    room: str | None = None
    clicks: bool = False
    timeout: Duration = Field(timedelta(seconds=10), gt=timedelta(0))


capabilities = Capabilities(idempotent=False, edits=False, buttons=True, max_chars=16_383, follows_up_on=EVERY_CHANGE)


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:
    """Post one message. The receipt is our own number of it: the webhook says "ok" and no more.

    Raises DeliveryError: permanent for webhooks and rooms that the server does not know.
    """
    key = digest(message.dedup_key)
    room = address(contact) or settings.room
    answer = post(
        http,
        revealed(settings.url),
        "Mattermost",
        message.sent_at,
        timeout=settings.timeout,
        json=body(message, key) | ({"channel": room} if room else {}),
    )
    if answer.body.strip() != b"ok":
        raise DeliveryError("the answer is not one of Mattermost", permanent=False, reason="garbage")
    return Receipt(remote_id=key)


def body(message: Message, key: str) -> Json:
    """The message as one attachment; links stand in the text, for attachments have no buttons that open an address."""
    told = telling(message)
    opens = "  ".join(link(button.label, button.url) for button in buttons(message) if button.url)
    attachment = {
        "fallback": escape(one_line(message.line, 300)),
        "color": COLOURS[message.severity],
        "title": escape(f"{told.mark}: {told.title}"),
        "title_link": message.url,
        "text": f"{write(message, MARKDOWN, MAX_CHARS)}\n\n{opens}",
        "actions": [_action(button, message.clicks) for button in buttons(message) if button.token and message.clicks],
    }
    return {"text": escape(told.sentence), "attachments": [attachment], "props": {"czujka_delivery": key}}


def _action(button: Button, clicks: Clicks) -> Json:
    style = "primary" if button.act == "acknowledge" else "default"
    integration = {"url": clicks.url, "context": {"token": button.token}}
    return {"id": button.act, "type": "button", "name": button.label, "style": style, "integration": integration}


def takes_clicks(settings: Settings) -> bool:
    """Are its buttons set up to act?"""
    return settings.clicks


def read_click(knock: Knock, settings: Settings) -> Click:  # noqa: ARG001 - Mattermost signs nothing: our own token is the proof
    """The click. Mattermost does not sign, but keeps our token from its users: whoever brings it is the server. It counts once."""
    found = knocked(knock.body)
    context = found.get("context")
    token, name = (context.get("token") if isinstance(context, dict) else None), found.get("user_name")
    if not isinstance(token, str) or not isinstance(name, str):
        raise ClickRefused("the request is no click on one of our buttons", reason="unreadable")
    return Click(token=token, user=f"@{name}", once=token)


def answer_click(text: str, done: bool, knock: Knock) -> Reply:  # noqa: ARG001 - nothing of the request is needed
    """The post in its new state, without buttons; or a word to whoever clicked."""
    if done:
        return Reply({"update": {"message": escape(text), "props": {"attachments": []}}})
    return Reply({"ephemeral_text": escape(text)})
