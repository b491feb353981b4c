"""The dairy with three people and a real mail server for them: Ewa and Max, and Kim to whom they answer."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from actions import readers
from alerts.channels import email
from core.settings import HttpTable, Settings
from czujka.house import House
from czujka.reporting import send_letters
from storage import Store
from tests.contract.test_store import NOW
from tests.fakes.bare import Bare
from tests.fakes.smtp import Mail, MailServer

HEADER = "id,name,email,language,role,manager,joined_on,left_on\n"
STAFF = """ewa,Ewa Sroka,ewa@polna.example,pl,staff,kim,,
max,Max Hill,max@polna.example,en,staff,kim,,
kim,Kim,kim@polna.example,en,manager,,,
"""


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def take_in(store: Store, settings: Settings, folder: Path, rows: str = STAFF, now: datetime = NOW) -> tuple[int, int, int]:
    (folder / "people.csv").write_text(HEADER + rows, encoding="utf-8")
    return readers.take_in(store, settings, folder / "people.csv", "cli:ola", now)


def house_of(store: Store, settings: Settings, mail: MailServer, folder: Path, now: datetime = NOW, **changed: Any) -> Bare:
    """Where the three work, with this changed in the settings."""
    mailing = {
        "channel": (email.Settings(id="mail", kind="email", server=mail.address, sender="czujka@polna.example", tls="none"),),
        "http": HttpTable(allow_private=("127.0.0.0/8",)),
    }
    configured = settings.model_copy(update=mailing | changed)
    take_in(store, configured, folder)
    return Bare(store, configured, now, "a secret of the tests, forty characters long")


def at(house: Bare, now: datetime) -> Any:
    house.now = now
    return house


def sent(house: Bare, mail: MailServer, now: datetime, plan: Callable[[House], Any], kind: str) -> list[Mail]:
    """Which letters of this kind go out at this time, however often is looked."""
    before = len(mail.mails)
    for _ in range(2):
        plan(at(house, now))
        send_letters(at(house, now))
    return [one for one in mail.mails[before:] if str(one.message["Message-ID"]).startswith(f"<{kind}-")]


def to(mails: list[Mail]) -> Counter[str]:
    return Counter(mail.recipients[0].partition("@")[0] for mail in mails)
