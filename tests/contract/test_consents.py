"""Consent of staff, on both databases: nothing of an account is kept without it, by whatever way it comes; nobody agrees for another, and
no step is taken twice."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions import consents as acts
from core.consent import INVITED_FOR, ConsentState
from core.errors import Conflict, NotFound, Refused
from core.http import Http
from core.settings import Company, Person, Settings
from core.types import Author, Feeling, Finding, Item, ItemKind, Scope, Severity, Understanding, Voice
from storage import Store
from storage.items import Arrival
from storage.reading import Read
from storage.schema import finding, item, rollup
from tests.fakes.server import Reply, Server

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    people = (Person(id="anna", name="Anna Lis"), Person(id="jan", name="Jan Wrona"))
    return Settings(company=Company(name="Mleczarnia Polna"), person=people, home=tmp_path)


def arrival(name: str = "p1", handle: str = "@Anna", scope: Scope = Scope.EMPLOYEE, text: str = "dobry jogurt") -> Arrival:
    post = Item(
        platform="mastodon",
        external_id=name,
        kind=ItemKind.POST,
        text=text,
        voice=Voice.OURS,
        created_at=NOW,
        author=Author(id="1", name="Anna Lis", handle=handle),
    )
    return Arrival(item=post, source_id="s", brand=None, scope=scope, may_page=True, collected_at=NOW)


def granted(store: Store, settings: Settings, person: str = "anna", handle: str = "@anna") -> int:
    one = acts.invite(store, settings, person, "mastodon", handle, "ola", NOW)
    acts.attest(store, one.consent_id, "ola", NOW)
    acts.grant(store, settings, one.consent_id, acts.notice(settings, one, "pl")[1], "pl", person, NOW)
    return one.consent_id


def test_without_consent_nothing_is_kept_by_whatever_way(store: Store, settings: Settings) -> None:
    for number, prepare in enumerate((lambda: None, lambda: acts.invite(store, settings, "anna", "mastodon", "@anna", "ola", NOW))):
        prepare()
        store.items.add([arrival(f"p{number}"), arrival(f"m{number}", handle="@obcy", scope=Scope.MENTION)], NOW)
    assert [one.quote.author for one in store.items.search("jogurt")] == ["@obcy", "@obcy"]
    with pytest.raises(sa.exc.DBAPIError, match="no consent stands"), store.database.write() as connection:
        connection.execute(sa.update(item).where(item.c.external_id == "m0").values(scope="employee", text="inny"))
    with pytest.raises(sa.exc.DBAPIError, match="no consent stands"), store.database.write() as connection:
        columns = [column for column in item.c if column.name not in {"id", "external_id", "scope"}]
        names = [column.name for column in columns]
        source = sa.select(*columns, sa.literal("p9"), sa.literal("employee")).where(item.c.external_id == "m0")
        connection.execute(sa.insert(item).from_select([*names, "external_id", "scope"], source))


def test_with_consent_only_that_account_is_kept_and_withdrawal_stops_and_erases(store: Store, settings: Settings) -> None:
    number = granted(store, settings)
    store.items.add([arrival("p1"), arrival("p2", handle="@jan"), arrival("p3", handle="anna@inny.example")], NOW)
    [kept] = store.items.search("jogurt")
    assert (kept.external_id, kept.quote.author) == ("p1", "@Anna")
    assert acts.withdraw(store, number, "anna", NOW) == 1
    store.items.add([arrival("p1"), arrival("p4")], NOW)
    assert store.items.search("jogurt") == []
    gone = store.items.get(kept.item_id)
    assert (gone.quote.text, gone.quote.author, gone.deleted_at) == ("", "", NOW)
    assert store.audit.lines(1)[0].act == "consent_withdrawn"


def test_posts_of_staff_from_before_any_consent_are_erased(store: Store, settings: Settings) -> None:
    number = granted(store, settings)
    store.items.add([arrival("p1")], NOW)
    assert store.erasing.erase_unagreed(NOW) == 0
    store.consents.withdraw(number, "anna", NOW)
    assert store.erasing.erase_unagreed(NOW) == 1
    assert store.items.search("jogurt") == []


def test_nobody_agrees_for_another_and_no_step_is_taken_twice(store: Store, settings: Settings) -> None:
    one = acts.invite(store, settings, "anna", "mastodon", "@Anna", "ola", NOW)
    version = acts.notice(settings, one, "en")[1]
    number = one.consent_id
    with pytest.raises(Conflict):
        acts.invite(store, settings, "jan", "mastodon", "anna", "ola", NOW)
    with pytest.raises(Refused, match="it cannot become granted"):
        acts.grant(store, settings, number, version, "en", "anna", NOW)
    with pytest.raises(Refused, match="another person"):
        acts.attest(store, number, "cli:anna", NOW)
    acts.attest(store, number, "ola", NOW)
    with pytest.raises(NotFound):
        acts.grant(store, settings, number, version, "en", "jan", NOW)
    with pytest.raises(Conflict, match="read it again"):
        acts.grant(store, settings, number, "another", "en", "anna", NOW)
    acts.grant(store, settings, number, version, "en", "anna", NOW)
    for replay in (
        lambda: acts.grant(store, settings, number, version, "en", "anna", NOW),
        lambda: acts.attest(store, number, "ola", NOW),
        lambda: acts.decline(store, number, "anna", NOW),
    ):
        with pytest.raises(Refused):
            replay()
    acts.withdraw(store, number, "anna", NOW)
    for replay in (
        lambda: acts.grant(store, settings, number, version, "en", "anna", NOW),
        lambda: acts.withdraw(store, number, "anna", NOW),
    ):
        with pytest.raises(Refused):
            replay()
    assert store.consents.get(number).state is ConsentState.WITHDRAWN
    assert [(line.actor, line.act, line.subject) for line in reversed(store.audit.lines())] == [
        ("ola", "consent_invited", f"consent {number} of anna"),
        ("ola", "consent_proven seen", f"consent {number} of anna"),
        ("anna", f"consent_granted {version}", f"consent {number} of anna"),
        ("anna", "consent_withdrawn", f"consent {number} of anna"),
    ]
    again = acts.invite(store, settings, "anna", "mastodon", "@anna", "ola", NOW)
    assert again.consent_id != number and again.code != one.code


def test_an_invitation_lapses_and_can_be_made_anew(store: Store, settings: Settings) -> None:
    one = acts.invite(store, settings, "anna", "mastodon", "@anna", "ola", NOW)
    later = NOW + INVITED_FOR
    with pytest.raises(Refused, match="was open until"):
        acts.attest(store, one.consent_id, "ola", later)
    other = acts.invite(store, settings, "anna", "mastodon", "@anna", "ola", later + timedelta(seconds=1))
    states = {row.consent_id: row.state for row in store.consents.list()}
    assert states == {one.consent_id: ConsentState.LAPSED, other.consent_id: ConsentState.INVITED}


def test_the_notice_is_kept_word_for_word_and_says_that_refusal_has_no_consequence(store: Store, settings: Settings) -> None:
    number = granted(store, settings)
    kept = store.consents.get(number)
    assert "Odmowa nie ma żadnych konsekwencji" in kept.notice and "mastodon" in kept.notice
    assert (kept.language, len(kept.notice_version)) == ("pl", 12)
    other = settings.model_copy(update={"company": Company(name="Inna")})
    assert acts.notice(other, kept, "pl")[1] != kept.notice_version, "another text is another version"
    assert "has no consequence" in acts.notice(settings, kept, "en")[0]


@pytest.mark.parametrize("person, handle", [("nobody", "@x"), ("anna", " @ ")])
def test_who_or_what_is_unknown_is_not_asked(store: Store, settings: Settings, person: str, handle: str) -> None:
    with pytest.raises(Refused):
        acts.invite(store, settings, person, "mastodon", handle, "ola", NOW)
    assert store.consents.list() == []


def test_what_staff_write_gets_no_sentiment_and_counts_in_no_series_of_it(store: Store, settings: Settings) -> None:
    granted(store, settings)
    posts = [arrival("p1"), arrival("p2", scope=Scope.PORTAL), arrival("p3", scope=Scope.MENTION)]
    store.items.add(posts, NOW)
    said = Understanding(
        lang="pl",
        feeling=Feeling(label="negative", negative=0.8, neutral=0.1, positive=0.1),
        findings=(Finding(label="sentiment.negative", score=0.8, severity=Severity.INFO, detector="sentiment@1"),),
    )
    unread = store.reading.unread("v1", 10, NOW)
    store.reading.apply([Read(one, said) for one in unread], "v1", NOW)
    with store.database.read() as connection:
        felt = connection.execute(sa.select(item.c.external_id, item.c.negative).order_by(item.c.external_id)).all()
        found = connection.execute(sa.select(item.c.external_id).join(finding, finding.c.item_id == item.c.id)).scalars().all()
        counted = {row.measure: row.value for row in connection.execute(sa.select(rollup.c.measure, rollup.c.value))}
    assert [tuple(row) for row in felt] == [("p1", None), ("p2", None), ("p3", 0.8)]
    assert found == ["p3"]
    assert (counted["volume"], counted["negative"]) == (3, 1)


def test_control_of_the_account_is_shown_on_its_own_page_alone(store: Store, settings: Settings) -> None:
    pages: dict[str, str] = {}
    with closing(Http(allow_private=("127.0.0.0/8",))) as http, Server(lambda asked: Reply(200, pages[asked.path].encode())) as server:
        one = acts.invite(store, settings, "anna", "mastodon", "@anna@127.0.0.1", "ola", NOW)
        pages["/@anna"] = "my profile"
        with pytest.raises(Refused, match="does not show"):
            acts.prove(store, http, one.consent_id, f"{server.url}/@anna", "anna", NOW)
        pages["/@anna"] = f"my profile, {one.code}"
        pages["/@jan"] = f"{one.code}"
        for address in (f"{server.url}/@jan", "https://anna.example/@anna", f"{server.url}/?@anna"):
            with pytest.raises(Refused, match="no page of anna"):
                acts.prove(store, http, one.consent_id, address, "anna", NOW)
        with pytest.raises(NotFound):
            acts.prove(store, http, one.consent_id, f"{server.url}/@anna", "jan", NOW)
        acts.prove(store, http, one.consent_id, f"{server.url}/@anna", "anna", NOW)
    assert store.consents.get(one.consent_id).state is ConsentState.PROVEN
