"""The far side of every channel, each able to accept, refuse and fail in the same named ways, for one contract suite."""

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qs

from alerts.channels import (
    alertmanager,
    apprise,
    discord,
    email,
    mattermost,
    ntfy,
    opsgenie,
    pagerduty,
    slack,
    sms,
    teams,
    telegram,
    webhook,
)
from core.http import Http
from core.settings import ChannelSettings
from core.types import Contact, Message, Receipt
from tests.fakes import services
from tests.fakes.sink import Arrived, Reply, Sink, json_reply
from tests.fakes.slack import TOKEN, Slack
from tests.fakes.smtp import MailServer

PASSWORD = "haslo-nie-do-pokazania-77"
SECRET = "whsec-4f1a2b-nie-pokazuj"
SHORT = timedelta(milliseconds=700)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One channel with its far side. `secret` is what must never be shown."""

    channel: ModuleType
    settings: ChannelSettings
    contact: Contact
    far: "Far"
    http: Http
    secret: str

    def send(self, message: Message, **changed: object) -> Receipt:
        """Send, with some settings changed."""
        receipt = self.channel.send(message, self.settings.model_copy(update=changed), self.contact, self.http)
        assert isinstance(receipt, Receipt)
        return receipt


class Far:
    """What every far side can do. `retry_after`: it has words for when to come back. `whole`: it carries the posts, not a line alone.

    `by_incident`: what tells messages apart there is the incident, for the far side keeps one thing for each.
    """

    retry_after = False
    whole = True
    by_incident = False

    def work(self) -> None:
        """Accept everything again."""

    @abstractmethod
    def refuse(self) -> None:
        raise AssertionError

    @abstractmethod
    def later(self) -> None:
        """Ask for the next try in 120 s, where the medium has words for that."""
        raise AssertionError

    @abstractmethod
    def hang(self) -> None:
        raise AssertionError

    @abstractmethod
    def garbage(self) -> None:
        raise AssertionError

    @abstractmethod
    def drop(self) -> None:
        raise AssertionError

    @abstractmethod
    def seen(self) -> list[str]:
        """Everything that a reader there would see, one text per message."""
        raise AssertionError

    @abstractmethod
    def markup(self) -> str:
        """What is read there as markup, of all that arrived."""
        raise AssertionError

    @abstractmethod
    def links(self) -> list[str]:
        """Where one could be led."""
        raise AssertionError

    @abstractmethod
    def mark(self, place: int) -> str:
        """What tells a repeat from another message, of what arrived at this place; '' where the medium has no room for that."""
        raise AssertionError


class MailFar(Far):
    def __init__(self, server: MailServer) -> None:
        self.server = server

    def work(self) -> None:
        self.server.mode = "accept"

    def refuse(self) -> None:
        self.server.mode = "refuse"

    def later(self) -> None:
        self.server.mode = "later"

    def hang(self) -> None:
        self.server.mode = "slow"

    def garbage(self) -> None:
        self.server.mode = "garbage"

    def drop(self) -> None:
        self.server.mode = "drop_in_data"

    def seen(self) -> list[str]:
        return [f"{mail.message['Subject']}\n{mail.part('plain')}\n{mail.part('html')}" for mail in self.server.mails]

    def markup(self) -> str:
        return "".join(mail.part("html") for mail in self.server.mails)

    def links(self) -> list[str]:
        return re.findall(r'(?:href|src)="([^"]*)', self.markup())

    def mark(self, place: int) -> str:
        return str(self.server.mails[place].message["Message-ID"])


class WebFar(Far):
    """A far side that speaks HTTP and shows nothing as markup."""

    retry_after = True

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    def refuse(self) -> None:
        self.sink.answers(Reply(status=404, body=b"no such hook"))

    def later(self) -> None:
        self.sink.answers(Reply(status=429, headers={"Retry-After": "120"}))

    def hang(self) -> None:
        self.sink.answers(Reply(how="hang"))

    def garbage(self) -> None:
        self.sink.answers(Reply(how="raw", body=b"\x00\xffto nie jest HTTP\r\n\r\n"))

    def drop(self) -> None:
        self.sink.answers(Reply(how="drop"))

    def seen(self) -> list[str]:
        return ["\n".join(_texts(arrived.json())) for arrived in self.sink.arrived]

    def markup(self) -> str:
        return ""

    def links(self) -> list[str]:
        return [str(url) for arrived in self.sink.arrived for url in _values(arrived.json(), "url") if url]

    def mark(self, place: int) -> str:
        return str(self.sink.arrived[place].headers["Idempotency-Key"])


class SlackFar(WebFar):
    """Slack reads markup in the top-level text and in elements of type mrkdwn."""

    def refuse(self) -> None:
        self.sink.answers(json_reply({"ok": False, "error": "channel_not_found"}))

    def garbage(self) -> None:
        self.sink.answers(Reply(body=b"<html>proxy login</html>"))

    def markup(self) -> str:
        sent = [arrived.json() for arrived in self.sink.arrived]
        return "".join(body["text"] + ("mrkdwn" if "mrkdwn" in _values(body["blocks"], "type") else "") for body in sent)

    def mark(self, place: int) -> str:
        return str(self.sink.arrived[place].json()["metadata"]["event_payload"]["dedup_key"])


class ServiceFar(WebFar):
    """A service whose messages are known by one text, somewhere in what we send."""

    def __init__(self, sink: Sink, mark: Callable[[Arrived], object] | None, refusal: Reply | None = None, markdown: bool = False) -> None:
        super().__init__(sink)
        self._mark, self._refusal, self._markdown = mark, refusal, markdown

    def refuse(self) -> None:
        if self._refusal is None:
            super().refuse()
        else:
            self.sink.answers(self._refusal)

    def seen(self) -> list[str]:
        return [_as_read("\n".join(_texts(arrived.json()))) if self._markdown else text for arrived, text in self._raw()]

    def markup(self) -> str:
        """What is left of Markdown where every escaped letter is gone."""
        return re.sub(r"\\[^\w\s]", "", "\n".join(text for _, text in self._raw())) if self._markdown else ""

    def links(self) -> list[str]:
        led = [str(url) for arrived in self.sink.arrived for key in ("url", "click", "href") for url in _values(arrived.json(), key) if url]
        return led + re.findall(r"\]\(([^)]*)\)", self.markup())

    def mark(self, place: int) -> str:
        return str(self._mark(self.sink.arrived[place])) if self._mark else ""

    def _raw(self) -> list[tuple[Arrived, str]]:
        return [(arrived, "\n".join(_texts(arrived.json()))) for arrived in self.sink.arrived]


class IncidentFar(ServiceFar):
    """A pager's own incidents: what is told again about one of ours goes to the same one of theirs."""

    by_incident = True


class SmsFar(ServiceFar):
    """A line and a link, in a form."""

    whole = False

    def seen(self) -> list[str]:
        return [parse_qs(arrived.body.decode())["Body"][0] for arrived in self.sink.arrived]

    def links(self) -> list[str]:
        return [link for text in self.seen() for link in re.findall(r"https?://\S+", text)]


def _as_read(text: str) -> str:
    """Markdown as a reader sees it: without backslashes and joiners."""
    return re.sub(r"\\([^\w\s])", r"\1", text).replace("\u2060", "")


def _texts(value: object) -> Iterator[str]:
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _values(value: object, key: str) -> list[object]:
    """Every value that stands under one key, at any depth."""
    if isinstance(value, list):
        return [found for part in value for found in _values(part, key)]
    if isinstance(value, dict):
        return [found for name, part in value.items() for found in ([part] if name == key else _values(part, key))]
    return []


@contextmanager
def _mail(tls: str, folder: Path, http: Http) -> Iterator[Bench]:
    with MailServer(tls, None if tls == "none" else ("czujka", PASSWORD)) as server:
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        login = {} if tls == "none" else {"username": "czujka", "password": {"file": str(folder / "password")}, "ca_file": server.ca_file}
        settings = email.Settings.model_validate(
            {"id": "mail", "server": server.address, "tls": tls, "sender": "czujka@polna.example", **login}
        )
        contact = Contact(kind="email", address="anna@polna.example", channel="mail", person="anna", language="pl")
        yield Bench(channel=email, settings=settings, contact=contact, far=MailFar(server), http=http, secret=PASSWORD)


@contextmanager
def _slack(folder: Path, http: Http) -> Iterator[Bench]:
    with Slack() as sink:
        (folder / "token").write_text(TOKEN, encoding="utf-8")
        settings = slack.Settings.model_validate(
            {"id": "chat", "token": {"file": str(folder / "token")}, "room": "C042", "base_url": f"{sink.url}/api/"}
        )
        contact = Contact(kind="slack", address="U123", channel="chat", person="anna", language="pl")
        yield Bench(channel=slack, settings=settings, contact=contact, far=SlackFar(sink), http=http, secret=TOKEN)


@contextmanager
def _webhook(folder: Path, http: Http) -> Iterator[Bench]:
    with Sink() as sink:
        (folder / "secret").write_text(SECRET, encoding="utf-8")
        settings = webhook.Settings.model_validate({"id": "hook", "url": f"{sink.url}/czujka", "secret": {"file": str(folder / "secret")}})
        contact = Contact(kind="webhook", address="", channel="hook")
        yield Bench(channel=webhook, settings=settings, contact=contact, far=WebFar(sink), http=http, secret=SECRET)


@dataclass(frozen=True, slots=True)
class Service:
    """How one service is played: its channel's settings (`{url}` and `{secret}` are filled in), who is written to, what it answers."""

    channel: ModuleType
    settings: dict[str, object]
    secret_key: str
    answer: Callable[[Arrived], Reply]
    mark: Callable[[Arrived], object] | None
    address: str = ""
    secret: str = SECRET
    refusal: Reply | None = None
    far: type[ServiceFar] = ServiceFar
    markdown: bool = False


@contextmanager
def _service(service: Service, folder: Path, http: Http) -> Iterator[Bench]:
    with Sink(service.answer) as sink:
        secret = service.secret if "{" not in service.secret else service.secret.replace("{url}", sink.url)
        (folder / "secret").write_text(secret, encoding="utf-8")
        filled = {name: value.replace("{url}", sink.url) if isinstance(value, str) else value for name, value in service.settings.items()}
        settings = service.channel.Settings.model_validate({"id": "one", **filled, service.secret_key: {"file": str(folder / "secret")}})
        contact = Contact(kind=settings.kind, address=service.address, channel="one", person="anna", language="pl")
        far = service.far(sink, service.mark, service.refusal, service.markdown)
        # what must never be shown of an address that is a secret is the part after the server
        hidden = secret.removeprefix(sink.url).lstrip("/")
        yield Bench(channel=service.channel, settings=settings, contact=contact, far=far, http=http, secret=hidden)


HOOK = "{url}/hooks/xq3k5z9w1tajnyadreswebhooka7"
KEY_32 = "0123456789abcdef0123456789abcdef"

SERVICES = {
    "teams": Service(teams, {}, "url", services.teams, lambda got: got.headers["x-ms-client-tracking-id"], secret=HOOK),
    "ntfy": Service(ntfy, {"server": "{url}/"}, "token", services.ntfy(SECRET), lambda got: got.json()["sequence_id"], "duty"),
    "sms": Service(
        sms,
        {"base_url": "{url}/", "account": services.ACCOUNT, "sender": "+48732000000"},
        "token",
        services.twilio(SECRET),
        None,
        "+48601234567",
        refusal=json_reply({"code": 21610, "message": "unsubscribed", "status": 400}, 400),
        far=SmsFar,
    ),
    "mattermost": Service(
        mattermost,
        {},
        "url",
        services.mattermost,
        lambda got: got.json()["props"]["czujka_delivery"],
        "@anna",
        secret=HOOK,
        markdown=True,
    ),
    "mattermost-bot": Service(
        mattermost,
        {"server": "{url}"},
        "token",
        services.mattermost_bot(SECRET),
        lambda got: got.json()["props"]["czujka_delivery"],
        "direct" * 4 + "ab",
        markdown=True,
    ),
    "discord": Service(
        discord,
        {"base_url": "{url}/api/v10"},
        "token",
        services.discord(SECRET),
        lambda got: got.json()["nonce"],
        "112233445566778899",
        markdown=True,
    ),
    "telegram": Service(
        telegram,
        {"base_url": "{url}"},
        "token",
        services.telegram(services.BOT_TOKEN),
        None,
        "123456789",
        secret=services.BOT_TOKEN,
        refusal=json_reply({"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}, 403),
    ),
    "pagerduty": Service(
        pagerduty,
        {"base_url": "{url}"},
        "routing_key",
        services.pagerduty,
        lambda got: got.json()["dedup_key"],
        secret=KEY_32,
        refusal=json_reply({"status": "invalid event", "errors": ["routing_key"]}, 400),
        far=IncidentFar,
    ),
    "opsgenie": Service(
        opsgenie, {"base_url": "{url}"}, "key", services.opsgenie(SECRET), lambda got: got.json()["alias"], far=IncidentFar
    ),
    "alertmanager": Service(
        alertmanager,
        {"server": "{url}"},
        "token",
        services.alertmanager,
        lambda got: got.json()[0]["labels"],
        far=IncidentFar,
    ),
    "apprise": Service(
        apprise, {"server": "{url}/"}, "key", services.apprise(KEY_32), lambda got: got.headers["X-Czujka-Delivery"], secret=KEY_32
    ),
}


def _bench(service: Service) -> Callable[[Path, Http], AbstractContextManager[Bench]]:
    return lambda folder, http: _service(service, folder, http)


BENCHES: dict[str, Callable[[Path, Http], AbstractContextManager[Bench]]] = {
    "email": lambda folder, http: _mail("none", folder, http),
    "email-starttls": lambda folder, http: _mail("starttls", folder, http),
    "email-tls": lambda folder, http: _mail("tls", folder, http),
    "slack": _slack,
    "webhook": _webhook,
    **{name: _bench(service) for name, service in SERVICES.items()},
}
