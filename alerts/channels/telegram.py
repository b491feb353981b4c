"""Telegram: a bot's message with buttons; later pages answer the first one.

Text is sent without a parse mode: what stands out is named by its place. Source: Telegram, "Bot API" (sendMessage: 1 to 4096
characters after entities are parsed, which we count in UTF-16 units as entities are; callback_data: 1 to 64 bytes; setWebhook:
secret_token; 429 names retry_after).
"""

import hmac
import re
from datetime import timedelta
from typing import Any, Literal

from pydantic import Field, HttpUrl

from alerts.channels.base import Capabilities, Click, Knock, Reply, address, knocked, refused, revealed, said, unreachable
from alerts.quoting import one_line
from alerts.telling import Button, Style, buttons, write
from core.errors import ClickRefused, DeliveryError, HttpError
from core.http import Answer, Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Json, Message, Receipt, Severity

MAX_UNITS = 4000
_CANNOT_EDIT = re.compile(r"message (to edit not found|can't be edited)|MESSAGE_ID_INVALID", re.IGNORECASE)
_BAD_ADDRESS = re.compile(r"chat not found|user not found|bot was (blocked|kicked)|user is deactivated|not a member|PEER_ID", re.IGNORECASE)
_BEGIN, _END = "\ue000", "\ue001"


class Settings(ChannelSettings):
    """Telegram.

    `token` is the bot's, from @BotFather. A contact is "telegram:<chat id>"; a person's chat has the person's own id, and the person
    must have written to the bot first. `room` is for contacts that name none. With `webhook_secret` (the secret_token of setWebhook, whose
    url is <[web] url>/in/<channel id>/clicks) buttons act at once, for people who have a contact "telegram:<user id>"; without it they
    open pages.
    """

    kind: Literal["telegram"] = "telegram"
    token: SecretRef
    room: str | None = Field(None, pattern=r"^(-?[0-9]{1,20}|@[A-Za-z0-9_]{4,32})$")
    webhook_secret: SecretRef | None = None
    base_url: HttpUrl = HttpUrl("https://api.telegram.org/")
    timeout: Duration = Field(timedelta(seconds=10), gt=timedelta(0))


capabilities = Capabilities(idempotent=False, edits=True, buttons=True, max_chars=4096)


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:
    """Send one message, or edit the incident's first one. The receipt is "chat/message".

    Raises DeliveryError: permanent for chats that the bot may not write to.
    """
    room, _, first = (message.thread or "").partition("/")
    chat = room or _chat(settings, contact)
    content = {"chat_id": chat, **body(message)}
    if first and message.kind == "update":
        try:
            return _receipt(_call(http, settings, message, "editMessageText", content | {"message_id": int(first)}), chat, first)
        except DeliveryError as error:
            if error.reason != "cannot_edit":
                raise
    reply = {"reply_parameters": {"message_id": int(first), "allow_sending_without_reply": True}} if first else {}
    return _receipt(_call(http, settings, message, "sendMessage", content | reply), chat, "")


def body(message: Message) -> Json:
    """Text, which of it stands out, and buttons. What is below high makes no sound."""
    text, entities = marked(write(message, _STYLE, MAX_UNITS, size=_units))
    return {
        "text": text,
        "entities": entities,
        "link_preview_options": {"is_disabled": True},
        "disable_notification": message.severity < Severity.HIGH,
        "reply_markup": {"inline_keyboard": _keyboard(message)},
    }


def marked(text: str) -> tuple[str, list[Json]]:
    """The text without our marks, and the places of what they stood around, in UTF-16 units."""
    out, entities, begun = "", [], -1
    for part in re.split(f"([{_BEGIN}{_END}])", text):
        if part == _BEGIN:
            begun = _units(out)
        elif part == _END and begun >= 0:
            entities.append({"type": "bold", "offset": begun, "length": _units(out) - begun})
            begun = -1
        elif part != _END:
            out += part
    return out, [entity for entity in entities if entity["length"]]


def _escape(text: str) -> str:
    """Without letters that we use as marks; "@" is followed by a joiner, so that nobody is called."""
    return re.sub(f"[{_BEGIN}{_END}]", "", text).replace("@", "@\u2060")


def _units(text: str) -> int:
    return len(re.sub(f"[{_BEGIN}{_END}]", "", text).encode("utf-16-le")) // 2


_STYLE = Style(escape=_escape, bold=lambda text: f"{_BEGIN}{text}{_END}", quote="│ ", link=lambda label, url: f"{label} {url}")


def _keyboard(message: Message) -> list[list[Json]]:
    """Two buttons in a row: more would be cut on a phone."""
    shown = [_button(button) for button in buttons(message)]
    return [shown[place : place + 2] for place in range(0, len(shown), 2)]


def _button(button: Button) -> Json:
    return {"text": button.label, **({"callback_data": button.token} if button.token else {"url": button.url})}


def _chat(settings: Settings, contact: Contact) -> str:
    chat = address(contact) or settings.room or ""
    if not re.fullmatch(r"-?[0-9]{1,20}|@[A-Za-z0-9_]{4,32}", chat):
        raise DeliveryError(f"{one_line(chat, 40)!r} is not a Telegram chat", permanent=True, reason="bad_address")
    return chat


def _call(http: Http, settings: Settings, message: Message, method: str, content: Json) -> dict[str, Any]:
    """One call; answers its result ({} where nothing was to be changed). Raises DeliveryError."""
    url = f"{str(settings.base_url).rstrip('/')}/bot{revealed(settings.token)}/{method}"
    try:
        answer = http.post(url, json=content, timeout_s=settings.timeout.total_seconds(), max_bytes=1_000_000, follow=False)
    except HttpError as error:
        raise unreachable(error) from None
    if answer.status == 400 and b"message is not modified" in answer.body:
        return {}
    if not 200 <= answer.status < 300:
        raise _refused(answer, message)
    result = said(answer, "Telegram").get("result")
    if not isinstance(result, dict):
        raise DeliveryError("the answer is not one of Telegram", permanent=False, reason="garbage")
    return result


def _refused(answer: Answer, message: Message) -> DeliveryError:
    """Telegram's own words choose the reason, but are not repeated. A wrong token is a 404: it is part of the address."""
    error = refused(answer, "Telegram", message.sent_at)
    try:
        found = answer.json()
    except HttpError:
        return error
    words = str(found.get("description", "")) if isinstance(found, dict) else ""
    parameters = found.get("parameters") if isinstance(found, dict) else None
    wait_s = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if not error.permanent and error.retry_at is None and isinstance(wait_s, int) and 0 < wait_s <= 604_800:
        error.retry_at = message.sent_at + timedelta(seconds=wait_s)
    if error.permanent:
        error.reason = "cannot_edit" if _CANNOT_EDIT.search(words) else "bad_address" if _BAD_ADDRESS.search(words) else error.reason
        error.reason = "unauthorized" if answer.status == 404 else error.reason
    return error


def _receipt(result: dict[str, Any], chat: str, known: str) -> Receipt:
    found = result.get("message_id")
    if not known and not isinstance(found, int):
        raise DeliveryError("the answer is not one of Telegram", permanent=False, reason="garbage")
    return Receipt(remote_id=f"{chat}/{known or found}")


def takes_clicks(settings: Settings) -> bool:
    """Are its buttons set up to act?"""
    return settings.webhook_secret is not None


def read_click(knock: Knock, settings: Settings) -> Click | Reply:
    """A click with the secret that only Telegram was told. Other updates are taken and forgotten. Raises ClickRefused."""
    given = knock.headers.get("x-telegram-bot-api-secret-token", "")
    if (
        not hmac.compare_digest(given.encode(), (revealed(settings.webhook_secret) if settings.webhook_secret else "").encode())
        or not given
    ):
        raise ClickRefused("the request does not carry Telegram's secret", reason="forged")
    found = knocked(knock.body)
    query = found.get("callback_query")
    if not isinstance(query, dict):
        return Reply()
    user, token, once = query.get("from"), query.get("data"), query.get("id")
    name = user.get("id") if isinstance(user, dict) else None
    if not isinstance(token, str) or not isinstance(name, int) or not isinstance(once, str):
        raise ClickRefused("the request is no click on one of our buttons", reason="unreadable")
    return Click(token=token, user=str(name), once=once)


def answer_click(text: str, done: bool, knock: Knock) -> Reply:
    """A word above the chat, said in the answer itself; what went wrong must be closed by hand."""
    query = knocked(knock.body).get("callback_query", {})
    return Reply({"method": "answerCallbackQuery", "callback_query_id": query.get("id"), "text": text[:200], "show_alert": not done})
