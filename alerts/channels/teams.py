"""Microsoft Teams: an adaptive card through a workflow's webhook.

Text from outside stands only in text runs, which Teams does not read for markup. Source: Microsoft, "Create incoming webhooks with
Workflows", "Text features in Adaptive Cards" and "Microsoft Teams connector", known issues: a message holds about 28 kB with all that
belongs to it, more is a 413; others report refusals from 21 kB, so we stay below. More than four requests a second are a 429.
"""

import json
from datetime import timedelta
from typing import Literal

from pydantic import Field

from alerts.channels.base import EVERY_CHANGE, Capabilities, post, revealed
from alerts.headlines import speak
from alerts.mail import digest
from alerts.telling import Post, Telling, buttons, telling
from core.errors import DeliveryError
from core.http import Http
from core.settings import ChannelSettings
from core.table import Duration, SecretRef
from core.types import Contact, Json, Message, Receipt, Severity

MAX_BYTES = 20_000
COLOURS = {Severity.CRITICAL: "attention", Severity.HIGH: "attention", Severity.MEDIUM: "warning", Severity.LOW: "accent"}


class Settings(ChannelSettings):
    """Microsoft Teams.

    `url` is the address that the workflow "Send webhook alerts to a channel" (or to a chat) shows; whoever knows it may write there,
    so it is a secret. One channel of Czujka writes to one channel or chat of Teams. Its buttons open pages: only a card that a bot has
    sent can act by itself, and a workflow is none. A later change of state
    comes as a new card, since a workflow's cards cannot be edited from outside.
    """

    kind: Literal["teams"] = "teams"
    url: SecretRef
    timeout: Duration = Field(timedelta(seconds=15), gt=timedelta(0))


capabilities = Capabilities(idempotent=False, edits=False, buttons=True, max_chars=20_000, follows_up_on=EVERY_CHANGE)


def send(message: Message, settings: Settings, contact: Contact, http: Http) -> Receipt:  # noqa: ARG001 - the address is the room
    """Give one card to the workflow. The receipt is our own number of it: the workflow answers 202 and says no more.

    Raises DeliveryError: permanent for a workflow that is gone, switched off or refuses us.
    """
    key = digest(message.dedup_key)
    content = json.dumps(fitting(message), ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "x-ms-client-tracking-id": key}
    answer = post(
        http, revealed(settings.url), "the Teams workflow", message.sent_at, timeout=settings.timeout, content=content, headers=headers
    )
    # A webhook that forwards for Teams says yes, and in its words that Teams said no.
    if b"returned HTTP error" in answer.body:
        raise DeliveryError("Teams did not take the card from its webhook", permanent=False, reason="unavailable")
    if answer.body.lstrip().lower().startswith((b"<html", b"<!doctype")):
        raise DeliveryError("a page answered in place of the Teams workflow", permanent=False, reason="garbage")
    return Receipt(remote_id=key)


def fitting(message: Message) -> Json:
    """The card with as much of the posts as fits into what Teams takes."""
    made: Json = {}
    for quote_chars in (700, 300, 100, 20):
        made = card(telling(message, quote_chars), message)
        if len(json.dumps(made, ensure_ascii=False).encode()) <= MAX_BYTES:
            break
    return made


def card(told: Telling, message: Message) -> Json:
    """The message as an adaptive card of version 1.5: the sentence, the posts, why, how many, who, buttons."""
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": f"{told.mark}: {told.title}",
        "msteams": {"width": "Full"},
        "body": [
            _line(_run(f"{told.mark}: {told.title}", weight="Bolder", size="Large", color=COLOURS.get(message.severity, "default"))),
            *([_line(_run(told.note))] if told.note else []),
            _line(_run(told.sentence)),
            *(part for one in told.posts for part in _post(one, message.language)),
            *(_line(_run(f"{name}: ", weight="Bolder"), _run(value)) for name, value in told.facts),
        ],
        "actions": [{"type": "Action.OpenUrl", "title": button.label, "url": button.url} for button in buttons(message) if button.url],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}],
    }


def _post(one: Post, language: str) -> list[Json]:
    words = [_run(piece.text, highlight=True, weight="Bolder") if piece.label else _run(piece.text) for piece in one.words]
    link = [{"type": "ActionSet", "actions": [_opens(one.url, language)]}] if one.url else []
    return [
        {"type": "Container", "style": "emphasis", "items": [_line(_run(one.head, isSubtle=True)), _line(*(words or [_run("–")])), *link]}
    ]


def _opens(url: str, language: str) -> Json:
    return {"type": "Action.OpenUrl", "title": speak(language).say("Open the post"), "url": url}


def _line(*runs: Json) -> Json:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **how: object) -> Json:
    return {"type": "TextRun", "text": text, **how}
