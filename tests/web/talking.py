"""A conversation on Mastodon that a site can answer: the platform is a server of its own, the service's sweep is made by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx

from core.records import ConversationRow
from core.types import Author, Feeling, Item, ItemKind, Scope, Understanding, Voice
from czujka.answering import answer_due
from czujka.house import House
from storage.items import Arrival
from storage.reading import Read
from tests.fakes.social import NOW as THEN
from tests.fakes.social import MastodonThere, http
from tests.web.seed import Seed
from tests.web.site import NOW, Site, form_of


@dataclass
class Talk:
    """One conversation on Mastodon that the site can answer."""

    site: Site
    there: MastodonThere
    number: int

    @property
    def path(self) -> str:
        return f"/conversations/{self.number}"

    def row(self) -> ConversationRow:
        return self.site.store.conversations.get(self.number)

    def post(self, client: httpx.Client, path: str, **values: object) -> httpx.Response:
        return client.post(f"{self.path}/{path}", data={"csrf": form_of(client, "/"), "version": self.row().version, **values})

    def sweep(self) -> None:
        client = http()
        house = House.__new__(House)
        house.settings, house.store, house.http, house.clock = self.site.context.settings, self.site.store, client, lambda: NOW
        answer_due(house)
        client.close()


@contextmanager
def talking(site: Site) -> Iterator[Talk]:
    """Kasia asks in public; what is answered needs a second pair of eyes. The token is expected in CZUJKA_TEST_TOKEN."""
    with MastodonThere() as there:
        source = there.settings().model_copy(update={"second_pair_of_eyes": True})
        site.context.settings = site.context.settings.model_copy(update={"source": (source,)})
        item = Item(
            platform="mastodon",
            external_id="https://other.example/statuses/7",
            kind=ItemKind.POST,
            text="gdzie moja paczka?",
            voice=Voice.PUBLIC,
            created_at=THEN,
            author=Author(id="kasia", handle="kasia@other.example"),
            raw={"id": "7", "visibility": "unlisted"},
        )
        site.store.items.add(
            [Arrival(item=item, source_id="there", brand="polna", scope=Scope.MENTION, may_page=True, collected_at=NOW)], NOW
        )
        (unread,) = site.store.reading.unread("seed", 5, NOW)
        feeling = Feeling(label="neutral", negative=0.1, neutral=0.8, positive=0.1)
        site.store.reading.apply([Read(unread, Understanding(lang="pl", feeling=feeling, findings=()))], "seed", NOW)
        number = Seed(site.store, NOW).converses(unread.item_id, "kasia", "pr", timedelta(hours=1), "mastodon")
        yield Talk(site, there, number)
