"""Letters about conversations that wait longer than promised: to who took them, else to the team, each half hour's once."""

from datetime import timedelta
from pathlib import Path

import pytest

from alerts.respond import respond
from core.records import Assessed, Converses
from core.settings import Company, Owner, Person
from core.talks import Talks
from czujka.late_letters import plan_late
from czujka.reporting import send_letters
from storage import Store
from tests.contract.staffed import house_of, mail
from tests.contract.test_store import NOW, an_item, arrive, found, read_all
from tests.fakes.bare import Bare
from tests.fakes.dairy import dairy
from tests.fakes.smtp import Mail, MailServer

__all__ = ["mail"]
MINUTE = timedelta(minutes=1)
PEOPLE = (
    Person(id="ewa", name="Ewa", language="pl", contacts=("email:ewa@polna.example",)),
    Person(id="jan", name="Jan", language="pl", contacts=("email:jan@polna.example",)),
    Person(id="tom", name="Tom", language="en", contacts=("email:tom@polna.example",)),
)
OWNERS = (Owner(id="care", people=("ewa", "tom")), Owner(id="pr", people=("jan",)))


@pytest.fixture
def house(store: Store, mail: MailServer, tmp_path: Path) -> Bare:
    """Ewa and Tom answer together; Jan is the fallback and answers for nothing here."""
    changed = {"person": PEOPLE, "owner": OWNERS, "company": Company(name="Polna", fallback="pr", timezone="Europe/Warsaw")}
    return house_of(store, dairy(), mail, tmp_path, **changed)


def talks(store: Store, *due_after_min: float) -> list[int]:
    """Conversations of as many strangers with care; the answer to each is due so many minutes later."""
    store.items.add([arrive(an_item(number)) for number in range(len(due_after_min))], NOW)
    while read_all(store, found()):
        pass
    ids = [row.item_id for row in store.assessing.load(1000, NOW, dairy().alerting).items]
    talk = {"brand": "polna", "platform": "x", "owner": "care", "author": "@a", "reason": "complaint"}
    said = tuple(
        Converses(key=f"x:{item_id}", item_id=item_id, due_at=NOW + after * MINUTE, **talk)
        for item_id, after in zip(ids, due_after_min, strict=True)
    )
    store.assessing.apply(Assessed(item_ids=tuple(ids), converses=said), NOW)
    return [row.conversation_id for row in sorted(store.conversations.list(limit=1000), key=lambda row: row.due_at or NOW)]


def act(house: Bare, conversation_id: int, what: Talks, person: str) -> None:
    house.store.conversations.apply_act(respond(house.store.conversations.get(conversation_id), what, person, NOW, assignee=person))


def told(house: Bare, mail: MailServer, after_min: float) -> list[Mail]:
    """The letters that go out so many minutes later, however often is looked, by reader."""
    before, house.now = len(mail.mails), NOW + after_min * MINUTE
    for _ in range(2):
        plan_late(house)
        send_letters(house)
    letters = [one for one in mail.mails[before:] if "/conversations/" in one.message.get_content()]
    return sorted(letters, key=lambda one: one.recipients[0])


def whom(letters: list[Mail]) -> list[tuple[str, str]]:
    return [(one.recipients[0].partition("@")[0], str(one.message["Subject"])) for one in letters]


def test_the_team_is_told_once_in_their_languages_when_the_half_hour_is_over(house: Bare, mail: MailServer) -> None:
    talks(house.store, 5, 29, 31)
    assert told(house, mail, 29) == []
    first = told(house, mail, 30)
    assert whom(first) == [
        ("ewa", "2 rozmowy czekają dłużej, niż powinny"),
        ("tom", "2 conversations wait longer than promised"),
    ]
    assert told(house, mail, 59) == []
    assert whom(told(house, mail, 61)) == [
        ("ewa", "1 rozmowa czeka dłużej, niż powinna"),
        ("tom", "1 conversation waits longer than promised"),
    ]


def test_it_says_since_when_what_it_is_about_and_where_and_nothing_of_what_was_said(house: Bare, mail: MailServer) -> None:
    [number] = talks(house.store, 5)
    text = told(house, mail, 30)[1].message.get_content()
    lines = text.splitlines()
    at = lines.index("20 Nov 2026, 13:05 · X · Late or lost parcels")
    assert lines[at + 1] == f"  {house.address()}/conversations/{number}"
    assert f"All that is late: {house.address()}/?show=late" in lines
    assert "paczka" not in text


def test_who_took_it_is_told_instead_of_the_team(house: Bare, mail: MailServer) -> None:
    first, _ = talks(house.store, 5, 6)
    act(house, first, Talks.ASSIGN, "ewa")
    assert whom(told(house, mail, 30)) == [
        ("ewa", "2 rozmowy czekają dłużej, niż powinny"),
        ("tom", "1 conversation waits longer than promised"),
    ]


def test_the_team_is_told_of_what_somebody_took_who_gets_no_mail(house: Bare, mail: MailServer) -> None:
    [only] = talks(house.store, 5)
    act(house, only, Talks.ASSIGN, "ghost")
    assert [who for who, _ in whom(told(house, mail, 30))] == ["ewa", "tom"]


def test_what_was_answered_meanwhile_is_not_told_and_what_somebody_only_began_to_answer_is(house: Bare, mail: MailServer) -> None:
    answered, answering = talks(house.store, 5, 6)
    house.now = NOW + 30 * MINUTE
    plan_late(house)
    act(house, answered, Talks.ANSWER, "ewa")
    house.store.conversations.claim(answering, "ewa", NOW, NOW + 31 * MINUTE)
    letters = told(house, mail, 30)
    assert [subject for _, subject in whom(letters)] == ["1 rozmowa czeka dłużej, niż powinna", "1 conversation waits longer than promised"]
    assert all(f"/conversations/{answering}" in one.message.get_content() for one in letters)


def test_nobody_is_told_of_what_was_answered_since_it_was_planned(house: Bare, mail: MailServer) -> None:
    [only] = talks(house.store, 5)
    house.now = NOW + 30 * MINUTE
    plan_late(house)
    act(house, only, Talks.ANSWER, "ewa")
    assert told(house, mail, 30) == []


def test_a_storm_is_one_letter_with_the_first_ten(house: Bare, mail: MailServer) -> None:
    numbers = talks(house.store, *(1 + number / 10 for number in range(41)))
    [_, letter] = told(house, mail, 30)
    lines = letter.message.get_content().splitlines()
    assert letter.message["Subject"] == "41 conversations wait longer than promised"
    assert [number for number in numbers if f"  {house.address()}/conversations/{number}" in lines] == numbers[:10]
    assert "and 31 more" in lines


def test_however_many_fell_due_before_what_fell_due_last_is_told(house: Bare, mail: MailServer) -> None:
    talks(house.store, *(1 + number / 20 for number in range(520)), 31)
    subjects = [subject for who, subject in whom(told(house, mail, 61)) if who == "tom"]
    assert sorted(subjects) == ["1 conversation waits longer than promised", "520 conversations wait longer than promised"]


def test_a_pause_hides_none_and_what_is_old_at_the_first_look_is_told_to_nobody(house: Bare, mail: MailServer) -> None:
    talks(house.store, 5)
    assert told(house, mail, 30 + 180) == []
    assert len(told(house, mail, 29 + 180)) == 2
