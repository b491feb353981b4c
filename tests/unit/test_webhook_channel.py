"""The webhook's answers, and its documentation: the example there checks what is really sent."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.channels import webhook
from core.errors import DeliveryError
from core.http import Http
from core.types import Contact
from tests.fakes.messages import NOW, hostile_message, message, quote
from tests.fakes.sink import Reply, Sink

PAGE = Path("docs/reference/webhook.md").read_text(encoding="utf-8")
SECRET = "32 losowe litery i jeszcze kilka"
HOOK = Contact(kind="webhook", address="", channel="duty-desk")


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(allow_private=("127.0.0.0/8",))
    yield client
    client.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture
def settings(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> webhook.Settings:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    return webhook.Settings.model_validate({"id": "duty-desk", "url": f"{sink.url}/czujka?team=pr", "secret": {"env": "WEBHOOK_SECRET"}})


def documented_check() -> Any:
    """The function that the documentation gives to its readers."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "webhook.md", "exec"), names)
    return names["is_genuine"]


def test_the_documented_check_accepts_what_is_sent_and_nothing_else(http: Http, sink: Sink, settings: webhook.Settings) -> None:
    webhook.send(message(), settings, HOOK, http)

    [arrived] = sink.arrived
    is_genuine, header, now = documented_check(), arrived.headers["Czujka-Signature"], NOW.timestamp()
    assert is_genuine(header, arrived.body, SECRET, now + 20)
    assert not is_genuine(header, arrived.body, SECRET, now + 301)
    assert not is_genuine(header, arrived.body, SECRET)
    assert not is_genuine(header, arrived.body, "another secret", now)
    assert not is_genuine(header, arrived.body + b" ", SECRET, now)
    assert not is_genuine(header.replace("t=", "t=1"), arrived.body, SECRET, now)
    assert not any(is_genuine(bad, arrived.body, SECRET, now) for bad in ("", "t=x,v1=", "v1=", f"t={int(now)}", f"t={int(now)},v1=00"))


def test_a_signature_known_from_elsewhere() -> None:
    # computed with: printf '1700000000.{}' | openssl dgst -sha256 -hmac klucz
    expected = "t=1700000000,v1=6bbf7df882207699671f6bff8420602b8bc6bf1ea574207be75c345ef1344441"
    assert webhook.signature(b"{}", "klucz", datetime.fromtimestamp(1_700_000_000, tz=NOW.tzinfo)) == expected


def test_the_body_has_the_documented_keys(http: Http, sink: Sink, settings: webhook.Settings) -> None:
    webhook.send(message(), settings, HOOK, http)

    [example] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    documented, sent = json.loads(example), sink.arrived[0].json()
    assert sent.keys() == documented.keys()
    assert sent["incident"].keys() == documented["incident"].keys()
    assert sent["quotes"][0].keys() == documented["quotes"][0].keys()
    assert sink.arrived[0].path == "/czujka?team=pr"
    text, [span] = sent["quotes"][0]["text"], sent["quotes"][0]["spans"]
    assert text[span["start"] : span["end"]] == "Projekcie Bursztyn"


def test_spans_fit_the_text_that_is_sent(http: Http, sink: Sink, settings: webhook.Settings) -> None:
    text = "x" * 30_000 + "\x00\u202e tu jest Projekt Agat, a hasło to abc123 "
    named, secret = text.index("Projekt"), text.index("abc123")
    spans = ((named, named + 12, "leak.codename"), (secret, secret + 6, "leak.secret.password"))
    webhook.send(message(quotes=(quote(text, spans=spans),)), settings, HOOK, http)

    [sent] = sink.arrived[0].json()["quotes"]
    assert [sent["text"][span["start"] : span["end"]] for span in sent["spans"]] == ["Projekt Agat", "•••••"]
    assert "abc123" not in sent["text"]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_yes(http: Http, sink: Sink, settings: webhook.Settings, status: int) -> None:
    sink.answers(Reply(status=status, body=b""))
    assert webhook.send(message(), settings, HOOK, http).remote_id == sink.arrived[0].headers["Idempotency-Key"]


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 405, 410, 422])
def test_no(http: Http, sink: Sink, settings: webhook.Settings, status: int) -> None:
    sink.answers(Reply(status=status, headers={"Location": f"{sink.url}/elsewhere", "Retry-After": "5"}))
    with pytest.raises(DeliveryError) as caught:
        webhook.send(message(), settings, HOOK, http)
    assert (caught.value.permanent, caught.value.retry_at) == (True, None)
    assert len(sink.arrived) == 1


@pytest.mark.parametrize("status", [408, 409, 423, 425, 429, 500, 502, 503, 504])
def test_not_now(http: Http, sink: Sink, settings: webhook.Settings, status: int) -> None:
    sink.answers(Reply(status=status, headers={"Retry-After": "Fri, 20 Nov 2026 01:20:00 GMT"}))
    with pytest.raises(DeliveryError) as caught:
        webhook.send(message(), settings, HOOK, http)
    assert not caught.value.permanent
    assert caught.value.retry_at == NOW + timedelta(minutes=5, seconds=30)


def test_an_address_inside_is_refused_unless_allowed(sink: Sink, settings: webhook.Settings) -> None:
    guarded = Http()
    with pytest.raises(DeliveryError) as caught:
        webhook.send(message(), settings, HOOK, guarded)
    guarded.close()
    assert (caught.value.permanent, caught.value.reason) == (True, "refused_address")
    assert sink.arrived == []


def test_hostile_letters_are_sent_as_json(http: Http, sink: Sink, settings: webhook.Settings) -> None:
    webhook.send(hostile_message(), settings, HOOK, http)
    sent = sink.arrived[0].json()
    assert "\r" not in sent["incident"]["title"] and "\n" not in sent["line"]
    assert [each["url"] for each in sent["quotes"]] == [None, None]
