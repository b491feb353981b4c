"""What was kept long enough goes, class by class and scope by scope, on both databases; what people still work on waits."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from core.message_plan import Confirmed
from core.privacy import Kept, PrivacyTable, Retention
from core.readers import Colleague
from core.settings import Brand, Company, Settings
from core.training import Completed
from core.types import Author, Item, ItemKind, Scope, Voice
from czujka.retaining import let_go, would_go
from governance.record import paper, record
from governance.retention import cuts
from storage import Store
from storage.items import Arrival
from storage.schema import conversation, conversation_item, incident, incident_item, item

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
RULES = (
    Retention(what=Kept.POSTS, keep=timedelta(days=365)),
    Retention(what=Kept.POSTS, scope=Scope.EMPLOYEE, keep=timedelta(days=30)),
    Retention(what=Kept.RAW, scope=Scope.MENTION, keep=timedelta(days=90)),
)


def add(store: Store, name: str, age_days: int, scope: Scope = Scope.MENTION) -> int:
    at = NOW - timedelta(days=age_days)
    post = Item(
        platform="x",
        external_id=name,
        kind=ItemKind.POST,
        text=f"Mleczarnia {name}",
        voice=Voice.PUBLIC,
        created_at=at,
        author=Author(id="7", name="Zenon Kos", handle="@zenon"),
        raw={"text": name},
    )
    store.items.add([Arrival(item=post, source_id="s", brand=None, scope=scope, may_page=False, collected_at=at)], NOW)
    with store.database.read() as connection:
        return int(connection.execute(sa.select(item.c.id).where(item.c.external_id == name)).scalar_one())


def test_the_rule_that_names_the_scope_goes_before_the_one_that_does_not() -> None:
    found = {(cut.what, cut.scope): (NOW - cut.before).days for cut in cuts(RULES, NOW)}
    assert found == {
        (Kept.POSTS, Scope.OFFICIAL): 365,
        (Kept.POSTS, Scope.MENTION): 365,
        (Kept.POSTS, Scope.PORTAL): 365,
        (Kept.POSTS, Scope.EMPLOYEE): 30,
        (Kept.RAW, Scope.MENTION): 90,
    }
    assert cuts((), NOW) == ()


def test_what_is_over_goes_and_a_dry_run_only_counts(store: Store, tmp_path: Path) -> None:
    settings = Settings(company=Company(name="Polna"), retention=RULES, home=tmp_path)
    old, middle, fresh = add(store, "stara", 400), add(store, "kwartalna", 100), add(store, "nowa", 10)
    counted = {(cut.what, cut.scope): count for cut, count in would_go(store, settings, NOW) if count}
    assert counted == {(Kept.POSTS, Scope.MENTION): 1, (Kept.RAW, Scope.MENTION): 2}
    assert len(store.items.search("mleczarnia")) == 3
    gone = {(cut.what, cut.scope): count for cut, count in let_go(store, settings, NOW) if count}
    assert gone == {(Kept.POSTS, Scope.MENTION): 1, (Kept.RAW, Scope.MENTION): 1}, "what went with its post needs not go again"
    assert [one.item_id for one in store.items.search("mleczarnia")] == [fresh, middle]
    with store.database.read() as connection:
        rows = connection.execute(sa.select(item.c.text, item.c.author_handle, item.c.raw).order_by(item.c.id)).all()
    assert [tuple(row) for row in rows] == [
        ("", "", None),
        ("Mleczarnia kwartalna", "@zenon", None),
        ("Mleczarnia nowa", "@zenon", {"text": "nowa"}),
    ]
    assert not any(count for _, count in would_go(store, settings, NOW)), "nothing is left to do"
    assert store.items.get(old).deleted_at == NOW


@pytest.mark.parametrize("ends", ["incident", "conversation"])
def test_what_people_still_work_on_waits(store: Store, tmp_path: Path, ends: str) -> None:
    settings = Settings(company=Company(name="Polna"), retention=RULES, home=tmp_path)
    number = add(store, "stara", 400)
    story = {"dedup_key": "k", "label": "leak.internal", "title": "", "severity": "high", "state": "open", "owner": "pr", "policy": {}}
    story |= {"paging": False, "opened_at": NOW, "last_item_at": NOW}
    talk = {"key": "x:7", "platform": "x", "author": "Zenon Kos", "owner": "care", "state": "new", "opened_at": NOW, "last_item_id": number}
    table, row, joined = {
        "incident": (incident, story, incident_item),
        "conversation": (conversation, talk, conversation_item),
    }[ends]
    with store.database.write() as connection:
        key = connection.execute(sa.insert(table).values(row).returning(table.c.id)).scalar_one()
        connection.execute(sa.insert(joined).values({f"{ends}_id": key, "item_id": number}))
    assert sum(count for _, count in let_go(store, settings, NOW)) == 1, "its payload alone"
    assert store.items.get(number).quote.text == "Mleczarnia stara"
    over = "resolved" if ends == "incident" else "closed"
    with store.database.write() as connection:
        connection.execute(sa.update(table).values(state=over))
    assert sum(count for _, count in let_go(store, settings, NOW)) == 1
    assert store.items.get(number).quote.text == ""


def test_sessions_and_what_could_not_be_read(store: Store, tmp_path: Path) -> None:
    rules = (Retention(what=Kept.SESSIONS, keep=timedelta(days=7)), Retention(what=Kept.QUARANTINE, keep=timedelta(days=7)))
    settings = Settings(company=Company(name="Polna"), retention=rules, home=tmp_path)
    for name, age in (("old", 40), ("new", 1)):
        at = NOW - timedelta(days=age)
        store.people.add_session(name, "anna", at + timedelta(days=1), at)
        store.people.add_token(name, "anna", at)
    assert {cut.what: count for cut, count in let_go(store, settings, NOW)} == {Kept.SESSIONS: 2, Kept.QUARANTINE: 0}
    assert [row[0] for row in store.people.sessions(NOW - timedelta(hours=12))] == ["new"]


def test_of_staff_goes_what_counts_no_more_and_all_of_those_who_left(store: Store, tmp_path: Path) -> None:
    rule = Retention(what=Kept.STAFF, keep=timedelta(days=365))
    settings = Settings(company=Company(name="Polna"), retention=(rule,), home=tmp_path)
    days = {name: NOW - timedelta(days=age) for name, age in (("first", 900), ("second", 500), ("fresh", 30))}
    jan, ewa = (Colleague(person=one, name=one.title(), address=f"{one}@polna.example", language="pl") for one in ("jan", "ewa"))
    store.readers.take_in([jan, ewa], "anna", days["first"])
    done = [("jan", "first"), ("jan", "second"), ("ewa", "first")]
    store.trainings.complete([Completed(person=who, training="basics", at=days[day], by=who) for who, day in done], "anna", NOW)
    for day in ("first", "fresh"):
        store.messages.confirm(Confirmed(plan="start", day=days[day].date(), person="jan", at=days[day]))
    assert [count for _, count in would_go(store, settings, NOW)] == [2], "the training done again, and one message"
    assert [count for _, count in let_go(store, settings, NOW)] == [2]
    assert [(one.person, one.at) for one in store.trainings.done()] == [("ewa", days["first"]), ("jan", days["second"])]
    store.readers.take_in([jan], "anna", days["second"])
    assert sum(count for _, count in let_go(store, settings, NOW)) == 2, "Ewa left: her training, then her line"
    assert [one.person for one in store.trainings.done()] == ["jan"]
    assert [one.person for one in store.readers.staff()] == ["jan"]


def test_a_scope_on_what_has_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="sessions have no scope: only posts and raw have"):
        Retention(what=Kept.SESSIONS, scope=Scope.MENTION, keep=timedelta(days=7))


def test_the_record_of_processing_says_what_is_configured_in_both_languages(tmp_path: Path) -> None:
    settings = Settings(
        company=Company(name="Mleczarnia Polna"),
        brand=(Brand(id="polna", name="Polna"),),
        privacy=PrivacyTable(contact="iod@polna.example"),
        retention=RULES,
        home=tmp_path,
    )
    english, polish = record(settings, "en", NOW), record(settings, "pl", NOW)
    for said in ("# Record of processing activities: Mleczarnia Polna", "iod@polna.example", "2026-11-20"):
        assert said in english
    assert "- posts with their authors (accounts of staff who consented): 30 days" in english
    assert "- wpisy z autorami (konta pracowników, którzy wyrazili zgodę): 30 dni" in polish
    assert "Record" not in polish
    assert "without an end" in english and "bez ograniczenia" in polish
    for language in ("en", "pl"):
        for name in ("dpia", "staff-notice"):
            text = paper(name, settings, language)
            assert "Mleczarnia Polna" in text and "iod@polna.example" in text and "{" not in text
