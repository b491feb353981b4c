"""kill -9 in the parts that read no posts: acts, answers on platforms, hooks, the canary, letters. The other side's ledger is the judge.

`make test-long` kills five times at each place.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions import answering
from core.canary import CANARY
from core.records import Assessed, Converses
from core.replies import PENDING, ReplyState
from core.settings import Canary, HttpTable, Owner, Person, Settings
from core.types import Author, Feeling, Finding, IncidentState, Item, ItemKind, Reading, Scope, Severity, Understanding, Voice
from czujka.hooking import LEASE
from storage import Store
from storage.items import Arrival
from storage.reading import Read
from storage.schema import item
from tests.conftest import LONG
from tests.fakes.bare import Bare, dies
from tests.fakes.hooked import hooked
from tests.fakes.rota import turns, warsaw
from tests.fakes.sink import Sink
from tests.fakes.smtp import Mail, MailServer
from tests.fakes.social import NOW, TOKEN, FacebookThere, MastodonThere, Social
from tests.fakes.toll import Toll, note
from tests.web.seed import Seed
from tests.web.seed import settings as dairy

ACT_PLACES = ("act.written",)
ANSWER_PLACES = ("answer.leased", "answer.sent", "answer.recorded", "answer.committed")
HOOK_PLACES = ("hooks.announced", "hooks.leased", "hooks.sent")
CANARY_PLACES = ("canary.removed",)
LETTER_PLACES = ("letters.planned", "letters.sent")
TIMES = 5 if LONG else 1
DAWN = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def leak(store: Store, number: int) -> int:
    """One more open incident."""
    seed = Seed(store, DAWN, ids=[0] * number)
    post = seed.post(f"Projekt Bursztyn {number}?", ("Projekt Bursztyn", "leak.codename", Severity.CRITICAL))
    return seed.opens([post], "leak.codename", Severity.CRITICAL, "pr", title="Projekt Bursztyn")


def test_a_person_s_act_is_whole_or_has_not_happened(store: Store, database_url: str, tmp_path: Path) -> None:
    for number in range(TIMES):
        incident_id = leak(store, number)
        before = store.incidents.card(incident_id)
        dies("act", *ACT_PLACES, database_url, dairy(tmp_path), DAWN)
        assert store.incidents.card(incident_id) == before, "a half act"
        assert Bare(store, dairy(tmp_path), DAWN).does("act") == 1
        card = store.incidents.card(incident_id)
        taken = [event.kind for event in card.events].count("acknowledged")
        lost, doubled = int(card.row.state is not IncidentState.ACKNOWLEDGED), max(0, taken - 1)
        note([Toll("act.written", "incident's history", 1, lost, doubled)])
        assert (lost, taken) == (0, 1)


def test_every_hook_hears_of_every_incident_under_one_name(store: Store, database_url: str, tmp_path: Path) -> None:
    with Sink() as sink:
        settings = hooked(tmp_path, sink.url)
        for number, place in enumerate(HOOK_PLACES * TIMES):
            incident_id = leak(store, number)
            dies("hooks", place, database_url, settings, DAWN)
            alive = Bare(store, settings, DAWN + LEASE)
            alive.does("hooks")
            alive.http.close()
            arrived = [(one.json()["data"]["incident"]["id"], one.headers["webhook-id"]) for one in list(sink.arrived)]
            times = [count for (about, _), count in Counter(arrived).items() if about == incident_id]
            note([Toll(place, "signed webhook", 1, lost=int(not times), doubled=len(times) - 1 if times else 0)])
            assert times == [2 if place == "hooks.sent" else 1], "again only where it was sent and not recorded, and under the same name"


@pytest.mark.parametrize("kind", [MastodonThere, FacebookThere])
def test_an_answer_is_never_public_twice(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Social]
) -> None:
    """What cannot be known is left to a person, who looks, and then it goes out."""
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    with kind() as there:
        settings = caring(there, tmp_path)
        talk = conversing(store, there)
        for number, place in enumerate(ANSWER_PLACES * TIMES):
            text = f"Dzień dobry, sprawdzamy przesyłkę {number}."
            version = store.conversations.get(talk).version
            reply = answering.write(store, settings, quiet, talk, version, text, "anna", NOW)
            dies("answer", place, database_url, settings, NOW)
            asked = lives_on(Bare(store, settings, NOW), reply)
            times = sum(text in said for said in there.took)
            note([Toll(place, there.kind, 1, lost=int(times == 0), doubled=max(0, times - 1))])
            assert (times, store.replies.get(reply).state) == (1, ReplyState.SENT), place
            assert asked == (kind is FacebookThere and place == "answer.leased"), place


def lives_on(house: Bare, reply_id: int) -> bool:
    """Time passes until the answer has an end; was a person asked whether it is there?"""
    asked = False
    for _ in range(10):
        house.now += LEASE
        house.does("answer")
        row = house.store.replies.get(reply_id)
        if row.state is ReplyState.UNDECIDED:
            asked = True
            answering.settle(house.store, house.settings, reply_id, row.version, "anna", house.now, arrived=False)
        if row.state not in PENDING:
            break
    house.http.close()
    return asked


def test_there_is_one_canary_whenever_its_planting_is_cut_short(store: Store, database_url: str, tmp_path: Path) -> None:
    settings = dairy(tmp_path).model_copy(update={"canary": Canary(contact="email:kanarek@czujka.example")})
    house = Bare(store, settings, DAWN)
    assert house.does("canary") == 1
    for _ in range(TIMES):
        former = canaries(store)
        house.now += timedelta(hours=1)
        dies("canary", *CANARY_PLACES, database_url, settings, house.now)
        left = canaries(store)
        assert house.does("canary") == 1
        planted = canaries(store)
        note([Toll("canary.removed", "planted post", 1, lost=int(left != former), doubled=len(planted) - 1)])
        assert (left, len(planted)) == (former, 1)
        assert planted != former
    house.http.close()


def test_both_get_every_hand_over_note_and_what_comes_twice_can_be_told_apart(store: Store, database_url: str) -> None:
    with MailServer() as server:
        settings = turns(server.address, timedelta(days=1), "09:00")
        house = Bare(store, settings, warsaw("2026-11-02 12:00"))
        house.does("letters")
        for place in LETTER_PLACES * TIMES:
            house.now = house.now.replace(hour=8, minute=30) + timedelta(days=1)
            seen = len(server.mails)
            dies("letters", place, database_url, settings, house.now)
            for _ in range(3):
                house.now += timedelta(minutes=6)
                house.does("letters")
            ids = Counter((mail.recipients, str(mail.message["Message-ID"])) for mail in server.mails[seen:] if is_note(mail))
            readers, twice = {recipients for recipients, _ in ids}, sum(ids.values()) - len(ids)
            note([Toll(place, "hand-over note", 1, lost=2 - len(readers), doubled=sum(ids.values()) - len(readers), explained=twice)])
            assert (len(ids), len(readers), twice) == (2, 2, int(place == "letters.sent")), place
        house.http.close()


def is_note(mail: Mail) -> bool:
    """Not the digest, nor the letter of Monday."""
    return "pr-rota:" in str(mail.message["Subject"])


def canaries(store: Store) -> list[str]:
    with store.database.read() as connection:
        return list(connection.execute(sa.select(item.c.external_id).where(item.c.source_id == CANARY)).scalars())


def quiet(_: Reading) -> list[Finding]:
    return []


def caring(there: Social, home: Path) -> Settings:
    """Customer care with a source that may answer."""
    table = HttpTable(allow_private=("127.0.0.0/8",))
    change = {"person": (Person(id="anna"),), "owner": (Owner(id="care", people=("anna",)),), "source": (there.settings(),), "http": table}
    return dairy(home).model_copy(update=change)


def conversing(store: Store, there: Social) -> int:
    """Kasia asks something in public."""
    asked = there.target()
    post = Item(
        platform=asked.platform,
        external_id=asked.external_id,
        kind=ItemKind.POST,
        text="gdzie moja paczka?",
        voice=Voice.PUBLIC,
        created_at=NOW,
        author=Author(id="kasia", handle=asked.author),
        raw=asked.raw,
    )
    arrival = Arrival(item=post, source_id=asked.source_id, brand="polna", scope=Scope.MENTION, may_page=True, collected_at=NOW)
    store.items.add([arrival], NOW)
    calm = Understanding(lang="pl", feeling=Feeling(label="neutral", negative=0.1, neutral=0.8, positive=0.1), findings=())
    store.reading.apply([Read(one, calm) for one in store.reading.unread("t", 10, NOW)], "t", NOW)
    opens = Converses(
        key=f"{asked.platform}:kasia",
        item_id=1,
        brand="polna",
        platform=asked.platform,
        owner="care",
        author="Kasia",
        due_at=None,
        reason="wants_answer",
    )
    store.assessing.apply(Assessed(item_ids=(1,), converses=(opens,)), NOW)
    return store.conversations.list()[0].conversation_id
