"""A dairy's evening in a real store: two fires, a wave of complaints, conversations in time and late, sources well and ill."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from core.records import Assessed, Converses, Grows, Opens
from core.sending import Outcome, Pages, Tried
from core.settings import Settings
from core.transitions import Acts
from core.types import Author, Contact, Feeling, Finding, Item, ItemKind, Page, Quota, Rejected, Scope, Severity, Understanding, Voice
from storage import Store
from storage.items import Arrival
from storage.reading import Read
from storage.sources import PageResult

HOSTILE = '<script>document.title="taken"</script><img src=x onerror="document.title=\'taken\'"> {{ 7*7 }} \u202eevil'

LATE_PARCELS = (
    "paczka miała być w poniedziałek, jest sobota i dalej cisza. @polna co się dzieje?",
    "Trzeci tydzień czekam na zamówienie z Polnej. Kurier twierdzi, że był. Nie był.",
    "my order is a week late, tracking has not moved since Tuesday. not great, Polna",
    "Zamówiłam kefir i sery na urodziny dziecka. Urodziny były wczoraj, paczki nie ma.",
    "polna, paczka zaginęła, infolinia odsyła do kuriera, kurier do was. super zabawa",
    "Kolejna spóźniona paczka od Mleczarni Polna, tym razem rozmrożona :(",
    "Cztery dni po terminie. Jogurty pewnie już same by doszły.",
    "@polna gdzie jest moje zamówienie 48213? ktoś tam żyje?",
    "delivery promised for Monday, it is Saturday. anyone else waiting for Polna?",
    "Znowu paczka z Polnej spóźniona, a w aplikacji od trzech dni „w drodze”.",
)


def settings(home: Path) -> Settings:
    """The dairy, its teams and people."""
    return Settings.model_validate(
        {
            "company": {"name": "Mleczarnia Polna", "timezone": "Europe/Warsaw", "languages": ["pl", "en"], "fallback": "pr"},
            "brand": [{"id": "polna", "name": "Mleczarnia Polna", "terms": ["Polna"], "code_names": ["Projekt Bursztyn"]}],
            "person": [
                {"id": "anna", "name": "Anna Lis", "language": "pl", "contacts": ["email:anna@polna.example"]},
                {"id": "jan", "name": "Jan Wrona", "language": "pl", "contacts": ["email:jan@polna.example"]},
                {"id": "ewa", "name": "Ewa Sroka", "language": "pl", "contacts": ["email:ewa@polna.example"]},
            ],
            "owner": [
                {"id": "pr", "name": "Press and social media", "people": ["anna", "jan"]},
                {"id": "care", "name": "Customer care", "people": ["ewa"]},
                {"id": "security", "name": "Security", "people": ["jan"]},
            ],
            "home": home,
        }
    )


@dataclass
class Seed:
    """Puts things into a store the way the stages do. `now` is the evening's instant; `ids` are items in the order they came."""

    store: Store
    now: datetime
    ids: list[int] = field(default_factory=list)

    def post(
        self,
        text: str,
        *marks: tuple[str, str, Severity],
        author: str = "@kasia",
        followers: int | None = None,
        platform: str = "x",
        ago: timedelta = timedelta(minutes=5),
        voice: Voice = Voice.PUBLIC,
        lang: str = "pl",
        url: str | None = None,
        negative: float = 0.7,
        answers: int | None = None,
    ) -> int:
        """Store and classify one post; a mark is (words, label, severity), words of '' meaning the whole text.

        `answers` is the place (from 1) of the post that it answers.
        """
        number = len(self.ids) + 1
        item = Item(
            platform=platform,
            external_id=f"p{number}",
            kind=ItemKind.POST,
            text=text,
            voice=voice,
            created_at=self.now - ago,
            author=Author(id=f"u-{author}", handle=author, followers=followers),
            url=f"https://social.example/{number}" if url is None else url,
            lang=lang,
            parent_id=None if answers is None else f"p{answers}",
        )
        feeling = Feeling(label="negative", negative=negative, neutral=round(0.9 - negative, 2), positive=0.1)
        found = tuple(_finding(text, *mark) for mark in marks)
        return self.reads(item, Understanding(lang=lang, feeling=feeling, findings=found), ago)

    def reads(self, item: Item, understood: Understanding, ago: timedelta) -> int:
        """Store one that was collected when it was written, and read it as this."""
        arrival = Arrival(item=item, source_id="x-mentions", brand="polna", scope=Scope.MENTION, may_page=True, collected_at=self.now - ago)
        self.store.items.add([arrival], self.now)
        unread = self.store.reading.unread("seed", 1, self.now)[0]
        assert self.store.reading.apply([Read(unread, understood)], "seed", self.now) == 1
        self.ids.append(unread.item_id)
        return unread.item_id

    def opens(
        self,
        items: list[int],
        label: str,
        severity: Severity,
        owner: str,
        *,
        title: str = "",
        participants: tuple[str, ...] = (),
        reason: str = "severity",
        ago: timedelta = timedelta(minutes=3),
    ) -> int:
        """Open an incident of these items."""
        opens = Opens(
            dedup_key=f"polna:{label}:{items[0]}",
            brand="polna",
            label=label,
            title=title,
            severity=severity,
            owner=owner,
            participants=participants,
            item_ids=tuple(items),
            policy={},
            paging=True,
            reason=reason,
        )
        return self.store.assessing.apply(Assessed(item_ids=tuple(items), opens=(opens,)), self.now - ago)[0]

    def grows(self, incident_id: int, items: list[int], severity: Severity | None, reason: str, ago: timedelta) -> None:
        """More items join an incident."""
        version = self.store.incidents.card(incident_id).row.version
        grown = Grows(incident_id=incident_id, version=version, item_ids=tuple(items), reason=reason, severity=severity)
        self.store.assessing.apply(Assessed(item_ids=tuple(items), grows=(grown,)), self.now - ago)

    def converses(self, item_id: int, author: str, owner: str, due_in: timedelta | None, platform: str = "x") -> int:
        """An item opens a conversation."""
        one = Converses(
            key=f"{platform}:{author}:{item_id}",
            item_id=item_id,
            brand="polna",
            platform=platform,
            owner=owner,
            author=author,
            due_at=self.now + due_in if due_in is not None else None,
            reason="wants_answer",
        )
        self.store.assessing.apply(Assessed(item_ids=(item_id,), converses=(one,)), self.now - timedelta(hours=5))
        return max(row.conversation_id for row in self.store.conversations.list(limit=500))

    def pages(self, incident_id: int, person: str, ago: timedelta, outcomes: tuple[tuple[Outcome, str], ...]) -> None:
        """Page a person, with these outcomes of tries."""
        card = self.store.incidents.card(incident_id)
        contact = Contact(kind="email", address=f"{person}@polna.example", channel="mail", person=person, language="pl")
        paged = Pages(
            incident_id=incident_id,
            version=card.row.version,
            kind="page",
            contacts=(contact,),
            step=1,
            repeated=0,
            next_step_at=self.now + timedelta(minutes=7),
            reason="step_due",
        )
        assert self.store.incidents.apply_pages([paged], self.now - ago) == 1
        for outcome, reason in outcomes:
            due = self.store.deliveries.lease_due(self.now - ago, 1, timedelta(seconds=1))[0]
            tried = Tried(delivery_id=due.delivery_id, token=due.token, outcome=outcome, reason=reason, retry_at=self.now - ago)
            self.store.deliveries.record(tried, self.now - ago)

    def sources(self) -> None:
        """One source that does well, one that is refused, one that waits, one never asked."""
        self.store.sources.sync(["x-mentions", "mastodon-tag", "news-pl", "facebook-page"], self.now - timedelta(hours=2))
        leased = {one.source_id: one for one in self.store.sources.lease_due(self.now, 10, timedelta(minutes=1))}
        page = Page(
            items=(),
            cursor={},
            rejected=(Rejected(reason="no_text", detail="an article without text", raw="{}"),),
            quotas=(Quota(name="reads", used=812, limit=10_000),),
        )
        result = PageResult(
            source_id="x-mentions",
            token=leased["x-mentions"].token,
            platform="x",
            page=page,
            arrivals=(),
            next_poll_at=self.now + timedelta(minutes=2),
            releases=True,
        )
        assert self.store.sources.apply_page(result, self.now - timedelta(minutes=1)) is not None
        later, ago = self.now + timedelta(minutes=30), self.now - timedelta(minutes=4)
        refused = "401 from graph.example: the access token has expired"
        self.store.sources.apply_failure(leased["facebook-page"], "unauthorized", refused, later, ago)
        self.store.sources.apply_failure(leased["mastodon-tag"], "rate_limited", "429, come back in 5 min", later, ago)


def _finding(text: str, words: str, label: str, severity: Severity) -> Finding:
    start = text.index(words) if words else None
    end = start + len(words) if start is not None else None
    return Finding(label=label, score=0.97, severity=severity, detector=f"{label}@1", start=start, end=end)


@dataclass(frozen=True)
class City:
    """The ids of what was seeded."""

    leak: int
    safety: int
    parcels: int
    personal: int
    resolved: int
    late_talk: int
    fresh_talk: int


def evening(store: Store, config: Settings, now: datetime) -> City:
    """Everything at once: what a manager sees on a bad day."""
    from actions.incidents import _act  # the same way as people, for the one that Jan holds and the one that is over

    seed = Seed(store, now)
    seed.sources()
    leak = _leak(seed)
    safety = _safety(seed)
    parcels = _parcels(seed)
    personal = _personal(seed)
    resolved = _resolved(seed)
    late, fresh = _talks(seed)
    _act(store, config, parcels, what=Acts.ACKNOWLEDGE, actor="jan", now=now - timedelta(minutes=20), seen=None)
    _act(store, config, resolved, what=Acts.RESOLVE, actor="anna", now=now - timedelta(hours=1), seen=None)
    return City(leak, safety, parcels, personal, resolved, late, fresh)


def _leak(seed: Seed) -> int:
    mark = ("Projekcie Bursztyn", "leak.codename", Severity.CRITICAL)
    first = seed.post(
        "Słyszeliście o Projekcie Bursztyn? Podobno Polna kupuje małe mleczarnie na Podlasiu.",
        mark,
        author="@marek",
        followers=12_400,
        ago=timedelta(minutes=3),
    )
    second = seed.post(
        "Ktoś coś wie o Projekcie Bursztyn? @marek pisze, że to przejęcie",
        mark,
        author="@zuza",
        followers=310,
        platform="mastodon",
        ago=timedelta(minutes=2),
    )
    leak = seed.opens([first], "leak.codename", Severity.CRITICAL, "pr", title="Projekt Bursztyn", participants=("security",))
    seed.grows(leak, [second], None, "same_story", timedelta(minutes=2))
    seed.pages(leak, "jan", timedelta(minutes=3), ((Outcome.RETRY, "connect"), (Outcome.SENT, "sent")))
    return leak


def _safety(seed: Seed) -> int:
    post = seed.post(
        "Po jogurcie z Polnej syn wymiotuje od rana, u sąsiadki to samo. Partia L2211, nie dawajcie dzieciom!",
        ("syn wymiotuje od rana", "complaint.safety", Severity.HIGH),
        author="@mama_olka",
        platform="facebook",
        ago=timedelta(minutes=26),
    )
    return seed.opens([post], "complaint.safety", Severity.HIGH, "care", ago=timedelta(minutes=25))


def _parcels(seed: Seed) -> int:
    items = []
    for number, text in enumerate(LATE_PARCELS):
        words = re.split(r"[,.?]", text)[0]
        items.append(
            seed.post(
                text,
                (words, "complaint.delivery", Severity.MEDIUM),
                author=f"@klient{number}",
                followers=40 * number or None,
                platform=("x", "facebook", "mastodon")[number % 3],
                ago=timedelta(minutes=170 - 15 * number),
            )
        )
    parcels = seed.opens(items[:8], "complaint.delivery", Severity.MEDIUM, "care", reason="volume", ago=timedelta(minutes=62))
    seed.grows(parcels, items[8:], Severity.HIGH, "volume_high", timedelta(minutes=30))
    seed.pages(parcels, "ewa", timedelta(minutes=60), ((Outcome.SENT, "sent"),))
    return parcels


def _personal(seed: Seed) -> int:
    text = f"uwaga na sąsiada, jego PESEL to 44051401359, dzwońcie: 601 202 303 {HOSTILE}"
    post = seed.post(
        text,
        ("44051401359", "leak.pii.pesel", Severity.HIGH),
        ("601 202 303", "leak.pii.phone", Severity.HIGH),
        author="<b>@złośliwy</b>",
        url="javascript:alert(1)",
        ago=timedelta(hours=2),
    )
    return seed.opens([post], "leak.pii.pesel", Severity.HIGH, "security", ago=timedelta(hours=2))


def _resolved(seed: Seed) -> int:
    post = seed.post(
        "aplikacja Polnej nie działa od godziny, ktoś jeszcze?", ("nie działa", "complaint.outage", Severity.HIGH), ago=timedelta(hours=6)
    )
    return seed.opens([post], "complaint.outage", Severity.HIGH, "care", ago=timedelta(hours=6))


def _talks(seed: Seed) -> tuple[int, int]:
    late = seed.post(
        "Dzień dobry, trzeci raz pytam o zwrot za zepsuty ser. Czy ktoś odpowie?",
        ("", "complaint.billing", Severity.MEDIUM),
        author="@kasia_w",
        ago=timedelta(hours=6),
    )
    late_talk = seed.converses(late, "@kasia_w", "care", timedelta(hours=-2))
    other = seed.post(
        "is the lactose free skyr back in stock in Kraków?",
        ("", "question", Severity.INFO),
        author="@tom_in_krk",
        lang="en",
        platform="bluesky",
        ago=timedelta(minutes=18),
        negative=0.1,
    )
    fresh_talk = seed.converses(other, "@tom_in_krk", "pr", timedelta(hours=3, minutes=42), "bluesky")
    third = seed.post(
        "Najlepszy twaróg w Polsce, dziękuję!",
        ("", "praise", Severity.INFO),
        author="@babcia.hela",
        platform="facebook",
        ago=timedelta(minutes=50),
        negative=0.02,
    )
    seed.converses(third, "@babcia.hela", "pr", None, "facebook")
    return late_talk, fresh_talk
