"""A desk with a real database: strangers post, assess and notify decide as in the product, people act, and the clock stands still."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.assess import decide
from alerts.contacts import key
from alerts.escalate import escalate, pace
from core.errors import Conflict
from core.settings import Settings
from core.types import Author, Feeling, Finding, Item, ItemKind, Scope, Understanding, Voice
from storage import Store
from storage.items import Arrival
from storage.reading import Read
from tests.fakes.dairy import NOON, dairy

CALM = Feeling(label="neutral", negative=0.1, neutral=0.8, positive=0.1)


@dataclass
class Desk:
    """`now` is moved by hand."""

    store: Store
    settings: Settings = field(default_factory=dairy)
    now: datetime = NOON
    posts: int = 0

    def forward(self, by: timedelta) -> None:
        self.now += by

    def post(
        self,
        *findings: Finding,
        by: str = "",
        text: str = "gdzie moja paczka?!",
        bands: tuple[int, ...] = (),
        answers: int | None = None,
        at: datetime | None = None,
        voice: Voice = Voice.PUBLIC,
    ) -> int:
        """Somebody posts, and it is assessed; the item's id. `answers` is the item that it replies to."""
        self.posts += 1
        item = Item(
            platform="x",
            external_id=str(self.posts),
            kind=ItemKind.COMMENT if answers else ItemKind.POST,
            voice=voice,
            text=text,
            author=Author(id=by or f"stranger-{self.posts}", handle=by or f"stranger-{self.posts}"),
            created_at=at or self.now,
            url="",
            parent_id=self.store.items.get(answers).external_id if answers else None,
        )
        arrival = Arrival(item=item, source_id="x-mentions", brand="polna", scope=Scope.MENTION, may_page=True, collected_at=self.now)
        self.store.items.add([arrival], self.now)
        understood = Understanding(lang="pl", feeling=CALM, findings=findings, signature=bands)
        self.store.reading.apply([Read(one, understood) for one in self.store.reading.unread("v1", 10, self.now)], "v1", self.now)
        return self.assess()

    def assess(self) -> int:
        """As the stage does; the id of the last item."""
        while True:
            state = self.store.assessing.load(100, self.now, self.settings.alerting)
            try:
                self.store.assessing.apply(decide(state, self.settings, self.now), self.now)
            except Conflict:
                continue
            return max((item.item_id for item in state.items), default=0)

    def notify(self) -> int:
        """As the stage does; how many decisions were written."""
        due = self.store.incidents.due(self.now, 100)
        decided = [pages for one in due if (pages := escalate(one, self.settings, (), self.now)) is not None]
        told = self.store.deliveries.due_times({key(c) for pages in decided for c in pages.contacts}, self.now - timedelta(minutes=1))
        severities = {one.incident_id: one.severity for one in due}
        return self.store.incidents.apply_pages(pace(decided, told, severities, self.settings.alerting, self.now), self.now)

    def kinds(self, incident_id: int) -> list[str]:
        """The kinds of line in an incident's history."""
        return [event.kind for event in self.store.incidents.card(incident_id).events]
