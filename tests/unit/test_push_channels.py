"""Teams, ntfy, Mattermost and Apprise beyond what all channels promise: cards, priorities, actions, rooms, limits, clicks."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from alerts.channels import apprise, mattermost, ntfy, teams
from alerts.channels.base import Click, Knock
from core.errors import ClickRefused, DeliveryError
from core.http import Http
from core.types import Clicks, Contact, Severity
from tests.fakes import services
from tests.fakes.messages import NOW, hostile_message, message, quote
from tests.fakes.sink import Reply, Sink

LONG = "Ż\U0001f95b słowo " * 5000
WORST = message(title=LONG, line=LONG, because=LONG, told=(LONG,) * 60, quotes=(quote(LONG),) * 3)
CLICKS = Clicks(
    url="https://czujka.example/clicks/one", acknowledge="a.12.1.sig", resolve="r.12.1.sig", snooze="s.12.1.sig", irrelevant="i.12.1.sig"
)


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(allow_private=("127.0.0.0/8",))
    yield client
    client.close()


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    with Sink() as running:
        monkeypatch.setenv("URL", f"{running.url}/hooks/abc")
        monkeypatch.setenv("KEY", "klucz-apprise")
        yield running


def contact(address: str = "") -> Contact:
    return Contact(kind="any", address=address, channel="one")


def kinds(value: Any) -> set[str]:
    """Every type of element in a card."""
    if isinstance(value, dict):
        return {value.get("type", "")} | {kind for part in value.values() for kind in kinds(part)}
    return {kind for part in value for kind in kinds(part)} if isinstance(value, list) else set()


def test_a_card_shows_outside_text_in_runs_alone(sink: Sink, http: Http) -> None:
    settings = teams.Settings.model_validate({"id": "one", "url": {"env": "URL"}})
    for one in (message(), hostile_message(), WORST):
        teams.send(one, settings, contact(), http)
    for arrived in sink.arrived:
        [attachment] = arrived.json()["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert attachment["content"]["version"] == "1.5"
        assert kinds(attachment["content"]["body"]) <= {"", "RichTextBlock", "TextRun", "Container", "ActionSet", "Action.OpenUrl"}
        assert len(arrived.body) <= 21_000
    actions = sink.arrived[0].json()["attachments"][0]["content"]["actions"]
    assert [action["url"] for action in actions] == ["https://czujka.example/ack/eyJpIjoxMn0.sig", "https://czujka.example/incidents/12"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429", "unavailable"),
        (b"<!DOCTYPE html><title>Sign in</title>", "garbage"),
    ],
)
def test_a_yes_of_teams_that_is_none(sink: Sink, http: Http, body: bytes, reason: str) -> None:
    sink.answers(Reply(body=body))
    with pytest.raises(DeliveryError) as caught:
        teams.send(message(), teams.Settings.model_validate({"id": "one", "url": {"env": "URL"}}), contact(), http)
    assert (caught.value.permanent, caught.value.reason) == (False, reason)


def test_a_push_acknowledges_by_a_post_and_is_loud_by_severity(sink: Sink, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    sink.usual = services.ntfy("klucz-apprise")
    settings = ntfy.Settings.model_validate({"id": "one", "server": sink.url, "topic": "duty", "token": {"env": "KEY"}})
    first = ntfy.send(message(), settings, contact(), http)
    ntfy.send(message(severity=Severity.LOW, dedup_key="low"), settings, contact("own-topic"), http)
    ntfy.send(message(kind="update", state="acknowledged", thread=first.remote_id, dedup_key="u"), settings, contact(), http)
    critical, low, update = (arrived.json() for arrived in sink.arrived)
    assert critical["actions"][0] == {
        "action": "http",
        "label": "Potwierdź przyjęcie",
        "url": "https://czujka.example/ack/eyJpIjoxMn0.sig",
        "method": "POST",
        "clear": True,
    }
    assert [(one["topic"], one["priority"]) for one in (critical, low, update)] == [("duty", 5), ("own-topic", 2), ("duty", 2)]
    assert update["sequence_id"] == critical["sequence_id"] != low["sequence_id"]
    assert [action["action"] for action in update["actions"]] == ["view", "view"]


def test_a_push_is_never_too_long_for_a_message(sink: Sink, http: Http) -> None:
    sink.usual = services.ntfy("klucz-apprise")
    settings = ntfy.Settings.model_validate({"id": "one", "server": sink.url, "topic": "duty", "token": {"env": "KEY"}})
    for one in (WORST, hostile_message()):
        assert ntfy.send(one, settings, contact(), http).remote_id
        assert len(sink.arrived[-1].json()["message"].encode()) <= 4096


def test_a_login_of_ntfy_is_one_thing() -> None:
    for table in ({"username": "a"}, {"username": "a", "password": {"env": "P"}, "token": {"env": "T"}}, {"topic": "a/b"}):
        with pytest.raises(ValidationError):
            ntfy.Settings.model_validate({"id": "one", **table})


def test_mattermost_goes_to_the_room_and_its_buttons_carry_our_token(sink: Sink, http: Http) -> None:
    sink.usual = services.mattermost
    settings = mattermost.Settings.model_validate({"id": "one", "url": {"env": "URL"}, "room": "press", "clicks": True})
    mattermost.send(message(clicks=CLICKS), settings, contact("@anna"), http)
    mattermost.send(message(), settings, contact("one"), http)
    acting, leading = (arrived.json() for arrived in sink.arrived)
    assert (acting["channel"], leading["channel"]) == ("@anna", "press")
    tokens = [action["integration"]["context"]["token"] for action in acting["attachments"][0]["actions"]]
    assert tokens == ["a.12.1.sig", "r.12.1.sig", "s.12.1.sig", "i.12.1.sig"]
    assert leading["attachments"][0]["actions"] == []
    assert "(https://czujka.example/ack/eyJpIjoxMn0.sig)" in leading["attachments"][0]["text"]
    assert "@marek" not in json.dumps(acting, ensure_ascii=False)


def test_a_bot_of_mattermost_edits_what_it_wrote_and_finds_a_persons_room(sink: Sink, http: Http) -> None:
    sink.usual = services.mattermost_bot("klucz-apprise")
    settings = mattermost.Settings.model_validate({"id": "one", "server": sink.url, "token": {"env": "KEY"}})
    assert (mattermost.able(settings).edits, mattermost.able(settings).follows_up_on) == (True, ())
    first = mattermost.send(message(), settings, contact("@anna"), http)
    assert [f"{arrived.method} {arrived.path}" for arrived in sink.arrived] == [
        "GET /api/v4/users/me",
        "GET /api/v4/users/username/anna",
        "POST /api/v4/channels/direct",
        "POST /api/v4/posts",
    ]
    assert sink.arrived[-1].json()["channel_id"] == "direct" * 4 + "ab"
    edited = mattermost.send(message(kind="update", state="resolved", thread=first.remote_id), settings, contact("@anna"), http)
    assert (edited, sink.arrived[-1].path) == (first, f"/api/v4/posts/{first.remote_id}/patch")
    anew = mattermost.send(message(kind="update", thread="gone"), settings, contact("@anna"), http)
    assert anew.remote_id != first.remote_id


@pytest.mark.parametrize("who", ["@obcy", "../users", "Town Square", ""])
def test_whom_a_bot_of_mattermost_does_not_know_is_a_wrong_address(sink: Sink, http: Http, who: str) -> None:
    sink.usual = services.mattermost_bot("klucz-apprise")
    settings = mattermost.Settings.model_validate({"id": "one", "server": sink.url, "token": {"env": "KEY"}})
    with pytest.raises(DeliveryError) as caught:
        mattermost.send(message(), settings, contact(who), http)
    assert caught.value.permanent


def test_mattermost_wants_one_way() -> None:
    for table in ({}, {"url": {"env": "U"}, "server": "https://chat.example"}, {"server": "https://chat.example"}, {"token": {"env": "T"}}):
        with pytest.raises(ValidationError):
            mattermost.Settings.model_validate({"id": "one", **table})


def test_a_click_in_mattermost_counts_once_by_its_token() -> None:
    settings = mattermost.Settings.model_validate({"id": "one", "url": {"env": "URL"}, "clicks": True})
    body = json.dumps({"user_name": "anna", "context": {"token": "a.12.1.sig"}}).encode()
    assert mattermost.read_click(Knock({}, body, NOW), settings) == Click("a.12.1.sig", "@anna", "a.12.1.sig")
    for bad in (b"[]", b"{", b"{}", b'{"user_name": "anna", "context": []}', b'{"context": {"token": "x"}}'):
        with pytest.raises(ClickRefused) as caught:
            mattermost.read_click(Knock({}, bad, NOW), settings)
        assert caught.value.reason == "unreadable"


@pytest.mark.parametrize(("status", "permanent", "reason"), [(424, False, "unavailable"), (204, True, "bad_address"), (404, True, "gone")])
def test_answers_of_apprise(sink: Sink, http: Http, status: int, permanent: bool, reason: str) -> None:
    settings = apprise.Settings.model_validate({"id": "one", "server": sink.url, "key": {"env": "KEY"}})
    sink.answers(Reply(status=status, body=b""))
    with pytest.raises(DeliveryError) as caught:
        apprise.send(message(), settings, contact(), http)
    assert (caught.value.permanent, caught.value.reason) == (permanent, reason)


def test_apprise_gets_the_tag_and_how_bad_it_is(sink: Sink, http: Http) -> None:
    settings = apprise.Settings.model_validate({"id": "one", "server": sink.url, "key": {"env": "KEY"}, "tag": "duty"})
    apprise.send(message(), settings, contact("pr"), http)
    apprise.send(message(state="resolved"), settings, contact(), http)
    bad, over = (arrived.json() for arrived in sink.arrived)
    assert (bad["tag"], bad["type"], bad["format"]) == ("pr", "failure", "text")
    assert (over["tag"], over["type"]) == ("duty", "success")
