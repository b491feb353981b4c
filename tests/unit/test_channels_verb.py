"""`czujka channels test`: real messages to real servers of this machine, what is printed, and how it ends."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from czujka.cli import cli
from czujka.verbs.channels import MENDS
from tests.fakes import services
from tests.fakes.sink import Reply, Sink
from tests.fakes.slack import TOKEN, Slack
from tests.fakes.smtp import MailServer

KEY = "0123456789abcdef0123456789abcdef"
WRITTEN = """
company = {{ name = "Mleczarnia Polna", fallback = "pr" }}
owner = [{{ id = "pr", people = ["anna"] }}]
http = {{ allow_private = ["127.0.0.0/8"] }}
person = [{{ id = "anna", language = "pl", contacts = ["email:anna@polna.example"] }}]
[[channel]]
id = "chat"
kind = "slack"
token = {{ env = "SLACK" }}
room = "C042"
base_url = "{slack}/api/"
[[channel]]
id = "pager"
kind = "pagerduty"
routing_key = {{ env = "PAGER" }}
base_url = "{pager}"
[[channel]]
id = "team"
kind = "teams"
url = {{ env = "TEAMS" }}
[[channel]]
id = "mail"
kind = "email"
server = "{mail}"
tls = "none"
sender = "czujka@polna.example"
[[channel]]
id = "text"
kind = "sms"
account = "{account}"
token = {{ env = "NOWHERE" }}
sender = "+48732000000"
"""
NEVER_SHOWN = (TOKEN, KEY, "xq3k5z9w1tajnyadreswebhooka7")


@pytest.fixture
def slack() -> Iterator[Slack]:
    with Slack() as running:
        yield running


@pytest.fixture
def pager() -> Iterator[Sink]:
    with Sink(services.pagerduty) as running:
        yield running


@pytest.fixture
def teams() -> Iterator[Sink]:
    with Sink(services.teams) as running:
        yield running


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, slack: Slack, pager: Sink, teams: Sink, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("SLACK", TOKEN), ("PAGER", KEY), ("TEAMS", f"{teams.url}/hooks/xq3k5z9w1tajnyadreswebhooka7")):
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("CZUJKA_HOME", str(tmp_path / "var"))
    path = tmp_path / "czujka.toml"
    path.write_text(WRITTEN.format(slack=slack.url, pager=pager.url, mail=mail.address, account=services.ACCOUNT), encoding="utf-8")
    return path


def run(config: Path, *words: str) -> Result:
    done = CliRunner().invoke(cli, ["--config", str(config), "channels", "test", *words])
    assert not any(secret in done.output for secret in NEVER_SHOWN)
    return done


def test_every_channel_is_tried_and_says_what_came_back(config: Path, slack: Slack, pager: Sink, mail: MailServer) -> None:
    done = run(config, "--all")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"ok      chat \(slack\): taken in \d+\.\d s as C042:1700000000\.000001", lines[0])
    assert re.fullmatch(r"ok      pager \(pagerduty\): taken in \d+\.\d s as czujka-incident-0", lines[1])
    assert lines[2].startswith("ok      team (teams): ")
    assert lines[3].startswith("ok      mail (email to anna@polna.example): ")
    assert lines[4:] == ["FAILED  text (sms): no_address: nobody to write to", f"        mend: {MENDS['no_address']}"]
    [message] = slack.messages.values()
    assert "nic się nie stało" in str(message)
    assert [arrived.json()["event_action"] for arrived in pager.arrived] == ["trigger", "resolve"]
    assert "nic się nie stało" in mail.mails[0].part("plain")


def test_a_refusal_names_its_mend(config: Path, teams: Sink) -> None:
    teams.answers(Reply(status=404, body=b"no such workflow"))
    done = run(config, "team")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == ["FAILED  team (teams): gone: the Teams workflow answered 404", f"        mend: {MENDS['gone']}"]


def test_what_may_have_arrived_is_to_be_looked_for(config: Path, teams: Sink) -> None:
    config.write_text(config.read_text(encoding="utf-8").replace('kind = "teams"', 'kind = "teams"\ntimeout = "1s"'), encoding="utf-8")
    teams.answers(Reply(how="hang"))
    assert run(config, "team").stdout.splitlines()[-1] == f"        mend: {MENDS['may_have_arrived']}"


def test_an_address_may_be_named_and_a_missing_secret_is(config: Path, slack: Slack) -> None:
    assert run(config, "chat", "--to", "U123").exit_code == 0
    assert [arrived.json()["channel"] for arrived in slack.arrived] == ["U123"]
    done = run(config, "text", "--to", "sms:+48601234567", "--json")
    assert done.exit_code == 1
    [answer] = [json.loads(line) for line in done.stdout.splitlines()]
    assert (answer["channel"], answer["to"], answer["ok"], answer["reason"]) == ("text", "+48601234567", False, "secret_missing")
    assert answer["mend"] == MENDS["secret_missing"]


@pytest.mark.parametrize("words", [(), ("chat", "--all"), ("nowhere",), ("--all", "--to", "x")])
def test_wrong_use_sends_nothing(config: Path, slack: Slack, words: tuple[str, ...]) -> None:
    assert run(config, *words).exit_code == 2
    assert slack.arrived == []


def test_every_word_for_a_failure_has_its_mend() -> None:
    """The words stand in the channels themselves."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (*Path("alerts/channels").glob("*.py"), Path("core/http.py")))
    raised = set(re.findall(r'(?:DeliveryError|HttpError)\((?:[^()]|\([^()]*\))*reason="([a-z_]+)"', source))
    assert len(raised) >= 8
    assert raised <= set(MENDS)
