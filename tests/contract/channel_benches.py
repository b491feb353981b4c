"""The far side of every channel, each able to accept, refuse and fail in the same named ways, for one contract suite."""

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType

from alerts.channels import email, slack, webhook
from core.http import Http
from core.settings import ChannelSettings
from core.types import Contact, Message, Receipt
from tests.fakes.sink import Reply, Sink, json_reply
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
    """What every far side can do. `retry_after`: it has words for when to come back."""

    retry_after = False

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
        """What tells a repeat from another message, of what arrived at this place."""
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


BENCHES: dict[str, Callable[[Path, Http], AbstractContextManager[Bench]]] = {
    "email": lambda folder, http: _mail("none", folder, http),
    "email-starttls": lambda folder, http: _mail("starttls", folder, http),
    "email-tls": lambda folder, http: _mail("tls", folder, http),
    "slack": _slack,
    "webhook": _webhook,
}
