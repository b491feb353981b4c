"""Channels whose far side keeps an incident of its own (PagerDuty, Opsgenie, Alertmanager): one of theirs for each of ours, in step."""

from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from alerts.channels import alertmanager, opsgenie, pagerduty
from core.http import Http
from core.types import Contact, Severity
from tests.fakes import services
from tests.fakes.messages import NOW, hostile_message, message, quote
from tests.fakes.services import Answer
from tests.fakes.sink import Sink

KEY = "0123456789abcdef0123456789abcdef"
STATES = ("open", "acknowledged", "resolved")


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(allow_private=("127.0.0.0/8",))
    yield client
    client.close()


def sent(channel: ModuleType, answer: Answer, http: Http, monkeypatch: pytest.MonkeyPatch, messages: list[Any], **table: Any) -> list[Any]:
    """What a channel sent for these messages: (path, body) of each request."""
    monkeypatch.setenv("KEY", KEY)
    kind = channel.__name__.rsplit(".", 1)[1]
    with Sink(answer) as sink:
        filled = {name: value.replace("{url}", sink.url) if isinstance(value, str) else value for name, value in table.items()}
        settings = channel.Settings.model_validate({"id": kind, **filled})
        for one in messages:
            channel.send(one, settings, Contact(kind=kind, address=kind, channel=kind), http)
        return [(arrived.path, arrived.json()) for arrived in sink.arrived]


def test_pagerduty_follows_the_state(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    states = [message(state=state, kind="page" if state == "open" else "update", dedup_key=state) for state in STATES]
    events = sent(pagerduty, services.pagerduty, http, monkeypatch, states, routing_key={"env": "KEY"}, base_url="{url}")
    assert [(path, body["event_action"], body["dedup_key"]) for path, body in events] == [
        ("/v2/enqueue", action, "czujka-incident-12") for action in ("trigger", "acknowledge", "resolve")
    ]
    assert events[0][1]["payload"]["severity"] == "critical"
    assert events[0][1]["links"][0]["href"] == "https://x.example/marek/status/71"


def test_opsgenie_follows_the_state(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    states = [message(state=state, kind="page" if state == "open" else "update", dedup_key=state) for state in STATES]
    requests = sent(opsgenie, services.opsgenie(KEY), http, monkeypatch, states, key={"env": "KEY"}, base_url="{url}", team="PR")
    assert [path for path, _ in requests] == [
        "/v2/alerts",
        "/v2/alerts/czujka-incident-12/acknowledge?identifierType=alias",
        "/v2/alerts/czujka-incident-12/close?identifierType=alias",
    ]
    assert (requests[0][1]["priority"], requests[0][1]["alias"]) == ("P1", "czujka-incident-12")
    assert requests[0][1]["responders"] == [{"type": "team", "name": "PR"}]


def test_alertmanager_fires_until_it_is_resolved(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [message(state="open"), message(state="resolved", kind="update"), message(state="open", severity=Severity.HIGH)]
    alerts = [body[0] for _, body in sent(alertmanager, services.alertmanager, http, monkeypatch, told, server="{url}", lasts="2h")]
    assert alerts[0]["labels"] == alerts[1]["labels"]
    assert alerts[0]["labels"] == {"alertname": "CzujkaIncident", "incident": "12", "severity": "critical", "channel": "alertmanager"}
    assert [alert["endsAt"] for alert in alerts[:2]] == ["2026-11-20T03:14:30Z", "2026-11-20T01:14:30Z"]
    assert NOW + timedelta(hours=2) == NOW.replace(hour=3)
    assert alerts[2]["labels"]["severity"] == "high"


def test_limits_hold_for_the_longest_message(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "Ż\U0001f95b " * 20_000
    worst = [message(title=long, line=long, because=long, told=(long,) * 60, quotes=(quote(long),) * 3), hostile_message()]
    for _, body in sent(pagerduty, services.pagerduty, http, monkeypatch, worst, routing_key={"env": "KEY"}, base_url="{url}"):
        assert len(body["payload"]["summary"]) <= 1024
        assert len(str(body).encode()) < 512_000
    for _, body in sent(opsgenie, services.opsgenie(KEY), http, monkeypatch, worst, key={"env": "KEY"}, base_url="{url}"):
        assert len(body["message"]) <= 130
        assert len(body["description"]) <= 15_000
