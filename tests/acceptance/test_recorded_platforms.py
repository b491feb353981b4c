"""Recorded answers of the real platforms become items, findings, incidents and a mail that a real server receives.

The clock is set to each recording in turn. The brand's code names are words that are found in the recordings, looked up when the test
runs: nothing of them is kept here.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.settings import Settings
from core.text import html_to_text
from core.toml import read
from czujka.config import validate
from czujka.house import House, open_http
from czujka.pipeline import STAGES
from czujka.reading import classifiers_of
from storage import Store
from tests.acceptance.recorded import Recorded, every_platform
from tests.fakes.server import Reply, Request, Server
from tests.fakes.smtp import MailServer

TWO_WORDS = re.compile(r"(?<![\w@#/'’-])([A-Z]?[a-z]{2,}) ([a-z]{4,})(?![\w@/'’-])")

CONFIGURATION = """
[company]
name = "Polna"
fallback = "security"
[http]
allow_private = ["127.0.0.0/8"]
[alerting]
quiet_hours = "03:00-03:01"
alert_horizon = "4000d"
[[brand]]
id = "polna"
name = "Polna"
code_names = [{names}]
[[person]]
id = "jan"
contacts = ["email:jan@polna.example"]
[[owner]]
id = "security"
people = ["jan"]
[[channel]]
id = "mail"
kind = "email"
server = "{smtp}"
tls = "none"
sender = "czujka@polna.example"
"""


@dataclass
class Replayed:
    """A platform on a local server: silent at the first poll, then with its recorded answers. What is not recorded is a failure."""

    recorded: Recorded
    server: Server
    speaks: bool = False

    def answer(self, request: Request) -> Reply:
        answers = self.recorded.answers if self.speaks else self.recorded.silence
        found = next((reply for path, reply in answers.items() if re.fullmatch(path, request.path)), None)
        assert found is not None, f"{self.recorded.kind} was asked for {request.path}"
        return found(request) if callable(found) else found


def test_six_platforms_tell_one_story(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CZUJKA_TEST_SECRET", "secret")
    platforms = sorted(every_platform(), key=lambda one: one.newest)
    assert len(platforms) >= 6
    names = {one.kind: code_name(one) for one in platforms}
    with replayed(platforms) as replays, MailServer() as mail:
        clock = [min(one.newest for one in platforms) - timedelta(days=2)]
        with house(database_url, tmp_path, replays, names, mail.address, clock) as built:
            settle(built)
            assert built.store.items.count() == 0
            for replay in sorted(replays, key=lambda one: one.recorded.newest):
                clock[0] = replay.recorded.newest + timedelta(hours=1)
                replay.speaks = True
                settle(built)
                clock[0] += timedelta(minutes=2)
                settle(built)
                told(built, replay, names[replay.recorded.kind], mail)
            assert [h.source_id for h in built.store.sources.health(clock[0]) if h.failures] == []


def told(built: House, replay: Replayed, name: str, mail: MailServer) -> None:
    """The platform's posts are in, its code name was found, an incident is open, and Jan has a mail about it."""
    kind = replay.recorded.kind
    items = [item for item in built.store.items.search("", limit=10_000) if item.quote.platform == kind]
    assert items, f"{kind}: no items; asked: {[(r.path, r.query) for r in replay.server.requests][-6:]}"
    labels = {found.label for item in items for found in item.findings}
    assert "leak.codename" in labels, f"{kind}: {name!r} was not found among {labels}"
    incidents = [row for row in built.store.incidents.list(limit=1000) if row.label == "leak.codename"]
    cards = [built.store.incidents.card(row.incident_id) for row in incidents]
    mine = [card for card in cards if any(item.quote.platform == kind for item in card.evidence)]
    assert mine, f"{kind}: no incident"
    assert any(told.state == "sent" for card in mine for told in card.told), [(card.row, card.events, card.told) for card in mine]
    assert any(name.casefold() in (str(one.message["Subject"]) + one.part("plain")).casefold() for one in mail.mails), kind


def code_name(recorded: Recorded) -> str:
    """The two longest plain words that stand beside each other in the newest post that has such."""
    for text in recorded.texts:
        found = [match[0] for match in TWO_WORDS.finditer(html_to_text(text))]
        if found:
            return max(found, key=len)
    raise AssertionError(f"{recorded.kind}: no two plain words in {len(recorded.texts)} texts")


@contextmanager
def replayed(platforms: list[Recorded]) -> Iterator[list[Replayed]]:
    with ExitStack() as stack:
        made = []
        for recorded in platforms:
            server = Server(lambda _: Reply())
            replay = Replayed(recorded, server)
            server.answer = replay.answer
            made.append(replay)
            stack.enter_context(server)
        yield made


@contextmanager
def house(url: str, folder: Path, replays: list[Replayed], names: dict[str, str], smtp: str, clock: list[datetime]) -> Iterator[House]:
    """The product, configured for these servers; the clock is the first of `clock`."""
    settings = configured(folder, replays, names, smtp)
    store = Store.open(url)
    built = House(settings, store, classifiers_of(settings), open_http(settings), "secret", clock=lambda: clock[0], jitter=lambda: 0.0)
    store.sources.sync([source.id for source in settings.source], clock[0])
    try:
        yield built
    finally:
        built.close()


def configured(folder: Path, replays: list[Replayed], names: dict[str, str], smtp: str) -> Settings:
    text = CONFIGURATION.format(names=", ".join(f'"{name}"' for name in sorted(set(names.values()))), smtp=smtp)
    text += "\n".join(replay.recorded.table.replace("{url}", replay.server.url) for replay in replays)
    settings, problems = validate(read(text, "recorded.toml"), folder)
    assert settings is not None, problems
    return settings


def settle(built: House) -> None:
    while sum(stage(built) for stage in STAGES.values()):
        pass
