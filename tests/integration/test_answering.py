"""Answering on a platform, on both databases and over real HTTP: nothing goes out twice, unseen, unwanted or unapproved."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from actions import answering as act
from alerts.answering import LOOKS
from alerts.channels.email import Settings as Mail
from classifiers.rules.context import RuleContext
from classifiers.understand import Classifiers
from core.errors import Conflict, Refused
from core.records import Assessed, ConversationRow, Converses
from core.replies import ReplyKind, ReplyRow, ReplyState
from core.settings import Owner, Person, Settings
from core.types import Author, ConversationState, Feeling, Finding, Item, ItemKind, Reading, Scope, Severity, Understanding, Voice
from czujka.answering import answer_due
from czujka.doctor import audit
from czujka.house import House
from czujka.reporting import send_letters
from storage import Store
from storage.items import Arrival
from storage.reading import Read
from tests.fakes.server import Reply
from tests.fakes.social import NOW, TOKEN, MastodonThere, http
from tests.web.seed import settings as dairy

TEXT = "Dzień dobry, już sprawdzamy."


def nothing(_: Reading) -> list[Finding]:
    return []


def leak(_: Reading) -> list[Finding]:
    return [Finding(label="leak.codename", score=1.0, severity=Severity.CRITICAL, detector="t@1")]


@dataclass
class Care:
    """Customer care with one waiting conversation on Mastodon. `now` is moved by hand."""

    house: House
    there: MastodonThere
    talk: int
    now: datetime = field(default=NOW)

    @property
    def store(self) -> Store:
        return self.house.store

    def row(self) -> ConversationRow:
        return self.store.conversations.get(self.talk)

    def reply(self) -> ReplyRow:
        return self.store.replies.of(self.talk)[0]

    def write(self, text: str = TEXT, actor: str = "anna", judge: act.Judge = nothing) -> int:
        return act.write(self.store, self.house.settings, judge, self.talk, self.row().version, text, actor, self.now)

    def sweep(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        answer_due(self.house)

    def kinds(self) -> list[str]:
        return [event.kind for event in self.store.conversations.events(self.talk)]

    def source(self, **values: object) -> None:
        """The source is configured otherwise."""
        source = self.house.settings.source[0].model_copy(update=values)
        self.house.settings = self.house.settings.model_copy(update={"source": (source,)})


def configured(there: MastodonThere, home: Path) -> Settings:
    people = (
        Person(id="anna", name="Anna", language="pl", contacts=("email:anna@polna.example",)),
        Person(id="jan", name="Jan"),
        Person(id="rob", roles=("viewer",)),
    )
    owner = Owner(id="care", people=("anna", "jan"))
    return dairy(home).model_copy(update={"person": people, "owner": (owner,), "source": (there.settings(),)})


def arrives(store: Store, item: Item, now: datetime) -> None:
    """It is collected and read."""
    store.items.add([Arrival(item=item, source_id="there", brand="polna", scope=Scope.MENTION, may_page=True, collected_at=now)], now)
    feeling = Feeling(label="neutral", negative=0.1, neutral=0.8, positive=0.1)
    read = [Read(one, Understanding(lang="pl", feeling=feeling, findings=())) for one in store.reading.unread("t", 10, now)]
    assert store.reading.apply(read, "t", now) == 1


def conversing(store: Store) -> int:
    """Kasia asks something in public."""
    raw = {"id": "7", "visibility": "unlisted", "uri": "https://other.example/statuses/7"}
    author = Author(id="kasia", handle="kasia@other.example")
    item = Item(
        platform="mastodon",
        external_id="https://other.example/statuses/7",
        kind=ItemKind.POST,
        text="gdzie moja paczka?",
        voice=Voice.PUBLIC,
        created_at=NOW,
        author=author,
        raw=raw,
    )
    arrives(store, item, NOW)
    said = Converses(
        key="mastodon:kasia",
        item_id=1,
        brand="polna",
        platform="mastodon",
        owner="care",
        author="Kasia",
        due_at=None,
        reason="wants_answer",
    )
    store.assessing.apply(Assessed(item_ids=(1,), converses=(said,)), NOW)
    return store.conversations.list()[0].conversation_id


@pytest.fixture(scope="module")
def classifiers() -> Classifiers:
    return Classifiers.load(RuleContext(brands=()))


@pytest.fixture
def care(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, classifiers: Classifiers) -> Iterator[Care]:
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    with MastodonThere() as there:
        client = http()
        house = House(configured(there, tmp_path), store, classifiers, client, "secret", jitter=lambda: 0.0)
        made = Care(house, there, conversing(store))
        house.clock = lambda: made.now
        yield made
        client.close()


def test_a_reply_goes_out_once_and_answers_the_conversation(care: Care) -> None:
    care.write()
    assert care.there.took == [], "nothing goes out from the page itself"
    care.sweep()
    care.sweep(timedelta(hours=1))
    assert care.there.took == [f"@kasia@other.example {TEXT}"]
    assert (care.reply().state, care.row().state) == (ReplyState.SENT, ConversationState.ANSWERED)
    assert care.kinds() == ["reply_written", "reply_sent"]


def test_our_reply_when_it_is_collected_answers_nothing_twice(care: Care) -> None:
    care.write()
    care.sweep()
    sent = care.reply()
    item = Item(
        platform="mastodon",
        external_id=sent.remote_id,
        kind=ItemKind.COMMENT,
        text=TEXT,
        voice=Voice.OURS,
        created_at=care.now,
        author=Author(id="polna"),
    )
    arrives(care.store, item, care.now)
    said = Converses(
        key="mastodon:kasia",
        item_id=2,
        brand="polna",
        platform="mastodon",
        owner="care",
        author="",
        due_at=None,
        reason="we_answered",
        conversation_id=care.talk,
        answered=True,
    )
    care.store.assessing.apply(Assessed(item_ids=(2,), converses=(said,)), care.now)
    assert care.kinds() == ["reply_written", "reply_sent"]
    assert [one.external_id for one in care.store.conversations.thread(care.talk)][-1] == sent.remote_id


def test_nothing_is_sent_while_answering_is_off(care: Care) -> None:
    care.source(answer=False)
    with pytest.raises(Refused, match="off"):
        care.write()
    care.source(answer=True)
    care.write()
    care.source(answer=False)
    care.sweep()
    assert care.there.took == []
    assert (care.reply().state, care.reply().reason) == (ReplyState.FAILED, "off")


def test_answering_is_off_by_default(care: Care) -> None:
    raw = care.house.settings.source[0].model_dump(exclude={"answer", "token", "server"})
    plain = type(care.house.settings.source[0]).model_validate({**raw, "token": {"env": "CZUJKA_TEST_TOKEN"}})
    assert plain.answer is False
    assert plain.second_pair_of_eyes is False


@pytest.mark.parametrize("wanted_by", ["source", "owner"])
def test_a_second_pair_of_eyes_is_another_person_s(care: Care, wanted_by: str) -> None:
    if wanted_by == "source":
        care.source(second_pair_of_eyes=True)
    else:
        owner = care.house.settings.owner[0].model_copy(update={"second_pair_of_eyes": True})
        care.house.settings = care.house.settings.model_copy(update={"owner": (owner,)})
    reply = care.write()
    care.sweep(timedelta(minutes=5))
    assert (care.reply().state, care.there.took) == (ReplyState.APPROVAL, [])
    with pytest.raises(Refused):
        act.approve(care.store, care.house.settings, nothing, reply, 0, "anna", care.now)
    with pytest.raises(Refused):
        act.approve(care.store, care.house.settings, nothing, reply, 0, "rob", care.now)
    with pytest.raises(Refused):
        act.approve(care.store, care.house.settings, leak, reply, 0, "jan", care.now)
    with pytest.raises(Conflict):
        care.store.replies.approve(reply, 0, "anna", care.now)
    act.approve(care.store, care.house.settings, nothing, reply, 0, "jan", care.now)
    care.sweep()
    assert len(care.there.took) == 1
    assert (care.reply().written_by, care.reply().approved_by) == ("anna", "jan")


def test_two_who_send_at_once_are_one(care: Care) -> None:
    seen = care.row().version
    act.write(care.store, care.house.settings, nothing, care.talk, seen, TEXT, "anna", care.now)
    with pytest.raises(Conflict):
        act.write(care.store, care.house.settings, nothing, care.talk, seen, "Ja też!", "jan", care.now)
    with pytest.raises(Conflict):
        care.write("Ja też!", "jan")
    care.sweep()
    assert len(care.there.took) == 1


def test_nobody_sends_while_a_colleague_is_answering(care: Care) -> None:
    care.store.conversations.claim(care.talk, "jan", care.now, care.now + timedelta(minutes=5))
    with pytest.raises(Conflict):
        care.write()


def test_a_critical_finding_and_too_many_letters_stop_it(care: Care) -> None:
    with pytest.raises(Refused) as critical:
        care.write(judge=leak)
    with pytest.raises(Refused) as long:
        care.write("ą" * 495)
    assert (critical.value.reason, long.value.reason) == ("critical", "too_long")
    with pytest.raises(Refused) as grave:
        care.write(judge=lambda _: [Finding(label="leak.codename", score=1.0, severity=Severity.HIGH, detector="t@1")])
    assert grave.value.reason == "critical"
    with pytest.raises(Refused):
        care.write(actor="rob")
    assert care.store.replies.of(care.talk) == []


def test_no_answer_is_looked_for_and_found(care: Care) -> None:
    care.write()
    care.there.silent = "slam"
    care.sweep()
    assert (care.reply().state, len(care.there.took)) == (ReplyState.CHECKING, 1)
    care.sweep(LOOKS[0])
    assert care.reply().state is ReplyState.SENT
    assert care.reply().remote_id == "https://social.example/users/polna/statuses/101"
    assert len(care.there.took) == 1


def test_what_is_not_found_is_repeated_only_under_a_key_that_still_holds(care: Care) -> None:
    care.write()
    care.there.server.overrule(Reply(502, b"bad gateway"))
    care.sweep()
    care.there.server.obey()
    for wait in (*LOOKS, timedelta(minutes=1)):
        care.sweep(wait)
    assert (care.reply().state, len(care.there.took)) == (ReplyState.SENT, 1)
    posted = [request for request in care.there.server.requests if request.method == "POST"]
    assert len({request.headers["idempotency-key"] for request in posted}) == 1


def test_an_unknown_outcome_is_never_repeated_blindly(care: Care) -> None:
    """The key has expired and the thread does not show it: a person looks and decides."""
    care.write()
    care.there.silent, care.there.hides_from_reading = "slam", True
    care.sweep()
    care.sweep(timedelta(hours=2))
    for wait in LOOKS:
        care.sweep(wait)
    assert care.reply().state is ReplyState.UNDECIDED
    care.sweep(timedelta(days=1))
    assert len(care.there.took) == 1
    one = care.reply()
    act.settle(care.store, care.house.settings, one.reply_id, one.version, "jan", care.now, arrived=True)
    assert (care.reply().state, care.row().state) == (ReplyState.SENT, ConversationState.ANSWERED)
    assert len(care.there.took) == 1


def test_a_worker_that_died_while_sending_left_it_to_be_looked_for(care: Care) -> None:
    care.write()
    (due,) = care.store.replies.lease_due(care.now, 5, timedelta(minutes=2))
    care.there.keys["dead"] = {
        "id": "55",
        "uri": "https://social.example/users/polna/statuses/55",
        "content": f"<p>@kasia {TEXT}</p>",
        "in_reply_to_id": "7",
        "created_at": care.now.isoformat(),
    }
    care.sweep(timedelta(minutes=3))
    assert care.there.took == []
    assert (care.reply().state, care.reply().remote_id) == (ReplyState.SENT, "https://social.example/users/polna/statuses/55")
    assert due.check is False


def test_a_refusal_is_shown_told_to_its_writer_once_and_can_be_written_anew(care: Care, tmp_path: Path) -> None:
    mail = Mail(id="mail", kind="email", folder=tmp_path / "mail")
    care.house.settings = care.house.settings.model_copy(update={"channel": (mail,)})
    care.write()
    care.there.server.overrule(Reply(403, b'{"error": "no"}'))
    care.sweep()
    assert (care.reply().state, care.reply().reason) == (ReplyState.FAILED, "refused")
    assert care.kinds()[-1] == "reply_failed"
    for _ in range(2):
        send_letters(care.house)
    (letter,) = (tmp_path / "mail").glob("*.eml")
    told = message_from_bytes(letter.read_bytes(), policy=default)
    assert (told["Subject"], told["To"]) == ("[Czujka] Twoja odpowiedź nie została wysłana", "anna@polna.example")
    assert f"> {TEXT}" in told.get_content()
    care.there.server.obey()
    care.write("Jeszcze raz.")
    care.sweep()
    assert len(care.there.took) == 1


def test_a_like_is_given_once_and_a_withdrawn_reply_never(care: Care) -> None:
    def like() -> int:
        return act.react(care.store, care.house.settings, care.talk, care.row().version, ReplyKind.LIKE, "anna", care.now)

    like()
    with pytest.raises(Conflict):
        like()
    care.sweep()
    with pytest.raises(Refused):
        like()
    assert care.there.likes == ["7"]
    with pytest.raises(Refused):
        act.react(care.store, care.house.settings, care.talk, care.row().version, ReplyKind.HIDE, "anna", care.now)
    assert care.row().state is ConversationState.NEW, "a like is no answer"
    reply = care.write()
    act.withdraw(care.store, care.house.settings, reply, 0, "anna", care.now)
    care.sweep()
    assert care.there.took == []


def test_a_platform_that_asks_to_wait_is_waited_for(care: Care) -> None:
    care.write()
    care.there.server.overrule(Reply(429, b"{}", {"Retry-After": "120"}))
    care.sweep()
    care.there.server.obey()
    care.sweep(timedelta(seconds=119))
    assert care.there.took == []
    care.sweep(timedelta(seconds=2))
    assert len(care.there.took) == 1


def test_what_needs_somebody_is_named(care: Care) -> None:
    late = audit(care.house.settings, care.store, care.now + timedelta(hours=1))
    assert [ill.kind for ill in late if ill.kind == "reply"] == []
    care.write()
    assert care.store.replies.counts() == {"waiting": 1}
    assert [one.reply_id for one in care.store.replies.stuck(care.now)] == [care.reply().reply_id]
    assert care.store.replies.stuck(care.now - timedelta(minutes=5)) == []
    late = audit(care.house.settings, care.store, care.now + timedelta(hours=1))
    assert ["anna" in ill.what for ill in late if ill.kind == "reply"] == [True]


def test_a_missing_right_is_named_until_something_is_sent(care: Care) -> None:
    def ills() -> list[str]:
        found = audit(care.house.settings, care.store, care.now)
        return [f"{ill.what} {ill.detail} {ill.advice}" for ill in found if str(ill.what) == "source there" and ill.kind == "reply"]

    care.there.server.overrule(Reply(403, b'{"error": "This action is outside the authorized scopes"}'))
    for text in ("Raz.", "Dwa."):
        care.write(text)
        care.sweep()
    act.react(care.store, care.house.settings, care.talk, care.row().version, ReplyKind.LIKE, "anna", care.now)
    care.sweep()
    reply, like = ills()
    assert "outside the authorized scopes" in reply
    assert "write:statuses" in reply
    assert "write:favourites" in like
    care.there.server.obey()
    care.write("Trzy.")
    care.sweep()
    assert ["write:favourites" in one for one in ills()] == [True]
    care.source(answer=False)
    assert ills() == []
