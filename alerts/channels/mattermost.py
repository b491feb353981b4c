"""Mattermost: a message through an incoming webhook, or as a bot, which can edit what it wrote.

Source: Mattermost, "Incoming webhooks", "Message attachments" and "Interactive messages": a post holds 16383 characters; what a button's
integration carries as context stays on the server, and comes back with the click. Bots: "API reference", create a post, patch a post,
create a direct channel, get a user by name.
"""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import Field, HttpUrl, model_validator

from alerts.channels.base import EVERY_CHANGE, Capabilities, Click, Knock, Reply, address, ask, knocked, post, revealed, said
from alerts.mail import COLOURS, digest
from alerts.markdown import MARKDOWN, escape, link
from alerts.quoting import one_line
from alerts.telling import Button, buttons, telling, write
from core.errors import ClickRefused, DeliveryError
from core.http import Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Clicks, Contact, Json, Message, Receipt

MAX_CHARS = 12_000


class Settings(ChannelSettings):
    """Mattermost.

    Either `url`, an incoming webhook's address (whoever knows it may write, so it is a secret), or `server` and `token`, a bot's access
    token: only a bot edits its messages as the incident changes; a webhook tells each change anew. Contacts: "mattermost:@anna" (a
    person) or, for a webhook "mattermost:town-square", for a bot the channel's id; `room` is for contacts that name none, else the
    webhook's own channel. With `clicks` there are buttons that
    act at once, for people who have a contact "mattermost:@<user name>"; the server must be able to reach <[web] url>. Without, links
    open pages.
    """

    kind: Literal["mattermost"] = "mattermost"
    url: SecretRef | None = None
    server: HttpUrl | None = None
    token: SecretRef | None = None
    room: str | None = None
    clicks: bool = False
    timeout: Duration = Field(timedelta(seconds=10), gt=timedelta(0))

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.server is None) != (self.token is None) or (self.url is None) == (self.server is None):
            raise ValueError("either url, or server and token, were expected")
        return self


capabilities = Capabilities(idempotent=False, edits=False, buttons=True, max_chars=16_383, follows_up_on=EVERY_CHANGE)


def able(settings: Settings) -> Capabilities:
    """A bot edits."""
    return capabilities if settings.server is None else replace(capabilities, edits=True, follows_up_on=())


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:
    """Post one message, or as a bot edit the incident's first one. The receipt is the post's id; a webhook says "ok" and no more, so there
    it is our own number of it.

    Raises DeliveryError: permanent for webhooks, rooms and people that the server does not know.
    """
    key = digest(message.dedup_key)
    if settings.server is not None:
        return _as_bot(message, settings, contact, http, key)
    room = address(contact) or settings.room
    answer = post(
        http,
        revealed(settings.url) if settings.url else "",
        "Mattermost",
        message.sent_at,
        timeout=settings.timeout,
        json=body(message, key) | ({"channel": room} if room else {}),
    )
    if answer.body.strip() != b"ok":
        raise DeliveryError("the answer is not one of Mattermost", permanent=False, reason="garbage")
    return Receipt(remote_id=key)


def _as_bot(message: Message, settings: Settings, contact: Contact, http: Http, key: str) -> Receipt:
    """A post of the bot's; one that is gone is written anew."""
    shown = body(message, key)
    content = {"message": shown["text"], "props": {**shown["props"], "attachments": shown["attachments"]}}
    if message.thread and message.kind == "update":
        try:
            return Receipt(remote_id=_call(http, settings, message, "PUT", f"posts/{message.thread}/patch", content)["id"])
        except DeliveryError as error:
            if error.reason != "gone":
                raise
    room = _room(settings, contact, message, http)
    return Receipt(remote_id=_call(http, settings, message, "POST", "posts", {"channel_id": room, **content})["id"])


def _room(settings: Settings, contact: Contact, message: Message, http: Http) -> str:
    """The id of the channel to write to; a person's own is asked for first."""
    room = address(contact) or settings.room or ""
    if not re.fullmatch(r"[a-z0-9]{26}|@[a-z0-9._-]{1,64}", room):
        raise DeliveryError(f"{one_line(room, 80)!r} is neither a channel's id nor @somebody", permanent=True, reason="bad_address")
    if not room.startswith("@"):
        return room
    us, them = (_call(http, settings, message, "GET", f"users/{who}")["id"] for who in ("me", f"username/{room[1:]}"))
    return str(_call(http, settings, message, "POST", "channels/direct", [us, them])["id"])


def _call(http: Http, settings: Settings, message: Message, method: str, path: str, content: object = None) -> dict[str, Any]:
    url = f"{str(settings.server).rstrip('/')}/api/v4/{path}"
    token = revealed(settings.token) if settings.token else ""
    found = said(ask(http, method, url, "Mattermost", message.sent_at, timeout=settings.timeout, json=content, bearer=token), "Mattermost")
    if not isinstance(found.get("id"), str) or not re.fullmatch(r"[a-z0-9]{1,40}", found["id"]):
        raise DeliveryError("the answer is not one of Mattermost", permanent=False, reason="garbage")
    return found


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
