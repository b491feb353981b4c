"""The share of voice on both databases: counted by hand, nobody of the staff ranked, what nobody knows is unknown."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from actions.kpis import tell
from actions.voice import share_of_voice
from classifiers.naming import Naming
from core.access import Sight
from core.periods import named
from core.types import Author, Feeling, Finding, Scope, Severity, Understanding, Voice
from core.voice import Named, Questions, Speaker
from czujka.reading import context_of
from storage import Store
from storage.kpis import Asked
from storage.reading import Read
from storage.voices import by_platform_query, questions_query, speakers_query, topics_query
from tests.contract.test_kpis import NOW, SETTINGS, WARSAW, at
from tests.contract.test_store import an_item, arrive
from tests.integration.test_query_plans import is_scan, plan

NOVEMBER = named("2026-11")
GORNA = "Mleczarnia Górna"
NAMING = Naming.of(context_of(SETTINGS))


def writes(store: Store, number: int, text: str, *labels: str, platform: str = "x", scope: Scope = Scope.MENTION, **changes: Any) -> None:
    """A post of November, read as the classifiers would read whom it names."""
    item = an_item(number, text, platform=platform, created_at=at(2 + number), **changes)
    store.items.add([arrive(item, scope=scope, collected_at=at(2 + number))], NOW)
    [unread] = store.reading.unread("v1", 100, NOW)
    feeling = Feeling(label="neutral", negative=0.1, neutral=0.8, positive=0.1)
    found = tuple(Finding(label=one, score=0.9, severity=Severity.MEDIUM, detector=f"{one}.r@1") for one in labels)
    said = Understanding(lang="pl", feeling=feeling, findings=found, named=NAMING.named(unread.reading, "pl"))
    store.reading.apply([Read(unread, said)], "v1", NOW, zone=WARSAW)


def a_month(store: Store) -> None:
    writes(store, 1, "Polna ma dobre sery", "praise", engagement={"likes": 6}, author=Author(id="a", handle="@anna", followers=900))
    writes(store, 2, "Polna znowu się spóźnia", "complaint.delivery", platform="mastodon", author=Author(id="b", handle="@bob"))
    writes(
        store, 3, "Mleczarnia Górna jest droga", engagement={"likes": 1, "replies": 1}, author=Author(id="c", handle="@cel", followers=40)
    )
    writes(store, 4, "Polna czy Mleczarnia Górna?", "question", author=Author(id="b", handle="@bob2"))
    writes(store, 5, "Mleczarnia Górna to konkurencja", scope=Scope.PORTAL, author=Author(id="d", handle="@staff", followers=9000))
    writes(store, 6, "my z Polnej", voice=Voice.OURS, scope=Scope.OFFICIAL, author=Author(id="e", handle="@polna", followers=8000))


def test_who_was_named_where_and_by_whom(store: Store) -> None:
    a_month(store)
    told = share_of_voice(store, SETTINGS, NOVEMBER, NOW)
    us, rival = told.named
    assert (us.posts, us.reactions) == ({"x": 2, "mastodon": 1}, 6.0)
    assert rival == Named(name=GORNA, posts={"x": 2}, reactions=2.0)
    assert (told.share(us), told.share(rival)) == (0.6, 0.4)
    assert (told.share(us, "mastodon"), told.share(rival, "mastodon"), told.share(us, "facebook")) == (1.0, 0.0, None)
    assert told.platforms == ("x", "mastodon")
    assert told.topics == (("complaint.delivery", 1), ("praise", 1), ("question", 1))
    assert [(one.name, one.followers) for one in told.speakers] == [("@anna", 900), ("@cel", 40), ("@bob", None), ("@bob2", None)]
    assert told.speakers[0] == Speaker(name="@anna", platform="x", posts=1, followers=900)
    assert tell(store, SETTINGS, NOVEMBER, NOW, points=1).figure("share_of_voice").value == 0.6


def asks(store: Store, number: int, *labels: str, **changes: Any) -> None:
    writes(store, number, f"Polna numer {number}", *labels, **changes)


def test_who_answers_questions(store: Store) -> None:
    asks(store, 1, "question")
    asks(store, 2, "question")
    asks(store, 3, "question", platform="mastodon")
    asks(store, 4, "question")
    asks(store, 5, "praise")
    ours = {"voice": Voice.OURS, "scope": Scope.OFFICIAL}
    asks(store, 6, parent_id="post-1", **ours)
    asks(store, 7, parent_id="post-2", **ours)
    asks(store, 8, parent_id="post-2")
    asks(store, 9, parent_id="post-2")
    asks(store, 10, parent_id="post-3")
    asks(store, 11, "question", parent_id="post-4")
    asks(store, 12, "complaint.delivery", parent_id="post-4")
    asks(store, 13, parent_id="post-4", author=Author(id="author-4", handle="user4"))
    asks(store, 14, parent_id="post-5")
    told = share_of_voice(store, SETTINGS, NOVEMBER, NOW)
    assert told.questions == Questions(asked=5, by_us=2, by_customers=1), "another platform, askers, complainers and the asker do not count"
    assert share_of_voice(store, SETTINGS, named("2026-10"), NOW).questions == Questions()
    other = share_of_voice(store, SETTINGS, NOVEMBER, NOW, sight=Sight(brands=frozenset({"other"})))
    assert other.questions == Questions()


def test_what_is_no_question_any_more_is_not_counted(store: Store) -> None:
    asks(store, 1, "question")
    edited = an_item(1, "Polna, już wiem", created_at=at(3))
    store.items.add([arrive(edited, collected_at=at(5))], NOW)
    [unread] = store.reading.unread("v1", 100, NOW)
    feeling = Feeling(label="neutral", negative=0.1, neutral=0.8, positive=0.1)
    store.reading.apply([Read(unread, Understanding(lang="pl", feeling=feeling, findings=(), named=()))], "v1", NOW, zone=WARSAW)
    assert share_of_voice(store, SETTINGS, NOVEMBER, NOW).questions == Questions()


def test_another_post_is_another_share(store: Store) -> None:
    a_month(store)
    writes(store, 7, "Mleczarnia Górna, sześć złotych")
    told = share_of_voice(store, SETTINGS, NOVEMBER, NOW)
    assert [told.share(one) for one in told.named] == [0.5, 0.5]


def test_what_nobody_knows_and_who_may_not_see(store: Store) -> None:
    assert not share_of_voice(store, SETTINGS, NOVEMBER, NOW).is_known
    a_month(store)
    assert not share_of_voice(store, SETTINGS, named("2026-09"), NOW).is_known
    assert not share_of_voice(store, SETTINGS, named("2027-01"), NOW).is_known
    assert not share_of_voice(store, SETTINGS, NOVEMBER, NOW, sight=Sight(owners=frozenset({"care"}))).is_known
    other = share_of_voice(store, SETTINGS, NOVEMBER, NOW, sight=Sight(brands=frozenset({"other"})))
    assert ([one.total for one in other.named], other.speakers, other.topics) == ([0, 0], (), ())


def test_who_was_erased_is_no_speaker(store: Store) -> None:
    a_month(store)
    people = store.erasing.who("@anna")
    store.erasing.erase(people, (), "cli:ola", NOW)
    told = share_of_voice(store, SETTINGS, NOVEMBER, NOW)
    assert [one.name for one in told.speakers] == ["@cel", "@bob", "@bob2"]
    assert told.named[0].total == 3, "what was counted stays"


def test_its_queries_use_an_index(store: Store) -> None:
    asked = Asked(start=at(1), end=at(1) + timedelta(days=30), first=NOVEMBER.first, after=NOVEMBER.after, now=NOW, rivals=(GORNA,))
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        for query in (by_platform_query(asked, ["named:"]), topics_query(asked), questions_query(asked), speakers_query(asked)):
            assert [line for line in plan(connection, query) if is_scan(line)] == []
