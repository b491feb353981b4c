"""Slack beyond what all channels promise: rooms, threads, edits, and what its own words for failure mean."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from alerts.channels import slack
from alerts.channels.base import Click, Knock
from alerts.channels.base import Reply as ClickReply
from core.errors import ClickRefused, DeliveryError
from core.http import Http
from core.table import Secret
from core.types import Clicks, Contact
from tests.fakes.messages import NOW, hostile_message, message, quote
from tests.fakes.sink import Reply, json_reply
from tests.fakes.slack import TOKEN, Slack

ANNA = Contact(kind="slack", address="U123", channel="chat", person="anna", language="pl")
ROOM = Contact(kind="slack", address="", channel="chat")
SIGNING = "8f742231b10e8888abcd99yyyzzz85a5-nasz"


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(allow_private=("127.0.0.0/8",))
    yield client
    client.close()


@pytest.fixture
def api() -> Iterator[Slack]:
    with Slack() as running:
        yield running


@pytest.fixture
def settings(api: Slack, monkeypatch: pytest.MonkeyPatch) -> slack.Settings:
    monkeypatch.setenv("SLACK_TOKEN", TOKEN)
    return slack.Settings.model_validate({"id": "chat", "token": {"env": "SLACK_TOKEN"}, "room": "C042", "base_url": f"{api.url}/api"})


def fails(settings: slack.Settings, http: Http, contact: Contact = ANNA) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        slack.send(message(), settings, contact, http)
    assert TOKEN not in str(caught.value)
    return caught.value


def test_a_person_is_written_to_in_their_own_room(api: Slack, settings: slack.Settings, http: Http) -> None:
    assert slack.send(message(), settings, ANNA, http).remote_id == "D123:1700000000.000001"


@pytest.mark.parametrize("address", ["", "chat"])
def test_a_contact_that_names_the_channel_goes_to_its_room(api: Slack, settings: slack.Settings, http: Http, address: str) -> None:
    contact = Contact(kind="slack", address=address, channel="chat")
    assert slack.send(message(), settings, contact, http).remote_id.startswith("C042:")


def test_no_room_at_all(api: Slack, settings: slack.Settings, http: Http) -> None:
    error = fails(settings.model_copy(update={"room": None}), http, ROOM)
    assert (error.permanent, error.reason) == (True, "bad_address")
    assert api.arrived == []


def test_a_second_page_goes_under_the_first_and_is_heard(api: Slack, settings: slack.Settings, http: Http) -> None:
    first = slack.send(message(), settings, ROOM, http)
    slack.send(message(dedup_key="second", thread=first.remote_id), settings, ROOM, http)
    second = api.arrived[1].json()
    assert (second["thread_ts"], second["reply_broadcast"], second["channel"]) == ("1700000000.000001", True, "C042")


def test_an_update_edits_the_first_message(api: Slack, settings: slack.Settings, http: Http) -> None:
    first = slack.send(message(), settings, ANNA, http)
    again = slack.send(message(kind="update", state="acknowledged", thread=first.remote_id), settings, ANNA, http)

    assert again == first
    assert api.posted == 1
    shown = api.messages[first.remote_id]["blocks"]
    assert "przyjęty" in shown[0]["text"]["text"]
    assert [button["action_id"] for button in shown[-1]["elements"]] == ["open"]


def test_an_update_of_what_is_gone_is_a_new_message(api: Slack, settings: slack.Settings, http: Http) -> None:
    receipt = slack.send(message(kind="update", thread="D123:1600000000.000009"), settings, ANNA, http)
    assert receipt.remote_id == "D123:1700000000.000001"


def test_buttons_lead_to_pages(api: Slack, settings: slack.Settings, http: Http) -> None:
    slack.send(message(), settings, ANNA, http)
    buttons = api.arrived[0].json()["blocks"][-1]["elements"]
    assert [(button["text"]["text"], button["url"]) for button in buttons] == [
        ("Potwierdź przyjęcie", "https://czujka.example/ack/eyJpIjoxMn0.sig"),
        ("Otwórz incydent", "https://czujka.example/incidents/12"),
    ]


def test_the_words_that_fired_stand_out(api: Slack, settings: slack.Settings, http: Http) -> None:
    slack.send(message(), settings, ANNA, http)
    [rich] = [block for block in api.arrived[0].json()["blocks"] if block["type"] == "rich_text"]
    assert [part["text"] for part in rich["elements"][0]["elements"] if part.get("style", {}).get("bold")] == ["Projekcie Bursztyn"]


@pytest.mark.parametrize(
    ("word", "permanent", "reason"),
    [
        ("channel_not_found", True, "bad_address"),
        ("is_archived", True, "bad_address"),
        ("invalid_auth", True, "unauthorized"),
        ("account_inactive", True, "unauthorized"),
        ("missing_scope", True, "unauthorized"),
        ("invalid_blocks", True, "rejected"),
        ("a_word_of_next_year", True, "rejected"),
        ("ratelimited", False, "unavailable"),
        ("internal_error", False, "unavailable"),
        ("service_unavailable", False, "unavailable"),
    ],
)
def test_words_for_failure(api: Slack, settings: slack.Settings, http: Http, word: str, permanent: bool, reason: str) -> None:
    api.answers(json_reply({"ok": False, "error": word}))
    error = fails(settings, http)
    assert (error.permanent, error.reason) == (permanent, reason)
    assert len(api.arrived) == 1


def test_a_wrong_token(api: Slack, settings: slack.Settings, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_TOKEN", "xoxb-stary")
    error = fails(settings, http)
    assert (error.permanent, error.reason) == (True, "unauthorized")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"ok"',
        b'{"ok": "yes"}',
        b'{"ok": true}',
        b"{",
        b"\xff\xfe",
        b'{"ok": false}',
        b'{"ok": false, "error": {"a": 1}}',
    ],
)
def test_answers_that_are_not_slacks(api: Slack, settings: slack.Settings, http: Http, body: bytes) -> None:
    api.answers(Reply(body=body))
    fails(settings, http)


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (502, False), (503, False), (404, True), (302, True)])
def test_status(api: Slack, settings: slack.Settings, http: Http, status: int, permanent: bool) -> None:
    api.answers(Reply(status=status, body=b"<html>", headers={"Retry-After": "9"}))
    error = fails(settings, http)
    assert error.permanent == permanent
    assert error.retry_at == (None if permanent else NOW + timedelta(seconds=9))


def texts(value: Any) -> Iterator[tuple[str, int]]:
    """Every text with its type's limit. Source: Slack, "Block Kit"."""
    if isinstance(value, dict):
        if value.get("type") == "header":
            yield value["text"]["text"], 150
        elif value.get("type") == "section":
            yield value["text"]["text"], 3000
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def test_limits_hold_for_the_longest_message(api: Slack, settings: slack.Settings, http: Http) -> None:
    long = "Ż" * 50_000
    slack.send(message(title=long, line=long, because=long, told=(long,) * 60, quotes=(quote(long),) * 3), settings, ANNA, http)
    slack.send(hostile_message(), settings, ANNA, http)
    for arrived in api.arrived:
        sent = arrived.json()
        assert len(sent["blocks"]) <= 50
        assert len(sent["text"]) <= 4000
        assert all(0 < len(text) <= limit for text, limit in texts(sent["blocks"]))


def test_the_line_is_escaped_for_notifications(api: Slack, settings: slack.Settings, http: Http) -> None:
    slack.send(message(line="[high] <!channel> & <b>"), settings, ANNA, http)
    sent = api.arrived[0].json()
    assert sent["text"] == "[high] &lt;!channel&gt; &amp; &lt;b&gt;"
    assert (sent["mrkdwn"], sent["parse"], sent["unfurl_links"]) == (False, "none", False)


def knock(body: bytes, *, stamp: int = int(NOW.timestamp()), secret: str = SIGNING) -> Knock:
    signed = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return Knock({"x-slack-request-timestamp": str(stamp), "x-slack-signature": f"v0={signed}"}, body, NOW)


def click(**changed: Any) -> bytes:
    payload = {"type": "block_actions", "user": {"id": "U123"}, "actions": [{"action_id": "acknowledge", "value": "a.12.1.sig"}], **changed}
    return urlencode({"payload": json.dumps(payload)}).encode()


@pytest.fixture
def signing(settings: slack.Settings, monkeypatch: pytest.MonkeyPatch) -> slack.Settings:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SIGNING)
    return settings.model_copy(update={"signing_secret": Secret(env="SLACK_SIGNING_SECRET")})


def test_a_signature_known_from_slacks_documentation(settings: slack.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of "Verifying requests from Slack": genuine, though it is a slash command and no click."""
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "8f742231b10e8888abcd99yyyzzz85a5")
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    at = datetime.fromtimestamp(1_531_420_618, UTC)
    known = Knock({"x-slack-request-timestamp": "1531420618", "x-slack-signature": signature}, body, at)
    genuine = settings.model_copy(update={"signing_secret": Secret(env="SLACK_SIGNING_SECRET")})
    with pytest.raises(ClickRefused) as caught:
        slack.read_click(known, genuine)
    assert caught.value.reason == "unreadable"
    with pytest.raises(ClickRefused) as caught:
        slack.read_click(replace(known, body=body + b"x"), genuine)
    assert caught.value.reason == "forged"


def test_a_signed_click_says_who_and_what(signing: slack.Settings) -> None:
    genuine = knock(click())
    assert slack.read_click(genuine, signing) == Click("a.12.1.sig", "U123", genuine.headers["x-slack-signature"])
    assert slack.read_click(knock(click(actions=[{"action_id": "open"}])), signing) == ClickReply()


def test_a_forged_or_old_click_is_refused(signing: slack.Settings, settings: slack.Settings) -> None:
    now = int(NOW.timestamp())
    forged = (knock(click(), secret="zgadywany"), replace(knock(click()), body=click(user={"id": "U999"})), Knock({}, click(), NOW))
    for bad in forged:
        with pytest.raises(ClickRefused) as caught:
            slack.read_click(bad, signing)
        assert caught.value.reason == "forged"
    for stamp in (now - 301, now + 301):
        with pytest.raises(ClickRefused) as caught:
            slack.read_click(knock(click(), stamp=stamp), signing)
        assert caught.value.reason == "stale"
    with pytest.raises(ClickRefused):
        slack.read_click(knock(click(), secret=""), settings)


def test_buttons_with_a_token_act_by_themselves(api: Slack, settings: slack.Settings, http: Http) -> None:
    clicks = Clicks(
        url="https://czujka.example/clicks/chat",
        acknowledge="a.12.1.sig",
        resolve="r.12.1.sig",
        snooze="s.12.1.sig",
        irrelevant="i.12.1.sig",
    )
    slack.send(message(clicks=clicks), settings, ANNA, http)
    buttons = api.arrived[0].json()["blocks"][-1]["elements"]
    assert [(one["action_id"], one.get("value"), one.get("url")) for one in buttons] == [
        ("acknowledge", "a.12.1.sig", None),
        ("resolve", "r.12.1.sig", None),
        ("snooze", "s.12.1.sig", None),
        ("irrelevant", "i.12.1.sig", None),
        ("open", None, "https://czujka.example/incidents/12"),
    ]
