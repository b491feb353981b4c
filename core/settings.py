"""What is configured: the tables of czujka.toml, each a frozen model whose docstring is its documentation.

`Settings` is the whole. Sources and channels are kept as the kind's own model (`SourceSettings` and `ChannelSettings` say
what all of a sort share); `czujka.config` finds the kind in the registry and validates them.
"""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import re2
from pydantic import AfterValidator, ConfigDict, Field, HttpUrl, ValidationInfo, field_validator

from core.cases_table import CasesTable
from core.crisis_table import CrisisTable
from core.message_plan import MessagePlan
from core.objectives import Aims
from core.oidc import Oidc
from core.privacy import AuditTable, PrivacyTable, Retention
from core.readers import ReadersTable
from core.table import Country, Duration, Id, RoleName, SecretRef, Table, ZoneName, not_below
from core.training import Training
from core.types import Scope, Severity


class Company(Table):
    """Who is watched over, in which zone and languages, and who answers when nobody else does."""

    name: str
    timezone: ZoneName = "Europe/Warsaw"
    languages: tuple[Literal["pl", "en"], ...] = ("pl", "en")
    fallback: str | None = None
    fallback_contacts: tuple[str, ...] = ()


class Storage(Table):
    """Where the data live: SQLite in the data folder by default, or postgresql+psycopg://…"""

    url: str | None = None


class Web(Table):
    """Where pages are served, and the address that people use to reach them (for links in messages)."""

    host: str = "127.0.0.1"
    port: int = Field(8600, ge=0, le=65535)
    url: str | None = None


class HttpTable(Table):
    """What outgoing requests may reach: networks such as "10.1.0.0/16" that are not public but allowed."""

    allow_private: tuple[str, ...] = ()
    timeout: Duration = timedelta(seconds=20)
    max_bytes: int = Field(20_000_000, gt=0)


class Heartbeat(Table):
    """An address outside that is asked for every so often, only while nothing is stuck or blind; it alarms when it is not asked.

    `url` is a reference, as the address lets whoever knows it say that all is well.
    """

    url: SecretRef
    every: Duration = Field(timedelta(minutes=1), ge=timedelta(seconds=10))


class Canary(Table):
    """A post of our own that goes the whole way every so often to `contact`: `kind:address` as for persons, or "channel:id".

    When it is not back `within` its time, `czujka doctor` says so and the heartbeat stops. Nobody sees it and it is not counted; let
    its contact be nobody's: a mailbox or a webhook of its own.
    """

    contact: str
    every: Duration = Field(timedelta(minutes=5), ge=timedelta(minutes=1))
    within: Duration = Field(timedelta(minutes=1), ge=timedelta(seconds=10))


class Models(Table):
    """Which sentiment model reads: the one that ships (default), or a folder or Hugging Face name run by torch or ONNX."""

    sentiment: str | None = None
    backend: Literal["onnx", "torch"] = "onnx"
    threads: int = Field(2, ge=1)


class PicturesTable(Table):
    """`read`: fetch pictures that nobody described and read the letters in them, with Tesseract, which must be installed."""

    read: bool = False


class Alerting(Table):
    """When things page. `volume` is the number of different authors that makes complaints of one kind an incident.

    `first_response` and `resolution` are the targets of conversations, in the owner's business hours.
    """

    alert_horizon: Duration = timedelta(hours=24)
    volume: int = Field(8, ge=2)
    volume_high: int = Field(20, ge=3)
    volume_window: Duration = timedelta(hours=3)
    flap_window: Duration = timedelta(hours=2)
    story_window: Duration = timedelta(hours=24)
    ack_high: Duration = timedelta(hours=4)
    ack_critical: Duration = timedelta(hours=1)
    first_response: Duration = timedelta(hours=4)
    resolution: Duration = timedelta(hours=20)
    quiet_hours: str = "22:00-07:00"
    group_for: Duration = timedelta(seconds=30)
    page_rate: int = Field(10, ge=1)


class Brand(Table):
    """A brand, the terms by which people name it, and the names that must not be seen outside."""

    id: Id
    name: str
    terms: tuple[str, ...] = ()
    code_names: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    industry: Literal["finance", "healthcare", "technology", "retail"] | None = None
    domains: tuple[str, ...] = ()
    forbidden_hashtags: tuple[str, ...] = ()
    forbidden_tags: tuple[str, ...] = ()


class Person(Table):
    """Somebody who can be told, by contacts `kind:address` in the order to try, and who may sign in.

    `roles` are viewer, responder, account-owner, compliance, auditor, staff or admin, everywhere or as "responder@owner:care" or
    "viewer@brand:polna". Who belongs to an owner's team is its responder. While nobody has a role, everybody may do everything.
    """

    id: Id
    name: str = ""
    language: Literal["pl", "en"] = "en"
    contacts: tuple[str, ...] = ()
    roles: tuple[RoleName, ...] = ()
    timezone: ZoneName | None = None


class Owner(Table):
    """A team that answers for incidents: its people, who is on call, how it escalates, when it works.

    It does not work on the public holidays of `country` and on its own `days_off`; clocks stand still then. `first_response` and
    `resolution` are its own targets, counted in its `hours`. With `second_pair_of_eyes` no reply of this team goes out to a platform
    that another person has not approved.
    """

    id: Id
    name: str = ""
    second_pair_of_eyes: bool = False
    people: tuple[str, ...] = ()
    schedule: str | None = None
    escalation: str | None = None
    hours: str = "mon-fri 08:00-18:00"
    country: Country | None = None
    days_off: tuple[date, ...] = ()
    first_response: Duration | None = None
    resolution: Duration | None = None


class Layer(Table):
    """A rotation: each person for `every`, changing at `handover` from the day `start`; `hours` restricts it.

    `holidays` says whether it serves on the schedule's days off as usual, not at all ("off"), or on them only ("only").
    """

    people: tuple[str, ...]
    every: Duration = timedelta(weeks=1)
    start: date = date(2024, 1, 1)
    handover: str = "mon 09:00"
    hours: str | None = None
    holidays: Literal["usual", "off", "only"] = "usual"


class Schedule(Table):
    """Who is on call when, in wall time of its zone; its days off are the public holidays of `country` and its own `days_off`."""

    id: Id
    timezone: ZoneName = "Europe/Warsaw"
    country: Country | None = None
    days_off: tuple[date, ...] = ()
    layer: tuple[Layer, ...] = ()


class Step(Table):
    """Whom to page (schedule:, person:, owner:, channel:), how long to wait after it, how often to repeat it."""

    notify: tuple[str, ...]
    wait: Duration = timedelta(minutes=10)
    repeat: int = Field(0, ge=0, le=20)


class Escalation(Table):
    """Steps in order; when none is left that resolves to somebody, the fallback contacts are paged."""

    id: Id
    step: tuple[Step, ...] = ()


class Fact(Table):
    """A key fact that our accounts state alike. `pattern` (RE2, case does not count) finds it in a text and holds in its one pair of
    brackets what may differ: a number, a date, a name. The `statement` is what was approved; it must fit the pattern itself.

    `approved_by` says whose word it is; outside `valid_from` and `valid_until` our statements are held against each other alone.
    """

    id: Id
    statement: str
    pattern: str
    approved_by: str
    valid_from: date | None = None
    valid_until: Annotated[date | None, not_below("valid_from", "a day from {} on")] = None

    @field_validator("pattern")
    @classmethod
    def _finds_its_statement(cls, value: str, info: ValidationInfo) -> str:
        options = re2.Options()
        options.case_sensitive, options.log_errors = False, False
        try:
            pattern = re2.compile(value, options)
        except re2.error as error:
            raise ValueError(f"RE2 cannot take this pattern: {error}") from None
        if pattern.groups != 1:
            raise ValueError("one pair of brackets around what may differ was expected, such as 'matures (\\d+) months'")
        found = pattern.search(info.data.get("statement", ""))
        if "statement" in info.data and (found is None or not found.group(1)):
            raise ValueError("the approved statement does not fit its own pattern; mend one of them")
        return value


class Route(Table):
    """What goes to which owner. The first route that fits wins; labels may end in `.*`.

    `account` is one of ours, or anybody's: who wrote the post, or whose post it answers, by handle or id. `topic` are words of which
    one must stand in the post. `hours` are those in which the route holds, in the company's zone.
    """

    label: str = "*"
    min_severity: Severity = Severity.INFO
    owner: str
    brand: str | None = None
    platform: str | None = None
    source: str | None = None
    language: str | None = None
    scope: Scope | None = None
    account: str | None = None
    topic: tuple[str, ...] = ()
    hours: str | None = None
    participants: tuple[str, ...] = ()


class Office(Table):
    """Who speaks for legal, security, privacy, pr, hr, compliance or another office of the policy: they approve drafts and answer for its
    clauses. An owner of that id stands for it while no office does.
    """

    id: Id
    people: tuple[str, ...] = ()


class PolicyTable(Table):
    """Where the policy's files lie (a folder beside this file, best under version control), and when a clause is looked at again:
    after so long, after so many breaches within `window`, or once so many people have `linked` to a platform where we have no account.
    """

    folder: str | None = None
    review_every: Duration = Field(timedelta(days=365), ge=timedelta(days=1))
    breaches: int = Field(5, ge=2)
    linked: int = Field(5, ge=2)
    window: Duration = Field(timedelta(days=30), ge=timedelta(days=1))


class AccountsTable(Table):
    """How often somebody is to look at each account of the register."""

    review_every: Duration = Field(timedelta(days=180), ge=timedelta(days=1))


class SourceSettings(Table):
    """What every source has: what it may see (scope, brand), who answers for it and watches it, how often it is asked.

    With `slowest` a source that brings nothing new is asked less and less often: after a tenth of the time since its last new post, at
    most this much later. With `answer` people may reply, like and hide from the conversation's page, by this source's token;
    `second_pair_of_eyes`: only what another person has approved goes out.
    """

    id: Id
    kind: str
    scope: Scope = Scope.MENTION
    brand: str | None = None
    owner: str | None = None
    watcher: str | None = None
    deputy: str | None = None
    every: Duration = timedelta(minutes=5)
    slowest: Annotated[Duration | None, not_below("every", "at least `every`, {},")] = None
    silent_after: Duration | None = None
    ours: tuple[str, ...] = ()
    answer: bool = False
    second_pair_of_eyes: bool = False


class ChannelSettings(Table):
    """What every channel has."""

    id: Id
    kind: str


def _pattern(value: str) -> str:
    if not re.fullmatch(r"\*|(incident|conversation|finding|crisis)\.(\*|[a-z_]+(\.[a-z_]+)*(\.\*)?)", value):
        raise ValueError(
            'an event such as "incident.opened", "incident.*", "conversation.*", "finding.leak.*", "crisis.declared" or "*" was expected'
        )
    return value


class Hook(Table):
    """Another program that is told of events, each by a signed POST to `url`; see docs/how-to/hooks.md.

    `events` are names or patterns: "incident.opened", "conversation.*", "finding.leak.*", "*". `secret` signs the calls.
    """

    id: Id
    url: HttpUrl
    secret: SecretRef
    events: tuple[Annotated[str, AfterValidator(_pattern)], ...] = Field(("incident.*",), min_length=1)
    timeout: Duration = Field(timedelta(seconds=10), gt=timedelta(0), le=timedelta(seconds=60))


class Settings(Aims):
    """The whole configuration, checked. `home` is the data folder; `path` the file it came from, None for the defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    company: Company
    storage: Storage = Storage()
    web: Web = Web()
    http: HttpTable = HttpTable()
    oidc: Oidc | None = None
    heartbeat: Heartbeat | None = None
    canary: Canary | None = None
    models: Models = Models()
    pictures: PicturesTable = PicturesTable()
    alerting: Alerting = Alerting()
    policy: PolicyTable = PolicyTable()
    audit: AuditTable = AuditTable()
    privacy: PrivacyTable = PrivacyTable()
    crisis: CrisisTable = CrisisTable()
    cases: CasesTable = CasesTable()
    accounts: AccountsTable = AccountsTable()
    readers: ReadersTable = ReadersTable()
    brand: tuple[Brand, ...] = ()
    person: tuple[Person, ...] = ()
    owner: tuple[Owner, ...] = ()
    office: tuple[Office, ...] = ()
    schedule: tuple[Schedule, ...] = ()
    escalation: tuple[Escalation, ...] = ()
    route: tuple[Route, ...] = ()
    fact: tuple[Fact, ...] = ()
    training: tuple[Training, ...] = ()
    message_plan: tuple[MessagePlan, ...] = ()
    source: tuple[Any, ...] = ()
    channel: tuple[Any, ...] = ()
    hook: tuple[Hook, ...] = ()
    retention: tuple[Retention, ...] = ()
    home: Path = Path("var")
    path: Path | None = None

    def database_url(self) -> str:
        """Where the data live: the configured address, or SQLite in the data folder."""
        return self.storage.url or f"sqlite:///{self.home / 'czujka.db'}"

    def policy_folder(self) -> Path | None:
        """Where the policy's files lie, beside the configuration's own; None while none is named."""
        return (self.path.parent if self.path else Path()) / self.policy.folder if self.policy.folder else None

    def holders(self, office: str) -> tuple[str, ...]:
        """The persons who hold an office."""
        held = next((one.people for one in self.office if one.id == office), None)
        return held if held is not None else next((one.people for one in self.owner if one.id == office), ())

    def offices(self) -> tuple[str, ...]:
        """All offices that somebody may hold."""
        return tuple(dict.fromkeys((*(one.id for one in self.office), *(one.id for one in self.owner))))

    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.company.timezone)
