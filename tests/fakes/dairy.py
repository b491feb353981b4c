"""Mleczarnia Polna's people, rota and routes, and short ways to write down what strangers post about it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from core.records import AssessState, Converses, FreshItem, OpenConversation, OpenIncident, Recent
from core.settings import (
    Alerting,
    Brand,
    ChannelSettings,
    Company,
    Escalation,
    Layer,
    Owner,
    Person,
    Route,
    Schedule,
    Settings,
    SourceSettings,
    Step,
)
from core.types import Author, ConversationState, Feeling, Finding, IncidentState, ItemKind, Scope, Severity, Voice

NOON = datetime(2026, 11, 18, 11, tzinfo=UTC)
"""A Wednesday, 12:00 in Warsaw."""

CALM = Feeling(label="neutral", negative=0.1, neutral=0.8, positive=0.1)

_numbers = count(1)


def dairy(**changes: object) -> Settings:
    """The whole company; any table of it may be replaced."""
    tables: dict[str, object] = {
        "company": Company(name="Mleczarnia Polna", fallback="pr", fallback_contacts=("email:board@example.com",)),
        "alerting": Alerting(),
        "brand": (Brand(id="polna", name="Mleczarnia Polna", code_names=("Projekt Bursztyn", "Orzeł")),),
        "person": (
            Person(id="anna", name="Anna Lis", language="pl", contacts=("slack:U123", "email:anna@example.com")),
            Person(id="jan", name="Jan Wrona", language="pl", contacts=("email:jan@example.com",)),
            Person(id="ola", name="Ola Sroka", language="pl", contacts=("email:ola@example.com",)),
            Person(id="tom", name="Tom Reed", contacts=("email:tom@example.com",), timezone="America/New_York"),
        ),
        "owner": (
            Owner(id="pr", people=("anna", "jan"), schedule="pr-rota", escalation="page-now"),
            Owner(id="care", people=("ola",)),
            Owner(id="security", people=("jan", "tom"), escalation="night-watch"),
            Owner(id="compliance", people=("tom",)),
        ),
        "schedule": (Schedule(id="pr-rota", layer=(Layer(people=("anna", "jan"), start=datetime(2026, 11, 2, tzinfo=UTC).date()),)),),
        "escalation": (
            Escalation(
                id="page-now",
                step=(Step(notify=("schedule:pr-rota",)), Step(notify=("person:anna", "channel:slack-pr"), wait=timedelta(minutes=20))),
            ),
            Escalation(id="night-watch", step=(Step(notify=("person:anna",)), Step(notify=("person:jan",)))),
        ),
        "route": (
            Route(label="leak.*", min_severity=Severity.MEDIUM, owner="security"),
            Route(label="account.*", owner="security"),
            Route(label="complaint.*", min_severity=Severity.HIGH, owner="pr"),
            Route(label="complaint.*", owner="care"),
            Route(label="question", owner="care"),
            Route(label="policy.*", owner="compliance"),
        ),
        "source": (SourceSettings(id="x-mentions", kind="x", brand="polna"),),
        "channel": (ChannelSettings(id="mail", kind="email"), ChannelSettings(id="slack-pr", kind="slack")),
    }
    return Settings(**(tables | changes))  # type: ignore[arg-type]


def finding(label: str, severity: Severity = Severity.MEDIUM, span: tuple[int, int] | None = None) -> Finding:
    start, end = span or (None, None)
    return Finding(label=label, score=0.9, severity=severity, detector=f"{label}@1", start=start, end=end)


def post(*findings: Finding, by: str = "", at: datetime = NOON, text: str = "…", **changes: object) -> FreshItem:
    """A stranger's post; every post is another one, by another author unless one is named."""
    number = next(_numbers)
    item = FreshItem(
        item_id=number,
        source_id="x-mentions",
        platform="x",
        external_id=str(number),
        brand="polna",
        scope=Scope.MENTION,
        voice=Voice.PUBLIC,
        kind=ItemKind.POST,
        lang="pl",
        text=text,
        url="",
        author=Author(id=by or f"stranger-{number}"),
        created_at=at,
        collected_at=at,
        may_page=True,
        feeling=CALM,
        findings=findings,
    )
    return replace(item, **changes)  # type: ignore[arg-type]


def late_parcel(**changes: object) -> FreshItem:
    return post(finding("complaint.delivery"), text="gdzie moja paczka?!", **changes)  # type: ignore[arg-type]


def seen(*items: FreshItem, incidents: tuple[OpenIncident, ...] = (), recent: tuple[FreshItem, ...] = ()) -> AssessState:
    """What the store hands over for these items; `recent` are older ones that were assessed before."""
    counted: dict[tuple[str | None, str], list[Recent]] = {}
    for item in (*recent, *items):
        for label in {found.label for found in item.findings}:
            one = Recent(item_id=item.item_id, author_key=item.author_key, created_at=item.created_at, may_page=item.may_page)
            counted.setdefault((item.brand, label), []).append(one)
    return AssessState(
        items=items, incidents=incidents, conversations={}, recent={series: tuple(found) for series, found in counted.items()}
    )


def incident(key: str, label: str, **changes: object) -> OpenIncident:
    one = OpenIncident(
        incident_id=7,
        dedup_key=key,
        brand="polna",
        label=label,
        severity=Severity.MEDIUM,
        state=IncidentState.OPEN,
        owner="care",
        participants=(),
        opened_at=NOON - timedelta(hours=1),
        last_item_at=NOON - timedelta(minutes=5),
        resolved_at=None,
        items=8,
        authors=8,
        paging=True,
        version=3,
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def conversation(said: Converses, number: int, now: datetime) -> OpenConversation:
    return OpenConversation(
        conversation_id=number,
        key=said.key,
        state=ConversationState.ANSWERED if said.answered else ConversationState.NEW,
        owner=said.owner,
        opened_at=now,
        due_at=said.due_at,
        version=0,
    )
