"""Telegram beyond what all channels promise: what stands out, edits, its own words for failure, whose clicks count."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from alerts.channels import telegram
from alerts.channels.base import Click, Knock, Reply
from core.errors import ClickRefused, DeliveryError
from core.http import Http
from core.types import Clicks, Contact
from tests.fakes.messages import NOW, hostile_message, message, quote
from tests.fakes.services import BOT_TOKEN
from tests.fakes.services import telegram as answers
from tests.fakes.sink import Sink, json_reply

ANNA = Contact(kind="telegram", address="123456789", channel="telegram-duty", person="anna", language="pl")
CLICKS = Clicks(
    url="https://czujka.example/clicks/telegram-duty",
    acknowledge="a.12.1.sig",
    resolve="r.12.1.sig",
    snooze="s.12.1.sig",
    irrelevant="i.12.1.sig",
)
SECRET = "sekret-webhooka-telegrama"
CLICK = {"update_id": 7, "callback_query": {"id": "4382", "from": {"id": 123456789}, "data": "a.12.1.sig"}}


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(allow_private=("127.0.0.0/8",))
    yield client
    client.close()


@pytest.fixture
def api() -> Iterator[Sink]:
    with Sink(answers(BOT_TOKEN)) as running:
        yield running


@pytest.fixture
def settings(api: Sink, monkeypatch: pytest.MonkeyPatch) -> telegram.Settings:
    monkeypatch.setenv("TELEGRAM_TOKEN", BOT_TOKEN)
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", SECRET)
    table = {"id": "telegram-duty", "token": {"env": "TELEGRAM_TOKEN"}, "webhook_secret": {"env": "TELEGRAM_WEBHOOK_SECRET"}}
    return telegram.Settings.model_validate({**table, "base_url": api.url})


def fails(settings: telegram.Settings, http: Http) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        telegram.send(message(), settings, ANNA, http)
    assert BOT_TOKEN not in str(caught.value)
    return caught.value


def test_the_words_that_fired_stand_out(api: Sink, settings: telegram.Settings, http: Http) -> None:
    telegram.send(message(title="\U0001f95b Wyciek"), settings, ANNA, http)
    sent = api.arrived[0].json()
    units = sent["text"].encode("utf-16-le")
    bold = [units[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le") for one in sent["entities"]]
    assert bold == ["▲ krytyczny: \U0001f95b Wyciek", "Projekcie Bursztyn", "Dlaczego", "Ile takich", "Kogo jeszcze powiadomiono"]
    assert "parse_mode" not in sent


def test_limits_hold_for_the_longest_message(api: Sink, settings: telegram.Settings, http: Http) -> None:
    long = "\U0001f95bŻ @marek " * 5000
    telegram.send(message(title=long, line=long, because=long, told=(long,) * 60, quotes=(quote(long),) * 3), settings, ANNA, http)
    telegram.send(hostile_message(), settings, ANNA, http)
    for arrived in api.arrived:
        sent = arrived.json()
        size = len(sent["text"].encode("utf-16-le")) // 2
        assert size <= 4096
        assert all(one["length"] > 0 and one["offset"] + one["length"] <= size for one in sent["entities"])
        assert "@marek" not in sent["text"]


def test_a_change_of_state_edits_the_first_message(api: Sink, settings: telegram.Settings, http: Http) -> None:
    first = telegram.send(message(clicks=CLICKS), settings, ANNA, http)
    update = message(kind="update", state="acknowledged", thread=first.remote_id, clicks=CLICKS)
    assert telegram.send(update, settings, ANNA, http) == first
    assert telegram.send(update, settings, ANNA, http) == first
    assert [arrived.path.rsplit("/", 1)[1] for arrived in api.arrived] == ["sendMessage", "editMessageText", "editMessageText"]
    before, after = (arrived.json()["reply_markup"]["inline_keyboard"] for arrived in api.arrived[:2])
    assert [[button.get("callback_data") for button in row] for row in before] == [
        ["a.12.1.sig", "r.12.1.sig"],
        ["s.12.1.sig", "i.12.1.sig"],
        [None],
    ]
    assert [[button.get("callback_data") for button in row] for row in after] == [["r.12.1.sig", "s.12.1.sig"], ["i.12.1.sig", None]]


def test_what_is_gone_is_written_anew_and_a_second_page_answers_the_first(api: Sink, settings: telegram.Settings, http: Http) -> None:
    assert telegram.send(message(kind="update", thread="123456789/5"), settings, ANNA, http).remote_id == "123456789/41"
    telegram.send(message(dedup_key="second", thread="123456789/41"), settings, ANNA, http)
    assert api.arrived[-1].json()["reply_parameters"] == {"message_id": 41, "allow_sending_without_reply": True}


def test_its_own_words_for_when_to_come_back(api: Sink, settings: telegram.Settings, http: Http) -> None:
    api.answers(json_reply({"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 35}}, 429))
    error = fails(settings, http)
    assert (error.permanent, error.retry_at) == (False, NOW + timedelta(seconds=35))


@pytest.mark.parametrize(
    ("status", "words", "reason"),
    [
        (403, "Forbidden: bot was blocked by the user", "bad_address"),
        (400, "Bad Request: chat not found", "bad_address"),
        (400, "Bad Request: can't parse entities", "rejected"),
        (401, "Unauthorized", "unauthorized"),
        (404, "Not Found", "unauthorized"),
    ],
)
def test_words_for_failure(api: Sink, settings: telegram.Settings, http: Http, status: int, words: str, reason: str) -> None:
    api.answers(json_reply({"ok": False, "error_code": status, "description": words}, status))
    error = fails(settings, http)
    assert (error.permanent, error.reason) == (True, reason)


def test_a_click_with_the_secret_counts_and_no_other(settings: telegram.Settings) -> None:
    body = json.dumps(CLICK).encode()
    assert telegram.read_click(Knock({"x-telegram-bot-api-secret-token": SECRET}, body, NOW), settings) == Click(
        "a.12.1.sig", "123456789", "4382"
    )
    assert telegram.read_click(Knock({"x-telegram-bot-api-secret-token": SECRET}, b'{"update_id": 8}', NOW), settings) == Reply()
    for headers in ({}, {"x-telegram-bot-api-secret-token": ""}, {"x-telegram-bot-api-secret-token": "zgadywany"}):
        with pytest.raises(ClickRefused) as caught:
            telegram.read_click(Knock(headers, body, NOW), settings)
        assert caught.value.reason == "forged"
    with pytest.raises(ClickRefused):
        telegram.read_click(Knock({"x-telegram-bot-api-secret-token": ""}, body, NOW), settings.model_copy(update={"webhook_secret": None}))
