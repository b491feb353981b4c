"""A city in which stories happen: the whole product on a real database, a real mail server, a real sink, and a clock that is moved by hand.

People post on platforms (files that sources read, as exports arrive), the stages run, and what was sent is read from the other side's
ledger, never from our own database.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from classifiers.understand import Classifiers
from core.settings import Settings
from core.table import parse_duration
from core.toml import read
from core.types import IncidentState
from czujka.config import validate
from czujka.house import House, open_http
from czujka.pipeline import STAGES
from czujka.reporting import send_letters
from storage import Store
from tests.fakes.sink import Sink
from tests.fakes.smtp import Mail, MailServer

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)

CONFIGURATION = """
[company]
name = "Mleczarnia Polna"
fallback = "pr"
fallback_contacts = ["email:zarzad@polna.example"]

[http]
allow_private = ["127.0.0.0/8"]

[web]
url = "https://czujka.polna.example"

[[brand]]
id = "polna"
name = "Mleczarnia Polna"
terms = ["Mleczarnia Polna", "#polna", "@polna"]
code_names = ["Projekt Bursztyn"]
competitors = ["Mleczarnia Górna"]

[[person]]
id = "anna"
name = "Anna Lis"
language = "pl"
contacts = ["email:anna@polna.example"]

[[person]]
id = "jan"
name = "Jan Wrona"
language = "pl"
contacts = ["email:jan@polna.example"]

[[person]]
id = "tom"
name = "Tom Price"
language = "en"
contacts = ["email:tom@polna.example"]

[[person]]
id = "ewa"
name = "Ewa Sroka"
language = "pl"
contacts = ["email:ewa@polna.example"]

[[owner]]
id = "pr"
people = ["anna", "jan", "tom"]
schedule = "pr-rota"
escalation = "page-now"

[[owner]]
id = "care"
people = ["ewa"]
hours = "mon-sun 07:00-21:00"

[[owner]]
id = "security"
people = ["anna", "jan"]
escalation = "page-now"

[[schedule]]
id = "pr-rota"
[[schedule.layer]]
people = ["anna", "jan"]
every = "1w"
start = "2026-11-16"
handover = "mon 09:00"

[[escalation]]
id = "page-now"
[[escalation.step]]
notify = ["schedule:pr-rota"]
wait = "10m"
[[escalation.step]]
notify = ["person:jan"]
wait = "20m"

[[channel]]
id = "mail"
kind = "email"
server = "{smtp}"
tls = "none"
sender = "czujka@polna.example"

[[channel]]
id = "hook"
kind = "webhook"
url = "{hook}"
secret = {{ file = "{secret}" }}

[[route]]
label = "complaint.*"
owner = "care"

[[route]]
label = "complaint.*"
min_severity = "high"
owner = "care"
participants = ["pr"]

[[route]]
label = "account.*"
owner = "security"

[[route]]
label = "leak.*"
owner = "security"
"""

SOURCE = """
[[source]]
id = "{platform}"
kind = "file"
path = "{path}"
platform = "{platform}"
scope = "{scope}"
brand = "polna"
ours = ["polna"]
every = "1s"
"""

PLATFORMS = ("x", "facebook", "mastodon")
SCOPES = {**dict.fromkeys(PLATFORMS, "mention"), "official": "official"}

QUARTER = timedelta(minutes=15)


@dataclass
class City:
    """`now` is the present; nothing else knows the time."""

    house: House
    mail: MailServer
    hook: Sink
    folder: Path
    now: datetime = NOW
    posts: int = 0
    read_mails: int = 0

    def at(self, wall: str, zone: str = "Europe/Warsaw") -> None:
        """It is this wall time. The sources are polled once, so that what follows is new."""
        self.now = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        self.settle()

    def crowd(self, platform: str, texts: Sequence[str], by: str = "gość") -> None:
        """Many post at once, everybody something else."""
        for text in texts:
            self._write(platform, text, f"{by}{self.posts}")
        self.forward("1s")

    def post(self, platform: str, text: str, by: str, *, followers: int | None = None, reply_to: str | None = None) -> str:
        """Somebody posts."""
        name = self._write(platform, text, by, followers=followers, reply_to=reply_to)
        self.forward("1s")
        return name

    def official(self, text: str, *, client: str, ago: timedelta | None = None) -> None:
        """Our own account posts, by this program; what it posted so long ago is still to be read."""
        if ago is not None:
            self._write("official", text, "polna", client=client, at=self.now - ago)
            return
        self._write("official", text, "polna", client=client)
        self.forward("1s")

    def _write(
        self,
        platform: str,
        text: str,
        by: str,
        *,
        followers: int | None = None,
        reply_to: str | None = None,
        client: str = "",
        at: datetime | None = None,
    ) -> str:
        self.posts += 1
        name = f"{platform}-{self.posts}"
        row = {"id": name, "created_at": (at or self.now).isoformat(), "text": text, "author_id": by, "author_handle": by, "kind": "post"}
        row |= {"followers": followers} if followers is not None else {}
        row |= {"in_reply_to": reply_to, "kind": "comment"} if reply_to else {}
        row |= {"client": client} if client else {}
        with (self.folder / f"{platform}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return name

    def settle(self) -> None:
        """Run every stage until none has anything left to do."""
        while sum(stage(self.house) for stage in STAGES.values()):
            pass
        send_letters(self.house)

    def forward(self, time: str) -> None:
        """Let time pass, the stages running all the while: more often in minutes, in which pages are due, than in hours."""
        end = self.now + parse_duration(time)
        longest = timedelta(minutes=2) if end - self.now > QUARTER else timedelta(seconds=30)
        stride = max(timedelta(seconds=1), min(longest, (end - self.now) / 4))
        while self.now < end:
            self.now = min(end, self.now + stride)
            self.settle()

    def mails(self, to: str | None = None) -> list[Mail]:
        """What the mail server took, as its own ledger has it."""
        return [mail for mail in self.mail.mails if to is None or f"{to}@polna.example" in mail.recipients]

    def new_mails(self) -> list[Mail]:
        """What came since this was asked last."""
        fresh = self.mail.mails[self.read_mails :]
        self.read_mails = len(self.mail.mails)
        return fresh

    def expect_page(self, person: str, *, containing: str) -> Mail:
        """Exactly this person got exactly one mail since the last look, and it says so."""
        fresh = self.new_mails()
        assert [mail.recipients for mail in fresh] == [(f"{person}@polna.example",)], [mail.recipients for mail in fresh]
        assert containing in str(fresh[0].message["Subject"]) + fresh[0].part("plain")
        return fresh[0]

    def expect_nothing_else(self) -> None:
        assert [(mail.recipients, str(mail.message["Subject"])) for mail in self.new_mails()] == []

    def open_incidents(self) -> list[tuple[str, str]]:
        """(label, severity) of what is open."""
        rows = self.house.store.incidents.list([IncidentState.OPEN, IncidentState.ACKNOWLEDGED])
        return [(row.label, row.severity.value) for row in rows]


@contextmanager
def city(url: str, folder: Path, classifiers: Classifiers, now: datetime = NOW) -> Iterator[City]:
    """Build it on a database, with servers of its own; nothing happens there before `now` (aware UTC)."""
    folder.mkdir(exist_ok=True)
    for platform in SCOPES:
        (folder / f"{platform}.jsonl").touch()
    (folder / "secret").write_text("a shared secret", encoding="utf-8")
    with MailServer() as mail, Sink() as hook:
        settings = configured(folder, mail.address, hook.url)
        store = Store.open(url)
        built = House(settings, store, classifiers, open_http(settings), "secret", jitter=lambda: 0.0)
        made = City(built, mail, hook, folder, now)
        built.clock = lambda: made.now
        store.sources.sync([source.id for source in settings.source], made.now)
        try:
            yield made
        finally:
            built.close()


def configured(folder: Path, smtp: str, hook: str) -> Settings:
    """The dairy's configuration, checked like any other."""
    text = CONFIGURATION.format(smtp=smtp, hook=hook, secret=folder / "secret")
    text += "".join(SOURCE.format(platform=platform, path=folder / f"{platform}.jsonl", scope=scope) for platform, scope in SCOPES.items())
    settings, problems = validate(read(text, "city.toml"), folder)
    assert settings is not None, problems
    return settings
