"""kill -9 around answering on platforms: nothing is said twice where the platform lets one see it, and what nobody knows is asked about.

The judge is what the platform took. Every death is that of a process of its own; time is moved by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from queue import Queue

import pytest

from actions import answering as act
from alerts.answering import LOOKS
from collector.answers import writer_for
from core.replies import ReplyKind, ReplyRow, ReplyState
from core.settings import Person, Settings
from core.types import Author, ConversationState, Feeling, Item, ItemKind, Scope, Understanding, Voice
from czujka.answering import LEASE, answer_due
from czujka.doctor import audit
from storage import Store
from storage.items import Arrival
from storage.reading import Read
from tests.fakes.dying import dies_answering, house_at
from tests.fakes.social import KINDS, NOW, TOKEN, Social
from tests.fakes.toll import Toll, note
from tests.web.seed import Seed
from tests.web.seed import settings as dairy

IN_FLIGHT = "while the platform takes it"
PLACES = ("answer.leased", IN_FLIGHT, "answer.sent", "answer.recorded", "answer.committed")


@dataclass
class World:
    """One conversation on one platform, answered by processes that die."""

    store: Store
    url: str
    settings: Settings
    there: Social
    talk: int
    now: datetime = field(default=NOW)

    def forward(self, by: timedelta) -> None:
        self.now += by
        self.there.now = self.now

    def write(self, text: str) -> None:
        version = self.store.conversations.get(self.talk).version
        act.write(self.store, self.settings, lambda _: [], self.talk, version, text, "anna", self.now)

    def dies(self, place: str) -> None:
        if place != IN_FLIGHT:
            dies_answering(self.settings, self.url, self.now, place)
        else:
            self.there.strikes = Queue()
            dies_answering(self.settings, self.url, self.now, None, self.there.strikes.put)

    def goes_on(self) -> None:
        """Another process comes when the lease is over, and looks as often as it may."""
        for wait in (LEASE, *LOOKS, timedelta(minutes=1), timedelta(minutes=10)):
            self.forward(wait)
            house = house_at(self.settings, self.store, self.now)
            answer_due(house)
            house.http.close()

    def reply(self) -> ReplyRow:
        return self.store.replies.of(self.talk)[0]

    def heard(self, text: str) -> int:
        """How often does the platform show this?"""
        return sum(said.endswith(text) for said in self.there.took)

    def settles(self, *, arrived: bool) -> None:
        """Jan has looked at the platform."""
        one = self.reply()
        act.settle(self.store, self.settings, one.reply_id, one.version, "jan", self.now, arrived=arrived)

    def history(self, text: str) -> list[str]:
        """What the conversation says of this reply."""
        [number] = [one.reply_id for one in self.store.replies.of(self.talk) if one.text == text]
        return [event.kind for event in self.store.conversations.events(self.talk) if event.detail.get("reply") == number]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.kind)
def world(request: pytest.FixtureRequest, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    kind: type[Social] = request.param
    store = Store.open(database_url)
    with kind() as there:
        people = (Person(id="anna"), Person(id="jan"))
        settings = dairy(tmp_path).model_copy(update={"person": people, "source": (there.settings(),)})
        yield World(store, database_url, settings, there, conversing(store, there))
    store.close()


def conversing(store: Store, there: Social) -> int:
    """Kasia asks something in public, and the team for press answers for it."""
    asked = there.target()
    item = Item(
        platform=there.kind,
        external_id=asked.external_id,
        kind=ItemKind.POST,
        text="gdzie moja paczka?",
        voice=Voice.PUBLIC,
        created_at=NOW,
        author=Author(id="kasia", handle=asked.author),
        raw=asked.raw,
    )
    store.items.add([Arrival(item=item, source_id="there", brand="polna", scope=Scope.MENTION, may_page=True, collected_at=NOW)], NOW)
    feeling = Feeling(label="neutral", negative=0.1, neutral=0.8, positive=0.1)
    [unread] = store.reading.unread("t", 10, NOW)
    store.reading.apply([Read(unread, Understanding(lang="pl", feeling=feeling, findings=()))], "t", NOW)
    return Seed(store, NOW).converses(unread.item_id, "kasia", "pr", None, there.kind)


@pytest.mark.timeout(900)
def test_killed_at_every_place_nothing_is_said_twice_or_lost(world: World) -> None:
    writer = writer_for(world.settings.source[0])
    assert writer is not None
    for place in PLACES:
        text = f"Odpowiedź, przy której padło: {place}."
        world.write(text)
        world.dies(place)
        world.goes_on()
        if place == "answer.leased" and not writer.repeatable:
            assert (world.reply().state, world.heard(text)) == (ReplyState.UNDECIDED, 0), "nobody knows, so somebody is asked"
            assert [ill.kind for ill in audit(world.settings, world.store, world.now) if ill.kind == "reply"] == ["reply"]
            world.settles(arrived=False)
            world.goes_on()
        note([Toll(place, world.there.kind, 1, lost=int(not world.heard(text)), doubled=max(0, world.heard(text) - 1))])
        assert (world.reply().state, world.heard(text)) == (ReplyState.SENT, 1), place
        assert world.reply().remote_id
        assert world.history(text).count("reply_sent") == 1, place
        assert world.store.conversations.get(world.talk).state is ConversationState.ANSWERED


def test_what_the_platform_took_and_does_not_show_is_not_said_again(world: World) -> None:
    """It knows the repeat by its key, or a person is asked."""
    writer = writer_for(world.settings.source[0])
    assert writer is not None
    world.there.hides_from_reading = True
    world.write("Już sprawdzamy.")
    world.dies(IN_FLIGHT)
    world.goes_on()
    if not writer.repeatable:
        assert world.reply().state is ReplyState.UNDECIDED
        world.forward(timedelta(days=1))
        world.goes_on()
        assert world.heard("Już sprawdzamy.") == 1
        world.settles(arrived=True)
    assert (world.reply().state, world.heard("Już sprawdzamy.")) == (ReplyState.SENT, 1)


def test_a_like_or_hiding_done_twice_is_done_once(world: World) -> None:
    kinds = [kind for kind, may in ((ReplyKind.LIKE, world.there.likes_posts), (ReplyKind.HIDE, world.there.hides)) if may]
    for kind in kinds:
        version = world.store.conversations.get(world.talk).version
        act.react(world.store, world.settings, world.talk, version, kind, "anna", world.now)
        world.dies("answer.sent")
        world.goes_on()
        assert world.reply().state is ReplyState.SENT
    done = [ledger for ledger in (world.there.likes, world.there.hidden) if ledger]
    assert len(done) == len(kinds)
    assert all(len(set(ledger)) == 1 for ledger in done)
