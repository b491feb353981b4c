"""Slack: a message in blocks with buttons; repeats come in the first one's thread.

Text from outside stands only in elements that Slack does not read for markup or mentions (`plain_text`, `rich_text`).
"""

import hashlib
import hmac
import json
import logging
import re
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import parse_qs
from urllib.request import Request

from pydantic import Field, HttpUrl
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from alerts.channels.base import Capabilities, Click, Knock, Reply, knocked, refused, revealed, unreachable
from alerts.headlines import reach, speak, zone
from alerts.mail import NOTES, SHAPES, digest
from alerts.quoting import one_line, pieces, web_address
from alerts.telling import Button, buttons
from core.errors import ClickRefused, DeliveryError, HttpError
from core.http import Http
from core.labels import platform_name, severity_name
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Json, Message, Quote, Receipt

QUOTE = 700
WINDOW = timedelta(minutes=5)

# What passes by itself; every other named error wants a person. Source: Slack, "chat.postMessage", errors.
_TEMPORARY = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)
_CANNOT_EDIT = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_UNAUTHORIZED = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "access_denied",
        "ekm_access_denied",
        "org_login_required",
        "team_access_not_granted",
    }
)
_BAD_ADDRESS = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "user_not_found", "user_disabled", "cannot_dm_bot", "messages_tab_disabled"}
)

_log = logging.getLogger("czujka.slack")
_log.addHandler(logging.NullHandler())
_log.propagate = False


class Settings(ChannelSettings):
    """Slack.

    `token` is a bot token (xoxb-…) with the scopes chat:write and, for people, im:write. `room` is the id of the room for contacts
    that name none; the bot must have been invited there. With `signing_secret` (of the same app, whose "Request URL" under
    Interactivity is <[web] url>/in/<channel id>/clicks) buttons act at once, for people who have a contact "slack:<member id>"; without
    it they open pages. `base_url` is another address of the Web API.
    """

    kind: Literal["slack"] = "slack"
    token: SecretRef
    room: str | None = None
    signing_secret: SecretRef | None = None
    base_url: HttpUrl = HttpUrl("https://slack.com/api/")
    timeout: Duration = Field(timedelta(seconds=10), gt=timedelta(0))


capabilities = Capabilities(idempotent=False, edits=True, buttons=True, max_chars=40_000)


class _Client(WebClient):
    """The SDK's client over our own transport: its guards, limits and time-outs hold for Slack too, and nothing is tried twice here."""

    def __init__(self, http: Http, settings: Settings, now: datetime) -> None:
        base_url = str(settings.base_url).rstrip("/") + "/"
        super().__init__(token=revealed(settings.token), base_url=base_url, retry_handlers=[], logger=_log)
        self._http, self._timeout_s, self._now = http, settings.timeout.total_seconds(), now

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        """One request. Raises HttpError, and DeliveryError for any status but 200."""
        body = req.data if isinstance(req.data, bytes) else None
        answer = self._http.request(
            "POST", url, headers=dict(req.header_items()), content=body, timeout_s=self._timeout_s, max_bytes=1_000_000, follow=False
        )
        if answer.status != 200:
            raise refused(answer, "Slack", self._now)
        said = answer.json()
        named = isinstance(said, dict) and (said.get("ts") or said.get("message_ts"))
        if not isinstance(said, dict) or not isinstance(said.get("ok"), bool) or (said["ok"] and not named):
            raise HttpError("Slack's answer is not one of its Web API", reason="garbage")
        return {"status": answer.status, "headers": dict(answer.headers), "body": json.dumps(said)}


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:
    """Post one message, or edit the incident's first one when its kind is "update". The receipt is "room:ts".

    Raises DeliveryError: permanent for rooms, people and tokens that Slack does not know, with `retry_at` when it limits us.
    """
    client = _Client(http, settings, message.sent_at)
    known_room, _, first = (message.thread or "").rpartition(":")
    room = known_room or _room(settings, contact)
    content = {"text": fallback(message), "blocks": blocks(message), "metadata": _metadata(message)}
    try:
        if first and message.kind == "update":
            return _edited(client, room, first, content)
        return _posted(client, room, first, content)
    except HttpError as error:
        raise unreachable(error) from None
    except SlackApiError as error:
        raise _named(str(error.response.get("error", ""))) from None


def _room(settings: Settings, contact: Contact) -> str:
    """Where to: the contact's own id, or the channel's room when the contact only names the channel."""
    room = settings.room or "" if contact.address in {"", contact.channel} else contact.address
    if not re.fullmatch(r"[A-Za-z0-9#@._-]{1,80}", room):
        raise DeliveryError(f"{one_line(room, 80)!r} is not a Slack room or person", permanent=True, reason="bad_address")
    return room


def _posted(client: _Client, room: str, first: str, content: dict[str, Any]) -> Receipt:
    """A new message; a later page of an incident goes under the first one and into the room, so that it is heard."""
    under: dict[str, Any] = {"thread_ts": first, "reply_broadcast": True} if first else {}
    said = client.chat_postMessage(channel=room, mrkdwn=False, parse="none", unfurl_links=False, unfurl_media=False, **under, **content)
    return Receipt(remote_id=f"{said.get('channel') or room}:{said['ts']}")


def _edited(client: _Client, room: str, first: str, content: dict[str, Any]) -> Receipt:
    """The first message in its new state; where it is gone or too old to edit, a new one under it."""
    try:
        said = client.chat_update(channel=room, ts=first, parse="none", **content)
    except SlackApiError as error:
        if error.response.get("error") not in _CANNOT_EDIT:
            raise
        return _posted(client, room, "", content)
    return Receipt(remote_id=f"{said.get('channel') or room}:{said['ts']}")


def _named(error: str) -> DeliveryError:
    """Slack's own word for what is wrong."""
    word = error if re.fullmatch(r"[a-z_]{2,60}", error) else "an unknown error"
    permanent = word not in _TEMPORARY
    reason = "unauthorized" if word in _UNAUTHORIZED else "bad_address" if word in _BAD_ADDRESS else "rejected"
    return DeliveryError(f"Slack: {word}", permanent=permanent, reason=reason if permanent else "unavailable")


def _metadata(message: Message) -> Json:
    """By this a repeat can be recognised in Slack's own export. Source: Slack, "Message metadata"."""
    return {"event_type": "czujka_delivery", "event_payload": {"dedup_key": digest(message.dedup_key), "incident": message.incident_id}}


def fallback(message: Message) -> str:
    """What notifications show. Source: Slack, "Escaping text"."""
    line = one_line(message.line, 300)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def blocks(message: Message) -> list[Json]:
    """The message in blocks: the sentence, the posts, why, how many, who, buttons."""
    spoken = speak(message.language)
    mark = severity_name(message.severity, message.language) if message.state == "open" else spoken.say(message.state)
    facts = [(spoken.say("Why"), one_line(message.because, 1500))] if message.because else []
    facts.append((spoken.say("How many like it"), spoken.count("{n} post so far", "{n} posts so far", message.count)))
    told = ", ".join(one_line(name, 120) for name in message.told[:20])
    facts.append((spoken.say("Who else was told"), told or spoken.say("Nobody else so far.")))
    note = spoken.say(NOTES[message.kind]) if message.kind in NOTES else one_line(message.news, 200)
    return [
        {"type": "header", "text": _text(f"{SHAPES[message.severity]} {mark}: {one_line(message.title, 120)}", 150)},
        *([{"type": "section", "text": _text(note, 300)}] if note else []),
        {"type": "section", "text": _text(one_line(message.line, 300).partition("] ")[2] or one_line(message.line, 300), 300)},
        *(block for quote in message.quotes for block in _quote(quote, message)),
        {"type": "section", "text": _text("\n".join(f"{name}: {value}" for name, value in facts), 3000)},
        {"type": "actions", "elements": _buttons(message)},
    ]


def _quote(quote: Quote, message: Message) -> list[Json]:
    spoken = speak(message.language)
    said_at = quote.created_at.astimezone(zone(message.timezone)).strftime("%Y-%m-%d %H:%M %Z")
    author = one_line(quote.author, 80) or spoken.say("unknown author")
    head = " · ".join([platform_name(one_line(quote.platform, 40)), author, reach(quote.reach, message.language), said_at])
    words = [{"type": "text", "text": piece.text, **({"style": {"bold": True}} if piece.label else {})} for piece in pieces(quote, QUOTE)]
    link = web_address(quote.url)
    text: list[Json] = [{"type": "rich_text_quote", "elements": words or [{"type": "text", "text": "–"}]}]
    if link:
        text.append({"type": "rich_text_section", "elements": [{"type": "link", "url": link, "text": spoken.say("Open the post")}]})
    return [{"type": "context", "elements": [_text(head, 300)]}, {"type": "rich_text", "elements": text}]


def _buttons(message: Message) -> list[Json]:
    """Buttons whose click acts carry a token; the others open a page."""
    return [_button(button) for button in buttons(message)]


def _button(button: Button) -> Json:
    shown = {"type": "button", "action_id": button.act, "text": _text(button.label, 75)}
    primary = {"style": "primary"} if button.act == "acknowledge" else {}
    return {**shown, **primary, **({"value": button.token} if button.token else {"url": button.url})}


def _text(text: str, limit: int) -> Json:
    return {"type": "plain_text", "text": text[:limit], "emoji": False}


def takes_clicks(settings: Settings) -> bool:
    """Are its buttons set up to act?"""
    return settings.signing_secret is not None


def read_click(knock: Knock, settings: Settings) -> Click | Reply:
    """A signed click of the last five minutes; clicks that only opened a page are taken and forgotten. Raises ClickRefused."""
    signature = _check(knock, revealed(settings.signing_secret) if settings.signing_secret else "")
    found = knocked(parse_qs(knock.body.decode("utf-8", "replace")).get("payload", [""])[0].encode())
    actions, user = found.get("actions"), found.get("user")
    action = actions[0] if isinstance(actions, list) and actions else None
    name = user.get("id") if isinstance(user, dict) else None
    if found.get("type") != "block_actions" or not isinstance(action, dict) or not isinstance(name, str):
        raise ClickRefused("the request is no click on one of our buttons", reason="unreadable")
    token = action.get("value")
    # one click has one trigger, also where Slack tells of it twice under two signatures
    trigger = found.get("trigger_id")
    once = trigger if isinstance(trigger, str) and trigger else signature
    return Click(token=token, user=name, once=once) if isinstance(token, str) else Reply()


def _check(knock: Knock, secret: str) -> str:
    """The signature, if it is genuine and fresh. Source: Slack, "Verifying requests from Slack"."""
    stamp, given = knock.headers.get("x-slack-request-timestamp", ""), knock.headers.get("x-slack-signature", "")
    expected = "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + knock.body, hashlib.sha256).hexdigest()
    if (
        not secret
        or not re.fullmatch(r"[0-9]{1,12}", stamp)
        or not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
    ):
        raise ClickRefused("the request is not signed by Slack", reason="forged")
    if abs(knock.at.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise ClickRefused("the request is too old", reason="stale")
    return given


def answer_click(text: str, done: bool, knock: Knock) -> Reply:  # noqa: ARG001 - Slack reads no words here: `whisper` says them
    """Slack wants an empty yes within three seconds. Source: Slack, "Handling user interaction", acknowledgment response."""
    return Reply()


def whisper(text: str, knock: Knock, settings: Settings, http: Http) -> None:
    """Say it where the button was, so that only whoever clicked sees it; a word that is lost is no harm.

    Source: Slack, "chat.postEphemeral".
    """
    found = knocked(parse_qs(knock.body.decode("utf-8", "replace")).get("payload", [""])[0].encode())
    room, user = (_id_in(found, name) for name in ("channel", "user"))
    if not room or not user:
        return
    try:
        client = _Client(http, settings, knock.at)
        client.chat_postEphemeral(channel=room, user=user, text=text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    except (HttpError, SlackApiError, DeliveryError):
        _log.debug("a word to whoever clicked was not taken")


def _id_in(found: dict[str, Any], name: str) -> str:
    part = found.get(name)
    return str(part.get("id") or "") if isinstance(part, dict) else ""
