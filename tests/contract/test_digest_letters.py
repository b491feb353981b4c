"""Whose digest tells what, on both databases: the whole to fallback team and compliance, their part to each team, one mail a person."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from alerts.channels import email
from core.access import Sight
from core.crisis import About, Planned
from core.lessons import Origin
from core.sending import Reader
from core.settings import HttpTable, Owner, Person, Settings, SourceSettings
from czujka.digest_letters import readers
from czujka.reporting import send_letters
from storage import Store
from storage.schema import conversation_item, source_state
from tests.fakes.bare import Bare
from tests.fakes.dairy import dairy
from tests.fakes.smtp import Mail, MailServer
from tests.integration.test_week_figures import Week, at

MONDAY = datetime(2026, 11, 16, 7, 5, tzinfo=UTC)


def person(name: str, *roles: str, address: str = "") -> Person:
    return Person(id=name, contacts=(f"email:{address or name}@polna.example", f"email:{name}@home.example"), roles=roles)


def company(**changes: object) -> Settings:
    """Anna is the fallback team and in care too, Tom holds the office of compliance, Max the role of it; Ola is care, Zoe is care and
    security, Ida is logistics."""
    tables: dict[str, object] = {
        "person": (*(person(name) for name in ("anna", "ola", "zoe", "ida", "tom")), person("max", "compliance")),
        "owner": (
            Owner(id="pr", people=("anna",)),
            Owner(id="care", name="Customer care", people=("anna", "ola", "zoe")),
            Owner(id="security", people=("zoe",)),
            Owner(id="logistics", people=("ida",)),
            Owner(id="compliance", people=("tom",)),
        ),
        "schedule": (),
        "escalation": (),
        "source": (SourceSettings(id="care-page", kind="rss", owner="care"), SourceSettings(id="press", kind="rss", owner="pr")),
    }
    return dairy(**(tables | changes))


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def house(store: Store, mail: MailServer) -> Bare:
    """A week in which care was asked twice, once about a post of the week, security had a leak and the press office a boycott."""
    week = Week(store)
    heard = week.says(at(9, 12), negative=0.8)
    week.says(at(10, 12))
    week.talks(at(9, 12), at(9, 16), answered=at(9, 13), state="answered")
    week.write(conversation_item, conversation_id=1, item_id=heard)
    week.talks(at(10, 12), at(10, 16))
    week.opens("leak.codename", "critical", at(10, 9), owner="security")
    week.opens("crisis.boycott", "high", at(10, 9), owner="pr")
    for name in ("care-page", "press"):
        week.write(
            source_state, source_id=name, next_poll_at=at(16, 0), last_success_at=at(13, 9), last_poll_at=at(15, 9), reason="timeout"
        )
    channels = (email.Settings(id="mail", kind="email", server=mail.address, sender="czujka@polna.example", tls="none"),)
    return Bare(store, company(channel=channels, http=HttpTable(allow_private=("127.0.0.0/8",))), MONDAY)


def digests(house: Bare, mail: MailServer) -> dict[str, Mail]:
    """What goes out, by address, however often is looked: one mail each."""
    for _ in range(3):
        send_letters(house)  # type: ignore[arg-type]
        house.now += timedelta(hours=2)
    sent = [one for one in mail.mails if str(one.message["Message-ID"]).startswith("<digest-2026-W46")]
    found = {one.recipients[0]: one for one in sent}
    assert len(found) == len(sent)
    return found


def rows(mail: Mail) -> dict[tuple[str, str, str], str]:
    """The sheet beside it: part, name and figure, and the value."""
    [sheet] = [part.get_content() for part in mail.message.walk() if part.get_content_type() == "text/csv"]
    return {(row[1], row[2], row[3]): row[4] for row in csv.reader(sheet.splitlines()[1:])}


def test_the_whole_goes_to_two_teams_and_a_role_their_part_to_the_others(house: Bare, mail: MailServer) -> None:
    got = digests(house, mail)
    assert {address.partition("@")[0] for address in got} == {"anna", "tom", "max", "ola", "zoe"}, "nothing in the week was logistics'"
    assert all(address.endswith("@polna.example") for address in got)
    for whole in ("anna", "tom", "max"):
        told = rows(got[f"{whole}@polna.example"])
        incidents = {name for part, name, _ in told if part == "incidents"}
        assert incidents == {"leak.codename", "crisis.boycott"}
        assert {name for part, name, _ in told if part == "blind"} == {"care-page", "press"}
        assert ("cases", "", "opened") in told


def test_a_part_tells_of_nothing_else(house: Bare, mail: MailServer) -> None:
    got = digests(house, mail)
    ola, zoe = rows(got["ola@polna.example"]), rows(got["zoe@polna.example"])
    assert (ola["answers", "", "opened"], ola["answers", "", "answered"], ola["answers", "", "median_seconds"]) == ("2", "1", "3600.0")
    assert (ola["said", "2026-11-09", "posts"], ola["said", "2026-11-10", "posts"]) == ("1", "0")
    assert {key[:2] for key in ola if key[0] in ("incidents", "blind", "open now", "cases")} == {
        ("blind", "care-page"),
        ("open now", "care"),
    }
    assert {key[1] for key in zoe if key[0] == "incidents"} == {"leak.codename"}
    assert {key[1] for key in zoe if key[0] == "open now"} == {"care", "security"}
    text = got["ola@polna.example"].part("plain")
    assert "Customer care" in str(got["ola@polna.example"].message["Subject"])
    for foreign in ("boycott", "code name", "press", "Policy and leaks"):
        assert foreign not in text
    assert "serious incident" not in text


def test_an_overdue_action_is_told_to_whom_it_falls(house: Bare, mail: MailServer) -> None:
    due = at(13, 9).astimezone(UTC)
    planned = Planned(text="Check the vans", owner="ida", due_at=due, about=About.CHECKLIST, pointer="delivery")
    lesson = house.store.lessons.learn(Origin.EXERCISE, "vans", "Vans break down.", "anna", at(9, 9).astimezone(UTC))
    house.store.lessons.plan(lesson, planned, "anna", at(9, 9).astimezone(UTC))
    got = digests(house, mail)
    assert "Check the vans" in got["ida@polna.example"].part("plain")
    assert rows(got["ida@polna.example"])["actions", "", "overdue"] == "1"
    assert "Check the vans" not in got["ola@polna.example"].part("plain")


def test_a_shared_address_gets_one_with_all_that_its_persons_answer_for() -> None:
    people = (person("ola", address="team"), person("ida", address="team"), person("zoe", "account-owner@brand:polna"))
    told = {reader.address: sight for reader, sight in readers(company(person=people)).items()}
    assert set(told) == {"team@polna.example", "zoe@polna.example"}
    team, zoe = told["team@polna.example"], told["zoe@polna.example"]
    assert team == Sight(frozenset({"care", "logistics"}))
    assert zoe == Sight(frozenset({"care", "security"}), frozenset({"polna"}))


def test_who_is_no_reader_any_more_gets_nothing(house: Bare, mail: MailServer) -> None:
    house.settings = house.settings.model_copy(update={"person": tuple(one for one in house.settings.person if one.id != "ola")})
    house.store.letters.plan("digest", "2026-W46", MONDAY, [Reader(person="ola", address="ola@polna.example")], MONDAY)
    assert digests(house, mail) == {}
    assert house.store.letters.unsent() == []
