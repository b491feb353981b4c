"""Every service that tells of clicks, as it writes and signs its requests: one bench for each, for one contract suite."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from alerts.channels import discord, mattermost, slack, telegram
from core.settings import ChannelSettings
from tests.fakes.slack import TOKEN

SECRETS = {"signing": "podpis-slacka-0123456789", "webhook": "telegram_webhook_secret_42", "token": TOKEN}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@dataclass(frozen=True, slots=True)
class Told:
    """A request as it goes over the line."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickBench:
    """`tells(user, token, once, at)` is a genuine request; `forges` one that only looks like it; `said` finds our words in the answer.

    `user` and `stranger` are as the service names them; `contact` is how the configuration names `user`. `dated`: requests carry their
    time. `signed`: the service signs, whatever the token.
    """

    settings: Callable[[Path, str], ChannelSettings]
    contact: str
    user: str
    stranger: str
    tells: Callable[[str, str, str, datetime], Told]
    forges: Callable[[str, str, str, datetime], Told]
    said: Callable[[Any], str] | None
    dated: bool = True
    signed: bool = True


def _secret(folder: Path, name: str) -> dict[str, str]:
    (folder / name).write_text(SECRETS[name], encoding="utf-8")
    return {"file": str(folder / name)}


def _slack(user: str, token: str, once: str, at: datetime, secret: str = SECRETS["signing"]) -> Told:
    payload = {
        "type": "block_actions",
        "trigger_id": once,
        "channel": {"id": "C042"},
        "user": {"id": user},
        "actions": [{"action_id": "acknowledge", "value": token}],
    }
    body, stamp = urlencode({"payload": json.dumps(payload)}).encode(), str(int(at.timestamp()))
    signed = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signed}"}
    return Told(headers, body)


def _discord(user: str, token: str, once: str, at: datetime, key: Ed25519PrivateKey = KEY) -> Told:
    said = {"type": 3, "id": once, "data": {"custom_id": token, "component_type": 2}, "member": {"user": {"id": user}}}
    return signed_by_discord(json.dumps(said).encode(), at, key)


def signed_by_discord(body: bytes, at: datetime, key: Ed25519PrivateKey = KEY) -> Told:
    """A request with Discord's headers."""
    stamp = str(int(at.timestamp()))
    return Told({"X-Signature-Timestamp": stamp, "X-Signature-Ed25519": key.sign(stamp.encode() + body).hex()}, body)


def _telegram(user: str, token: str, once: str, at: datetime, secret: str = SECRETS["webhook"]) -> Told:
    said = {"update_id": 8, "callback_query": {"id": once, "from": {"id": int(user)}, "data": token}}
    return Told({"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}, json.dumps(said).encode())


def _mattermost(user: str, token: str, once: str, at: datetime) -> Told:
    said = {"user_id": "abc", "user_name": user, "channel_id": "room", "context": {"token": token}}
    return Told({"Content-Type": "application/json"}, json.dumps(said).encode())


def _mattermost_forged(user: str, token: str, once: str, at: datetime) -> Told:
    """Nobody but us can write a token for another act."""
    other = {"a": "r", "r": "a", "s": "a", "i": "a"}[token[0]]
    return _mattermost(user, other + token[1:], once, at)


def _slack_settings(folder: Path, url: str) -> ChannelSettings:
    secrets = {"token": _secret(folder, "token"), "signing_secret": _secret(folder, "signing")}
    return slack.Settings.model_validate({"id": "chat", "room": "C042", "base_url": f"{url}/api/", **secrets})


def _discord_settings(folder: Path, url: str) -> ChannelSettings:
    public = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    return discord.Settings.model_validate({"id": "chat", "token": _secret(folder, "token"), "public_key": public, "base_url": url})


def _telegram_settings(folder: Path, url: str) -> ChannelSettings:
    secrets = {"token": _secret(folder, "token"), "webhook_secret": _secret(folder, "webhook")}
    return telegram.Settings.model_validate({"id": "chat", "base_url": url, **secrets})


def _mattermost_settings(folder: Path, url: str) -> ChannelSettings:
    return mattermost.Settings.model_validate({"id": "chat", "url": _secret(folder, "token"), "clicks": True})


CLICK_BENCHES: dict[str, ClickBench] = {
    "slack": ClickBench(
        settings=_slack_settings,
        contact="slack:U123",
        user="U123",
        stranger="U999",
        tells=_slack,
        forges=lambda user, token, once, at: _slack(user, token, once, at, "another secret"),
        said=None,
    ),
    "discord": ClickBench(
        settings=_discord_settings,
        contact="discord:@555000111",
        user="555000111",
        stranger="666000222",
        tells=_discord,
        forges=lambda user, token, once, at: _discord(user, token, once, at, STRANGER_KEY),
        said=lambda answer: answer["data"]["content"],
    ),
    "telegram": ClickBench(
        settings=_telegram_settings,
        contact="telegram:4242",
        user="4242",
        stranger="6666",
        tells=_telegram,
        forges=lambda user, token, once, at: _telegram(user, token, once, at, "another_secret"),
        said=lambda answer: answer["text"],
        dated=False,
    ),
    "mattermost": ClickBench(
        settings=_mattermost_settings,
        contact="mattermost:@anna",
        user="anna",
        stranger="obcy",
        tells=_mattermost,
        forges=_mattermost_forged,
        said=lambda answer: answer.get("ephemeral_text") or answer["update"]["message"],
        dated=False,
        signed=False,
    ),
}
