"""Discord: a bot's message with buttons.

Source: Discord, "Create message" (content 2000 characters, a nonce that is checked for the past few minutes), "Embed limits" (6000 in
all, 4096 the description), "Message components", "Interactions" and "Rate limits" (429 with Retry-After).
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import Field, HttpUrl

from alerts.channels.base import Capabilities, Click, Knock, Reply, address, ask, knocked, revealed, said
from alerts.mail import COLOURS, digest
from alerts.markdown import MARKDOWN, escape
from alerts.quoting import one_line
from alerts.telling import Button, buttons, telling, write
from core.errors import ClickRefused, DeliveryError
from core.http import Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Json, Message, Receipt

MAX_CHARS = 3800
WINDOW = timedelta(minutes=5)


class Settings(ChannelSettings):
    """Discord.

    `token` is the bot's. A contact is "discord:<channel id>", or "discord:@<user id>" for a person; `room` is for contacts that name
    none. With `public_key` (the application's, whose "Interactions Endpoint URL" is <[web] url>/in/<channel id>/clicks) buttons act at
    once, for people who have a contact "discord:@<user id>"; without it they open pages.
    """

    kind: Literal["discord"] = "discord"
    token: SecretRef
    room: str | None = Field(None, pattern=r"^@?[0-9]{5,20}$")
    public_key: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")
    base_url: HttpUrl = HttpUrl("https://discord.com/api/v10/")
    timeout: Duration = Field(timedelta(seconds=10), gt=timedelta(0))


capabilities = Capabilities(idempotent=False, edits=True, buttons=True, max_chars=6000)


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:
    """Post one message, or edit the incident's first one. The receipt is "channel/message".

    Raises DeliveryError: permanent for channels that the bot may not write to and for people who take no messages.
    """
    room, _, first = (message.thread or "").partition("/")
    if first and message.kind == "update":
        try:
            return _receipt(_call(http, settings, message, "PATCH", f"channels/{room}/messages/{first}", body(message)))
        except DeliveryError as error:
            if error.reason != "gone":
                raise
    room = _room(settings, contact, message, http)
    reply = {"message_reference": {"message_id": first, "fail_if_not_exists": False}} if first else {}
    nonce = {"nonce": digest(message.dedup_key)[:25], "enforce_nonce": True}
    return _receipt(_call(http, settings, message, "POST", f"channels/{room}/messages", body(message) | reply | nonce))


def body(message: Message) -> Json:
    """The message: a line for notifications, the whole in an embed, which calls nobody, and buttons."""
    told = telling(message)
    embed = {
        "title": escape(f"{told.mark}: {told.title}")[:256],
        "url": message.url,
        "color": int(COLOURS[message.severity][1:], 16),
        "description": write(message, MARKDOWN, MAX_CHARS),
    }
    return {
        "content": escape(one_line(message.line, 300)),
        "embeds": [embed],
        "components": [{"type": 1, "components": [_button(button) for button in buttons(message)]}],
        "allowed_mentions": {"parse": []},
    }


def _button(button: Button) -> Json:
    if button.token:
        return {"type": 2, "style": 1 if button.act == "acknowledge" else 3, "label": button.label, "custom_id": button.token}
    return {"type": 2, "style": 5, "label": button.label, "url": button.url}


def _room(settings: Settings, contact: Contact, message: Message, http: Http) -> str:
    """The id of the channel to write to; a person's is asked for first."""
    room = address(contact) or settings.room or ""
    if not room.removeprefix("@").isdecimal() or len(room) > 21:
        raise DeliveryError(f"{one_line(room, 40)!r} is not a Discord channel or @user", permanent=True, reason="bad_address")
    if not room.startswith("@"):
        return room
    return str(_call(http, settings, message, "POST", "users/@me/channels", {"recipient_id": room[1:]})["id"])


def _call(http: Http, settings: Settings, message: Message, method: str, path: str, content: Json) -> dict[str, Any]:
    headers = {"Authorization": f"Bot {revealed(settings.token)}"}
    url = f"{str(settings.base_url).rstrip('/')}/{path}"
    found = said(ask(http, method, url, "Discord", message.sent_at, timeout=settings.timeout, json=content, headers=headers), "Discord")
    if not isinstance(found.get("id"), str) or not found["id"].isdecimal():
        raise DeliveryError("the answer is not one of Discord", permanent=False, reason="garbage")
    return found


def _receipt(found: dict[str, Any]) -> Receipt:
    return Receipt(remote_id=f"{found.get('channel_id', '')}/{found['id']}")


def takes_clicks(settings: Settings) -> bool:
    """Are its buttons set up to act?"""
    return settings.public_key is not None


def read_click(knock: Knock, settings: Settings) -> Click | Reply:
    """A signed click of the last five minutes, or Discord's question whether we are there. Raises ClickRefused."""
    _check(knock, settings.public_key or "")
    found = knocked(knock.body)
    if found.get("type") == 1:
        return Reply({"type": 1})
    who = found.get("member") if isinstance(found.get("member"), dict) else found
    user = who.get("user") if isinstance(who, dict) else None
    data, once = found.get("data"), found.get("id")
    token, name = (data.get("custom_id") if isinstance(data, dict) else None), (user.get("id") if isinstance(user, dict) else None)
    if not isinstance(token, str) or not isinstance(name, str) or not isinstance(once, str):
        raise ClickRefused("the request is no click on one of our buttons", reason="unreadable")
    return Click(token=token, user=f"@{name}", once=once)


def _check(knock: Knock, public_key: str) -> None:
    """Is it signed, and fresh? Source: Discord, "Validating security request headers"."""
    stamp = knock.headers.get("x-signature-timestamp", "")
    try:
        signature = bytes.fromhex(knock.headers.get("x-signature-ed25519", ""))
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(signature, stamp.encode() + knock.body)
        made_at = datetime.fromtimestamp(int(stamp), UTC)
    except (InvalidSignature, ValueError, OverflowError, OSError):
        raise ClickRefused("the request is not signed by Discord", reason="forged") from None
    if abs(knock.at - made_at) > WINDOW:
        raise ClickRefused("the request is too old", reason="stale")


def answer_click(text: str, done: bool, knock: Knock) -> Reply:  # noqa: ARG001 - the message itself is edited by its delivery
    """A word that only whoever clicked can see."""
    return Reply({"type": 4, "data": {"content": escape(text), "flags": 64, "allowed_mentions": {"parse": []}}})
